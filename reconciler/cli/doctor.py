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
from reconciler.cli.options import Options, common_options, options_from, target_options
from reconciler.cli.server import connected, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import (
    CredentialsError,
    ReconcilerError,
    RefusedByServer,
    ServerError,
    Unreachable,
    UnsafePlan,
)
from reconciler.model.target import Api
from reconciler.model.text import count
from reconciler.planning.intents import ways_out, why_undecided
from reconciler.report.checks import Check, Health, checks_document, checks_exit_code, failed, render_checks
from reconciler.report.view import organization_words

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.model.target import Target

EPILOG = """\b
Examples:
  reconciler doctor -e production
  reconciler doctor -e production --probe    also: may the token write, and which templates are Airbyte's

\b
--probe sends a PATCH that names only the organization, one for each template. Airbyte then writes
nothing; it answers whether the template is yours. The token needs the admin role for it."""


@click.command(epilog=EPILOG)
@click.option(
    "--probe", is_flag=True, help="Find out which listed templates are yours, by a PATCH that writes nothing."
)
@target_options
@common_options(verbose="Also the settings that apply, and every template that the server lists.")
@click.pass_obj
def doctor(console: Console, /, *, probe: bool, **parameters: Any) -> int:
    """Check project, manifests, login, API dialect and rights."""
    options = options_from(console, parameters)
    checks = run_async(console, lambda stop: stop.guard(_checks(console, options, probe=probe)))
    return deliver_two(
        console, partial(render_checks, checks), checks_document(checks), checks_exit_code(checks)
    )


async def _checks(console: Console, options: Options, *, probe: bool) -> tuple[Check, ...]:
    try:
        workspace = open_workspace(options, console, may_be_empty=True)
    except ReconcilerError as error:
        not_asked = Check("server", Health.SKIPPED, "not asked before the project is valid")
        return failed("project", error), not_asked
    checks = list(_offline_checks(workspace, with_settings=options.verbose))
    try:
        async with connected(workspace, console, concurrency=1) as api:
            checks.extend([check async for check in _server_checks(api, workspace, probe=probe)])
            if options.verbose:
                checks.extend([await _templates(api, each) for each in workspace.organizations])
    except ReconcilerError as error:
        checks.append(failed("login" if isinstance(error, CredentialsError) else "server", error))
    return tuple(checks)


def _offline_checks(workspace: Workspace, *, with_settings: bool) -> Iterator[Check]:
    target, loaded = workspace.target, workspace.loaded
    organizations = organization_words(target.organization_id, _others(workspace))
    yield _ok("project", f"environment {target.environment}, organization {organizations}")
    yield _ok("manifests", f"{count(len(loaded.manifests), 'manifest')} in {count(loaded.files, 'file')}")
    if with_settings:
        creates = count(target.max_creates, "create")
        yield _ok(
            "settings",
            f"reconciler {__version__}, API {target.api} at {target.url}",
            f"at most {creates} a run; an unclear one is looked for during {target.settle_seconds:g} seconds",
            f"left out of every plan: {', '.join(sorted(target.unmanaged)) or 'nothing'}",
        )
    yield _journal(workspace)


def _ok(name: str, *lines: str) -> Check:
    return Check(name, Health.OK, "\n".join(lines))


def _journal(workspace: Workspace) -> Check:
    """The creates whose outcome is unknown."""
    try:
        intents = workspace.journal().intents
    except UnsafePlan as error:
        return failed("journal", error)
    here = [intent for intent in intents if intent.organization_id in workspace.organizations]
    elsewhere = f"; {len(intents) - len(here)} in other environments" if len(intents) > len(here) else ""
    if not here:
        return _ok("journal", f"no create is in doubt{elsewhere}")
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


async def _server_checks(api: TemplateApi, workspace: Workspace, *, probe: bool) -> AsyncIterator[Check]:
    target, others = workspace.target, _others(workspace)
    answer = await first_answer(api, target.organization_id)
    address = "sandbox in this process" if target.api is Api.SANDBOX else target.url
    for passed in (_ok("server", f"{address} answers"), _ok("login", "the credentials are accepted")):
        if isinstance(answer, Check) and answer.name == passed.name:
            break
        yield passed
    if isinstance(answer, Check):
        yield answer
        return
    yield _ok("dialect", _listed(answer))
    readable = [target.organization_id]
    for other in others:
        found = await first_answer(api, other)
        if isinstance(found, Check):
            yield replace(found, name="dialect", detail=f"organization {other}: {found.detail}")
        else:
            readable.append(other)
            yield _ok("dialect", f"{_listed(found)} in organization {other}")
    if probe:
        for organization in readable:
            yield await _ownership(api, target, organization)
        return
    reading = "reading works" if len(readable) > len(others) else "not all can be read"
    hint = "not tested: only a write can show it; --probe asks with a PATCH that changes nothing"
    yield Check("rights", Health.SKIPPED, f"{reading}; whether the token may create is {hint}")


def _listed(templates: int) -> str:
    return f"public: {count(templates, 'template')} listed"


def _others(workspace: Workspace) -> tuple[str, ...]:
    """The organizations that manifests name besides the target's, sorted."""
    return tuple(each for each in workspace.organizations if each != workspace.target.organization_id)


async def _templates(api: TemplateApi, organization: str) -> Check:
    """Every template that is listed. Another check says what keeps it from being listed."""
    where = f"organization {organization}"
    try:
        listed = sorted(await api.list_templates(organization), key=lambda template: template.id)
    except ReconcilerError:
        return Check("templates", Health.SKIPPED, f"those of {where} cannot be listed")
    names = (f"{each.id}  {each.name}" for each in listed)
    return _ok("templates", f"{where} lists {count(len(listed), 'template')}", *names)


async def _ownership(api: TemplateApi, target: Target, organization: str) -> Check:
    """Which listed templates are Airbyte's defaults: ready to paste under `unmanaged`."""
    where = "this organization" if organization == target.organization_id else f"organization {organization}"
    listed = await api.list_templates(organization)
    owned = {each.id: await api.owns_template(organization, each.id) for each in listed}
    answers = list(owned.values())
    if listed and answers.count(None) == len(listed):
        unclear = f"the server does not say for {where}: the token has no admin role, or no PATCH"
        return Check("rights", Health.SKIPPED, unclear)
    lines = [f"the token may write; {count(answers.count(True), 'template')} of {where}"]
    if None in answers:
        lines.append(f"{count(answers.count(None), 'template')} without a clear answer")
    foreign = [each for each in listed if owned[each.id] is False and each.id not in target.unmanaged]
    if foreign:
        lines += ["not yours; to leave them out of every plan, in reconciler.yaml:", "    unmanaged:"]
        lines += [f"      - {each.id}  # {each.name}" for each in foreign]
    return _ok("rights", *lines)
