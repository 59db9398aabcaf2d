"""`reconciler apply`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from reconciler.airbyte.timing import Timing
from reconciler.applying.apply import apply_plan
from reconciler.applying.outcome import ApplyResult, Creation, refused
from reconciler.applying.plan_file import (
    MAX_PLAN_BYTES,
    PlanFile,
    parse_plan_file,
    staleness,
    unknown_environment,
)
from reconciler.applying.safety import refusal_of
from reconciler.applying.stopping import StopRequest
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.locking import GitLock, lock_option
from reconciler.cli.options import Options, options_from, reading_options, report_options, target_options
from reconciler.cli.renderings import Renderings, apply_renderings
from reconciler.cli.server import connected, keep_plan_secrets, read_states, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import Interrupted, ReconcilerError, UnsafePlan
from reconciler.manifests.project import read_project
from reconciler.planning.content import Contents
from reconciler.planning.entry import Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, plan_document
from reconciler.report.exit_code import apply_exit_code
from reconciler.report.organizations import numbers_by_organization
from reconciler.report.safe_text import safe_name
from reconciler.report.style import Style
from reconciler.report.text_apply import creation_lines, render_apply
from reconciler.report.text_plan import render_plan
from reconciler.report.wording import count

EPILOG = """\b
Examples:
  reconciler apply --sandbox                      try it without an account
  reconciler apply -e production                  plans, shows, asks, creates
  reconciler apply --yes --write json=result.json for a pipeline
  reconciler apply plan.json --yes                exactly the reviewed plan, or exit 4
  reconciler apply --yes --lock git               one run at a time, by a lease on a ref of origin

\b
A create is sent once. If its answer is lost, the template is looked for (settleSeconds) and
never sent again; exit 5 then says that a person or the next run has to look."""


@click.command(epilog=EPILOG)
@click.argument("plan_file", required=False, metavar="[PLAN.json]", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Create without asking. Required where nobody can be asked.")
@click.option(
    "--max-creates",
    type=click.IntRange(0),
    metavar="N",
    help="Refuse above N creates; default: the environment's maxCreates.",
)
@lock_option
@target_options
@reading_options
@report_options("apply")
@click.pass_obj
def command(
    console: Console,
    /,
    plan_file: Path | None,
    *,
    yes: bool,
    max_creates: int | None,
    lock: str | None,
    **parameters: Any,
) -> int:
    """Create the templates that are missing, each exactly once. Never changes or deletes one."""
    options = options_from(parameters)
    run = prepared_run(console, options, plan_file, yes=yes, max_creates=max_creates, lock=lock)
    result = carried_out(run)
    code = apply_exit_code(result, findings_count=options.detailed_exitcode)
    return deliver(console, options, run.renderings(result, code), code)


def prepared_run(
    console: Console,
    options: Options,
    plan_file: Path | None,
    *,
    yes: bool,
    max_creates: int | None,
    lock: str | None,
    expect_digest: str | None = None,
) -> ApplyRun:
    """Everything that `apply` reads before it connects. Raises InvalidInput, and UnsafePlan for a plan file of no use."""
    reviewed = None
    if plan_file is not None:
        if options.only:
            raise click.UsageError("--only does not go with a plan file: the plan holds its own selection")
        reviewed = _read_plan_file(options.chdir / plan_file)
        if options.environment is None and not read_project(options.chdir).has(reviewed.environment):
            raise unknown_environment(reviewed)
        options = replace(options, environment=options.environment or reviewed.environment)
    workspace = open_workspace(options, console)
    if reviewed is not None:
        workspace = replace(workspace, selection=reviewed.selection)
    limit = workspace.target.max_creates if max_creates is None else max_creates
    return ApplyRun(
        console,
        options,
        workspace,
        reviewed,
        yes=yes,
        max_creates=limit,
        lock=lock,
        expect_digest=expect_digest,
    )


def _read_plan_file(path: Path) -> PlanFile:
    try:
        with path.open("rb") as stream:
            return parse_plan_file(str(path), stream.read(MAX_PLAN_BYTES + 1))
    except OSError as error:
        raise UnsafePlan(f"{path}: the plan file could not be read: {error.strerror}") from error


def carried_out(run: ApplyRun) -> ApplyResult:
    """What `run.apply` gives. Interrupted: nothing was sent."""
    with before_creates():
        return run_async(run.console, run.apply)


@contextlib.contextmanager
def before_creates() -> Iterator[None]:
    """A signal that ends this came before the first create, and its error says so."""
    try:
        yield
    except Interrupted as error:
        error.message = f"{error.message}; nothing was sent"
        raise


async def _answer(stop: StopRequest) -> str:
    """One line from the terminal; "" at its end. Waited for by the loop, so that a signal ends it at any instant."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await stop.guard(ready.wait())
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()


