"""`reconciler plan` and `reconciler drift`: the same comparison, another exit code.

What is needed only once the server has answered is imported in the functions: it is loaded while the network is waited for
(`server.read_states`).
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from reconciler.applying.journal import Journal, open_journal
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import Options, options_from, paths_argument, run_options
from reconciler.cli.renderings import plan_renderings
from reconciler.cli.server import Reading, connected, in_background, remote, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import ReconcilerError, ServerError
from reconciler.manifests.desired import target_of
from reconciler.model.target import Api, Dialect, Target

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.model.template import LiveState
    from reconciler.planning.entry import Plan

_PLAN_EPILOG = """\b
Examples:
  reconciler plan --sandbox                       try it without an account
  reconciler plan -e production                   what a push would create
  reconciler plan --write json=plan.json          a plan file for `reconciler apply plan.json`
  reconciler plan --only 'crm-*' manifests/crm    a part of it; matching still sees everything"""
_DRIFT_EPILOG = """\b
Examples:
  reconciler drift -e production                  for a scheduled run
  reconciler drift -f json | jq .summary          for a program

\b
Exit codes: 0 in sync and all compared but secrets of the Agent API, which do not count, 2 something is missing,
drifted, duplicate or was not compared (a form without a specification; what a selection leaves out and is not in sync),
4 something could not be read, matched or decided (then nothing is claimed)."""


@click.command(epilog=_PLAN_EPILOG)
@paths_argument
@run_options("plan")
@click.pass_obj
def plan(console: Console, /, **parameters: Any) -> int:
    """Show what would be created and what has drifted. Reads only.

    PATH: files or folders inside the manifest directory (anywhere, if there is none); default is all of it.
    """
    options = options_from(console, parameters)
    found = planned(console, options, may_be_empty=True)
    return report_plan(console, options, found, findings_count=options.detailed_exitcode)


@click.command(epilog=_DRIFT_EPILOG)
@paths_argument
@run_options("drift")
@click.pass_obj
def drift(console: Console, /, **parameters: Any) -> int:
    """Compare only, and exit 2 on any finding. Reads only.

    PATH: files or folders inside the manifest directory (anywhere, if there is none); default is all of it.
    """
    options = options_from(console, parameters)
    return report_plan(console, options, planned(console, options), is_drift=True)


def planned(console: Console, options: Options, *, may_be_empty: bool = False) -> Plan:
    """The plan of now, from one read of the server: nothing is sent but the token request and reads.

    Raises ReconcilerError, also where there is no manifest unless it `may_be_empty`. What is wrong with the manifests is said before
    any trouble with the server.
    """
    load = partial(open_workspace, options, console, may_be_empty=may_be_empty)

    async def read() -> Plan:
        """The plan, from the server as it is while this runs."""
        target = target_of(options)
        if target.api is Api.SANDBOX:  # it has the organizations and connectors of the manifests
            workspace = load()
            journal = workspace.journal()
            async with connected(workspace, console, concurrency=options.concurrency) as api:
                reading = Reading(api, console, target, options.concurrency)
                return (await plan_of_now(reading, journal, workspace, console))[0]
        try:
            journal, opening = open_journal(options.chdir), remote(target, console, options.concurrency)
        except ReconcilerError:
            load()
            raise
        async with opening as api:
            reading = Reading(api, console, target, options.concurrency)
            async with reading.begun():  # the server is waited for while the manifests are judged
                workspace = await in_background(load)
                workspace.refuse_foreign(journal)
                return (await plan_of_now(reading, journal, workspace, console))[0]

    return run_async(console, lambda stop: stop.guard(read()))


def report_plan(
    console: Console, options: Options, plan: Plan, *, findings_count: bool = True, is_drift: bool = False
) -> int:
    """Deliver the plan in every format that was asked for. The exit code. `is_drift`: it was made to compare, not to create."""
    from reconciler.report.exit_code import plan_exit_code

    code = plan_exit_code(plan, findings_count=findings_count, intends_creates=not is_drift)
    return deliver(console, lambda _: plan_renderings(plan, options, is_drift=is_drift), code)


async def _target_as_asked(reading: Reading, workspace: Workspace) -> Target:
    """The target, with what the server says of tags and of originals of clones, where a manifest has any."""
    target, manifests = workspace.target, workspace.loaded.manifests
    if target.dialect is not Dialect.AGENTS:
        return target
    if any("tags" in manifest.settings for manifest in manifests):
        with contextlib.suppress(ServerError):  # then it is not known
            target = replace(target, can_tag=await reading.api.can_tag(target.organization_id))
    cloned = {(m.organization_id or target.organization_id, m.clone_of) for m in manifests if m.clone_of}
    if cloned:
        originals = [await _original(reading.api, *each) for each in sorted(cloned)]
        target = replace(target, originals=tuple(each for each in originals if each is not None))
    return target


async def _original(api: TemplateApi, organization: str, template_id: str) -> tuple[str, str] | None:
    """The id of a template that is to be cloned, and its connector's. None where the server shows no such template."""
    with contextlib.suppress(ServerError):
        for listed in await api.global_templates(organization):
            if listed.id == template_id and listed.connector_id is not None:
                return template_id, listed.connector_id
    with contextlib.suppress(ServerError):
        return template_id, (await api.get_template(organization, template_id)).connector_id
    return None


async def plan_of_now(
    reading: Reading, journal: Journal, workspace: Workspace, console: Console
) -> tuple[Plan, tuple[LiveState, ...]]:
    """The plan from the journal and the server, and the live states that it was made from. The journal was read before the list: a
    create that another process sends in between is seen by one or the other.

    What live templates hold at secret places is registered before anything of the plan can be shown.
    """
    looking = asyncio.to_thread(workspace.former_organizations)  # git, while the network is waited for
    former, states = await asyncio.gather(looking, reading.states(workspace))
    from reconciler.planning.compare import plan_secrets
    from reconciler.planning.plan import build_plan

    plan = build_plan(
        workspace.loaded.manifests,
        states,
        await _target_as_asked(reading, workspace),
        selection=workspace.selection,
        contents=reading.contents,
        assess=workspace.assess,
        past=workspace.history.past,
        former_organizations=former,
        intents=journal.remembered,
    )
    for secret in sorted(plan_secrets(plan, states, reading.contents)):
        console.keep_secret(secret)
    return replace(plan, entries=console.without_secrets_in(plan.entries)), states
