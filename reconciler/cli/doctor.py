"""`reconciler doctor`: from the project file to the server, one question after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from reconciler import __version__
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver_two
from reconciler.cli.doctor_dialect import with_other_dialect
from reconciler.cli.doctor_templates import clonable_templates, owners, templates
from reconciler.cli.options import Options, common_options, options_from, target_options
from reconciler.cli.server import connected, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import (
    CredentialsError,
    InvalidInput,
    ReconcilerError,
    RefusedByServer,
    ServerError,
    Unreachable,
    UnsafePlan,
)
from reconciler.manifests import rules
from reconciler.model.diagnostic import Severity
from reconciler.model.target import Api, Dialect, Policy
from reconciler.model.text import count, listed
from reconciler.planning.intents import ways_out, why_undecided
from reconciler.report.checks import (
    Check,
    Health,
    checks_document,
    checks_exit_code,
    failed,
    passed,
    render_checks,
)
from reconciler.report.view import organization_words

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.model.target import Target

EPILOG = """\b
Examples:
  reconciler doctor -e production
  reconciler doctor -e production --probe    also: may the token write, and which templates are Airbyte's
  reconciler doctor -e cloud --global        also: Airbyte's own templates, which can be cloned

\b
--probe, on the public API: sends a PATCH that names only the organization, one for each template.
Airbyte then writes nothing; it answers whether the template is yours. The token needs the admin role
for it. On the Agent API the list says whose a template is, and nothing is sent.

