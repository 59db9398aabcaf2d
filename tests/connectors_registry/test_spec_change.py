"""A changed specification in words, by what it means for the form."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from connectors_registry.registry_doubles import specification
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.registry.spec_change import describe_change
from reconciler.model.json_value import JsonObject, same_json

TEXT = {"type": "string"}
OAUTH: JsonObject = {
    "auth_flow_type": "oauth2.0",
    "predicate_key": ["credentials", "auth_type"],
    "predicate_value": "OAuth",
    "oauth_config_specification": {
        "complete_oauth_output_specification": {
            "properties": {"token": {"path_in_connector_config": ["credentials", "token"]}}
        },
        "complete_oauth_server_input_specification": {"properties": {"client_id": TEXT}},
    },
}


def changed(old: Any, new: Any, name: str = "x") -> tuple[str, ...]:
    """The words for one optional field that becomes another."""
    return describe_change(specification(**{name: old}), specification(**{name: new}))


def option(kind: str, title: str | None = None, **properties: Any) -> JsonObject:
    schema: JsonObject = {
        "type": "object",
        "properties": {"kind": {"type": "string", "const": kind}, **properties},
    }
    return schema if title is None else {**schema, "title": title}


def test_the_weightiest_changes_come_first() -> None:
    old = specification(old=TEXT, count={"type": "integer"}, size={"enum": ["s"], "default": "s"})
    new = specification(
        ("region", "count"),
        region=TEXT,
        count={"type": "integer"},
        size={"enum": ["s", "xl"], "default": "xl"},
        more=TEXT,
    )
    assert describe_change(old, new) == (
        "adds required `region`",
        "removes `old`",
        "`count` is now required",
        "enum of `size` gains `xl`",
        "default of `size` changed from `s` to `xl`",
        "adds optional `more`",
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (TEXT, {"type": "integer"}, "type of `x` changed from `string` to `integer`"),
        (TEXT, {"type": ["string", "null"]}, "type of `x` changed from `string` to `null` or `string`"),
        (TEXT, {}, "type of `x` changed from `string` to none"),
        (TEXT, {**TEXT, "airbyte_secret": True}, "`x` is now secret"),
        ({**TEXT, "airbyte_secret": True}, TEXT, "`x` is no longer secret"),
        (TEXT, {**TEXT, "airbyte_hidden": True}, "`x` is now hidden from the form"),
        (TEXT, {**TEXT, "airbyte_hidden": "true"}, "`x` is now hidden from the form"),  # as the widget takes it
        (TEXT, {"type": "string", "default": "a"}, "default of `x` is now `a`"),
        ({"type": "string", "default": "a"}, TEXT, "`x` loses its default `a`"),
        ({"default": 1}, {"default": True}, "default of `x` changed from `1` to `true`"),
        ({"const": "a"}, {"const": "b"}, "fixed value of `x` changed from `a` to `b`"),
        ({"pattern": "^a$"}, {"pattern": "^b$"}, "pattern of `x` changed from `^a$` to `^b$`"),
        ({}, {"format": "date"}, "format of `x` is now `date`"),
        ({"minimum": 1}, {"minimum": 5}, "minimum of `x` changed from `1` to `5`"),
        ({"maximum": 1}, {}, "`x` loses its maximum `1`"),
        ({"maxLength": 1}, {"maxLength": 2}, "longest length of `x` changed from `1` to `2`"),
        ({"title": "A"}, {"title": "B"}, "title of `x` changed from `A` to `B`"),
        ({}, {"dependencies": {}}, "`dependencies` of `x` changed"),
        ({}, {"enum": ["a", "b"]}, "`x` allows now only `a` and `b`"),
        ({"enum": ["a"]}, {}, "`x` is no longer limited to an enum"),
        ({"enum": ["a", "b"]}, {"enum": ["b", 1]}, "enum of `x` gains `1` and loses `a`"),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, "enum of `x` is in another order"),
        ({"enum": []}, {"enum": list("abcdefgh")}, "enum of `x` gains `a`, `b`, `c`, `d`, `e`, `f` and 2 more"),
        ({"description": "A"}, {"description": "B"}, "descriptions or examples of 1 part changed"),
        ({"order": 1}, {"order": 2}, "place or look of 1 part changed"),
        ({}, {"items": TEXT}, "says now what the items of `x` are"),
        ({"items": TEXT}, {}, "no longer says what the items of `x` are"),
        ({"items": TEXT}, {"items": {"type": "integer"}}, "type of `x[]` changed from `string` to `integer`"),
        ({"oneOf": []}, {"oneOf": [option("a", "Key")]}, "`x` gains the option `Key`"),
        ({"oneOf": [option("a"), option("b")]}, {"oneOf": [option("b")]}, "`x` loses the option `a`"),
        (
            {"oneOf": [option("a", "Old"), option("b", "B")]},
            {"oneOf": [option("b", "B"), option("a", "New")]},
            "title of `x(New)` changed from `Old` to `New`",
        ),
        (
            {"properties": {}},
            {"properties": {"y": TEXT, "z": {"properties": {"in": TEXT}}}, "required": ["y"]},
            "adds required `x.y`; `x` now has a list of required fields; adds optional `x.z`",
        ),
        ({"properties": {"x": TEXT}}, {"properties": {"x": {}}}, "type of `x.x` changed from `string` to none"),
        ({"required": ["a"]}, {"required": ["b"]}, "`x` requires other fields that it does not describe"),
        ({"enum": None}, {}, "changes in places that no form shows"),
    ],
)  # fmt: skip
def test_each_change_has_its_words(old: Any, new: Any, words: str) -> None:
    assert "; ".join(changed(old, new)) == words


@pytest.mark.parametrize("keyword", ["default", "const", "enum"])
def test_values_of_secret_fields_are_not_shown(keyword: str) -> None:
    words = changed(
        {"airbyte_secret": True, keyword: ["old-hunter2"]}, {"airbyte_secret": True, keyword: ["hunter2"]}
    )
    assert len(words) == 1
    assert "hunter2" not in words[0]


def test_a_new_secret_is_called_one() -> None:
    new = specification(("token",), token={**TEXT, "airbyte_secret": True})
    assert describe_change(specification(), new) == ("adds required `token` (secret)",)


def test_the_list_of_required_fields_is_told_even_when_it_is_empty() -> None:
    old = specification()
    new: Any = specification()
    del new["connectionSpecification"]["required"]
    assert describe_change(old, new) == ("the form has no list of required fields",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (None, OAUTH, ("adds OAuth, which fills `credentials.token`",)),
        (OAUTH, None, ("removes OAuth",)),
        (OAUTH, {**OAUTH, "auth_flow_type": "oauth1.0"}, ("OAuth is now `oauth1.0`, not `oauth2.0`",)),
        (OAUTH, {**OAUTH, "predicate_key": []}, ("OAuth applies now whatever is chosen",)),
        (
            OAUTH,
            {**OAUTH, "oauth_config_specification": {}},
            (
                "OAuth no longer fills `credentials.token`",
                "OAuth no longer needs from its app `client_id`",
            ),
        ),
        (OAUTH, {**OAUTH, "other": 1}, ("details of OAuth changed",)),
    ],
)
def test_oauth_is_told_by_what_it_fills_and_needs(old: Any, new: Any, words: tuple[str, ...]) -> None:
    specs = [{**specification(), **({} if each is None else {"advanced_auth": each})} for each in (old, new)]
    assert describe_change(specs[0], specs[1]) == words


def test_members_beside_the_form_are_told_by_name() -> None:
    old: JsonObject = {**specification(), "a": 1, "b": 1}
    new: JsonObject = {**specification(), "b": 2, "c": 1}
    assert describe_change(old, new) == (
        "removes `a` from the specification",
        "`b` of the specification changed",
        "adds `c` to the specification",
    )


def test_a_specification_that_gains_or_loses_its_form() -> None:
    assert describe_change({}, specification(a=TEXT)) == ("adds the form",)
    assert describe_change(specification(a=TEXT), {"connectionSpecification": None}) == ("removes the form",)


def test_many_changes_are_bounded_and_counted() -> None:
    fields: dict[str, Any] = {f"f{number:03}": TEXT for number in range(100)}
    new = specification(**fields)
    words = describe_change(specification(), new)
    assert len(words) == 21
    assert words[-1] == "and 80 more"
    assert len(describe_change(specification(), new, max_sentences=100)) == 100


def test_long_names_and_values_are_cut() -> None:
    [words] = changed({"default": "a" * 10_000}, {"default": "b" * 10_000}, "n" * 10_000)
    assert len(words) < 300


_SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b"])
_KEYWORDS = [
    "type", "title", "properties", "required", "items", "oneOf", "allOf", "enum", "const", "default", "order",
    "airbyte_secret", "connectionSpecification", "advanced_auth", "predicate_key", "oauth_config_specification",
    "complete_oauth_output_specification", "path_in_connector_config", "x",
]  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYWORDS), inner, max_size=4)
    ),
    max_leaves=20,
)
_SPECS = st.builds(
    lambda form, other: {"connectionSpecification": form, **other},
    st.dictionaries(st.sampled_from(_KEYWORDS), _VALUES, max_size=4),
    st.dictionaries(st.sampled_from(["advanced_auth", "documentationUrl"]), _VALUES, max_size=2),
)


def turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


@given(_SPECS, _SPECS)
def test_any_two_specifications_have_words_exactly_when_they_differ(old: Any, new: Any) -> None:
    before = copy.deepcopy((old, new))
    words = describe_change(old, new)
    assert bool(words) != same_json(old, new)
    assert words == describe_change(turned(old), turned(new))
    assert (old, new) == before
