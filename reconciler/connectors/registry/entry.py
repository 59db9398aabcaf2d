"""One connector as `connectors.lock.json` records it and a Connector Registry lists it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.connectors.catalogue import short_repository
from reconciler.model.connector import Connector, connection_schema
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, is_uuid


class ConnectorType(StrEnum):
    """What the registry keeps apart. Templates are made from sources; destinations are recorded when named."""

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
