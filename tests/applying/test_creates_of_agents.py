"""Creates on the Agent API: what is sent, what is recognised as ours, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import factories
import pytest
from factories import manifest
from faulty_sandbox import Fault, World, answered, lost_after, lost_before, never_connected, passed_on

from reconciler.applying.outcome import ApplyResult
from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.errors import UnsafePlan
from reconciler.model.target import Dialect
from reconciler.model.template import AIRBYTE_HOSTED, CONNECTION_TEMPLATE, Connector, Manifest
from reconciler.report.exit_code import apply_exit_code
from reconciler.report.text import render_apply
from reconciler.sandbox.settings import AgentSettings, SandboxSettings
from reconciler.sandbox.store import AgentRow

DEV_NULL = Connector("a7bcc9d8-13b3-4e49-b80d-d020b90045e3", "destination-dev-null", "End-to-End Testing")


@pytest.fixture
def agents(world: World) -> World:
    return speaking(world)


def speaking(world: World, **ways: Any) -> World:
    """The world on the Agent API, which behaves in these ways."""
    world.dialect = Dialect.AGENTS
    organizations = (factories.ORGANIZATION,)
    world.settings = SandboxSettings(organizations=organizations, agents=AgentSettings(**ways))
    return world


def faker(name: str | None = "Sample", presets: Any = None, **settings: Any) -> Manifest:
    """A source template. `name` None: it says none."""
    whole = settings if name is None else {"name": name, **settings}
    return replace(manifest(presets=presets), settings=whole)


def warehouse(**settings: Any) -> Manifest:
    whole = {"destinationName": "Warehouse", **settings}
    return replace(manifest("warehouse", connector=DEV_NULL), kind=CONNECTION_TEMPLATE, settings=whole)


def later() -> Manifest:
    """A source template of another connector, which is created after `faker`."""
    other = builtin_catalogue().resolve("source-stripe")
    assert other is not None
    presets = {"account_id": "acct_1", "start_date": "2024-01-01T00:00:00Z"}
    return manifest("stripe", connector=other, presets=presets)


def hosted() -> Manifest:
    settings: Any = {"dataHostingType": AIRBYTE_HOSTED}
    return replace(manifest("ours", connector=Connector("")), kind=CONNECTION_TEMPLATE, settings=settings)


def stored(number: int, definition: str = factories.FAKER.id, **members: Any) -> AgentRow:
    """A source template that somebody made by other means."""
    defaults: dict[str, Any] = {
        "mode": "REPLICATION",
        "partial_default_config": {},
        "customization": None,
        "tags": [],
    }
    whole = {"name": "Sample", **defaults, **members}
    identity = factories.template_id(number)
    return AgentRow(identity, "source", factories.ORGANIZATION, definition, json.dumps(whole), 0.0, 0.0)


def outcomes(result: ApplyResult) -> list[tuple[str, bool | None]]:
    return [(str(c.outcome), c.equals_manifest) for c in result.creations]


def code(result: ApplyResult) -> int:
    return apply_exit_code(result, findings_count=False)


def bodies(world: World) -> list[Any]:
    """What was posted, in order."""
    ends = ("templates/sources", "templates/connections")
    posts = (e for e in world.store.ledger() if e.method == "POST" and e.path.endswith(ends))
    return [json.loads(e.body or "") for e in posts]


@pytest.mark.parametrize("wanted", [faker(), faker(None, {"count": 3}), warehouse(), hosted()])
def test_template_of_each_kind_is_created_once_and_read_back(agents: World, wanted: Manifest) -> None:
    result = agents.apply(wanted)
    assert (outcomes(result), code(result)) == ([("created", True)], 0)
    assert outcomes(agents.apply(wanted)) == []
    assert agents.posts() == 1


def test_form_that_no_manifest_can_write_is_not_sent_and_everything_else_is(agents: World) -> None:
    agents.apply(faker("Mine", {"count": 3}, mode="DIRECT", customization={"streamSelectionMode": "all"}))
    assert bodies(agents) == [
        {
            "actor_definition_id": factories.FAKER.id,
            "partial_default_config": {"count": 3},
            "name": "Mine",
            "mode": "DIRECT",
            "customization": {"stream_selection_mode": "all"},
        }
    ]


def test_clone_sends_the_original_and_is_equal_in_what_it_says(agents: World) -> None:
    original = stored(7, name="Original", partial_default_config={"count": 7})
    agents.store.put_agent_template(replace(original, organization_id=None))
    result = agents.apply(replace(faker("Copy"), clone_of=original.id))
    assert outcomes(result) == [("created", True)]
    assert bodies(agents) == [{"original_source_template_id": original.id, "name": "Copy"}]


@pytest.mark.parametrize("wanted", [faker(), faker(None, {"count": 3}), warehouse(), hosted()])
@pytest.mark.parametrize("fault", [lost_after, answered(502, after=True), answered(409, {}, after=True)])
def test_create_whose_answer_is_lost_is_found_and_never_sent_again(
    agents: World, wanted: Manifest, fault: Any
) -> None:
    agents.faults.on("POST", fault)
    result = agents.apply(wanted)
    assert (outcomes(result), code(result)) == ([("recovered", True)], 0)
    assert agents.posts() == 1


def test_taken_name_is_looked_into_and_may_be_anything(world: World) -> None:
    """Nobody knows what a name conflict proves: a proxy may have sent the create twice."""
    speaking(world, unique_names=True)
    other = stored(7, "00000000-0000-4000-8000-0000000000c1")
    world.store.put_agent_template(other)
    result = world.apply(faker())
    assert (outcomes(result), code(result)) == ([("unknown", None)], 5)
    assert world.posts() == 1


def test_lost_create_that_was_stored_otherwise_is_found_by_definition_and_name(agents: World) -> None:
    async def stores_otherwise(request: Any, inner: Any) -> Any:
        agents.store.put_agent_template(stored(7, partial_default_config={"count": 5}))
        return await answered(502)(request, inner)

    agents.faults.on("POST", stores_otherwise)
    result = agents.apply(faker(presets={"count": 3}), later())
    first, second = result.creations
    assert (first.outcome, first.template_id, first.equals_manifest) == (
        "recovered",
        factories.template_id(7),
        False,
    )
    assert "found by its definition and name: it may be a template that somebody else made" in first.detail
    assert [change.path for change in first.changes] == ["/partialDefaultConfig/count"]
    assert (second.outcome, code(result)) == ("not-attempted", 5)


def test_refused_create_that_a_list_showed_once_is_not_forgotten_by_the_next_list(agents: World) -> None:
    """A 401 that is none, and a list that shows the template and then does not."""
    nothing = answered(200, {"data": []})
    agents.faults.on("POST", answered(401, {}, after=True))
    agents.faults.on("LIST", *[passed_on] * 6, *[nothing] * 20)
    result = agents.apply(faker())
    assert [str(c.outcome) for c in result.creations] == ["recovered"]
    assert (agents.posts(), code(result)) == (1, 5)


def test_lost_create_is_not_taken_for_a_template_of_another_name(agents: World) -> None:
    async def somebody_else(request: Any, inner: Any) -> Any:
        agents.store.put_agent_template(stored(7, name="Another"))
        return await answered(502)(request, inner)

    agents.faults.on("POST", somebody_else)
    result = agents.apply(faker())
    assert outcomes(result) == [("unknown", None)]
    assert f"new but different: {factories.template_id(7)}" in result.creations[0].detail


def test_new_template_of_another_kind_that_cannot_be_read_is_no_doubt(agents: World) -> None:
    """The create was refused for certain. What appears meanwhile and cannot be read is a connection template."""

    async def appears(request: Any, inner: Any) -> Any:
        members = {"destination_name": "Another", "data_hosting_type": AIRBYTE_HOSTED, "tags": []}
        row = replace(stored(7), kind="connection", definition_id=None, members=json.dumps(members))
        agents.store.put_agent_template(row)
        refusal = {"message": "no", "errors": [{"field": "name", "message": "no"}]}
        return await answered(422, refusal)(request, inner)

    agents.faults.on("POST", appears)
    agents.faults.on("GET", *[answered(500)] * 400)
    result = agents.apply(faker())
    assert (outcomes(result), code(result)) == ([("rejected", None)], 1)


def test_run_after_a_lost_create_finds_it_by_its_name(agents: World) -> None:
    agents.faults.on("POST", lost_after)
    agents.faults.on("LIST", *[passed_on] * 4, *[answered(503)] * 200)
    assert outcomes(agents.apply(faker())) == [("unknown", None)]
    agents.faults.waiting.clear()
    assert outcomes(agents.apply(faker())) == []
    assert agents.posts() == 1


def test_second_template_of_a_definition_is_refused_unless_the_manifest_says_why(agents: World) -> None:
    agents.store.put_agent_template(stored(7, name="By hand", partial_default_config={"count": 9}))
    agents.store.put_agent_template(stored(8, name="By hand too", partial_default_config={"count": 8}))
    world_unmanaged = frozenset({factories.template_id(7), factories.template_id(8)})
    refused = agents.apply(faker(), unmanaged=world_unmanaged)
    assert refused.refusal is not None
    assert "apps that create connectors by definition or by type fail" in refused.refusal.message
    assert "allowSecond" in refused.refusal.help
    assert (agents.posts(), code(refused)) == (0, 4)
    allowed = replace(faker(), allow_second="two regions")
    assert outcomes(agents.apply(allowed, unmanaged=world_unmanaged)) == [("created", True)]


def test_template_that_somebody_makes_of_the_definition_before_the_create_stops_it(agents: World) -> None:
    def somebody() -> None:
        agents.store.put_agent_template(stored(7, name="By hand", partial_default_config={"count": 9}))

    result = agents.apply(faker(), between=somebody)
    assert outcomes(result) == [("not-attempted", None)]
    assert (agents.posts(), code(result)) == (0, 4)


async def without_owners(request: Any, inner: Any) -> Any:
    """The list with items that do not say whose they are, which the vendor's document allows."""
    response = await inner.handle_async_request(request)
    items = json.loads(await response.aread())["data"]
    for item in items:
        del item["organization_id"]
    return await answered(200, {"data": items})(request, inner)


