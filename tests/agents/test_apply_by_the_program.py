"""The program updates and creates on an Agent API that it does not know: real processes, sockets and signals."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from agents.agent_place import agent_server, served
from agents.agent_server import AgentServer
from agents.agent_ways import CLIENT_ID, CLIENT_SECRET, ORGANIZATION, SOURCES
from attack.attack_faults import CREATE, UPDATE, Fault
from attack.fault_proxy import FaultProxy, Seen
from program import Project, Run

SAMPLE = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {{name: sample}}
spec:
  connector: source-faker
  name: {name}
  partialDefaultConfig: {presets}
  propagate: true
"""
STRIPE = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: stripe}
spec:
  connector: source-stripe
  partialDefaultConfig: {account_id: acct_1, start_date: "2024-01-01T00:00:00Z"}
"""
WAREHOUSE = """\
apiVersion: reconciler/v1
kind: ConnectionTemplate
metadata: {name: warehouse}
spec:
  destinationName: Warehouse
  connector: 25c5221d-dce2-4163-ade9-739ef790f503
  destinationConfig: {host: warehouse.example.com}
"""
APPLY = ("apply", "--yes", "-f", "json")


@dataclass
class Place:
    """A project, and the server with the template of `sample`, which has `count` 3."""

    project: Project
    server: AgentServer
    proxy: FaultProxy

    def wants(self, presets: str = "{count: 4}", name: str = "Sample") -> None:
        self.project.write("manifests/sample.yaml", SAMPLE.format(name=name, presets=presets))

    def apply(self, *more: str) -> Run:
        self.proxy.run += 1
        told = self.project.run(*APPLY, *more)
        assert "Traceback" not in told.err
        return told

    def sent(self) -> list[tuple[str, Any]]:
        """Each change that the server took, but the first create."""
        return [(entry.method, entry.body) for entry in self.server.ledger[1:]]

    def presets(self) -> Any:
        (row,) = (
            row
            for row in self.server.rows.values()
            if row.kind == SOURCES and row.members["name"] == "Sample"
        )
        return row.members["partial_default_config"]


@contextlib.contextmanager
def place(root: Path, **ways: Any) -> Iterator[Place]:
    server = agent_server(**ways)
    with served(server) as (proxy, url):
        project = Project(root, {"AIRBYTE_CLIENT_ID": CLIENT_ID, "AIRBYTE_CLIENT_SECRET": CLIENT_SECRET})
        project.write(
            "reconciler.yaml",
            f"version: 1\nenvironments:\n  production:\n    api: agents\n    url: {url}\n    policy: create-update\n"
            f"    organizationId: {ORGANIZATION}\n    settleSeconds: 1\n",
        )
        at = Place(project, server, proxy)
        at.wants("{count: 3}")
        assert at.apply().code == 0
        yield at


def outcomes(told: Run) -> dict[str, str]:
    return {each["name"]: each["outcome"] for each in told.document["entries"] if "outcome" in each}


def test_only_what_differs_is_sent_and_the_next_run_has_nothing_to_do(tmp_path: Path) -> None:
    with place(tmp_path) as at:
        at.wants()
        told = at.apply()
        assert (told.code, outcomes(told), at.presets()) == (0, {"sample": "updated"}, {"count": 4})
        assert told.document["result"]["outcomes"]["updated"] == 1
        assert at.sent() == [("PATCH", {"partial_default_config": {"count": 4}, "propagate": True})]
        assert (at.apply("--detailed-exitcode").code, len(at.sent())) == (0, 1)


def test_server_that_merges_ends_the_run_before_the_first_create(tmp_path: Path) -> None:
    with place(tmp_path, patch="merge") as at:
        at.wants("{seed: 1}")
        at.project.write("manifests/stripe.yaml", STRIPE)
        told = at.apply()
        assert (told.code, outcomes(told)) == (5, {"sample": "updated", "stripe": "not-attempted"})
        (entry,) = (each for each in told.document["entries"] if each["name"] == "sample")
        assert entry["equalsManifest"] is False
        assert [change["path"] for change in entry["serverChanges"]] == ["/partialDefaultConfig/count"]
        assert [method for method, _ in at.sent()] == ["PATCH"]


def test_answer_that_is_lost_is_decided_by_reading(tmp_path: Path) -> None:
    with place(tmp_path) as at:
        at.wants()
        at.proxy.faults = [Fault(at.proxy.run + 1, UPDATE, 0, "reset-after")]
        told = at.apply()
        assert (told.code, outcomes(told), at.presets()) == (0, {"sample": "recovered"}, {"count": 4})
        assert len(at.sent()) == 1


def test_nothing_is_updated_where_nobody_can_be_asked(tmp_path: Path) -> None:
    with place(tmp_path) as at:
        at.wants()
        told = at.project.run("apply")
        assert told.code == 4
        assert "nobody can be asked whether to update 1 template" in told.out
        assert at.sent() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_during_an_update_ends_in_its_account(tmp_path: Path, number: signal.Signals) -> None:
    with place(tmp_path) as at:
        at.wants()
        at.project.write("manifests/stripe.yaml", STRIPE)
        process = at.project.start(*APPLY)

        def signalled(seen: Seen) -> None:  # in a thread: it may wait
            if seen.method == "PATCH":
                process.send_signal(number)
                time.sleep(0.3)

        at.proxy.watch = signalled
        out, err = process.communicate(timeout=30)
        told = Run(process.returncode, out, err)
        assert (told.code, outcomes(told)) == (130, {"sample": "updated", "stripe": "not-attempted"})
        assert (at.presets(), [method for method, _ in at.sent()]) == ({"count": 4}, ["PATCH"])


def test_lost_create_of_a_connection_template_is_decided_by_a_person_or_by_its_name(tmp_path: Path) -> None:
    with place(tmp_path) as at:
        at.project.write("manifests/warehouse.yaml", WAREHOUSE)
        at.proxy.faults = [Fault(at.proxy.run + 1, CREATE, 0, "close")]
        assert outcomes(at.apply())["warehouse"] == "unknown"
        refused = at.apply()
        assert (refused.code, at.sent()) == (4, [])
        source = next(row.id for row in at.server.rows.values())
        wrong = at.project.run("resolve", "warehouse", "--created", source)
        assert (wrong.code, "nothing was decided" in wrong.err) == (1, True)
        assert at.project.run("resolve", "warehouse", "--not-created").code == 0
        assert outcomes(at.apply()) == {"warehouse": "created"}
        at.project.run("resolve", "warehouse", "--not-created")
        assert (at.apply("--detailed-exitcode").code, len(at.sent())) == (0, 1)
