"""What the form leaves out: keywords, shapes and types that the widget does not look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Manifest

Check = Callable[..., tuple[Diagnostic, ...]]
SCHEMA = "/spec/partialUserConfigSpec/connectionSpecification"
FIELD = f"{SCHEMA}/properties/field"
OPTION: dict[str, Any] = {"title": "A", "properties": {"kind": {"type": "string", "const": "a"}}}


@pytest.fixture
def linted(make: Callable[..., Manifest]) -> Check:
    """What all rules say."""
    return lambda *form, **rest: lint(Subject(make(*form, **rest)))


def form(*, root: dict[str, Any] | None = None, **schema: Any) -> dict[str, Any]:
    field = {"title": "Field", "type": "string", **schema}
    return {"type": "object", "properties": {"field": field}, **(root or {})}


def told(found: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    return [(advice.rule, advice.pointer, advice.message) for advice in found]


def test_an_any_of_is_a_warning_that_names_one_of(linted: Check) -> None:
    choice: dict[str, Any] = {"type": "object", "anyOf": [OPTION, {"properties": {"kind": {}}}]}
    assert linted(form(**choice)) == (
        Diagnostic(
            f"{FIELD}/anyOf",
            "R517",
            "the form ignores `anyOf` of field",
            "write a `oneOf` whose options share a `const`",
            Severity.WARNING,
            on_key=True,
        ),
    )


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("allOf", [{"minimum": 1}]),
        ("not", {"const": "x"}),
        ("if", {"const": "x"}),
        ("dependencies", {"a": ["b"]}),
        ("dependentRequired", {"a": ["b"]}),
        ("dependentSchemas", {"a": {}}),
        ("patternProperties", {"^a": {}}),
        ("propertyNames", {"maxLength": 3}),
        ("$ref", "#/definitions/a"),
    ],
)
def test_what_the_form_ignores_is_said_at_the_field_and_at_the_root(
    linted: Check, keyword: str, value: Any
) -> None:
    message = f"the form ignores `{keyword}` of"
    assert ("R517", f"{FIELD}/{keyword}", f"{message} field") in told(linted(form(**{keyword: value})))
    root = linted(form(root={keyword: value}))
    assert told(root) == [("R517", f"{SCHEMA}/{keyword}", f"{message} the form")]


def test_what_the_form_does_not_check_is_said_once_for_each_field(linted: Check) -> None:
    assert told(linted(form(minLength=2, maxLength=3))) == [
        ("R517", f"{FIELD}/minLength", "the form does not check `minLength` and `maxLength` of field")
    ]


def test_what_nobody_sees_may_be_ignored(linted: Check) -> None:
    assert linted(form(airbyte_hidden=True, type="object", anyOf=[{"minLength": 1, "allOf": [{}]}])) == ()


def test_an_option_and_the_items_of_a_list_are_looked_at(linted: Check) -> None:
    option = {**OPTION, "not": {"required": ["x"]}}
    assert told(linted(form(type="object", oneOf=[option])))[0][1] == f"{FIELD}/oneOf/0/not"
    items = {"type": "string", "minLength": 1}
    assert told(linted(form(type="array", items=items))) == [
        ("R517", f"{FIELD}/items/minLength", "the form does not check `minLength` of field.*")
    ]


@pytest.mark.parametrize(
    ("schema", "where", "message"),
    [
        ({"type": "object"}, "", "the form shows nothing of field: it has no `properties`"),
        (
            {"type": "object", "oneOf": [OPTION], "properties": {"a": {}}},
            "/properties",
            "the form shows no field of field: `properties` beside `oneOf` are ignored",
        ),
        (
            {"properties": {"a": {}}},
            "/properties",
            "the form shows no field of field: `properties` without `type: object` are ignored",
        ),
        (
            {"type": "array", "items": {"properties": {"a": {}}}},
            "/items",
            "the form asks for texts in field, not for objects",
        ),
        (
            {"type": "array", "items": [{"type": "string"}]},
            "/items",
            "the form asks for any number of texts in field",
        ),
    ],
)
def test_shapes_of_which_the_form_shows_nothing(linted: Check, schema: Any, where: str, message: str) -> None:
    assert ("R517", f"{FIELD}{where}", message) in told(linted(form(**schema)))


@pytest.mark.parametrize(
    ("declared", "consequence"),
    [
        (["string", "null"], "the form takes it for `string`, and checks nothing"),
        (["null", "string"], "the form takes it for text, and checks nothing"),
        (["object", "null"], "the form takes it for text, and checks nothing"),
        (["integer", "null"], "the form sends the number as text, and checks nothing"),
        ([], "the form takes it for text, and checks nothing"),
    ],
)
def test_a_list_of_types_is_told_with_what_the_form_makes_of_it(
    linted: Check, declared: list[str], consequence: str
) -> None:
    assert ("R518", f"{FIELD}/type", f"field has a list of types: {consequence}") in told(
        linted(form(type=declared))
    )


def test_a_field_without_a_type_is_told_at_its_name(linted: Check) -> None:
    assert told(linted({"type": "object", "properties": {"field": {"title": "Field"}}})) == [
        ("R518", FIELD, "field has no `type`: the form takes it for text, and checks nothing")
    ]


def test_a_field_that_is_described_by_true_takes_true_or_false_as_text(linted: Check) -> None:
    message = "field is described by true or false: the form asks for one of these words"
    assert told(linted({"type": "object", "properties": {"field": True}})) == [("R518", FIELD, message)]


def test_constants_need_no_type(linted: Check) -> None:
    assert linted({"type": "object", "properties": {"field": {"const": "x"}}}) == ()


def test_a_flag_that_is_text_counts_as_true_in_the_form(linted: Check) -> None:
    (found,) = linted(form(airbyte_secret="false"))
    assert found.message == "`airbyte_secret` in field counts as true: its value must be true or false"


def test_a_keyword_that_stops_the_form_is_not_said_to_have_no_effect(linted: Check) -> None:
    assert [advice.rule for advice in linted(form(enum="eu"))] == ["R502"]
