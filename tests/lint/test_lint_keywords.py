"""The words of a form's schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.diagnostic import Diagnostic, Severity

Check = Callable[..., tuple[Diagnostic, ...]]
FIELD = "/spec/partialUserConfigSpec/connectionSpecification/properties/field"


def form(**field: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"field": {"title": "Field", "type": "string", **field}}}


@pytest.mark.parametrize(
    ("keyword", "meant"),
    [
        ("tittle", "title"),
        ("desciption", "description"),
        ("decription", "description"),
        ("requried", "required"),
        ("min", "minimum"),
        ("max", "maximum"),
        ("maxitems", "maxItems"),
        ("mininum", "minimum"),
        ("airbyteSecret", "airbyte_secret"),
        ("secret", "airbyte_secret"),
        ("example", "examples"),
        ('title"', "title"),
        ("Title", "title"),
    ],
)
def test_a_misspelt_keyword_is_named_with_what_was_meant(linted: Check, keyword: str, meant: str) -> None:
    assert linted(form(**{keyword: "x"})) == (
        Diagnostic(
            f"{FIELD}/{keyword}",
            "R514",
            f'"{keyword}" in field is no keyword and has no effect',
            f'did you mean "{meant}"?',
            Severity.WARNING,
            on_key=True,
        ),
    )


@pytest.mark.parametrize(
    "keyword", ["x-internal", "name", "linkable", "airbyte_type", "$comment", "min_replicas_of_x"]
)
def test_a_keyword_that_is_near_none_is_left_alone(linted: Check, keyword: str) -> None:
    assert linted(form(**{keyword: "x"})) == ()


def test_names_of_fields_are_no_keywords(linted: Check) -> None:
    field = {"title": "T", "type": "string"}
    names = ("tittle", "min", "max", "type", "default", "const", "enum", "examples", "required", "items")
    assert linted({"type": "object", "properties": dict.fromkeys(names, field)}) == ()


def test_values_are_no_schemas(linted: Check) -> None:
    node = {"tittle": 1, "min": 2, "type": "strin"}
    assert linted(form(type="object", default=node, examples=[node], enum=[node, node])) == ()


def test_misspelt_words_are_found_at_every_depth(linted: Check) -> None:
    deep = {"tittle": "x"}
    found = linted(
        {
            "type": "object",
            "definitions": {"d": deep},
            "allOf": [deep],
            "not": deep,
            "patternProperties": {"^a": deep},
            "properties": {
                "a": {"title": "A", "type": "array", "items": {**deep, "additionalProperties": deep}}
            },
        }
    )
    assert [
        advice.pointer.removeprefix("/spec/partialUserConfigSpec/connectionSpecification") for advice in found
    ] == [
        "/allOf/0/tittle",
        "/definitions/d/tittle",
        "/not/tittle",
        "/patternProperties/^a/tittle",
        "/properties/a/items/additionalProperties/tittle",
        "/properties/a/items/tittle",
    ]


def test_a_field_that_was_forgotten_under_properties(linted: Check) -> None:
    schema = {"type": "object", "properties": {}, "count": {"type": "integer", "title": "Count"}}
    (found,) = linted(schema)
    assert (found.rule, found.help) == ("R514", "if it is a field, write it under `properties`")


@pytest.mark.parametrize(
    ("keyword", "value", "wanted"),
    [
        ("required", True, "a list"),
        ("title", 5, "text"),
        ("order", "1", "a number"),
        ("uniqueItems", "true", "true or false"),
        ("maxLength", 1.5, "a whole number"),
        ("properties", ["a"], "an object"),
        ("examples", "a", "a list"),
        ("exclusiveMinimum", "0", "a number or true or false"),
    ],
)
def test_a_keyword_whose_value_means_nothing(linted: Check, keyword: str, value: Any, wanted: str) -> None:
    mend = "list field in `required` of the object around it" if keyword == "required" else ""
    assert linted(form(**{keyword: value})) == (
        Diagnostic(
            f"{FIELD}/{keyword}",
            "R515",
            f"`{keyword}` in field has no effect: its value must be {wanted}",
            mend,
            Severity.WARNING,
        ),
    )


def test_keywords_with_their_usual_values_are_fine(linted: Check) -> None:
    field = {
        "order": 1.5,
        "airbyte_secret": False,
        "exclusiveMinimum": True,
        "items": [{}],
        "additionalProperties": {},
        "maxLength": 5.0,
        "examples": [],
        "if": True,
    }
    assert linted(form(**field)) == ()


@pytest.mark.parametrize(
    ("declared", "mend"),
    [
        ("int", 'did you mean "integer"?'),
        ("strng", 'did you mean "string"?'),
        ("date", 'did you mean "string"?'),
        (["string", "nul"], 'did you mean "null"?'),
        ("?", "use object, array, string, number, integer, boolean and null"),
    ],
)
def test_a_type_that_does_not_exist(linted: Check, declared: Any, mend: str) -> None:
    assert linted(form(type=declared)) == (
        Diagnostic(
            f"{FIELD}/type", "R516", "field has a type that JSON Schema does not have", mend, Severity.WARNING
        ),
    )


@pytest.mark.parametrize(
    ("name", "meant"), [("datetime", "date-time"), ("date_time", "date-time"), ("Date", "date")]
)
def test_a_format_that_is_nearly_a_date(linted: Check, name: str, meant: str) -> None:
    assert linted(form(format=name)) == (
        Diagnostic(
            f"{FIELD}/format",
            "R516",
            "field has a format that has no effect",
            f'did you mean "{meant}"?',
            Severity.WARNING,
        ),
    )


@pytest.mark.parametrize("name", ["date", "date-time", "uri", "email", "house-number"])
def test_known_and_foreign_formats_are_left_alone(linted: Check, name: str) -> None:
    assert linted(form(format=name)) == ()
