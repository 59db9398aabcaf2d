"""What GET makes of a stored form, and which forms the server cannot read at all."""

from __future__ import annotations

import pytest

from reconciler.connectors.server.forms import (
    UnparsableSpecification,
    parse_specification,
    served_specification,
)
from reconciler.model.json_value import JsonObject

DEFAULTS: JsonObject = {
    "supportsNormalization": False,
    "supportsDBT": False,
    "supported_destination_sync_modes": [],
}


def test_three_keys_appear_that_nobody_sent() -> None:
    assert served_specification({"connectionSpecification": {}}) == {
        "connectionSpecification": {},
        **DEFAULTS,
    }


def test_values_that_were_sent_stay_in_place_of_the_defaults() -> None:
    sent: JsonObject = {
        "supportsNormalization": True,
        "supportsDBT": True,
        "supported_destination_sync_modes": ["append"],
    }
    assert served_specification(sent) == sent


def test_top_level_nulls_vanish_and_nested_ones_stay() -> None:
    sent: JsonObject = {"documentationUrl": None, "connectionSpecification": {"title": None}}
    assert served_specification(sent) == {"connectionSpecification": {"title": None}, **DEFAULTS}


def test_unknown_keys_pass_through() -> None:
    assert served_specification({"supported_sync_modes": ["full_refresh"]})["supported_sync_modes"] == [
        "full_refresh"
    ]


def test_oauth_objects_get_their_two_empty_lists() -> None:
    connector_input: JsonObject = {"consent_url": "https://example.test/"}
    sent: JsonObject = {
        "advanced_auth": {
            "predicate_value": "x",
            "oauth_config_specification": {"oauth_connector_input_specification": connector_input},
        }
    }
    assert served_specification(sent)["advanced_auth"] == {
        "predicate_value": "x",
        "predicate_key": [],
        "oauth_config_specification": {
            "oauth_connector_input_specification": {
                "consent_url": "https://example.test/",
                "extract_output": [],
            }
        },
    }


def test_present_oauth_lists_are_kept() -> None:
    auth: JsonObject = {
        "predicate_key": ["credentials", "kind"],
        "oauth_config_specification": {"oauth_connector_input_specification": {"extract_output": ["token"]}},
    }
    assert served_specification({"advanced_auth": auth})["advanced_auth"] == auth


def test_no_advanced_auth_appears_where_there_is_none() -> None:
    assert "advanced_auth" not in served_specification({"advanced_auth": None})


@pytest.mark.parametrize(
    "specification",
    [
        {},
        {"documentationUrl": "https://docs.example.test/a?b=c#d", "changelogUrl": ""},
        {"documentationUrl": None, "supportsDBT": None, "advanced_auth": None},
        {"documentationUrl": "docs/relative.html"},
        {"documentationUrl": "https://bücher.example.test/ä"},
        {
            "supported_destination_sync_modes": [
                "append",
                "overwrite",
                "append_dedup",
                "update",
                "soft_delete",
            ]
        },
        {"advanced_auth": {"auth_flow_type": "oauth2.0", "predicate_key": ["a"], "predicate_value": "b"}},
        {"properties": {"a": 1}, "type": "object"},
    ],
)
def test_the_server_can_read_this(specification: JsonObject) -> None:
    assert parse_specification(specification) is specification


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        ([], "Cannot construct instance of ConnectorSpecification from an array"),
        (None, "Cannot construct instance of ConnectorSpecification from null"),
        ("text", "Cannot construct instance of ConnectorSpecification from a string"),
        ({"documentationUrl": "not a uri"}, "documentationUrl: not a valid URI: 'not a uri'"),
        ({"changelogUrl": "http://"}, "changelogUrl: not a valid URI: 'http://'"),
        ({"documentationUrl": "a://b#c#d"}, "documentationUrl: not a valid URI: 'a://b#c#d'"),
        ({"documentationUrl": "http://x/{id}"}, "documentationUrl: not a valid URI: 'http://x/{id}'"),
        ({"documentationUrl": "http://x/[1]"}, "documentationUrl: not a valid URI: 'http://x/[1]'"),
        ({"documentationUrl": ":x"}, "documentationUrl: not a valid URI: ':x'"),
        ({"documentationUrl": 7}, "documentationUrl: cannot be read from an integer"),
        ({"supportsDBT": "yes"}, "supportsDBT: cannot be read from a string"),
        ({"supportsIncremental": 1.5}, "supportsIncremental: cannot be read from a number"),
        ({"protocol_version": {}}, "protocol_version: cannot be read from an object"),
        ({"authSpecification": True}, "authSpecification: cannot be read from a boolean"),
        (
            {"supported_destination_sync_modes": ["upsert"]},
            "supported_destination_sync_modes: 'upsert' is not one of append, append_dedup, overwrite, soft_delete, update",
        ),
        (
            {"supported_destination_sync_modes": "append"},
            "supported_destination_sync_modes: cannot be read from a string",
        ),
        ({"advanced_auth": []}, "advanced_auth: cannot be read from an array"),
        (
            {"advanced_auth": {"auth_flow_type": "saml"}},
            "advanced_auth.auth_flow_type: 'saml' is not one of oauth1.0, oauth2.0",
        ),
        (
            {"advanced_auth": {"predicate_key": [1]}},
            "advanced_auth.predicate_key: cannot be read from an integer",
        ),
        (
            {"advanced_auth": {"oauth_config_specification": {"oauth_connector_input_specification": 1}}},
            "advanced_auth.oauth_config_specification.oauth_connector_input_specification: cannot be read from an integer",
        ),
    ],
)
def test_the_server_cannot_read_this(specification: JsonObject, message: str) -> None:
    with pytest.raises(UnparsableSpecification) as raised:
        parse_specification(specification)
    assert str(raised.value) == message
