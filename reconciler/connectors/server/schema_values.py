"""The keywords about a value itself, as networknt 1.5.2 checks them and words what is not met. Pure.

Nothing of the document is ever quoted but names of members.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

from reconciler.connectors.server import java_values as java
from reconciler.connectors.server.formats import format_failure, meets_format
from reconciler.connectors.server.java_pattern import finds
from reconciler.connectors.server.schema_load import Draft, step_of
from reconciler.connectors.server.schema_node import Found, Keyword, Node
from reconciler.connectors.server.work import NotKnown, length_of
from reconciler.model.json_value import JsonValue

TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
_PYTHON_TYPES: Final = dict(zip((dict, list, str, float, int, bool, type(None)), TYPES, strict=True))
_INFINITIES = (float("inf"), float("-inf"))
_LONGEST = 2**31 - 1


def compact(value: JsonValue) -> str:
    """A part of a schema as the validator quotes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def of_type(node: Node, value: JsonValue) -> Found:
    """`type`: a name or a list of names."""
    if is_of_type(node, value):
        return ()
    return node.unmet("type", f"{_PYTHON_TYPES[type(node.value)]} found, {_type_names(value)} expected")


def _type_names(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_type_names, value))}]"
    return value if isinstance(value, str) and value in (*TYPES, "any") else "unknown"


def is_of_type(node: Node, value: JsonValue) -> bool:
    """Whether a value has the type that `value` names, or one of a list."""
    if isinstance(value, list):
        node.check.work.spend(len(value))
        if any(isinstance(each, dict) for each in value):
            raise NotKnown("a type of the connector's schema is a schema")
        return any(is_of_type(node, each) for each in value)
    kind = _PYTHON_TYPES[type(node.value)]
    if value in ("any", kind) or (value == "number" and kind == "integer"):
        return True
    if value == "integer" and isinstance(node.value, float):
        return node.check.draft >= Draft.V6 and node.value.is_integer()
    if node.value is None and (_is_nullable(node.schema) or _is_nullable(node.above)):
        return True
    # The validator leaves an enumeration of objects that a reference leads to to `enum`.
    return node.name == "$ref" and value == "object" and isinstance(java.member(node.schema, "enum"), list)


def _is_nullable(schema: JsonValue) -> bool:
    return java.is_true(java.member(schema, "nullable"))


def _enum(node: Node, value: JsonValue) -> Found:
    or_null = isinstance(value, list) and _is_nullable(node.schema)
    if java.is_listed(node.value, value, node.check.work) or (or_null and node.value is None):
        return ()
    node.check.work.spend(length_of(value))
    listed = value if isinstance(value, list) else []
    options = [
        compact(each) if isinstance(each, str | list | dict) else java.as_text(each) for each in listed
    ]
    options = [*options, *["null"] * or_null] if isinstance(value, list) else ["none"]
    return node.unmet("enum", f"does not have a value in the enumeration [{', '.join(options)}]")


def _const(node: Node, value: JsonValue) -> Found:
    if java.is_constant(node.value, value, node.check.work):
        return ()
    return node.unmet("const", f"must be the constant value '{java.as_text(value)}'")


def _pattern(node: Node, value: JsonValue) -> Found:
    """It only has to be found somewhere."""
    are_texts = isinstance(value, str) and isinstance(node.value, str)
    is_met = not are_texts or finds(str(value), str(node.value), node.check.work)
    return () if is_met else node.unmet("pattern", f"does not match the regex pattern {value}")


def _format(node: Node, value: JsonValue) -> Found:
    if not isinstance(value, str) or not isinstance(node.value, str):
        return ()
    node.check.work.spend(length_of(node.value))
    return () if meets_format(value, node.value) else node.unmet("format", format_failure(value))


def unknown(*keywords: str) -> dict[str, Keyword]:
    """Keywords whose meaning on the server is not known here."""

    def refuse(name: str, _node: Node, _value: JsonValue) -> Found:
        raise NotKnown(f"the connector's schema uses `{name}`")

    return {name: partial(refuse, name) for name in keywords}


