"""The manifest's JSON Schema for one connector: an editor completes and checks presets by the connector's own fields. Pure.

It uses only keywords that mean the same in draft-07 and in 2020-12, because editors differ in which of the two they read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, cast

from reconciler.connectors.catalogue import names_destination
from reconciler.connectors.scaffold.yaml_text import is_writable
from reconciler.connectors.specification.schema import is_marked_secret, members, texts
from reconciler.manifests.fields import TYPES, is_a
from reconciler.manifests.schema import manifest_schema
from reconciler.manifests.variables import PREFIX
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import (
    CONNECTION_TEMPLATE,
    PRESETS_NAME,
    SOURCE_TEMPLATE,
    Connector,
    connection_schema,
)

_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_NEVER_PRESET: Final = (
    "Do not preset: a secret, to be asked from the customer. Airbyte stores presets in clear."
)
_TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
_DEEPEST: Final = 32

# What Java's expressions have and those of editors have not, or read otherwise: they would complain about the pattern itself.
_JAVA_ONLY: Final = re.compile(r"\\[AzZQEGhHRXpPN]|\(\?(?!:|=|!|<=|<!)|[*+?}]\+|\[[^\]]*\[|&&|--|~~|\|\|")


def connector_manifest_schema(connector: Connector) -> JsonObject:
    """The schema of a manifest for `connector`: `spec.connector` names it, and its presets, or a destination's configuration, are its own
    schema.

    Presets are partial: nothing is required at their top, and no secret anywhere. Where options differ only by their
    secrets, several may fit. A secret keeps its type and says that it must not be preset. What neither draft can say alike
    (references, tuples, Java's own expressions) is left out, so that a good preset is never called wrong. Without a
    specification presets are as free as in `manifest_schema`.
    """
    general, kind = manifest_schema(), SOURCE_TEMPLATE
    if names_destination(connector.repository or ""):
        kind = CONNECTION_TEMPLATE
    definitions, presets = _object(general.get("$defs")), PRESETS_NAME[kind]
    schema = _object(_inlined(definitions[f"{kind}Manifest"], definitions))
    fields = _object(_object(_object(schema["properties"])["spec"])["properties"])
    names = _names(connector)
    fields["connector"] = {**_object(fields["connector"]), "enum": names, "examples": names[:1]}
    connection = connection_schema(connector.specification)
    if connection is not None:
        own = _partial(_shared_schema(connection))
        fields[presets] = {**own, **_object(fields[presets]), **_openness(own)}
    return {**schema, "$schema": _DIALECT, "title": f"{general['title']}: {connector.label}"}


def _object(value: JsonValue) -> JsonObject:
    """The schema's own parts: their shape is ours."""
    return cast(JsonObject, value or {})


def _partial(schema: JsonObject) -> JsonObject:
    """A schema of the whole configuration as one of a part of it: what may be missing is not asked for."""
    kept = {key: value for key, value in schema.items() if key not in ("required", "minProperties")}
    for keyword in ("anyOf", "allOf"):
        if keyword in kept:
            options = cast(list[JsonValue], kept[keyword])
            kept[keyword] = [_partial(each) if isinstance(each, dict) else each for each in options]
    for keyword in ("then", "else"):
        if isinstance(kept.get(keyword), dict):
            kept[keyword] = _partial(_object(kept[keyword]))
    return kept


def _openness(schema: JsonObject) -> JsonObject:
    """Whether fields that the connector does not name are allowed: they are, unless it forbids them."""
    return {"additionalProperties": schema.get("additionalProperties", True)}


def _names(connector: Connector) -> list[JsonValue]:
    """Everything that `spec.connector` may say for it."""
    short = connector.repository
    if short is None:
        return [connector.id]
    return [short, connector.id] if "/" in short else [short, f"airbyte/{short}", connector.id]


def _inlined(value: JsonValue, definitions: JsonObject) -> JsonValue:
    """A copy with every definition written out where it is referred to: `$defs` is a keyword of 2020-12 only."""
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("$ref", "")).rpartition("/")[2]
    whole = {**_object(definitions.get(name)), **value}
    return {
        key: _inlined(item, definitions)
        for key, item in whole.items()
        if key not in ("$ref", "$defs", "discriminator")
    }


_VARIABLE_NAME: Final[JsonObject] = {"type": "string", "pattern": f"^{PREFIX}[A-Za-z0-9_]+$"}
_VARIABLE_OBJECT: Final[JsonObject] = {
    "type": "object",
    "description": "A variable of the environment: `!env {name: ..., type: ..., default: ...}`.",
    "properties": {"name": _VARIABLE_NAME, "type": {"enum": [*TYPES]}, "default": {}},
    "required": ["name"],
    "additionalProperties": False,
}

