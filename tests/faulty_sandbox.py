"""A sandbox behind real httpx, with faults that a test schedules per request, and a clock that does not wait."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import factories
import httpx

from reconciler.airbyte.client import connect
from reconciler.airbyte.reading import read_live_state
from reconciler.applying.apply import apply_plan
from reconciler.applying.attempt import BeforeCreate
from reconciler.applying.journal import open_journal
from reconciler.applying.outcome import ApplyResult, Creation
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.http.exchange import Timing
from reconciler.model.credentials import ClientCredentials
from reconciler.model.target import SANDBOX_URLS, Api, Dialect, Policy, Target
from reconciler.model.template import Manifest, Past
from reconciler.planning.entry import Selection
from reconciler.planning.plan import EVERYTHING, build_plan
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store

Fault = Callable[[httpx.Request, httpx.AsyncBaseTransport], Awaitable[httpx.Response]]


NOTHING_BEFORE = Past()


@dataclass
class Faults:
    """What goes wrong, by request: `on("POST", fault)` takes the next matching request, in order. A request that adds or removes a
    tag is a `TAG`, the list of all tags `TAGS`. `patches` are the bodies of every PATCH.
    """

    waiting: list[tuple[str, Fault]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    patches: list[bytes] = field(default_factory=list)

    def on(self, method: str, *faults: Fault) -> None:
        """Each fault takes one request of this method to a template path, after those scheduled before."""
        self.waiting.extend((method, fault) for fault in faults)


class FaultyTransport(httpx.AsyncBaseTransport):
    """The sandbox, with the scheduled faults between it and the client."""

    def __init__(self, inner: httpx.AsyncBaseTransport, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if "templates/" not in path:
            return await self._inner.handle_async_request(request)
        kind = request.method
        if kind == "GET" and path.endswith(("/sources", "/connections")):
            kind = "LIST"
        elif "/tags" in path:
            kind = "TAGS" if kind == "GET" else "TAG"
        self._faults.seen.append(kind)
        if kind == "PATCH":
            self._faults.patches.append(await request.aread())
        for index, (method, fault) in enumerate(self._faults.waiting):
            if method == kind:
                del self._faults.waiting[index]
                return await fault(request, self._inner)
        return await self._inner.handle_async_request(request)


async def lost_before(request: httpx.Request, _inner: httpx.AsyncBaseTransport) -> httpx.Response:
    """The connection breaks before the server saw anything."""
    raise httpx.ReadError("broken", request=request)


async def lost_after(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
    """The server did it, and the answer is lost."""
    response = await inner.handle_async_request(request)
    await response.aread()
    raise httpx.ReadError("broken", request=request)


async def never_connected(request: httpx.Request, _inner: httpx.AsyncBaseTransport) -> httpx.Response:
    """Nothing ever left this machine."""
    raise httpx.ConnectError("refused", request=request)


async def passed_on(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
    """No fault: takes one request out of the schedule."""
    return await inner.handle_async_request(request)


def answered(
    status: int, body: object = None, headers: dict[str, str] | None = None, *, after: bool = False
) -> Fault:
    """An answer of a gateway in place of the server's; `after` lets the server do its work first."""

    async def fault(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        if after:
            await (await inner.handle_async_request(request)).aread()
        raw = httpx.Response(status, json=body, headers=headers)
        return httpx.Response(status, headers=raw.headers, stream=httpx.ByteStream(raw.content))

    return fault


class FakeTime:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class World:
    """One sandbox, one target, and `apply` as the command line would call it."""

    store: Store
    settings: SandboxSettings = field(
        default_factory=lambda: SandboxSettings(organizations=(factories.ORGANIZATION,))
    )
    faults: Faults = field(default_factory=Faults)
    time: FakeTime = field(default_factory=FakeTime)
    dialect: Dialect = Dialect.PUBLIC
    policy: Policy = Policy.CREATE_ONLY
    stop: StopRequest | None = None
    before_create: BeforeCreate | None = None
    told: list[Creation] = field(default_factory=list)
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="reconciler-world-")))

    def target(self) -> Target:
        return Target(
            environment="sandbox",
            api=Api(str(self.dialect)),
            url=SANDBOX_URLS[self.dialect],
            organization_id=factories.ORGANIZATION,
            settle_seconds=60,
            unmanaged=frozenset({DEFAULT_TEMPLATE_ID}),
            dialect=self.dialect,
            policy=self.policy,
        )

    def apply(
        self,
        *manifests: Manifest,
        between: Callable[[], None] = lambda: None,
        max_creates: int = 10,
        selection: Selection = EVERYTHING,
        past: Past = NOTHING_BEFORE,
        unmanaged: frozenset[str] = frozenset(),
    ) -> ApplyResult:
        """Read, plan, apply. `between` runs after the plan was made and before anything is created."""
        target = replace(self.target(), unmanaged=self.target().unmanaged | unmanaged)
        return asyncio.run(self._apply(manifests, target, between, max_creates, selection, past))

    async def _apply(
        self,
        manifests: Iterable[Manifest],
        target: Target,
        between: Callable[[], None],
        max_creates: int,
        selection: Selection,
        past: Past,
    ) -> ApplyResult:
        wanted = tuple(manifests)
        app = create_app(self.store, self.settings)
        timing = Timing(monotonic=self.time.now, sleep=self.time.sleep, chance=lambda: 0.5)
        journal = open_journal(self.root)
        async with connect(
            target,
            ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET),
            concurrency=2,
            transport_factory=lambda: FaultyTransport(httpx.ASGITransport(app=app), self.faults),
            timing=timing,
        ) as api:
            state = await read_live_state(api, target.organization_id, concurrency=2, skip=target.unmanaged)
            plan = build_plan(
                wanted, [state], target, selection=selection, past=lambda: past, intents=journal.remembered
            )
            between()
            self.stop = StopRequest(grace_seconds=0.05, same_seconds=0.0)
            return await apply_plan(
                plan,
                wanted,
                [state],
                api,
                journal,
                stop=self.stop,
                max_creates=max_creates,
                clock=Clock(self.time.now, self.time.sleep),
                on_creation=self.told.append,
                past=lambda: past,
                before_create=self.before_create,
            )

    def posts(self) -> int:
        """How many creates reached the server."""
        ends = ("templates/sources", "templates/connections")
        return sum(e.method == "POST" and e.path.endswith(ends) for e in self.store.ledger())

    def templates(self) -> int:
        """How many templates the organization has."""
        return len(self.store.templates_of(factories.ORGANIZATION))
