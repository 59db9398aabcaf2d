"""A connector: what the server knows by its actor definition id and the registry by its repository."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.model.json_value import JsonObject


@dataclass(frozen=True)
class Connector:
    """A source type.

    `id` is the actor definition id, a lower-case UUID. `repository` is the short name (`source-faker`), None
    when only the id is known. `specification` is the registry's `spec` object (connectionSpecification,
    advanced_auth, ...), None when it is not known: then nothing may be concluded about forms, secrets or
    inference. `tombstone`: the registry says that it was withdrawn; the server lists no template of such a connector.
    """

    id: str
    repository: str | None = None
    name: str | None = None
    version: str | None = None
    specification: JsonObject | None = field(default=None, hash=False, repr=False)
    tombstone: bool = False

    @property
    def label(self) -> str:
        """What a person would call it: name, else repository, else id."""
        return self.name or self.repository or self.id


def connection_schema(specification: JsonObject | None) -> JsonObject | None:
    """The JSON Schema of the configuration in a specification or a form; None where there is none."""
    schema = specification.get("connectionSpecification") if specification is not None else None
    return schema if isinstance(schema, dict) else None
