"""The lock on the disk, which connectors a new one must hold, and what that changes, in words. The command that writes it also
repairs it. An edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from reconciler.connectors.catalogue import Catalogue, builtin_catalogue
from reconciler.connectors.registry.files import Unreadable, read_bounded, write_whole
from reconciler.connectors.registry.lock import NOT_JSON, Lock, read_lock_file, salvaged_source
from reconciler.connectors.registry.registry import (
    AMBIGUOUS,
    MOST_LISTED,
    UNKNOWN,
    ConnectorEntry,
    ConnectorType,
    Registry,
)
from reconciler.connectors.registry.spec_change import describe_change, quoted
from reconciler.errors import InvalidInput, ReportNotWritten
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.json_value import is_uuid, same_json
from reconciler.model.template import SOURCE_TEMPLATE
from reconciler.model.text import listed, short_text

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


NOT_IN_REGISTRY = "R213"
DISPLAY_NAME = "R214"
DESTINATION = "R215"
RETIRED = "R216"
CONNECTOR = "/spec/connector"
"""Where a manifest names its connector."""

# Each search goes through all names of the registry.
_MAX_SEARCHES = 50


@dataclass(frozen=True)
class Reference:
    """What `spec.connector` of a manifest of a kind says. `is_hidden`: a variable says it, so it is not shown."""

    text: str
    is_hidden: bool = False
    kind: str = SOURCE_TEMPLATE

    def __str__(self) -> str:
        if self.is_hidden:
            return "the connector that a variable names"
        return f'the connector "{short_text(self.text)}"'


@dataclass(frozen=True)
class Choice:
    """`entries` are the connectors to lock, in the order of the lock. `remarks` by reference, at `spec.connector`."""

    entries: tuple[ConnectorEntry, ...]
    remarks: dict[Reference, tuple[Diagnostic, ...]] = field(default_factory=dict)


def choose_connectors(
    references: Iterable[Reference],
    registry: Registry,
    *,
    registry_words: str,
    kept: tuple[ConnectorEntry, ...] = (),
) -> Choice:
    """The connectors of these references, each once, and those that are `kept` from the lock so far. `registry_words` name the
    registry (`the cloud registry`). An id or a repository that is kept wins over the registry's: a name that a manifest uses must not
    come to mean another connector.
    """
    own = Registry(kept)
    entries = {entry.id: entry for entry in kept}
    remarks: dict[Reference, tuple[Diagnostic, ...]] = {}
    searches = 0
    for reference in dict.fromkeys(references):
        is_own = own.catalogue.resolve(reference.text) is not None
        found = () if is_own else registry.find(reference.text)
        found = found or own.find(reference.text)
        if len(found) == 1:
            entries[found[0].id] = found[0]
            said = tuple(_doubts(reference, found[0], registry))
        elif found:
            candidates = listed((f"{entry.label} ({entry.id})" for entry in found), MOST_LISTED)
            message = f"{reference} is the name of {len(found)} connectors: {candidates}"
            way = "write the repository or the id of one of them"
            said = (Diagnostic(CONNECTOR, AMBIGUOUS, message, way),)
        else:
            searches += 1
            said = (_missing(reference, registry, registry_words, may_search=searches <= _MAX_SEARCHES),)
        if said:
            remarks[reference] = said
    return Choice(tuple(sorted(entries.values(), key=lambda entry: entry.order)), remarks)


def kept_entries(locked: Iterable[ConnectorEntry], registry: Registry) -> tuple[ConnectorEntry, ...]:
    """What a new lock takes over from the one before: connectors that the registry does not know, such as custom ones."""
    known = {entry.id for entry in registry.entries}
    return tuple(entry for entry in uncut(locked) if entry.id not in known)


def uncut(locked: Iterable[ConnectorEntry]) -> tuple[ConnectorEntry, ...]:
    """The entries without those that `init` locked from the sandbox's catalogue, whose specifications are cut."""
    cut_ones = {connector.id: connector.specification for connector in builtin_catalogue()}
    return tuple(entry for entry in locked if entry.specification != cut_ones.get(entry.id))


def _warning(rule: str, message: str, help: str) -> Diagnostic:
    return Diagnostic(CONNECTOR, rule, message, help, Severity.WARNING)


def _missing(reference: Reference, registry: Registry, words: str, *, may_search: bool) -> Diagnostic:
    if is_uuid(reference.text):
        # It may be a custom connector of the workspace: no error.
        message = f"{reference} is not in {words}, so its specification stays unknown"
        way = "lock a custom connector from what its author has (`reconciler connectors lock --help`); otherwise correct the id"
        return _warning(NOT_IN_REGISTRY, message, way)
    if reason := registry.why_skipped(reference.text):
        message = f"{reference} is in {words}, but cannot be locked: {reason}"
        return Diagnostic(CONNECTOR, UNKNOWN, message, "try the registry of the other edition")
    way = "search with `reconciler connectors search`, or write its actor definition id"
    near = registry.suggestions(reference.text) if may_search and not reference.is_hidden else ()
    if near:
        way = f"did you mean {' or '.join(near)}? Otherwise {way}"
    return Diagnostic(CONNECTOR, UNKNOWN, f"{reference} is not in {words}", way)


def _doubts(reference: Reference, entry: ConnectorEntry, registry: Registry) -> Iterator[Diagnostic]:
    """What should be said about a connector that was found."""
    if reference.text == entry.name and reference.text != entry.label:
        message = f"{reference} is a display name, which the registry may give to another connector too"
        elsewhere = Catalogue((entry.connector(),)).resolve(reference.text)
        reason = "" if elsewhere else ", because the other commands look up repositories and ids only"
        yield _warning(DISPLAY_NAME, message, f"write {entry.label}{reason}")
    if entry.type is ConnectorType.DESTINATION and reference.kind == SOURCE_TEMPLATE:
        message = f"{reference} is a destination; a source template needs a source"
        yield _warning(DESTINATION, message, "name a source")
    if entry.id in registry.retired:
        message = f"{reference} should not be used any more: {registry.retired[entry.id]}"
        yield _warning(RETIRED, message, "choose another connector")
