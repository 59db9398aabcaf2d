"""Scenario folders: manifests, live state, and the plan that they have to give. A new case is a new folder.

manifests.yaml   the manifests, as a user writes them; `connector` is a name of CONNECTORS
past.yaml        earlier revisions of them, where git has any
live.json        the live state; ids are numbers (`templates`, `unread`), and what the run knows besides; with a `policy` it is one
                 of the Agent API
plan.txt         what the plan says of it; delete it and run with RECONCILER_WRITE_PLANS=1 to have it written, then review it
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from factories import CRM, FAKER, ORGANIZATION, agents, served, target, template_id, unread

from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import canonical_json
from reconciler.model.target import Policy, Target
from reconciler.model.template import (
    PRESETS_NAME,
    SOURCE_TEMPLATE,
    Connector,
    Intent,
    LiveState,
    Manifest,
    Past,
    live_template,
)
from reconciler.planning.content import desired_of
from reconciler.planning.entry import Entry, Plan
from reconciler.planning.intents import intent_of
from reconciler.planning.plan import build_plan

SCENARIOS = Path(__file__).with_name("scenarios")
SCHEMA = {
    "type": "object",
    "title": "Specified",
    "required": ["token", "region"],
    "properties": {
        "token": {"type": "string"},
        "region": {"type": "string"},
        "optional": {"type": "string"},
    },
}
CONNECTORS = {
    "faker": FAKER,
    "crm": CRM,
    "faker-moved": Connector("00000000-0000-4000-8000-0000000000f2", "source-faker", "Sample Data"),
    "faker-renamed": Connector("00000000-0000-4000-8000-0000000000f2", "source-faker", "Fake Data"),
    "specified": Connector(
        FAKER.id, "source-faker", "Sample Data", "1.0.0", {"connectionSpecification": SCHEMA}
    ),
    "warehouse": Connector(
        "00000000-0000-4000-8000-0000000000d5",
        "destination-warehouse",
        "Warehouse",
        "1.0.0",
        {
            "connectionSpecification": {
                "type": "object",
                "properties": {
                    "host": {"type": "string"},
                    "password": {"type": "string", "airbyte_secret": True},
                },
            }
        },
    ),
    "hosted": Connector(""),
}
SAID = (
    *("name", "mode", "customization", "tags", "destinationName", "dataHostingType"),
    *("cronExpression", "nonBreakingChangesPreference", "syncOnCreate"),
)


def manifests_of(file: Path) -> list[Manifest]:
    documents = yaml.safe_load_all(file.read_text(encoding="utf-8")) if file.exists() else ()
    return [manifest_of(document) for document in documents]


def manifest_of(document: dict[str, Any]) -> Manifest:
    name, spec, kind = document["metadata"]["name"], document["spec"], document["kind"]
    return Manifest(
        name=name,
        origin=Origin(f"manifests/{name}.yaml"),
        connector=CONNECTORS[spec["connector"]],
        presets=spec.get(PRESETS_NAME[kind], {}),
        kind=kind,
        settings={key: spec[key] for key in SAID if key in spec},
        clone_of=template_id(spec["cloneOf"]) if "cloneOf" in spec else None,
        propagate=spec.get("propagate"),
        variable_pointers=frozenset(document.get("variables", ())),
        form=spec.get("partialUserConfigSpec"),
        template_id=template_id(spec["templateId"]) if "templateId" in spec else None,
        allow_second=spec.get("allowSecond", ""),
    )


def state_of(facts: dict[str, Any]) -> LiveState:
    templates = (
        live_template(
            template_id(each["id"]),
            each.get("name") or CONNECTORS[each["connector"]].name or "",
            CONNECTORS[each["connector"]].id,
            each.get("presets", {}),
            served(each.get("form", {})),
            settings=each.get("settings", {}),
            kind=each.get("kind", SOURCE_TEMPLATE),
        )
        for each in facts.get("templates", ())
    )
    lost = tuple(
        replace(
            unread(each["id"], each["name"]),
            connector_id=CONNECTORS[each["connector"]].id if "connector" in each else None,
            kind=each.get("kind", SOURCE_TEMPLATE),
        )
        for each in facts.get("unread", ())
    )
    left_out = tuple(CONNECTORS[each].id for each in facts.get("leftOut", ()))
    return LiveState(
        ORGANIZATION,
        tuple(sorted(templates, key=lambda t: t.id)),
        lost,
        left_out=frozenset(template_id(90 + number) for number in range(len(left_out))),
        left_out_sources=left_out,
    )


def intents_of(facts: dict[str, Any]) -> Iterator[Intent]:
    """Earlier creates in doubt: what was sent, when only the templates `before` were there, and what came back."""
    for number, each in enumerate(facts.get("journal", ())):
        sent = desired_of(manifest_of(each["sent"]))
        begun = intent_of(sent, ORGANIZATION, [template_id(i) for i in each["before"]], target().url)
        answered = template_id(each["answered"]) if "answered" in each else None
        yield Intent(
            **{
                **vars(begun),
                "id": f"{number:016x}",
                "sent_at": "2026-11-23T10:00:00Z",
                "template_id": answered,
                "was_listed": each.get("wasListed", False),
            }
        )


def pointing_at(facts: dict[str, Any], **others: Any) -> Target:
    if "policy" not in facts:
        return target(**others)
    return replace(agents(Policy(facts["policy"]), **others), can_tag=facts.get("canTag"))


def planned(folder: Path) -> Plan:
    facts = json.loads((folder / "live.json").read_text(encoding="utf-8"))
    past = Past(tuple(manifests_of(folder / "past.yaml")), is_whole=facts.get("gitIsWhole", False))
    return build_plan(
        manifests_of(folder / "manifests.yaml"),
        [state_of(facts)],
        pointing_at(facts, unmanaged=tuple(template_id(i) for i in facts.get("unmanaged", ()))),
        past=lambda: past,
        intents=intents_of(facts),
    )


def lines_of(entry: Entry) -> Iterator[str]:
    by = f" by {entry.matched_by}" if entry.matched_by else ""
    yield f"{entry.status} {entry.name} {entry.template_id or '-'}{by}"
    yield f"    why     {entry.reason}"
    for change in entry.changes:
        values = f"{canonical_json(change.live)} -> {canonical_json(change.desired)}"
        yield f"    {change.operation:7} {change.path}: {values}"
    if entry.update is not None:
        yield f"    sends   {canonical_json(entry.update.members)}"
        yield from (f"    tags    add {tag}" for tag in entry.update.tags_to_add)
        yield from (f"    tags    remove {tag}" for tag in entry.update.tags_to_remove)
    if entry.is_second:
        yield "    second  of its definition"
    yield from (f"    could be {candidate}" for candidate in entry.candidates)
    yield from (f"    note    {note}" for note in entry.notes)
    yield from (f"    do      {way}" for way in entry.ways_out)


def text_of(plan: Plan) -> str:
    decided = (f"decided {intent} {template}" for intent, template in plan.decided)
    return "\n".join([*(line for entry in plan.entries for line in lines_of(entry)), *decided]) + "\n"


@pytest.mark.parametrize("name", sorted(each.name for each in SCENARIOS.iterdir()))
def test_scenario(name: str) -> None:
    text, expected = text_of(planned(SCENARIOS / name)), SCENARIOS / name / "plan.txt"
    if "RECONCILER_WRITE_PLANS" in os.environ and not expected.exists():
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_every_status_and_every_rule_and_every_kind_of_ambiguity_has_a_scenario() -> None:
    plans = "".join(each.read_text(encoding="utf-8") for each in sorted(SCENARIOS.glob("*/plan.txt")))
    words = ("create", "update", "in-sync", "drifted", "unmanaged", "duplicate", "ambiguous", "unknown")
    rules = ("by id", "by content", "by history", "by title", "by connector")
    ambiguities = (
        "could be this manifest, and none is equal",
        "by title or connector only",
        "a copy of it, or this manifest's own",
        "a create would repeat it",
        "made for another definition id",
    )
    assert [each for each in (*words, *rules, *ambiguities) if each not in plans] == []
