"""The mock document that the server makes from a form, and how it is merged over the presets. Pure.

Platform v1.7 to v2.0 (SchemaDefaultValueHelper, JsonMergingHelper). The merge is where the server loses
data: it puts the presets' nested objects into its result by reference, so mock values that fall into a
shared object are written into the presets before those are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.connectors.server.java_values import ABSENT, Absent, as_text, member
from reconciler.model.json_value import JsonObject, JsonValue

_FIXED: dict[str, JsonValue] = {"integer": 42, "number": 3.14, "boolean": True}
_BY_FORMAT = {"date": "1970-01-01", "date-time": "1970-01-01T00:00:00Z"}
_MOCK_STRING = "mock_string"


class MergeFailed(Exception):
    """The server cannot merge presets and mock and answers 500; the message is the exception's."""


@dataclass(frozen=True)
class Merge:
    """`validated` is what the connector's schema is held against, `stored` is what the server keeps as the
    presets.
    """

    validated: JsonObject
    stored: JsonObject


def mock_document(connection_specification: JsonValue) -> JsonValue:
    """The document that stands for the customer's answers while the server validates.

    Null for every type that the server does not know, a missing type and a list of types included. `enum`,
    `const`, `pattern`, `minimum` and `maximum` are ignored; strings alone look at `default`.
    """
    return _mock(connection_specification)


def _mock(schema: JsonValue | Absent) -> JsonValue:
    kind = member(schema, "type")
    name = "" if kind is ABSENT else as_text(kind)
    if name == "object":
        return _object_mock(schema)
    if name == "array":
        return [_item_mock(member(schema, "items"))]
    if name == "string":
        return _string_mock(schema)
    return _FIXED.get(name)


def _object_mock(schema: JsonValue | Absent) -> JsonValue:
    options = member(schema, "oneOf")
    if isinstance(options, list) and options:
        first = options[0]
        # An option without a type counts as an object, whatever else it says.
        return _object_mock(first) if member(first, "type") is ABSENT else _mock(first)
    properties = member(schema, "properties")
    required = _required_names(member(schema, "required"))
    if not isinstance(properties, dict):
        return {}
    return {name: _mock(value) for name, value in properties.items() if name in required}


def _required_names(value: JsonValue | Absent) -> frozenset[str]:
    if isinstance(value, dict):  # Jackson iterates over an object's values too
        return frozenset(as_text(item) for item in value.values())
    return frozenset(as_text(item) for item in value) if isinstance(value, list) else frozenset()


def _item_mock(items: JsonValue | Absent) -> JsonValue:
    return _mock(items) if isinstance(items, dict) else _MOCK_STRING


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
    stored = {key: validated[key] if key in shared else value for key, value in presets.items()}
    return Merge(validated=validated, stored=stored)


def _merged(target: JsonObject, source: JsonObject) -> JsonObject:
    result = dict(target)
    for key, value in source.items():
        result[key] = _merged_member(key, target[key], value) if key in target else value
    return result


def _merged_member(key: str, old: JsonValue, new: JsonValue) -> JsonValue:
    if isinstance(old, dict) and isinstance(new, dict):
        return _merged(old, new)
    if isinstance(old, dict) != isinstance(new, dict):
        raise MergeFailed(f"Type mismatch for property '{key}': Cannot merge object with non-object")
    return new