def test_template_that_appears_without_an_owner_may_be_ours(agents: World) -> None:
    agents.faults.on("LIST", passed_on, passed_on, *[without_owners] * 20)
    row = stored(7, name="Sample", partial_default_config={"count": 9})
    result = agents.apply(faker(), between=lambda: agents.store.put_agent_template(row))
    assert outcomes(result) == [("not-attempted", None)]
    assert (agents.posts(), code(result)) == (0, 4)


def test_template_that_left_the_list_is_no_default_of_airbytes(agents: World) -> None:
    """On the public API a default leaves the list for our own template. Here a list that lost one is not believed."""
    agents.store.put_agent_template(stored(7, name="Sample", partial_default_config={"count": 9}))
    mine = replace(faker("Mine"), allow_second="two regions")

    def gone() -> None:
        agents.store.delete_agent_template(factories.template_id(7))

    result = agents.apply(faker(presets={"count": 9}), replace(mine, name="mine"), between=gone)
    assert outcomes(result) == [("not-attempted", None)]
    assert "no longer names" in result.creations[0].detail
    assert agents.posts() == 0


def test_template_of_the_same_name_that_appears_beside_ours_is_told(agents: World) -> None:
    async def twice(request: Any, inner: Any) -> Any:
        agents.store.put_agent_template(stored(7, partial_default_config={"count": 5}))
        return await inner.handle_async_request(request)

    agents.faults.on("POST", twice)
    result = agents.apply(faker(presets={"count": 3}))
    (creation,) = result.creations
    assert (creation.outcome, creation.candidates) == ("created", (factories.template_id(7),))
    assert "templates of its definition and name appeared beside it" in creation.detail
    assert code(result) == 5


