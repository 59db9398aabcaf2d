"""The form Airbyte infers when a create carries none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.server.forms import InferenceFailed, infer_form, oauth_names
from reconciler.model.json_value import JsonObject

Make = Callable[..., JsonObject]
FIELDS = {"key": {"type": "string"}, "region": {"type": "string"}, "extra": {"type": "integer"}}


def oauth(*paths: Any) -> JsonObject:
    """Advanced auth whose output has one property for each of the paths."""
    properties: JsonObject = {
        f"p{index}": {"path_in_connector_config": path} for index, path in enumerate(paths)
    }
    return {
        "oauth_config_specification": {
            "complete_oauth_output_specification": {"properties": properties},
            "complete_oauth_server_input_specification": {"properties": {"client_id": {"type": "string"}}},
            "complete_oauth_server_output_specification": {"properties": {}},
        }
    }


def connection_of(form: JsonObject) -> Any:
    return form["connectionSpecification"]


def test_optional_fields_vanish_whatever_the_presets_hold(make_specification: Make) -> None:
    form = infer_form(make_specification(FIELDS, required=["key", "region"]), {"extra": 1})
    assert connection_of(form)["properties"] == {"key": {"type": "string"}, "region": {"type": "string"}}
    assert connection_of(form)["required"] == ["key", "region"]


def test_a_preset_field_is_no_longer_asked(make_specification: Make) -> None:
    form = infer_form(make_specification(FIELDS, required=["key", "region"]), {"region": "eu"})
    assert connection_of(form)["properties"] == {"key": {"type": "string"}}
    assert connection_of(form)["required"] == ["key"]


def test_a_preset_of_null_counts_as_given(make_specification: Make) -> None:
    form = infer_form(make_specification(FIELDS, required=["key"]), {"key": None})
    assert connection_of(form)["required"] == []


def test_an_oauth_field_stays_required_although_preset(make_specification: Make) -> None:
    specification = {**make_specification(FIELDS, required=["key"]), "advanced_auth": oauth(["key", "token"])}
    form = infer_form(specification, {"key": "x"})
    assert connection_of(form)["required"] == ["key"]


def test_an_optional_oauth_field_is_asked_too(make_specification: Make) -> None:
    specification = {**make_specification(FIELDS), "advanced_auth": oauth(["extra"])}
    assert connection_of(infer_form(specification, {}))["properties"] == {"extra": {"type": "integer"}}


def test_every_segment_of_an_oauth_path_is_a_name_of_its_own(make_specification: Make) -> None:
    specification = {
        **make_specification(),
        "advanced_auth": oauth(["credentials", "token"], "not a path", ["b", 1]),
    }
    assert oauth_names(specification) == {"credentials", "token", "b", "1"}


def test_the_root_becomes_an_object_and_keeps_its_other_keys(make_specification: Make) -> None:
    specification = make_specification(FIELDS, type="string", title="T", additionalProperties=False)
    connection = connection_of(infer_form(specification, {}))
    assert (connection["type"], connection["title"], connection["additionalProperties"]) == (
        "object",
        "T",
        False,
    )


def test_the_rest_of_the_specification_comes_along_with_the_served_defaults(make_specification: Make) -> None:
    specification = {
        **make_specification(),
        "documentationUrl": "https://docs.example.test",
        "changelogUrl": None,
    }
    form = infer_form(specification, {})
    assert {key: value for key, value in form.items() if key != "connectionSpecification"} == {
        "documentationUrl": "https://docs.example.test",
        "supportsNormalization": False,
        "supportsDBT": False,
        "supported_destination_sync_modes": [],
    }


def test_presets_that_are_no_object_preset_nothing(make_specification: Make) -> None:
    form = infer_form(make_specification(FIELDS, required=["key"]), ["key"])
    assert connection_of(form)["required"] == ["key"]


NODE = "com.fasterxml.jackson.databind.node"
NULL_ARRAY = f"null cannot be cast to non-null type {NODE}.ArrayNode"
NULL_OBJECT = f"null cannot be cast to non-null type {NODE}.ObjectNode"


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        ({"connectionSpecification": {"properties": {}}}, NULL_ARRAY),
        ({}, NULL_ARRAY),
        ({"connectionSpecification": {"required": []}}, NULL_OBJECT),
        (
            {"connectionSpecification": {"required": True, "properties": {}}},
            f"class {NODE}.BooleanNode cannot be cast to class {NODE}.ArrayNode",
        ),
        (
            {"connectionSpecification": {"required": [], "properties": None}},
            f"class {NODE}.NullNode cannot be cast to class {NODE}.ObjectNode",
        ),
    ],
)
def test_inference_fails_without_required_or_properties(specification: JsonObject, message: str) -> None:
    with pytest.raises(InferenceFailed) as raised:
        infer_form(specification, {})
    assert str(raised.value) == message


@pytest.mark.parametrize("missing", list(oauth()["oauth_config_specification"]))  # type: ignore[arg-type]
def test_inference_fails_when_an_oauth_object_is_missing(make_specification: Make, missing: str) -> None:
    auth: Any = oauth()
    del auth["oauth_config_specification"][missing]
    with pytest.raises(InferenceFailed, match=f"because {missing} is null"):
        infer_form({**make_specification(), "advanced_auth": auth}, {})


@pytest.mark.parametrize("incomplete", list(oauth()["oauth_config_specification"]))  # type: ignore[arg-type]
def test_inference_fails_when_an_oauth_object_has_no_properties(
    make_specification: Make, incomplete: str
) -> None:
    auth: Any = oauth()
    auth["oauth_config_specification"][incomplete] = {"type": "object"}
    with pytest.raises(InferenceFailed, match="null cannot be cast"):
        infer_form({**make_specification(), "advanced_auth": auth}, {})


def test_advanced_auth_without_its_specification_fails(make_specification: Make) -> None:
    with pytest.raises(InferenceFailed, match="complete_oauth_output_specification is null"):
        infer_form({**make_specification(), "advanced_auth": {}}, {})
