"""Values that meet a schema, for examples and placeholders. Pure.

Nothing here is trusted: a value is offered only after the server's own validator would take it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from reconciler.connectors.scaffold.pattern_samples import pattern_samples
from reconciler.connectors.scaffold.schema import (
    discriminators,
    fixed_value,
    holds_secret,
    items_of,
    options_of,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import is_writable
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.specification.schema import is_marked_secret
from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.json_value import JsonObject, JsonValue

# What a person recognises at once; tried in this order after whatever the schema itself offers.
_FAMILIAR = (
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.000Z",
    "2024-01-01 00:00:00",
    "01-01-2024",
    "01/01/2024 00:00",
    "https://www.example.com/",
    "https://www.example.com",
    "example.com",
    "user@example.com",
    "00000000-0000-4000-8000-000000000000",
    "10:00:00Z",
    "192.0.2.1",
    "1",
    "100",
    "example",
)
_MARK = "..."
_MOST_REPEATS = 100
_LONGEST_SAMPLE = 1_000


def fits(value: JsonValue, schema: JsonValue) -> bool:
    """Whether the server's validator takes this value; False too when it cannot work with the schema, or that is not known."""
    from reconciler.connectors.server.schema_check import check_against

    try:
        return not check_against(value, schema)
    except (UncheckableSchema, NotKnown):
        return False


def fitting_text(schema: JsonObject) -> str | None:
    """A text that meets the schema, its own offers first; None when none was found."""
    offered = (value for value in offers(schema) if isinstance(value, str))
    return next((text for text in (*offered, *_texts(schema)) if fits(text, schema)), None)


def fitting_value(schema: JsonObject) -> tuple[JsonValue, ...]:
    """The value of any type that meets the schema, as a tuple of one: what it offers, else the plainest one of its type.
    Empty when none was found.
    """
    plain = (*offers(schema), *_plainest(schema))
    return next(((value,) for value in plain if is_writable(value) and fits(value, schema)), ())


def preset_sample(name: str, schema: JsonObject) -> tuple[JsonValue, ...]:
    """A value to preset the field `name` with, as a tuple of one: the required members of an object, the first option that can
    be preset (the default one before others). Empty where none is known, and for whatever is or may be a secret.
    """
    if is_marked_secret(schema) or may_be_secret(name, schema):
        return ()
    is_open = not holds_secret(schema)
    candidates = chain(
        offers(schema) if is_open else (), _marked(schema) if is_open else (), _object_samples(schema)
    )
    found = next(((value,) for value in candidates if is_writable(value) and fits(value, schema)), ())
    has_members = options_of(schema) or properties_of(schema)
    return found if found or has_members or not is_open else fitting_value(schema)


def _marked(schema: JsonObject) -> Iterator[JsonValue]:
    """A mark to replace, for text that may be anything; a list of what its items offer, or of such marks."""
    items = items_of(schema)
    if items is not None:
        least = schema.get("minItems")
        number = min(least, _MOST_REPEATS) if isinstance(least, int) else 1
        yield from ([value] * number for value in preset_sample("", items))
    elif schema.get("type") == "string" and schema.keys().isdisjoint({"pattern", "format", "enum"}):
        yield _MARK


def may_be_secret(name: str, schema: JsonObject) -> bool:
    """Whether only the name of a text field speaks of a secret; the specification does not."""
    return schema.get("type") == "string" and fixed_value(schema) is None and looks_secret(name)


def _object_samples(schema: JsonObject) -> Iterator[JsonObject]:
    """The required members with a sample each; of a choice, those of each option that has them."""
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


def offers(schema: JsonObject) -> Iterator[JsonValue]:
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
    yield from _lists(schema)


def _lists(schema: JsonObject) -> Iterator[JsonValue]:
    """A list as long as it must be, of the values that its items offer, or of one of them."""
    items, least = items_of(schema), schema.get("minItems")
    number = min(least, _MOST_REPEATS) if isinstance(least, int) else 1
    if items is not None:
        yield list(offers(items))[:number]
        yield [value for value in fitting_value(items) for _ in range(number)]


def _texts(schema: JsonObject) -> Iterator[str]:
    yield from _FAMILIAR
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        yield from pattern_samples(pattern)
    least = schema.get("minLength")
    if isinstance(least, int):
        yield "x" * min(least, _LONGEST_SAMPLE)
