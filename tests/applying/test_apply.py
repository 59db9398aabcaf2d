"""What is sent, what is never sent twice, and what is said about it."""

from __future__ import annotations

import json

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import Fault, World, answered, lost_after, lost_before, never_connected, passed_on

from reconciler.applying.outcome import ApplyResult, Outcome
from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Manifest, Past
from reconciler.report.exit_code import apply_exit_code
from reconciler.sandbox.store import TemplateRow

COUNT: JsonObject = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
FAKER = form("Sample data", count=COUNT)


def faker(name: str = "sample-data", title: str = "Sample data", **presets: object) -> Manifest:
    return manifest(name, spec=form(title, count=COUNT), presets=presets)


def outcomes(result: ApplyResult) -> list[tuple[str, bool | None]]:
    return [(str(c.outcome), c.equals_manifest) for c in result.creations]


def code(result: ApplyResult) -> int:
    return apply_exit_code(result, findings_count=False)


def test_missing_template_is_created_once_and_read_back(world: World) -> None:
    result = world.apply(faker())
    assert outcomes(result) == [("created", True)]
    assert (world.posts(), world.templates(), code(result)) == (1, 1, 0)


def test_second_apply_sends_no_post(world: World) -> None:
    world.apply(faker())
    assert outcomes(world.apply(faker())) == []
    assert world.posts() == 1


def test_plan_made_again_before_a_create_knows_the_past_too(world: World) -> None:
    """`eu` takes over the title of `us`; something that somebody else makes meanwhile makes the plan be made again."""
    before = faker("us", "Shop", seed=1)
    world.apply(before)
    stripe = builtin_catalogue().resolve("source-stripe")
    assert stripe is not None
    foreign = TemplateRow(
        factories.template_id(5),
        factories.ORGANIZATION,
        stripe.id,
        "{}",
        json.dumps(form()),
        json.dumps(factories.served(form())),
    )
    result = world.apply(
        faker("us", "Shop (US)", seed=1),
        faker("eu", "Shop", seed=2),
        past=Past((before,), is_whole=True),
        between=lambda: world.store.insert_template(foreign),
    )
    assert [(c.entry.name, str(c.outcome)) for c in result.creations] == [("eu", "created")]


def test_body_holds_exactly_the_documented_members(world: World) -> None:
    world.apply(faker())
    (body,) = [e.body for e in world.store.ledger() if e.method == "POST" and e.path.endswith("sources")]
    assert json.loads(body or "") == {
        "organizationId": factories.ORGANIZATION,
        "actorDefinitionId": factories.FAKER.id,
        "partialDefaultConfig": {},
        "partialUserConfigSpec": form("Sample data", count=COUNT),
    }


def test_form_that_is_left_to_airbyte_is_not_sent_at_all(world: World) -> None:
    connector = builtin_catalogue().resolve("source-faker")
    assert connector is not None
    result = world.apply(manifest(connector=connector, presets={"count": 3}))
    assert outcomes(result) == [("created", True)]
    (body,) = [e.body for e in world.store.ledger() if e.method == "POST" and e.path.endswith("sources")]
    assert "partialUserConfigSpec" not in json.loads(body or "")


def test_list_is_read_right_before_each_post_and_after_the_last_and_each_new_template_once(
    world: World,
) -> None:
    world.apply(faker("a", "A"), faker("b", "B"))
    first = world.faults.seen.index("POST")
    assert world.faults.seen[first - 1 :] == ["LIST", "POST", "GET", "LIST", "POST", "GET", "LIST"]


@pytest.mark.parametrize(
    "fault", [lost_after, answered(502, after=True), answered(200, {"no": "id"}, after=True)]
)
def test_create_whose_answer_is_lost_is_found_and_never_sent_again(world: World, fault: Fault) -> None:
    world.faults.on("POST", fault)
    result = world.apply(faker())
    assert outcomes(result) == [("recovered", True)]
    assert (world.faults.seen.count("POST"), world.templates(), code(result)) == (1, 1, 0)


