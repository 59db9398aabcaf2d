"""Where a report goes: a file is replaced whole or not at all. A pipe, a device, or what this process prints to is written to.

Only a report of this program is replaced, and what can be known to fail is known before anything is sent (`obstacle`).
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from reconciler.errors import ReportNotWritten

_END_BYTES = 64 * 1024
"""How much of a file's beginning and end is looked at to know a report."""


def is_replaced(path: Path) -> bool:
    """Whether a report for `path` becomes a file of its own: there is a regular file, or nothing yet.

    What this process prints to (`/dev/stdout`, also where that is a file) is not replaced: what is printed would be lost.
    """
    try:
        found = path.stat()
    except OSError:
        return True
    return stat.S_ISREG(found.st_mode) and _printed_to(found) is None


def obstacle(path: Path, *, manifests: Path, inputs: tuple[Path, ...] = ()) -> str:
    """Why no report may go there, and what to do. "" if nothing speaks against it. Changes nothing.

    `manifests` is the directory in which every file is an input of the next run, `inputs` are other such files, there or not.
    """
    if os.path.isdir(path):
        return "it is a directory; name a file"
    if not is_replaced(path):
        return ""
    goal = _real(path)
    try:
        return _of_input(goal, manifests, inputs) or _of_folder(goal) or _of_content(goal)
    except OSError as error:
        return f"{error.strerror}; choose another name"


def _of_input(goal: Path, manifests: Path, inputs: tuple[Path, ...]) -> str:
    from reconciler.manifests.files import SUFFIXES

    directory = _real(manifests)
    # A project may keep its manifests beside everything else: there only what would be read as one is refused.
    is_apart = not any(_real(file).is_relative_to(directory) for file in inputs)
    if goal.is_relative_to(directory) and (is_apart or goal.suffix.lower() in SUFFIXES):
        return "it would be in the directory of manifests; choose another folder"
    is_input = goal in map(_real, inputs)
    return "it is read by this program, not written; choose another name" if is_input else ""


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _of_folder(goal: Path) -> str:
    folder = goal.parent
    if not os.path.isdir(folder):
        return f"there is no folder {str(folder)!r}; make it first"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"nothing can be written into the folder {str(folder)!r}; choose another one"
    with contextlib.suppress(FileNotFoundError):
        goal.with_name(
            f".{goal.name}.{'0' * 16}.tmp"
        ).lstat()  # as long as the name that `write_whole` writes to first
    return ""


def _of_content(goal: Path) -> str:
    from reconciler.report.safe_text import is_report

    try:
        with goal.open("rb") as stream:
            content = stream.read(_END_BYTES)
            if len(content) == _END_BYTES:
                stream.seek(max(goal.stat().st_size - _END_BYTES, _END_BYTES))
                content += stream.read(_END_BYTES)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"what it holds could not be read ({error.strerror}); choose another file"
    if not content or is_report(content.decode("utf-8", "replace")):
        return ""
    return "it holds something other than a report of this program, and that would be lost; choose another file, or remove that one first"


def make_folder(path: Path, *, help: str = "") -> None:
    """Make a folder and those around it. Raises ReportNotWritten."""
    with _or_not_written(path, help):
        path.mkdir(parents=True, exist_ok=True)


def write_new(path: Path, text: str, *, help: str = "") -> bool:
    """Write a file that is not there yet, and its folders. False when there is one, or anything else of that name.

    Raises ReportNotWritten, and then leaves no part of the file.
    """
    make_folder(path.parent, help=help)
    with _or_not_written(path, help):
        try:
            stream = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            return False
        try:
            with stream:
                stream.write(text)
        except (OSError, ValueError):
            path.unlink(missing_ok=True)
            raise
    return True


@contextlib.contextmanager
def _or_not_written(path: Path, help: str) -> Iterator[None]:
    """ValueError is for a name or a text that cannot be encoded."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ReportNotWritten(f"{path}: could not be written: {reason}", help=help) from error


def write_report(path: Path, text: str) -> None:
    """Replace the file whole, or write to what is no file of its own. What this process prints to is not opened anew: two openings of
    one file overwrite each other, and a socket cannot be opened. OSError leaves an older file untouched.
    """
    from reconciler.connectors.registry.files import write_whole

    if is_replaced(path):
        write_whole(_real(path), text.encode("utf-8"))
        return
    descriptor = _printed_to(path.stat())
    goal: Path | int = path if descriptor is None else os.dup(descriptor)
    with open(goal, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def _printed_to(found: os.stat_result) -> int | None:
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(found, os.fstat(descriptor)):
                return descriptor
    return None
