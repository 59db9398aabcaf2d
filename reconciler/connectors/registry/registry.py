"""A Connector Registry: the catalogue of all connectors of an edition, and how a manifest's words lead into it. Pure.

Shape of the file (registry v0): `sources` and `destinations`, arrays of definitions, with the id in
`sourceDefinitionId` or `destinationDefinitionId`, then `dockerRepository`, `dockerImageTag`, `name`, `spec`.
Names are not unique: Customer.io and Harness occur twice, from different repositories.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from reconciler.connectors.catalogue import Catalogue, short_repository
from reconciler.connectors.registry.lock_entry import ConnectorEntry, ConnectorType, entry_order
from reconciler.model.json_value import JsonValue, is_uuid

ID_MEMBERS = {
    ConnectorType.SOURCE: "sourceDefinitionId",
    ConnectorType.DESTINATION: "destinationDefinitionId",
}
_TEXT_MEMBERS = ("dockerRepository", "dockerImageTag", "name")
_ARCHIVED = "archived"
_SEPARATORS = re.compile(r"[\s/_-]+")
_MAX_REFERENCE = 200


class NoRegistry(ValueError):
    """A JSON value that is no Connector Registry; the text says why."""


@dataclass(frozen=True)
class Skipped:
    """A definition that cannot be locked, by what it calls itself, and why."""

    label: str
    reason: str


@dataclass(frozen=True)
class Registry:
    """`entries` are sources, then destinations, each sorted by repository. `retired` says, by id, why nothing new
    should be made from a connector. `skipped` are definitions without what a lock needs.
    """

    entries: tuple[ConnectorEntry, ...]
    retired: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    _indexes: tuple[_Index, ...] = field(init=False, repr=False, compare=False)
    _catalogue: Catalogue = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        indexes = tuple(_Index(e for e in self.entries if e.type is kind) for kind in ConnectorType)
        object.__setattr__(self, "_indexes", indexes)
        object.__setattr__(self, "_catalogue", Catalogue(entry.connector() for entry in self.entries))

    def find(self, reference: str) -> tuple[ConnectorEntry, ...]:
        """The connector with this id (any letter case), else this repository (with or without `airbyte/`), else
        exactly this name; () if there is none, several if the name does not decide. Sources come first: a
        destination is found only by what no source is called.
        """
        for index in self._indexes:
            found = index.find(reference)
            if found:
                return found
        return ()

    def called(self, reference: str) -> tuple[ConnectorEntry, ...]:
        """Every entry of this repository, with or without `source-` and its namespace, or of this name, in any letter case."""
        wanted = reference.strip().casefold()
        return tuple(entry for entry in self.entries if wanted in _names(entry))

    def like(self, reference: str) -> tuple[ConnectorEntry, ...]:
        """Every entry with a name that begins with the reference, or that has all of its words."""
        wanted, words = reference.strip().casefold(), _words(reference)
        return tuple(
            entry
            for entry in self.entries
            if words
            and (any(name.startswith(wanted) for name in _names(entry)) or words <= _words(*_names(entry)))
        )

    def suggestions(self, reference: str) -> tuple[str, ...]:
        """Up to three repositories that may have been meant, best first."""
        return self._catalogue.suggestions(reference[:_MAX_REFERENCE])

    def why_skipped(self, reference: str) -> str:
        """Why the connector of this id or repository is in the file and cannot be used; "" if it is not there."""
        wanted = (reference.lower(), short_repository(reference))
        return next((skipped.reason for skipped in self.skipped if skipped.label in wanted), "")

    def search(self, text: str) -> tuple[ConnectorEntry, ...]:
        """Every entry with all words of `text` in its name, repository or id, in any letter case; in the order of `entries`."""
        return tuple(entry for entry in self.entries if matches(entry, text))


class _Index:
    """Entries of one type by everything that may name them."""

    def __init__(self, entries: Iterable[ConnectorEntry]) -> None:
        self._by_id: dict[str, ConnectorEntry] = {}
        self._by_repository: defaultdict[str, list[ConnectorEntry]] = defaultdict(list)
        self._by_name: defaultdict[str, list[ConnectorEntry]] = defaultdict(list)
        for entry in entries:
            self._by_id[entry.id] = entry
            self._by_repository[entry.label].append(entry)
            self._by_name[entry.name].append(entry)

    def find(self, reference: str) -> tuple[ConnectorEntry, ...]:
        by_id = self._by_id.get(reference.lower())
        if by_id is not None:
            return (by_id,)
        named = self._by_repository.get(short_repository(reference)) or self._by_name.get(reference)
        return tuple(named or ())


def matches(entry: ConnectorEntry, text: str) -> bool:
    """Whether name, repository and id hold each word of the text, whatever the letter case."""
    said = f"{entry.name} {entry.repository} {entry.id}".casefold()
    return all(word in said for word in _words(text))


def _names(entry: ConnectorEntry) -> set[str]:
    """What people call a connector, in lower case."""
    bare = entry.label.rpartition("/")[2].removeprefix(f"{entry.type}-")
    return {name.casefold() for name in (entry.name, entry.repository, entry.label, bare)}


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in _SEPARATORS.split(text.casefold()) if word}


def parse_registry(document: JsonValue) -> Registry:
    """The registry in a JSON value. Raises NoRegistry for another document, and for one without a usable source.

    A definition that lacks something, or repeats an id, is skipped and counted: one bad entry of a vendor's file
    must not keep anybody from locking the others.
    """
    if not is_registry(document):
        raise NoRegistry("it is no Connector Registry: it has no array `sources`")
    entries: dict[str, ConnectorEntry] = {}
    retired: dict[str, str] = {}
    skipped: list[Skipped] = []
    for type_, label, definition in _definitions(document):
        entry = entry_of(type_, definition)
        if isinstance(entry, str) or entry.id in entries:
            reason = entry if isinstance(entry, str) else "its id occurs twice"
            skipped.append(Skipped(label, reason))
            continue
        entries[entry.id] = entry
        if why := _why_retired(definition):
            retired[entry.id] = why
    if not any(entry.type is ConnectorType.SOURCE for entry in entries.values()):
        raise NoRegistry(f"it holds no usable source ({len(skipped)} without what a lock needs)")
    in_order = sorted(entries.values(), key=lambda e: (e.type is ConnectorType.DESTINATION, *entry_order(e)))
    return Registry(tuple(in_order), retired, tuple(skipped))


def is_registry(document: JsonValue) -> TypeGuard[dict[str, JsonValue]]:
    """Whether a document is meant as a whole registry."""
    return isinstance(document, dict) and isinstance(document.get("sources"), list)


def _definitions(document: dict[str, JsonValue]) -> Iterator[tuple[ConnectorType, str, JsonValue]]:
    """Type, label for messages, definition; in the order of the file."""
    for type_ in ConnectorType:
        definitions = document.get(f"{type_}s")
        for index, definition in enumerate(definitions if isinstance(definitions, list) else ()):
            yield type_, _label(type_, definition) or f"{type_}s[{index}]", definition


def _label(type_: ConnectorType, definition: JsonValue) -> str | None:
    if not isinstance(definition, dict):
        return None
    repository, identity = definition.get("dockerRepository"), definition.get(ID_MEMBERS[type_])
    if isinstance(repository, str) and repository:
        return short_repository(repository)
    return identity.lower() if isinstance(identity, str) and identity else None


def entry_of(type_: ConnectorType, definition: JsonValue) -> ConnectorEntry | str:
    """The entry of a definition, or why there is none."""
    if not isinstance(definition, dict):
        return "it is not an object"
    identity, specification = definition.get(ID_MEMBERS[type_]), definition.get("spec")
    if not is_uuid(identity):
        return f"its {ID_MEMBERS[type_]} is not a UUID"
    if not isinstance(specification, dict):
        return "it has no specification"
    if not isinstance(specification.get("connectionSpecification"), dict):
        return "its specification has no connectionSpecification"
    texts = [definition.get(member) for member in _TEXT_MEMBERS]
    repository, version, name = (text if isinstance(text, str) else "" for text in texts)
    if not (repository and version and name):
        return f"one of {', '.join(_TEXT_MEMBERS)} is missing"
    tombstone = definition.get("tombstone") is True
    return ConnectorEntry(identity.lower(), type_, repository, name, version, specification, tombstone)


def _why_retired(definition: JsonValue) -> str:
    if not isinstance(definition, dict):
        return ""
    if definition.get("tombstone") is True:
        return "the registry marks it as removed (tombstone)"
    return "the registry marks it as archived" if definition.get("supportLevel") == _ARCHIVED else ""
