"""Airbyte's default of a connector leaves the list when the organization gets a template of its own."""

from __future__ import annotations

import json
from dataclasses import replace

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import Fault, World, answered, passed_on

from reconciler.applying.outcome import ApplyResult
from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.json_value import JsonObject
from reconciler.model.target import Target
from reconciler.model.template import Connector, Manifest
from reconciler.planning.entry import Selection
from reconciler.report.exit_code import apply_exit_code
from reconciler.report.markdown.headline import of_apply as apply_headline
from reconciler.report.view import apply_summary_line
from reconciler.sandbox import DEFAULT_TEMPLATE_ID
from reconciler.sandbox.store import TemplateRow

COUNT: JsonObject = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
LATER = manifest("zz", spec=form("Z", count=COUNT))


def stripe(name: str, title: str) -> Manifest:
    found = builtin_catalogue().resolve("source-stripe")
    assert found is not None
    fields: JsonObject = {
        "account_id": {"type": "string"},
        "client_secret": {"type": "string", "airbyte_secret": True},
    }
    spec: JsonObject = {
        "connectionSpecification": {
            "type": "object",
            "title": title,
            "required": ["account_id", "client_secret"],
            "properties": fields,
        }
    }
    return manifest(name, connector=Connector(found.id, found.repository, found.name), spec=spec)


PAIRED, OWN = stripe("paired", "Stripe Source Spec"), stripe("own", "Own")


@pytest.fixture(autouse=True)
def default_is_managed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody declared the default as unmanaged, and one manifest has its title."""
    target: Target = replace(world.target(), unmanaged=frozenset())
    monkeypatch.setattr(world, "target", lambda: target)


def code(result: ApplyResult) -> int:
    return apply_exit_code(result, findings_count=False)


def outcomes(result: ApplyResult) -> list[tuple[str, str]]:
    return [(c.entry.name, str(c.outcome)) for c in result.creations]


def test_default_that_our_own_create_displaced_does_not_stop_the_run_and_is_told(world: World) -> None:
    result = world.apply(PAIRED, OWN, LATER)
    assert outcomes(result) == [("own", "created"), ("zz", "created")]
    assert code(result) == 0
    assert apply_summary_line(result).endswith(
        "1 default template is hidden from customers by what was created."
    )
    assert apply_headline(result).endswith(
        " 1 default template is hidden from customers by what was created."
    )
    assert result.creations[0].detail == (
        f"template {DEFAULT_TEMPLATE_ID} left the list for it, as Airbyte's default of a connector does:"
        " manifest 'paired' was paired with that one and has no template in the list any more"
    )
    assert result.creations[0].help == ("look at the next plan before the next apply: it may create 'paired'")
    assert result.creations[1].detail == ""


def test_displaced_default_is_a_finding_also_when_nothing_else_is(world: World) -> None:
    found = builtin_catalogue().resolve("source-stripe")
    assert found is not None
    result = world.apply(manifest("paired", connector=found), OWN)
    assert [str(e.status) for e in result.plan.entries] == ["create", "in-sync"]
    assert result.displaced == (DEFAULT_TEMPLATE_ID,)
    assert [apply_exit_code(result, findings_count=counts) for counts in (False, True)] == [0, 2]


def test_default_that_the_project_lists_as_unmanaged_is_told_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody compares it, and its customers lose it all the same."""
    target = replace(world.target(), unmanaged=frozenset({DEFAULT_TEMPLATE_ID, factories.template_id(5)}))
    monkeypatch.setattr(world, "target", lambda: target)
    result = world.apply(manifest("aa", spec=form("A", count=COUNT)), OWN)
    assert outcomes(result) == [("aa", "created"), ("own", "created")]
    assert [c.displaced for c in result.creations] == [(), (DEFAULT_TEMPLATE_ID,)]
    assert apply_exit_code(result, findings_count=True) == 2
    assert world.apply(manifest("bb", spec=form("B", count=COUNT)), OWN, PAIRED).displaced == ()


def test_it_is_told_also_when_nothing_is_created_after_it(world: World) -> None:
    (creation,) = world.apply(PAIRED, OWN).creations
    assert "left the list for it" in creation.detail


def test_manifest_outside_the_selection_is_not_named(world: World) -> None:
    (creation,) = world.apply(PAIRED, OWN, selection=Selection(only=("own",))).creations
    assert creation.detail.endswith("left the list for it, as Airbyte's default of a connector does")


def test_paired_manifest_is_not_created_in_the_same_run(world: World) -> None:
    """Also when the plan is made again, because somebody else created something meanwhile."""

    async def meanwhile(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        text = json.dumps(form("Airtable"))
        airtable = "14c6e7ea-97ed-4f5e-a7b5-25e9a80b8212"
        row = TemplateRow(factories.template_id(77), factories.ORGANIZATION, airtable, "{}", text, text)
        world.store.insert_template(row)
        return await inner.handle_async_request(request)

    world.faults.on("POST", meanwhile)
    result = world.apply(PAIRED, OWN, LATER)
    assert outcomes(result) == [("own", "created"), ("zz", "created")]
    assert (world.posts(), world.templates()) == (2, 3)


def without(template_id: str) -> Fault:
    """A list that lacks this template."""

    async def fault(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await inner.handle_async_request(request)
        data = httpx.Response(200, content=await response.aread()).json()["data"]
        kept = [item for item in data if item["id"] != template_id]
        return await answered(200, {"data": kept})(request, inner)

    return fault


def test_template_that_left_the_list_without_a_create_of_its_connector_is_lost(world: World) -> None:
    world.faults.on("LIST", passed_on, passed_on, without(DEFAULT_TEMPLATE_ID))
    result = world.apply(PAIRED, manifest("aa", spec=form("A", count=COUNT)), LATER)
    assert outcomes(result) == [("aa", "created"), ("zz", "not-attempted")]
    assert "the list no longer names 1 of the templates it named before" in result.creations[1].detail


def test_template_that_cannot_be_read_any_more_is_lost(world: World) -> None:
    world.faults.on("GET", passed_on, passed_on, *[answered(500)] * 9)
    result = world.apply(PAIRED, OWN, LATER)
    assert outcomes(result) == [("own", "created"), ("zz", "not-attempted")]


def test_template_that_left_a_list_with_another_of_its_connector_is_lost(world: World) -> None:
    """A default never stands beside a template of the organization."""
    faker = manifest("first", spec=form("First", count=COUNT))
    world.apply(faker, manifest("second", spec=form("Second", count=COUNT)))
    gone = world.store.templates_of(world.target().organization_id)[0].id

    world.faults.on("LIST", passed_on, passed_on, without(gone))
    # Both manifests have equal templates, so a third and a fourth are creates.
    third, fourth = (manifest(n, spec=form(n, count=COUNT)) for n in ("third", "z-fourth"))
    result = world.apply(faker, manifest("second", spec=form("Second", count=COUNT)), third, fourth)
    assert outcomes(result) == [("third", "created"), ("z-fourth", "not-attempted")]
