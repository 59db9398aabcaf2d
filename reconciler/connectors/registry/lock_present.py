"""The lock as it is on the disk, whatever state it is in: the command that writes it also repairs it. An edge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reconciler.connectors.registry.files import Unreadable, read_bounded, write_whole
from reconciler.connectors.registry.lock import NOT_JSON, LockFile, read_lock_file, salvaged_source
from reconciler.connectors.registry.lock_choice import AMBIGUOUS
from reconciler.connectors.registry.registry import ConnectorEntry
from reconciler.connectors.registry.source import SANDBOX
from reconciler.errors import InvalidInput, ReportNotWritten
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.text import short_text


@dataclass(frozen=True)
class PresentLock:
    """`text` is None when there is no file, `lock` when there is no sound one. `problems` say what is wrong with it.

    `source` is the registry that it names. None when that is not known, and for the lock of a new project, which `init` makes from
    the sandbox's catalogue.
    """

    text: str | None = None
    lock: LockFile | None = None
    source: str | None = None
    problems: tuple[Diagnostic, ...] = ()

    @property
    def entries(self) -> tuple[ConnectorEntry, ...]:
        """What is locked. () without a sound lock."""
        return self.lock.entries if self.lock else ()

    @property
    def is_broken(self) -> bool:
        """Whether there is a file, and nothing can be taken from it."""
        return self.text is not None and self.lock is None

    def extended(self, added: Iterable[ConnectorEntry], *, origin: Origin) -> tuple[ConnectorEntry, ...]:
        """The entries of a lock that has these too, in place of those with their ids.

        Raises InvalidInput for a lock that is not sound, since writing it would make it look sound, and at `origin` for a
        repository that is another connector's.
        """
        new = {entry.id: entry for entry in added}
        altered = self.lock.altered if self.lock else frozenset()
        if self.is_broken or altered - new.keys():
            raise InvalidInput(self.problems)
        entries = {entry.id: entry for entry in self.entries}
        for entry in new.values():
            entries[entry.id] = entry
            twin = next((e for e in entries.values() if e.label == entry.label and e.id != entry.id), None)
            if twin is not None:
                label = short_text(entry.label)
                message = f"{label} is what the lock calls the connector {twin.id}, not {entry.id}"
                way = "give it another name with --as"
                raise InvalidInput((Diagnostic(origin, AMBIGUOUS, message, way),))
        return tuple(entries.values())


def read_present_lock(path: Path, file: str) -> PresentLock:
    """The lock at `path`, called `file` in messages. Raises InvalidInput only for a file that cannot be read at all."""
    try:
        data = read_bounded(path)
    except Unreadable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return PresentLock()
        raise InvalidInput((Diagnostic(Origin(file), NOT_JSON, f"the connector lock {error}"),)) from error
    text = data.decode("utf-8", "replace")
    try:
        lock = read_lock_file(text, file)
    except InvalidInput as error:
        return PresentLock(text, source=salvaged_source(text), problems=error.problems)
    return PresentLock(text, lock, None if lock.source == SANDBOX else lock.source, lock.problems)


def write_lock(path: Path, text: str) -> None:
    """Write a lock whole or not at all. Raises ReportNotWritten."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportNotWritten(f"{path}: the connector lock could not be written: {reason}") from error
