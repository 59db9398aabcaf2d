"""The first layer by itself: which places of a pair are secret, and that nothing of a secret stands in a path."""

from __future__ import annotations

import pytest
from factories import form, live, manifest, state, target
from security.crm_connector import CRM, SPECIFICATION

from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector
from reconciler.planning.compare import plan_secrets
from reconciler.planning.content import Contents
from reconciler.planning.entry import Change, Operation
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, plan_document

SPECIFIED = Connector(CRM, "acme/source-crm", "Crm", "1.0.0", SPECIFICATION)
UNSPECIFIED = Connector(CRM, "acme/source-crm", "Crm")


def changes(
    wanted: JsonObject,
    held: JsonObject,
    connector: Connector = SPECIFIED,
    variables: frozenset[str] = frozenset(),
) -> tuple[Change, ...]:
    """What a plan says about the two; nowhere does it say HUSH."""
    desired = manifest(connector=connector, presets=wanted, spec=form(), variables=variables)
    plan = build_plan([desired], [state(live(presets=held, connector=connector))], target())
    assert "HUSH" not in document_text(plan_document(plan))
    return plan.entries[0].changes


def test_names_inside_a_secret_are_not_shown_in_a_path() -> None:
    told = changes(
        {"extra": {"HUSH1": {"a": 1, "b": 2}}}, {"extra": {"HUSH1": {"a": 3, "HUSH2": 1}, "HUSH3": 5}}
    )
    assert told == (
        Change("/partialDefaultConfig/extra", Operation.REPLACE, "(sensitive)", "(sensitive, differs)"),
    )


def test_value_under_a_telling_name_is_secret_even_where_the_specification_describes_others() -> None:
    (told,) = changes({}, {"password": "HUSH"})
    assert (told.path, told.live) == ("/partialDefaultConfig/password", "(sensitive, differs)")


def test_value_that_the_specification_describes_as_public_is_shown_whatever_its_name() -> None:
    described: JsonObject = {
        "connectionSpecification": {"type": "object", "properties": {"token": {"type": "string"}}}
    }
    connector = Connector(CRM, "acme/source-crm", "Crm", "1.0.0", described)
    (told,) = changes({"token": "eu"}, {"token": "us"}, connector)
    assert (told.desired, told.live) == ("eu", "us")


@pytest.mark.parametrize("connector", [SPECIFIED, UNSPECIFIED])
@pytest.mark.parametrize("value", ["HUSH2", 1, 12, True, ["HUSH"], {"HUSH": "HUSH"}])
def test_variable_is_hidden_on_both_sides_however_short_it_is(
    connector: Connector, value: JsonObject
) -> None:
    told = changes(
        {"region": "HUSH"}, {"region": value}, connector, frozenset({"/spec/partialDefaultConfig/region"})
    )
    assert {(change.path, change.desired) for change in told} == {
        ("/partialDefaultConfig/region", "(sensitive)")
    }
    assert {change.live for change in told} == {"(sensitive, differs)"}


def test_second_layer_learns_what_stands_at_secret_places_of_pairs_that_differ() -> None:
    contents = Contents()
    desired = manifest(connector=SPECIFIED, presets={"api_key": "mine", "region": "eu"}, spec=form())
    held = live(
        presets={"api_key": 123456, "extra": {"name": ["inner"]}, "region": "us"}, connector=SPECIFIED
    )
    other = live(
        2, presets={"api_key": "nobody's"}, connector=Connector("00000000-0000-4000-8000-0000000000c9")
    )
    states = [state(held, other)]
    plan = build_plan([desired], states, target(), contents=contents)
    assert plan_secrets(plan, states, contents) == {"mine", "123456", "name", "inner"}