def test_tags_are_added_once_the_template_is_there(world: World) -> None:
    speaking(world, tags=True)
    result = world.apply(faker(tags=["eu", "beta"]))
    assert (outcomes(result), code(result)) == ([("created", True)], 0)
    assert "tags" not in bodies(world)[0]
    assert outcomes(world.apply(faker(tags=["beta", "eu"]))) == []
    assert world.faults.seen.count("TAGS") == 1


def test_tags_that_the_server_has_no_requests_for_are_said_and_stop_nothing(agents: World) -> None:
    result = agents.apply(faker(tags=["eu"]), warehouse(tags=["eu"]))
    assert outcomes(result) == [("created", False), ("created", False)]
    assert all("no requests that add or remove tags" in c.detail for c in result.creations)
    assert [change.path for change in result.creations[0].changes] == ["/tags/0"]
    assert (agents.faults.seen.count("TAGS"), agents.faults.seen.count("TAG"), code(result)) == (1, 0, 5)


def test_tag_that_cannot_be_added_stops_the_run(world: World) -> None:
    speaking(world, tags=True)
    world.faults.on("TAG", passed_on, answered(500))
    result = world.apply(faker(tags=["a", "b"]), later())
    first, second = result.creations
    assert (first.outcome, first.equals_manifest, second.outcome) == ("created", False, "not-attempted")
    assert "its tags are not as the manifest says" in first.detail
    assert "read back equal but for its tags" in render_apply(result)
    assert world.faults.seen.count("TAG") == 2
    assert code(result) == 5


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ([answered(429, {}, {"Retry-After": "7"})], [7.0]),
        ([answered(401, {})], []),
        ([never_connected, never_connected], [2.0, 4.0]),
    ],
)
def test_request_for_a_tag_that_was_not_processed_is_sent_once_more(
    world: World, faults: list[Fault], waits: list[float]
) -> None:
    speaking(world, tags=True)
    world.faults.on("TAG", *faults)
    result = world.apply(faker(tags=["a", "b"]))
    assert (outcomes(result), code(result)) == ([("created", True)], 0)
    assert (world.faults.seen.count("TAG"), world.time.waits[: len(waits)]) == (2 + len(faults), waits)


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (answered(429, {}, {"Retry-After": "7"}), 2),
        (answered(429, {}, {"Retry-After": "3600"}), 1),
        (answered(401, {}), 2),
        (never_connected, 3),
        (lost_before, 1),
        (answered(400, {}), 1),
    ],
)
def test_request_for_a_tag_is_repeated_no_more_often_than_a_create(
    world: World, fault: Fault, sent: int
) -> None:
    speaking(world, tags=True)
    world.faults.on("TAG", *[fault] * 4)
    result = world.apply(faker(tags=["a"]))
    assert (outcomes(result), code(result)) == ([("created", False)], 5)
    assert world.faults.seen.count("TAG") == sent


def test_request_for_a_tag_is_not_repeated_once_the_lease_is_lost(world: World) -> None:
    speaking(world, tags=True)
    world.faults.on("TAG", answered(429, {}, {"Retry-After": "7"}))
    asked: list[str] = []

    async def lease(organization: str) -> None:
        asked.append(organization)
        if len(asked) > 1:
            raise UnsafePlan("another run holds the lease", help="wait")

    world.before_create = lease
    result = world.apply(faker(tags=["a"]))
    assert (outcomes(result), world.faults.seen.count("TAG")) == ([("created", False)], 1)
    assert "another run holds the lease" in result.creations[0].detail
