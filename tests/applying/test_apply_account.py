"""A true account of every create: what the list shows later, what an answer claims, and what goes wrong in between."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from typing import Any

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import World, answered, lost_after, passed_on

from reconciler.airbyte.client import connect
from reconciler.airbyte.reading import read_live_state
from reconciler.applying import settle as settling
from reconciler.applying.apply import apply_plan
from reconciler.applying.journal import open_journal
from reconciler.applying.outcome import ApplyResult
from reconciler.applying.stopping import Clock, StopRequest, open_window
from reconciler.errors import UnsafePlan
from reconciler.model.credentials import ClientCredentials
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Manifest
from reconciler.planning.plan import build_plan
from reconciler.report.document import apply_document
from reconciler.report.exit_code import apply_exit_code
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from reconciler.sandbox.app import create_app
from reconciler.sandbox.store import open_store

COUNT: JsonObject = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
EMPTY = answered(200, {"data": []})


def faker(name: str = "alpha") -> Manifest:
    return manifest(name, spec=form(name.title(), count=COUNT))


def told(result: ApplyResult) -> list[tuple[str, bool | None]]:
    return [(str(c.outcome), c.equals_manifest) for c in result.creations]


def code(result: ApplyResult) -> int:
    return int(apply_exit_code(result, findings_count=False))


def elsewhere(world: World, *manifests: Manifest) -> None:
    """Another run, in a thread of its own because this one sits in an event loop."""
    other = World(world.store, world.settings)
    thread = threading.Thread(target=lambda: other.apply(*manifests))
    thread.start()
    thread.join()


async def replayed(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
    """Something on the way sends the create twice and brings the second answer back."""
    await (await inner.handle_async_request(request)).aread()
    return await inner.handle_async_request(request)


def test_every_create_thinks_of_all_that_somebody_else_made_meanwhile(world: World) -> None:
    """The list before the first create shows both. The list before the second shows nothing newer."""
    both = (faker("alpha"), faker("beta"))
    result = world.apply(*both, between=lambda: elsewhere(world, *both))
    assert told(result) == [("not-attempted", True)] * 2
    assert (world.templates(), world.posts()) == (2, 2)


def test_run_waits_until_the_list_shows_what_it_created(world: World) -> None:
    world.faults.on("LIST", passed_on, passed_on, EMPTY, EMPTY)
    result = world.apply(faker())
    assert (told(result), result.creations[0].is_listed, code(result)) == ([("created", True)], True, 0)
    assert world.time.waits == [1.0, 2.0]


def test_template_that_the_list_never_shows_is_told_and_the_run_is_no_success(world: World) -> None:
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * 20)
    result = world.apply(faker())
    (creation,) = result.creations
    assert (told(result), creation.is_listed, code(result)) == ([("created", True)], False, 5)
    assert creation.detail == "the list does not show it after 60 seconds"
    assert "wait, and see that `reconciler plan` says in-sync" in creation.help
    assert sum(world.time.waits) == 60


def test_last_look_that_fails_takes_nothing_back(world: World) -> None:
    world.faults.on("LIST", passed_on, passed_on, *[answered(403)] * 20)
    result = world.apply(faker())
    assert (told(result), result.creations[0].is_listed, code(result)) == ([("created", True)], None, 0)


def test_nothing_is_looked_for_when_nothing_was_created(world: World) -> None:
    world.apply(faker())
    before = len(world.faults.seen)
    world.apply(faker())
    assert world.faults.seen[before:] == ["LIST", "GET"]


def test_second_equal_template_is_told_with_its_id(world: World) -> None:
    world.faults.on("POST", replayed)
    result = world.apply(faker())
    (creation,) = result.creations
    ids = {row.id for row in world.store.templates_of(factories.ORGANIZATION)}
    assert {creation.template_id, *creation.candidates} == ids
    assert (len(ids), code(result)) == (2, 5)
    document: Any = apply_document(result, exit_code=5)
    (entry,) = document["entries"]
    assert entry["candidates"] == list(creation.candidates)


def test_two_equal_templates_after_a_lost_answer_stand_in_the_document(world: World) -> None:
    async def twice(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        await replayed(request, inner)
        raise httpx.ReadError("broken", request=request)

    world.faults.on("POST", twice)
    (creation,) = world.apply(faker()).creations
    ids = tuple(row.id for row in world.store.templates_of(factories.ORGANIZATION))
    assert (str(creation.outcome), creation.candidates) == ("unknown", ids)


def test_equal_manifests_are_no_duplicates_of_each_other(world: World) -> None:
    twins = (faker(), manifest("twin", spec=form("Alpha", count=COUNT), allow_second="a tile"))
    result = world.apply(*twins)
    assert (told(result), code(result)) == ([("created", True)] * 2, 0)


@pytest.mark.parametrize("seconds", [60.0, 2.0, 0.5])
def test_last_look_for_an_unclear_create_is_at_the_end_of_the_window(world: World, seconds: float) -> None:
    """Requests take time too: without that in mind the last look would come long before the end."""

    async def turns() -> None:
        async for _ in open_window(stop, clock, seconds).turns():
            world.time.seconds += seconds / 20
            looks.append(world.time.seconds - start)

    looks: list[float] = []
    start, clock = world.time.seconds, Clock(world.time.now, world.time.sleep)
    stop = StopRequest()
    asyncio.run(turns())
    assert looks[-1] == pytest.approx(seconds * 1.05)
    assert len(looks) > 1


def test_answer_with_the_id_of_an_older_template_is_no_create(world: World) -> None:
    world.apply(faker("beta"))
    (older,) = (row.id for row in world.store.templates_of(factories.ORGANIZATION))
    world.faults.on("POST", answered(200, {"id": older}, after=True))
    result = world.apply(faker(), faker("beta"))
    (creation,) = result.creations
    assert (told(result), code(result)) == ([("recovered", True)], 0)
    assert creation.template_id != older
    assert f"answered with template {older}, which was there before" in creation.detail


@pytest.mark.parametrize(("after", "outcome"), [(True, ("recovered", True)), (False, ("unknown", None))])
def test_answer_with_an_id_that_is_nowhere(
    world: World, after: bool, outcome: tuple[str, bool | None]
) -> None:
    world.faults.on("POST", answered(200, {"id": factories.template_id(5)}, after=after))
    result = world.apply(faker())
    assert told(result) == [outcome]
    assert f"answered with template {factories.template_id(5)}, which could not be read back" in (
        result.creations[0].detail
    )


def test_refused_create_that_cannot_be_sent_again_was_sent(world: World) -> None:
    world.faults.on("POST", answered(429, None, {"Retry-After": "1"}))
    world.faults.on("LIST", passed_on, passed_on, *[answered(403)] * 9)
    result = world.apply(faker(), faker("beta"))
    assert told(result) == [("rejected", None), ("not-attempted", None)]
    assert "it was not sent again" in result.creations[0].detail


def test_signal_while_a_throttled_create_waits_is_told_as_refused(world: World) -> None:
    async def throttled(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        assert world.stop is not None
        world.stop.request()
        return await answered(429)(request, inner)

    world.faults.on("POST", throttled)
    result = world.apply(faker())
    assert (told(result), code(result)) == ([("rejected", None)], 130)
    assert "it was not sent again: stopped by a signal" in result.creations[0].detail


def test_token_is_renewed_before_the_list_and_not_between_list_and_create(world: World) -> None:
    """A slow login would make the list old before the create goes out."""

    async def ages(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        world.time.seconds += 800  # of the token's 900
        return await inner.handle_async_request(request)

    world.faults.on("LIST", ages)
    world.apply(faker())
    asked = [e.path.rpartition("/")[2] for e in world.store.ledger()]
    assert asked[: asked.index("sources", 2) + 2] == ["token", "sources", "token", "sources", "sources"]


def requests_of(world: World) -> list[str]:
    """Tokens, lists and creates as they reached the server."""
    words = {"token": "token", "sources": "list"}
    return [
        "create"
        if e.method == "POST" and e.path.endswith("sources")
        else words.get(e.path.rpartition("/")[2], "get")
        for e in world.store.ledger()
    ]


def test_token_that_ends_while_the_lease_is_renewed_is_not_fetched_before_the_create(world: World) -> None:
    async def slow_lease(_organization: str) -> None:
        world.time.seconds += 899

    world.before_create = slow_lease
    assert told(world.apply(faker())) == [("created", True)]
    assert requests_of(world)[:4] == ["token", "list", "list", "create"]


def test_list_and_lease_are_asked_for_again_after_a_refused_token(world: World) -> None:
    steps: list[str] = []

    async def lease(_organization: str) -> None:
        steps.extend([*requests_of(world)[-1:], "lease"])

    async def refuses(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        steps.append("create")
        return await answered(401)(request, inner)

    world.before_create = lease
    world.faults.on("POST", refuses)
    assert told(world.apply(faker())) == [("created", True)]
    assert steps == ["list", "lease", "create", "list", "lease"]


def test_list_is_read_again_when_new_templates_had_to_be_read(world: World) -> None:
    """However long that took: the create goes out right after a list that named nothing new."""
    result = world.apply(faker(), faker("beta"), between=lambda: elsewhere(world, faker()))
    assert told(result) == [("not-attempted", True), ("created", True)]
    posts = [i for i, what in enumerate(world.faults.seen) if what == "POST"]
    assert world.faults.seen[: posts[0] + 1] == ["LIST", "LIST", "GET", "LIST", "LIST", "POST"]


def test_list_that_names_something_new_each_time_authorises_nothing(world: World) -> None:
    numbers = iter(range(1, 100))

    async def grows(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        named = [{"id": factories.template_id(n), "name": "Airtable"} for n in range(1, next(numbers) + 1)]
        return await answered(200, {"data": named})(request, inner)

    world.faults.on("LIST", passed_on, *[grows] * 20)
    result = world.apply(faker())
    assert (told(result), code(result), world.posts()) == ([("not-attempted", None)], 4, 0)
    assert "each of 5 lists in a row named a template that was not there before" in (
        result.creations[0].detail
    )


def test_fault_of_our_own_while_reading_back_loses_no_account(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a bug with a secret in its text")

    monkeypatch.setattr(settling, "changes_of", broken)
    monkeypatch.setattr(settling, "seen_by", broken)
    result = world.apply(faker(), faker("beta"))
    assert told(result) == [("unknown", None), ("not-attempted", None)]
    assert result.creations[0].detail == "internal error (RuntimeError) after the create was sent"
    assert (world.posts(), code(result)) == (1, 5)


def test_lease_that_is_lost_stops_the_run_before_the_create() -> None:
    """`before_create` is asked before each create; what it raises stops that create and all later ones."""
    asked: list[str] = []

    async def before_create(organization: str) -> None:
        asked.append(organization)
        if len(asked) == 2:
            raise UnsafePlan("the lease was lost")

    async def run(world: World) -> ApplyResult:
        app, target = create_app(world.store, world.settings), world.target()
        wanted = (faker("alpha"), faker("beta"), faker("gamma"))
        credentials = ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
        factory = lambda: httpx.ASGITransport(app=app)  # noqa: E731
        async with connect(target, credentials, concurrency=1, transport_factory=factory) as api:
            state = await read_live_state(api, target.organization_id, concurrency=1, skip=target.unmanaged)
            return await apply_plan(
                build_plan(wanted, [state], target),
                wanted,
                [state],
                api,
                open_journal(world.root),
                stop=StopRequest(),
                max_creates=9,
                before_create=before_create,
            )

    with closing(open_store(None)) as store:
        result = asyncio.run(run(World(store)))
    assert told(result) == [("created", True), ("not-attempted", None), ("not-attempted", None)]
    assert (result.creations[1].detail, result.creations[1].unsafe) == ("the lease was lost", True)
    assert asked == [factories.ORGANIZATION] * 2


def test_unclear_create_is_found_however_late_in_the_window_the_list_shows_it(world: World) -> None:
    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * 7)
    assert told(world.apply(faker())) == [("recovered", True)]


@pytest.mark.parametrize(("signals", "is_read"), [(1, True), (2, None)])
def test_confirmed_create_is_read_back_within_the_grace_of_a_signal_and_not_after_a_second_one(
    world: World, signals: int, is_read: bool | None
) -> None:
    async def stopping(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        answer = await inner.handle_async_request(request)
        assert world.stop is not None
        for _ in range(signals):
            world.stop.request()
        return answer

    world.faults.on("POST", stopping)
    result = world.apply(faker())
    assert (told(result), code(result)) == ([("created", is_read)], 130)


def test_signal_that_comes_twice_at_once_is_one_signal() -> None:
    async def requested() -> tuple[bool, bool]:
        stop = StopRequest()
        stop.request()
        stop.request()
        return stop.is_requested, stop.is_over

    assert asyncio.run(requested()) == (True, False)


def test_lost_create_is_looked_for_within_the_grace_of_a_signal(world: World) -> None:
    """Else a run that is started at once, while the list still lags, would create it again."""

    async def stopping(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        assert world.stop is not None
        world.stop.request()
        return await lost_after(request, inner)

    world.faults.on("POST", stopping)
    world.faults.on("LIST", passed_on, passed_on, EMPTY, EMPTY)
    result = world.apply(faker())
    assert (told(result), code(result)) == ([("recovered", True)], 130)


def test_grace_of_a_signal_ends(world: World) -> None:
    async def stopping(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        assert world.stop is not None
        world.stop.request()
        return await lost_after(request, inner)

    async def hangs(_request: httpx.Request, _inner: httpx.AsyncBaseTransport) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    world.faults.on("POST", stopping)
    world.faults.on("LIST", passed_on, passed_on, hangs)
    result = world.apply(faker())
    assert (told(result), code(result)) == ([("unknown", None)], 130)


def test_confirmed_create_of_a_server_that_then_shows_nothing_is_unknown(world: World) -> None:
    world.faults.on("GET", *[answered(500)] * 99)
    world.faults.on("LIST", passed_on, passed_on, *[answered(500)] * 99)
    result = world.apply(faker())
    assert (told(result), code(result)) == ([("unknown", None)], 5)
    assert "which could not be read back" in result.creations[0].detail
