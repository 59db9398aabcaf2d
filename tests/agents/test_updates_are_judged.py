"""Whatever a PATCH means to the server, no run says that a template is as its manifest when the server holds something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agents.agent_edits import EDITS, WAYS, Edit, is_held
from agents.agent_project import AgentProject, agent_project
from agents.agent_ways import CONNECTIONS, SOURCES

FEW = [WAYS[0], WAYS[1], WAYS[-1], WAYS[len(WAYS) // 2 + 8], WAYS[len(WAYS) // 2]]
"""A null is ignored or clears, secrets are clear or absent, objects are replaced or merged, or nothing is stored."""


def written(at: AgentProject, edit: Edit, spec: dict[str, Any]) -> None:
    {SOURCES: at.source, CONNECTIONS: at.connection}[edit.kind](**spec)


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
        assert (told.code == 0) == is_held(edit, at.row(edit.kind).members), (
            told.code,
            entry,
            at.row(edit.kind).members,
        )
        if told.code:
            assert entry["serverChanges"] or entry["detail"]
        again = at.run("plan", "-f", "json").document["entries"][0]
        assert (again["status"] == "in-sync") == is_held(edit, at.row(edit.kind).members), again


@pytest.mark.parametrize("edit", EDITS)
def test_update_is_applied_and_true_or_stops_the_run(tmp_path: Path, edit: str) -> None:
    for number, ways in enumerate(FEW):
        root = tmp_path / str(number)
        root.mkdir()
        judged(root, EDITS[edit], ways)
