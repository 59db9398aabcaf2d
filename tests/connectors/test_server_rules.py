"""The verdict on a create: 200, 422 or 500, and what is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.server.create import CreateEvaluation, evaluate_create, stored_presets
from reconciler.connectors.server.forms import served_specification
from reconciler.connectors.server.java_values import ABSENT
from reconciler.model.json_value import JsonObject

Find = Callable[[str], JsonObject]
Make = Callable[..., JsonObject]


def form(properties: dict[str, Any], required: list[str]) -> JsonObject:
    return {"connectionSpecification": {"type": "object", "required": required, "properties": properties}}


def test_builtin_connectors_answer_a_bare_create_as_the_real_ones_do() -> None:
    statuses = {c.repository: evaluate_create(c.specification, {}).status for c in builtin_catalogue()}
    assert statuses == {
        "source-airtable": 500,
        "source-faker": 200,
        "source-github": 422,
        "source-google-drive": 200,
        "source-hubspot": 422,
        "source-pipedrive": 200,
        "source-stripe": 200,
    }


def test_presets_are_stored_as_sent_and_the_form_as_inferred(specification_of: Find) -> None:
    evaluation = evaluate_create(specification_of("source-faker"), {"count": 5})
    assert evaluation.stored_presets == {"count": 5}
    assert evaluation.stored_form is not None
    assert evaluation.stored_form["connectionSpecification"] == {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Faker Source Spec",
        "type": "object",
        "additionalProperties": True,
        "required": [],
        "properties": {},
    }


def test_a_form_that_was_sent_is_stored_verbatim(specification_of: Find) -> None:
    sent = form({"count": {"type": "integer"}}, ["count"])
    assert evaluate_create(specification_of("source-faker"), {}, sent).stored_form == sent


def test_google_drive_presets_with_an_own_oauth_app_are_destroyed_with_a_200(specification_of: Find) -> None:
    presets: JsonObject = {
        "credentials": {"auth_type": "Client", "client_id": "real", "client_secret": "real"}
    }
    evaluation = evaluate_create(specification_of("source-google-drive"), presets)
    assert evaluation.status == 200
    assert evaluation.stored_presets == {
        "credentials": {
            "auth_type": "Client",
            "client_id": "mock_string",
            "client_secret": "mock_string",
            "refresh_token": "mock_string",
        }
    }
    assert presets == {"credentials": {"auth_type": "Client", "client_id": "real", "client_secret": "real"}}


def test_a_refusal_lists_every_finding_in_one_text(specification_of: Find) -> None:
    evaluation = evaluate_create(specification_of("source-hubspot"), {})
    assert evaluation.status == 422
    assert evaluation.messages == (
        "$.credentials: must be valid to one and only one schema, but 0 are valid",
        "$.credentials: required property 'access_token' not found",
        "$.credentials.credentials_title: must be the constant value 'OAuth Credentials'",
        "$.credentials.credentials_title: must be the constant value 'Private App Credentials'",
    )
    first, second = evaluation.message.splitlines()
    assert first == "json schema validation failed when comparing the data to the json schema. "
    assert second == f"Errors: {', '.join(evaluation.messages)}"


def test_a_default_equal_to_the_const_makes_the_connector_accept_the_form(specification_of: Find) -> None:
    credentials = {
        "type": "object",
        "required": ["credentials_title", "access_token"],
        "properties": {
            "credentials_title": {"type": "string", "default": "Private App Credentials"},
            "access_token": {"type": "string"},
        },
    }
    sent = form({"credentials": credentials}, ["credentials"])
    assert evaluate_create(specification_of("source-hubspot"), {}, sent).status == 200


def test_a_required_field_in_neither_presets_nor_form_is_refused(specification_of: Find) -> None:
    evaluation = evaluate_create(specification_of("source-stripe"), {"account_id": "a"}, form({}, []))
    assert evaluation.messages == ("$: required property 'client_secret' not found",)


def test_a_form_may_ask_for_what_the_connector_does_not_know(specification_of: Find) -> None:
    sent = form({"shoe_size": {"type": "integer"}}, ["shoe_size"])
    assert evaluate_create(specification_of("source-faker"), {}, sent).status == 200


def test_a_closed_connector_refuses_unknown_names(make_specification: Make) -> None:
    specification = make_specification({}, additionalProperties=False)
    evaluation = evaluate_create(specification, {}, form({"x": {"type": "integer"}}, ["x"]))
    assert evaluation.messages == (
        "$: property 'x' is not defined in the schema and the schema does not allow additional properties",
    )


def test_presets_are_held_against_the_connector_not_against_the_form(specification_of: Find) -> None:
    evaluation = evaluate_create(specification_of("source-faker"), {"count": 0}, form({}, []))
    assert evaluation.messages == ("$.count: must have a minimum value of 1",)


FORM = form({}, [])
NO_SPECIFICATION = "Parameter specified as non-null is null: createDefaultValuesFromSchema, parameter schema"


@pytest.mark.parametrize(
    ("presets", "sent", "message"),
    [
        ({}, None, "Cannot construct instance of ConnectorSpecification from null"),
        ({}, [], "Cannot construct instance of ConnectorSpecification from an array"),
        ({}, {"documentationUrl": "a b"}, "documentationUrl: not a valid URI: 'a b'"),
        ({}, {"type": "object", "properties": {}}, NO_SPECIFICATION),
        ({}, {"connectionSpecification": None}, "Both nodes must be objects to merge"),
        ({}, {"connectionSpecification": {"properties": {}}}, "Both nodes must be objects to merge"),
        ({}, {"connectionSpecification": {"type": "string"}}, "Both nodes must be objects to merge"),
        (None, FORM, "Default config must be object"),
        ([], FORM, "Default config must be object"),
        ("x", ABSENT, "Default config must be object"),
        (
            {"a": 1},
            form({"a": {"type": "object"}}, ["a"]),
            "Type mismatch for property 'a': Cannot merge object with non-object",
        ),
    ],
)
def test_bad_input_is_a_500(make_specification: Make, presets: Any, sent: Any, message: str) -> None:
    evaluation = evaluate_create(make_specification(), presets, sent)
    assert evaluation == CreateEvaluation(500, message)
    assert evaluation.stored_presets is None
    assert evaluation.stored_form is None


def test_no_default_version_is_a_500_whatever_is_sent() -> None:
    assert evaluate_create(None, None, None) == CreateEvaluation(500, "ActorDefinition not found")


def test_a_connector_without_required_fails_only_when_the_form_is_inferred(specification_of: Find) -> None:
    airtable = specification_of("source-airtable")
    assert evaluate_create(airtable, {}).status == 500
    assert evaluate_create(airtable, {}, form({}, [])).status == 200


@pytest.mark.parametrize("specification", [{}, {"connectionSpecification": {"oneOf": 1}}])
def test_a_broken_connector_specification_is_a_500(specification: JsonObject) -> None:
    assert evaluate_create(specification, {}, form({}, [])).status == 500


def test_stored_presets_say_what_would_be_lost_without_validating(specification_of: Find) -> None:
    drive = served_specification(specification_of("source-google-drive"))
    assert stored_presets(drive, {"credentials": {"client_id": "real"}, "folder_url": "kept"}) == {
        "credentials": {
            "auth_type": "Client",
            "client_id": "mock_string",
            "client_secret": "mock_string",
            "refresh_token": "mock_string",
        },
        "folder_url": "kept",
    }


def test_stored_presets_are_none_where_the_server_would_fail() -> None:
    assert stored_presets({}, {}) is None
    assert stored_presets(form({"a": {"type": "object"}}, ["a"]), {"a": 1}) is None
