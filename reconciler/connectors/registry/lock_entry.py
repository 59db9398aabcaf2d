"""One connector as `connectors.lock.json` records it and a Connector Registry lists it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.connectors.catalogue import short_repository
from reconciler.model.connector import Connector
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json


class ConnectorType(StrEnum):
    """What the registry keeps apart. Templates are made from sources; destinations are recorded when named."""

    SOURCE = "source"
    DESTINATION = "destination"


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

    def connector(self) -> Connector:
        """The value that the rest of the program works with."""
        return Connector(
            self.id, self.label, self.name, self.version, self.specification, tombstone=self.tombstone
        )


def entry_order(entry: ConnectorEntry) -> tuple[str, str]:
    """Sort key of the lock: repository, then id."""
    return entry.repository, entry.id


def spec_digest(specification: JsonValue) -> str:
    """`sha256:` and the hex digest of the canonical text: key order and the spelling of numbers do not count."""
    text = canonical_json(specification)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
