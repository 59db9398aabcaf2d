"""Whatever a PATCH means to the server, no run says that a template is as its manifest when the server holds something else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from agents.agent_contract import filled
from agents.agent_project import AgentProject, Env, agent_project
from agents.agent_ways import CONNECTIONS, SOURCES

MAPPER = {"type": "hashing", "mapper_configuration": {"target_field": "email", "method": "MD5"}}


@dataclass(frozen=True)
class Edit:
    """A manifest's `spec` before and after, what the server has to hold then, and the members that a PATCH may send.

    `is_compared` False: the manifest says nothing of it any more, and there is no documented default.
    """

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    held: dict[str, Any]
    sent: frozenset[str]


def customization(**members: Any) -> Any:
    return filled("SourceTemplateCustomization-Output", members)


HASHING = {"type": "hashing", "mapperConfiguration": {"targetField": "email", "method": "MD5"}}
CONFIG = {"host": "old.internal", "port": 5432, "password": Env("RECONCILER_VAR_PASSWORD")}
EDITS = {
    "a preset changes": Edit(
        SOURCES,
        {"partialDefaultConfig": {"seed": 1, "count": 5}},
        {"partialDefaultConfig": {"seed": 2, "count": 5}},
        {"partial_default_config": {"seed": 2, "count": 5}},
        frozenset({"partial_default_config"}),
    ),
    "a preset goes": Edit(
        SOURCES,
        {"partialDefaultConfig": {"seed": 1, "count": 5}},
        {"partialDefaultConfig": {"count": 5}},
        {"partial_default_config": {"count": 5}},
        frozenset({"partial_default_config"}),
    ),
    "all presets go": Edit(
        SOURCES,
        {"partialDefaultConfig": {"a": {"seed": 1}}},
        {"partialDefaultConfig": {}},
        {"partial_default_config": {}},
        frozenset({"partial_default_config"}),
    ),
    "another name": Edit(SOURCES, {"name": "A"}, {"name": "B"}, {"name": "B"}, frozenset({"name"})),
    "another mode": Edit(
        SOURCES, {"mode": "DIRECT"}, {"mode": "MULTI"}, {"mode": "MULTI"}, frozenset({"mode"})
    ),
    "no mode any more": Edit(SOURCES, {"mode": "DIRECT"}, {}, {"mode": "REPLICATION"}, frozenset({"mode"})),
    "a whitelist goes": Edit(
        SOURCES,
        {"customization": {"streamSelectionMode": "whitelist", "streamWhitelist": ["users"]}},
        {"customization": {"streamSelectionMode": "all"}},
        {"customization": customization(stream_selection_mode="all")},
        frozenset({"customization"}),
    ),
    "a mapper comes": Edit(
        SOURCES,
        {"customization": {"streamSelectionMode": "all"}},
        {"customization": {"streamSelectionMode": "all", "streamMappers": {"users": [HASHING]}}},
        {"customization": customization(stream_selection_mode="all", stream_mappers={"users": [MAPPER]})},
        frozenset({"customization"}),
    ),
    "two members at once": Edit(
        SOURCES,
        {"mode": "DIRECT", "name": "A", "partialDefaultConfig": {"seed": 1}},
        {"mode": "MULTI", "name": "A", "partialDefaultConfig": {"count": 1}},
        {"mode": "MULTI", "name": "A", "partial_default_config": {"count": 1}},
        frozenset({"mode", "partial_default_config"}),
    ),
    "another host": Edit(
        CONNECTIONS,
        {"destinationConfig": CONFIG},
        {"destinationConfig": CONFIG | {"host": "new.internal"}},
        {"destination_config": {"host": "new.internal", "port": 5432}},
        frozenset({"destination_config"}),
    ),
    "a port goes": Edit(
        CONNECTIONS,
        {"destinationConfig": CONFIG},
        {"destinationConfig": {"host": "old.internal", "password": Env("RECONCILER_VAR_PASSWORD")}},
        {"destination_config": {"host": "old.internal"}},
        frozenset({"destination_config"}),
    ),
    "another schedule": Edit(
        CONNECTIONS,
        {"cronExpression": "0 0 0 * * ?"},
        {"cronExpression": "0 0 12 * * ?"},
        {"cron_expression": "0 0 12 * * ?"},
        frozenset({"cron_expression"}),
    ),
    "syncs on create again": Edit(
        CONNECTIONS, {"syncOnCreate": False}, {}, {"sync_on_create": True}, frozenset({"sync_on_create"})
    ),
    "another preference": Edit(
        CONNECTIONS,
        {"nonBreakingChangesPreference": "disable"},
        {"nonBreakingChangesPreference": "propagate_fully"},
        {"non_breaking_changes_preference": "propagate_fully"},
        frozenset({"non_breaking_changes_preference"}),
    ),
}
WAYS = [
    {"patch": patch, "null": null, "secrets": secrets, "defaults": defaults, "ignored": frozenset(ignored)}
    for patch, null, secrets, defaults, ignored in product(
        ("replace", "merge"),
        ("ignored", "clears"),
        ("clear", "masked", "absent"),
        (True, False),
        ((), ("partial_default_config", "destination_config"), ("mode", "cron_expression", "sync_on_create")),
    )
]
"""Every meaning of a PATCH, with every way of showing what was stored."""
FEW = [WAYS[0], WAYS[1], WAYS[-1], WAYS[len(WAYS) // 2 + 8], WAYS[len(WAYS) // 2]]
"""A null is ignored or clears, secrets are clear or absent, objects are replaced or merged, or nothing is stored."""


def written(at: AgentProject, edit: Edit, spec: dict[str, Any]) -> None:
    {SOURCES: at.source, CONNECTIONS: at.connection}[edit.kind](**spec)


def holds(at: AgentProject, edit: Edit) -> bool:
    """Whether the server holds what the edited manifest wants, as far as it speaks of it."""
    held = dict(at.row(edit.kind).members)
    if "customization" in edit.held:
        held["customization"] = filled("SourceTemplateCustomization-Output", held["customization"] or {})
    if "destination_config" in edit.held:
        held["destination_config"] = {k: v for k, v in held["destination_config"].items() if k != "password"}
    return all(held[name] == value for name, value in edit.held.items())


def judged(root: Path, edit: Edit, ways: dict[str, Any]) -> None:
    """An edit of a manifest under `create-update`: applied and true, or stopped and shown; and never said to be in sync when it is not."""
    with agent_project(root, policy="create-update", **ways) as at:
        written(at, edit, edit.before)
        assert at.apply().code == 0
        at.server.ledger.clear()
        written(at, edit, edit.after)
        told = at.apply()
        (entry,) = told.document["entries"]
        (change,) = (e for e in at.server.ledger)
        body = {k: v for k, v in change.body.items() if k != "propagate"}
        assert change.method == "PATCH"
        assert frozenset(body) == edit.sent
        assert (told.code == 0) == holds(at, edit), (told.code, entry, at.row(edit.kind).members)
        if told.code:
            assert entry["serverChanges"] or entry["detail"]
        again = at.run("plan", "-f", "json").document["entries"][0]
        assert (again["status"] == "in-sync") == holds(at, edit), again


@pytest.mark.parametrize("edit", EDITS)
def test_update_is_applied_and_true_or_stops_the_run(tmp_path: Path, edit: str) -> None:
    for number, ways in enumerate(FEW):
        root = tmp_path / str(number)
        root.mkdir()
        judged(root, EDITS[edit], ways)
