"""A connector's fields in words, for the comments of a whole scaffold. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.connectors.scaffold.samples import may_be_secret
from reconciler.connectors.scaffold.schema import (
    description_of,
    discriminators,
    fixed_value,
    holds_secret,
    items_of,
    options_of,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import explained
from reconciler.connectors.specification.schema import is_marked_secret
from reconciler.model.json_value import JsonObject, JsonValue

_MOST_LISTED = 12
_LONGEST_SHOWN = 120
_MAX_DEPTH = 4
_HANGING = 2
_BOUNDS = (
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
)


def explained_field(
    name: str, schema: JsonObject, indent: int, *, column: int, is_required: bool, depth: int = 0
) -> list[str]:
    """What a field is: name, whether it is required, type and constraints; then its description, an example, and what is in it.
    The mark of a comment stands at `column`, the text at `indent`.
    """
    facts = ["REQUIRED" if is_required else "OPTIONAL", _type_words(schema), *_constraints(schema)]
    lines = explained(f"{name}: {' | '.join(facts)}", indent, column=column, hanging=_HANGING)
    for text in _sentences(name, schema):
        lines += explained(text, indent + _HANGING, column=column)
    return (
        lines
        if is_marked_secret(schema)
        else lines + explained_members(schema, indent, column=column, depth=depth)
    )


def _sentences(name: str, schema: JsonObject) -> Iterator[str]:
    description, examples = description_of(schema), schema.get("examples")
    if description is not None:
        yield description
    if is_marked_secret(schema):
        is_hidden = schema.get("airbyte_hidden") is True
        yield "A secret; never put it here." if is_hidden else "Asked from the customer; never put it here."
    elif may_be_secret(name, schema):
        yield "Its name says that it may be a secret; if it is, never put it here."
    elif isinstance(examples, list) and examples and not holds_secret(schema):
        yield f"Example: {_listed(examples)}"


def _type_words(schema: JsonObject) -> str:
    kind = schema.get("type")
    kinds = [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]
    words = " or ".join(kinds) or "any type"
    items, options = items_of(schema), options_of(schema)
    if kinds == ["array"] and items is not None:
        words = f"array of {_type_words(items)}"
    return f"{words}, one of {len(options)} options" if options else words


def _constraints(schema: JsonObject) -> Iterator[str]:
    if schema.get("airbyte_hidden") is True:
        yield "hidden from customers"
    for keyword in ("format", "pattern"):
        if isinstance(schema.get(keyword), str):
            yield f"{keyword} {schema[keyword]}"
    for keyword in _BOUNDS:
        value = schema.get(keyword)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{keyword} {value}"
    if is_marked_secret(schema):
        yield "secret"
    yield from () if holds_secret(schema) else _value_constraints(schema)


def _value_constraints(schema: JsonObject) -> Iterator[str]:
    """What says something about values, and so must not be shown of a secret."""
    values = (schema if "enum" in schema else items_of(schema) or {}).get("enum")
    if isinstance(values, list) and values:
        yield f"one of {_listed(values)}"
    if "const" in schema:
        yield f"always {_shown(schema['const'])}"
    if "default" in schema:
        yield f"default {_shown(schema['default'])}"


def _shown(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _listed(values: list[JsonValue]) -> str:
    more = f" and {len(values) - _MOST_LISTED} more" if len(values) > _MOST_LISTED else ""
    return ", ".join(_shown(value) for value in values[:_MOST_LISTED]) + more


def explained_members(schema: JsonObject, indent: int, *, column: int, depth: int = 0) -> list[str]:
    """The options of a choice, or the members of an object, each further in than the field itself."""
    if depth > _MAX_DEPTH:
        return []
    options = options_of(schema)
    if not options:
        return _members(schema, (), indent + _HANGING, column=column, depth=depth)
    names = discriminators(options)
    lines: list[str] = []
    for number, option in enumerate(options, 1):
        fixed = [f"{key} {_shown(fixed_value(properties_of(option)[key]))}" for key in names]
        title = option.get("title")
        told = ", ".join([*([title] if isinstance(title, str) else []), *fixed])
        head = f"Option {number} of {len(options)}: {told}"
        lines += explained(head, indent + _HANGING, column=column, hanging=_HANGING)
        lines += _members(option, names, indent + 2 * _HANGING, column=column, depth=depth)
    return lines


def _members(schema: JsonObject, told: tuple[str, ...], indent: int, *, column: int, depth: int) -> list[str]:
    """The members of an object without those that were `told` already."""
    required = required_of(schema)
    lines: list[str] = []
    for name, part in properties_of(schema).items():
        if name not in told:
            is_required = name in required
            lines += explained_field(
                name, part, indent, column=column, is_required=is_required, depth=depth + 1
            )
    return lines
