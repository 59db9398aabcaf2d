"""What the journal keeps of a create on the Agent API, and what is recognised by it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import factories
import pytest
from factories import CRM, FAKER, manifest, template_id

from reconciler.applying.journal import intent_document, open_journal
from reconciler.model.template import (
    CONNECTION_TEMPLATE,
    SOURCE_TEMPLATE,
    Connector,
    Intent,
    LiveState,
    LiveTemplate,
    Manifest,
    live_template,
)
from reconciler.planning.content import desired_of
from reconciler.planning.intents import intent_of, weighed


def warehouse(**settings: Any) -> Manifest:
    whole = {"destinationName": "Warehouse", **settings}
    return replace(manifest("warehouse", connector=CRM), kind=CONNECTION_TEMPLATE, settings=whole)


def named(name: str | None) -> Manifest:
    return replace(manifest("faker", presets={"seed": 1}), settings={} if name is None else {"name": name})


def clone(name: str | None) -> Manifest:
    return replace(named(name), presets={}, clone_of=template_id(8))


def intent(wanted: Manifest) -> Intent:
    made = intent_of(desired_of(wanted), factories.ORGANIZATION, (template_id(1),), "https://h/v1")
    return replace(made, id="of-" + wanted.name)


def live(
    number: int, connector: Connector = FAKER, kind: str = SOURCE_TEMPLATE, **settings: Any
) -> LiveTemplate:
    return live_template(
        template_id(number), "Any", connector.id, {"seed": 2}, {}, settings=settings, kind=kind
    )


def decided(wanted: Manifest, *there: LiveTemplate) -> dict[str, str]:
    """The doubts about this create that are over, each with its template."""
    state = LiveState(factories.ORGANIZATION, there)
    return dict(weighed((), [intent(wanted)], state, factories.target())[1])


def test_intent_of_a_connection_template_is_the_same_after_the_journal(tmp_path: Path) -> None:
    begun = open_journal(tmp_path).begin(intent(warehouse()), lambda _: False)
    assert open_journal(tmp_path).intents == (begun,)
    assert (begun.kind, begun.presets_digests) == (
        CONNECTION_TEMPLATE,
        intent(warehouse()).presets_digests,
    )


def test_line_of_a_source_template_without_a_name_is_what_it_always_was(tmp_path: Path) -> None:
    document = intent_document(intent(named(None)))
    assert not {"kind", "nameDigest"} & document.keys()
    begun = open_journal(tmp_path).begin(intent(named(None)), lambda _: False)
    (read,) = open_journal(tmp_path).intents
    assert (read, read.kind, read.name_digest) == (begun, SOURCE_TEMPLATE, None)


def test_line_holds_no_name_of_a_template(tmp_path: Path) -> None:
    open_journal(tmp_path).begin(intent(named("Sample data for Acme")), lambda _: False)
    line = (tmp_path / ".reconciler/journal.jsonl").read_text()
    assert "Acme" not in line
    assert json.loads(line)["nameDigest"].startswith("sha256:")


def test_name_of_a_variable_is_not_in_the_journal_at_all() -> None:
    wanted = replace(named("Acme"), variable_pointers=frozenset({"/spec/name"}))
    assert intent(wanted).name_digest is None


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (named("Mine"), live(2, name="Mine")),
        (warehouse(), live(2, CRM, CONNECTION_TEMPLATE, destinationName="Warehouse")),
        (clone("Mine"), live(2, name="Mine")),
        (clone(None), live(2, name="Whatever the original is called")),
    ],
)
def test_doubt_is_over_once_a_template_of_the_definition_and_name_is_listed(
    wanted: Manifest, there: LiveTemplate
) -> None:
    assert decided(wanted, there) == {f"of-{wanted.name}": template_id(2)}


def test_doubt_about_a_destination_that_airbyte_hosts_names_no_connector() -> None:
    hosted = replace(warehouse(), connector=Connector(""))
    state = LiveState(factories.ORGANIZATION, ())
    ((entry,), _) = weighed((), [intent(hosted)], state, factories.target())
    assert (entry.status, entry.kind, entry.connector) == ("unknown", CONNECTION_TEMPLATE, None)


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (named("Mine"), live(2, name="Another")),
        (named("Mine"), live(2, CRM, name="Mine")),
        (named("Mine"), live(1, name="Mine")),
        (named(None), live(2, name="Mine")),
        (warehouse(), live(2, CRM, destinationName="Warehouse", name="Warehouse")),
        (clone(None), live(2, CRM)),
    ],
    ids=[
        "another name",
        "another definition",
        "there before",
        "other presets",
        "another kind",
        "no clone of it",
    ],
)
def test_doubt_stays_where_the_template_may_be_another(wanted: Manifest, there: LiveTemplate) -> None:
    assert decided(wanted, there) == {}
