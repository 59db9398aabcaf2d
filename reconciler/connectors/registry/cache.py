"""Copies of downloaded registries in the user's cache directory: they spare a download, and help when there is no
network. An edge.

A copy is a header line and the body as it came. Whatever is wrong with a copy, it counts as not there. Only the user may
read it; its modification time says when the registry last confirmed it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.connectors.registry.files import MAX_REGISTRY_BYTES, Unreadable, read_bounded, write_whole

_FOLDER = "airbyte-template-reconciler"
_FORMAT = "1"
_MAX_HEADER = 8 * 1024


@dataclass(frozen=True)
class Copy:
    """What a registry answered once. `etag` is None when it named none; `confirmed_at` is in seconds since 1970."""

    body: bytes
    etag: str | None
    confirmed_at: float


@dataclass(frozen=True)
class RegistryCache:
    """The copies below one folder; None when there is no place for them: then nothing is kept."""

    folder: Path | None

    def read(self, url: str) -> Copy | None:
        """The copy of the registry at `url`; None when there is none, or it is not as it was written."""
        path = self._path(url)
        if path is None:
            return None
        try:
            data = read_bounded(path, limit=MAX_REGISTRY_BYTES + _MAX_HEADER)
            confirmed_at = path.stat().st_mtime
        except (Unreadable, OSError):
            return None
        line, _, body = data.partition(b"\n")
        header = _header(line)
        if header.get("url") != url or header.get("sha256") != _sha256(body):
            return None
        etag = header.get("etag")
        return Copy(body, etag if isinstance(etag, str) else None, confirmed_at)

    def store(self, url: str, body: bytes, etag: str | None, *, now: float) -> None:
        """Keep an answer. Raises OSError; an older copy is then untouched."""
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


def _header(line: bytes) -> dict[str, object]:
    try:
        header = json.loads(line[:_MAX_HEADER])
    except (ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) and header.get("formatVersion") == _FORMAT else {}


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
