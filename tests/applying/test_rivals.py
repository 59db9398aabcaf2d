"""Which equal templates the last look calls rivals: those that came after the create was sent, and nobody claims."""

from __future__ import annotations

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import World, answered

from reconciler.model.json_value import JsonObject
from reconciler.model.template import Manifest
from reconciler.planning.entry import Selection
from reconciler.report.exit_code import apply_exit_code

COUNT: JsonObject = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
CUSTOMERS = manifest("customers", spec=form("Customers", count=COUNT))
TWIN = manifest("twin", spec=form("Customers", count=COUNT), allow_second="a second tile")
QUICK = manifest("quick")


@pytest.mark.parametrize("second", [TWIN, QUICK], ids=["an identical twin", "no form and no lock"])
@pytest.mark.parametrize("by", ["only", "paths"])
def test_template_that_the_selection_hides_is_no_rival(world: World, second: Manifest, by: str) -> None:
    """It was in the list before anything was sent; that nobody sees it in this plan does not make it new."""
    world.apply(CUSTOMERS)
    chosen = (second.name,) if by == "only" else (second.origin.file,)
    result = world.apply(CUSTOMERS, second, selection=Selection(**{by: chosen}))
    (creation,) = result.creations
    assert (creation.entry.name, creation.candidates, creation.help) == (second.name, (), "")
    assert apply_exit_code(result, findings_count=False) == 0


def test_template_that_somebody_made_before_the_create_was_sent_is_no_rival(world: World) -> None:
    """The plan made again paired it with the twin; the one that this run sent is the other manifest's."""
    result = world.apply(CUSTOMERS, TWIN, between=lambda: _stored_by_somebody(world, 1))
    assert [(str(c.outcome), c.candidates) for c in result.creations] == [
        ("not-attempted", ()),
        ("created", ()),
    ]
    assert apply_exit_code(result, findings_count=False) == 0


def test_template_that_another_manifest_of_the_run_turned_out_to_have_is_no_rival(world: World) -> None:
    """Somebody else creates the second manifest's template while this run creates the first, whose form is not known."""

    async def meanwhile(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await inner.handle_async_request(request)
        _stored_by_somebody(world, 1)
        return response

    world.faults.on("POST", meanwhile)
    result = world.apply(manifest("a-quick", presets={}), CUSTOMERS)
    assert [(str(c.outcome), c.candidates) for c in result.creations] == [
        ("created", ()),
        ("not-attempted", ()),
    ]


def test_template_that_somebody_made_for_an_equal_manifest_is_no_rival(world: World) -> None:
    """Two equal manifests and two equal templates: which is whose cannot be told, and does not matter."""

    async def meanwhile(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await inner.handle_async_request(request)
        _stored_by_somebody(world, 1)
        return response

    world.faults.on("POST", meanwhile)
    result = world.apply(CUSTOMERS, TWIN)
    assert [(str(c.outcome), c.candidates) for c in result.creations] == [
        ("created", ()),
        ("not-attempted", ()),
    ]
    assert (world.templates(), apply_exit_code(result, findings_count=False)) == (2, 0)


def test_equal_template_that_came_after_the_create_is_a_rival_also_with_a_selection(world: World) -> None:
    world.apply(CUSTOMERS)
    world.faults.on("POST", _twice)
    result = world.apply(CUSTOMERS, TWIN, selection=Selection(only=("twin",)))
    (creation,) = result.creations
    assert len(creation.candidates) == 1
    assert apply_exit_code(result, findings_count=False) == 5


def test_refused_create_that_was_stored_twice_has_a_rival(world: World) -> None:
    """The list before the second try shows both; what counts is the list before the first."""
    world.faults.on("POST", _throttled_twice)
    (creation,) = world.apply(CUSTOMERS).creations
    assert (str(creation.outcome), len(creation.candidates)) == ("recovered", 1)


async def _twice(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
    await (await inner.handle_async_request(request)).aread()
    return await inner.handle_async_request(request)


async def _throttled_twice(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
    await (await inner.handle_async_request(request)).aread()
    return await answered(429, after=True)(request, inner)


def _stored_by_somebody(world: World, number: int) -> None:
    import json

    from reconciler.sandbox.store import TemplateRow

    spec = form("Customers", count=COUNT)
    row = TemplateRow(
        factories.template_id(number),
        factories.ORGANIZATION,
        factories.FAKER.id,
        "{}",
        json.dumps(spec),
        json.dumps(factories.served(spec)),
    )
    world.store.insert_template(row)