@pytest.mark.parametrize(
    "fault", [lost_before, answered(503), answered(500, {"status": 500}), answered(408), answered(302)]
)
def test_create_that_cannot_be_found_is_unknown_and_stops_the_run(world: World, fault: Fault) -> None:
    world.faults.on("POST", fault)
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("unknown", None), ("not-attempted", None)]
    assert result.creations[1].detail == "the outcome of 'a' is unknown"
    assert (world.faults.seen.count("POST"), world.templates(), code(result)) == (1, 0, 5)
    assert sum(world.time.waits) <= 60


def test_unclear_create_is_looked_for_until_the_list_shows_it(world: World) -> None:
    """The list lags: the first three looks do not show the new template."""
    nothing = answered(200, {"data": []})
    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, nothing, nothing, nothing)
    assert outcomes(world.apply(faker())) == [("recovered", True)]
    assert world.posts() == 1


def test_run_after_an_unknown_outcome_finds_the_template_by_its_content(world: World) -> None:
    gone = answered(503)
    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, *[gone] * 60)
    assert outcomes(world.apply(faker())) == [("unknown", None)]
    world.faults.waiting.clear()
    assert outcomes(world.apply(faker())) == []
    assert world.templates() == 1


def test_refused_create_stores_nothing_and_the_run_goes_on(world: World) -> None:
    broken = manifest("a", spec=form("A", count={"type": "string"}))
    result = world.apply(broken, faker("b", "B"))
    assert outcomes(result) == [("rejected", None), ("created", True)]
    assert "json schema validation failed" in result.creations[0].detail
    assert code(result) == 5


def test_refusal_that_every_create_would_meet_stops_the_run(world: World) -> None:
    world.faults.on("POST", answered(403, {"message": "Forbidden"}))
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("rejected", None), ("not-attempted", None)]
    assert (world.posts(), code(result)) == (0, 1)


def test_create_that_never_left_this_machine_is_sent_again(world: World) -> None:
    world.faults.on("POST", never_connected, never_connected)
    result = world.apply(faker())
    assert outcomes(result) == [("created", True)]
    assert (world.posts(), world.templates()) == (1, 1)


def test_create_that_can_never_be_sent_is_not_attempted(world: World) -> None:
    world.faults.on("POST", *[never_connected] * 9)
    result = world.apply(faker())
    assert outcomes(result) == [("not-attempted", None)]
    assert (world.faults.seen.count("POST"), code(result)) == (3, 1)


def test_expired_token_is_renewed_once_and_the_create_sent_again(world: World) -> None:
    world.faults.on("POST", answered(401))
    assert outcomes(world.apply(faker())) == [("created", True)]
    assert world.posts() == 1


def test_second_401_is_a_refusal(world: World) -> None:
    world.faults.on("POST", answered(401), answered(401), answered(401))
    assert outcomes(world.apply(faker())) == [("rejected", None)]
    assert world.faults.seen.count("POST") == 2


def test_throttled_create_waits_as_long_as_the_server_says_and_is_sent_once_more(world: World) -> None:
    world.faults.on("POST", answered(429, None, {"Retry-After": "7"}))
    assert outcomes(world.apply(faker())) == [("created", True)]
    assert 7 in world.time.waits


@pytest.mark.parametrize("wait", ["61", "3600", "99999999999", "Thu, 01 Jan 2099 00:00:00 GMT"])
def test_create_that_is_to_wait_longer_than_a_run_waits_is_not_sent_again_and_ends_the_run(
    world: World, wait: str
) -> None:
    world.faults.on("POST", answered(429, {"message": "slow down"}, {"Retry-After": wait}))
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("rejected", None), ("not-attempted", None)]
    assert (world.faults.seen.count("POST"), world.time.waits, code(result)) == (1, [], 1)
    assert "and a run waits at most 60 s: start it again after that" in result.creations[0].help


def test_create_that_is_throttled_twice_ends_the_run(world: World) -> None:
    slow = answered(429, None, {"Retry-After": "60"})
    world.faults.on("POST", slow, slow)
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("rejected", None), ("not-attempted", None)]
    assert (world.faults.seen.count("POST"), world.time.waits) == (2, [60])
    assert world.faults.seen[1:] == ["LIST", "POST", "LIST", "POST", "LIST"]


