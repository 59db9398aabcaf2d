"""What a scaffold asks of a connector's schema node: its fields in reading order, its options, its secrets. Pure.

Registries hold malformed schemas; whatever is not of the expected shape counts as absent.
"""

from __future__ import annotations

import re

from reconciler.connectors.scaffold.yaml_text import is_key, is_writable
from reconciler.connectors.specification.schema import (
    is_marked_secret,
    members,
    objects,
    texts,
)
from reconciler.model.json_value import JsonObject, JsonValue

MAX_DEPTH = 16
"""Deeper nodes are left out: a manifest may be nested 64 deep, and each of these takes at most three."""

_DEEPEST_LOOK = 64
COMBINATIONS = ("oneOf", "anyOf", "allOf")
_BLANKS = re.compile(r"  +")


def properties_of(schema: JsonObject) -> dict[str, JsonObject]:
    """The fields of an object schema that a manifest can name, in the order of the customer's form.

    Those with a fixed value come first (they tell options apart), then required ones, then by `order` (unnumbered
    last), then by name.
    """
    known = [
        (name, part) for name, part in members(schema).items() if isinstance(part, dict) and is_key(name)
    ]
    required = texts(schema.get("required"))

    def place(member: tuple[str, JsonObject]) -> tuple[bool, bool, bool, float, str]:
        name, part = member
        order = part.get("order")
        number = float(order) if isinstance(order, int | float) and is_writable(order) else None
        return fixed_value(part) is None, name not in required, number is None, number or 0.0, name

    return dict(sorted(known, key=place))


def required_of(schema: JsonObject) -> tuple[str, ...]:
    """The required names that are fields of this schema, in the order of its fields."""
    names = texts(schema.get("required"))
    return tuple(name for name in properties_of(schema) if name in names)


def options_of(schema: JsonObject, keyword: str = "oneOf") -> list[JsonObject]:
    """The options of a combination that are objects."""
    return objects(schema.get(keyword))


def items_of(schema: JsonObject) -> JsonObject | None:
    """The schema of an array's items; None where there is not one for all. Examples of the array are lent to items that
    have none.
    """
    items, examples = schema.get("items"), schema.get("examples")
    if not isinstance(items, dict):
        return None
    if "examples" in items or not isinstance(examples, list) or not examples:
        return items
    lent = examples[0] if isinstance(examples[0], list) else examples
    return {**items, "examples": lent}


def fixed_value(schema: JsonValue) -> JsonValue:
    """The only value that a node allows (`const`, or an enumeration of one); None when it allows more."""
    if not isinstance(schema, dict):
        return None
    if "const" in schema:
        return schema["const"]
    values = schema.get("enum")
    return values[0] if isinstance(values, list) and len(values) == 1 else None


def discriminators(options: list[JsonObject]) -> tuple[str, ...]:
    """The names that have a fixed text in every option, sorted: they tell the options apart."""
    fixed = [
        {name for name, part in properties_of(option).items() if isinstance(fixed_value(part), str)}
        for option in options
    ]
    return tuple(sorted(set.intersection(*fixed))) if fixed else ()


def holds_secret(schema: JsonValue, depth: int = 0) -> bool:
    """Whether a secret stands anywhere in this schema, under whatever keyword; True where it is nested too deeply to tell."""
    if isinstance(schema, list):
        return any(holds_secret(part, depth + 1) for part in schema)
    if not isinstance(schema, dict):
        return False
    return (
        depth > _DEEPEST_LOOK
        or is_marked_secret(schema)
        or any(holds_secret(part, depth + 1) for part in schema.values())
    )


def description_of(schema: JsonObject) -> str | None:
    """The description without blanks that say nothing; None where there is none."""
    text = schema.get("description")
    tidy = _BLANKS.sub(" ", text.strip()) if isinstance(text, str) else ""
    return tidy or None
