"""`plan` and `drift`: the same comparison, another exit code.

What is needed only once the server has answered is imported in the functions: it is loaded while the network is waited for
(`server.read_states`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.applying.stopping import StopRequest
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import Options
from reconciler.cli.renderings import plan_renderings
from reconciler.cli.server import connected, keep_plan_secrets, read_states, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.planning.content import Contents

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.applying.journal import Journal
    from reconciler.model.template import LiveState
    from reconciler.planning.entry import Plan


def compare(console: Console, options: Options, *, findings_count: bool, intends_creates: bool = True) -> int:
    """Read, compare, report; the exit code. Sends nothing but the token request and reads."""
    plan = planned(console, options, may_be_empty=intends_creates)
    return report_plan(console, options, plan, findings_count=findings_count, intends_creates=intends_creates)


def planned(console: Console, options: Options, *, may_be_empty: bool = False) -> Plan:
    """The plan of now, from one read of the server. Raises ReconcilerError, also where there is no manifest unless it `may_be_empty`."""
    workspace = open_workspace(options, console, may_be_empty=may_be_empty)
    return run_async(console, lambda stop: _planned(stop, workspace, console, options))


def report_plan(
    console: Console, options: Options, plan: Plan, *, findings_count: bool, intends_creates: bool = True
) -> int:
    """Deliver the plan in every format that was asked for; the exit code."""
    from reconciler.report.exit_code import plan_exit_code

    code = plan_exit_code(plan, findings_count=findings_count, intends_creates=intends_creates)
    renderings = plan_renderings(plan, options, is_drift=not intends_creates)
    return deliver(console, lambda _: renderings, code)


def _planned(
    stop: StopRequest, workspace: Workspace, console: Console, options: Options
) -> Coroutine[Any, Any, Plan]:
    return stop.guard(_plan(workspace, console, options))


async def _plan(workspace: Workspace, console: Console, options: Options) -> Plan:
    journal = workspace.journal()
    async with connected(workspace, console, concurrency=options.concurrency) as api:
        plan, _ = await plan_of_now(api, journal, workspace, console, options)
    return plan


async def plan_of_now(
    api: TemplateApi, journal: Journal, workspace: Workspace, console: Console, options: Options
) -> tuple[Plan, tuple[LiveState, ...]]:
    """The plan from the journal and the server as they are now, and the live states that it was made from.

    What live templates hold at secret places is registered before anything of the plan can be shown.
    """
    contents = Contents()
    journal.read()  # before the list: a create that another process sends in between is seen by one or the other
    looking = asyncio.to_thread(workspace.former_organizations)  # git, while the network is waited for
    reading = read_states(api, workspace, console, contents, concurrency=options.concurrency)
    former, states = await asyncio.gather(looking, reading)
    from reconciler.planning.plan import build_plan

    plan = build_plan(
        workspace.loaded.manifests,
        states,
        workspace.target,
        selection=workspace.selection,
        contents=contents,
        assess=workspace.assess,
        past=workspace.history.past,
        former_organizations=former,
        intents=journal.remembered,
    )
    keep_plan_secrets(console, plan, states, contents)
    return replace(plan, entries=console.without_secrets_in(plan.entries)), states
