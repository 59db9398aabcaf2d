"""Files of the registry and the lock: read within a limit, written whole or not at all, and the copies of downloaded registries in
the user's cache directory, which spare a download and help when there is no network. An edge.

A copy is a header line and the body as it came. Whatever is wrong with a copy, it counts as not there. Only the user may
read it. Its modification time says when the registry last confirmed it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
MAX_REGISTRY_BYTES = 64 * MIB

_FOLDER = "airbyte-template-reconciler"
_FORMAT = "1"
_MAX_HEADER = 8 * 1024


class Unreadable(Exception):
    """A file that is there and cannot be used, or is not there. The text is the end of a sentence."""


def read_bounded(path: Path, *, limit: int = MAX_REGISTRY_BYTES) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises Unreadable. Never waits for a pipe or a device.

    Unreadable is raised from the OSError where there is one (FileNotFoundError among them).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("is not a regular file")
            data = stream.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"could not be read: {error.strerror or type(error).__name__}") from error
    except ValueError as error:  # a NUL character in the name
        raise Unreadable("is not the name of a file") from error
    if len(data) > limit:
        raise Unreadable(f"is larger than {limit // MIB} MiB")
    return data


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file whole or not at all: a new file beside it, flushed to disk, then renamed. Raises OSError.

    Until the last step an older file of that name stays as it is. `mode` is reduced by the umask.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Copy:
    """What a registry answered once. `etag` is None when it named none. `confirmed_at` is in seconds since 1970."""

    body: bytes
    etag: str | None
    confirmed_at: float


@dataclass(frozen=True)
class RegistryCache:
    """The copies below one folder. None when there is no place for them: then nothing is kept."""

    folder: Path | None

    def read(self, url: str) -> Copy | None:
        """The copy of the registry at `url`. None when there is none, or it is not as it was written."""
        path = self._path(url)
        if path is None:
            return None
        try:
            data = read_bounded(path, limit=MAX_REGISTRY_BYTES + _MAX_HEADER)
            confirmed_at = path.stat().st_mtime
        except (Unreadable, OSError):
            return None
        line, _, body = data.partition(b"\n")
        try:
            header = json.loads(line[:_MAX_HEADER])
        except (ValueError, RecursionError):
            return None
        wanted = {"formatVersion": _FORMAT, "url": url, "sha256": _sha256(body)}
        if not isinstance(header, dict) or not wanted.items() <= header.items():
            return None
        etag = header.get("etag")
        return Copy(body, etag if isinstance(etag, str) else None, confirmed_at)

    def store(self, url: str, body: bytes, etag: str | None, *, now: float) -> None:
        """Keep an answer. Raises OSError. An older copy is then untouched."""
        path = self._path(url)
        if path is None:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        header = {"formatVersion": _FORMAT, "url": url, "etag": etag, "sha256": _sha256(body)}
        write_whole(path, json.dumps(header).encode() + b"\n" + body, mode=0o600)
        os.utime(path, (now, now))

    def confirm(self, url: str, *, now: float) -> None:
        """Note that the registry still says what the copy says."""
        path = self._path(url)
        if path is not None:
            with contextlib.suppress(OSError):  # the age shown later is then too high, nothing else
                os.utime(path, (now, now))

    def _path(self, url: str) -> Path | None:
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        return None if self.folder is None else self.folder / f"registry-{name}"


def user_cache(environ: Mapping[str, str]) -> RegistryCache:
    """The cache of this user: below XDG_CACHE_HOME, else below ~/.cache. A relative path counts as unset, as the
    XDG base directory specification asks for.
    """
    base = environ.get("XDG_CACHE_HOME", "")
    home = environ.get("HOME", "")
    if os.path.isabs(base):
        return RegistryCache(Path(base) / _FOLDER)
    return RegistryCache(Path(home) / ".cache" / _FOLDER if os.path.isabs(home) else None)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
