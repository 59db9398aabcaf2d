"""Which connectors a lock must hold: what manifests name, looked up in a registry, and what it has from elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.connectors.catalogue import Catalogue, builtin_catalogue
from reconciler.connectors.registry.registry import (
    AMBIGUOUS,
    MOST_LISTED,
    UNKNOWN,
    ConnectorEntry,
    ConnectorType,
    Registry,
)
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import is_uuid
from reconciler.model.text import listed, short_text

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
    """What `spec.connector` of a manifest says. `is_hidden`: a variable says it, so it is not shown."""

    text: str
    is_hidden: bool = False

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
            said = (_ambiguous(reference, found),)
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


def _ambiguous(reference: Reference, found: tuple[ConnectorEntry, ...]) -> Diagnostic:
    candidates = listed((f"{entry.label} ({entry.id})" for entry in found), MOST_LISTED)
    message = f"{reference} is the name of {len(found)} connectors: {candidates}"
    return Diagnostic(CONNECTOR, AMBIGUOUS, message, "write the repository or the id of one of them")


def _doubts(reference: Reference, entry: ConnectorEntry, registry: Registry) -> Iterator[Diagnostic]:
    """What should be said about a connector that was found."""
    if reference.text == entry.name and reference.text != entry.label:
        message = f"{reference} is a display name, which the registry may give to another connector too"
        elsewhere = Catalogue((entry.connector(),)).resolve(reference.text)
        reason = "" if elsewhere else ", because the other commands look up repositories and ids only"
        yield _warning(DISPLAY_NAME, message, f"write {entry.label}{reason}")
    if entry.type is ConnectorType.DESTINATION:
        message = f"{reference} is a destination; a source template needs a source"
        yield _warning(DESTINATION, message, "name a source")
    if entry.id in registry.retired:
        message = f"{reference} should not be used any more: {registry.retired[entry.id]}"
        yield _warning(RETIRED, message, "choose another connector")
