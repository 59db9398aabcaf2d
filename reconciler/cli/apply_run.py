"""One run of `apply`: read, plan, refuse or ask, create and update, report. What is known of what was sent is kept in its account."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from reconciler.applying.apply import apply_plan
from reconciler.applying.attempt import BeforeCreate
from reconciler.applying.journal import Journal
from reconciler.applying.outcome import ApplyResult, Creation, Outcome, not_begun, refused
from reconciler.applying.plan_file import PlanFile, staleness
from reconciler.applying.safety import refusal_of
from reconciler.applying.stopping import StopRequest
from reconciler.cli.comparing import plan_of_now
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.locking import GitLock
from reconciler.cli.options import Options
from reconciler.cli.renderings import Renderings, apply_renderings
from reconciler.cli.server import Reading, connected, run_async
from reconciler.cli.workspace import Workspace
from reconciler.errors import Interrupted, ReconcilerError, UnsafePlan
from reconciler.http.exchange import Timing
from reconciler.model.target import Policy
from reconciler.model.template import LiveState
from reconciler.model.text import count
from reconciler.planning.entry import Plan, Status
from reconciler.report.document import document_text, plan_document
from reconciler.report.exit_code import apply_exit_code
from reconciler.report.safe_text import Style, safe_name
from reconciler.report.text import creation_lines, render_apply, render_plan
from reconciler.report.text_problems import render_error
from reconciler.report.view import numbers_by_organization

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi

_Planned: TypeAlias = tuple[Plan, tuple[LiveState, ...]]
"""A plan, and the live states that it was made from."""

_WITH_REFUSAL = frozenset({"text", "github"})
"""The formats in which stdout says in plain words why nothing was sent."""


def carried_out(run: ApplyRun) -> ApplyResult:
    """What `run.apply` gives. What is known by then when it fails after something was sent. Interrupted: nothing was sent."""
    try:
        with before_creates():
            result = run_async(run.console, run.apply)
    except Exception as error:
        known = None if run.plan is None else run.account.closed_by(run.plan, error)
        if known is None:
            raise
        run.console.report_bug()
        result = known
    return replace(result, creations=run.console.without_secrets_in(result.creations))


@contextlib.contextmanager
def before_creates() -> Iterator[None]:
    """A signal that ends this came before the first create, and its error says so."""
    try:
        yield
    except Interrupted as error:
        error.message = f"{error.message}; nothing was sent"
        raise


@dataclass
class Account:
    """What one run is known to have put on the server: the accounts as they come, then the whole result. `has_failed`: something
    else went wrong after that. `is_out`: every report was written, or said to be missing.
    """

    creations: list[Creation] = field(default_factory=list)
    result: ApplyResult | None = None
    has_failed: bool = False
    is_out: bool = False

    @property
    def sent(self) -> list[Creation]:
        """The accounts of what was sent."""
        known = self.creations if self.result is None else self.result.creations
        return [creation for creation in known if creation.outcome is not Outcome.NOT_ATTEMPTED]

    def lines(self) -> list[str]:
        """Each account of what was sent in one line: name, outcome, id. Needs little memory and no rendering."""
        facts = ((safe_name(each.entry.name), each.outcome, each.template_id or "") for each in self.sent)
        return [" ".join(parts).rstrip() for parts in facts]

    def in_short(self) -> str:
        """The lines under a heading. "" when nothing was sent."""
        lines = [f"{line}\n" for line in self.lines()]
        done = "created or updated" if any(each.is_update for each in self.sent) else "created"
        return "".join((f"What was {done}, or may have been:\n", *lines)) if lines else ""

    def at_stake(self) -> str:
        """One line for a person who wants to leave before the account was reported. "" when nothing is left to report."""
        sent = "" if self.is_out else ", ".join(self.lines())
        warning = "A second signal ends the program without its reports."
        return f"Noted. Not reported yet: {sent}. {warning}\n" if sent else ""

    def closed_by(self, plan: Plan, error: Exception) -> ApplyResult | None:
        """The result when something failed around the creates. None when nothing had been sent by then."""
        self.has_failed = bool(self.creations) or self.result is not None
        if self.has_failed and self.result is None:
            known = {id(creation.entry) for creation in self.creations}
            rest = [entry for entry in plan.to_send if id(entry) not in known]
            failed = f": internal error ({type(error).__name__})"
            self.result = ApplyResult(plan, (*self.creations, *not_begun(rest, "the run failed", failed)))
        return self.result


@dataclass(frozen=True)
class _Session:
    """What the steps of one run talk to."""

    api: TemplateApi
    journal: Journal
    stop: StopRequest


@dataclass
class ApplyRun:
    """One call of `apply`. Each of `expected` holds digests that a plan with creates must have, by the names of `Plan.digests`.
    `plan_shown`: the plan went to stdout before the question, and is not printed twice.
    """

    console: Console
    options: Options
    workspace: Workspace
    reviewed: PlanFile | None
    expected: tuple[Mapping[str, str], ...] = ()
    plan: Plan | None = None
    plan_shown: bool = False
    account: Account = field(default_factory=Account)
    _shown: set[str] = field(default_factory=set)

    @property
    def _limit(self) -> int:
        given = self.options.max_creates
        return self.workspace.target.max_creates if given is None else given

    async def apply(self, stop: StopRequest) -> ApplyResult:
        """Read, plan, refuse or ask, create. What was planned before a wait is read and planned again after it."""
        journal = self.workspace.journal()
        async with connected(self.workspace, self.console, concurrency=self.options.concurrency) as api:
            session = _Session(api, journal, stop)
            planned = await self._planned(session)
            plan = planned[0]
            refusal: ReconcilerError | None = self._stale(plan) or self._unexpected(plan)
            refusal = refusal or refusal_of(plan, max_creates=self._limit)
            is_asked = refusal is None and not self.options.yes and bool(plan.to_send)
            if is_asked:
                refusal = await self._unconfirmed(plan, stop)
            if refusal is not None:
                return refused(plan, refusal)
            creating = partial(self._created, session, planned, is_asked)
            remote, create_seconds = self.options.lock, Timing().create_seconds
            if remote is None:
                return await creating()
            lock = GitLock(remote, self.workspace.root, create_seconds, journal, self.console, stop)
            return await lock.apply(plan, creating)

    async def _planned(self, session: _Session) -> _Planned:
        target, concurrency = self.workspace.target, self.options.concurrency
        reading = Reading(session.api, self.console, target, concurrency)
        session.journal.read()  # before the list
        planning = plan_of_now(reading, session.journal, self.workspace, self.console)
        planned = await session.stop.guard(planning)
        self.plan = planned[0]
        return planned

    def _stale(self, plan: Plan) -> UnsafePlan | None:
        if self.reviewed is None or plan.summary[Status.UNKNOWN]:
            return None  # what is unknown refuses every plan, and says more than that the file is another one
        return staleness(self.reviewed, plan, self.console.clean(document_text(plan_document(plan))))

    def _unexpected(self, plan: Plan) -> UnsafePlan | None:
        if self.is_as_expected(plan) or not plan.to_send:
            return None
        other = next((each["plan"] for each in self.expected if each["plan"] != plan.digest), None)
        if other is not None:
            return UnsafePlan(
                f"the plan made now has the digest {plan.digest}, not the expected {other}",
                help="manifests, live templates, variables or settings changed since it was reviewed; review the plan made now",
            )
        return UnsafePlan(
            "the digests in the plan comment are not of one plan: the comment was edited",
            help="review the plan made now",
        )

    def is_as_expected(self, plan: Plan) -> bool:
        """Whether the plan has every digest that is expected of it."""
        return all(each.items() <= plan.digests.items() for each in self.expected)

    async def _unconfirmed(self, plan: Plan, stop: StopRequest) -> UnsafePlan | None:
        """Show the plan and ask a person. None when the apply may go on."""
        what = _deed(plan)
        if not self.console.can_ask():
            return UnsafePlan(f"nobody can be asked whether to {what}", help="check the plan, then add --yes")
        if self.options.format == "text":
            self.console.data(self._plan_text(plan, self.console.data_style()))
            self.plan_shown = True
        else:
            self.console.error(self._plan_text(plan, self.console.error_style()))
        where = numbers_by_organization(plan, plan.to_send)
        self.console.error(
            f"\n{what.capitalize()} in {safe_name(plan.target.environment)} ({where})?\n"
            f"{_consequences(plan)} Type yes to go on: "
        )
        answer = ""
        try:
            answer = await _answer(stop)
        finally:
            if not answer.endswith("\n"):
                self.console.error("\n")  # the question's line was left open
        is_confirmed = answer.strip().lower() == "yes"
        return None if is_confirmed else UnsafePlan("not confirmed; nothing was sent")

    async def _created(
        self,
        session: _Session,
        planned: _Planned,
        is_asked: bool,  # noqa: FBT001 - all but the last two are bound
        before_create: BeforeCreate | None = None,
        is_late: bool = False,  # noqa: FBT001, FBT002 - those of `locking.Creating`
    ) -> ApplyResult:
        """Create, and keep the result: what fails from here on (a lease, a connection that is closed) cannot lose it.

        Time has passed since the plan when a person was asked or when it `is_late`. Then the state is read again and must be the
        same.
        """
        plan, states = planned
        if is_late or is_asked:
            plan, states = await self._planned(session)
            refusal = _moved_on(planned[0], plan) or refusal_of(plan, max_creates=self._limit)
            if refusal is not None:
                self.plan_shown = False
                return refused(plan, refusal)
        self.account.result = await apply_plan(
            plan,
            self.workspace.loaded.manifests,
            states,
            session.api,
            session.journal,
            stop=session.stop,
            max_creates=self._limit,
            on_creation=self._note,
            before_create=before_create,
            past=self.workspace.history.past,
        )
        if trouble := session.journal.trouble:
            self.console.error(f"Warning: {trouble}; what was sent may be in doubt in the next run.\n")
        return self.account.result

    def _note(self, creation: Creation) -> None:
        self.account.creations.append(creation)
        self.console.signals.hold(self.account.at_stake)
        with contextlib.suppress(Exception):  # the account of the whole run says it too
            self._show(creation)

    def _show(self, creation: Creation) -> None:
        if self.console.shows_progress():
            style = self.console.error_style()
            (clean,) = self.console.without_secrets_in((creation,))
            lines = list(creation_lines(clean, style, verbose=self.options.verbose))
            self.console.words("\n".join(lines) + "\n")
            if self.console.prints_to_terminal():
                self._shown.update(lines)

    def report(self, result: ApplyResult) -> int:
        """Deliver the result. The exit code of the run, never 0 when something failed around the creates."""
        if result.refusal is not None and self.options.format not in _WITH_REFUSAL:
            self.console.error(render_error(result.refusal, self.console.error_style(), label="Refused"))
        found = apply_exit_code(result, findings_count=self.options.detailed_exitcode)
        code = deliver(
            self.console,
            partial(self._renderings, result),
            found or int(self.account.has_failed),
            on_stdout=partial(self._rest, result) if self.options.format == "text" else None,
            account=self.account.in_short,
        )
        self.account.is_out = True
        return code

    def _renderings(self, result: ApplyResult, code: int) -> Renderings:
        def text(style: Style) -> str:
            account = render_apply(result, style=style, verbose=self.options.verbose)
            return f"{self._plan_text(result.plan, style)}\n{account}"

        return apply_renderings(result, self.options, text=text, code=code)

    def _rest(self, result: ApplyResult, style: Style) -> str:
        """The text for stdout: what the same terminal shows already is not printed twice."""
        plan = "" if self.plan_shown else f"{self._plan_text(result.plan, style)}\n"
        verbose = self.options.verbose
        return plan + render_apply(result, style=style, verbose=verbose, shown=frozenset(self._shown))

    def _plan_text(self, plan: Plan, style: Style) -> str:
        return render_plan(plan, style=style, verbose=self.options.verbose)


def _deed(plan: Plan) -> str:
    """What an apply of the plan does: `create 2 templates and update 1 template`."""
    deeds = ((Status.CREATE, "create"), (Status.UPDATE, "update"))
    numbers = [(verb, len(plan.with_status(status))) for status, verb in deeds]
    return " and ".join(f"{verb} {count(number, 'template')}" for verb, number in numbers if number)


def _consequences(plan: Plan) -> str:
    if plan.target.policy is Policy.CREATE_ONLY:
        return "This tool can never change or delete them afterwards."
    propagated = sum(entry.update is not None and entry.update.propagate is True for entry in plan.entries)
    what_was_made = f" What was made from {count(propagated, 'template')} changes too." if propagated else ""
    return f"This tool can never delete what it creates.{what_was_made}"


def _moved_on(agreed: Plan, now: Plan) -> UnsafePlan | None:
    """Why what was agreed to is not what would be done now. None when everything it rests on is the same."""
    if (agreed.digest, agreed.entries) == (now.digest, now.entries):
        return None
    return UnsafePlan(
        "what the plan rests on changed during the wait for an answer or for the lease; nothing was sent",
        help="look at the plan made now, and apply again",
    )


async def _answer(stop: StopRequest) -> str:
    """One line from the terminal. "" at its end. Waited for by the loop, so that a signal ends it at any instant."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await stop.guard(ready.wait())
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()
