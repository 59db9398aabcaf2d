"""What `doctor` says of the templates that a server lists: which there are, whose they are, which can be cloned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError
from reconciler.model.target import Dialect
from reconciler.model.text import count
from reconciler.report.checks import Check, Health, failed, passed

if TYPE_CHECKING:
    from reconciler.airbyte.api import ListedTemplate, TemplateApi
    from reconciler.cli.workspace import Workspace
    from reconciler.model.target import Target


async def templates(api: TemplateApi, organization: str) -> Check:
    """Every template that is listed. Another check says what keeps it from being listed."""
    where = f"organization {organization}"
    try:
        listed = sorted(await api.list_templates(organization), key=lambda template: template.id)
    except ReconcilerError:
        return Check("templates", Health.SKIPPED, f"those of {where} cannot be listed")
    names = (f"{each.id}  {each.name}" for each in listed)
    return passed("templates", f"{where} lists {count(len(listed), 'template')}", *names)


async def clonable_templates(api: TemplateApi, workspace: Workspace) -> Check:
    """Airbyte's own templates: id, name, connector."""
    if workspace.target.dialect is not Dialect.AGENTS:
        return Check("global", Health.SKIPPED, "the public API has no templates that can be cloned")
    try:
        found = await api.global_templates(workspace.target.organization_id)
    except ReconcilerError as error:
        return failed("global", error)
    lines = (f"{each.id}  {each.name}  {_connector(workspace, each)}" for each in found)
    return passed(
        "global", f"{count(len(found), 'template')} of Airbyte's own, which `cloneOf` can name", *lines
    )


def _connector(workspace: Workspace, template: ListedTemplate) -> str:
    known = workspace.catalogue.resolve(template.connector_id or "")
    return (known and known.repository) or template.connector_id or "no connector"


async def owners(api: TemplateApi, target: Target, organization: str) -> Check:
    """Whose the listed templates are. Those that are not the organization's are ready to paste under `unmanaged`."""
    where = "this organization" if organization == target.organization_id else f"organization {organization}"
    found = await api.list_templates(organization)
    if target.dialect is Dialect.AGENTS:
        airbytes = await api.global_templates(organization)
        return _by_the_list(found, len(airbytes), target, where)
    owned = {each.id: await api.owns_template(organization, each.id) for each in found}
    return _by_the_probe(found, owned, target, where)


def _by_the_list(found: Sequence[ListedTemplate], airbytes: int, target: Target, where: str) -> Check:
    """The Agent API's list names the organization of each template. Nothing is written to find it out."""
    doubtful = [each for each in found if each.doubt and each.id not in target.unmanaged]
    own = sum(not each.doubt for each in found)
    lines = [
        f"{count(own, 'template')} of {where}; {count(airbytes, 'template')} of Airbyte's own, never matched: --global lists them"
    ]
    if doubtful:
        number = count(len(doubtful), "template")
        lines.append(
            f"{number} without an organization in the list; those that are not yours go into reconciler.yaml:"
        )
        lines += _unmanaged(doubtful)
    return passed("owners", *lines)


def _by_the_probe(
    found: Sequence[ListedTemplate], owned: Mapping[str, bool | None], target: Target, where: str
) -> Check:
    """Which of them are Airbyte's defaults, by the answers to the PATCH that writes nothing."""
    answers = list(owned.values())
    if found and answers.count(None) == len(found):
        unclear = f"the server does not say for {where}: the token has no admin role, or no PATCH"
        return Check("rights", Health.SKIPPED, unclear)
    lines = [f"the token may write; {count(answers.count(True), 'template')} of {where}"]
    if None in answers:
        lines.append(f"{count(answers.count(None), 'template')} without a clear answer")
    foreign = [each for each in found if owned[each.id] is False and each.id not in target.unmanaged]
    if foreign:
        lines += ["not yours; to leave them out of every plan, in reconciler.yaml:", *_unmanaged(foreign)]
    return passed("rights", *lines)


def _unmanaged(templates: Iterable[ListedTemplate]) -> Iterator[str]:
    """Ready to paste."""
    yield "    unmanaged:"
    yield from (f"      - {each.id}  # {each.name}" for each in templates)
