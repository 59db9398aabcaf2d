"""The program in a project of the test's own, and a sandbox on a port for it to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import factories
import pytest
import uvicorn
from program import Project, Server

from reconciler.model.target import Dialect
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store, open_store


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a sandbox with these settings, which speaks these dialects."""
    running: list[tuple[uvicorn.Server, Thread, Store]] = []

    def start(*, dialects: Iterable[Dialect] = tuple(Dialect), **settings: Any) -> Server:
        store = open_store(tmp_path_factory.mktemp("sandbox") / "sandbox.db")
        known = SandboxSettings(organizations=(factories.ORGANIZATION,), **settings)
        app = create_app(store, known, dialects=dialects)
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