\b
Where the configured API has no templates, it is looked for at its usual paths and then the other one,
with the same credentials, at the same origin only. If one is found, or known to be elsewhere, the
lines for reconciler.yaml are shown."""

_OF_THE_API = frozenset({rules.OTHER_API, rules.MORE_PROBLEMS})
"""The server is asked despite these: it may show that `api` is wrong, and not the manifests."""


@click.command(epilog=EPILOG)
@click.option(
    "--probe", is_flag=True, help="Find out which listed templates are yours, by a PATCH that writes nothing."
)
@click.option("--global", "clonable", is_flag=True, help="List Airbyte's own templates, which can be cloned.")
@target_options
@common_options(verbose="Also the settings that apply, and every template that the server lists.")
@click.pass_obj
def doctor(console: Console, /, *, probe: bool, clonable: bool, **parameters: Any) -> int:
    """Check project, manifests, login, API dialect and rights."""
    options = options_from(console, parameters)
    asking = partial(_checks, console, options, probe=probe, clonable=clonable)
    checks = run_async(console, lambda stop: stop.guard(asking()))
    return deliver_two(
        console, partial(render_checks, checks), checks_document(checks), checks_exit_code(checks)
    )


async def _checks(console: Console, options: Options, *, probe: bool, clonable: bool) -> tuple[Check, ...]:
    try:
        workspace = open_workspace(options, console, may_be_empty=True, despite=_OF_THE_API)
    except ReconcilerError as error:
        not_asked = Check("server", Health.SKIPPED, "not asked before the project is valid")
        return failed("project", error), not_asked
    checks = list(_offline_checks(workspace, with_settings=options.verbose))
    try:
        async with connected(workspace, console, concurrency=1) as api:
            checks.extend([check async for check in _server_checks(api, workspace, console, probe=probe)])
            if options.verbose:
                checks.extend([await templates(api, each) for each in workspace.organizations])
            if clonable:
                checks.append(await clonable_templates(api, workspace))
    except ReconcilerError as error:
        checks.append(failed("login" if isinstance(error, CredentialsError) else "server", error))
    return tuple(checks)


def _offline_checks(workspace: Workspace, *, with_settings: bool) -> Iterator[Check]:
    target, loaded = workspace.target, workspace.loaded
    organizations = organization_words(target.organization_id, _others(workspace))
    yield passed("project", f"environment {target.environment}, organization {organizations}")
    if errors := tuple(problem for problem in loaded.problems if problem.severity is Severity.ERROR):
        yield failed("manifests", InvalidInput(errors))
    else:
        found = f"{count(len(loaded.manifests), 'manifest')} in {count(loaded.files, 'file')}"
        yield passed("manifests", found)
    if with_settings:
        creates = count(target.max_creates, "create")
        yield passed(
            "settings",
            f"reconciler {__version__}, API {target.api} at {target.url}",
            f"at most {creates} a run; an unclear one is looked for during {target.settle_seconds:g} seconds",
            f"left out of every plan: {', '.join(sorted(target.unmanaged)) or 'nothing'}",
        )
    yield _journal(workspace)


def _journal(workspace: Workspace) -> Check:
    """The creates whose outcome is unknown."""
    try:
        intents = workspace.journal().intents
    except UnsafePlan as error:
        return failed("journal", error)
    here = [intent for intent in intents if intent.organization_id in workspace.organizations]
    elsewhere = f"; {len(intents) - len(here)} in other environments" if len(intents) > len(here) else ""
    if not here:
        return passed("journal", f"no create is in doubt{elsewhere}")
    doubts = "\n".join((f"{count(len(here), 'create')} in doubt{elsewhere}", *map(why_undecided, here)))
    help_text = "; ".join(ways_out(here[0], workspace.target.environment))
    return failed("journal", UnsafePlan(doubts, help=help_text))


async def first_answer(api: TemplateApi, organization: str) -> int | Check:
    """One token and one list: the number of templates, or the check that failed (server, login or dialect)."""
    has_token = False
    try:
        await api.ensure_token()
        has_token = True
        return len(await api.list_templates(organization))
    except Unreachable as error:
        return failed("server", error)
    except (CredentialsError, ServerError) as error:
        # A refusal by status is about this API. Anything else that is no list may be a page of a proxy or a login.
        is_refused = has_token and isinstance(error, RefusedByServer)
        return failed("dialect" if is_refused else "login", error)


async def _server_checks(
    api: TemplateApi, workspace: Workspace, console: Console, *, probe: bool
) -> AsyncIterator[Check]:
    target, others = workspace.target, _others(workspace)
    answer = await first_answer(api, target.organization_id)
    address = "sandbox in this process" if target.api is Api.SANDBOX else target.url
    for check in (passed("server", f"{address} answers"), passed("login", "the credentials are accepted")):
        if isinstance(answer, Check) and answer.name == check.name:
            break
        yield check
    if isinstance(answer, Check):
        yield await with_other_dialect(answer, target, console, first_answer)
        return
    yield passed("dialect", _listed(target, answer), _abilities(target))
    readable = [target.organization_id]
    for other in others:
        found = await first_answer(api, other)
        if isinstance(found, Check):
            yield replace(found, name="dialect", detail=f"organization {other}: {found.detail}")
        else:
            readable.append(other)
            yield passed("dialect", f"{_listed(target, found)} in organization {other}")
    is_agents = target.dialect is Dialect.AGENTS
    if probe:
        for organization in readable:
            yield await owners(api, target, organization)
    if is_agents or not probe:
        reading = "reading works" if len(readable) > len(others) else "not all can be read"
        hint = "" if is_agents else "; --probe asks with a PATCH that changes nothing"
        unknown = f"whether the token may create is not tested: only a write can show it{hint}"
        yield Check("rights", Health.SKIPPED, f"{reading}; {unknown}")


def _listed(target: Target, templates: int) -> str:
    return f"{target.dialect}: {count(templates, 'template')} listed"


def _abilities(target: Target) -> str:
    """What the API can do, and what a run may do of it."""
    may = {Policy.CREATE_ONLY: "create", Policy.CREATE_UPDATE: "create and update"}[target.policy]
    return f"it can {listed(target.capabilities)}; with the policy {target.policy} a run may {may}"


def _others(workspace: Workspace) -> tuple[str, ...]:
    """The organizations that manifests name besides the target's, sorted."""
    return tuple(each for each in workspace.organizations if each != workspace.target.organization_id)
