"""Lint rules about the words of the form's schema: misspelt ones, ones with a useless value, unknown types. Pure.

Only schema nodes are looked at: neither names of fields nor what stands in defaults, constants and examples.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache

from reconciler.connectors.lint.buildable import broken_keyword
from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.lint.values import JSON_TYPES, is_of_type
from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.schema import dotted, is_set, type_names
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonValue, escape_segment
from reconciler.model.text import listed

# JavaScript asks of these only whether there is something.
_FLAGS = ("airbyte_secret", "airbyte_hidden", "always_show", "multiline")
_KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("title", "description", "pattern", "format", "pattern_descriptor", "group", "display_type"),
        ("string",),
    ),
    **dict.fromkeys(("$schema", "$id", "$ref", "$comment"), ("string",)),
    **dict.fromkeys((*_FLAGS, "uniqueItems"), ("boolean",)),
    **dict.fromkeys(("readOnly", "writeOnly", "deprecated", "nullable"), ("boolean",)),
    **dict.fromkeys(("minimum", "maximum", "multipleOf", "order"), ("number",)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), ("number", "boolean")),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), ("integer",)
    ),
    **dict.fromkeys(("required", "enum", "examples", "oneOf", "anyOf", "allOf", "groups"), ("array",)),
    **dict.fromkeys(("properties", "patternProperties", "definitions", "$defs", "dependencies"), ("object",)),
    **dict.fromkeys(("dependentRequired", "dependentSchemas"), ("object",)),
    **dict.fromkeys(("$dynamicRef", "$recursiveRef", "$anchor"), ("string",)),
    **dict.fromkeys(("not", "if", "then", "else", "contains", "propertyNames"), ("object", "boolean")),
    **dict.fromkeys(("additionalProperties", "additionalItems"), ("object", "boolean")),
    "items": ("object", "array", "boolean"),
    "type": ("string", "array"),
}
_ANY_VALUE = (
    "default",
    "const",
    "id",
    "contentEncoding",
    "contentMediaType",
    "airbyte_type",
    "path_in_connector_config",
)
_KNOWN = {word.lower(): word for word in (*_KINDS, *_ANY_VALUE)}
_MEANT = {
    "min": "minimum", "max": "maximum", "example": "examples", "label": "title", "secret": "airbyte_secret",
    "hidden": "airbyte_hidden", "regex": "pattern", "options": "enum", "choices": "enum", "values": "enum",
    "placeholder": "examples", "help": "description", "mandatory": "required",
}  # fmt: skip
_SIMILARITY = 0.8
_SHORTEST_GUESSED = 4

MISSPELT = RuleFacts(
    "R514",
    "misspelt keyword",
    Severity.WARNING,
    "A keyword that nobody knows has no effect: the title is not shown, the bound is not checked, the secret is not hidden.",
    "Correct the keyword; a field belongs under `properties`.",
    "count: {type: integer, title: Count, minimum: 1}   # not tittle, not min",
)


def misspelt_keywords(subject: Subject) -> Iterator[Diagnostic]:
    """Keys of schema nodes that are near a known keyword, and fields that were forgotten under `properties`."""
    for node in subject.nodes:
        for key, value in node.schema.items():
            if _KNOWN.get(key.lower()) == key:
                continue
            meant = _meant(key)
            if isinstance(value, dict) and _is_field(value) and "object" not in _KINDS.get(meant or "", ()):
                yield _misspelt(node, key, "if it is a field, write it under `properties`")
            elif meant is not None:
                yield _misspelt(node, key, f'did you mean "{meant}"?')


def _misspelt(node: Node, key: str, mend: str) -> Diagnostic:
    where = f"{node.pointer}/{escape_segment(key)}"
    message = f'"{dotted((key,))}" in {node.label} is no keyword and has no effect'
    return MISSPELT.advice(where, message, mend, on_key=True)


def _is_field(value: dict[str, JsonValue]) -> bool:
    return any(name in JSON_TYPES for name in type_names(value))


@lru_cache(maxsize=1024)
def _meant(key: str) -> str | None:
    """The keyword that this one was probably meant to be; None for a known one and when none is near."""
    word = key.strip("\"' ").lower()
    if word in _KNOWN:
        return _KNOWN[word]
    if word in _MEANT:
        return _MEANT[word]
    if not _SHORTEST_GUESSED <= len(word) <= 40:
        return None
    near = difflib.get_close_matches(word, _KNOWN, 1, _SIMILARITY)
    return _KNOWN[near[0]] if near else None


WRONG_KIND = RuleFacts(
    "R515",
    "keyword with a useless value",
    Severity.WARNING,
    "A keyword whose value has the wrong type is ignored, or read otherwise by each of widget and server: `required: true` on a field "
    "requires nothing.",
    "Write the value as JSON Schema wants it; required fields are listed by name in the object around them.",
    "required: [count]\nproperties: {count: {type: integer, title: Count}}   # not `required: true` in count",
)


def useless_keywords(subject: Subject) -> Iterator[Diagnostic]:
    """Known keywords whose value cannot mean anything."""
    for node in subject.nodes:
        for key, value in node.schema.items():
            kinds = _KINDS.get(key)
            if kinds is None or any(is_of_type(value, kind) for kind in kinds):
                continue
            if broken_keyword(node.schema) != key:
                effect = "counts as true" if key in _FLAGS and is_set(value) else "has no effect"
                message = f"`{key}` in {node.label} {effect}: its value must be {_wanted(kinds)}"
                mend = f"list {node.label} in `required` of the object around it" if key == "required" else ""
                yield WRONG_KIND.advice(f"{node.pointer}/{escape_segment(key)}", message, mend)


_WORDS = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
    "array": "a list",
    "object": "an object",
}


def _wanted(kinds: tuple[str, ...]) -> str:
    return " or ".join(_WORDS[kind] for kind in kinds)


UNKNOWN_TYPE = RuleFacts(
    "R516",
    "unknown type or format",
    Severity.WARNING,
    "A field of an unknown type is checked with null by the server, and a date whose format is misspelt has no date picker.",
    "Use the types of JSON Schema (string, integer, number, boolean, array, object) and the formats date and date-time.",
    "start: {type: string, title: Start, format: date-time}   # not `type: date`, not `format: datetime`",
)

_TYPES_MEANT = {
    "int": "integer", "long": "integer", "float": "number", "double": "number", "decimal": "number",
    "bool": "boolean", "str": "string", "text": "string", "password": "string", "date": "string",
    "datetime": "string", "dict": "object", "map": "object", "list": "array",
}  # fmt: skip
_FORMATS_MEANT = {
    "datetime": "date-time",
    "timestamp": "date-time",
    "date": "date",
    "url": "uri",
    "uri": "uri",
}


def unknown_types(subject: Subject) -> Iterator[Diagnostic]:
    """Types that JSON Schema does not have, and formats that are nearly `date` or `date-time`."""
    for node in subject.nodes:
        unknown = [name for name in type_names(node.schema) if name not in JSON_TYPES]
        if unknown:
            message = f"{node.label} has a type that JSON Schema does not have"
            meant = _TYPES_MEANT.get(unknown[0].lower()) or _near_type(unknown[0])
            mend = f'did you mean "{meant}"?' if meant else f"use {listed(JSON_TYPES)}"
            yield UNKNOWN_TYPE.advice(f"{node.pointer}/type", message, mend)
        form = node.schema.get("format")
        meant = _format_meant(form) if isinstance(form, str) else None
        if meant is not None:
            message = f"{node.label} has a format that has no effect"
            yield UNKNOWN_TYPE.advice(f"{node.pointer}/format", message, f'did you mean "{meant}"?')


def _near_type(name: str) -> str | None:
    near = difflib.get_close_matches(name[:40].lower(), JSON_TYPES, 1)
    return near[0] if near else None


def _format_meant(name: str) -> str | None:
    """The format that was probably meant; None for a right one and for those that nobody here knows."""
    meant = _FORMATS_MEANT.get("".join(char for char in name[:40].lower() if char.isalpha()))
    return meant if meant != name else None


KEYWORD_RULES = (
    LintRule(MISSPELT, misspelt_keywords),
    LintRule(WRONG_KIND, useless_keywords),
    LintRule(UNKNOWN_TYPE, unknown_types),
)
