"""The real program: its console script as a subprocess, in a project of the test's own, against a served sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import factories
import pytest
import uvicorn

from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store, open_store

PROGRAM = Path(sys.executable).with_name("reconciler")

MANIFEST = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata:
  name: {name}
spec:
  connector: source-faker
  partialDefaultConfig: {presets}
  partialUserConfigSpec:
    connectionSpecification:
      title: {title}
      type: object
      required: [count]
      properties:
        count: {{title: Count, type: integer, minimum: 1, default: 5, order: 0}}
"""


@dataclass
class Project:
    """A directory with manifests, and the program started in it."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, file: str, text: str) -> Path:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def add(self, name: str = "sample-data", *, title: str = "Sample data", presets: str = "{}") -> Path:
        """A valid manifest of this name."""
        return self.write(f"manifests/{name}.yaml", MANIFEST.format(name=name, title=title, presets=presets))

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRBYTE_", "RECONCILER_"))}
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.root,
            env=environment | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments: str) -> Run:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=50)
        return Run(process.returncode, out, err)


@dataclass(frozen=True)
class Run:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.out)


@dataclass
class Server:
    """A sandbox on a port, and its own account of what it was asked."""

    url: str
    store: Store

    def posts(self) -> int:
        """Creates that it received."""
        return sum(
            e.method == "POST" and e.path.endswith("/config_templates/sources") for e in self.store.ledger()
        )

    def requests(self) -> list[str]:
        """Every request, as `METHOD path` without ids."""
        return [f"{e.method} {e.path}" for e in self.store.ledger()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a sandbox with these settings."""
    running: list[tuple[uvicorn.Server, Thread, Store]] = []

    def start(**settings: Any) -> Server:
        store = open_store(tmp_path_factory.mktemp("sandbox") / "sandbox.db")
        app = create_app(store, SandboxSettings(organizations=(factories.ORGANIZATION,), **settings))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        running.append((server, thread, store))
        return Server(f"http://127.0.0.1:{port}/v1", store)

    yield start
    for server, thread, store in running:
        server.should_exit = server.force_exit = True
        thread.join()
        with closing(store):
            pass


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A sandbox with the usual settings."""
    return serve()


@pytest.fixture
def production(project: Project, server: Server) -> Project:
    """A project whose default environment is the served sandbox, reached as a public API."""
    project.write(
        "reconciler.yaml",
        f"version: 1\nenvironments:\n  production:\n    api: public\n    url: {server.url}\n"
        f"    organizationId: {factories.ORGANIZATION}\n    settleSeconds: 2\n    unmanaged: [{DEFAULT_TEMPLATE_ID}]\n",
    )
    project.environment = {
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    return project
