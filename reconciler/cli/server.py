"""From a target to a connected API and its live state: the place where the network begins."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from reconciler.applying.stopping import StopRequest
from reconciler.cli.console import Console
from reconciler.errors import ReconcilerError
from reconciler.model.target import Api
from reconciler.model.template import LiveState
from reconciler.planning.content import Contents

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.airbyte.public import Credentials
    from reconciler.cli.options import Options
    from reconciler.cli.workspace import Workspace
    from reconciler.model.intent import Intent
    from reconciler.model.target import Target
    from reconciler.planning.entry import Plan

T = TypeVar("T")

_NEEDED_AFTERWARDS = ("reconciler.planning.plan", "reconciler.report.text", "reconciler.report.document")
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


@contextlib.asynccontextmanager
async def connected(
    workspace: Workspace, console: Console, *, concurrency: int
) -> AsyncIterator[TemplateApi]:
    """The target's API, closed at the end. CredentialsError when the environment holds none; the sandbox needs none."""
    from reconciler.airbyte.public import connect

    target = workspace.target
    if target.api is Api.SANDBOX:
        async with _sandbox(workspace, concurrency) as api:
            yield api
        return
    from reconciler.manifests.credentials import read_credentials

    credentials = read_credentials(os.environ)
    for secret in credentials.secrets:
        console.keep_secret(secret)
    async with connect(target, credentials, concurrency=concurrency, on_secret=console.keep_secret) as api:
        yield api


@dataclass
class Ahead:
    """The target's own organization, read while another thread judges the manifests: reading is mostly waiting.

    Nothing of it is shown before `judged`: an invalid manifest ends the run as if nothing had been asked for. `intents` are what
    the journal held before the list was asked for.
    """

    console: Console
    target: Target
    intents: tuple[Intent, ...]
    contents: Contents = field(default_factory=Contents)
    api: TemplateApi = field(init=False)
    reading: asyncio.Task[LiveState] = field(init=False)
    is_judged: bool = False
    _tokens: list[str] = field(default_factory=list)

    def judged(self) -> None:
        """The manifests are valid. Tokens that came are registered only now: the other thread may have searched for secrets."""
        self.is_judged = True
        for token in self._tokens:
            self.console.keep_secret(token)

    def learn(self, token: str) -> None:
        """A token was issued."""
        if self.is_judged:
            self.console.keep_secret(token)
        else:
            self._tokens.append(token)


@contextlib.asynccontextmanager
async def reading_ahead(console: Console, options: Options) -> AsyncIterator[Ahead | None]:
    """Begin to read the target's organization. None where that is not possible: for the sandbox, which needs the manifests, and
    where something is wrong with the project, the journal or the credentials, which is said after the manifests were judged.
    """
    from reconciler.airbyte.public import connect
    from reconciler.airbyte.reading import read_live_state

    try:
        target, credentials, intents = _known_ahead(options)
        ahead = Ahead(console, target, intents)
        connection = connect(target, credentials, concurrency=options.concurrency, on_secret=ahead.learn)
    except (ReconcilerError, LookupError):
        yield None
        return
    for secret in credentials.secrets:
        console.keep_secret(secret)
    async with connection as ahead.api:
        with _progress(console) as advance:
            reading = read_live_state(
                ahead.api,
                target.organization_id,
                concurrency=options.concurrency,
                skip=target.unmanaged,
                on_progress=lambda done, total: advance(done, total) if ahead.is_judged and advance else None,
                on_template=ahead.contents.live,
            )
            ahead.reading = asyncio.create_task(reading)
            try:
                yield ahead
            finally:
                ahead.reading.cancel()
                await asyncio.gather(ahead.reading, return_exceptions=True)


