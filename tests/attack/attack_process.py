"""The real program as a process, in a project whose API is a faulty server of the test's own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import factories
import yaml
from attack.attack_server import PublicServer, public_server
from attack.attack_world import Account, Attacked, check_run
from attack.fault_proxy import FaultProxy, in_a_thread
from program import Project

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.template import Manifest
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID

APPLY = ("apply", "--yes", "-f", "json", "--write", "json=report.json")


@dataclass
class Place:
    """A project, the server that it talks to, and the oracle over both."""

    project: Project
    world: Attacked

    @property
    def proxy(self) -> FaultProxy:
        return self.world.proxy

    def rows(self) -> list[int]:
        """How many templates each manifest has on the server."""
        return [len(self.world.rows_of(manifest)) for manifest in self.world.manifests]

    @property
    def report(self) -> Path:
        return self.project.root / "report.json"

    def apply(self) -> Account:
        """One whole apply, checked; its number is the next one."""
        self.proxy.run += 1
        told = self.project.run(*APPLY)
        assert "Traceback" not in told.err
        account = Account(told.code, told.document)
        check_run(self.world, account, self.proxy.run)
        return account


@contextlib.contextmanager
def place(root: Path, *names: str, server: PublicServer | None = None) -> Iterator[Place]:
    """A project with these manifests before an empty server, or before the state of another place."""
    with contextlib.ExitStack() as stack:
        server = server or stack.enter_context(public_server())
        proxy = server.proxy()
        url = stack.enter_context(in_a_thread(proxy))
        project = Project(
            root,
            {"AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID, "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET},
        )
        project.write(
            "reconciler.yaml",
            f"version: 1\nenvironments:\n  production:\n    api: public\n    url: {url}\n"
            f"    organizationId: {factories.ORGANIZATION}\n    settleSeconds: 1\n    unmanaged: [{DEFAULT_TEMPLATE_ID}]\n",
        )
        manifests = tuple(_added(project, name) for name in names)
        yield Place(project, Attacked(server, proxy, manifests, root))


def _added(project: Project, name: str) -> Manifest:
    document: Any = yaml.safe_load(project.add(name, title=name.title()).read_text())
    connector = builtin_catalogue().resolve(document["spec"]["connector"])
    assert connector is not None
    form = document["spec"]["partialUserConfigSpec"]
    return factories.manifest(name, connector=connector, spec=form)


def is_whole(report: Path) -> bool:
    """Whether the report is a whole document; False when there is none. A part of one is an error."""
    return report.exists() and json.loads(report.read_text())["formatVersion"] == "1"
