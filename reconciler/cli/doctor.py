"""`reconciler doctor`: from the project file to the server, one question after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import click

from reconciler import __version__
from reconciler.applying.stopping import StopRequest
from reconciler.cli.console import Console
from reconciler.cli.deliver import Rendering, deliver
from reconciler.cli.options import Options, common_options, options_from, target_options
from reconciler.cli.server import connected, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import CredentialsError, ReconcilerError, UnsafePlan
from reconciler.model.target import Api, Target
from reconciler.planning.intents import ways_out, why_undecided
from reconciler.report.checks import Check, Health, checks_document, checks_exit_code, failed, render_checks
from reconciler.report.document import document_text
from reconciler.report.organizations import organization_words
from reconciler.report.wording import count

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.airbyte.probe import ServerReport

EPILOG = """\b
Examples:
  reconciler doctor -e production
  reconciler doctor -e production --probe    also: may the token write, and which templates are Airbyte's

\b
--probe sends a PATCH that names only the organization, one for each template. Airbyte then writes
nothing; it answers whether the template is yours. The token needs the admin role for it."""

_NOT_TESTED = "not tested: only a write can show it; --probe asks with a PATCH that changes nothing"


@click.command(epilog=EPILOG)
@click.option(
    "--probe", is_flag=True, help="Find out which listed templates are yours, by a PATCH that writes nothing."
)
@target_options
@common_options(verbose="Also the settings that apply, and every template that the server lists.")
@click.pass_obj
def command(console: Console, /, *, probe: bool, **parameters: Any) -> int:
    """Check project, manifests, login, API dialect and rights."""
    options = options_from(parameters)
    checks = run_async(console, lambda stop: _checked(stop, console, options, probe=probe))
    renderings: dict[str, Rendering] = {
        "text": lambda style: render_checks(checks, style),
        "json": lambda _: document_text(checks_document(checks)),
    }
    return deliver(console, options, lambda _: renderings, checks_exit_code(checks))


async def _checked(
    stop: StopRequest, console: Console, options: Options, *, probe: bool
) -> tuple[Check, ...]:
    return await stop.guard(_checks(console, options, probe=probe))


async def _checks(console: Console, options: Options, *, probe: bool) -> tuple[Check, ...]:
    try:
        workspace = open_workspace(options, console, may_be_empty=True)
    except ReconcilerError as error:
        return (
            failed("project", error),
            Check("server", Health.SKIPPED, "not asked before the project is valid"),
        )
    target, loaded = workspace.target, workspace.loaded
    organizations = organization_words(target.organization_id, _others(workspace))
    checks = [
        Check("project", Health.OK, f"environment {target.environment}, organization {organizations}"),
        Check(
            "manifests",
            Health.OK,
            f"{count(len(loaded.manifests), 'manifest')} in {count(loaded.files, 'file')}",
        ),
        *((_settings(target),) if options.verbose else ()),
        _journal(workspace),
    ]
    try:
        async with connected(workspace, console, concurrency=1) as api:
            checks.extend([check async for check in _server_checks(api, workspace, probe=probe)])
            if options.verbose:
                checks.extend([await _templates(api, each) for each in workspace.organizations])
    except CredentialsError as error:
        checks.append(failed("login", error))
    except ReconcilerError as error:
        checks.append(failed("server", error))
    return tuple(checks)


def _journal(workspace: Workspace) -> Check:
    """The creates that nobody knows the outcome of."""
    try:
        intents = workspace.journal().intents
    except UnsafePlan as error:
        return failed("journal", error)
    here = [intent for intent in intents if intent.organization_id in workspace.organizations]
    elsewhere = f"; {len(intents) - len(here)} in other environments" if len(intents) > len(here) else ""
    if not here:
        return Check("journal", Health.OK, f"no create is in doubt{elsewhere}")
    told = "\n".join((f"{count(len(here), 'create')} in doubt{elsewhere}", *map(why_undecided, here)))
    return failed(
        "journal", UnsafePlan(told, help="; ".join(ways_out(here[0], workspace.target.environment)))
    )


def _settings(target: Target) -> Check:
    creates = count(target.max_creates, "create")
    told = (
        f"reconciler {__version__}, API {target.api} at {target.url}",
        f"at most {creates} a run; an unclear one is looked for during {target.settle_seconds:g} seconds",
        f"left out of every plan: {', '.join(sorted(target.unmanaged)) or 'nothing'}",
    )
    return Check("settings", Health.OK, "\n".join(told))


async def _templates(api: TemplateApi, organization: str) -> Check:
    """Every template that is listed. What keeps it from being listed was told before."""
    where = f"organization {organization}"
    try:
        listed = sorted(await api.list_templates(organization), key=lambda template: template.id)
    except ReconcilerError:
        return Check("templates", Health.SKIPPED, f"those of {where} cannot be listed")
    lines = (f"{template.id}  {template.name}" for template in listed)
    return Check(
        "templates", Health.OK, "\n".join((f"{where} lists {count(len(listed), 'template')}", *lines))
    )


async def _server_checks(api: TemplateApi, workspace: Workspace, *, probe: bool) -> AsyncIterator[Check]:
    from reconciler.airbyte.probe import which_dialect

    target = workspace.target
    report = await which_dialect(api, target.organization_id)
    if report.error is not None and not report.reachable:
        yield failed("server", report.error)
        return
    yield Check("server", Health.OK, f"{_address(target)} answers")
    if report.error is not None and report.logged_in is not True:
        yield failed("login", report.error)
        return
    yield Check("login", Health.OK, "the credentials are accepted")
    if report.error is not None:
        yield failed("dialect", report.error)
        return
    yield Check("dialect", Health.OK, _listed(report))
    others = {other: await which_dialect(api, other) for other in _others(workspace)}
    for other, found in others.items():
        yield _of_another(other, found)
    if not probe:
        reading = (
            "reading works" if all(each.error is None for each in others.values()) else "not all can be read"
        )
        yield Check("rights", Health.SKIPPED, f"{reading}; whether the token may create is {_NOT_TESTED}")
        return
    readable = (other for other, found in others.items() if found.error is None)
    for organization in (target.organization_id, *readable):
        yield await _ownership(api, target, organization)


def _of_another(organization: str, report: ServerReport) -> Check:
    """What the server says of an organization that only manifests name."""
    where = f"organization {organization}"
    if report.error is None:
        return Check("dialect", Health.OK, f"{_listed(report)} in {where}")
    told = f"{where}: {report.error.message}"
    return Check("dialect", Health.FAILED, told, report.error.help, report.error)


def _others(workspace: Workspace) -> tuple[str, ...]:
    """The organizations that manifests name besides the target's, sorted."""
    return tuple(each for each in workspace.organizations if each != workspace.target.organization_id)


