"""The validator's words for each keyword that is not met. Pure.

The texts follow networknt 1.5.2. `anyOf`, `allOf`, `if` and references have no words of their own there:
their parts speak.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from reconciler.connectors.server.java_text import as_text
from reconciler.connectors.server.tolerated_schema import FALSE_KEYWORD
from reconciler.model.json_value import JsonValue

if TYPE_CHECKING:
    from jsonschema import ValidationError

_SILENT = frozenset({"anyOf", "allOf", "if", "$ref", "$dynamicRef", "$recursiveRef"})


def words_of(error: ValidationError, *, own: bool) -> str:
    """What is wrong, without the place; "" for a keyword that leaves the word to its parts.

    `own` says that the message is ours. jsonschema's messages are never passed on: they quote values.
    """
    keyword = str(error.validator)
    if keyword in _SILENT:
        return ""
    template = _WORDS.get(keyword)
    if template is not None:
        return template(_json(error.validator_value), _json(error.instance))
    if keyword == FALSE_KEYWORD:
        return f"schema for '{error.absolute_path[-1] if error.absolute_path else '$'}' is false"
    if own:
        return error.message
    return f"has an error with '{keyword}'"


def _json(value: object) -> JsonValue:
    """jsonschema's attributes are untyped; what it holds here are always JSON values."""
    return cast("JsonValue", value)


def keyword_words(keyword: str, value: JsonValue, instance: JsonValue) -> str:
    """What is wrong where a keyword with this value is not met: for the keywords that count, bound and list."""
    return _WORDS[keyword](value, instance)


TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


def type_words(expected: JsonValue, instance: JsonValue) -> str:
    """The words for a value of another type than `expected`, a name or a list of names."""
    return f"{value_type(instance)} found, {_type_names(expected)} expected"


def _type_names(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_type_names(item) for item in value)}]"
    return value if isinstance(value, str) and value in (*TYPES, "any") else "unknown"


def required_words(name: str) -> str:
    """The words for a member that is missing."""
    return f"required property '{name}' not found"


def const_words(value: JsonValue) -> str:
    """The words for a value that is not the constant."""
    return f"must be the constant value '{as_text(value)}'"


def pattern_words(pattern: str) -> str:
    """The words for a text that the pattern does not find anything in."""
    return f"does not match the regex pattern {pattern}"


def one_of_words(met: Sequence[int]) -> str:
    """The words for a value that meets none of the options, or two: their indexes."""
    indexes = f" with indexes '{', '.join(map(str, met))}'" if met else ""
    return f"must be valid to one and only one schema, but {len(met)} are valid{indexes}"


def surplus_words(name: str) -> str:
    """The words for a member that a closed object does not have."""
    return (
        f"property '{name}' is not defined in the schema and the schema does not allow additional properties"
    )


def value_type(value: JsonValue) -> str:
    """The JSON type as the validator names it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return names[type(value)]


def _enumeration(value: JsonValue, _instance: JsonValue) -> str:
    items = value if isinstance(value, list) and value else None
    listed = ", ".join(_enumerated(item) for item in items) if items else "none"
    return f"does not have a value in the enumeration [{listed}]"


def _enumerated(value: JsonValue) -> str:
    return _compact(value) if isinstance(value, str | list | dict) else as_text(value)


def _compact(value: JsonValue) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _size(instance: JsonValue) -> int:
    return len(instance) if isinstance(instance, list | dict | str) else 0


def _grouped(value: JsonValue) -> str:
    """A count as Java's message format prints it: thousands are grouped."""
    return f"{value:,}" if isinstance(value, int) else as_text(value)


_WORDS: dict[str, Callable[[JsonValue, JsonValue], str]] = {
    "enum": _enumeration,
    "minimum": lambda value, _: f"must have a minimum value of {as_text(value)}",
    "maximum": lambda value, _: f"must have a maximum value of {as_text(value)}",
    "exclusiveMinimum": lambda value, _: f"must have an exclusive minimum value of {as_text(value)}",
    "exclusiveMaximum": lambda value, _: f"must have an exclusive maximum value of {as_text(value)}",
    "multipleOf": lambda value, _: f"must be multiple of {as_text(value)}",
    "minLength": lambda value, _: f"must be at least {_grouped(value)} characters long",
    "maxLength": lambda value, _: f"must be at most {_grouped(value)} characters long",
    "minItems": lambda value, found: (
        f"must have at least {_grouped(value)} items but found {_grouped(_size(found))}"
    ),
    "maxItems": lambda value, found: (
        f"must have at most {_grouped(value)} items but found {_grouped(_size(found))}"
    ),
    "minProperties": lambda value, _: f"must have at least {_grouped(value)} properties",
    "maxProperties": lambda value, _: f"must have at most {_grouped(value)} properties",
    "uniqueItems": lambda *_: "must have only unique items in the array",
    "not": lambda value, _: f"must not be valid to the schema {_compact(value)}",
    "contains": lambda value, _: (
        f"does not contain an element that passes these validations: {_compact(value)}"
    ),
    "dependencies": lambda value, _: f"has an error with dependencies {_compact(value)}",
}
