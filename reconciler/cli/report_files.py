"""Where a report goes: a file is replaced whole or not at all; a pipe, a device, or what this process prints to is written to."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TextIO

_PRINTED_TO = (1, 2)


def is_replaced(path: Path) -> bool:
    """Whether a report for `path` becomes a file of its own: there is a regular file, or nothing yet.

    What this process prints to (`/dev/stdout`, also where that is a file) is not replaced: what is printed would be lost.
    """
    try:
        found = path.stat()
    except OSError:
        return True
    return stat.S_ISREG(found.st_mode) and _printed_to(found) is None


def write_whole(path: Path, text: str) -> None:
    """Replace the file: a temporary one beside it, flushed to disk, then renamed. OSError leaves the old one untouched."""
    goal = Path(os.path.realpath(path))
    temporary = goal.with_name(f".{goal.name}.{os.getpid()}.tmp")
    goal.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(goal)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_through(path: Path, text: str) -> None:
    """Write to what is no file of its own. What this process prints to is not opened anew: two openings of one file overwrite
    each other, and a socket cannot be opened. OSError.
    """
    with _opened(path) as stream:
        stream.write(text)


def _opened(path: Path) -> TextIO:
    descriptor = _printed_to(path.stat())
    goal: Path | int = path if descriptor is None else os.dup(descriptor)
    return open(goal, "w", encoding="utf-8", newline="\n")


def _printed_to(found: os.stat_result) -> int | None:
    for descriptor in _PRINTED_TO:
        with contextlib.suppress(OSError):
            if os.path.samestat(found, os.fstat(descriptor)):
                return descriptor
    return None