def _bound(keyword: str, words: str, crosses: Callable[[Any, Any], bool], exclusive: str = "") -> Keyword:
    """A limit for numbers. `crosses` compares a number with it. `exclusive` is draft 4's boolean beside it."""

    def is_beyond(number: float, limit: float) -> bool:
        if limit in _INFINITIES:
            return (limit > 0) is crosses(0, 1)
        return crosses(number, 0) if number in _INFINITIES else crosses(java.exact(number), java.exact(limit))

    def bounded(node: Node, value: JsonValue) -> Found:
        """What the number of a node does not meet."""
        number, limit = java.number_of(node.value), java.number_of(value)
        if number is None or limit is None:
            return ()
        is_whole = isinstance(limit, int) and java.member(node.schema, "type") == "integer"
        number = int(number) if is_whole and number not in _INFINITIES else number
        is_excluded = number == limit and java.member(node.schema, exclusive) is True
        if not is_excluded and not is_beyond(number, limit):
            return ()
        return node.unmet(keyword, f"must have {words} value of {java.as_text(value)}")

    return bounded


def _multiple_of(node: Node, value: JsonValue) -> Found:
    """Both sides as doubles, in decimal arithmetic, so that 0.3 is a multiple of 0.1."""
    step = step_of(value)
    number = step_of(node.value) if step else None
    if not step or number is None or not java.exact(number) % java.exact(step):
        return ()
    return node.unmet("multipleOf", f"must be multiple of {_grouped(step)}")


def _grouped(number: float) -> str:
    """A number as Java's message format prints it: thousands grouped, at most three digits behind the point."""
    decimal = Decimal(repr(number))
    text = f"{decimal.quantize(Decimal('0.001')) if abs(number) < 1e15 else decimal:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _size(keyword: str, kind: type, otherwise: int, words: str) -> Keyword:
    """A limit for the length of a text, a list or an object. `otherwise` is what a malformed one counts as."""
    crosses = operator.lt if keyword.startswith("min") else operator.gt

    def sized(node: Node, value: JsonValue) -> Found:
        """What the length of a node's value does not meet."""
        if not isinstance(node.value, kind) or not isinstance(node.value, str | list | dict):
            return ()
        limit, found = java.as_int(value, otherwise), len(node.value)
        return node.unmet(keyword, words.format(limit, found)) if crosses(found, limit) else ()

    return sized


def _required(node: Node, value: JsonValue) -> Found:
    if isinstance(node.value, dict) and isinstance(value, list):
        node.check.work.spend(len(value))
        for name in map(java.as_text, value):
            if name not in node.value:
                yield from node.unmet("required", f"required property '{name}' not found", name)


def _unique_items(node: Node, value: JsonValue) -> Found:
    """The values of an object too, because the validator goes through whatever has values."""
    items = list(node.value.values()) if isinstance(node.value, dict) else node.value
    if value is not True or not isinstance(items, list) or not java.has_repeats(items, node.check.work):
        return ()
    return node.unmet("uniqueItems", "must have only unique items in the array")


ON_VALUES: Final[dict[str, Keyword]] = {
    "type": of_type,
    "enum": _enum,
    "pattern": _pattern,
    "format": _format,
    "minimum": _bound("minimum", "a minimum", operator.lt, "exclusiveMinimum"),
    "maximum": _bound("maximum", "a maximum", operator.gt, "exclusiveMaximum"),
    "multipleOf": _multiple_of,
    "minLength": _size("minLength", str, -_LONGEST, "must be at least {:,} characters long"),
    "maxLength": _size("maxLength", str, _LONGEST, "must be at most {:,} characters long"),
    "minItems": _size("minItems", list, 0, "must have at least {:,} items but found {:,}"),
    "maxItems": _size("maxItems", list, 0, "must have at most {:,} items but found {:,}"),
    "minProperties": _size("minProperties", dict, 0, "must have at least {:,} properties"),
    "maxProperties": _size("maxProperties", dict, _LONGEST, "must have at most {:,} properties"),
    "required": _required,
    "uniqueItems": _unique_items,
}
"""The keywords of draft 4."""
VALUES_SINCE_6: Final[dict[str, Keyword]] = {
    "const": _const,
    "exclusiveMinimum": _bound("exclusiveMinimum", "an exclusive minimum", operator.le),
    "exclusiveMaximum": _bound("exclusiveMaximum", "an exclusive maximum", operator.ge),
}
