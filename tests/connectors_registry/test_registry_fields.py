"""A specification as a list of its parts, and what it says about OAuth."""

from __future__ import annotations

from typing import Any

import pytest
from connectors_registry.registry_doubles import specification

from reconciler.connectors.specification.nodes import Role
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.outline import form_parts

TEXT = {"type": "string"}


def paths(**properties: Any) -> list[str]:
    return [part.path for part in form_parts(specification(**properties))[1:]]


def test_fields_stand_in_form_order_numbered_before_unnumbered() -> None:
    assert paths(z={"order": 1}, a={}, b={"order": 0}, c={"order": True}, d={"order": 10**399}) == [
        "b",
        "z",
        "a",
        "c",
        "d",
    ]


def test_objects_lists_and_options_are_written_as_paths() -> None:
    assert paths(
        login={"oneOf": [{"title": "OAuth", "properties": {"token": TEXT}}, {"properties": {"key": TEXT}}]},
        streams={"type": "array", "items": {"properties": {"name": TEXT}}},
    ) == [
        "login",
        "login(OAuth)",
        "login(OAuth).token",
        "login(option 2)",
        "login(option 2).key",
        "streams",
        "streams[]",
        "streams[].name",
    ]


def test_required_is_what_the_object_around_a_field_says() -> None:
    inner = {"required": ["b"], "properties": {"a": TEXT, "b": TEXT}}
    parts = form_parts(specification(("a",), a=TEXT, b=inner))
    assert [(part.path, part.required) for part in parts if part.role is Role.FIELD] == [
        ("a", True),
        ("b", False),
        ("b.a", False),
        ("b.b", True),
    ]


def test_options_are_told_apart_by_their_constants_then_titles_then_places() -> None:
    def keys(*options: Any) -> set[str]:
        parts = form_parts(specification(x={"oneOf": list(options)}))
        return {part.key[-1] for part in parts if part.role is Role.OPTION}

    by_constant = [
        {"title": "T", "properties": {"kind": {"const": "a"}}},
        {"title": "T", "properties": {"kind": {"enum": ["b"]}}},
    ]
    assert keys(*by_constant) == {'oneOf {"kind":"a"}', 'oneOf {"kind":"b"}'}
    assert keys({"title": "A"}, {"title": "B"}) == {"oneOf A", "oneOf B"}
    assert keys({"title": "A"}, {"title": "A"}) == {"oneOf 1", "oneOf 2"}


@pytest.mark.parametrize(
    "form",
    [None, [], "x", {"properties": []}, {"properties": {"a": 1}}, {"oneOf": [1]}, {"items": [TEXT]}],
)
def test_what_is_no_schema_has_no_parts(form: Any) -> None:
    assert [part.path for part in form_parts({"connectionSpecification": form}) if part.path] == []


@pytest.mark.parametrize(("flag", "is_secret"), [(True, True), ("true", True), (False, False), ("no", False)])
def test_a_secret_may_be_marked_by_text(flag: Any, is_secret: bool) -> None:
    assert form_parts(specification(a={"airbyte_secret": flag}))[1].is_secret is is_secret


@pytest.mark.parametrize(
    ("advanced", "oauth"),
    [
        (None, None),
        ([], None),
        ({}, OAuth()),
        (
            {
                "auth_flow_type": "oauth2.0",
                "predicate_key": ["a", "b"],
                "predicate_value": "c",
                "oauth_config_specification": {
                    "complete_oauth_output_specification": {
                        "properties": {"t": {"path_in_connector_config": ["x", 0]}, "u": 1}
                    },
                    "complete_oauth_server_output_specification": [],
                    "complete_oauth_server_input_specification": {"properties": {"id": {}, "s": {}}},
                },
            },
            OAuth(("a", "b"), "c", (("x", "0"),), app_needs=("id", "s"), flow="oauth2.0"),
        ),
    ],
)
def test_oauth_is_read_whatever_its_shape(advanced: Any, oauth: OAuth | None) -> None:
    assert oauth_of({"advanced_auth": advanced}) == oauth
