"""Defaults against their own field, and patterns in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.diagnostic import Diagnostic, Severity

Check = Callable[..., tuple[Diagnostic, ...]]
FIELD = "/spec/partialUserConfigSpec/connectionSpecification/properties/field"


def form(**field: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"field": {"title": "Field", **field}}}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"type": "integer", "default": "5"}, "`type`"),
        ({"type": "integer", "default": True}, "`type`"),
        ({"type": "integer", "default": 1.5}, "`type`"),
        ({"type": "string", "default": None}, "`type`"),
        ({"type": ["string", "integer"], "minimum": 2, "default": 1}, "`minimum`"),
        ({"type": "string", "const": "a", "default": "b"}, "`const`"),
        ({"type": "string", "pattern": "^[a-z]+$", "default": "A1"}, "`pattern`"),
        ({"type": "integer", "minimum": 1, "default": 0}, "`minimum`"),
        ({"type": "integer", "maximum": 1, "default": 2}, "`maximum`"),
        ({"type": "number", "exclusiveMinimum": 1, "default": 1}, "`exclusiveMinimum`"),
        ({"type": "number", "exclusiveMaximum": 1, "default": 1}, "`exclusiveMaximum`"),
        ({"type": "string", "minLength": 2, "default": "a"}, "`minLength`"),
        ({"type": "string", "maxLength": 1, "default": "ab"}, "`maxLength`"),
        ({"type": "array", "minItems": 1, "default": []}, "`minItems`"),
        ({"type": "array", "maxItems": 1, "default": [1, 2]}, "`maxItems`"),
        ({"type": "array", "items": {"type": "string"}, "default": ["a", 2]}, "`items`"),
        (
            {"type": "integer", "minimum": 5, "exclusiveMaximum": 0, "default": 1},
            "`minimum` and `exclusiveMaximum`",
        ),
    ],
)
def test_a_default_that_breaks_its_own_field(linted: Check, field: Any, words: str) -> None:
    assert [advice for advice in linted(form(**field)) if advice.rule == "R510"] == [
        Diagnostic(
            f"{FIELD}/default",
            "R510",
            f"the default of field does not meet its own {words}",
            "write a default that the field itself accepts, or leave it out",
            Severity.WARNING,
        )
    ]


@pytest.mark.parametrize("default", [1, 1.5, True])
def test_a_number_beside_a_text_type_is_left_to_the_rule_that_shows_how_it_is_written(
    linted: Check, default: Any
) -> None:
    assert linted(form(type=["string", "null"], default=default)) == ()


@pytest.mark.parametrize(
    "field",
    [
        {"type": "integer", "default": 1.0, "minimum": 1, "maximum": 1},
        {"type": "number", "default": 1, "exclusiveMinimum": 0, "exclusiveMaximum": 2},
        {"type": "string", "default": "ab", "minLength": 2, "maxLength": 2, "pattern": "^[a-z]+$"},
        {"type": "string", "nullable": True, "default": None},
        {"type": ["string", "null"], "default": None},
        {"type": "array", "items": {"type": "string", "enum": ["a"]}, "default": ["a"]},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "default": 1},
        {"type": "object", "default": {}, "properties": {}},
        {"default": 5},
    ],
)
def test_a_default_that_its_field_accepts(linted: Check, field: Any) -> None:
    assert linted(form(**field)) == ()


def test_the_default_of_a_choice_names_an_option_and_is_no_object(linted: Check) -> None:
    option = {"title": "O", "properties": {"kind": {"type": "string", "const": "token"}}}
    assert linted(form(type="object", oneOf=[option], default="token")) == ()


def test_a_default_that_is_none_of_the_choices(linted: Check) -> None:
    assert linted(form(type="string", enum=["eu", "us"], default="EU")) == (
        Diagnostic(
            f"{FIELD}/default",
            "R511",
            "the default of field is none of its choices",
            "write one of the values of `enum`",
            Severity.WARNING,
        ),
    )


def test_a_list_whose_default_holds_none_of_the_choices(linted: Check) -> None:
    found = linted(form(type="array", items={"type": "string", "enum": ["eu"]}, default=["eu", "us"]))
    assert [advice.rule for advice in found] == ["R511"]


def test_a_default_among_the_choices_is_fine(linted: Check) -> None:
    assert linted(form(type="integer", enum=[1, 2], default=1.0)) == ()


@pytest.mark.parametrize(
    ("form_name", "default", "mend"),
    [
        ("date", "01/31/2024", "write it like 2024-01-31"),
        ("date", "2024-02-30", "write it like 2024-01-31"),
        ("date-time", "2024-01-31", "write it like 2024-01-31T00:00:00Z"),
        ("uuid", "x", "write it as `uuid`"),
    ],
)
def test_a_default_in_the_wrong_format(linted: Check, form_name: str, default: str, mend: str) -> None:
    assert linted(form(type="string", format=form_name, default=default)) == (
        Diagnostic(
            f"{FIELD}/default",
            "R512",
            "the default of field does not have its format",
            mend,
            Severity.WARNING,
        ),
    )


@pytest.mark.parametrize(
    ("form_name", "default"),
    [("date", "2024-01-31"), ("date-time", "2024-01-31T00:00:00Z"), ("house-number", "?"), (5, "x")],
)
def test_a_default_in_its_format_or_an_unknown_one(linted: Check, form_name: Any, default: str) -> None:
    assert [
        a.rule for a in linted(form(type="string", format=form_name, default=default)) if a.rule == "R512"
    ] == []


def test_no_default_is_ever_shown(linted: Check) -> None:
    found = linted(form(type="string", pattern="^$", enum=["a"], format="date", default="hunter2"))
    assert [advice.rule for advice in found] == ["R510", "R511", "R512"]
    assert "hunter2" not in repr(found)
