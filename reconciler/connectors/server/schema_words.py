"""The validator's words for each keyword that is not met, after networknt 1.5.2. Pure.

Nothing of the document is ever quoted but names of members. `anyOf`, `allOf`, `if` and references have no words of their own:
their parts speak.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from reconciler.connectors.server.java_text import as_text
from reconciler.model.json_value import JsonValue

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")

SURPLUS_ITEM = "index '{}' is not defined in the schema and the schema does not allow additional items"
SURPLUS_NAME = (
    "property '{}' is not defined in the schema and the schema does not allow additional properties"
)
BOUNDS = {
    "minimum": "must have a minimum value of {}",
    "maximum": "must have a maximum value of {}",
    "exclusiveMinimum": "must have an exclusive minimum value of {}",
    "exclusiveMaximum": "must have an exclusive maximum value of {}",
    "minLength": "must be at least {:,} characters long",
    "maxLength": "must be at most {:,} characters long",
    "minItems": "must have at least {:,} items but found {:,}",
    "maxItems": "must have at most {:,} items but found {:,}",
    "minProperties": "must have at least {:,} properties",
    "maxProperties": "must have at most {:,} properties",
}


def value_type(value: JsonValue) -> str:
    """The JSON type as the validator names it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return names[type(value)]


def type_words(expected: JsonValue, instance: JsonValue) -> str:
    """The words for a value of another type than `expected`, a name or a list of names."""
    return f"{value_type(instance)} found, {_type_names(expected)} expected"


def _type_names(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_type_names(item) for item in value)}]"
    return value if isinstance(value, str) and value in (*TYPES, "any") else "unknown"


def enum_words(value: JsonValue, *, or_null: bool) -> str:
    """The words for a value that is not listed."""
    items = value if isinstance(value, list) else None
    listed = "none" if items is None else ", ".join([*map(_listed, items), *["null"] * or_null])
    return f"does not have a value in the enumeration [{listed}]"


def _listed(value: JsonValue) -> str:
    return compact(value) if isinstance(value, str | list | dict) else as_text(value)


def compact(value: JsonValue) -> str:
    """A part of a schema as the validator quotes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def grouped(number: float) -> str:
    """A number as Java's message format prints it: thousands grouped, at most three digits behind the point."""
    exact = Decimal(repr(number))
    text = f"{exact.quantize(Decimal('0.001')) if abs(number) < 1e15 else exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def one_of_words(met: Sequence[int]) -> str:
    """The words for a value that meets none of the options, or two: their indexes."""
    indexes = f" with indexes '{', '.join(map(str, met))}'" if met else ""
    return f"must be valid to one and only one schema, but {len(met)} are valid{indexes}"


def dependency_words(value: JsonValue) -> str:
    """The words for a member that another one asks for: all the names that ask, as Java writes a map."""
    members = value.items() if isinstance(value, dict) else ()
    lists = (
        f"{name}=[{', '.join(map(as_text, names))}]" for name, names in members if isinstance(names, list)
    )
    return f"has an error with dependencies {{{', '.join(lists)}}}"
