"""A GitHub in this process for the room's own tests, and one on a port for the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import factories
import httpx
import pytest
import uvicorn
from github import github_double
from github.github_double import JOB_TOKEN, REPOSITORY, State
from github.workflow import Workflow
from program import Project, Server

from reconciler.github.client import GitHub, open_github
from reconciler.http.exchange import Timing
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import open_store

T = TypeVar("T")


@dataclass
class Waiting:
    """Seconds that pass only when somebody waits."""

    seconds: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class Desk:
    """A client of the GitHub in this process."""

    state: State
    waiting: Waiting
    token: str = JOB_TOKEN
    repository: str = REPOSITORY
    prefix: str = ""

    def do(self, work: Callable[[GitHub], Awaitable[T]]) -> T:
        """What `work` gives with an open client."""

        async def run() -> T:
            app = github_double.create_github(self.state, self.prefix)
            timing = Timing(
                monotonic=self.waiting.now,
                now=self.state.now.timestamp,
                sleep=self.waiting.sleep,
                chance=lambda: 0.5,
            )
            url = f"https://api.github.example{self.prefix}"
            factory = lambda: httpx.ASGITransport(app=app)  # noqa: E731
            async with open_github(
                url, self.repository, self.token, timing=timing, transport_factory=factory
            ) as github:
                return await work(github)

        return asyncio.run(run())


@pytest.fixture
def state() -> State:
    """A GitHub with an empty repository."""
    return State()


@pytest.fixture
def desk(state: State) -> Desk:
    """A client with the job's own token."""
    return Desk(state, Waiting())


@pytest.fixture
def served(state: State) -> Iterator[github_double.Served]:
    """The same GitHub on a port."""
    running = github_double.serve_github(state)
    yield running
    running.stop()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A sandbox on a port."""
    with open_store(tmp_path_factory.mktemp("sandbox") / "sandbox.db") as store:
        app = create_app(store, SandboxSettings(organizations=(factories.ORGANIZATION,)))
        running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            thread.join(0.01)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield Server(f"http://127.0.0.1:{port}/v1", store)
        running.should_exit = running.force_exit = True
        thread.join()


@pytest.fixture
def workflow(
    tmp_path_factory: pytest.TempPathFactory, served: github_double.Served, server: Server
) -> Workflow:
    """A project with credentials, its repository on GitHub, and no pull request yet."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.write(
        "reconciler.yaml",
        f"version: 1\nenvironments:\n  production:\n    api: public\n    url: {server.url}\n"
        f"    organizationId: {factories.ORGANIZATION}\n    settleSeconds: 2\n    unmanaged: [{DEFAULT_TEMPLATE_ID}]\n",
    )
    project.environment = {
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    return Workflow(project, served, server, tmp_path_factory.mktemp("runner"))
