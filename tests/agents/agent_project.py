"""A project on the Agent API for the real program, and what its manifests have to store there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from agents.agent_place import FAKER, POSTGRES, agent_server, served
from agents.agent_server import AgentServer
from agents.agent_ways import CLIENT_ID, CLIENT_SECRET, ORGANIZATION, SOURCES, Row
from attack.fault_proxy import FaultProxy
from program import Project, Run

SECRET = "canary-c0ffee-of-the-warehouse"  # nothing that the program writes may hold it
PASSWORD = {"name": "RECONCILER_VAR_PASSWORD"}


class Env(str):
    """The name of a variable, written as `!env NAME`."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(Env, lambda dumper, name: dumper.represent_scalar("!env", str(name)))


@dataclass
class AgentProject:
    """The program before the tests' own server. Every output of every run is kept in `said`."""

    project: Project
    server: AgentServer
    proxy: FaultProxy

    def write(self, name: str, kind: str, spec: dict[str, Any]) -> None:
        """A manifest of this kind."""
        document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        self.project.write(f"manifests/{name}.yaml", yaml.dump(document, Dumper=_Dumper, sort_keys=False))

    def source(self, name: str = "samples", /, **spec: Any) -> None:
        self.write(name, "SourceTemplate", {"connector": FAKER, "partialDefaultConfig": {}} | spec)

    def connection(self, name: str = "warehouse", /, **spec: Any) -> None:
        base = {"destinationName": "Warehouse", "connector": POSTGRES, "destinationConfig": {}}
        self.write(name, "ConnectionTemplate", base | spec)

    def run(self, *arguments: str) -> Run:
        """One run, whose every output must not hold the secret."""
        self.proxy.run += 1
        ended = self.project.run(*arguments)
        assert "Traceback" not in ended.err
        files = [f for f in self.project.root.rglob("*") if f.is_file()]
        texts = (ended.out, ended.err, *(f.read_text(errors="replace") for f in files))
        assert not any(SECRET in text for text in texts)
        return ended

    def apply(self) -> Run:
        return self.run("apply", "--yes", "-f", "json", *REPORTS)

    def row(self, kind: str = SOURCES) -> Row:
        """The organization's only template of this kind."""
        (row,) = (r for r in self.server.rows.values() if (r.kind, r.organization) == (kind, ORGANIZATION))
        return row


REPORTS = tuple(
    part
    for name in ("text", "markdown", "html", "json", "github")
    for part in ("--write", f"{name}=reports/{name}.out")
)


@contextlib.contextmanager
def agent_project(root: Path, *, policy: str = "create-only", **ways: Any) -> Iterator[AgentProject]:
    """An empty project before a server with these switches."""
    (root / "reports").mkdir()
    server = agent_server(**ways)
    with served(server) as (proxy, url):
        environment = {
            "AIRBYTE_CLIENT_ID": CLIENT_ID,
            "AIRBYTE_CLIENT_SECRET": CLIENT_SECRET,
            "RECONCILER_VAR_PASSWORD": SECRET,
        }
        project = Project(root, environment)
        project.write(
            "reconciler.yaml",
            f"version: 1\nenvironments:\n  production:\n    api: agents\n    url: {url}\n    policy: {policy}\n"
            f"    organizationId: {ORGANIZATION}\n    settleSeconds: 1\n",
        )
        yield AgentProject(project, server, proxy)