def test_404_after_the_insert_is_found_by_one_look(world: World) -> None:
    world.faults.on("POST", answered(404, {"status": 404, "title": "resource-not-found"}, after=True))
    assert outcomes(world.apply(faker())) == [("recovered", True)]


@pytest.mark.parametrize("status", [404, 409, 422])
def test_refusal_that_can_come_after_the_insert_is_unknown_however_long_nothing_is_seen(
    world: World, status: int
) -> None:
    world.faults.on("POST", answered(status, {"status": status, "title": "refused"}))
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("unknown", None), ("not-attempted", None)]
    assert result.creations[0].detail.endswith("no equal template appeared within 60 seconds")
    assert (sum(world.time.waits), code(result)) == (60, 5)


@pytest.mark.parametrize("lists", [1, 3, 7])
def test_404_after_the_insert_is_found_however_late_in_the_window_the_list_shows_it(
    world: World, lists: int
) -> None:
    world.faults.on("POST", answered(404, {"status": 404, "title": "resource-not-found"}, after=True))
    world.faults.on("LIST", passed_on, passed_on, *[answered(200, {"data": []})] * lists)
    result = world.apply(faker())
    assert outcomes(result) == [("recovered", True)]
    assert (world.posts(), code(result)) == (1, 0)


def test_404_that_a_signal_leaves_no_time_to_look_into_is_unknown(world: World) -> None:
    async def stopping(request, inner):  # type: ignore[no-untyped-def]
        assert world.stop is not None
        world.stop.request()
        return await inner.handle_async_request(request)

    world.faults.on("POST", answered(404, {"status": 404, "title": "resource-not-found"}))
    world.faults.on("LIST", passed_on, passed_on, passed_on, stopping)
    result = world.apply(faker())
    assert (outcomes(result), code(result)) == ([("unknown", None)], 130)


def test_404_after_which_a_new_template_cannot_be_read_is_unknown_and_no_refusal(world: World) -> None:
    world.faults.on("POST", answered(404, {"status": 404, "title": "resource-not-found"}, after=True))
    world.faults.on("GET", *[answered(500)] * 99)
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("unknown", None), ("not-attempted", None)]
    assert "a new template cannot be read" in result.creations[0].detail
    assert (world.posts(), code(result)) == (1, 5)


def test_equal_template_that_somebody_else_made_meanwhile_is_not_made_again(world: World) -> None:
    other = World(world.store, world.settings)

    def somebody_else() -> None:
        import threading

        thread = threading.Thread(target=lambda: other.apply(faker()))
        thread.start()
        thread.join()

    result = world.apply(faker(), between=somebody_else)
    assert outcomes(result) == [("not-attempted", True)]
    assert (world.templates(), code(result), result.created) == (1, 0, ())


def test_list_that_lost_templates_authorises_nothing(world: World) -> None:
    world.apply(faker("a", "A"))
    world.faults.on("LIST", passed_on, answered(200, {"data": []}))
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("not-attempted", None)]
    assert "the list no longer names 1 of the templates it named before" in result.creations[0].detail
    assert (world.posts(), code(result)) == (1, 4)


def test_failing_fresh_list_never_leads_to_a_create(world: World) -> None:
    world.faults.on("LIST", passed_on, *[answered(500)] * 9)
    result = world.apply(faker())
    assert outcomes(result) == [("not-attempted", None)]
    assert (world.posts(), code(result)) == (0, 1)


def test_unreadable_template_refuses_every_create(world: World) -> None:
    world.apply(faker("a", "A"))
    world.faults.on("GET", *[answered(500)] * 9)
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert result.refusal is not None
    assert (world.posts(), code(result)) == (1, 4)


def test_ambiguous_manifest_refuses_every_create_also_those_of_other_connectors(world: World) -> None:
    world.apply(faker("a", "A"), faker("b", "B"))
    hubspot = builtin_catalogue().resolve("source-hubspot")
    assert hubspot is not None
    result = world.apply(faker("c", "C"), manifest("d", connector=hubspot, spec=form("D", count=COUNT)))
    assert [str(entry.status) for entry in result.plan.entries if entry.manifest] == ["ambiguous", "create"]
    assert result.refusal is not None
    assert (world.posts(), code(result)) == (2, 4)


