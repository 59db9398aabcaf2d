"""One locked run: which leases it takes, when it may create, and when it gives them back."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import factories
import pytest
from git_remote import git
from lease.lease_bench import Bench

from reconciler.applying.attempt import BeforeCreate
from reconciler.applying.journal import Journal, intent_document, open_journal
from reconciler.applying.outcome import ApplyResult, Outcome
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.cli.console import Console
from reconciler.cli.locking import GitLock
from reconciler.errors import Interrupted, UnsafePlan
from reconciler.lease.record import LeaseRecord, lease_ref, target_digest
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Intent
from reconciler.planning.content import desired_of
from reconciler.planning.entry import Plan
from reconciler.planning.intents import intent_of
from reconciler.planning.plan import build_plan

OTHER = "ffffffff-b44e-4682-87d6-449835ea4de6"
NAMES = {"one": factories.ORGANIZATION, "two": OTHER}


def plan_of(*names: str) -> Plan:
    """Creates of these manifests; `two` goes to an organization of its own."""
    manifests = [
        factories.manifest(name, organization=NAMES[name], spec=factories.form(name)) for name in names
    ]
    states = [factories.state(organization=organization) for organization in NAMES.values()]
    return build_plan(manifests, states, factories.target())


def ref_of(organization: str) -> str:
    return lease_ref(target_digest(factories.target().url, organization))


@dataclass
class Run:
    """A locked run; `creating` stands for the creates."""

    bench: Bench
    told: io.StringIO = field(default_factory=io.StringIO)
    waits: list[float] = field(default_factory=list)
    stop: StopRequest | None = None
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="reconciler-lock-")))
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = open_journal(self.root)

    def on_another_machine(self) -> Run:
        """The same checkout where no journal is."""
        return Run(self.bench)

    def begin(self, organization: str = factories.ORGANIZATION) -> Intent:
        """Announce a create, as a run does before each."""
        wanted = desired_of(factories.manifest("one", spec=factories.form("one")))
        intent = intent_of(wanted, organization, (factories.template_id(9),), factories.target().url)
        return self.journal.begin(intent, lambda _: False)

    def apply(
        self, plan: Plan, creating: Callable[[BeforeCreate, bool], Awaitable[ApplyResult]]
    ) -> ApplyResult:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        async def locked() -> ApplyResult:
            self.stop = StopRequest()
            console = Console(io.StringIO(), self.told)
            lock = GitLock(
                "origin", self.bench.root, 60.0, self.journal, console, self.stop, Clock(sleep=sleep)
            )
            return await lock.apply(plan, creating)

        return asyncio.run(locked())


@pytest.fixture
def run(bench: Bench) -> Run:
    return Run(bench)


def test_every_organization_that_gets_something_has_a_lease_and_no_other(run: Run) -> None:
    held: list[dict[str, str]] = []

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        held.append(run.bench.remote.leases())
        for organization in NAMES.values():
            await before_create(organization)
        held.append(run.bench.remote.leases())
        return ApplyResult(plan)

    plan = plan_of("one", "two")
    run.apply(plan, creating)
    assert [sorted(leases) for leases in held] == [sorted(map(ref_of, NAMES.values()))] * 2
    assert not set(held[0].values()) & set(held[1].values())
    assert run.bench.remote.leases() == {}
    held.clear()

    async def creating_one(_: BeforeCreate, __: bool) -> ApplyResult:
        held.append(run.bench.remote.leases())
        return ApplyResult(plan)

    run.apply(plan_of("two"), creating_one)
    assert list(held[0]) == [ref_of(OTHER)]


@pytest.mark.parametrize("organization", NAMES.values())
def test_one_held_lease_refuses_the_run_and_the_others_are_given_back(run: Run, organization: str) -> None:
    object_id = put_lease(run.bench, organization, ends_in=timedelta(minutes=2))
    plan = plan_of("one", "two")

    async def creating(_: BeforeCreate, __: bool) -> ApplyResult:
        raise AssertionError("nothing may be created")

    result = run.apply(plan, creating)
    assert isinstance(result.refusal, UnsafePlan)
    assert [c.outcome for c in result.creations] == [Outcome.NOT_ATTEMPTED] * 2
    assert run.bench.remote.leases() == {ref_of(organization): object_id}


def put_lease(
    bench: Bench, organization: str, *, ends_in: timedelta, carried: tuple[JsonObject, ...] = ()
) -> str:
    target = target_digest(factories.target().url, organization)
    ends = datetime.now(UTC) + ends_in
    begun = ends - timedelta(minutes=3)
    return bench.remote.put(
        lease_ref(target), LeaseRecord(target, "ab" * 16, "ada", begun, begun, ends, 0, carried).text
    )


def test_after_a_takeover_the_run_waits_as_long_as_a_create_may_be_out_of_sight(run: Run) -> None:
    put_lease(run.bench, factories.ORGANIZATION, ends_in=timedelta(minutes=-1))
    plan = plan_of("one")

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        assert run.waits == [pytest.approx(120, abs=60)]
        with pytest.raises(UnsafePlan, match="not held yet"):  # these clocks did not wait
            await before_create(factories.ORGANIZATION)
        return ApplyResult(plan)

    run.apply(plan, creating)
    assert "It was left behind by another apply. Waiting 120 seconds" in run.told.getvalue()
    assert list(run.bench.remote.leases()) == [ref_of(factories.ORGANIZATION)]


def test_doubt_of_a_run_that_died_is_taken_over_with_its_lease(run: Run) -> None:
    begun = run.begin()
    document = {k: v for k, v in intent_document(begun).items() if k not in {"organizationId", "url"}}
    put_lease(run.bench, factories.ORGANIZATION, ends_in=timedelta(minutes=-1), carried=(document,))
    other = run.on_another_machine()
    plan = plan_of("one")

    async def creating(_: BeforeCreate, is_late: bool) -> ApplyResult:
        assert is_late
        assert other.journal.intents == (begun,)
        return ApplyResult(plan)

    other.apply(plan, creating)
    assert [each["id"] for each in run.bench.remote.lease()["carried"]] == [begun.id]


def test_lease_is_deleted_when_nothing_is_in_doubt(run: Run) -> None:
    plan = plan_of("one")

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        intent = run.begin()
        await before_create(factories.ORGANIZATION)
        run.journal.close(intent.id, "listed", factories.template_id(1))
        return ApplyResult(plan)

    run.apply(plan, creating)
    assert run.bench.remote.leases() == {}
    assert "Warning" not in run.told.getvalue()


def test_create_is_on_the_remote_before_it_may_be_sent(run: Run) -> None:
    """So that the next runner knows of it whatever becomes of this one; without the organization, for a repository may be public."""
    plan = plan_of("one")
    seen: list[Any] = []

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        seen.append(run.begin())
        await before_create(factories.ORGANIZATION)
        seen.append(run.bench.remote.lease())
        return ApplyResult(plan)

    run.apply(plan, creating)
    intent, lease = seen
    assert [each["id"] for each in lease["carried"]] == [intent.id]
    assert lease["carried"][0]["name"] == "one"
    assert factories.ORGANIZATION not in json.dumps(lease)


def test_create_that_cannot_be_written_to_the_lease_is_not_sent(run: Run) -> None:
    plan = plan_of("one")

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        run.begin()
        run.bench.remote.hook("pre-receive", "exit 1")
        with pytest.raises(UnsafePlan, match="what is about to be sent could not be written to the lease"):
            await before_create(factories.ORGANIZATION)
        run.bench.remote.hook("pre-receive", "exit 0")
        return ApplyResult(plan)

    run.apply(plan, creating)


def test_next_machine_takes_a_released_lease_at_once_and_learns_what_is_in_doubt(run: Run) -> None:
    plan = plan_of("one")
    begun: list[Intent] = []

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        begun.append(run.begin())
        await before_create(factories.ORGANIZATION)
        run.journal.answered(begun[0], "answered 404")
        return ApplyResult(plan)

    async def next_one(_: BeforeCreate, is_late: bool) -> ApplyResult:
        assert is_late  # what was planned did not know of it
        return ApplyResult(plan)

    run.apply(plan, creating)
    other = run.on_another_machine()
    for _ in range(2):  # it stays in doubt, also for whoever comes after that
        other = other.on_another_machine()
        other.apply(plan, next_one)
        (intent,) = other.journal.intents
        assert intent == replace(begun[0], answer="answered 404")
        assert other.waits == []
        assert "Warning" not in other.told.getvalue()
    other.journal.close(intent.id, "not created")

    async def last(_: BeforeCreate, is_late: bool) -> ApplyResult:
        assert not is_late
        return ApplyResult(plan)

    other.apply(plan, last)
    assert run.bench.remote.leases() == {}


def test_doubt_that_this_version_cannot_read_stays_on_the_remote(run: Run) -> None:
    target = target_digest(factories.target().url, factories.ORGANIZATION)
    now = datetime.now(UTC)
    later = now + timedelta(minutes=3)
    record = LeaseRecord(target, "ab" * 16, "ada", now, now, later, 0, ({"new": True},), released=True)
    run.bench.remote.put(lease_ref(target), record.text)
    plan = plan_of("one")

    async def creating(_: BeforeCreate, __: bool) -> ApplyResult:
        raise AssertionError("nothing may be created")

    refusal = run.apply(plan, creating).refusal
    assert refusal is not None
    assert "carries a create in doubt that this version cannot read" in refusal.message
    assert run.bench.remote.lease()["carried"] == [{"new": True}]


def test_stop_before_the_first_step_sends_nothing(run: Run) -> None:
    async def creating(_: BeforeCreate, __: bool) -> ApplyResult:
        raise AssertionError("nothing may be created")

    async def stopped() -> ApplyResult:
        stop = StopRequest()
        stop.request()
        console = Console(io.StringIO(), run.told)
        lock = GitLock("origin", run.bench.root, 60.0, run.journal, console, stop)
        return await lock.apply(plan_of("one"), creating)

    with pytest.raises(Interrupted):
        asyncio.run(stopped())
    assert run.bench.remote.leases() == {}


def test_fault_of_this_program_leaves_the_doubt_in_the_lease(run: Run) -> None:
    async def creating(_: BeforeCreate, __: bool) -> ApplyResult:
        run.begin()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run.apply(plan_of("one"), creating)
    assert len(run.bench.remote.lease()["carried"]) == 1


def test_lease_that_cannot_be_given_back_is_a_warning_and_changes_no_result(run: Run) -> None:
    plan = plan_of("one")
    result = ApplyResult(plan)

    async def creating(_: BeforeCreate, __: bool) -> ApplyResult:
        run.bench.remote.hook("pre-receive", "echo '\033[31mno' >&2; exit 1")
        return result

    assert run.apply(plan, creating) == result
    told = run.told.getvalue()
    assert "Warning: the lease is held until" in told
    assert "could not be given back" in told
    assert "\x1b" not in told


def test_plan_without_creates_asks_no_remote(run: Run) -> None:
    git(run.bench.root, "remote", "remove", "origin")
    plan = replace(plan_of("one"), entries=())

    async def creating(before_create: BeforeCreate, _: bool) -> ApplyResult:
        await before_create(factories.ORGANIZATION)
        return ApplyResult(plan)

    assert run.apply(plan, creating) == ApplyResult(plan)
