"""Where the sandbox's state is on disk.

The default place is inside a checkout, whose files may be anybody's. What is there already is written to only if it is a regular
file, and no link is followed out of it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

from reconciler.errors import ReconcilerError

FOLDER: Final = ".reconciler"
"""The folder of a project that only this program uses: the sandbox's state, the journal of creates."""

DATABASE: Final = Path(FOLDER) / "sandbox.db"
_BESIDE: Final = ("", "-journal", "-wal", "-shm")
"""What SQLite adds to a file's name for the files that it writes beside it."""


class SandboxStateError(ReconcilerError):
    """The sandbox's state file cannot be used."""


def project_database(root: Path) -> Path:
    """Where the in-process sandbox of a project keeps its state. Makes the folder. Raises SandboxStateError."""
    project_folder(root)
    return root / DATABASE


def project_folder(root: Path) -> Path:
    """The project's folder for what is not in git. Made if it is not there, and ignoring itself. Raises SandboxStateError."""
    folder = root / FOLDER
    ignore = folder / ".gitignore"
    try:
        _refuse_link(folder, "start from another directory")
        folder.mkdir(exist_ok=True)
        _refuse_link(ignore, "start from another directory")
        with contextlib.suppress(FileExistsError), ignore.open("xb") as stream:  # "x" follows no link
            stream.write(b"*\n")
    except OSError as error:
        raise SandboxStateError(
            f"{folder}: the folder could not be made: {error.strerror}",
            help="start from a directory that you may write to",
        ) from error
    return folder


def check_place(path: Path) -> None:
    """Raises SandboxStateError unless SQLite may write to this file: its folder is there, and neither the file nor those that
    SQLite keeps beside it are links or anything else than regular files.
    """
    if not os.path.lexists(path.parent):
        raise SandboxStateError(
            f"the sandbox's state {path} cannot be made: there is no folder {path.parent}",
            help="make the folder first, or name a file in another one",
        )
    for suffix in _BESIDE:
        file = path.with_name(path.name + suffix)
        _refuse_link(file, "name another file with `sandbox serve --database`")
        status = _status(file)
        if status is not None and not stat.S_ISREG(status.st_mode):
            raise SandboxStateError(
                f"the sandbox's state {file} cannot be used: not a regular file",
                help="remove it, or name another file with `sandbox serve --database`",
            )


def keep_private(path: Path) -> None:
    """Makes the state's file where there is none, so that nobody but its user may read or write it: templates hold secrets. SQLite gives
    the files beside it the same mode.

    Files of that user's own that are there already are narrowed in a project's folder only. Elsewhere their mode is the user's choice.
    Raises OSError.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # O_EXCL follows no link
    if path.parent.name != FOLDER:
        return
    for suffix in _BESIDE:
        file = path.with_name(path.name + suffix)
        status = _status(file)
        if status is not None and status.st_uid == os.geteuid() and status.st_mode & 0o077:
            with contextlib.suppress(FileNotFoundError):  # SQLite removes the files beside it
                file.chmod(0o600)  # not by a descriptor: to close one ends this process's locks of the file


def _refuse_link(path: Path, other_way: str) -> None:
    status = _status(path)
    if status is not None and stat.S_ISLNK(status.st_mode):
        raise SandboxStateError(
            f"{path} is a link, which is not followed: this program would write to somewhere else",
            help=f"remove it, or {other_way}",
        )


def _status(path: Path) -> os.stat_result | None:
    """What is at this path itself, links not followed. None for nothing. What cannot be asked is left to who opens it."""
    try:
        return path.lstat()
    except (OSError, ValueError):
        return None
