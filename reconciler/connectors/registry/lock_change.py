"""The lock on the disk, whatever state it is in, and what a new one changes in it, in words. The command that writes it also
repairs it. An edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reconciler.connectors.registry.files import Unreadable, read_bounded, write_whole
from reconciler.connectors.registry.lock import NOT_JSON, Lock, read_lock_file, salvaged_source
from reconciler.connectors.registry.registry import ConnectorEntry
from reconciler.connectors.registry.spec_change import describe_change, quoted
from reconciler.errors import InvalidInput, ReportNotWritten
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import same_json

SAME_SPECIFICATION = "same specification"


class ChangeKind(StrEnum):
    """`removed`: no manifest names the connector any more."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class LockChange:
    """One connector that a lock gains, loses or says something else about.

    `entry` is the new one, or the removed one. `old_version` is None for an added connector, `new_version` for a removed one.
    `words` say what changed. Empty for the other kinds.
    """

    kind: ChangeKind
    entry: ConnectorEntry
    old_version: str | None
    new_version: str | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class LockUpdate:
    """What one run of the lock command found and did.

    `old_source` is None when there was no readable lock. Then nothing was compared, and `changes` name what it holds now.
    `differs`: the bytes of the file are not, or were not, those of the new lock. `skipped` counts definitions of the
    registry that lack what a lock needs. `taken` is how many of the connectors `source` gave, None for all, and `taken_for` what
    kind of file it is when it is no registry. `kept` are those that it does not know. `problems` are warnings, and what is wrong
    with the old lock.
    """

    file: str
    source: str
    old_source: str | None
    connectors: int
    changes: tuple[LockChange, ...]
    differs: bool
    is_check: bool
    skipped: int = 0
    problems: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    taken: int | None = None
    taken_for: str = ""
    kept: tuple[ConnectorEntry, ...] = ()

    @property
    def is_written(self) -> bool:
        """Whether the file is another one now."""
        return self.differs and not self.is_check


def read_present_lock(path: Path, file: str) -> Lock:
    """The lock at `path`, called `file` in messages. Raises InvalidInput only for a file that cannot be read at all."""
    try:
        text = read_bounded(path).decode("utf-8", "replace")
        return read_lock_file(text, file)
    except Unreadable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return Lock()
        raise InvalidInput((Diagnostic(Origin(file), NOT_JSON, f"the connector lock {error}"),)) from error
    except InvalidInput as error:
        return Lock(text, salvaged_source(text), problems=error.problems, is_broken=True)


def write_lock(path: Path, text: str) -> None:
    """Write a lock whole or not at all. Raises ReportNotWritten."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportNotWritten(f"{path}: the connector lock could not be written: {reason}") from error


def lock_changes(old: Iterable[ConnectorEntry], new: Iterable[ConnectorEntry]) -> tuple[LockChange, ...]:
    """From one lock to the other, connectors by their ids, in the order of the lock."""
    before, after = ({entry.id: entry for entry in entries} for entries in (old, new))
    found = (_change(before.get(key), after.get(key)) for key in before.keys() | after.keys())
    changes = (change for change in found if change is not None)
    return tuple(sorted(changes, key=lambda change: change.entry.order))


def _change(old: ConnectorEntry | None, new: ConnectorEntry | None) -> LockChange | None:
    if old is None:
        return None if new is None else LockChange(ChangeKind.ADDED, new, None, new.version)
    if new is None:
        return LockChange(ChangeKind.REMOVED, old, old.version, None)
    words = tuple(_words(old, new))
    if not words and old.version == new.version:
        return None
    return LockChange(ChangeKind.CHANGED, new, old.version, new.version, words or (SAME_SPECIFICATION,))


def _words(old: ConnectorEntry, new: ConnectorEntry) -> Iterator[str]:
    for what in ("repository", "name", "type"):
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            yield f"{what} is now {quoted(now)}, was {quoted(was)}"
    if old.tombstone != new.tombstone:
        yield "withdrawn: nothing can be created of it" if new.tombstone else "no longer withdrawn"
    if not same_json(old.specification, new.specification):
        yield from describe_change(old.specification, new.specification)
