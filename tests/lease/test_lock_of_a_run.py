"""One locked run: which leases it takes, when it may create, and when it gives them back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import factories
import pytest
from git_remote import git
from lease_bench import Bench

from reconciler.airbyte.api import ListedTemplate, TemplateApi
from reconciler.applying.apply import BeforeCreate
from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.cli.console import Console
from reconciler.cli.locking import GitLock
from reconciler.errors import Interrupted, ServerError, UnsafePlan
from reconciler.lease.record import LeaseRecord, lease_ref, target_digest
from reconciler.planning.entry import Plan, Status
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


class Listing(TemplateApi):
    """A server of which only the list is asked for."""

    def __init__(self, *ids: str, broken: bool = False) -> None:
        self.ids, self.broken, self.asked = ids, broken, 0

    async def list_templates(self, organization_id: str) -> tuple[ListedTemplate, ...]:
        self.asked += 1
        if self.broken:
            raise ServerError("no list", method="GET", path="x")
        return tuple(ListedTemplate(i, "Sample Data") for i in self.ids)

    async def ensure_token(self, min_seconds: float = 0.0) -> None:
        """Not between the list and the create: a slow login would make both the list and the lease old."""
        raise AssertionError("the lock asks for no token")


@dataclass
class Run:
    """A locked run; `creating` stands for the creates."""

    bench: Bench
    told: io.StringIO = field(default_factory=io.StringIO)
    waits: list[float] = field(default_factory=list)
    stop: StopRequest | None = None

    def apply(
        self,
        plan: Plan,
        creating: Callable[[BeforeCreate], Awaitable[ApplyResult]],
        api: TemplateApi | None = None,
    ) -> ApplyResult:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        async def locked() -> ApplyResult:
            self.stop = StopRequest()
            console = Console(io.StringIO(), self.told)
            lock = GitLock("origin", self.bench.root, 60.0, console, self.stop, Clock(sleep=sleep))
            return await lock.apply(plan, api or Listing(), creating)

        return asyncio.run(locked())


@pytest.fixture
def run(bench: Bench) -> Run:
    return Run(bench)


def creation(plan: Plan, outcome: Outcome, *, is_listed: bool | None = None) -> Creation:
    entry = plan.with_status(Status.CREATE)[0]
    found = outcome in {Outcome.CREATED, Outcome.RECOVERED}
    return Creation(
        entry,
        outcome,
        template_id=factories.template_id(1) if found else None,
        equals_manifest=found or None,
        is_listed=is_listed,
    )


def test_every_organization_that_gets_something_has_a_lease_and_no_other(run: Run) -> None:
    held: list[dict[str, str]] = []

    async def creating(before_create: BeforeCreate) -> ApplyResult:
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

    async def creating_one(before_create: BeforeCreate) -> ApplyResult:
        held.append(run.bench.remote.leases())
        return ApplyResult(plan)

    run.apply(plan_of("two"), creating_one)
    assert list(held[0]) == [ref_of(OTHER)]


@pytest.mark.parametrize("organization", NAMES.values())
def test_one_held_lease_refuses_the_run_and_the_others_are_given_back(run: Run, organization: str) -> None:
    object_id = put_lease(run.bench, organization, ends_in=timedelta(minutes=2))
    plan = plan_of("one", "two")

    async def creating(_: BeforeCreate) -> ApplyResult:
        raise AssertionError("nothing may be created")

    result = run.apply(plan, creating)
    assert isinstance(result.refusal, UnsafePlan)
    assert [c.outcome for c in result.creations] == [Outcome.NOT_ATTEMPTED] * 2
    assert run.bench.remote.leases() == {ref_of(organization): object_id}


def put_lease(bench: Bench, organization: str, *, ends_in: timedelta) -> str:
    target = target_digest(factories.target().url, organization)
    ends = datetime.now(UTC) + ends_in
    begun = ends - timedelta(minutes=3)
    return bench.remote.put(
        lease_ref(target), LeaseRecord(target, "ab" * 16, "ada", begun, begun, ends, 0).text
    )


def test_after_a_takeover_the_run_waits_as_long_as_a_create_may_be_out_of_sight(run: Run) -> None:
    put_lease(run.bench, factories.ORGANIZATION, ends_in=timedelta(minutes=-1))
    plan = plan_of("one")

    async def creating(before_create: BeforeCreate) -> ApplyResult:
        assert run.waits == [pytest.approx(120, abs=60)]
        with pytest.raises(UnsafePlan, match="not held yet"):  # these clocks did not wait
            await before_create(factories.ORGANIZATION)
        return ApplyResult(plan)

    run.apply(plan, creating)
    assert "It was left behind by another apply. Waiting 120 seconds" in run.told.getvalue()
    assert list(run.bench.remote.leases()) == [ref_of(factories.ORGANIZATION)]


@pytest.mark.parametrize(
    ("outcome", "is_listed", "is_released"),
    [
        (Outcome.CREATED, True, True),
        (Outcome.RECOVERED, True, True),
        (Outcome.REJECTED, None, True),
        (Outcome.NOT_ATTEMPTED, None, True),
        (Outcome.CREATED, False, False),
        (Outcome.CREATED, None, False),
        (Outcome.UNKNOWN, None, False),
    ],
)
def test_lease_is_given_back_only_when_nothing_can_show_up_late(
    run: Run, outcome: Outcome, is_listed: bool | None, is_released: bool
) -> None:
    plan = plan_of("one")

    async def creating(_: BeforeCreate) -> ApplyResult:
        return ApplyResult(plan, (creation(plan, outcome, is_listed=is_listed),))

    api = Listing()
    run.apply(plan, creating, api)
    assert (run.bench.remote.leases() == {}) == is_released
    assert ("Warning: the lease stands until" in run.told.getvalue()) == (not is_released)
    assert api.asked == 0


def test_lease_stands_while_a_refused_create_may_still_show_up(run: Run) -> None:
    """A 404 can come after the row was stored."""
    plan = plan_of("one")

    async def creating(_: BeforeCreate) -> ApplyResult:
        return ApplyResult(plan, (replace(creation(plan, Outcome.REJECTED), is_doubtful=True),))

    run.apply(plan, creating)
    assert list(run.bench.remote.leases()) == [ref_of(factories.ORGANIZATION)]
    assert "Warning: the lease stands until" in run.told.getvalue()


@pytest.mark.parametrize(
    ("api", "is_released"),
    [(Listing(factories.template_id(1)), True), (Listing(), False), (Listing(broken=True), False)],
)
def test_interrupted_run_looks_at_the_list_before_it_gives_the_lease_back(
    run: Run, api: Listing, is_released: bool
) -> None:
    plan = plan_of("one")

    async def creating(_: BeforeCreate) -> ApplyResult:
        assert run.stop is not None
        run.stop.request()
        return ApplyResult(plan, (creation(plan, Outcome.CREATED),), interrupted=True)

    run.apply(plan, creating, api)
    assert api.asked == 1
    assert (run.bench.remote.leases() == {}) == is_released


def test_stop_before_the_first_step_sends_nothing(run: Run) -> None:
    async def creating(_: BeforeCreate) -> ApplyResult:
        raise AssertionError("nothing may be created")

    async def stopped() -> ApplyResult:
        stop = StopRequest()
        stop.request()
        lock = GitLock("origin", run.bench.root, 60.0, Console(io.StringIO(), run.told), stop)
        return await lock.apply(plan_of("one"), Listing(), creating)

    with pytest.raises(Interrupted):
        asyncio.run(stopped())
    assert run.bench.remote.leases() == {}


def test_fault_of_this_program_leaves_the_lease_to_expire(run: Run) -> None:
    async def creating(_: BeforeCreate) -> ApplyResult:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run.apply(plan_of("one"), creating)
    assert list(run.bench.remote.leases()) == [ref_of(factories.ORGANIZATION)]


def test_lease_that_cannot_be_given_back_is_a_warning_and_changes_no_result(run: Run) -> None:
    plan = plan_of("one")
    result = ApplyResult(plan, (creation(plan, Outcome.CREATED, is_listed=True),))

    async def creating(_: BeforeCreate) -> ApplyResult:
        run.bench.remote.hook("pre-receive", "echo '\033[31mno' >&2; exit 1")
        return result

    assert run.apply(plan, creating) == result
    told = run.told.getvalue()
    assert "Warning: the lease stands until" in told
    assert "could not be given back" in told
    assert "\x1b" not in told


def test_plan_without_creates_asks_no_remote(run: Run) -> None:
    git(run.bench.root, "remote", "remove", "origin")
    plan = replace(plan_of("one"), entries=())

    async def creating(before_create: BeforeCreate) -> ApplyResult:
        await before_create(factories.ORGANIZATION)
        return ApplyResult(plan)

    assert run.apply(plan, creating) == ApplyResult(plan)
