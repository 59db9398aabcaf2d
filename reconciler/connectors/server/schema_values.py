"""The keywords about a value itself, as networknt 1.5.2 checks them and words what is not met. Pure; see Keyword for the arguments.

The schema was loaded before (schema_load): what is malformed here is ignored by the validator, or means something to it.
Nothing of the document is ever quoted but names of members.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from reconciler.connectors.server.formats import format_failure, meets_format
from reconciler.connectors.server.java_pattern import finds
from reconciler.connectors.server.java_values import (
    as_int,
    as_text,
    exact,
    has_repeats,
    is_constant,
    is_listed,
    is_true,
    member,
    number_of,
)
from reconciler.connectors.server.schema_load import Draft, step_of
from reconciler.connectors.server.schema_node import Check, Found, Keyword, Node, Path
from reconciler.connectors.server.work import NotKnown, length_of
from reconciler.model.json_value import JsonValue

TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
_PYTHON_TYPES: Final = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
}
_INFINITIES = (float("inf"), float("-inf"))
_LONGEST = 2**31 - 1


def compact(value: JsonValue) -> str:
    """A part of a schema as the validator quotes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def type_keyword(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`type`: a name or a list of names."""
    if is_of_type(check, value, instance, node):
        return ()
    words = f"{_type_of(instance)} found, {_type_names(value)} expected"
    return check.found(node, path, "type", words)


def _type_of(value: JsonValue) -> str:
    return "null" if value is None else _PYTHON_TYPES[type(value)]


def _type_names(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_type_names, value))}]"
    return value if isinstance(value, str) and value in (*TYPES, "any") else "unknown"


def is_of_type(check: Check, value: JsonValue, instance: JsonValue, node: Node) -> bool:
    """Whether a value has the type that `value` names, or one of a list."""
    if isinstance(value, list):
        check.work.spend(len(value))
        if any(isinstance(each, dict) for each in value):
            raise NotKnown("a type of the connector's schema is a schema")
        return any(is_of_type(check, each, instance, node) for each in value)
    kind = _type_of(instance)
    if value in ("any", kind) or (value == "number" and kind == "integer"):
        return True
    if value == "integer" and isinstance(instance, float):
        return check.draft >= Draft.V6 and instance.is_integer()
    if instance is None and (_is_nullable(node.schema) or _is_nullable(node.above)):
        return True
    # The validator leaves an enumeration of objects that a reference leads to to `enum`.
    return node.name == "$ref" and value == "object" and isinstance(member(node.schema, "enum"), list)


def _is_nullable(schema: JsonValue) -> bool:
    return is_true(member(schema, "nullable"))


def enum(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`enum`; `nullable` beside it adds null."""
    or_null = isinstance(value, list) and _is_nullable(node.schema)
    if is_listed(instance, value, check.work) or (or_null and instance is None):
        return ()
    check.work.spend(length_of(value))
    options = [*map(_option, value), *["null"] * or_null] if isinstance(value, list) else ["none"]
    return check.found(node, path, "enum", f"does not have a value in the enumeration [{', '.join(options)}]")


def _option(value: JsonValue) -> str:
    return compact(value) if isinstance(value, str | list | dict) else as_text(value)


def const(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`const`."""
    if is_constant(instance, value, check.work):
        return ()
    return check.found(node, path, "const", f"must be the constant value '{as_text(value)}'")


def pattern(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`pattern`, which only has to be found somewhere."""
    if not isinstance(value, str) or not isinstance(instance, str) or finds(value, instance, check.work):
        return ()
    return check.found(node, path, "pattern", f"does not match the regex pattern {value}")


def format_keyword(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`format`."""
    if not isinstance(value, str) or not isinstance(instance, str):
        return ()
    check.work.spend(length_of(instance))
    return () if meets_format(value, instance) else check.found(node, path, "format", format_failure(value))


def content(_check: Check, _value: JsonValue, instance: JsonValue, _node: Node, _path: Path) -> Found:
    """`contentEncoding` and `contentMediaType`, which are not followed here."""
    if isinstance(instance, str):
        raise NotKnown("the connector's schema asks for encoded content")
    return ()


def unknown(keyword: str) -> Keyword:
    """A keyword that no published connector uses, and that is not followed here."""

    def check(_check: Check, _value: JsonValue, _instance: JsonValue, _node: Node, _path: Path) -> Found:
        raise NotKnown(f"the connector's schema uses `{keyword}`")

    return check


def bound(keyword: str, words: str, crosses: Callable[[Any, Any], bool], *, exclusive: str = "") -> Keyword:
    """A limit for numbers; `crosses` compares a number with it. `exclusive` is draft 4's boolean beside it."""

    def is_beyond(number: float, limit: float) -> bool:
        if limit in _INFINITIES:
            return (limit > 0) is crosses(0, 1)
        return crosses(number, 0) if number in _INFINITIES else crosses(exact(number), exact(limit))

    def check(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
        number, limit = number_of(instance), number_of(value)
        if number is None or limit is None:
            return ()
        if isinstance(limit, int) and number not in _INFINITIES and member(node.schema, "type") == "integer":
            number = int(number)
        is_excluded = number == limit and member(node.schema, exclusive) is True
        if not is_excluded and not is_beyond(number, limit):
            return ()
        return check.found(node, path, keyword, f"must have {words} value of {as_text(value)}")

    return check


def multiple_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`multipleOf`: both sides as doubles, in decimal arithmetic, so that 0.3 is a multiple of 0.1."""
    step = step_of(value)
    number = step_of(instance) if step else None
    if not step or number is None or not exact(number) % exact(step):
        return ()
    return check.found(node, path, "multipleOf", f"must be multiple of {_grouped(step)}")


def _grouped(number: float) -> str:
    """A number as Java's message format prints it: thousands grouped, at most three digits behind the point."""
    decimal = Decimal(repr(number))
    text = f"{decimal.quantize(Decimal('0.001')) if abs(number) < 1e15 else decimal:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size(keyword: str, words: str, kind: type, otherwise: int) -> Keyword:
    """A limit for the length of a text, a list or an object; `otherwise` is what a malformed one counts as."""
    is_least = keyword.startswith("min")

    def check(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
        if not isinstance(instance, kind) or not isinstance(instance, str | list | dict):
            return ()
        limit, found = as_int(value, otherwise), len(instance)
        if not ((found < limit) if is_least else (found > limit)):
            return ()
        return check.found(node, path, keyword, words.format(limit, found))

    return check


def required(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`required`; what is no list asks for nothing."""
    if isinstance(instance, dict) and isinstance(value, list):
        check.work.spend(len(value))
        for name in map(as_text, value):
            if name not in instance:
                yield from check.found(node, path, "required", f"required property '{name}' not found", name)


def unique_items(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`uniqueItems`; for the values of an object too, because the validator goes through whatever has values."""
    items = list(instance.values()) if isinstance(instance, dict) else instance
    if value is not True or not isinstance(items, list) or not has_repeats(items, check.work):
        return ()
    return check.found(node, path, "uniqueItems", "must have only unique items in the array")


ON_VALUES: Final[dict[str, Keyword]] = {
    "type": type_keyword,
    "enum": enum,
    "pattern": pattern,
    "format": format_keyword,
    "minimum": bound("minimum", "a minimum", operator.lt, exclusive="exclusiveMinimum"),
    "maximum": bound("maximum", "a maximum", operator.gt, exclusive="exclusiveMaximum"),
    "multipleOf": multiple_of,
    "minLength": size("minLength", "must be at least {:,} characters long", str, -_LONGEST),
    "maxLength": size("maxLength", "must be at most {:,} characters long", str, _LONGEST),
    "minItems": size("minItems", "must have at least {:,} items but found {:,}", list, 0),
    "maxItems": size("maxItems", "must have at most {:,} items but found {:,}", list, 0),
    "minProperties": size("minProperties", "must have at least {:,} properties", dict, 0),
    "maxProperties": size("maxProperties", "must have at most {:,} properties", dict, _LONGEST),
    "required": required,
    "uniqueItems": unique_items,
    "notAllowed": unknown("notAllowed"),
}
"""The keywords of draft 4."""
SINCE_6: Final[dict[str, Keyword]] = {
    "const": const,
    "exclusiveMinimum": bound("exclusiveMinimum", "an exclusive minimum", operator.le),
    "exclusiveMaximum": bound("exclusiveMaximum", "an exclusive maximum", operator.ge),
    "false": unknown("false"),
}
