"""A connector's schema as the server's validator reads it: malformed keywords dropped, or fatal. Pure.

Real specifications hold `required: true` on a property, texts where numbers belong and the like. networknt
1.5.2 ignores most of that and throws on some, which the server turns into a 500. What is left after this
step is safe for a strict validator.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.connectors.server.absent import ABSENT, Absent
from reconciler.connectors.server.java_text import as_text
from reconciler.model.json_value import JsonObject, JsonValue

FALSE_KEYWORD = "false"
"""Stands in the result for a schema that is `false`, which nothing meets."""


class UncheckableSchema(Exception):
    """The server's validator throws on this schema, so a create with it answers 500."""


def tolerated_schema(schema: JsonValue) -> JsonObject:
    """A copy of `schema` in which every known keyword has a value of the right type.

    Anything that is neither object nor boolean counts as a schema without keywords. `$schema` is left out:
    the dialect is chosen once, at the root. Raises UncheckableSchema.
    """
    if schema is False:
        # jsonschema loses the place of an error against `false`; under a keyword of its own it is kept.
        return {FALSE_KEYWORD: True}
    if not isinstance(schema, dict):
        return {}
    cleaned: JsonObject = {}
    for key, value in schema.items():
        reader = _READERS.get(key)
        read = value if reader is None else reader(key, value)
        if read is not ABSENT:
            cleaned[key] = read
    return cleaned


# Takes a keyword and its value; gives the value to use, or ABSENT when the keyword is to be dropped.
_Reader = Callable[[str, JsonValue], JsonValue | Absent]


def _drop(_key: str, _value: JsonValue) -> JsonValue | Absent:
    return ABSENT


def _text(_key: str, value: JsonValue) -> JsonValue | Absent:
    return value if isinstance(value, str) else ABSENT


def _boolean(_key: str, value: JsonValue) -> JsonValue | Absent:
    return value if isinstance(value, bool) else ABSENT


def _count(_key: str, value: JsonValue) -> JsonValue | Absent:
    if isinstance(value, float):
        return int(value) if value.is_integer() else ABSENT
    return value if isinstance(value, int) and not isinstance(value, bool) else ABSENT


def _number(key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UncheckableSchema(f"{key} value is not a number")
    return value


def _limit(key: str, value: JsonValue) -> JsonValue:
    """A number, or draft 4's boolean beside `minimum` and `maximum`."""
    return value if isinstance(value, bool) else _number(key, value)


def _positive(key: str, value: JsonValue) -> JsonValue | Absent:
    number = _number(key, value)
    return number if isinstance(number, int | float) and number > 0 else ABSENT


def _names(_key: str, value: JsonValue) -> JsonValue | Absent:
    return _texts(value) if isinstance(value, list) else ABSENT


def _texts(values: list[JsonValue]) -> list[JsonValue]:
    return [as_text(item) for item in values]


def _enumeration(_key: str, value: JsonValue) -> JsonValue:
    """An `enum` that is no array matches nothing."""
    return value if isinstance(value, list) else []


def _schema(_key: str, value: JsonValue) -> JsonValue:
    return tolerated_schema(value)


def _additional(_key: str, value: JsonValue) -> JsonValue:
    """`additionalProperties` of any other type than object and boolean forbids them."""
    return tolerated_schema(value) if isinstance(value, dict) else value is True


def _rest(_key: str, value: JsonValue) -> JsonValue:
    """What holds for the rest of an array or object: a schema, or a boolean that the keyword itself understands."""
    return value if isinstance(value, bool) else tolerated_schema(value)


def _items(_key: str, value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [tolerated_schema(item) for item in value]
    return tolerated_schema(value)


def _schemas(key: str, value: JsonValue) -> JsonValue:
    if not isinstance(value, list):
        raise UncheckableSchema(f"{key} must be an array")
    return [tolerated_schema(item) for item in value]


def _schema_map(_key: str, value: JsonValue) -> JsonValue | Absent:
    if not isinstance(value, dict):
        return ABSENT
    return {name: tolerated_schema(item) for name, item in value.items()}


def _dependencies(_key: str, value: JsonValue) -> JsonValue | Absent:
    if not isinstance(value, dict):
        return ABSENT
    return {
        name: _texts(item) if isinstance(item, list) else tolerated_schema(item)
        for name, item in value.items()
    }


def _name_map(_key: str, value: JsonValue) -> JsonValue | Absent:
    if not isinstance(value, dict):
        return ABSENT
    return {name: _texts(item) for name, item in value.items() if isinstance(item, list)}


_READERS: dict[str, _Reader] = {
    **dict.fromkeys(("$schema", "$vocabulary"), _drop),
    **dict.fromkeys(
        ("$ref", "$id", "id", "$anchor", "$dynamicRef", "$dynamicAnchor", "pattern", "format"), _text
    ),
    **dict.fromkeys(("uniqueItems", "$recursiveAnchor"), _boolean),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count
    ),
    **dict.fromkeys(("minContains", "maxContains"), _count),
    **dict.fromkeys(("minimum", "maximum"), _number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _limit),
    "multipleOf": _positive,
    "required": _names,
    "enum": _enumeration,
    "additionalProperties": _additional,
    "items": _items,
    **dict.fromkeys(("not", "if", "then", "else", "contains", "propertyNames"), _schema),
    **dict.fromkeys(("additionalItems", "unevaluatedItems", "unevaluatedProperties"), _rest),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _schemas),
    **dict.fromkeys(
        ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas"), _schema_map
    ),
    "dependencies": _dependencies,
    "dependentRequired": _name_map,
}
