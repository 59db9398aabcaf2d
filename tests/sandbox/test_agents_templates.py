"""Templates of the Agent API: each call does what the contract says, and each answer keeps it (the caller checks that)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.agent_client import DEV_NULL, HOSTED, AgentClient, MakeAgent, made
from sandbox.conftest import FAKER_ID

from reconciler.connectors.catalogue import Catalogue
from reconciler.model.target import SANDBOX_ORGANIZATION_ID
from reconciler.model.template import Connector
from reconciler.sandbox import GLOBAL_TEMPLATE_ID
from reconciler.sandbox.store import open_store

NOBODY = "00000000-0000-4000-8000-0000000000ff"
HASHING = {"type": "hashing", "mapper_configuration": {"target_field": "email", "method": "MD5"}}
ENCRYPTION = {"type": "encryption", "mapper_configuration": {"target_field": "email", "public_key": "k"}}


@pytest.fixture
def make() -> Iterator[MakeAgent]:
    with open_store(None) as store:
        yield lambda agents=None, **settings: made(store, agents or {}, **settings)


@pytest.fixture
def agent(make: MakeAgent) -> AgentClient:
    return make()


def test_a_source_template_is_named_after_its_connector_and_has_the_documented_defaults(
    agent: AgentClient,
) -> None:
    made = agent.source({"count": 1})
    read = agent("GET", f"sources/{made['id']}").json()
    assert read["name"] == "Sample Data"
    assert (read["mode"], read["tags"], read["customization"]) == ("REPLICATION", [], None)
    assert (read["source_definition_id"], read["partial_default_config"]) == (FAKER_ID, {"count": 1})
    assert read["created_at"] == read["updated_at"] == "2023-11-14T22:13:20Z"


def test_what_is_sent_comes_back_with_the_defaults_of_what_was_left_out(agent: AgentClient) -> None:
    streams = {"users": [HASHING, ENCRYPTION]}
    made = agent.source(name="EU shop", mode="MULTI", customization={"stream_mappers": streams})
    [mapped, encrypted] = made["customization"]["stream_mappers"]["users"]
    assert (made["name"], made["mode"]) == ("EU shop", "MULTI")
    assert made["customization"]["stream_selection_mode"] == "suggested"
    assert mapped["mapper_configuration"] == {
        "target_field": "email",
        "method": "MD5",
        "field_name_suffix": None,
    }
    assert encrypted["mapper_configuration"]["field_name_suffix"] == "_encrypted"


def test_the_form_asks_for_what_the_presets_leave_open(agent: AgentClient) -> None:
    pipedrive = "d8286229-c680-4063-8c59-23b9b391c700"
    made = agent.source({"api_token": "x"}, actor_definition_id=pipedrive)
    form = made["user_config_spec"]["connectionSpecification"]
    assert "api_token" not in form["required"]
    assert set(form) <= {"type", "required", "properties", "description", "title", "$schema"}


def test_a_connector_without_a_form_to_infer_gets_its_whole_specification(agent: AgentClient) -> None:
    airtable = "14c6e7ea-97ed-4f5e-a7b5-25e9a80b8212"
    form = agent.source(actor_definition_id=airtable)["user_config_spec"]["connectionSpecification"]
    assert "credentials" in form["properties"]


def test_the_list_holds_the_organization_s_own_and_names_it(agent: AgentClient) -> None:
    made = agent.source()
    [item] = agent("GET", "sources").json()["data"]
    assert (item["id"], item["actor_definition_id"]) == (made["id"], FAKER_ID)
    assert item["organization_id"] == SANDBOX_ORGANIZATION_ID
    assert "partial_default_config" not in item


def test_airbyte_s_own_templates_are_listed_on_their_own_and_can_be_read_and_cloned_only(
    agent: AgentClient,
) -> None:
    agent.source()
    [item] = agent("GET", "sources", params={"use_global": "true"}).json()["data"]
    assert (item["id"], item["organization_id"]) == (GLOBAL_TEMPLATE_ID, None)
    assert agent("GET", f"sources/{GLOBAL_TEMPLATE_ID}").status_code == 200
    assert agent("PATCH", f"sources/{GLOBAL_TEMPLATE_ID}", {"name": "x"}).status_code == 403
    assert agent("DELETE", f"sources/{GLOBAL_TEMPLATE_ID}").status_code == 403
    clone = agent(
        "POST", "sources", {"original_source_template_id": GLOBAL_TEMPLATE_ID, "mode": "DIRECT"}
    ).json()
    assert (clone["name"], clone["mode"]) == ("Stripe", "DIRECT")
    assert clone["id"] in agent.listed("sources")


def test_a_list_may_mix_airbyte_s_own_in(make: MakeAgent) -> None:
    agent = make({"mixed_list": True})
    own = agent.source()["id"]
    assert agent.listed("sources") == [own, GLOBAL_TEMPLATE_ID]
    assert agent.listed("sources", use_global="true") == [GLOBAL_TEMPLATE_ID]


def test_a_clone_takes_everything_but_tags_from_its_original(make: MakeAgent) -> None:
    agent = make({"tags": True})
    original = agent.source(
        {"count": 2}, name="A", mode="MULTI", customization={"stream_whitelist": ["users"]}
    )
    agent("POST", f"sources/{original['id']}/tags", {"tag": "eu"})
    clone = agent("POST", "sources", {"original_source_template_id": original["id"], "name": "B"}).json()
    same = ("partial_default_config", "customization", "mode", "source_definition_id")
    assert [clone[name] for name in same] == [original[name] for name in same]
    assert (clone["name"], clone["tags"]) == ("B", [])


def test_a_connection_template_has_the_documented_defaults(agent: AgentClient) -> None:
    made = agent.connection({"a": 1})
    assert agent("GET", f"connections/{made['id']}").json() == made
    assert agent("GET", "connections").json()["data"] == [made]
    assert (made["data_hosting_type"], made["cron_expression"]) == ("user_hosted", None)
    assert (made["non_breaking_changes_preference"], made["sync_on_create"]) == ("ignore", True)
    assert (made["destination_definition_id"], made["destination_config"]) == (DEV_NULL, {"a": 1})


def test_an_airbyte_hosted_one_has_nothing_of_a_destination_and_gets_none(
    agent: AgentClient,
) -> None:
    made = agent("POST", "connections", {**HOSTED, "cron_expression": "0 0 1 * * ?"}).json()
    assert not {"destination_config", "destination_definition_id", "sync_on_create"} & made.keys()
    path = f"connections/{made['id']}"
    assert agent.patched(path, cron_expression="0 0 2 * * ?")["cron_expression"] == "0 0 2 * * ?"
    before = agent("GET", path).json()
    assert agent.patched(path, sync_on_create=False, destination_config={"a": 1}) == before


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("sources", {"name": "New"}),
        ("sources", {"partial_default_config": {"count": 9}}),
        ("sources", {"mode": "DIRECT"}),
        ("connections", {"destination_name": "New"}),
        ("connections", {"destination_config": {"b": 2}}),
        ("connections", {"cron_expression": "0 0 3 * * ?"}),
        ("connections", {"non_breaking_changes_preference": "disable"}),
        ("connections", {"sync_on_create": False}),
    ],
)
def test_a_patch_changes_what_it_names_and_nothing_else(agent: AgentClient, kind: str, change: Any) -> None:
    made = agent.source({"count": 1}) if kind == "sources" else agent.connection({"a": 1})
    before = agent("GET", f"{kind}/{made['id']}").json()
    agent.now += 60
    after = agent.patched(f"{kind}/{made['id']}", **change)
    moved = {"updated_at": "2023-11-14T22:14:20Z"}
    assert after == {**before, **change, **moved} | (
        {"user_config_spec": after["user_config_spec"]} if kind == "sources" else {}
    )


@pytest.mark.parametrize(
    ("patch", "expected"), [("replace", {"b": {"y": 2}}), ("merge", {"a": 1, "b": {"x": 1, "y": 2}})]
)
def test_objects_in_a_patch_replace_or_are_merged(make: MakeAgent, patch: str, expected: Any) -> None:
    agent, config = make({"patch": patch}), {"a": 1, "b": {"x": 1}}
    source, connection = agent.source(config), agent.connection(config)
    change = {"b": {"y": 2}}
    assert (
        agent.patched(f"sources/{source['id']}", partial_default_config=change)["partial_default_config"]
        == expected
    )
    assert (
        agent.patched(f"connections/{connection['id']}", destination_config=change)["destination_config"]
        == expected
    )


@pytest.mark.parametrize(
    ("nulls", "expected"), [("ignore", ("0 0 1 * * ?", False, "W")), ("clear", (None, True, "W"))]
)
def test_a_null_in_a_patch_is_ignored_or_clears_all_but_the_name(
    make: MakeAgent, nulls: str, expected: Any
) -> None:
    agent = make({"nulls": nulls})
    made = agent.connection(cron_expression="0 0 1 * * ?", sync_on_create=False)
    nothing = dict.fromkeys(("cron_expression", "sync_on_create", "destination_name"))
    after = agent.patched(f"connections/{made['id']}", **nothing)
    assert (after["cron_expression"], after["sync_on_create"], after["destination_name"]) == expected


def test_propagate_is_taken_and_is_no_member_of_the_template(agent: AgentClient) -> None:
    made = agent.source()
    after = agent.patched(f"sources/{made['id']}", propagate=True, name="X")
    assert after["name"] == "X"
    assert "propagate" not in after


@pytest.mark.parametrize(
    ("secrets", "password"), [("clear", "hunter2"), ("masked", "**********"), ("omitted", None)]
)
@pytest.mark.parametrize("is_specified", [True, False])
def test_secrets_of_a_destination_come_back_as_the_settings_say(
    make: MakeAgent, secrets: str, password: str | None, is_specified: bool
) -> None:
    properties: dict[str, Any] = {"password": {"type": "string", "airbyte_secret": True}}
    properties["nodes"] = {"type": "array", "items": {"type": "object", "properties": dict(properties)}}
    schema = {"type": "object", "properties": properties}
    named = Connector(NOBODY, "destination-x", "X", None, {"connectionSpecification": schema})
    connectors = Catalogue([named] if is_specified else [])
    agent = make({"secrets": secrets}, connectors=connectors, destinations=frozenset({NOBODY}))
    inner = {"host": "db", "password": "hunter2", "tunnel": {"port": 1}}
    config = {**inner, "nodes": [inner]}
    made = agent.connection(config, destination_definition_id=NOBODY)
    [listed] = agent("GET", "connections").json()["data"]
    for shown in (made["destination_config"], listed["destination_config"]):
        for each in (shown, *shown["nodes"]):
            assert (each["host"], each["tunnel"], each.get("password")) == ("db", {"port": 1}, password)


def test_a_configuration_that_the_destination_s_specification_refuses_is_a_422(make: MakeAgent) -> None:
    schema = {"type": "object", "required": ["host"], "properties": {"host": {"type": "string"}}}
    named = Connector(NOBODY, "destination-x", "X", None, {"connectionSpecification": schema})
    agent = make(connectors=Catalogue([named]))
    body = {"destination_name": "W", "destination_definition_id": NOBODY, "destination_config": {"port": 1}}
    answer = agent("POST", "connections", body)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Invalid destination_config: $: required property 'host' not found"


def test_a_specification_that_cannot_be_read_refuses_nothing(make: MakeAgent) -> None:
    schema = {"$schema": "http://nowhere.invalid/draft", "type": "object", "required": ["host"]}
    named = Connector(NOBODY, "destination-x", "X", None, {"connectionSpecification": schema})
    agent = make(connectors=Catalogue([named]))
    assert agent.connection({"port": 1}, destination_definition_id=NOBODY)["destination_config"] == {
        "port": 1
    }


@pytest.mark.parametrize(
    ("nested", "statuses"),
    [
        ('{"a":' * 50 + "1" + "}" * 50, {200}),
        ('{"a":' * 600 + "1" + "}" * 600, {422, 500}),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, {422}),
        (r'{"a": "\ud800"}', {500}),
    ],
    ids=["deep", "deeper", "deepest", "half a character"],
)
def test_presets_that_cannot_be_stored_are_refused(
    agent: AgentClient, nested: str, statuses: set[int]
) -> None:
    body = f'{{"actor_definition_id": "{FAKER_ID}", "partial_default_config": {nested}}}'
    answer = agent("POST", "sources", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in statuses


@pytest.mark.parametrize("kind", ["sources", "connections"])
def test_a_deleted_template_is_gone(agent: AgentClient, kind: str) -> None:
    made = agent.source() if kind == "sources" else agent.connection()
    path = f"{kind}/{made['id']}"
    assert agent("DELETE", path).json() == {"id": made["id"], "deleted_at": "2023-11-14T22:13:20Z"}
    assert agent.listed(kind) == []
    assert [agent(method, path).status_code for method in ("GET", "DELETE")] == [404, 404]


def test_two_templates_may_be_alike_unless_names_are_unique(make: MakeAgent) -> None:
    agent = make()
    [agent.source(), agent.source(), agent.connection(), agent.connection()]
    strict = make({"unique_names": True})
    for path, body in (
        ("sources", {"actor_definition_id": FAKER_ID, "partial_default_config": {}}),
        (
            "connections",
            {"destination_name": "W", "destination_definition_id": DEV_NULL, "destination_config": {}},
        ),
    ):
        answer = strict("POST", path, body)
        assert answer.status_code == 400
        assert answer.json()["message"].endswith("already exists")
    other = strict.source(name="Other")
    assert strict.patched(f"sources/{other['id']}", name="Other", mode="MULTI")["mode"] == "MULTI"
    assert strict("PATCH", f"sources/{other['id']}", {"name": "Sample Data"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "sources", {"actor_definition_id": NOBODY, "partial_default_config": {}}, 404),
        ("POST", "sources", {"actor_definition_id": DEV_NULL, "partial_default_config": {}}, 404),
        ("POST", "sources", {"original_source_template_id": NOBODY}, 404),
        (
            "POST",
            "connections",
            {"destination_name": "W", "destination_definition_id": FAKER_ID, "destination_config": {}},
            404,
        ),
        ("GET", f"sources/{NOBODY}", None, 404),
        ("PATCH", f"connections/{NOBODY}", {}, 404),
        ("GET", "sources/x", None, 422),
        ("GET", "sources?tags_mode=some", None, 422),
        ("GET", "sources?use_global=perhaps", None, 422),
        ("POST", "sources", {"actor_definition_id": FAKER_ID}, 422),
        (
            "POST",
            "sources",
            {"actor_definition_id": FAKER_ID, "partial_default_config": {}, "mode": "direct"},
            422,
        ),
        ("POST", "sources", {"actor_definition_id": FAKER_ID, "partial_default_config": {"a": "\0"}}, 500),
        ("POST", "connections", {"destination_name": "W"}, 422),
        ("POST", "connections", {**HOSTED, "cron_expression": "hourly"}, 400),
        ("POST", "connections/cron/describe", {}, 422),
        ("POST", "sources", [], 422),
    ],
)
def test_what_is_wrong_with_a_request_has_its_status(
    agent: AgentClient, method: str, path: str, body: Any, status: int
) -> None:
    assert agent(method, path, body).status_code == status
    assert agent.listed("sources") == agent.listed("connections") == []


def test_members_that_the_contract_does_not_name_are_passed_over(agent: AgentClient) -> None:
    made = agent.source(tags=["eu"], organization_id=NOBODY, partialUserConfigSpec={})
    assert made["tags"] == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"{", "application/json"), (b'{"name": NaN}', "application/json"), (b"{}", "text/plain")],
)
def test_a_body_that_is_no_json_is_a_422(agent: AgentClient, content: bytes, kind: str) -> None:
    made = agent.source()
    answer = agent("PATCH", f"sources/{made['id']}", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("expression", "is_valid", "description"),
    [
        ("0 0 6 ? * MON", True, "at 06:00 on Monday, UTC"),
        ("hourly", False, "Invalid cron expression: it has 1 field instead of 6 or 7"),
        (
            "0 0 0 L,15 * ?",
            False,
            "Invalid cron expression: Quartz does not take L beside other days of the month",
        ),
    ],
)
def test_a_schedule_is_described(
    agent: AgentClient, expression: str, is_valid: bool, description: str
) -> None:
    answer = agent("POST", "connections/cron/describe", {"cron_expression": expression}).json()
    assert answer == {"is_valid": is_valid, "description": description}


def test_definitions_are_found_by_a_part_of_the_name_or_by_id(agent: AgentClient) -> None:
    found = agent("GET", "/integrations/definitions/sources", params={"name": "sample"}).json()["definitions"]
    assert [each["sourceDefinitionId"] for each in found] == [FAKER_ID]
    assert agent("GET", f"/integrations/definitions/sources/{FAKER_ID}").json()["definition"]["spec"]
    assert agent("GET", f"/integrations/definitions/sources/{DEV_NULL}").status_code == 404
    chosen = {"actorDefinitionIds": [DEV_NULL, NOBODY]}
    [only] = agent("GET", "/integrations/definitions/destinations", params=chosen).json()["destinations"]
    assert (only["id"], only["name"]) == (DEV_NULL, "End-to-End Testing (/dev/null)")
    assert agent("GET", f"/integrations/definitions/destinations/{DEV_NULL}").json()["id"] == DEV_NULL
    assert agent("GET", f"/integrations/definitions/destinations/{FAKER_ID}").status_code == 404


def test_the_shape_of_may_has_nothing_of_the_runtime(make: MakeAgent) -> None:
    today, may = (make({"shape": shape}) for shape in ("2026-07", "2026-05"))
    made = today.source()
    path = f"sources/{made['id']}"
    new, old = today("GET", path).json(), may("GET", path).json()
    assert new.keys() - old.keys() == {"runtime_mode", "supports_context_store"}
    assert (type(new["auth_tooltip"]), type(old["auth_tooltip"])) == (dict, str)


def test_the_older_shape_has_a_list_of_airbyte_s_own(make: MakeAgent) -> None:
    assert make({"shape": "older"}).listed("sources/global") == [GLOBAL_TEMPLATE_ID]
    assert make()("GET", "sources/global").status_code == 422


def test_the_ledger_keeps_creates_with_their_ids(agent: AgentClient) -> None:
    made, other = agent.source(), agent.connection()
    kept = [entry for entry in agent.store.ledger() if entry.body is not None]
    assert [entry.template_id for entry in kept] == [made["id"], other["id"]]
