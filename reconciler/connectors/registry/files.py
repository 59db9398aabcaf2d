"""Files of the registry and the lock: read within a limit, written whole or not at all. An edge."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

MIB = 1024 * 1024
MAX_REGISTRY_BYTES = 64 * MIB


class Unreadable(Exception):
    """A file that is there and cannot be used, or is not there; the text is the end of a sentence."""


def read_bounded(path: Path, *, limit: int = MAX_REGISTRY_BYTES) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises Unreadable; never waits for a pipe or a device.

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

    Until the last step an older file of that name stays as it is; `mode` is reduced by the umask.
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