_Reader = Callable[[JsonValue, int], JsonValue]
"""Takes a keyword's value and how deep the node is. Gives the value to use, None when the keyword is to be left out."""


def _shared_schema(schema: JsonObject, depth: int = 0) -> JsonObject:
    """A node, with the keywords that both drafts share and whose values are of the right shape."""
    if depth > _DEEPEST:
        return {}
    if is_marked_secret(schema):
        return _secret_schema(schema)
    read = {key: _READERS[key](value, depth + 1) for key, value in schema.items() if key in _READERS}
    node: JsonObject = {key: value for key, value in read.items() if value is not None}
    if "required" in node:
        node["required"] = _without_secrets(node["required"], members(schema))
    if "oneOf" in node:
        # Without their secrets several options may fit, which is no mistake here.
        node.setdefault("anyOf", node.pop("oneOf"))
    return node


def _secret_schema(schema: JsonObject) -> JsonObject:
    """No default, no example, no constraint: nothing that would help to write it down."""
    kept = {key: _READERS[key](schema.get(key), 0) for key in ("title", "type", "description")}
    kept["description"] = f"{_NEVER_PRESET} {kept['description'] or ''}".rstrip()
    return {key: value for key, value in kept.items() if value is not None}


def _without_secrets(names: JsonValue, properties: JsonObject) -> JsonValue:
    secret = {name for name, part in properties.items() if isinstance(part, dict) and is_marked_secret(part)}
    return [name for name in cast(list[JsonValue], names) if name not in secret]


def _where(is_right: Callable[[JsonValue], bool]) -> _Reader:
    """Takes a value that passes, and can be written into YAML."""
    return lambda value, _: value if is_right(value) and is_writable(value) else None


def _names_list(value: JsonValue, _depth: int) -> JsonValue:
    return list(dict.fromkeys(texts(value))) or None


def _type(value: JsonValue, _depth: int) -> JsonValue:
    if isinstance(value, list):
        return list(dict.fromkeys(str(each) for each in value if each in _TYPES)) or None
    return value if value in _TYPES else None


def _is_shared_pattern(pattern: JsonValue) -> bool:
    if not isinstance(pattern, str) or _JAVA_ONLY.search(pattern) or not is_writable(pattern):
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _schema(value: JsonValue, depth: int) -> JsonValue:
    if isinstance(value, dict):
        return _shared_schema(value, depth)
    return value if isinstance(value, bool) else None


def _schemas(value: JsonValue, depth: int) -> JsonValue:
    parts = [_schema(part, depth) for part in value] if isinstance(value, list) else []
    return [part for part in parts if part is not None] or None


def _fields(value: JsonValue, depth: int) -> JsonValue:
    named = value.items() if isinstance(value, dict) else ()
    parts = {name: _schema(part, depth) for name, part in named}
    return {name: _or_variable(part) for name, part in parts.items() if part is not None} or None


def _or_variable(part: JsonValue) -> JsonValue:
    """A field that a variable can fill too. Editors pass over the tag `!env` and see the name, or the object, behind it."""
    if not isinstance(part, dict) or part.get("type", "object") == "object":
        return part
    described: JsonObject = {key: value for key, value in part.items() if key in ("title", "description")}
    return {**described, "anyOf": [part, _VARIABLE_NAME, _VARIABLE_OBJECT]}


def _fields_by_pattern(value: JsonValue, depth: int) -> JsonValue:
    named = value.items() if isinstance(value, dict) else ()
    return _fields({name: part for name, part in named if _is_shared_pattern(name)}, depth)


def _is_number(value: JsonValue) -> bool:
    return is_a(value, "number")


_READERS: Final[dict[str, _Reader]] = {
    **dict.fromkeys(("title", "description", "format"), _where(lambda value: isinstance(value, str))),
    **dict.fromkeys(("default", "const"), _where(lambda value: value is not None)),
    **dict.fromkeys(("enum", "examples"), _where(lambda value: isinstance(value, list) and bool(value))),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _where(_is_number)),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
        _where(lambda value: is_a(value, "integer") and cast(int, value) >= 0),
    ),
    **dict.fromkeys(
        ("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"), _schema
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _schemas),
    "type": _type,
    "multipleOf": _where(lambda value: _is_number(value) and cast(float, value) > 0),
    "uniqueItems": _where(lambda value: isinstance(value, bool)),
    "pattern": _where(_is_shared_pattern),
    "required": _names_list,
    "properties": _fields,
    "patternProperties": _fields_by_pattern,
}
