"""One connector as a Connector Registry lists it and a lock records it, and a registry as a whole: the catalogue of all connectors
of an edition, and how a manifest's words lead into it. Pure.

Shape of the file (registry v0): `sources` and `destinations`, arrays of definitions, with the id in
`sourceDefinitionId` or `destinationDefinitionId`, then `dockerRepository`, `dockerImageTag`, `name`, `spec`.
Names are not unique: Customer.io and Harness occur twice, from different repositories.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeGuard

from reconciler.connectors.catalogue import Catalogue, short_repository
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, is_uuid
from reconciler.model.template import Connector, connection_schema

SANDBOX = "sandbox"
"""What a lock names that is made from the sandbox's catalogue."""
UNKNOWN, AMBIGUOUS = "R201", "R212"
MOST_LISTED = 6
"""Connectors that one sentence names. Of more, the others are a number."""

_SEPARATORS = re.compile(r"[\s/_-]+")


class ConnectorType(StrEnum):
    """What the registry keeps apart. Templates are made from sources. Destinations are recorded when named."""

    SOURCE = "source"
    DESTINATION = "destination"

    @property
    def id_member(self) -> str:
        """The member of a registry's definition that holds the id: `sourceDefinitionId`."""
        return f"{self}DefinitionId"


@dataclass(frozen=True)
class ConnectorEntry:
    """`id` is a lower-case UUID, `repository` the whole one (`airbyte/source-faker`), `specification` the
    registry's `spec`. `tombstone`: the registry says that it was withdrawn.
    """

    id: str
    type: ConnectorType
    repository: str
    name: str
    version: str
    specification: JsonObject = field(hash=False, repr=False)
    tombstone: bool = False

    @property
    def label(self) -> str:
        """What manifests call it: `source-faker`, `acme/source-crm`."""
        return short_repository(self.repository)

    @property
    def order(self) -> tuple[str, str]:
        """Sort key of the lock: repository, then id."""
        return self.repository, self.id

    def connector(self) -> Connector:
        """The value that the rest of the program works with."""
        return Connector(
            self.id, self.label, self.name, self.version, self.specification, tombstone=self.tombstone
        )


def spec_digest(specification: JsonValue) -> str:
    """`sha256:` and the hex digest of the canonical text: key order and the spelling of numbers do not count."""
    text = canonical_json(specification)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def entry_of(kind: ConnectorType, definition: JsonValue) -> ConnectorEntry | str:
    """The entry of a registry's definition, or why there is none."""
    if not isinstance(definition, dict):
        return "it is not an object"
    identity, specification = definition.get(kind.id_member), definition.get("spec")
    if not is_uuid(identity):
        return f"its {kind.id_member} is not a UUID"
    if not isinstance(specification, dict):
        return "it has no specification"
    if connection_schema(specification) is None:
        return "its specification has no connectionSpecification"
    members = ("dockerRepository", "dockerImageTag", "name")
    texts = [text for member in members if isinstance(text := definition.get(member), str) and text]
    if len(texts) < len(members):
        return f"one of {', '.join(members)} is missing"
    repository, version, name = texts
    tombstone = definition.get("tombstone") is True
    return ConnectorEntry(identity.lower(), kind, repository, name, version, specification, tombstone)


