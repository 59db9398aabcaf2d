"""One run of `apply`: read, plan, refuse or ask, create, tell. What is true of the creates is kept in its account (`account.py`)."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from reconciler.applying.apply import apply_plan
from reconciler.applying.journal import Journal
from reconciler.applying.one_create import BeforeCreate
from reconciler.applying.outcome import ApplyResult, Creation, refused
from reconciler.applying.plan_file import PlanFile, staleness
from reconciler.applying.safety import refusal_of
from reconciler.applying.stopping import StopRequest
from reconciler.cli.account import Account
from reconciler.cli.asking import unconfirmed
from reconciler.cli.comparing import plan_of_now
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.locking import GitLock
from reconciler.cli.options import Options
from reconciler.cli.renderings import Renderings, apply_renderings
from reconciler.cli.server import connected, run_async
from reconciler.cli.workspace import Workspace
from reconciler.errors import Interrupted, ReconcilerError, UnsafePlan
from reconciler.http.retrying import Timing
from reconciler.model.template import LiveState
from reconciler.planning.entry import Plan, Status
from reconciler.report.document import document_text, plan_document
from reconciler.report.exit_code import apply_exit_code
from reconciler.report.style import Style
from reconciler.report.text_apply import creation_lines, render_apply
from reconciler.report.text_plan import render_plan
from reconciler.report.text_problems import render_error

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi

_Planned: TypeAlias = tuple[Plan, tuple[LiveState, ...]]
"""A plan, and the live states that it was made from."""

_WITH_REFUSAL = frozenset({"text", "github"})
"""The formats in which stdout says in plain words why nothing was sent."""


def carried_out(run: ApplyRun) -> ApplyResult:
    """What `run.apply` gives; what is known by then when it fails after something was sent. Interrupted: nothing was sent."""
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


def _moved_on(agreed: Plan, now: Plan) -> UnsafePlan | None:
    """Why what was agreed to is not what would be done now; None when everything it rests on is the same."""
    if (agreed.digest, agreed.entries) == (now.digest, now.entries):
        return None
    return UnsafePlan(
        "what the plan rests on changed during the wait for an answer or for the lease; nothing was sent",
        help="look at the plan made now, and apply again",
    )


@dataclass
class ApplyRun:
    """One call of `apply`. `plan_shown` is set when the plan went to stdout before the question: it is not
    printed twice. each of `expected` holds digests that a plan with creates must have, by the names of `Plan.digests`.
    """

    console: Console
    options: Options
    workspace: Workspace
    reviewed: PlanFile | None
    yes: bool
    max_creates: int
    lock: str | None
    expected: tuple[Mapping[str, str], ...] = ()
    plan: Plan | None = None
    plan_shown: bool = False
    account: Account = field(default_factory=Account)
    _shown: set[str] = field(default_factory=set)

    async def apply(self, stop: StopRequest) -> ApplyResult:
        """Read, plan, refuse or ask, create. What was planned before a wait is read and planned again after it."""
        journal = self.workspace.journal()
        async with connected(self.workspace, self.console, concurrency=self.options.concurrency) as api:
            plan, states = await self._planned(api, journal, stop)
            refusal: ReconcilerError | None = self._stale(plan) or self._unexpected(plan)
            refusal = refusal or refusal_of(plan, max_creates=self.max_creates)
            asks = refusal is None and not self.yes and bool(plan.summary[Status.CREATE])
            if asks:
                refusal = await unconfirmed(plan, self.console, stop, partial(self._show_plan, plan))
            if refusal is not None:
                return refused(plan, refusal)

            def creating(before_create: BeforeCreate | None, is_late: bool) -> Awaitable[ApplyResult]:  # noqa: FBT001
                return self._created(
                    (plan, states), api, journal, stop, before_create=before_create, is_late=is_late or asks
                )

            if self.lock is None:
                return await creating(None, False)  # noqa: FBT003
            create_seconds = Timing().create_seconds
            lock = GitLock(self.lock, self.workspace.root, create_seconds, journal, self.console, stop)
            return await lock.apply(plan, creating)

    async def _planned(self, api: TemplateApi, journal: Journal, stop: StopRequest) -> _Planned:
        planning = plan_of_now(api, journal, self.workspace, self.console, self.options)
        planned = await stop.guard(planning)
        self.plan = planned[0]
        return planned

    async def _created(
        self,
        planned: _Planned,
        api: TemplateApi,
        journal: Journal,
        stop: StopRequest,
        *,
        before_create: BeforeCreate | None,
        is_late: bool,
    ) -> ApplyResult:
        """Create, and keep the result: what fails from here on (a lease, a connection that is closed) cannot lose it.

        `is_late`: something was waited for since the plan. What the decision rests on is read again, and must be the same.
        """
        plan, states = planned
        if is_late:
            plan, states = await self._planned(api, journal, stop)
            refusal = _moved_on(planned[0], plan) or refusal_of(plan, max_creates=self.max_creates)
            if refusal is not None:
                self.plan_shown = False
                return refused(plan, refusal)
        self.account.result = await apply_plan(
            plan,
            self.workspace.loaded.manifests,
            states,
            api,
            journal,
            stop=stop,
            max_creates=self.max_creates,
            on_creation=self._tell,
            before_create=before_create,
            past=self.workspace.history.past,
        )
        if journal.trouble:
            self.console.error(
                f"Warning: {journal.trouble}; what was sent may be in doubt in the next run.\n"
            )
        return self.account.result

    def exit_code(self, result: ApplyResult) -> int:
        """The exit code of the run: never 0 when something failed around the creates."""
        found = apply_exit_code(result, findings_count=self.options.detailed_exitcode)
        return found or int(self.account.has_failed)

    def _stale(self, plan: Plan) -> UnsafePlan | None:
        if self.reviewed is None or plan.summary[Status.UNKNOWN]:
            return None  # what is unknown refuses every plan, and says more than that the file is another one
        return staleness(self.reviewed, plan, self.console.clean(document_text(plan_document(plan))))

    def _unexpected(self, plan: Plan) -> UnsafePlan | None:
        if self.is_as_expected(plan) or not plan.summary[Status.CREATE]:
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

    def _show_plan(self, plan: Plan) -> None:
        """Show a person what they are asked about."""
        if self.options.format == "text":
            self.console.data(self._plan_text(plan, self.console.data_style()))
            self.plan_shown = True
        else:
            self.console.error(self._plan_text(plan, self.console.error_style()))

    def _tell(self, creation: Creation) -> None:
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

    def _plan_text(self, plan: Plan, style: Style) -> str:
        return render_plan(plan, style=style, verbose=self.options.verbose)

    def report(self, result: ApplyResult) -> int:
        """Tell the result; the exit code of the run."""
        if result.refusal is not None and self.options.format not in _WITH_REFUSAL:
            self.console.error(render_error(result.refusal, self.console.error_style(), label="Refused"))
        code = deliver(
            self.console,
            partial(self._renderings, result),
            self.exit_code(result),
            on_stdout=partial(self._rest, result) if self.options.format == "text" else None,
            account=self.account.told,
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
