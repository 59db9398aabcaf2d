"""Runs of the real client against the faulty server, and the oracle: the server's ledger and the server's own account
of what reached it. What the client says is believed nowhere; it is compared.

Real: planning, applying, the journal on disk, the HTTP client, sockets. Every run starts at once after the one before, however
that ended. Not real: waiting (pauses pass at once on a clock of their own) and
the length of deadlines.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from attack.attack_faults import ALL_KINDS, CREATE, LIST, Fault
from attack.attack_server import Attackable, public_server
from attack.fault_proxy import FaultProxy, Seen
from faulty_sandbox import FakeTime

from reconciler.airbyte.client import connect
from reconciler.airbyte.reading import read_live_state
from reconciler.applying.apply import apply_plan
from reconciler.applying.journal import Journal, open_journal
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.errors import ReconcilerError
from reconciler.http.exchange import Timing
from reconciler.model.template import Manifest
from reconciler.planning.plan import build_plan
from reconciler.report.document import apply_document, error_document
from reconciler.report.exit_code import apply_exit_code

SHORT, LONG = 0.25, 30.0
"""Deadlines in seconds of runs that meet faults, and of runs that meet none."""


ServerOf: TypeAlias = Callable[[], AbstractContextManager[Attackable]]
"""Opens a new server."""


class Violation(AssertionError):
    """The promise was broken; the text says how."""


@dataclass(frozen=True)
class Scenario:
    """What stands on the server before the first run: the first `stored` manifests, and a template of somebody else."""

    manifests: int = 2
    stored: int = 0
    stranger: bool = False
    runs: int = 1


@dataclass(frozen=True)
class Account:
    """What a run said: its exit code and its JSON."""

    code: int
    document: dict[str, Any]

    @property
    def has_plan(self) -> bool:
        """Whether the run came as far as a plan."""
        return "result" in self.document


@dataclass
class Attacked:
    """One server behind faulty sockets, and the directory that all runs start in."""

    server: Attackable
    proxy: FaultProxy
    manifests: tuple[Manifest, ...]
    root: Path
    time: FakeTime = field(default_factory=FakeTime)

    def rows_of(self, wanted: Manifest) -> list[str]:
        """Ids of the rows that creates of this manifest stored, whatever they were answered."""
        return self.server.rows_of(wanted)

    def journal(self) -> Journal:
        """The journal as a run that starts now finds it."""
        return open_journal(self.root)

    async def apply(self, url: str, deadline: float) -> Account | None:
        """One apply as the command line does it; None when it was killed."""
        stop = StopRequest(grace_seconds=0.05)
        task = asyncio.ensure_future(self._applied(url, deadline, stop))

        def on_signal(name: str) -> None:
            if name == "stop":
                stop.request()
            else:
                task.cancel()

        self.proxy.on_signal = on_signal
        try:
            return await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            return None

    async def _applied(self, url: str, deadline: float, stop: StopRequest) -> Account:
        target, time = self.server.target(url), self.time
        timing = Timing(
            monotonic=time.now,
            sleep=time.sleep,
            chance=lambda: 0.5,
            connect_seconds=max(deadline / 2, 5.0),
            token_seconds=deadline,
            read_seconds=deadline,
            create_seconds=deadline,
        )
        journal = self.journal()
        try:
            async with connect(target, self.server.credentials, concurrency=2, timing=timing) as api:
                reading = read_live_state(api, target.organization_id, concurrency=2, skip=target.unmanaged)
                state = await stop.guard(reading)
                plan = build_plan(self.manifests, [state], target, intents=journal.intents)
                clock = Clock(time.now, time.sleep)
                result = await apply_plan(
                    plan, self.manifests, [state], api, journal, stop=stop, max_creates=10, clock=clock
                )
        except ReconcilerError as error:
            return Account(error.exit_code, dict(error_document(error)))
        code = int(apply_exit_code(result, findings_count=False))
        return Account(code, dict(apply_document(result, exit_code=code)))


def attack(
    scenario: Scenario, faults: tuple[Fault, ...], server: ServerOf = public_server
) -> list[Account | None]:
    """Every run of a script, faulty ones first, checked after each. Violation when the promise is broken."""
    with server() as attacked:
        return asyncio.run(_attack(scenario, faults, attacked))


async def _attack(scenario: Scenario, faults: tuple[Fault, ...], server: Attackable) -> list[Account | None]:
    with tempfile.TemporaryDirectory(prefix="attacked-") as root:
        if scenario.stranger:
            server.meet_a_stranger()
        proxy = server.proxy()
        proxy.faults = list(faults)
        async with proxy.listening() as url:
            world = Attacked(server, proxy, server.manifests[: scenario.stored], Path(root))
            if scenario.stored:
                proxy.run = -1
                await world.apply(url, LONG)
            world = replace(world, manifests=server.manifests[: scenario.manifests])
            accounts = [await _faulty_run(world, url, run) for run in range(scenario.runs)]
            accounts += await _clean_runs(world, url, scenario.runs)
            return accounts


async def _faulty_run(world: Attacked, url: str, run: int) -> Account | None:
    world.proxy.run = run
    account = await world.apply(url, SHORT)
    check_run(world, account, run)
    return account


async def _clean_runs(world: Attacked, url: str, first: int) -> list[Account | None]:
    """Runs without faults: one at once, one when the server shows what it stored, and two when a person has decided what no list
    can: then there is exactly one template for each manifest, and the run says so.
    """
    accounts: list[Account | None] = []
    for run in range(first, first + 4):
        world.proxy.run = run
        accounts.append(await world.apply(url, LONG))
        check_run(world, accounts[-1], run)
        if run == first:
            await world.proxy.flush()
        if run == first + 1:
            _decide(world)
    last = accounts[-1]
    assert last is not None
    for wanted in world.manifests:
        if len(world.rows_of(wanted)) != 1:
            raise Violation(
                f"after the clean runs {wanted.name} has {len(world.rows_of(wanted))} templates: {last}"
            )
    if last.code != 0:
        raise Violation(f"the last clean run exits {last.code}: {last.document}")
    return accounts


def _decide(world: Attacked) -> None:
    """What a person does who can look into the server. Nobody may be needed for what is there."""
    journal = world.journal()
    for intent in journal.intents:
        wanted = next(m for m in world.manifests if m.name == intent.name)
        if world.rows_of(wanted):
            raise Violation(f"{wanted.name} is on the server and listed, and its create is still in doubt")
        journal.close(intent.id, "not created")


def check_run(world: Attacked, account: Account | None, run: int) -> None:
    """Every promise of one run."""
    seen = [s for s in world.proxy.seen if s.run == run]
    for problem in (
        *world.server.problems(),
        *_duplicates(world),
        *_posts(world, seen),
        *_lies(world, account, seen),
    ):
        raise Violation(f"run {run}: {problem}")


def _duplicates(world: Attacked) -> Iterator[str]:
    for wanted in world.manifests:
        if len(world.rows_of(wanted)) > 1:
            yield f"{wanted.name} was stored {len(world.rows_of(wanted))} times"


def _posts(world: Attacked, seen: list[Seen]) -> Iterator[str]:
    """At most one create for each manifest, right after a list that could be believed, on a connection of its own."""
    for wanted in world.manifests:
        sent = [s for s in seen if _is_post_of(world, s, wanted)]
        again = [s for s in sent if s.kind not in _REFUSED_BEFORE_PROCESSING]
        if len(again) > 1 or len(sent) > 3:
            yield f"{wanted.name} was sent {len(sent)} times"
    for index, post in enumerate(seen):
        if post.route != CREATE:
            continue
        lists = (s for s in reversed(seen[:index]) if s.route == LIST and world.server.authorises(s, post))
        before = next(lists, None)
        if before is None or not _is_believable(before):
            yield f"a create went out after the list {before}"
        if sum(s.connection == post.connection for s in seen) != 1:
            yield "a create shared its connection"


_REFUSED_BEFORE_PROCESSING = {
    "401",
    "429",
    "429-date",
    "429-long",
    "401-after",
    "429-after",
}


def _is_post_of(world: Attacked, seen: Seen, wanted: Manifest) -> bool:
    return seen.route == CREATE and seen.whole and world.server.is_create_of(seen, wanted)


def _is_believable(seen: Seen) -> bool:
    kind = ALL_KINDS.get(seen.kind)
    return kind is None or kind.clean or kind.silent


def _lies(world: Attacked, account: Account | None, seen: list[Seen]) -> Iterator[str]:
    """What the run said against what the server holds and got."""
    if account is None:
        return
    if not account.has_plan:
        if any(s.route == CREATE for s in seen):
            yield f"creates were sent, and the run tells nothing of them: {account.document}"
        if account.code == 0:
            yield "a run without a result exits 0"
        return
    for entry in account.document["entries"]:
        wanted = next((m for m in world.manifests if m.name == entry["name"]), None)
        if wanted is None or entry["origin"] is None:
            continue
        for problem in _lies_about(world, wanted, entry, seen):
            yield f"{entry['status']}/{entry.get('outcome')} of {wanted.name}: {problem}; it says: {entry.get('detail')}"
    if account.document["result"]["exitCode"] != account.code:
        yield "exit code and document differ"
    if account.code == 0 and any(len(world.rows_of(m)) != 1 for m in world.manifests):
        yield "exit 0 with a manifest that is not on the server"


def _is_hearsay(entry: dict[str, Any], sent: list[Seen]) -> bool:
    """A wrong id that the server told, in a run that a signal ended before it could read back, and that says so."""
    wrong = {"invented-id", "invented-id-after", "corrupt"} & {s.kind for s in sent}
    return bool(wrong) and entry["equalsManifest"] is None and "stopped by a signal" in entry["detail"]


def _lies_about(world: Attacked, wanted: Manifest, entry: dict[str, Any], seen: list[Seen]) -> Iterator[str]:
    rows = world.rows_of(wanted)
    sent = [s for s in seen if _is_post_of(world, s, wanted)]
    torn = [s for s in seen if s.route == CREATE and not s.whole]
    outcome = entry.get("outcome")
    if entry["status"] == "in-sync" and [entry["templateId"]] != rows:
        yield f"the server holds {rows}"
    if outcome in ("created", "recovered") and [entry["templateId"]] != rows and not _is_hearsay(entry, sent):
        yield f"told {entry['templateId']}, the server holds {rows}"
    if outcome == "rejected" and not sent:
        yield "nothing was sent"
    if outcome == "rejected" and rows and "the list was not read after it" not in entry["detail"]:
        yield f"the server holds {rows}"
    if outcome == "unknown" and not (sent or torn or "no complete answer within" in entry["detail"]):
        yield "nothing was sent"
    if outcome == "not-attempted" and sent:
        yield f"{len(sent)} were sent: {[s.kind for s in sent]}"
    if outcome is None and sent:
        yield f"{len(sent)} were sent without an account"
    if outcome in ("unknown", "not-attempted", "rejected") and not entry["detail"]:
        yield "no reason is given"