@dataclass
class ApplyRun:
    """One call of `apply`. `plan_shown` is set when the plan went to stdout before the question: it is not
    printed twice. `expect_digest` is the digest that a plan with creates must have, None for any.
    """

    console: Console
    options: Options
    workspace: Workspace
    reviewed: PlanFile | None
    yes: bool
    max_creates: int
    lock: str | None
    expect_digest: str | None = None
    plan_shown: bool = False
    contents: Contents = field(default_factory=Contents)

    async def apply(self, stop: StopRequest) -> ApplyResult:
        """Read, plan, refuse or ask, create."""
        manifests, concurrency = self.workspace.loaded.manifests, self.options.concurrency
        async with connected(self.workspace, self.console, concurrency=concurrency) as api:
            reading = read_states(api, self.workspace, self.console, self.contents, concurrency=concurrency)
            states = await stop.guard(reading)
            plan = build_plan(
                manifests,
                states,
                self.workspace.target,
                selection=self.workspace.selection,
                contents=self.contents,
                assess=self.workspace.assess,
            )
            keep_plan_secrets(self.console, plan, states, self.contents)
            refusal: ReconcilerError | None = self._stale(plan) or self._unexpected(plan)
            refusal = refusal or refusal_of(plan, max_creates=self.max_creates)
            if refusal is None and not self.yes and plan.summary[Status.CREATE]:
                refusal = await self._unconfirmed(plan, stop)
            if refusal is not None:
                return refused(plan, refusal)
            creating = partial(
                apply_plan,
                plan,
                manifests,
                states,
                api,
                stop=stop,
                max_creates=self.max_creates,
                on_creation=self._tell,
            )
            if self.lock is None:
                return await creating()
            lock = GitLock(self.lock, self.workspace.root, Timing().create_seconds, self.console, stop)
            return await lock.apply(plan, api, lambda before_create: creating(before_create=before_create))

    def _stale(self, plan: Plan) -> UnsafePlan | None:
        if self.reviewed is None:
            return None
        return staleness(self.reviewed, plan, self.console.clean(document_text(plan_document(plan))))

    def _unexpected(self, plan: Plan) -> UnsafePlan | None:
        if self.expect_digest in (None, plan.digest) or not plan.summary[Status.CREATE]:
            return None
        return UnsafePlan(
            f"the plan of now has the digest {plan.digest}, not the expected {self.expect_digest}",
            help="manifests, live templates, variables or settings changed since it was reviewed; review the plan of now",
        )

    async def _unconfirmed(self, plan: Plan, stop: StopRequest) -> UnsafePlan | None:
        """Show the plan and ask a person; None when the creates may go on."""
        templates = count(plan.summary[Status.CREATE], "template")
        if not self.console.can_ask():
            return UnsafePlan(
                f"nobody can be asked whether to create {templates}", help="check the plan, then add --yes"
            )
        if self.options.format == "text":
            self.console.data(self._plan_text(plan, self.console.data_style()))
            self.plan_shown = True
        else:
            self.console.error(self._plan_text(plan, self.console.error_style()))
        where = numbers_by_organization(plan, plan.with_status(Status.CREATE))
        self.console.error(
            f"\nCreate {templates} in {safe_name(plan.target.environment)} ({where})?\n"
            "This tool can never change or delete them afterwards. Type yes to go on: "
        )
        confirmed = (await _answer(stop)).strip().lower() == "yes"
        return None if confirmed else UnsafePlan("not confirmed; nothing was sent")

    def _tell(self, creation: Creation) -> None:
        if self.console.shows_progress():
            self.console.words("\n".join(creation_lines(creation, self.console.error_style())) + "\n")

    def _plan_text(self, plan: Plan, style: Style) -> str:
        return render_plan(plan, style=style, verbose=self.options.verbose)

    def renderings(self, result: ApplyResult, code: int) -> Renderings:
        """What stdout and report files get; a file always gets the plan too."""

        def text(style: Style) -> str:
            shown = self.plan_shown and style == self.console.data_style()
            account = render_apply(result, style=style, verbose=self.options.verbose)
            return account if shown else f"{self._plan_text(result.plan, style)}\n{account}"

        return apply_renderings(result, self.options, text=text, code=code)
