"""The real program on the Agent API: faults, and names that are taken, by what it says and what the server holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from agents.agent_place import STRIPE
from agents.agent_project import Env, agent_project
from agents.agent_ways import CONNECTIONS, SOURCES
from attack.attack_faults import CREATE, GET, LIST, Fault

CONFIG = {"host": "db.internal", "port": 5432, "password": Env("RECONCILER_VAR_PASSWORD")}


@pytest.mark.parametrize(
    ("fault", "code", "outcomes"),
    [
        (Fault(1, CREATE, 0, "reset-after"), 0, {"recovered", "created"}),
        (Fault(1, CREATE, 1, "502-after"), 0, {"created", "recovered"}),
        (Fault(1, CREATE, 0, "lag", 2), 0, {"created"}),
        (Fault(1, CREATE, 0, "401"), 0, {"created"}),
        (Fault(1, CREATE, 0, "close"), 5, {"unknown", "not-attempted"}),
        (Fault(1, CREATE, 0, "403"), 1, {"rejected", "not-attempted"}),
        (Fault(1, LIST, 2, "html-200"), 1, {"not-attempted"}),
        (Fault(1, GET, 0, "reset"), 0, {"created"}),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_run_that_meets_a_fault_tells_the_truth_and_the_next_completes_it(
    tmp_path: Path, fault: Fault, code: int, outcomes: set[str]
) -> None:
    with agent_project(tmp_path) as at:
        at.source(name="Samples")
        at.connection(destinationConfig=CONFIG)
        at.proxy.faults = [fault]
        told = at.apply()
        assert (told.code, {e["outcome"] for e in told.document["entries"]}) == (code, outcomes)
        if "unknown" in outcomes:
            assert at.apply().code == 4
            (doubted,) = (e["name"] for e in told.document["entries"] if e["outcome"] == "unknown")
            assert at.run("resolve", doubted, "--not-created").code == 0
        assert at.apply().code == 0
        assert sorted(row.kind for row in at.server.rows.values()) == [CONNECTIONS, SOURCES]


@pytest.mark.parametrize("status", [409, 422])
def test_taken_name_is_no_proof_that_nothing_was_stored_and_nothing_is_sent_again(
    tmp_path: Path, status: int
) -> None:
    with agent_project(tmp_path, unique=status) as at:
        at.source("other", connector=STRIPE, name="Samples")
        assert at.apply().code == 0
        at.source(name="Samples")
        told = at.apply()
        (entry,) = (e for e in told.document["entries"] if e["name"] == "samples")
        assert (told.code, entry["outcome"]) == (5, "unknown")
        assert "already exists" in entry["detail"]
        assert at.apply().code == 4
        assert len(at.server.ledger) == 1


def test_second_template_of_a_definition_is_created_only_with_a_reason(tmp_path: Path) -> None:
    with agent_project(tmp_path) as at:
        at.source(name="Samples", partialDefaultConfig={"seed": 1})
        at.source("second", name="More samples", partialDefaultConfig={"seed": 2})
        refused = at.apply()
        assert (refused.code, len(at.server.ledger)) == (4, 0)
        at.source("second", name="More samples", partialDefaultConfig={"seed": 2}, allowSecond="two sizes")
        assert at.apply().code == 0
        assert len(at.server.ledger) == 2
