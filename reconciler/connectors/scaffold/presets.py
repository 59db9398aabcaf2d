"""The presets section of a scaffold: every field of the connector explained, and ready to be uncommented. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.connectors.scaffold.samples import fits, fitting_value, offers
from reconciler.connectors.scaffold.schema import (
    description_of,
    discriminators,
    fixed_value,
    holds_secret,
    is_secret,
    items_of,
    options_of,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import disabled, explained, is_writable, member_lines
from reconciler.connectors.server.secret_paths import looks_secret
from reconciler.model.json_value import JsonObject, JsonValue

NOTHING_YET = "{}  # delete this line when you uncomment a field"

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


def preset_lines(schema: JsonObject, presets: JsonObject, *, column: int) -> list[str]:
    """The members of `partialDefaultConfig`, all at `column`: those of `presets` as they are, all other fields explained and
    commented out. A connector whose very configuration is a choice has its options instead.
    """
    lines: list[str] = [] if presets else [" " * column + NOTHING_YET]
    required = required_of(schema)
    for name, part in properties_of(schema).items():
        lines += ["", *_explanation(name, part, column, column=column, is_required=name in required)]
        value = _value_lines(name, part, column, column=column, depth=0)
        lines += (
            member_lines(name, presets[name], column) if name in presets else disabled(value, column=column)
        )
    if not properties_of(schema):
        options = _option_lines(None, schema, column, column=column, depth=0)
        lines += ["", *disabled(options, column=column)] if options else []
    return lines


def _explanation(name: str, schema: JsonObject, indent: int, *, column: int, is_required: bool) -> list[str]:
    """What a field is: name, whether it is required, type and constraints; then its description and an example."""
    facts = ["REQUIRED" if is_required else "OPTIONAL", _type_words(schema), *_constraints(schema)]
    lines = explained(f"{name}: {' | '.join(facts)}", indent, column=column, hanging=_HANGING)
    for text in _sentences(name, schema):
        lines += explained(text, indent + _HANGING, column=column)
    return lines


def _sentences(name: str, schema: JsonObject) -> Iterator[str]:
    description, examples = description_of(schema), schema.get("examples")
    if description is not None:
        yield description
    if is_secret(schema):
        is_hidden = schema.get("airbyte_hidden") is True
        yield "A secret; never put it here." if is_hidden else "Asked from the customer; never put it here."
    elif _may_be_secret(name, schema):
        yield "Its name says that it may be a secret; if it is, never put it here."
    elif isinstance(examples, list) and examples and not holds_secret(schema):
        yield f"Example: {_listed(examples)}"


def _may_be_secret(name: str, schema: JsonObject) -> bool:
    """Whether only the name of a text field speaks of a secret; the specification does not."""
    return schema.get("type") == "string" and fixed_value(schema) is None and looks_secret(name)


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
    if is_secret(schema):
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


def _value_lines(name: str, schema: JsonObject, indent: int, *, column: int, depth: int) -> list[str]:
    """The field as it would be preset: YAML at `indent`, comments at `column`. Nothing for a secret."""
    if is_secret(schema) or _may_be_secret(name, schema) or depth > _MAX_DEPTH:
        return []
    if options_of(schema):
        return _option_lines(name, schema, indent, column=column, depth=depth)
    if properties_of(schema):
        return _object_lines(name, schema, indent, column=column, depth=depth)
    if holds_secret(schema):
        return explained("It holds secrets: never put it here.", indent + _HANGING, column=column)
    return member_lines(name, _example(schema), indent)


def _example(schema: JsonObject) -> JsonValue:
    """A value to start from: what the schema offers, else the plainest that fits, else a mark to replace."""
    offered = [value for value in offers(schema) if is_writable(value)]
    good = [value for value in offered if fits(value, schema)]
    is_free_text = schema.get("type") == "string" and schema.keys().isdisjoint({"pattern", "format"})
    plain = () if offered or is_free_text else fitting_value(schema)
    return next(iter((*good, *offered, *plain)), "...")


def _option_lines(name: str | None, schema: JsonObject, indent: int, *, column: int, depth: int) -> list[str]:
    """Each option of a choice as an alternative of its own, with what tells it apart. `name` None stands for the root."""
    options = options_of(schema)
    names = discriminators(options)
    lines: list[str] = []
    for number, option in enumerate(options, 1):
        fixed = [f"{key} {_shown(fixed_value(properties_of(option)[key]))}" for key in names]
        title = option.get("title")
        told = ", ".join([*([title] if isinstance(title, str) else []), *fixed])
        lines += explained(
            f"Option {number} of {len(options)}: {told}", indent + _HANGING, column=column, hanging=_HANGING
        )
        always: JsonObject = {**option, "required": [*names, *required_of(option)]}
        if name is None:
            lines += _member_lines(always, indent, column=column, depth=depth)
        else:
            lines += _object_lines(name, always, indent, column=column, depth=depth)
    return lines


def _object_lines(name: str, schema: JsonObject, indent: int, *, column: int, depth: int) -> list[str]:
    """An object with its required members; optional ones wait to be uncommented once more."""
    head = member_lines(name, {}, indent)[0].removesuffix(" {}")
    return [head, *_member_lines(schema, indent + 2, column=column, depth=depth + 1)]


def _member_lines(schema: JsonObject, indent: int, *, column: int, depth: int) -> list[str]:
    required = required_of(schema)
    lines: list[str] = []
    for name, part in properties_of(schema).items():
        value = _value_lines(name, part, indent, column=column, depth=depth)
        is_required = name in required
        if not (is_required and isinstance(fixed_value(part), str)):
            lines += _explanation(name, part, indent, column=column, is_required=is_required)
        lines += value if is_required else disabled(value, column=column)
    is_empty = all(line.lstrip(" ").startswith("#") for line in lines)
    return [" " * indent + NOTHING_YET, *lines] if is_empty else lines
