"""Forms of every connector that the sandbox knows, and of specifications that nobody would write."""

from __future__ import annotations

from typing import Any

import pytest
from factories import FAKER, live, manifest
from forms.page_reading import faults, read
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.forms.build import build_form
from reconciler.forms.html_form import compared_markup, form_markup
from reconciler.forms.parts import compare_forms
from reconciler.forms.template_form import form_of_live, form_of_manifest
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import Connector

CONNECTORS = builtin_catalogue().connectors
MARK = "<i data-mark=1>&\"'"
"""Would become an element, or break out of an attribute, wherever it were not escaped."""

KEYWORDS = [
    "type", "properties", "required", "oneOf", "items", "title", "description", "default", "const", "enum", "examples",
    "format", "pattern", "pattern_descriptor", "airbyte_secret", "airbyte_hidden", "order", "group", "groups", "multiline",
    "always_show", "display_type", "minimum", "maximum", "$ref", "additionalProperties",
]  # fmt: skip
NAMES = st.sampled_from(["a", "b", "kind", "api_key", "", "a/b", MARK, "9" * 5_000])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.sampled_from(
        [
            MARK,
            "",
            "object",
            "array",
            "string",
            "integer",
            "boolean",
            "date-time",
            "radio",
            "\ud800",
            "a\x00\u202eb",
            "</script>",
        ]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


def schemas() -> st.SearchStrategy[JsonValue]:
    """Half schemas: keywords mostly where they belong, with values mostly of their kind."""

    def around(inner: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
        return st.fixed_dictionaries(
            {"type": st.sampled_from(["object", "array", "string", ["null", "integer"], None])},
            optional={
                "properties": st.one_of(VALUES, st.dictionaries(NAMES, inner, max_size=4)),
                "oneOf": st.one_of(VALUES, st.lists(inner, max_size=3)),
                "items": inner,
                "required": st.one_of(VALUES, st.lists(NAMES, max_size=3)),
                **{
                    word: VALUES
                    for word in KEYWORDS
                    if word not in {"type", "properties", "oneOf", "items", "required"}
                },
            },
        )

    return st.recursive(
        st.one_of(VALUES, st.dictionaries(st.sampled_from(KEYWORDS), VALUES, max_size=5)),
        around,
        max_leaves=8,
    )


def forms() -> st.SearchStrategy[Any]:
    whole = st.fixed_dictionaries(
        {"connectionSpecification": schemas()},
        optional={"advanced_auth": VALUES, MARK: VALUES},
    )
    return st.one_of(whole, st.dictionaries(NAMES, VALUES, max_size=3))


@given(form=forms(), presets=st.dictionaries(NAMES, VALUES, max_size=3))
def test_no_specification_raises_or_breaks_the_page(form: JsonObject, presets: JsonObject) -> None:
    connector = Connector(FAKER.id, "source-faker", MARK, "1", form)
    for wanted in (manifest(presets=presets, spec=form), manifest(connector=connector, presets=presets)):
        shown = form_markup(form_of_manifest(wanted), prefix="f")
        assert faults(shown) == []
        assert "data-mark" not in {name for element in read(shown).elements for name in element.attributes}
        shown.encode()


@given(left=forms(), right=forms())
def test_two_forms_side_by_side_share_no_id_and_equal_ones_have_no_mark(
    left: JsonObject, right: JsonObject
) -> None:
    one, other = build_form(left), build_form(right)
    assert compare_forms(one, one) == ({}, {})
    assert faults(compared_markup(one, other, prefix="f", titles=("now", "then"))) == []


@pytest.mark.parametrize("connector", CONNECTORS, ids=[connector.label for connector in CONNECTORS])
def test_every_known_connector_has_a_form_that_the_widget_builds(connector: Connector) -> None:
    assert connector.specification is not None
    form = build_form(connector.specification)
    assert form.trouble == ""
    assert form.cards
    assert faults(form_markup(form, prefix="f")) == []
    inferred = form_markup(form_of_manifest(manifest(connector=connector)), prefix="f")
    assert faults(inferred) == []
    held = form_of_live(
        live(connector=connector, spec=connector.specification), manifest(connector=connector)
    )
    assert held.cards == form.cards


def test_a_form_nested_beyond_all_reason_is_cut_and_says_so() -> None:
    schema: JsonObject = {"type": "string"}
    for _ in range(60):
        schema = {"type": "object", "required": ["a"], "properties": {"a": schema}}
    shown = form_markup(build_form({"connectionSpecification": schema}), prefix="f")
    assert "Deeper levels are not shown here." in shown
    assert faults(shown) == []


def test_a_list_of_thousands_of_options_is_cut_and_says_so() -> None:
    field: JsonObject = {"type": "string", "enum": [f"option {number}" for number in range(5_000)]}
    shown = form_markup(
        build_form({"connectionSpecification": {"type": "object", "properties": {"a": field}}}), prefix="f"
    )
    assert "4800 more options are not shown here" in shown
    assert len(read(shown).named("option")) == 201


def test_an_order_beyond_every_float_and_a_name_of_many_digits_are_no_trouble() -> None:
    fields: JsonObject = {
        "9" * 5_000: {"order": 10**400},
        "a1": {"order": -(10**400)},
        "a2": {"order": float("inf")},
    }
    form = build_form({"connectionSpecification": {"type": "object", "properties": fields}})
    assert len(form.cards[0].parts) == 3
