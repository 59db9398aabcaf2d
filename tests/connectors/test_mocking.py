"""The mock document, and what the merge does to the presets."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.connectors.server.create import (
    Merge,
    MergeFailed,
    merge_presets,
    mock_document,
)


@pytest.mark.parametrize(
    ("schema", "mock"),
    [
        ({"type": "integer", "default": 7, "minimum": 100}, 42),
        ({"type": "number", "maximum": 1}, 3.14),
        ({"type": "boolean", "const": False}, True),
        ({"type": "null"}, None),
        ({"type": ["string", "null"]}, None),
        ({"type": "date"}, None),
        ({}, None),
        (True, None),
        ([], None),
        ({"type": "string"}, "mock_string"),
        ({"type": "string", "enum": ["a"], "const": "b", "pattern": "^c$"}, "mock_string"),
        ({"type": "string", "default": "d", "pattern_descriptor": "p"}, "d"),
        ({"type": "string", "default": None}, "null"),
        ({"type": "string", "default": 5}, "5"),
        ({"type": "string", "default": 0.5}, "0.5"),
        ({"type": "string", "default": 1e10}, "1.0E10"),
        ({"type": "string", "default": True}, "true"),
        ({"type": "string", "default": {"a": 1}}, ""),
        ({"type": "string", "default": []}, ""),
        ({"type": "string", "pattern_descriptor": "YYYY", "examples": ["2024"]}, "YYYY"),
        ({"type": "string", "examples": ["first", "second"], "format": "date"}, "first"),
        ({"type": "string", "examples": []}, "mock_string"),
        ({"type": "string", "examples": "first"}, "mock_string"),
        ({"type": "string", "format": "date"}, "1970-01-01"),
        ({"type": "string", "format": "date-time"}, "1970-01-01T00:00:00Z"),
        ({"type": "string", "format": "uuid"}, "mock_string"),
        ({"type": "array"}, ["mock_string"]),
        ({"type": "array", "items": {"type": "integer"}}, [42]),
        ({"type": "array", "items": [{"type": "integer"}]}, ["mock_string"]),
        ({"type": "array", "items": {}, "default": []}, [None]),
        ({"type": "object"}, {}),
        ({"type": "object", "properties": None}, {}),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, {}),
    ],
)
def test_mock_by_type(schema: Any, mock: Any) -> None:
    assert mock_document(schema) == mock


def test_an_object_mocks_only_required_names_that_exist() -> None:
    schema: Any = {
        "type": "object",
        "required": ["a", "missing"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    }
    assert mock_document(schema) == {"a": 42}


@pytest.mark.parametrize("required", [True, "a", None, 1])
def test_a_required_that_is_no_list_requires_nothing(required: Any) -> None:
    schema: Any = {"type": "object", "required": required, "properties": {"a": {"type": "integer"}}}
    assert mock_document(schema) == {}


def test_one_of_mocks_its_first_option_and_ignores_the_rest() -> None:
    first: Any = {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}
    schema: Any = {
        "type": "object",
        "oneOf": [first, {"type": "string"}],
        "required": ["b"],
        "properties": {"b": {"type": "string"}},
    }
    assert mock_document(schema) == {"a": True}


def test_a_first_option_without_type_counts_as_an_object() -> None:
    first: Any = {"required": ["a"], "properties": {"a": {"type": "boolean"}}}
    assert mock_document({"type": "object", "oneOf": [first]}) == {"a": True}


def test_a_first_option_of_another_type_is_mocked_as_that_type() -> None:
    assert mock_document({"type": "object", "oneOf": [{"type": "string"}]}) == "mock_string"


@pytest.mark.parametrize("options", [[], {}, None])
def test_an_empty_one_of_is_ignored(options: Any) -> None:
    assert mock_document({"type": "object", "oneOf": options}) == {}


def test_one_of_counts_only_beside_type_object() -> None:
    assert mock_document({"oneOf": [{"type": "object"}]}) is None


def test_top_level_scalars_lose_in_the_check_and_survive_in_the_store() -> None:
    assert merge_presets({"a": 1, "b": [1]}, {"a": 2, "b": [2]}) == Merge(
        {"a": 2, "b": [2]}, {"a": 1, "b": [1]}
    )


def test_members_that_only_the_mock_has_are_not_stored_at_the_top() -> None:
    assert merge_presets({"a": 1}, {"b": {"c": 1}}) == Merge({"a": 1, "b": {"c": 1}}, {"a": 1})


def test_a_shared_object_is_overwritten_and_extended_in_the_store() -> None:
    presets: Any = {"credentials": {"id": "real", "kept": True}}
    merge = merge_presets(presets, {"credentials": {"id": "mock", "token": "mock"}})
    assert merge.stored == {"credentials": {"id": "mock", "kept": True, "token": "mock"}}
    assert presets == {"credentials": {"id": "real", "kept": True}}


def test_the_damage_goes_to_every_depth_of_a_shared_object() -> None:
    merge = merge_presets({"a": {"b": {"c": 1, "d": [1]}}}, {"a": {"b": {"c": 2, "d": [2]}}})
    assert merge.stored == {"a": {"b": {"c": 2, "d": [2]}}}


def test_an_object_that_the_mock_does_not_touch_is_stored_as_sent() -> None:
    merge = merge_presets({"a": {"b": {"x": 1}, "c": {"y": 1}}}, {"a": {"b": {"x": 2}}})
    assert merge.stored == {"a": {"b": {"x": 2}, "c": {"y": 1}}}


def test_objects_inside_arrays_are_never_shared() -> None:
    merge = merge_presets({"a": [{"b": 1}]}, {"a": [{"b": 2}]})
    assert merge.stored == {"a": [{"b": 1}]}


@pytest.mark.parametrize(
    ("presets", "mock", "message"),
    [
        ([], {}, "Default config must be object"),
        (None, {}, "Default config must be object"),
        ("x", None, "Default config must be object"),
        ({}, None, "Both nodes must be objects to merge"),
        ({}, [], "Both nodes must be objects to merge"),
        ({"a": 1}, {"a": {}}, "Type mismatch for property 'a': Cannot merge object with non-object"),
        ({"a": {}}, {"a": None}, "Type mismatch for property 'a': Cannot merge object with non-object"),
        (
            {"a": {"b": {}}},
            {"a": {"b": 1}},
            "Type mismatch for property 'b': Cannot merge object with non-object",
        ),
    ],
)
def test_what_cannot_be_merged(presets: Any, mock: Any, message: str) -> None:
    with pytest.raises(MergeFailed) as raised:
        merge_presets(presets, mock)
    assert str(raised.value) == message
