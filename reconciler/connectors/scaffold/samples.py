"""Values that meet a schema, and the questions about a schema that a scaffold asks. Pure.

Registries hold malformed schemas: what is not of the expected shape counts as absent. Values are guesses, and each is offered only
after the server's own validator would take it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import chain

from reconciler.connectors.scaffold.yaml_text import is_key, is_writable
from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import java_pattern
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.specification.schema import (
    holds_secret,
    is_marked_secret,
    members,
    only_value,
    options_of,
    required_names,
    shared_constants,
)
from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.json_value import JsonObject, JsonValue

# What a person recognises at once. Tried in this order after what the schema itself offers.
_FAMILIAR = (
    "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z", "2024-01-01 00:00:00", "01-01-2024",
    "01/01/2024 00:00", "https://www.example.com/", "https://www.example.com", "example.com", "user@example.com",
    "00000000-0000-4000-8000-000000000000", "10:00:00Z", "192.0.2.1", "1", "100", "example",
)  # fmt: skip
_MARK = "..."
_MOST_ITEMS = 100
_LONGEST_SAMPLE = 1_000


def properties_of(schema: JsonObject) -> dict[str, JsonObject]:
    """The fields of an object schema that a manifest can name, in reading order.

    Those with a fixed value come first (they distinguish options), then required ones, then by `order` (unnumbered last), then by
    name.
    """
    required = required_names(schema)

    def place(member: tuple[str, JsonObject]) -> tuple[bool, bool, bool, float, str]:
        name, part = member
        order = part.get("order")
        number = float(order) if isinstance(order, int | float) and is_writable(order) else None
        return fixed_value(part) is None, name not in required, number is None, number or 0.0, name

    known = ((name, part) for name, part in members(schema).items() if isinstance(part, dict))
    return dict(sorted((member for member in known if is_key(member[0])), key=place))


def required_of(schema: JsonObject) -> list[str]:
    """The required names that are fields of this schema, in reading order."""
    required = required_names(schema)
    return [name for name in properties_of(schema) if name in required]


def items_of(schema: JsonObject) -> JsonObject | None:
    """The schema of an array's items, with the array's examples where they have none. None where there is not one for all."""
    items, examples = schema.get("items"), schema.get("examples")
    if not isinstance(items, dict):
        return None
    if "examples" in items or not isinstance(examples, list) or not examples:
        return items
    return {**items, "examples": examples[0] if isinstance(examples[0], list) else examples}


def description_of(schema: JsonObject) -> str | None:
    """The description without blanks that say nothing. None where there is none."""
    text = schema.get("description")
    words = text.strip().split(" ") if isinstance(text, str) else []
    return " ".join(word for word in words if word) or None


def fixed_value(schema: JsonValue) -> JsonValue:
    """The only value that a node allows (`const`, or an enumeration of one). None when it allows more."""
    value = only_value(schema)
    return None if value is ABSENT else value


def discriminators(options: list[JsonObject]) -> list[str]:
    """The names that have a fixed text in every option, sorted. They distinguish the options."""

    def fixed_texts(option: JsonObject) -> JsonObject:
        fixed = {name: fixed_value(part) for name, part in members(option).items() if is_key(name)}
        return {name: value for name, value in fixed.items() if isinstance(value, str)}

    return sorted(shared_constants(options, fixed_texts))


def fits(value: JsonValue, schema: JsonValue) -> bool:
    """Whether the server's validator takes this value. False too when it cannot work with the schema, or that is not known."""
    from reconciler.connectors.server.schema_check import check_against

    try:
        return not check_against(value, schema)
    except (UncheckableSchema, NotKnown):
        return False


def fitting_text(schema: JsonObject) -> str | None:
    """A text that meets the schema, its own offers first. None when none was found."""
    offered = (value for value in _offers(schema) if isinstance(value, str))
    return next((text for text in chain(offered, _texts(schema)) if fits(text, schema)), None)


