"""A manifest whose form is not known: what is told of its create is that the presets are equal, and no more."""

from __future__ import annotations

import json

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import World, lost_before

from reconciler.applying.outcome import ApplyResult
from reconciler.report.exit_code import apply_exit_code
from reconciler.report.html import render_apply_page
from reconciler.report.markdown import COMMENT_BUDGET, apply_markdown
from reconciler.report.text import render_apply
from reconciler.sandbox.store import TemplateRow

QUICK = manifest("quick")


def strangers(world: World, *numbers: int) -> None:
    """Templates of somebody else with the same connector, equal presets and another form."""
    for number in numbers:
        spec = form(f"Somebody's {number}")
        row = TemplateRow(
            factories.template_id(number),
            factories.ORGANIZATION,
            factories.FAKER.id,
            "{}",
            json.dumps(spec),
            json.dumps(factories.served(spec)),
        )
        world.store.insert_template(row)


def text(result: ApplyResult) -> str:
    return " ".join(render_apply(result).split())


def test_created_template_is_told_as_equal_in_its_presets(world: World) -> None:
    result = world.apply(QUICK)
    assert apply_exit_code(result, findings_count=False) == 0
    assert ", read back: presets equal, form not compared" in text(result)
    assert "read back: presets equal, form not compared" in render_apply_page(result)
    markdown = apply_markdown(result, budget=COMMENT_BUDGET)
    assert "on the server with equal presets (form not compared)" in markdown
    for told in (text(result), markdown):
        assert "read back equal" not in told


def test_template_that_is_found_after_a_lost_answer_may_be_somebody_elses(world: World) -> None:
    async def lost(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        strangers(world, 1)
        return await lost_before(request, inner)

    world.faults.on("POST", lost)
    result = world.apply(QUICK)
    (creation,) = result.creations
    assert (str(creation.outcome), creation.template_id) == ("recovered", factories.template_id(1))
    assert "it may be a template that somebody else made meanwhile" in creation.detail
    assert "read back equal" not in text(result)


def test_several_that_are_found_are_not_called_equal(world: World) -> None:
    async def lost(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        strangers(world, 1, 2)
        return await lost_before(request, inner)

    world.faults.on("POST", lost)
    (creation,) = world.apply(QUICK).creations
    assert str(creation.outcome) == "unknown"
    assert "2 new templates with equal presets appeared" in creation.detail
    assert "remove" not in creation.help


@pytest.mark.parametrize("numbers", [(1,), (1, 2)])
def test_templates_beside_it_are_not_called_copies(world: World, numbers: tuple[int, ...]) -> None:
    async def meanwhile(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        strangers(world, *numbers)
        return await inner.handle_async_request(request)

    world.faults.on("POST", meanwhile)
    result = world.apply(QUICK)
    (creation,) = result.creations
    assert creation.candidates == tuple(map(factories.template_id, numbers))
    assert creation.detail.startswith("templates with equal presets appeared beside it")
    assert "somebody else made them" in creation.detail
    assert "remove" not in creation.help
    assert "created beside others with equal presets" in apply_markdown(result, budget=COMMENT_BUDGET)
    assert apply_exit_code(result, findings_count=False) == 5
