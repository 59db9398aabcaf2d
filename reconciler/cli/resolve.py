"""`reconciler resolve`: a person decides a create whose outcome no read decides."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from reconciler.applying.journal import Journal
from reconciler.applying.stopping import StopRequest
from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver_two
from reconciler.cli.locking import GitLock, lock_option
from reconciler.cli.options import common_options, options_from, target_options
from reconciler.cli.server import connected, run_async
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import ReconcilerError, ServerError, UnsafePlan
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import Intent
from reconciler.planning.intents import ways_out, why_undecided
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.safe_text import safe_name, safe_sentence

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi

EPILOG = """\b
Examples:
  reconciler resolve crm -e production                   what was sent, when, and what came back
  reconciler resolve crm -e production --created ID      it is this template: it was read, and is of that connector
  reconciler resolve crm -e production --not-created     nothing was stored: the next apply creates it
  reconciler resolve crm --not-created --lock git        also where the lease carries it (applies with --lock git)

\b
A create whose answer was lost is in .reconciler/journal.jsonl until the list shows its template. Until then
its manifest is unknown and is not created again. Nothing is sent to the server but reads."""


@dataclass(frozen=True)
class Resolved:
    """What became of the open creates of one name. `decision` is "" when nothing was to be decided."""

    name: str
    intents: tuple[Intent, ...]
    decision: str = ""
    template_id: str | None = None
    note: str = ""


@click.command(epilog=EPILOG)
@click.argument("name", shell_complete=completion.manifests)
@click.option("--created", metavar="ID", type=click.UUID, help="It was stored, as this template.")
@click.option("--not-created", is_flag=True, help="It was not stored.")
@lock_option
@target_options
@common_options()
@click.pass_obj
def resolve(
    console: Console,
    /,
    name: str,
    *,
    created: UUID | None,
    not_created: bool,
    lock: str | None,
    **parameters: Any,
) -> int:
    """Show, or decide, whether the open create of a manifest was stored.

    NAME: the manifest's name when the create was sent; `doctor` lists them.
    """
    if created and not_created:
        raise click.UsageError("--created and --not-created contradict each other")
    workspace = open_workspace(options_from(console, parameters), console)
    chosen = None if created is None else str(created)
    run = _Resolving(console, workspace, workspace.journal(), name, chosen, not_created)
    resolved = run_async(console, lambda stop: run.locked(lock, stop))
    text = _text(resolved, workspace.target.environment)
    return deliver_two(console, lambda _: text, _document(resolved), 0)


@dataclass(frozen=True)
class _Resolving:
    """One call. `created` is the id that the person names, None when they name none."""

    console: Console
    workspace: Workspace
    journal: Journal
    name: str
    created: str | None
    not_created: bool

    async def locked(self, remote: str | None, stop: StopRequest) -> Resolved:
        """What was decided. With a `remote` also what its lease carries, and so that the lease carries what is left."""
        async with contextlib.AsyncExitStack() as stack:
            if remote is not None:
                lock = GitLock(remote, self.workspace.root, 0.0, self.journal, self.console, stop)
                held = lock.held(self.workspace.target, self.workspace.organizations)
                await stack.enter_async_context(held)
            return await stop.guard(self._resolved())

    async def _resolved(self) -> Resolved:
        intents = self._open()
        if self.not_created:
            for intent in intents:
                self.journal.decide(intent, "not created")
            note = "Noted: it was not created. The next apply creates it, if it is still missing then."
            return Resolved(self.name, intents, "not-created", None, note)
        if self.created is None:
            return Resolved(self.name, intents)
        async with connected(self.workspace, self.console, concurrency=1) as api:
            note = await self._made(api, intents[0], self.created)
        return Resolved(self.name, intents, "created", self.created, note)

    def _open(self) -> tuple[Intent, ...]:
        """The open creates of this name, oldest first."""
        here = self.workspace.organizations
        named = [i for i in self.journal.remembered if i.organization_id in here and i.name == self.name]
        if not named:
            open_here = {safe_name(i.name) for i in self.journal.intents if i.organization_id in here}
            raise ReconcilerError(
                f"no create of {self.name!r} is open in environment {self.workspace.target.environment}",
                help=f"open there: {', '.join(sorted(open_here)) or 'none'}; applies with `--lock git` may have left one in the "
                "lease: add --lock git",
            )
        return tuple(intent for intent in named if not intent.was_listed) or tuple(named)

    async def _made(self, api: TemplateApi, intent: Intent, template_id: str) -> str:
        """Hold the template against the create, and note that it is this one. UnsafePlan when it cannot be."""
        if template_id in intent.before:
            raise UnsafePlan(
                f"template {template_id} was there before the create of {intent.name!r} was sent; nothing was decided",
                help="if a manifest should have it, write its id there as `templateId` under `spec`; then --not-created decides the create",
            )
        try:
            template = await api.get_template(intent.organization_id, template_id, kind=intent.kind)
            listed = await api.list_templates(intent.organization_id)
        except ServerError as error:
            error.message = f"{error.message}; nothing was decided"
            raise
        if template.connector_id != intent.connector_id:
            raise UnsafePlan(
                f"template {template_id} is of connector {template.connector_id} ({template.name}), "
                f"and the create of {intent.name!r} was of {intent.connector_id}; nothing was decided",
                help="name the template that the create made, or say --not-created",
            )
        if template_id in {each.id for each in listed}:
            self.journal.decide(intent, "created", template_id)
            return f"Noted: it was created, as template {template_id}."
        self.journal.decide(intent, None, template_id)
        return f"Noted: it is template {template_id}. It stays open until the list shows it."


def _text(resolved: Resolved, environment: str) -> str:
    lines = []
    for intent in resolved.intents:
        place = f"{_connector(intent)}, organization {intent.organization_id}, at {intent.url}"
        lines += [safe_name(intent.name), f"  why  {safe_sentence(why_undecided(intent))}", f"  to   {place}"]
        if not resolved.decision:
            lines += [f"  {word} {safe_sentence(text)}" for word, text in _undecided(intent, environment)]
    return "\n".join([*lines, *([resolved.note] if resolved.note else [])]) + "\n"


def _undecided(intent: Intent, environment: str) -> Iterator[tuple[str, str]]:
    """What there is to do, with the word before it. Nobody has to wait for a template that a list showed already."""
    ways = ways_out(intent, environment)
    if intent.was_listed:
        yield (
            "note",
            f"no create of {intent.name!r} is in doubt as long as the list shows template {intent.template_id}",
        )
        ways = ways[1:]
    yield from (("do  ", way) for way in ways)


def _connector(intent: Intent) -> str:
    return f"connector {intent.connector_id}" if intent.connector_id else "a destination that Airbyte hosts"


def _document(resolved: Resolved) -> JsonObject:
    creates: list[JsonValue] = [
        {
            "organizationId": intent.organization_id,
            "connectorId": intent.connector_id,
            "url": intent.url,
            "sentAt": intent.sent_at,
            "answer": intent.answer or None,
            "templateId": intent.template_id,
        }
        for intent in resolved.intents
    ]
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "name": resolved.name,
        "creates": creates,
        "decision": resolved.decision or None,
        "templateId": resolved.template_id,
    }
