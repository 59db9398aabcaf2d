"""The tests' own Agent API: it refuses what its contract does not allow, its switches do what they say, and its ledger knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from agents.agent_place import FAKER, POSTGRES, STRIPE
from agents.agent_ways import MASK, ORGANIZATION, OTHER_ORGANIZATION, SOURCES, Definition, Row
from agents.conftest import Caller
from attack.attack_faults import CREATE, LIST, Fault

Called = Callable[..., Caller]
PASSWORD = {"host": "db", "password": "hunter2"}
HASHING = {"type": "hashing", "mapper_configuration": {"target_field": "email", "method": "SHA256"}}
ENCRYPTION = {"type": "encryption", "mapper_configuration": {"target_field": "email", "public_key": "k"}}


def test_templates_of_both_kinds_are_created_listed_read_and_changed_within_the_contract(
    called: Called,
) -> None:
    at = called()
    source = at.source(name="Sample", customization={"stream_mappers": {"users": [HASHING, ENCRYPTION]}})
    own, hosted = (
        at.connection(),
        at("POST", "connections", {"data_hosting_type": "airbyte_hosted"}).json(),
    )
    assert [item["id"] for item in at("GET", "sources", params={"use_global": "false"}).json()["data"]] == [
        source["id"]
    ]
    assert [i["id"] for i in at("GET", "connections").json()["data"]] == [own["id"], hosted["id"]]
    at("PATCH", f"sources/{source['id']}", {"mode": "DIRECT", "propagate": True})
    at("PATCH", f"connections/{own['id']}", {"sync_on_create": False})
    assert at("GET", f"sources/{source['id']}").json()["mode"] == "DIRECT"
    assert at("GET", f"connections/{own['id']}").json()["sync_on_create"] is False
    assert [e.propagate for e in at.server.ledger] == [None, None, None, True, False]
    assert at.server.violations == []


CREATE_FAKER = {"actor_definition_id": FAKER, "partial_default_config": {}}


@pytest.mark.parametrize(
    ("method", "path", "body", "options", "status"),
    [
        ("POST", "sources", {"actor_definition_id": FAKER}, {}, 422),
        ("POST", "sources", {**CREATE_FAKER, "tags": ["a"]}, {}, 422),
        ("POST", "sources", {**CREATE_FAKER, "organization_id": ORGANIZATION}, {}, 422),
        ("POST", "sources", {**CREATE_FAKER, "mode": "direct"}, {}, 422),
        ("POST", "sources", {**CREATE_FAKER, "original_source_template_id": FAKER}, {}, 422),
        ("POST", "sources", {**CREATE_FAKER, "partialUserConfigSpec": {}}, {}, 422),
        ("POST", "sources", {**CREATE_FAKER, "customization": {"streamSelectionMode": "all"}}, {}, 422),
        (
            "POST",
            "sources",
            {**CREATE_FAKER, "customization": {"stream_mappers": {"u": [{"type": "hashing"}]}}},
            {},
            422,
        ),
        ("POST", "sources", None, {"content": b"{", "headers": {"content-type": "application/json"}}, 422),
        ("POST", "sources", None, {"content": b"{}", "headers": {"content-type": "text/plain"}}, 422),
        ("POST", "connections", {"destination_name": "W", "destination_config": {}}, {}, 422),
        ("POST", "connections", {"data_hosting_type": "airbyte_hosted", "sync_on_create": True}, {}, 422),
        ("PATCH", f"sources/{FAKER}", {"actor_definition_id": STRIPE}, {}, 422),
        ("PATCH", f"connections/{FAKER}", {"propagate": True}, {}, 422),
        ("GET", "sources", None, {"params": {"use_global": "no"}}, 422),
        ("GET", "sources", None, {"params": {"page": "2"}}, 422),
        ("GET", "sources", None, {"headers": {"x-organization-id": "mine"}}, 422),
        ("GET", "sources", None, {"headers": {"authorization": "Basic x"}}, 422),
        ("GET", "sources/12", None, {}, 422),
        ("GET", "sources/", None, {}, 422),
        ("PUT", f"sources/{FAKER}", {}, {}, 404),
        ("GET", "sources/global", None, {}, 422),
    ],
)
def test_request_that_the_contract_does_not_allow_is_refused_noted_and_does_nothing(
    called: Called, method: str, path: str, body: Any, options: Any, status: int
) -> None:
    at = called()
    assert at(method, path, body, **options).status_code == status
    assert len(at.server.violations) == 1
    assert at.server.ledger == []


def test_deleting_and_sending_a_mask_are_noted_although_the_contract_allows_them(called: Called) -> None:
    at = called()
    made = at.connection(destination_config={"password": MASK})
    assert at("DELETE", f"connections/{made['id']}").status_code == 200
    assert len(at.server.violations) == 2
    assert at.server.ledger[-1].after is None


@pytest.mark.parametrize(
    ("patch", "stored"), [("replace", {"b": {"y": 2}}), ("merge", {"a": 1, "b": {"x": 1, "y": 2}})]
)
def test_given_object_replaces_the_stored_one_or_is_merged_into_it(
    called: Called, patch: str, stored: Any
) -> None:
    at = called(patch=patch)
    made = at.source(partial_default_config={"a": 1, "b": {"x": 1}})
    answer = at("PATCH", f"sources/{made['id']}", {"partial_default_config": {"b": {"y": 2}}}).json()
    assert answer["partial_default_config"] == stored == at.server.ledger[-1].after["partial_default_config"]


@pytest.mark.parametrize(("null", "stored"), [("ignored", "0 0 * * * ?"), ("clears", None)])
def test_null_is_ignored_or_clears(called: Called, null: str, stored: Any) -> None:
    at = called(null=null)
    made = at.connection(cron_expression="0 0 * * * ?")
    assert (
        at("PATCH", f"connections/{made['id']}", {"cron_expression": None}).json()["cron_expression"]
        == stored
    )


def test_ignored_member_is_taken_and_not_stored(called: Called) -> None:
    at = called(ignored=frozenset({"mode"}))
    assert (
        at("PATCH", f"sources/{at.source()['id']}", {"mode": "MULTI", "name": "N"}).json()["mode"]
        == "REPLICATION"
    )


@pytest.mark.parametrize(
    ("secrets", "shown"),
    [("clear", PASSWORD), ("masked", PASSWORD | {"password": MASK}), ("absent", {"host": "db"})],
)
def test_secrets_come_back_in_clear_masked_or_not_at_all_and_are_stored_in_clear(
    called: Called, secrets: str, shown: Any
) -> None:
    at = called(secrets=secrets)
    made = at.connection(destination_config=PASSWORD)
    assert (
        made["destination_config"]
        == at("GET", f"connections/{made['id']}").json()["destination_config"]
        == shown
    )
    assert at.server.ledger[0].after["destination_config"] == PASSWORD


def test_refusals_have_the_two_shapes(called: Called) -> None:
    ours = at_unknown(called(errors="errors"))
    assert ours.json() == {"message": f"No template {FAKER}", "errors": []}
    assert at_unknown(called(errors="detail")).json() == {"detail": f"No template {FAKER}"}
    body = {"actor_definition_id": FAKER}
    assert called(errors="errors")("POST", "sources", body).json()["errors"][0]["message"]
    (first,) = called(errors="detail")("POST", "sources", body).json()["detail"]
    assert set(first) == {"loc", "msg", "type"}


def at_unknown(at: Caller) -> httpx.Response:
    answer = at("GET", f"sources/{FAKER}")
    assert answer.status_code == 404
    return answer


def test_answers_of_may_lack_what_came_later_and_what_came_later_moves_by_itself(called: Called) -> None:
    may, today = called(today=False), called(today=True)
    old = may("GET", f"sources/{may.source()['id']}").json()
    assert "runtime_mode" not in old
    assert isinstance(old["auth_tooltip"], str)
    made = today.source()
    first, second = (today("GET", f"sources/{made['id']}").json() for _ in range(2))
    assert first["runtime_mode"] != second["runtime_mode"]
    assert isinstance(first["auth_tooltip"], dict)
    assert may.server.violations == today.server.violations == []


def test_stored_customization_has_the_documented_defaults(called: Called) -> None:
    at = called()
    made = at.source(customization={"stream_mappers": {"users": [ENCRYPTION]}})["customization"]
    assert made["stream_selection_mode"] == "suggested"
    assert made["stream_whitelist"] is None
    assert made["stream_mappers"]["users"][0]["mapper_configuration"] == {
        "target_field": "email",
        "algorithm": "RSA",
        "padding": "RSA-OAEP",
        "oaep_hash": "SHA256",
        "public_key": "k",
        "field_name_suffix": "_encrypted",
        "output_encoding": "base64",
    }


def test_list_holds_templates_of_airbyte_and_of_others_only_with_that_switch(called: Called) -> None:
    for strangers, listed in ((False, 0), (True, 2)):
        at = called(strangers=strangers)
        sample = Definition(FAKER, "Sample Data")
        stored: Any = {"name": "G", "partial_default_config": {}, "customization": None, "mode": "DIRECT"}
        at.server.insert(Row(STRIPE, SOURCES, sample, dict(stored), None))
        at.server.insert(Row(POSTGRES, SOURCES, sample, dict(stored), OTHER_ORGANIZATION))
        assert len(at("GET", "sources").json()["data"]) == listed
        (own,) = at("GET", "sources", params={"use_global": "true"}).json()["data"]
        assert own["id"] == STRIPE
        assert at("PATCH", f"sources/{STRIPE}", {"name": "Mine"}).status_code == 403
        assert at("GET", f"sources/{POSTGRES}").status_code == 404
        clone = at("POST", "sources", {"original_source_template_id": STRIPE, "name": "C"}).json()
        assert (clone["mode"], at.server.rows[clone["id"]].organization) == ("DIRECT", ORGANIZATION)
        assert at.server.violations == []


def test_tags_are_there_or_not(called: Called) -> None:
    at = called(tags=True)
    path = f"sources/{at.source()['id']}/tags"
    assert at("POST", path, {"tag": "a/b c"}).json()["tags"] == ["a/b c"]
    assert at("GET", "tags").json()["data"][0]["name"] == "a/b c"
    assert at("DELETE", f"{path}/a%2Fb%20c").status_code == 200
    assert at("DELETE", f"{path}/a%2Fb%20c").status_code == 404
    without = called(tags=False)
    assert without("GET", "tags").status_code == 404
    assert at.server.violations == without.server.violations == []
    assert without("POST", f"sources/{FAKER}/tags", {"tag": "a"}).status_code == 404
    assert len(without.server.violations) == 1


@pytest.mark.parametrize("status", [409, 422])
def test_taken_name_is_refused_where_names_are_unique(called: Called, status: int) -> None:
    at = called(unique=status)
    at.source(name="Sample")
    body = {"actor_definition_id": STRIPE, "partial_default_config": {}, "name": "Sample"}
    answer = at("POST", "sources", body)
    assert (answer.status_code, "already exists" in answer.text) == (status, True)
    at.server.ways = type(at.server.ways)()
    assert at("POST", "sources", body).status_code == 200


def test_missing_header_of_credentials_for_several_organizations_is_a_400(called: Called) -> None:
    at = called(several=True)
    answer = at("GET", "sources")
    assert (answer.status_code, "specify target organization" in answer.text) == (400, True)
    assert at("GET", "sources", headers={"x-organization-id": ORGANIZATION}).status_code == 200
    assert at("GET", "sources", headers={"x-organization-id": OTHER_ORGANIZATION}).status_code == 403


@pytest.mark.parametrize(("kind", "stored"), [("reset-after", 1), ("502-after", 1), ("reset", 0), ("401", 0)])
def test_create_whose_answer_is_lost_is_stored_or_not(called: Called, kind: str, stored: int) -> None:
    at = called()
    at.proxy.faults = [Fault(0, CREATE, 0, kind)]
    try:
        status = at("POST", "sources", CREATE_FAKER).status_code
    except httpx.TransportError:
        status = 0
    assert status in (0, 401, 502)
    assert len(at("GET", "sources").json()["data"]) == len(at.server.ledger) == stored


def test_late_create_and_lagging_list_show_later(called: Called) -> None:
    at = called()
    at.proxy.faults = [
        Fault(0, CREATE, 0, "late", 2),
        Fault(0, CREATE, 1, "lag", 1),
        Fault(0, LIST, 0, "429"),
    ]
    with pytest.raises(httpx.TimeoutException):
        at("POST", "sources", CREATE_FAKER, timeout=0.1)
    limited = at("GET", "sources")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")
    assert len(at("GET", "sources").json()["data"]) == 1
    at.source()
    assert [len(at("GET", "sources").json()["data"]) for _ in range(2)] == [1, 2]
