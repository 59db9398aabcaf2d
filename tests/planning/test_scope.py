"""What of a template a manifest of the Agent API is compared with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories import CRM, agents, live, manifest, state, template_id

from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.target import Dialect
from reconciler.model.template import (
    CONNECTION_TEMPLATE,
    Connector,
    LiveTemplate,
    Manifest,
    live_template,
)
from reconciler.planning.compare import plan_secrets
from reconciler.planning.content import Contents, desired_of, live_of
from reconciler.planning.entry import Entry, Status
from reconciler.planning.plan import build_plan
from reconciler.planning.secret_places import given_back

SECRET: JsonObject = {"type": "string", "airbyte_secret": True}
LOCKED = replace(
    CRM,
    specification={
        "connectionSpecification": {
            "type": "object",
            "properties": {
                "region": {"type": "string"},
                "token": {"type": "string"},
                "login": {"type": "object", "properties": {"pin": SECRET, "user": {"type": "string"}}},
                "keys": {"type": "array", "items": SECRET},
            },
        }
    },
)


def source(presets: JsonObject, said: JsonObject | None = None, connector: Connector = LOCKED) -> Manifest:
    return replace(manifest("a", presets=presets, connector=connector), settings=said or {})


def held(presets: JsonObject, settings: JsonObject | None = None) -> LiveTemplate:
    one = live(1, connector=CRM)
    return live_template(one.id, one.name, one.connector_id, presets, {}, settings=settings or {})


def compared(wanted: Manifest, there: LiveTemplate) -> Entry:
    (entry,) = build_plan([wanted], [state(there)], agents()).entries
    return entry


@pytest.mark.parametrize(
    ("wanted", "there", "number"),
    [
        ({"login": {"pin": "1"}}, {"login": {"pin": "2"}}, 1),
        ({"login": {"pin": "1"}}, {}, 1),
        ({"login": {"pin": "1", "user": "u"}}, {"login": {"user": "u"}}, 1),
        ({"keys": ["1", "2"]}, {"keys": ["***", "***"]}, 2),
        ({}, {"login": {"pin": "1"}}, 1),
    ],
)
def test_secret_of_the_specification_makes_no_drift_however_it_comes_back(
    wanted: JsonObject, there: JsonObject, number: int
) -> None:
    entry = compared(source(wanted), held(there))
    assert (entry.status, entry.uncompared_secrets) == (Status.IN_SYNC, number)


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ({"token": "a"}, {"token": "b"}),
        ({"login": {"user": "u", "pin": "1"}}, {"login": {"user": "v", "pin": "1"}}),
        ({"keys": ["1"]}, {"keys": ["1", "2"]}),
    ],
)
def test_what_the_specification_calls_no_secret_is_compared(wanted: JsonObject, there: JsonObject) -> None:
    entry = compared(source(wanted), held(there))
    assert entry.status is not Status.IN_SYNC
    assert entry.changes


def test_without_a_specification_names_that_look_secret_are_not_compared() -> None:
    wanted, there = source({"api_key": "1", "region": "eu"}, connector=CRM), held({"region": "eu"})
    assert compared(wanted, there).status is Status.IN_SYNC
    assert compared(wanted, held({"region": "us"})).status is Status.UPDATE


def test_second_layer_learns_the_secrets_of_an_update() -> None:
    contents, states = Contents(Dialect.AGENTS), [state(held({"login": {"pin": "theirs"}, "region": "us"}))]
    plan = build_plan(
        [source({"login": {"pin": "mine"}, "region": "eu"})], states, agents(), contents=contents
    )
    assert plan_secrets(plan, states, contents) == {"mine", "theirs"}


@pytest.mark.parametrize(
    ("value", "way"),
    [
        (None, "does not give {them} back"),
        ("**********", "gives {them} back masked"),
        ("sk-****1234", "gives {them} back masked"),
        ("••••", "gives {them} back masked"),
        ("", "gives {them} back masked"),
        ("<REDACTED>", "gives {them} back masked"),
        ({"_secret": "airbyte_workspace_1"}, "gives {them} back as a reference"),
        ("hunter2", "gives {them} back in clear"),
        (1234, "gives {them} back in clear"),
    ],
)
def test_way_in_which_a_secret_comes_back_is_found_out(value: JsonValue, way: str) -> None:
    assert given_back(value) == way


MAPPED: JsonObject = {
    "streamMappers": {
        "users": [{"type": "encryption", "mapperConfiguration": {"targetField": "ssn", "publicKey": "k"}}]
    }
}
FILLED: JsonObject = {
    "streamSelectionMode": "suggested",
    "streamMappers": {
        "users": [
            {
                "type": "encryption",
                "mapperConfiguration": {
                    "targetField": "ssn",
                    "publicKey": "k",
                    "algorithm": "RSA",
                    "padding": "RSA-OAEP",
                    "oaepHash": "SHA256",
                    "fieldNameSuffix": "_encrypted",
                    "outputEncoding": "base64",
                },
            }
        ]
    },
}


def test_defaults_of_mappers_are_filled_in() -> None:
    said: JsonObject = {"customization": MAPPED}
    assert compared(source({}, said), held({}, {"customization": FILLED})).status is Status.IN_SYNC


def test_suffix_that_the_server_does_not_have_is_no_default() -> None:
    """The server fills it in. Null there says that there is none, and is left out of the settings."""
    said: JsonObject = {"customization": MAPPED}
    entry = compared(source({}, said), held({}, {"customization": MAPPED}))
    assert [change.path for change in entry.changes] == [
        "/customization/streamMappers/users/0/mapperConfiguration/fieldNameSuffix"
    ]


def test_equal_pair_shares_its_texts() -> None:
    contents = Contents(Dialect.AGENTS)
    desired = contents.desired(source({"region": "eu", "more": [1, 2]}))
    seen = contents.live(held({"more": [1, 2.0], "region": "eu"})).seen_by(desired.content.scope)
    assert seen.presets_key is desired.content.presets_key
    assert seen.settings_key is desired.content.settings_key


def test_form_is_never_compared_and_never_counted_as_uncompared() -> None:
    wanted = source({})
    there = live_template(
        template_id(1), "Crm", CRM.id, {}, {"connectionSpecification": {"title": "Any"}}, settings={}
    )
    plan = build_plan([wanted], [state(there)], agents())
    assert [entry.status for entry in plan.entries] == [Status.IN_SYNC]
    assert plan.uncompared_forms == plan.not_compared == 0
    assert desired_of(wanted, Dialect.AGENTS).equals(live_of(there, Dialect.AGENTS))


def test_what_no_request_can_change_is_drift_with_the_reason() -> None:
    """Whose the destination is, is said at the create alone."""
    wanted = replace(
        manifest("a", connector=CRM), kind=CONNECTION_TEMPLATE, settings={"dataHostingType": "user_hosted"}
    )
    there = live_template(
        template_id(1),
        "Crm",
        CRM.id,
        {},
        {},
        settings={"dataHostingType": "other"},
        kind=CONNECTION_TEMPLATE,
    )
    entry = compared(wanted, there)
    assert entry.status is Status.DRIFTED
    assert entry.ways_out[1] == (
        "keep the manifest: it is not updated, because `dataHostingType` cannot be changed once a template exists"
    )