def _known_ahead(options: Options) -> tuple[Target, Credentials, tuple[Intent, ...]]:
    """What reading needs before the manifests are read. LookupError for the sandbox."""
    from reconciler.applying.journal import open_journal
    from reconciler.cli.workspace import chosen_paths, project_of
    from reconciler.manifests.credentials import read_credentials
    from reconciler.sandbox import DEFAULT_ORGANIZATION_ID

    project = project_of(options.chdir)
    target = project.select(options.environment, os.environ, sandbox_organization_id=DEFAULT_ORGANIZATION_ID)
    chosen_paths(options, project, anywhere=False)  # raises what is wrong with them before anything is asked
    if target.api is Api.SANDBOX:
        raise LookupError("the sandbox knows the organizations that manifests name")
    return target, read_credentials(os.environ), open_journal(options.chdir).remembered


@contextlib.asynccontextmanager
async def _sandbox(workspace: Workspace, concurrency: int) -> AsyncIterator[TemplateApi]:
    """A local Airbyte in this process: real httpx through ASGI, no port, its state in the project's `.reconciler` folder."""
    import httpx

    from reconciler.airbyte.public import connect
    from reconciler.model.credentials import ClientCredentials
    from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
    from reconciler.sandbox.app import create_app
    from reconciler.sandbox.exchange import SandboxSettings
    from reconciler.sandbox.state_file import project_database
    from reconciler.sandbox.store import open_store

    settings = SandboxSettings(organizations=workspace.organizations, connectors=workspace.catalogue)
    credentials = ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
    with contextlib.closing(open_store(project_database(workspace.root))) as store:
        transport = partial(httpx.ASGITransport, app=create_app(store, settings))
        async with connect(
            workspace.target, credentials, concurrency=concurrency, transport_factory=transport
        ) as api:
            yield api


async def read_states(
    api: TemplateApi,
    workspace: Workspace,
    console: Console,
    contents: Contents,
    *,
    concurrency: int,
    ahead: Ahead | None = None,
) -> tuple[LiveState, ...]:
    """The live state of every organization of the run, one after the other; the one that is read `ahead` is waited for.

    Both sides are brought into their comparable form meanwhile: reading is mostly waiting.
    """
    from reconciler.airbyte.reading import read_live_state

    read = partial(
        read_live_state,
        api,
        concurrency=concurrency,
        skip=workspace.target.unmanaged,
        on_template=contents.live,
    )
    preparing = asyncio.create_task(_prepared(workspace, contents))
    try:
        states = []
        for organization in workspace.organizations:
            if ahead is not None and organization == ahead.target.organization_id:
                states.append(await ahead.reading)
                continue
            with _progress(console) as advance:
                states.append(await read(organization, on_progress=advance))
        await preparing
    finally:
        preparing.cancel()
    return tuple(states)


async def _prepared(workspace: Workspace, contents: Contents) -> None:
    """Load what the plan and its report need, and normalise the manifests a few at a time, between two answers."""
    await asyncio.sleep(0)  # the first request goes out before anything is loaded
    for module in _NEEDED_AFTERWARDS:
        importlib.import_module(module)
        await asyncio.sleep(0)
    for number, manifest in enumerate(workspace.loaded.manifests):
        contents.desired(manifest)
        if number % 10 == 0:
            await asyncio.sleep(0)


def keep_plan_secrets(console: Console, plan: Plan, states: Iterable[LiveState], contents: Contents) -> None:
    """Register what live templates hold at secret places, before anything of the plan is shown."""
    from reconciler.planning.compare import plan_secrets

    for secret in sorted(plan_secrets(plan, states, contents)):
        console.keep_secret(secret)


@contextlib.contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, for more than a few templates; else nothing."""
    if not console.shows_progress():
        yield None
        return
    import click

    with contextlib.ExitStack() as open_bar:
        steps: list[Callable[[int], None]] = []
        shown = 0

        def advance(done: int, total: int) -> None:
            nonlocal shown
            if total <= _FEW:
                return
            if not steps:
                bar = click.progressbar(length=total, label="reading templates", file=console.terminal)
                steps.append(open_bar.enter_context(bar).update)
            steps[0](done - shown)
            shown = done

        yield advance
