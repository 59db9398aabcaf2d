"""From a target to a connected API and its live state: the place where the network begins."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.applying.stopping import StopRequest
from reconciler.cli.console import Console
from reconciler.model.target import Api, Target
from reconciler.model.template import LiveState
from reconciler.planning.content import Contents

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.airbyte.client import Client
    from reconciler.cli.workspace import Workspace

T = TypeVar("T")

_NEEDED_AFTERWARDS = ("reconciler.planning.plan", "reconciler.report.text", "reconciler.report.document")
_GIVES_WAY = 0.0005
"""Seconds after which a thread in the background lets the loop go on. With Python's 5 ms every answer waits that long for it."""
_FEW = 20
"""Up to this many templates are read without a progress bar."""


def run_async(console: Console, work: Callable[[StopRequest], Awaitable[T]]) -> T:
    """Run `work` with SIGINT and SIGTERM turned into a stop request: what holds the request decides what is safe to leave. After a
    signal every later `work` of the process gets a request that was made already.
    """

    async def supervised() -> T:
        stop, loop = StopRequest(), asyncio.get_running_loop()
        with console.signals.waking(partial(loop.call_soon_threadsafe, stop.request)):
            if console.signals.came:
                stop.request()
            return await work(stop)

    console.signals.install()
    return asyncio.run(supervised())


async def in_background(work: Callable[[], T]) -> T:
    """What `work` gives, from a thread. It is left to itself when this is cancelled: a signal waits for no thread."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            finish = partial(future.set_result, work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            finish = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(lambda: future.cancelled() or finish())

    usual = sys.getswitchinterval()
    sys.setswitchinterval(_GIVES_WAY)
    try:
        threading.Thread(target=run, daemon=True).start()
        return await future
    finally:
        sys.setswitchinterval(usual)


@contextlib.asynccontextmanager
async def connected(
    workspace: Workspace, console: Console, *, concurrency: int
) -> AsyncIterator[TemplateApi]:
    """The target's API, closed at the end. CredentialsError when the environment holds none. The sandbox needs none."""
    is_sandbox = workspace.target.api is Api.SANDBOX
    opening = (
        _sandbox(workspace, concurrency) if is_sandbox else remote(workspace.target, console, concurrency)
    )
    async with opening as api:
        yield api


def remote(target: Target, console: Console, concurrency: int) -> Client:
    """The API of a target that is no sandbox, as an async context manager. Raises CredentialsError."""
    from reconciler.airbyte.client import connect
    from reconciler.model.credentials import read_credentials

    credentials = read_credentials(os.environ)
    for secret in credentials.secrets:
        console.keep_secret(secret)
    return connect(
        target,
        credentials,
        concurrency=concurrency,
        on_secret=console.keep_secret,
        hide=console.without_secrets,
    )


@contextlib.asynccontextmanager
async def _sandbox(workspace: Workspace, concurrency: int) -> AsyncIterator[TemplateApi]:
    """A local Airbyte in this process: real httpx through ASGI, no port, its state in the project's `.reconciler` folder."""
    import httpx

    from reconciler.airbyte.client import connect
    from reconciler.model.credentials import ClientCredentials
    from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
    from reconciler.sandbox.app import create_app
    from reconciler.sandbox.settings import SandboxSettings
    from reconciler.sandbox.state_file import project_database
    from reconciler.sandbox.store import open_store

    settings = SandboxSettings(organizations=workspace.organizations, connectors=workspace.catalogue)
    credentials = ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
    with contextlib.closing(open_store(project_database(workspace.root))) as store:
        app = create_app(store, settings, dialects=(workspace.target.dialect,))
        transport = partial(httpx.ASGITransport, app=app)
        async with connect(
            workspace.target, credentials, concurrency=concurrency, transport_factory=transport
        ) as api:
            yield api


@dataclass
class Reading:
    """One reading of the live state. What is read is brought into its comparable form at once, in `contents`: reading is mostly
    waiting.
    """

    api: TemplateApi
    console: Console
    target: Target
    concurrency: int
    contents: Contents = field(init=False)
    _shows: bool = False
    _ahead: dict[str, asyncio.Task[LiveState]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.contents = Contents(self.target.dialect)

    @contextlib.asynccontextmanager
    async def begun(self) -> AsyncIterator[None]:
        """The target's own organization is read meanwhile, without a word. What is not read by the end is left."""
        own = self.target.organization_id
        self._ahead[own] = asyncio.create_task(self._state(own))
        try:
            yield
        finally:
            self._ahead[own].cancel()
            await asyncio.gather(self._ahead[own], return_exceptions=True)

    async def states(self, workspace: Workspace) -> tuple[LiveState, ...]:
        """The live state of every organization of the run, read one after the other."""
        self._shows = True
        preparing = asyncio.create_task(self._prepare(workspace))
        try:
            states = [await (self._ahead.get(each) or self._state(each)) for each in workspace.organizations]
            await preparing
        finally:
            preparing.cancel()
        return tuple(states)

    async def _state(self, organization: str) -> LiveState:
        from reconciler.airbyte.reading import read_live_state

        with _progress(self.console) as advance:
            return await read_live_state(
                self.api,
                organization,
                concurrency=self.concurrency,
                skip=self.target.unmanaged,
                on_progress=lambda done, total: advance(done, total) if advance and self._shows else None,
                on_template=self.contents.live,
            )

    async def _prepare(self, workspace: Workspace) -> None:
        """Load what the plan and its report need, and normalise the manifests a few at a time, between two answers."""
        await asyncio.sleep(0)  # the first request goes out before anything is loaded
        for module in _NEEDED_AFTERWARDS:
            importlib.import_module(module)
            await asyncio.sleep(0)
        for number, manifest in enumerate(workspace.loaded.manifests):
            self.contents.desired(manifest)
            if number % 10 == 0:
                await asyncio.sleep(0)


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, for more than a few templates. Else nothing."""
    if not console.shows_progress():
        yield None
        return
    import click

    with contextlib.ExitStack() as stack:
        bars: list[Any] = []

        def advance(done: int, total: int) -> None:
            if total > _FEW:
                if not bars:
                    bar = click.progressbar(length=total, label="reading templates", file=console.terminal)
                    bars.append(stack.enter_context(bar))
                bars[0].update(done - bars[0].pos)

        yield advance
