"""Whether a value meets the simple keywords of its schema node, keyword by keyword (draft-07). Pure.

For advice about defaults: it names the keyword that is broken. What the server answers to a whole document is decided by
schema_check.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.connectors.server.formats import may_meet_format
from reconciler.connectors.server.java_pattern import java_search
from reconciler.connectors.specification.schema import type_names
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, same_json

JSON_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


def is_of_type(value: JsonValue, name: str) -> bool:
    """Whether a value has this JSON type; `1.0` is an integer, and every value has a type that does not exist."""
    if name == "null":
        return value is None
    if name == "boolean":
        return isinstance(value, bool)
    if name == "integer":
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return is_whole and not isinstance(value, bool)
    if name == "number":
        return _is_number(value)
    kinds: dict[str, type] = {"object": dict, "array": list, "string": str}
    return name not in kinds or isinstance(value, kinds[name])


def broken_keywords(value: JsonValue, schema: JsonObject) -> tuple[str, ...]:
    """The keywords of the node that the value does not meet, in a fixed order; `enum` and `format` are asked apart.

    A wrong type is named alone: everything else follows from it.
    """
    names = type_names(schema)
    is_null = value is None and schema.get("nullable") is True
    if names and not is_null and not any(is_of_type(value, name) for name in names):
        return ("type",)
    broken = [key for key, meets in _CHECKS.items() if key in schema and not meets(value, schema[key])]
    items = schema.get("items")
    if (
        isinstance(value, list)
        and isinstance(items, dict)
        and any(broken_keywords(item, items) for item in value)
    ):
        broken.append("items")
    return tuple(broken)


def is_in_enum(value: JsonValue, schema: JsonObject) -> bool:
    """Whether a value, or each item of a list, is one of the values that the node (its items) lists; True without a list."""
    return _are_in_enum([value], schema)


def _are_in_enum(values: list[JsonValue], schema: JsonObject) -> bool:
    """`is_in_enum` for many values of one node: what the node lists is gone through once."""
    enum = schema.get("enum")
    if isinstance(enum, list):
        allowed = {canonical_json(each) for each in enum}
        if any(canonical_json(value) not in allowed for value in values):
            return False
    items = schema.get("items")
    if not isinstance(items, dict):
        return True
    inner = [item for value in values if isinstance(value, list) for item in value]
    return not inner or _are_in_enum(inner, items)


def has_format(value: JsonValue, schema: JsonObject) -> bool:
    """Whether a text has the format that its node names; True for what is no text and for unknown formats."""
    name = schema.get("format")
    return not (isinstance(name, str) and isinstance(value, str)) or may_meet_format(name, value)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _limit(compare: Callable[[float, float], bool]) -> Callable[[JsonValue, JsonValue], bool]:
    """A bound for numbers; met by what is no number, and when the bound itself is none (draft-04's boolean)."""

    def meets(value: JsonValue, bound: JsonValue) -> bool:
        if isinstance(value, bool) or isinstance(bound, bool):
            return True
        if isinstance(value, int | float) and isinstance(bound, int | float):
            return compare(value, bound)
        return True

    return meets


def _size(kind: type, compare: Callable[[float, float], bool]) -> Callable[[JsonValue, JsonValue], bool]:
    at_bound = _limit(compare)

    def meets(value: JsonValue, bound: JsonValue) -> bool:
        return not isinstance(value, kind) or at_bound(len(value), bound)  # type: ignore[arg-type]

    return meets


def _meets_pattern(value: JsonValue, pattern: JsonValue) -> bool:
    return (
        not (isinstance(value, str) and isinstance(pattern, str)) or java_search(pattern, value) is not False
    )


_CHECKS: dict[str, Callable[[JsonValue, JsonValue], bool]] = {
    "const": same_json,
    "pattern": _meets_pattern,
    "minimum": _limit(lambda value, bound: value >= bound),
    "maximum": _limit(lambda value, bound: value <= bound),
    "exclusiveMinimum": _limit(lambda value, bound: value > bound),
    "exclusiveMaximum": _limit(lambda value, bound: value < bound),
    "minLength": _size(str, lambda value, bound: value >= bound),
    "maxLength": _size(str, lambda value, bound: value <= bound),
    "minItems": _size(list, lambda value, bound: value >= bound),
    "maxItems": _size(list, lambda value, bound: value <= bound),
}
