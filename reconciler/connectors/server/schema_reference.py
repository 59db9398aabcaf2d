"""Where a `$ref` leads: to a part of the same schema, or nowhere that this tool goes. Pure."""

from __future__ import annotations

from urllib.parse import unquote_plus

from reconciler.connectors.server.schema_load import Draft, UncheckableSchema
from reconciler.connectors.server.work import NotKnown
from reconciler.model.json_value import JsonValue

_DEFINITIONS = {Draft.V2019: ("definitions", "$defs"), Draft.V2020: ("definitions", "$defs")}


def target_of(schema: JsonValue, reference: str, draft: Draft) -> tuple[JsonValue, JsonValue]:
    """The part of the whole `schema` that a reference leads to, and the schema that it is taken for a part of.

    Raises UncheckableSchema for one that leads nowhere, NotKnown for one that leaves the schema.
    """
    root = schema if isinstance(schema, dict) else {}
    if reference in ("", "#"):
        return schema, None
    if not reference.startswith("#/"):
        if reference.startswith("#") or ":" in reference or "$id" in root or "id" in root:
            raise NotKnown("a reference of the connector's schema leads to an address or an anchor")
        raise UncheckableSchema("Failed to load json schema from the address of a reference")
    segments = reference[2:].split("/")
    if any(not segment or (segment.isdigit() and segment != str(int(segment))) for segment in segments):
        raise NotKnown("a reference of the connector's schema has an odd path")
    return _walked(schema, segments, draft)


def _walked(schema: JsonValue, segments: list[str], draft: Draft) -> tuple[JsonValue, JsonValue]:
    found: JsonValue = schema
    trail: list[JsonValue] = []
    for segment in segments:
        trail.append(found)
        name = segment.replace("~1", "/").replace("~0", "~")
        name = unquote_plus(name) if "%" in name else name
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and segment.isdigit() and int(segment) < len(found):
            found = found[int(segment)]
        elif isinstance(schema, dict) and "id" in schema:
            raise NotKnown("a reference that may be looked for at another address")
        else:
            raise UncheckableSchema("Reference cannot be resolved")
    is_defined = len(segments) > 1 and segments[-2] in _DEFINITIONS.get(draft, ("definitions",))
    return found, trail[-2] if is_defined else schema
