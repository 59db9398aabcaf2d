"""The keywords that connectors use, as the server's validator reads them. Pure.

A small part of drafts 6 and 7, for speed: hundreds of specifications are checked in one run. What is not here is left
to schema_drafts, which knows everything; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from reconciler.connectors.server.formats import format_failure, meets_format
from reconciler.connectors.server.java_regex import java_search
from reconciler.connectors.server.schema_violation import Path, Violation, by_place, violation
from reconciler.connectors.server.schema_words import (
    const_words,
    keyword_words,
    one_of_words,
    pattern_words,
    required_words,
    surplus_words,
    type_words,
)
from reconciler.connectors.server.tolerated_schema import FALSE_KEYWORD
from reconciler.connectors.server.work import length_of, spend, spend_search, spend_whole
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, same_json


class NotPlain(Exception):
    """The schema uses a keyword, or a value of one, that this module does not know."""


def plain_violations(instance: JsonValue, schema: JsonObject) -> tuple[Violation, ...]:
    """What `instance` does not meet, in the order of the schema's keywords.

    `schema` comes from tolerated_schema. Raises NotPlain as soon as a keyword that counts is not known here, and TooMuchWork.
    """
    return tuple(_violations(instance, schema, ()))


_Found = Iterator[Violation]
# Takes the keyword's value, the instance, the schema node and the path of the instance.
_Check = Callable[[JsonValue, JsonValue, JsonObject, Path], _Found]


def _violations(instance: JsonValue, schema: JsonValue, path: Path) -> _Found:
    if not isinstance(schema, dict):
        raise NotPlain
    spend(1 + len(schema))
    for keyword, value in schema.items():
        check = _CHECKS.get(keyword)
        if check is not None:
            if keyword != "properties":
                spend(length_of(value) + length_of(instance))
            yield from check(value, instance, schema, path)


def _unknown(_value: JsonValue, _instance: JsonValue, _schema: JsonObject, _path: Path) -> _Found:
    raise NotPlain


def _type(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    if instance is None and schema.get("nullable") is True:
        return
    if not any(_is_of_type(instance, name) for name in (value if isinstance(value, list) else [value])):
        yield violation(path, "type", type_words(value, instance), value, schema)


def _is_of_type(instance: JsonValue, name: JsonValue) -> bool:
    if name == "any":
        return True
    if isinstance(instance, bool):
        return name == "boolean"
    if name == "integer" and isinstance(instance, float):
        return instance.is_integer()
    types = _PYTHON_TYPES.get(name) if isinstance(name, str) else None
    return types is not None and isinstance(instance, types)


_PYTHON_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}


def _required(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    if isinstance(instance, dict) and isinstance(value, list):
        for name in value:
            if isinstance(name, str) and name not in instance:
                yield violation(path, "required", required_words(name), name, schema)


def _enum(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    items = value if isinstance(value, list) else []
    spend_whole(items)
    # A text equals texts only; other values have to be compared as JSON.
    known = instance in items if isinstance(instance, str) else _is_among(instance, items)
    if not known:
        yield violation(path, "enum", keyword_words("enum", value, instance), value, schema)


def _is_among(instance: JsonValue, items: list[JsonValue]) -> bool:
    wanted = canonical_json(instance)
    return any(canonical_json(item) == wanted for item in items)


def _const(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    spend_whole(value)
    spend_whole(instance)
    if not same_json(instance, value):
        yield violation(path, "const", const_words(value), value, schema)


def _pattern(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    if not (isinstance(instance, str) and isinstance(value, str)):
        return
    spend_search(value)
    if java_search(value, instance) is False:
        yield violation(path, "pattern", pattern_words(value), value, schema)


def _format(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    if isinstance(instance, str) and isinstance(value, str) and not meets_format(value, instance):
        yield violation(path, "format", format_failure(value), value, schema)


def _bound(keyword: str, meets: Callable[[float, float], bool]) -> _Check:
    def check(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotPlain
        is_number = isinstance(instance, int | float) and not isinstance(instance, bool)
        if is_number and isinstance(instance, int | float) and not meets(instance, value):
            yield violation(path, keyword, keyword_words(keyword, value, instance), value, schema)

    return check


def _count(keyword: str, kind: type, *, at_least: bool) -> _Check:
    def check(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
        if not isinstance(value, int):
            raise NotPlain
        if isinstance(instance, kind) and isinstance(instance, str | list | dict):
            size = len(instance)
            if (size < value) if at_least else (size > value):
                yield violation(path, keyword, keyword_words(keyword, value, instance), value, schema)

    return check


def _properties(value: JsonValue, instance: JsonValue, _schema: JsonObject, path: Path) -> _Found:
    if isinstance(instance, dict) and isinstance(value, dict):
        # Names of the shorter side: a small preset must not pay for a long list of properties.
        names = value if len(value) <= len(instance) else instance
        spend(len(names))
        for name in names:
            if name in value and name in instance:
                yield from _violations(instance[name], value[name], (*path, name))


def _pattern_properties(value: JsonValue, instance: JsonValue, _schema: JsonObject, path: Path) -> _Found:
    if isinstance(instance, dict) and isinstance(value, dict):
        for pattern, part in value.items():
            spend_search(pattern)
            for name, item in instance.items():
                if java_search(pattern, name):
                    yield from _violations(item, part, (*path, name))


def _additional_properties(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    if value is True or not isinstance(instance, dict):
        return
    for name in additional_names(instance, schema):
        if isinstance(value, dict):
            yield from _violations(instance[name], value, (*path, name))
        else:
            yield violation(path, "additionalProperties", surplus_words(name), name, schema)


def additional_names(instance: JsonValue, schema: JsonObject) -> list[str]:
    """Names that no other keyword of the schema covers, in their order; the server skips names that begin with `#`."""
    properties, patterns = schema.get("properties"), schema.get("patternProperties")
    known = properties if isinstance(properties, dict) else {}
    names = list(instance) if isinstance(instance, dict) else []
    left = [name for name in names if name not in known and not name.startswith("#")]
    for expression in patterns if isinstance(patterns, dict) else ():
        spend_search(expression)
        left = [name for name in left if java_search(expression, name) is False]
    return left


def _items(value: JsonValue, instance: JsonValue, _schema: JsonObject, path: Path) -> _Found:
    if isinstance(instance, list):
        for index, item in enumerate(instance):
            yield from _violations(item, value, (*path, index))


def _unique_items(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    if has_repeats(instance if value is True else None):
        yield violation(path, "uniqueItems", keyword_words("uniqueItems", value, instance), value, schema)


def has_repeats(instance: JsonValue) -> bool:
    """Whether a list holds two equal values."""
    items = instance if isinstance(instance, list) else []
    spend_whole(items)
    return len({canonical_json(item) for item in items}) < len(items)


def _all_of(value: JsonValue, instance: JsonValue, _schema: JsonObject, path: Path) -> _Found:
    for option in value if isinstance(value, list) else ():
        yield from _violations(instance, option, path)


def _any_of(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    options: list[tuple[Violation, ...]] = []
    for option in value if isinstance(value, list) else ():
        found = tuple(_violations(instance, option, path))
        if not found:
            return
        options.append(by_place(found))
    yield violation(path, "anyOf", "", value, schema, options=tuple(options))


def _one_of(value: JsonValue, instance: JsonValue, schema: JsonObject, path: Path) -> _Found:
    """Exactly one option must hold; the server stops looking at the second that does."""
    options = value if isinstance(value, list) else []
    found: list[tuple[Violation, ...]] = [() for _ in options]
    met: list[int] = []
    for index, option in enumerate(options):
        found[index] = by_place(_violations(instance, option, path))
        if not found[index]:
            met.append(index)
        if len(met) > 1:
            break
    if len(met) != 1:
        yield violation(path, "oneOf", one_of_words(met), value, schema, options=tuple(found))


_REST = ("$ref", "if", "not", "contains", "dependencies", "propertyNames", "multipleOf")
_CHECKS: Final[dict[str, _Check]] = {
    **dict.fromkeys((*_REST, FALSE_KEYWORD), _unknown),
    "type": _type,
    "required": _required,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "minimum": _bound("minimum", lambda number, limit: number >= limit),
    "maximum": _bound("maximum", lambda number, limit: number <= limit),
    "exclusiveMinimum": _bound("exclusiveMinimum", lambda number, limit: number > limit),
    "exclusiveMaximum": _bound("exclusiveMaximum", lambda number, limit: number < limit),
    "minLength": _count("minLength", str, at_least=True),
    "maxLength": _count("maxLength", str, at_least=False),
    "minItems": _count("minItems", list, at_least=True),
    "maxItems": _count("maxItems", list, at_least=False),
    "minProperties": _count("minProperties", dict, at_least=True),
    "maxProperties": _count("maxProperties", dict, at_least=False),
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "items": _items,
    "uniqueItems": _unique_items,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
}
