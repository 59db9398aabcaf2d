"""Values that meet a schema: offered only when the server's validator would take them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.scaffold.samples import fits, fitting_text, fitting_value, pattern_samples
from reconciler.connectors.server.java_pattern import java_search


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(sandbox|live)_.+$",
        r"^(s|r)k_(live|test)_[a-zA-Z0-9]+$",
        r"^[0-9]{32}$",
        r"^https?://[\w.-]+(:\d+)?(/[\w.-]+)*/?$",
        r"^[^\s/]+\.example\.com$",
        r"^(?:a{2,3}|b)\d{2}(?=x)?[-_]?[A-Z]{2}$",
        r"^(?!http)[\w.-]+$",
        r"^\[[a-z\]]{3}\|$",
    ],
)
def test_a_text_is_found_for_common_patterns(pattern: str) -> None:
    text = fitting_text({"type": "string", "pattern": pattern})
    assert text is not None
    assert java_search(pattern, text)


@pytest.mark.parametrize("pattern", ["(", "a)", "[z-a]", "*", "(" * 50, "(((a{100}){100}){100})", "{"])
def test_patterns_that_cannot_be_read_or_grow_too_large_give_nothing(pattern: str) -> None:
    assert list(pattern_samples(pattern)) == []


def test_the_specification_is_asked_before_anything_is_made_up() -> None:
    schema: Any = {"type": "string", "pattern": "^[a-z]+$", "examples": ["YYYY", "eu"]}
    assert fitting_text(schema) == "eu"


def test_nothing_is_offered_when_nothing_can_fit() -> None:
    schema: Any = {"type": "string", "format": "date", "pattern": "^[0-9]{2}-[0-9]{2}-[0-9]{4}$"}
    assert fitting_text(schema) is None
    assert fitting_value({"type": "integer", "minimum": 3, "maximum": 2}) == ()


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "enum": [7, 30]}, 7),
        ({"type": "integer", "minimum": 100}, 100),
        ({"type": "integer", "exclusiveMinimum": 50}, 51),
        ({"type": "boolean", "const": False}, False),
        ({"type": "array", "minItems": 2, "items": {"type": "string", "enum": ["a", "b", "c"]}}, ["a", "b"]),
        ({"type": "array", "minItems": 2, "items": {"type": "integer"}}, [1, 1]),
        ({"type": "array", "minItems": 1, "items": {"type": "string"}, "examples": ["x", "y"]}, ["x"]),
        ({"type": "string", "minLength": 40}, "x" * 40),
    ],
)
def test_the_plainest_fitting_value_of_each_type(schema: Any, value: Any) -> None:
    assert fitting_value(schema) == (value,)


def test_a_value_fits_by_the_servers_rules_and_not_by_pythons() -> None:
    assert not fits(True, {"enum": [1]})
    assert fits(1.0, {"type": "integer"})
    assert not fits("1970-01-01", {"type": "string", "format": "date-time"})


def test_a_schema_that_the_server_cannot_work_with_fits_nothing() -> None:
    assert not fits("a", {"$ref": "#/definitions/nowhere"})


@given(st.text(alphabet="[]^-&|~a-z0\\\\(){}?*+<:=!,", max_size=12))
def test_no_pattern_is_too_strange_to_be_tried(pattern: str) -> None:
    assert all(len(text) <= 12_000 for text in pattern_samples(pattern))
