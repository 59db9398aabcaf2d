"""Numbers and booleans where a form says `type: string`: `default: 1.10` is 1.1 by the time anybody reads it. Pure.

The server takes them, and published specifications hold some (source-gutendex, source-tmdb). So they are warnings; a `const` that no
text can equal is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.findings import WRITTEN
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment
from reconciler.model.text import kind_of

# Where JSON Schema (draft-07) holds further schemas. Elsewhere `type` and `default` may be names of properties.
_NAMED_SCHEMAS: Final = ("properties", "patternProperties", "definitions", "$defs", "dependencies")
_SCHEMAS: Final = (
    "items",
    "additionalProperties",
    "additionalItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "propertyNames",
)
_SCHEMA_LISTS: Final = ("oneOf", "anyOf", "allOf", "items")
_SINGLE_VALUES: Final = ("default", "const")
_LISTED_VALUES: Final = ("enum", "examples")


def string_findings(schema: JsonValue, where: str) -> Iterator[Diagnostic]:
    """A finding for each `default`, `const`, `enum` or `examples` value that is not the text its node asks for.

    `where` is the JSON pointer of `schema` in its document.
    """
    if not isinstance(schema, dict):
        return
    yield from _own_findings(schema, where)
    for key, inner in schema.items():
        if isinstance(inner, dict):
            yield from _inner_findings(key, inner, f"{where}/{escape_segment(key)}")
        elif isinstance(inner, list) and key in _SCHEMA_LISTS:
            for index, item in enumerate(inner):
                yield from string_findings(item, f"{where}/{key}/{index}")


def _inner_findings(key: str, inner: JsonObject, where: str) -> Iterator[Diagnostic]:
    if key in _SCHEMAS:
        yield from string_findings(inner, where)
    elif key in _NAMED_SCHEMAS:
        for name, item in inner.items():
            yield from string_findings(item, f"{where}/{escape_segment(name)}")


def _own_findings(schema: JsonObject, where: str) -> Iterator[Diagnostic]:
    types = schema.get("type")
    names = types if isinstance(types, list) else [types]
    if "string" not in names:
        return
    for place, value in _values(schema, where):
        is_boolean = isinstance(value, bool)
        allowed = ("boolean",) if is_boolean else ("number", "integer")
        if (is_boolean or isinstance(value, int | float)) and not any(name in names for name in allowed):
            message = f"`{WRITTEN}` is {kind_of(value)} beside `type: string`"
            severity = Severity.ERROR if place == f"{where}/const" else Severity.WARNING
            yield Diagnostic(
                place, rules.NUMBER_BESIDE_STRING, message, f'quote it: "{WRITTEN}"', severity=severity
            )


def _values(schema: JsonObject, where: str) -> Iterator[tuple[str, JsonValue]]:
    for key in (*_SINGLE_VALUES, *_LISTED_VALUES):
        if key not in schema:
            continue
        value = schema[key]
        if isinstance(value, list) and key in _LISTED_VALUES:
            yield from ((f"{where}/{key}/{index}", item) for index, item in enumerate(value))
        else:
            yield f"{where}/{key}", value