class NoRegistry(ValueError):
    """A JSON value that is no Connector Registry. The text says why."""


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

    @cached_property
    def catalogue(self) -> Catalogue:
        """The connectors, as manifests look them up."""
        return Catalogue(entry.connector() for entry in self.entries)

    @cached_property
    def _index(self) -> Mapping[tuple[ConnectorType, str, str], list[ConnectorEntry]]:
        """Entries by type, by what names them (id, repository, name), and by that name."""
        index = defaultdict[tuple[ConnectorType, str, str], list[ConnectorEntry]](list)
        for entry in self.entries:
            for what, name in (("id", entry.id), ("repository", entry.label), ("name", entry.name)):
                index[entry.type, what, name].append(entry)
        return index

    def find(self, reference: str) -> tuple[ConnectorEntry, ...]:
        """The connector with this id (any letter case), else this repository (with or without `airbyte/`), else
        exactly this name. () if there is none, several if the name does not decide. Sources come first: a
        destination is found only by what no source is called.
        """
        names = (("id", reference.lower()), ("repository", short_repository(reference)), ("name", reference))
        for kind in ConnectorType:
            for what, name in names:
                if found := self._index.get((kind, what, name)):
                    return tuple(found)
        return ()

    def called(self, reference: str) -> tuple[ConnectorEntry, ...]:
        """Every entry of this repository, with or without `source-` and its namespace, or of this name, in any letter case."""
        wanted = reference.strip().casefold()
        return tuple(entry for entry in self.entries if wanted in _names(entry))

    def like(self, reference: str) -> tuple[ConnectorEntry, ...]:
        """Every entry with a name that begins with the reference, or that has all of its words."""
        wanted, words = reference.strip().casefold(), _words(reference)
        named = ((entry, _names(entry)) for entry in self.entries if words)
        return tuple(
            entry
            for entry, names in named
            if words <= _words(*names) or any(name.startswith(wanted) for name in names)
        )

    def suggestions(self, reference: str) -> tuple[str, ...]:
        """Up to three repositories that may have been meant, best first."""
        return self.catalogue.suggestions(reference[:200])

    def why_skipped(self, reference: str) -> str:
        """Why the connector of this id or repository is in the file and cannot be used. "" if it is not there."""
        wanted = (reference.lower(), short_repository(reference))
        return next((skipped.reason for skipped in self.skipped if skipped.label in wanted), "")

    def search(self, text: str) -> tuple[ConnectorEntry, ...]:
        """Every entry with all words of `text` in its name, repository or id, in any letter case, in the order of `entries`."""
        words = _words(text)
        said = ((entry, f"{entry.name} {entry.repository} {entry.id}".casefold()) for entry in self.entries)
        return tuple(entry for entry, names in said if all(word in names for word in words))


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
    for kind, label, definition in _definitions(document):
        entry = entry_of(kind, definition)
        if isinstance(entry, str) or entry.id in entries:
            skipped.append(Skipped(label, entry if isinstance(entry, str) else "its id occurs twice"))
            continue
        entries[entry.id] = entry
        is_archived = isinstance(definition, dict) and definition.get("supportLevel") == "archived"
        if entry.tombstone or is_archived:
            mark = "removed (tombstone)" if entry.tombstone else "archived"
            retired[entry.id] = f"the registry marks it as {mark}"
    if not any(entry.type is ConnectorType.SOURCE for entry in entries.values()):
        raise NoRegistry(f"it holds no usable source ({len(skipped)} without what a lock needs)")
    in_order = sorted(entries.values(), key=lambda e: (e.type is ConnectorType.DESTINATION, e.order))
    return Registry(tuple(in_order), retired, tuple(skipped))


def is_registry(document: JsonValue) -> TypeGuard[dict[str, JsonValue]]:
    """Whether a document is meant as a whole registry."""
    return isinstance(document, dict) and isinstance(document.get("sources"), list)


def _definitions(document: dict[str, JsonValue]) -> Iterator[tuple[ConnectorType, str, JsonValue]]:
    """Type, label for messages, definition, in the order of the file."""
    for kind in ConnectorType:
        definitions = document.get(f"{kind}s")
        for index, definition in enumerate(definitions if isinstance(definitions, list) else ()):
            members = definition if isinstance(definition, dict) else {}
            repository, identity = members.get("dockerRepository"), members.get(kind.id_member)
            label = short_repository(repository) if isinstance(repository, str) else ""
            label = label or (identity.lower() if isinstance(identity, str) else "")
            yield kind, label or f"{kind}s[{index}]", definition
