"""The search after an unclear create: looks add up, and `settleSeconds` bounds them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import Fault, World, answered, lost_after, lost_before, passed_on

from reconciler.applying.outcome import Creation
from reconciler.applying.stopping import LAST_TURN_SECONDS
from reconciler.http.exchange import Timing
from reconciler.model.json_value import JsonObject

COUNT: JsonObject = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
ALPHA = manifest("alpha", spec=form("Alpha", count=COUNT))
DOWN = answered(500, {})
READ_SECONDS = Timing().read_seconds


def applied(world: World) -> Creation:
    (creation,) = world.apply(ALPHA).creations
    return creation


def only_id(world: World) -> str:
    (row,) = world.store.templates_of(factories.ORGANIZATION)
    return row.id


async def altered_and_lost(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
    """Something on the way changes the create, and its answer is lost."""
    body = json.loads(request.content) | {"partialDefaultConfig": {"changed": 1}}
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    changed = httpx.Request("POST", request.url, headers=headers, content=json.dumps(body).encode())
    return await lost_after(changed, inner)


def test_what_an_early_look_saw_is_told_when_the_last_ones_fail(world: World) -> None:
    world.faults.on("POST", altered_and_lost)
    world.faults.on("LIST", *[passed_on] * 4, *[DOWN] * 400)
    creation = applied(world)
    assert str(creation.outcome) == "unknown"
    assert f"answered 500 (tried 5 times); new but different: {only_id(world)}" in creation.detail


def test_unreadable_template_that_an_early_look_saw_is_told_when_the_last_ones_fail(world: World) -> None:
    world.faults.on("POST", lost_after)
    world.faults.on("GET", *[DOWN] * 400)
    world.faults.on("LIST", *[passed_on] * 4, *[DOWN] * 400)
    creation = applied(world)
    assert f"a new template cannot be read ({only_id(world)}) and may be this one; GET" in creation.detail


def stopping(world: World) -> Fault:
    async def fault(_request: httpx.Request, _inner: httpx.AsyncBaseTransport) -> httpx.Response:
        assert world.stop is not None
        world.stop.request()
        await asyncio.Event().wait()
        raise AssertionError("not reached")

    return fault


def test_what_an_early_look_saw_is_told_when_a_signal_ends_a_late_one(world: World) -> None:
    world.faults.on("POST", altered_and_lost)
    world.faults.on("LIST", *[passed_on] * 4, stopping(world))
    creation = applied(world)
    assert f"stopped by a signal; new but different: {only_id(world)}" in creation.detail


def test_window_that_a_signal_cut_short_is_not_told_as_a_whole_one(world: World) -> None:
    async def stopped(_seconds: float) -> None:
        assert world.stop is not None
        world.stop.request()
        await asyncio.Event().wait()

    world.time.sleep = stopped  # type: ignore[method-assign, assignment]
    world.faults.on("POST", lost_before)
    creation = applied(world)
    assert creation.detail.endswith("no equal template had appeared when the run was interrupted")


def test_template_that_was_read_wrong_once_is_read_again_by_the_next_look(world: World) -> None:
    other = {
        "id": "x",
        "name": "Sample Data",
        "sourceDefinitionId": factories.FAKER.id,
        "partialDefaultConfig": {"seed": 9},
        "configTemplateSpec": {},
    }

    async def wrong(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        return await answered(200, {**other, "id": only_id(world)})(request, inner)

    world.faults.on("POST", lost_after)
    world.faults.on("GET", wrong)
    assert str(applied(world).outcome) == "recovered"


def listing(names: Callable[[], int]) -> Fault:
    """A list of so many ids that nobody can read."""

    async def fault(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        data = [{"id": factories.template_id(n), "name": "Sample Data"} for n in range(names())]
        return await answered(200, {"data": data})(request, inner)

    return fault


def hanging(world: World) -> Fault:
    """A read that uses up its whole deadline."""

    async def fault(_request: httpx.Request, _inner: httpx.AsyncBaseTransport) -> httpx.Response:
        world.time.seconds += READ_SECONDS
        raise httpx.ReadTimeout("slow")

    return fault


@pytest.mark.parametrize("many", [1, 40, 2000])
def test_settle_seconds_bound_the_search_however_many_ids_cannot_be_read(world: World, many: int) -> None:
    world.faults.on("POST", lost_before)
    world.faults.on("LIST", passed_on, passed_on, *[listing(lambda: many)] * 50)
    world.faults.on("GET", *[hanging(world)] * 200)
    start = world.time.seconds
    creation = applied(world)
    assert world.time.seconds - start <= 60 + LAST_TURN_SECONDS + READ_SECONDS
    assert str(creation.outcome) == "unknown"
    assert "cannot be read" in creation.detail
    assert len(creation.detail) < 700


def test_reading_back_a_confirmed_create_is_bounded_too(world: World) -> None:
    world.faults.on("GET", *[hanging(world)] * 200)
    start = world.time.seconds
    assert str(applied(world).outcome) == "created"
    # The window of reading back, and the one of the last look.
    assert world.time.seconds - start <= 2 * (60 + LAST_TURN_SECONDS + READ_SECONDS)


def test_last_look_is_bounded_too(world: World) -> None:
    grows = iter(range(2000, 4000))
    world.faults.on("LIST", passed_on, passed_on, *[listing(lambda: next(grows))] * 50)
    world.faults.on("GET", passed_on, *[hanging(world)] * 200)
    start = world.time.seconds
    creation = applied(world)
    assert (str(creation.outcome), creation.is_listed) == ("created", False)
    assert world.time.seconds - start <= 60 + LAST_TURN_SECONDS + READ_SECONDS


def test_one_id_that_hangs_does_not_take_the_time_of_the_others(world: World) -> None:
    """The list names a template that nobody can read before ours."""

    async def with_hanging(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        ids = ["00000000-0000-4000-8000-000000000000", only_id(world)]
        return await answered(200, {"data": [{"id": i, "name": "x"} for i in ids]})(request, inner)

    async def read(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        hangs = request.url.path.endswith("-000000000000")
        return await (hanging(world) if hangs else passed_on)(request, inner)

    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, with_hanging)
    world.faults.on("GET", *[read] * 20)
    assert str(applied(world).outcome) == "recovered"
