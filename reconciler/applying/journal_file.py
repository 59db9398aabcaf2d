"""A file of lines that is only ever appended to, whole lines at a time, by any number of processes. An edge.

It lies in the checkout, whose files may be anybody's: no link is followed, nothing but a regular file is opened. A last
line without its end is what a process left that died while it wrote: it is cut off by the next one that writes.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from reconciler.errors import UnsafePlan
from reconciler.sandbox.state_file import FOLDER, SandboxStateError, project_folder

MAX_BYTES: Final = 64 * 1024 * 1024
HELP: Final = (
    "without it nothing may be created: make it a file of your own that can be read and written; to start a new one, move it"
    " away, run `reconciler plan`, and compare what it says was sent with the server before the next apply"
)
_FLAGS: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LineFile:
    """`name` in the project's folder. Every method may raise UnsafePlan. No descriptor is kept between two calls."""

    def __init__(self, root: Path, name: str) -> None:
        self._root, self._name = root, name
        self._end = 0
        self._identity: tuple[int, int] | None = None

    @property
    def place(self) -> str:
        """The file's name for messages."""
        return f"{FOLDER}/{self._name}"

    def new_lines(self) -> list[bytes]:
        """The whole lines that this object has not given yet; none where there is no file."""
        try:
            with self._opened(os.O_RDONLY) as descriptor:
                return self._taken(descriptor)
        except FileNotFoundError:
            return []
        except NotADirectoryError as error:
            raise self._refusal(f"cannot be read: {FOLDER} is a link, or no folder") from error
        except OSError as error:
            raise self._refusal(f"cannot be read: {error.strerror}") from error

    def append(self, line_after: Callable[[list[bytes]], bytes], *, durable: bool) -> None:
        """Add one line, under the lock of the file, which is made if it is not there. `line_after` gets the lines that are new
        and gives the line, or raises: then nothing is written. With `durable` the line is on the disk when this returns.
        """
        try:
            project_folder(self._root)
            with self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
                fcntl.flock(descriptor, fcntl.LOCK_EX)  # closing gives it back
                line = line_after(self._taken(descriptor)) + b"\n"
                self._write(descriptor, line, durable=durable)
        except OSError as error:
            raise self._refusal(f"cannot be written: {error.strerror}") from error
        except SandboxStateError as error:
            raise UnsafePlan(error.message, help=error.help) from error

    def _write(self, descriptor: int, line: bytes, *, durable: bool) -> None:
        """Write it whole or not at all. What a dead process left of its last line is cut off first."""
        os.ftruncate(descriptor, self._end)
        try:
            _put(descriptor, line, durable=durable)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._end)
            raise
        self._end += len(line)

    def _taken(self, descriptor: int) -> list[bytes]:
        """The whole lines from where the last call stopped. `_end` is the end of the last one."""
        status = os.fstat(descriptor)
        if status.st_size > MAX_BYTES:
            raise self._refusal("is larger than any that this program writes")
        if self._identity not in (None, (status.st_dev, status.st_ino)) or status.st_size < self._end:
            raise self._refusal("was replaced while this run went on")
        self._identity = (status.st_dev, status.st_ino)
        data = os.pread(descriptor, status.st_size - self._end, self._end)
        whole = data[: data.rfind(b"\n") + 1]
        self._end += len(whole)
        return whole.splitlines()

    @contextlib.contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        """A descriptor of the file, for the owner's eyes only. A file that is made is in its folder for good."""
        folder = os.open(self._root / FOLDER, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
        try:
            descriptor = os.open(self._name, flags | _FLAGS, 0o600, dir_fd=folder)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise self._refusal("is not a regular file")
                if flags & os.O_CREAT and self._end == 0:
                    os.fsync(folder)
                yield descriptor
            finally:
                os.close(descriptor)
        finally:
            os.close(folder)

    def _refusal(self, what: str) -> UnsafePlan:
        return UnsafePlan(f"the journal {self.place} {what}", help=HELP)


def _put(descriptor: int, line: bytes, *, durable: bool) -> None:
    if os.write(descriptor, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if durable:
        os.fsync(descriptor)
