"""The keywords about a value itself, as networknt 1.5.2 checks them. Pure; see Keyword for the arguments.

The schema was loaded before (schema_load): what is malformed here is ignored by the validator, or means something to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.connectors.server import schema_words as words
from reconciler.connectors.server.formats import format_failure, meets_format
from reconciler.connectors.server.java_pattern import finds
from reconciler.connectors.server.java_text import as_int, as_long, as_text, exact, is_true
from reconciler.connectors.server.schema_load import Draft, step_of
from reconciler.connectors.server.schema_node import Check, Found, Keyword, Node, schema_of
from reconciler.connectors.server.schema_violation import Path
from reconciler.connectors.server.work import NotKnown, length_of
from reconciler.model.json_value import JsonObject, JsonValue

_INFINITIES = (float("inf"), float("-inf"))


def type_keyword(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`type`."""
    if not is_of_type(check, value, instance, node, path):
        yield check.found(node, path, "type", words.type_words(value, instance))


def is_of_type(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> bool:
    """Whether a value has the type that `value` names, or one of a list."""
    if isinstance(value, list):
        check.work.spend(len(value))
        return any(_is_one_of_types(check, each, instance, node, path) for each in value)
    kind = words.value_type(instance)
    if value in ("any", kind) or (value == "number" and kind == "integer"):
        return True
    if value == "integer" and isinstance(instance, float):
        return check.draft >= Draft.V6 and instance.is_integer()
    if instance is None and (_says(node.schema, "nullable") or _says(node.above, "nullable")):
        return True
    # The validator leaves an enumeration of objects that a reference leads to to `enum`.
    return node.name == "$ref" and value == "object" and isinstance(schema_of(node.schema).get("enum"), list)


def _is_one_of_types(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> bool:
    if isinstance(value, dict):
        return check.is_met(node.part(value, "true"), instance, path)
    return is_of_type(check, value, instance, node, path)


def _says(schema: JsonValue, keyword: str) -> bool:
    return is_true(schema_of(schema).get(keyword))


def enum(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`enum`; `nullable` beside it adds null."""
    or_null = isinstance(value, list) and _says(node.schema, "nullable")
    if not check.equality.is_listed(instance, value) and not (or_null and instance is None):
        check.work.spend(length_of(value))
        yield check.found(node, path, "enum", words.enum_words(value, or_null=or_null))


def const(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`const`."""
    if not check.equality.is_constant(instance, value):
        yield check.found(node, path, "const", f"must be the constant value '{as_text(value)}'")


def pattern(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`pattern`, which only has to be found somewhere."""
    if isinstance(value, str) and isinstance(instance, str) and not finds(value, instance, check.work):
        yield check.found(node, path, "pattern", f"does not match the regex pattern {value}")


def format_keyword(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`format`."""
    if isinstance(value, str) and isinstance(instance, str):
        check.work.spend(length_of(instance))
        if not meets_format(value, instance):
            yield check.found(node, path, "format", format_failure(value))


def content(_check: Check, _value: JsonValue, instance: JsonValue, _node: Node, _path: Path) -> Found:
    """`contentEncoding` and `contentMediaType`, which are not followed here."""
    if isinstance(instance, str):
        raise NotKnown("the connector's schema asks for encoded content")
    yield from ()


def unknown(keyword: str) -> Keyword:
    """A keyword that no published connector uses, and that is not followed here."""

    def check(_check: Check, _value: JsonValue, _instance: JsonValue, _node: Node, _path: Path) -> Found:
        raise NotKnown(f"the connector's schema uses `{keyword}`")

    return check


def bound(keyword: str, crosses: Callable[[Any, Any], bool], *, exclusive: str = "") -> Keyword:
    """A limit for numbers; `crosses` compares a number with it. `exclusive` is draft 4's boolean beside it."""
    is_least = bool(crosses(0, 1))

    def is_beyond(number: float, limit: float, schema: JsonObject) -> bool:
        if isinstance(limit, int) and -(2**63) <= limit < 2**63 and schema.get("type") == "integer":
            return bool(crosses(as_long(number), limit))
        if limit in _INFINITIES:
            return (limit > 0) is is_least
        return bool(crosses(number, 0) if number in _INFINITIES else crosses(exact(number), exact(limit)))

    def check(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
        number, limit, schema = _number(instance), _number(value), schema_of(node.schema)
        if number is None or limit is None:
            return
        if is_beyond(number, limit, schema) or (schema.get(exclusive) is True and number == limit):
            yield check.found(node, path, keyword, words.BOUNDS[keyword].format(as_text(value)))

    return check


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def multiple_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`multipleOf`: both sides as doubles, reckoned in decimal, so that 0.3 is a multiple of 0.1."""
    step = step_of(value)
    number = step_of(instance) if step else None
    if step and number is not None and exact(number) % exact(step):
        yield check.found(node, path, "multipleOf", f"must be multiple of {words.grouped(step)}")


def size(keyword: str, kind: type, otherwise: int) -> Keyword:
    """A limit for the length of a text, a list or an object; `otherwise` is what a malformed one counts as."""
    is_least = keyword.startswith("min")

    def check(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
        if isinstance(instance, kind) and isinstance(instance, str | list | dict):
            limit, found = as_int(value, otherwise), len(instance)
            if (found < limit) if is_least else (found > limit):
                yield check.found(node, path, keyword, words.BOUNDS[keyword].format(limit, found))

    return check


def required(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`required`; what is no list asks for nothing."""
    if isinstance(instance, dict) and isinstance(value, list):
        check.work.spend(len(value))
        for name in map(as_text, value):
            if name not in instance:
                yield check.found(node, path, "required", f"required property '{name}' not found", name)


def unique_items(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`uniqueItems`; for the values of an object too, because the validator goes through whatever has values."""
    items = list(instance.values()) if isinstance(instance, dict) else instance
    if value is True and isinstance(items, list) and check.equality.has_repeats(items):
        yield check.found(node, path, "uniqueItems", "must have only unique items in the array")
