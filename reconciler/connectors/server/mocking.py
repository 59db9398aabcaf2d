"""The mock document that the server makes from a form, and how it is merged over the presets. Pure.

Platform v1.7 to v2.0 (SchemaDefaultValueHelper, JsonMergingHelper). The merge is where the server loses
data: it puts the presets' nested objects into its result by reference, so mock values that fall into a
shared object are written into the presets before those are stored.
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.connectors.server.java_values import ABSENT, Absent, as_object, as_text, member
from reconciler.model.json_value import JsonObject, JsonValue

_FIXED: dict[str, JsonValue] = {"integer": 42, "number": 3.14, "boolean": True}
_BY_FORMAT = {"date": "1970-01-01", "date-time": "1970-01-01T00:00:00Z"}
_MOCK_STRING = "mock_string"


class MergeFailed(Exception):
    """The server cannot merge presets and mock and answers 500; the message is the exception's."""


class Merge(NamedTuple):
    """`validated` is what is checked against the connector's schema, `stored` is what the server keeps as the presets."""

    validated: JsonObject
    stored: JsonObject


def mock_document(schema: JsonValue | Absent) -> JsonValue:
    """The document that the server validates in place of the customer's answers to this connection specification.

    Null for every type that the server does not know, a missing type and a list of types included. `enum`,
    `const`, `pattern`, `minimum` and `maximum` are ignored; strings alone look at `default`.
    """
    kind = member(schema, "type")
    name = "" if kind is ABSENT else as_text(kind)
    if name == "object":
        return _object_mock(schema)
    if name == "array":
        items = member(schema, "items")
        return [mock_document(items) if isinstance(items, dict) else _MOCK_STRING]
    return _string_mock(schema) if name == "string" else _FIXED.get(name)


def _object_mock(schema: JsonValue | Absent) -> JsonValue:
    options = member(schema, "oneOf")
    if isinstance(options, list) and options:
        first = options[0]
        # An option without a type counts as an object, whatever else it says.
        return _object_mock(first) if member(first, "type") is ABSENT else mock_document(first)
    required = member(schema, "required")
    if isinstance(required, dict):  # Jackson iterates over an object's values too
        required = list(required.values())
    names = frozenset(map(as_text, required)) if isinstance(required, list) else frozenset[str]()
    properties = as_object(member(schema, "properties"))
    return {name: mock_document(value) for name, value in properties.items() if name in names}


def _string_mock(schema: JsonValue | Absent) -> str:
    for key in ("default", "pattern_descriptor"):
        value = member(schema, key)
        if value is not ABSENT:
            return as_text(value)
    examples = member(schema, "examples")
    if isinstance(examples, list) and examples:
        return as_text(examples[0])
    form = member(schema, "format")
    return _MOCK_STRING if form is ABSENT else _BY_FORMAT.get(as_text(form), _MOCK_STRING)


def merge_presets(presets: JsonValue, mock: JsonValue) -> Merge:
    """The server's merge of the mock over the presets, with its side effect on the presets made visible.

    Objects are merged member by member, everything else of the mock wins, arrays included. `stored` equals
    `presets` except where a top-level member is an object on both sides: the server merges into that very
    object, so all of it, at every depth, is kept as merged. Top-level scalars and arrays, and members that
    the mock does not name, are kept as given. Raises MergeFailed for a pair that is no pair of objects, and
    for an object against a non-object.
    """
    if not isinstance(presets, dict):
        raise MergeFailed("Default config must be object")
    if not isinstance(mock, dict):
        raise MergeFailed("Both nodes must be objects to merge")
    validated = _merged(presets, mock)
    shared = {key for key, value in presets.items() if isinstance(value, dict) and key in mock}
    return Merge(validated, {key: validated[key] if key in shared else presets[key] for key in presets})


def _merged(target: JsonObject, source: JsonObject) -> JsonObject:
    result = dict(target)
    for key, new in source.items():
        old = target.get(key, ABSENT)
        if isinstance(old, dict) and isinstance(new, dict):
            result[key] = _merged(old, new)
        elif old is not ABSENT and isinstance(old, dict) != isinstance(new, dict):
            raise MergeFailed(f"Type mismatch for property '{key}': Cannot merge object with non-object")
        else:
            result[key] = new
    return result