def test_template_that_the_server_stored_differently_is_told_and_stops_the_run(world: World) -> None:
    drive = builtin_catalogue().resolve("source-google-drive")
    assert drive is not None
    credentials: JsonObject = {
        "auth_type": "Client",
        "client_id": "mine",
        "client_secret": "mine",
        "refresh_token": "x",
    }
    broken = manifest("a", connector=drive, presets={"credentials": credentials})
    result = world.apply(broken, faker("b", "B"))
    assert outcomes(result) == [("created", False), ("not-attempted", None)]
    assert {c.path for c in result.creations[0].changes} >= {"/partialDefaultConfig/credentials/client_id"}
    assert all("mine" not in str(c) for c in result.creations[0].changes)
    assert result.creations[1].detail == "the server stored 'a' differently from its manifest"
    assert code(result) == 5


def test_template_that_cannot_be_read_back_stops_the_run(world: World) -> None:
    world.faults.on("GET", *[answered(500)] * 99)
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("created", None), ("not-attempted", None)]
    assert code(result) == 5


def test_too_many_creates_send_nothing(world: World) -> None:
    result = world.apply(faker("a", "A"), faker("b", "B"), max_creates=1)
    assert outcomes(result) == [("not-attempted", None)] * 2
    assert (world.posts(), code(result)) == (0, 4)


def test_default_template_that_leaves_the_list_is_expected_when_it_was_declared_unmanaged(
    world: World,
) -> None:
    stripe = builtin_catalogue().resolve("source-stripe")
    assert stripe is not None
    account = manifest(
        "a", connector=stripe, presets={"account_id": "acct_1", "start_date": "2024-01-01T00:00:00Z"}
    )
    result = world.apply(account, faker("b", "B"))
    assert outcomes(result) == [("created", True), ("created", True)]


def test_two_equal_templates_after_a_lost_answer_are_named_not_chosen_from(world: World) -> None:
    """An intermediary sent the create twice."""

    async def replayed(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        await lost_twice(request, inner)
        raise AssertionError("not reached")

    async def lost_twice(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> None:
        await (await inner.handle_async_request(request)).aread()
        await lost_after(request, inner)

    world.faults.on("POST", replayed)
    result = world.apply(faker())
    assert outcomes(result) == [("unknown", None)]
    assert "2 equal new templates appeared" in result.creations[0].detail
    assert code(result) == 5


def test_signal_before_the_next_create_leaves_the_rest_untouched(world: World) -> None:
    class Stopping(list):  # type: ignore[type-arg]
        def append(self, creation: object) -> None:
            assert world.stop is not None
            world.stop.request()

    world.told = Stopping()
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("created", True), ("not-attempted", None)]
    assert (world.posts(), code(result)) == (1, 130)


def test_signal_while_a_create_hangs_is_unknown_not_forgotten(world: World) -> None:
    async def hangs(_request, _inner):  # type: ignore[no-untyped-def]
        import asyncio

        assert world.stop is not None
        world.stop.request()
        await asyncio.Event().wait()

    world.faults.on("POST", hangs)
    result = world.apply(faker("a", "A"), faker("b", "B"))
    assert outcomes(result) == [("unknown", None), ("not-attempted", None)]
    assert "interrupted while the create was under way" in result.creations[0].detail
    assert code(result) == 130


def test_rows_of_other_organizations_do_not_count(world: World) -> None:
    row = TemplateRow("30000000-0000-4000-8000-000000000001", "other", factories.FAKER.id, "{}", "{}", "{}")
    world.store.insert_template(row)
    assert outcomes(world.apply(faker())) == [("created", True)]
    assert world.templates() == 1


def test_outcome_words_are_those_of_the_contract() -> None:
    assert [str(o) for o in Outcome] == [
        "created",
        "updated",
        "recovered",
        "rejected",
        "unknown",
        "not-attempted",
    ]


def test_fault_of_our_own_after_the_send_does_not_lose_the_create(world: World) -> None:
    async def bug(request, inner):  # type: ignore[no-untyped-def]
        await (await inner.handle_async_request(request)).aread()
        raise RuntimeError("a bug")

    world.faults.on("POST", bug)
    assert outcomes(world.apply(faker())) == [("recovered", True)]
    assert world.posts() == 1
