"""Which connectors a lock must hold: what manifests name, looked up in a registry, and what it has from elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.catalogue import Catalogue
from reconciler.connectors.registry.lock_entry import ConnectorEntry, ConnectorType, entry_order
from reconciler.connectors.registry.registry import Registry
from reconciler.connectors.registry.spec_change_words import cut, listed
from reconciler.model.diagnostic import Severity
from reconciler.model.json_value import is_uuid

UNKNOWN = "R201"
AMBIGUOUS = "R212"
NOT_IN_REGISTRY = "R213"
DISPLAY_NAME = "R214"
DESTINATION = "R215"
RETIRED = "R216"

# Each search goes through all names of the registry.
_MAX_SEARCHES = 50


@dataclass(frozen=True)
class Reference:
    """What `spec.connector` of a manifest says. `is_hidden`: a variable says it, so it is not shown."""

    text: str
    is_hidden: bool = False

    def __str__(self) -> str:
        return (
            "the connector that a variable names" if self.is_hidden else f'the connector "{cut(self.text)}"'
        )


@dataclass(frozen=True)
class Remark:
    """What is to be said about a reference, wherever it stands."""

    rule: str
    message: str
    help: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Choice:
    """`entries` are the connectors to lock, in the order of the lock; `remarks` by reference."""

    entries: tuple[ConnectorEntry, ...]
    remarks: dict[Reference, tuple[Remark, ...]] = field(default_factory=dict)


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
    chooser = _Chooser(registry, registry_words)
    own = Registry(kept)
    catalogue = Catalogue(entry.connector() for entry in kept)
    entries = {entry.id: entry for entry in kept}
    remarks: dict[Reference, tuple[Remark, ...]] = {}
    for reference in dict.fromkeys(references):
        is_own = catalogue.resolve(reference.text) is not None
        found = () if is_own else registry.find(reference.text)
        found = found or own.find(reference.text)
        if len(found) == 1:
            entries[found[0].id] = found[0]
        remarks[reference] = chooser.remarks(reference, found)
    said = {reference: told for reference, told in remarks.items() if told}
    return Choice(tuple(sorted(entries.values(), key=entry_order)), said)


def kept_entries(locked: Iterable[ConnectorEntry], registry: Registry) -> tuple[ConnectorEntry, ...]:
    """What a new lock takes over from the one before: connectors that the registry does not know, such as custom ones."""
    known = {entry.id for entry in registry.entries}
    return tuple(entry for entry in uncut(locked) if entry.id not in known)


def uncut(locked: Iterable[ConnectorEntry]) -> tuple[ConnectorEntry, ...]:
    """The entries without those that `init` locked from the sandbox's catalogue, whose specifications are cut."""
    cut_ones = {connector.id: connector.specification for connector in builtin_catalogue()}
    return tuple(entry for entry in locked if entry.specification != cut_ones.get(entry.id))


@dataclass
class _Chooser:
    registry: Registry
    words: str
    searches: int = 0

    def remarks(self, reference: Reference, found: tuple[ConnectorEntry, ...]) -> tuple[Remark, ...]:
        if len(found) == 1:
            return tuple(_doubts(reference, found[0], self.registry))
        if found:
            return (_ambiguous(reference, found),)
        return (self._custom(reference) if is_uuid(reference.text) else self._unknown(reference),)

    def _custom(self, reference: Reference) -> Remark:
        """An id that no registry knows may be a custom connector of the workspace: no error."""
        message = f"{reference} is not in {self.words}, so its specification stays unknown"
        help_text = "lock a custom connector from what its author has (`reconciler connectors lock --help`); otherwise correct the id"
        return Remark(NOT_IN_REGISTRY, message, help_text, Severity.WARNING)

    def _unknown(self, reference: Reference) -> Remark:
        reason = self.registry.why_skipped(reference.text)
        if reason:
            message = f"{reference} is in {self.words}, but cannot be locked: {reason}"
            return Remark(UNKNOWN, message, "try the registry of the other edition")
        return Remark(UNKNOWN, f"{reference} is not in {self.words}", self._ways(reference))

    def _ways(self, reference: Reference) -> str:
        otherwise = "search with `reconciler connectors search`, or write its actor definition id"
        self.searches += 1
        if reference.is_hidden or self.searches > _MAX_SEARCHES:
            return otherwise
        near = self.registry.suggestions(reference.text)
        return f"did you mean {' or '.join(near)}? Otherwise {otherwise}" if near else otherwise


def _ambiguous(reference: Reference, found: tuple[ConnectorEntry, ...]) -> Remark:
    candidates = listed(f"{entry.label} ({entry.id})" for entry in found)
    message = f"{reference} is the name of {len(found)} connectors: {candidates}"
    return Remark(AMBIGUOUS, message, "write the repository or the id of one of them")


def _doubts(reference: Reference, entry: ConnectorEntry, registry: Registry) -> Iterator[Remark]:
    """What should be said about a connector that was found."""
    if reference.text == entry.name and reference.text != entry.label:
        message = f"{reference} is a display name, which the registry may give to another connector too"
        elsewhere = Catalogue((entry.connector(),)).resolve(reference.text)
        reason = "" if elsewhere else ", because the other commands look up repositories and ids only"
        yield Remark(DISPLAY_NAME, message, f"write {entry.label}{reason}", Severity.WARNING)
    if entry.type is ConnectorType.DESTINATION:
        message = f"{reference} is a destination; a source template needs a source"
        yield Remark(DESTINATION, message, "name a source", Severity.WARNING)
    if entry.id in registry.retired:
        message = f"{reference} should not be used any more: {registry.retired[entry.id]}"
        yield Remark(RETIRED, message, "choose another connector", Severity.WARNING)