def _address(target: Target) -> str:
    return "sandbox in this process" if target.api is Api.SANDBOX else target.url


def _listed(report: ServerReport) -> str:
    from reconciler.airbyte.probe import Standing

    return f"{Standing.PUBLIC}: {count(report.templates or 0, 'template')} listed"


async def _ownership(api: TemplateApi, target: Target, organization: str) -> Check:
    """Which listed templates are Airbyte's defaults: ready to paste under `unmanaged`."""

    where = "this organization" if organization == target.organization_id else f"organization {organization}"
    listed = await api.list_templates(organization)
    owned = {t.id: await api.owns_template(organization, t.id) for t in listed}
    foreign = [t for t in listed if owned[t.id] is False and t.id not in target.unmanaged]
    unclear = sum(answer is None for answer in owned.values())
    if unclear and unclear == len(listed):
        unclear_words = f"the server does not say for {where}: the token has no admin role, or no PATCH"
        return Check("rights", Health.SKIPPED, unclear_words)
    told = [f"the token may write; {count(sum(v is True for v in owned.values()), 'template')} of {where}"]
    if unclear:
        told.append(f"{count(unclear, 'template')} without a clear answer")
    if foreign:
        told.append("not yours; to leave them out of every plan, in reconciler.yaml:")
        told.extend(("    unmanaged:", *(f"      - {t.id}  # {t.name}" for t in foreign)))
    return Check("rights", Health.OK, "\n".join(told))
