"""Updates on the Agent API: what is sent, what reading back makes of each answer, what stops the run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import factories
import httpx
import pytest
from applying.test_creates_of_agents import code, faker, later, outcomes, speaking, stored, warehouse
from faulty_sandbox import Fault, World, answered, lost_after, lost_before, never_connected

from reconciler.errors import UnsafePlan
from reconciler.model.json_value import JsonObject
from reconciler.model.target import Policy
from reconciler.model.template import Manifest
from reconciler.planning.entry import Status
from reconciler.report.document import apply_document
from reconciler.report.html import render_apply_page
from reconciler.report.text import render_apply

TEMPLATE = factories.template_id(7)


def updating(world: World, **ways: Any) -> World:
    speaking(world, **ways).policy = Policy.CREATE_UPDATE
    return world


@pytest.fixture
def agents(world: World) -> World:
    """A template with `count` 5, which `faker(presets={"count": 3})` wants changed."""
    updating(world).store.put_agent_template(stored(7, partial_default_config={"count": 5}))
    return world


def wanted(**settings: Any) -> Manifest:
    return faker(presets={"count": 3}, **settings)


def patches(world: World) -> list[Any]:
    return [json.loads(body) for body in world.faults.patches]


def held(world: World) -> JsonObject:
    """What the server stores of the template."""
    row = world.store.agent_template("source", TEMPLATE)
    assert row is not None
    members: JsonObject = json.loads(row.members)
    return members


def put(world: World, **members: Any) -> None:
    world.store.put_agent_template(stored(7, **{"partial_default_config": {"count": 5}, **members}))


def test_what_differs_is_sent_once_and_read_back(agents: World) -> None:
    result = agents.apply(wanted())
    assert (outcomes(result), code(result)) == ([("updated", True)], 0)
    assert patches(agents) == [{"partial_default_config": {"count": 3}, "propagate": False}]
    assert outcomes(agents.apply(wanted())) == []
    assert len(patches(agents)) == 1


def test_nothing_that_is_equal_is_sent(agents: World) -> None:
    put(agents, name="Old", mode="DIRECT", partial_default_config={"count": 3})
    agents.apply(replace(wanted(mode="DIRECT"), propagate=True))
    assert patches(agents) == [{"name": "Sample", "propagate": True}]


def test_template_is_read_right_before_it_is_changed_and_right_after(agents: World) -> None:
    agents.apply(wanted())
    at = agents.faults.seen.index("PATCH")
    assert agents.faults.seen[at - 1 : at + 2] == ["GET", "PATCH", "GET"]


def test_create_only_environment_changes_nothing(agents: World) -> None:
    agents.policy = Policy.CREATE_ONLY
    assert outcomes(agents.apply(wanted())) == []
    assert patches(agents) == []


def test_updates_come_before_creates(agents: World) -> None:
    result = agents.apply(later(), wanted())
    assert [(c.entry.status, c.outcome) for c in result.creations] == [
        (Status.UPDATE, "updated"),
        (Status.CREATE, "created"),
    ]


def test_connection_template_is_changed_by_its_own_members(world: World) -> None:
    updating(world).apply(warehouse(cronExpression="0 0 3 * * ?"))
    result = world.apply(warehouse(cronExpression="0 0 4 * * ?", syncOnCreate=False))
    assert (outcomes(result), code(result)) == ([("updated", True)], 0)
    assert patches(world) == [{"cron_expression": "0 0 4 * * ?", "sync_on_create": False}]


def test_template_that_somebody_changed_since_the_plan_is_left_alone(agents: World) -> None:
    result = agents.apply(wanted(), between=lambda: put(agents, mode="MULTI"))
    assert outcomes(result) == [("not-attempted", None)]
    assert "somebody else changed the template since the plan" in result.creations[0].detail
    assert (patches(agents), code(result)) == ([], 4)


def test_template_that_somebody_changed_to_what_is_wanted_needs_nothing(agents: World) -> None:
    result = agents.apply(wanted(), between=lambda: put(agents, partial_default_config={"count": 3}))
    assert (outcomes(result), code(result)) == ([("not-attempted", True)], 0)
    assert patches(agents) == []


def test_template_that_is_gone_is_not_created_again(agents: World) -> None:
    result = agents.apply(wanted(), between=lambda: agents.store.delete_agent_template(TEMPLATE))
    assert outcomes(result) == [("not-attempted", None)]
    assert "could not be read right before the update" in result.creations[0].detail
    assert (agents.posts(), patches(agents)) == (0, [])


@pytest.mark.parametrize("fault", [lost_after, answered(502, after=True), answered(409, {}, after=True)])
def test_update_whose_answer_is_lost_is_decided_by_reading_back(agents: World, fault: Fault) -> None:
    agents.faults.on("PATCH", fault)
    result = agents.apply(wanted())
    assert (outcomes(result), code(result)) == ([("recovered", True)], 0)
    assert agents.faults.seen.count("PATCH") == 1


@pytest.mark.parametrize("fault", [lost_before, answered(503), answered(500, {})])
def test_update_that_does_not_appear_is_not_sent_again_and_stops_the_run(agents: World, fault: Fault) -> None:
    agents.faults.on("PATCH", fault)
    result = agents.apply(wanted(), later())
    first, second = result.creations
    assert (first.outcome, second.outcome, code(result)) == ("unknown", "not-attempted", 5)
    assert "the template was as it was before for 60 seconds" in first.detail
    assert (agents.faults.seen.count("PATCH"), agents.posts()) == (1, 0)


def test_update_that_appears_late_is_found(agents: World) -> None:
    """The answer is lost, and the first reads still show what was there before."""

    async def late(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        put(agents, partial_default_config={"count": 3})
        return await inner.handle_async_request(request)

    async def early(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        return await inner.handle_async_request(request)

    agents.faults.on("PATCH", lost_before)
    agents.faults.on("GET", *[early] * 4, late)
    result = agents.apply(wanted())
    assert outcomes(result) == [("recovered", True)]


def test_refused_update_leaves_the_template_and_the_run_goes_on(agents: World) -> None:
    agents.faults.on(
        "PATCH", answered(422, {"message": "no", "errors": [{"field": "mode", "message": "no"}]})
    )
    result = agents.apply(wanted(), later())
    assert outcomes(result) == [("rejected", None), ("created", True)]
    assert "read again: the template is as it was before" in result.creations[0].detail
    assert code(result) == 5


@pytest.mark.parametrize(
    "fault", [never_connected, answered(401, {}), answered(429, {}, {"Retry-After": "1"})]
)
def test_update_that_was_never_processed_is_sent_again(agents: World, fault: Fault) -> None:
    agents.faults.on("PATCH", fault)
    result = agents.apply(wanted())
    assert outcomes(result) == [("updated", True)]
    assert agents.faults.seen.count("PATCH") == 2
    assert agents.faults.seen.count("GET") == 4


@pytest.mark.parametrize("fault", [answered(401, {}), answered(429, {}, {"Retry-After": "1"})])
def test_update_is_refused_before_processing_once_only(agents: World, fault: Fault) -> None:
    agents.faults.on("PATCH", fault, fault)
    result = agents.apply(wanted(), later())
    assert outcomes(result) == [("rejected", None), ("not-attempted", None)]
    assert agents.faults.seen.count("PATCH") == 2


def test_refused_update_that_was_applied_all_the_same_is_found_before_it_is_sent_again(agents: World) -> None:
    agents.faults.on("PATCH", answered(401, {}, after=True))
    result = agents.apply(wanted())
    assert outcomes(result) == [("recovered", True)]
    assert agents.faults.seen.count("PATCH") == 1


def test_server_that_merges_stops_the_run_and_is_shown(world: World) -> None:
    updating(world, patch="merge")
    put(world, partial_default_config={"count": 5, "seed": 1})
    result = world.apply(wanted(), later())
    first, second = result.creations
    assert (first.outcome, first.equals_manifest, second.outcome) == ("updated", False, "not-attempted")
    assert "merged into what was there: this server does not replace a member" in first.detail
    assert [(c.path, c.operation, c.live) for c in first.changes] == [
        ("/partialDefaultConfig/seed", "remove", 1)
    ]
    assert (code(result), world.posts()) == (5, 0)


def test_server_that_confirms_and_does_nothing_stops_the_run(agents: World) -> None:
    agents.faults.on("PATCH", answered(200, {"id": TEMPLATE}))
    result = agents.apply(wanted(), later())
    assert outcomes(result) == [("updated", False), ("not-attempted", None)]
    assert (
        "the server confirmed the update, and the template was as it was before" in result.creations[0].detail
    )


def test_server_that_changes_something_else_too_stops_the_run(agents: World) -> None:
    """The name is neither in the manifest nor in the request."""

    async def renames(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await answered(200, {"id": TEMPLATE}, after=True)(request, inner)
        put(agents, name="Renamed", partial_default_config={"count": 3})
        return response

    agents.faults.on("PATCH", renames)
    result = agents.apply(faker(None, {"count": 3}), later())
    first = result.creations[0]
    assert (first.outcome, first.equals_manifest) == ("updated", False)
    assert [(c.path, c.desired, c.live) for c in first.changes] == [("/name", "Sample", "Renamed")]


def test_update_that_could_not_be_read_back_stops_the_run(agents: World) -> None:
    async def passed(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        return await inner.handle_async_request(request)

    agents.faults.on("GET", passed, passed, *[answered(500)] * 400)
    result = agents.apply(wanted(), later())
    assert outcomes(result) == [("updated", None), ("not-attempted", None)]
    assert code(result) == 5


def test_tags_alone_are_changed_without_a_patch(world: World) -> None:
    updating(world, tags=True)
    world.apply(wanted(tags=["a", "b"]))
    result = world.apply(wanted(tags=["b", "c"]))
    assert (outcomes(result), patches(world), code(result)) == ([("updated", True)], [], 0)
    (row,) = world.store.agent_templates("source", factories.ORGANIZATION)
    assert sorted(json.loads(row.members)["tags"]) == ["b", "c"]


@pytest.mark.parametrize(("status", "outcome"), [(403, "rejected"), (500, "unknown")])
def test_tags_alone_that_the_server_does_not_take_are_no_update(
    world: World, status: int, outcome: str
) -> None:
    updating(world, tags=True)
    world.apply(wanted(tags=["a"]))
    world.faults.on("TAG", answered(status))
    result = world.apply(wanted(tags=["a", "b"]))
    assert outcomes(result) == [(outcome, False)]
    assert code(result) != 0


def test_tags_follow_what_a_patch_changes(world: World) -> None:
    updating(world, tags=True)
    put(world)
    result = world.apply(wanted(tags=["a"]))
    assert outcomes(result) == [("updated", True)]
    assert (patches(world)[0].keys(), held(world)["tags"]) == ({"partial_default_config", "propagate"}, ["a"])


def test_tags_that_cannot_be_changed_are_no_update(agents: World) -> None:
    put(agents, partial_default_config={"count": 3})
    result = agents.apply(wanted(tags=["a"]), later())
    assert outcomes(result) == [("not-attempted", False), ("created", True)]
    assert "this server has no requests that add or remove tags" in result.creations[0].detail
    assert patches(agents) == []


def test_limit_counts_creates_and_updates_together(agents: World) -> None:
    result = agents.apply(wanted(), later(), max_creates=1)
    assert result.refusal is not None
    assert result.refusal.message == "1 create and 1 update planned, at most 1 allowed in one run"
    assert result.refusal.help == "if all of them are meant: --max-creates 2"
    assert (code(result), patches(agents), agents.posts()) == (4, [], 0)


def test_lease_that_is_lost_stops_the_update(agents: World) -> None:
    async def lost(_organization: str) -> None:
        raise UnsafePlan("the lease is another's")

    agents.before_create = lost
    result = agents.apply(wanted())
    assert outcomes(result) == [("not-attempted", None)]
    assert (patches(agents), code(result)) == ([], 4)


def test_signal_before_the_patch_sends_nothing(agents: World) -> None:
    async def signal(_organization: str) -> None:
        assert agents.stop is not None
        agents.stop.request()

    agents.before_create = signal
    result = agents.apply(wanted(), later())
    assert outcomes(result) == [("not-attempted", None), ("not-attempted", None)]
    assert result.creations[0].detail == "the run was interrupted before this update"
    assert (patches(agents), code(result)) == ([], 130)


def test_signal_during_the_patch_still_gets_an_account(agents: World) -> None:
    async def signal(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        assert agents.stop is not None
        agents.stop.request()
        return await inner.handle_async_request(request)

    agents.faults.on("PATCH", signal)
    result = agents.apply(wanted(), later())
    assert outcomes(result) == [("updated", True), ("not-attempted", None)]
    assert code(result) == 130


SECRET = "canary-4711-of-the-warehouse"
DESTINATION: JsonObject = {
    "connectionSpecification": {
        "type": "object",
        "properties": {"host": {"type": "string"}, "password": {"type": "string", "airbyte_secret": True}},
    }
}


def vault(host: str, secret: str = SECRET) -> Manifest:
    """A connection template whose password comes from a variable."""
    plain = warehouse()
    return replace(
        plain,
        presets={"host": host, "password": secret},
        connector=replace(plain.connector, specification=DESTINATION),
        variable_pointers=frozenset({"/spec/destinationConfig/password"}),
    )


@pytest.mark.parametrize("secrets", ["clear", "masked", "omitted"])
def test_secret_of_a_destination_is_sent_whole_and_shown_nowhere(world: World, secrets: str) -> None:
    """However the server gives it back."""
    updating(world, secrets=secrets)
    made = world.apply(vault("a.example"))
    changed = world.apply(vault("b.example"))
    assert (outcomes(made), outcomes(changed)) == ([("created", True)], [("updated", True)])
    assert patches(world) == [{"destination_config": {"host": "b.example", "password": SECRET}}]
    assert outcomes(world.apply(vault("b.example"))) == []
    for result in (made, changed):
        told = (
            json.dumps(apply_document(result, exit_code=0)) + render_apply(result) + render_apply_page(result)
        )
        assert SECRET not in told


def test_secret_is_in_no_change_of_a_server_that_stores_something_else(world: World) -> None:
    updating(world).apply(vault("a.example"))
    world.faults.on("PATCH", answered(200, {}))
    result = world.apply(vault("b.example"))
    (creation,) = result.creations
    assert creation.equals_manifest is False
    assert [(c.path, c.live) for c in creation.changes] == [("/destinationConfig/host", "a.example")]
    assert SECRET not in json.dumps(apply_document(result, exit_code=5)) + render_apply(result, verbose=True)


def test_destination_that_changes_without_being_sent_is_told_without_its_values(world: World) -> None:
    updating(world).apply(vault("a.example"))

    async def resets(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await answered(200, {}, after=True)(request, inner)
        (row,) = world.store.agent_templates("connection", factories.ORGANIZATION)
        members = {
            **json.loads(row.members),
            "destination_config": {"host": "a.example", "password": "other"},
        }
        world.store.put_agent_template(replace(row, members=json.dumps(members)))
        return response

    world.faults.on("PATCH", resets)
    wanted = vault("a.example")
    result = world.apply(replace(wanted, settings={**wanted.settings, "syncOnCreate": False}))
    (creation,) = result.creations
    assert (creation.outcome, creation.equals_manifest) == ("updated", False)
    assert [(c.path, c.live) for c in creation.changes] == [("/destinationConfig", "(sensitive, differs)")]
