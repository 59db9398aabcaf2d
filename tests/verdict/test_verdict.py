"""The verdict: the server's answer to a create, and what a 200 would destroy."""

from __future__ import annotations

from typing import Any

import pytest
from verdict.verdict_forms import Make, form

from reconciler.connectors.verdict.verdict import corrupted_values, judged
from reconciler.model.verdict import Corruption, Verdict

OWN_APP = {"credentials": {"auth_type": "Client", "client_id": "real", "client_secret": "real"}}
TEXT = {"type": "string"}
SECRET = {"type": "string", "airbyte_secret": True}


def test_without_a_specification_there_is_no_verdict(of_connector: Make) -> None:
    assert judged(of_connector(None)) is None


def test_an_accepted_create_is_safe(built_in: Make) -> None:
    verdict = judged(built_in("source-faker", {"count": 5}))
    assert verdict == Verdict(200)
    assert verdict.is_safe


def test_a_refusal_has_the_servers_messages_one_by_one(built_in: Make) -> None:
    assert judged(built_in("source-hubspot")) == Verdict(
        422,
        (
            "$.credentials: must be valid to one and only one schema, but 0 are valid",
            "$.credentials: required property 'access_token' not found",
            "$.credentials.credentials_title: must be the constant value 'OAuth Credentials'",
            "$.credentials.credentials_title: must be the constant value 'Private App Credentials'",
        ),
    )


def test_a_failure_has_the_servers_message(built_in: Make) -> None:
    message = "null cannot be cast to non-null type com.fasterxml.jackson.databind.node.ArrayNode"
    assert judged(built_in("source-airtable")) == Verdict(500, (message,))


def test_an_own_oauth_app_is_reported_as_it_would_be_stored(built_in: Make) -> None:
    verdict = judged(built_in("source-google-drive", OWN_APP))
    assert verdict == Verdict(
        200,
        corrupted=(
            Corruption("/credentials/client_id", "mock_string"),
            Corruption("/credentials/client_secret", "mock_string"),
            Corruption("/credentials/refresh_token", "mock_string"),
        ),
    )
    assert not verdict.is_safe
    assert not any(each.is_secret for each in verdict.corrupted)


def test_the_form_of_the_manifest_counts_where_it_has_one(built_in: Make) -> None:
    presets = {
        **OWN_APP,
        "folder_url": "https://drive.google.com/drive/folders/example",
        "streams": [],
    }
    presets["credentials"] = {**OWN_APP["credentials"], "refresh_token": "real"}
    assert judged(built_in("source-google-drive", presets, form({}))) == Verdict(200)


@pytest.mark.parametrize(
    ("sent", "stored", "changed"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 1.0}}, {}),
        ({"a": {"b": 1}}, {"a": {"b": True}}, {"/a/b": True}),
        ({"a": {}}, {"a": {"b": {"c": 1}}}, {"/a/b/c": 1}),
        ({"a": {}}, {"a": {"b": {}}}, {"/a/b": {}}),
        ({"a": {"l": [1, 2]}}, {"a": {"l": [42]}}, {"/a/l": [42]}),
        ({"a": {"x/y": 1}}, {"a": {"x/y": None}}, {"/a/x~1y": None}),
        ({"b": {"z": 1, "a": 1}}, {"b": {"z": 2, "a": 2}}, {"/b/a": 2, "/b/z": 2}),
    ],
)
def test_changed_leaves_are_told_by_their_place(sent: Any, stored: Any, changed: Any) -> None:
    assert list(corrupted_values(sent, stored).items()) == list(changed.items())


@pytest.mark.parametrize(
    ("field", "is_secret"),
    [
        ({**SECRET, "default": "hunter2"}, True),
        ({**TEXT, "default": "hunter2"}, False),
        (SECRET, False),
        ({"type": "array", "items": {**SECRET, "default": "hunter2"}}, True),
    ],
)
def test_a_stored_value_from_a_secret_field_of_the_own_form_is_marked(
    of_connector: Make, field: Any, is_secret: bool
) -> None:
    spec = form({"account": {"type": "object", "required": ["x"], "properties": {"x": field}}})
    verdict = judged(of_connector(form({}), {"account": {"x": "mine"}}, spec))
    assert isinstance(verdict, Verdict)
    assert [each.is_secret for each in verdict.corrupted] == [is_secret]


def test_what_a_variable_put_into_the_form_is_marked(of_connector: Make) -> None:
    field = {"type": "object", "required": ["x"], "properties": {"x": {**TEXT, "default": "hunter2"}}}
    place = "/spec/partialUserConfigSpec/connectionSpecification/properties/a/properties/x/default"
    manifest = of_connector(form({}), {"a": {}}, form({"a": field}), variables=frozenset({place}))
    verdict = judged(manifest)
    assert isinstance(verdict, Verdict)
    assert verdict.corrupted[0].is_secret


def test_what_a_variable_put_into_an_unreadable_form_is_not_repeated(of_connector: Make) -> None:
    place = "/spec/partialUserConfigSpec/documentationUrl"
    spec = {"documentationUrl": "hunter2 hunter2", **form({})}
    verdict = judged(of_connector(form({}), {}, spec, variables=frozenset({place})))
    assert verdict == Verdict(500, ("documentationUrl: not a valid URI: '(sensitive)'",))