def fitting_value(schema: JsonObject) -> tuple[JsonValue, ...]:
    """The value of any type that meets the schema, as a tuple of one: what it offers, else the plainest one of its type.

    Empty when none was found.
    """
    return _first_fitting(chain(_offers(schema), _plainest(schema)), schema)


def preset_sample(name: str, schema: JsonObject) -> tuple[JsonValue, ...]:
    """A value to preset the field `name` with, as a tuple of one: the required members of an object, the first option that can be
    preset (the default one before others). Empty where none is known, and for what is or may be a secret.
    """
    if is_marked_secret(schema) or may_be_secret(name, schema):
        return ()
    if holds_secret(schema):
        return _first_fitting(_object_samples(schema), schema)
    found = _first_fitting(chain(_offers(schema), _marked(schema), _object_samples(schema)), schema)
    return found if found or options_of(schema) or properties_of(schema) else fitting_value(schema)


def may_be_secret(name: str, schema: JsonObject) -> bool:
    """Whether only the name of a text field speaks of a secret. The specification does not."""
    return schema.get("type") == "string" and fixed_value(schema) is None and looks_secret(name)


def _first_fitting(values: Iterator[JsonValue], schema: JsonObject) -> tuple[JsonValue, ...]:
    return next(((value,) for value in values if is_writable(value) and fits(value, schema)), ())


def _marked(schema: JsonObject) -> Iterator[JsonValue]:
    """A mark to replace, for text that may be anything. A list of what its items offer, or of such marks."""
    items = items_of(schema)
    if items is not None:
        yield from ([value] * _least_items(schema) for value in preset_sample("", items))
    elif schema.get("type") == "string" and schema.keys().isdisjoint({"pattern", "format", "enum"}):
        yield _MARK


def _object_samples(schema: JsonObject) -> Iterator[JsonObject]:
    """The required members with a sample each. Of a choice, those of each option that has them."""
    default, options = schema.get("default"), options_of(schema)
    names = discriminators(options)

    def is_other(option: JsonObject) -> bool:
        return default not in [fixed_value(part) for part in properties_of(option).values()]

    for option in sorted(options, key=is_other) or [schema]:
        properties = properties_of(option)
        wanted = dict.fromkeys((*names, *required_of(option)))
        found = {name: preset_sample(name, properties[name]) for name in wanted}
        if all(found.values()):
            yield {name: value for name, values in found.items() for value in values}


def _offers(schema: JsonObject) -> Iterator[JsonValue]:
    """The values that a schema itself names: const, default, the enumeration, the examples."""
    yield from (schema[key] for key in ("const", "default") if key in schema)
    for key in ("enum", "examples"):
        values = schema.get(key)
        yield from values if isinstance(values, list) else ()


def _plainest(schema: JsonObject) -> Iterator[JsonValue]:
    yield from (schema[key] for key in ("minimum", "maximum") if key in schema)
    yield from (1, 0, False, True, [], {})
    lowest = schema.get("exclusiveMinimum")
    if isinstance(lowest, int | float):
        yield lowest + 1
    yield from _texts(schema)
    items = items_of(schema)
    if items is not None:  # as long as it must be, of the values that the items offer, or of one of them
        yield list(_offers(items))[: _least_items(schema)]
        yield [value for value in fitting_value(items) for _ in range(_least_items(schema))]


def _least_items(schema: JsonObject) -> int:
    least = schema.get("minItems")
    return min(least, _MOST_ITEMS) if isinstance(least, int) else 1


def _texts(schema: JsonObject) -> Iterator[str]:
    yield from _FAMILIAR
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        yield from pattern_samples(pattern)
    least = schema.get("minLength")
    if isinstance(least, int):
        yield "x" * min(least, _LONGEST_SAMPLE)


def pattern_samples(pattern: str) -> Iterator[str]:
    """Short texts that a pattern may mean: with nothing in place of what is optional, then with one of each.

    Look-arounds count as met. Nothing for a pattern that Java refuses, or that is not followed here.
    """
    with contextlib.suppress(RefusedPattern, NotKnown):
        part = java_pattern(pattern)
        yield from (part.sample(optional) for optional in (0, 1))
