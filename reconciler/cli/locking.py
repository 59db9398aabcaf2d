"""`--lock git`: `apply` creates only while it holds a lease on a ref of the git remote.

Takes the lease after the plan was confirmed and before the list that authorises the first create; gives it back when nothing that
was created can still be out of sight. Holds no rule of the lease itself (`reconciler/lease`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from reconciler.applying.apply import BeforeCreate
from reconciler.applying.outcome import ApplyResult, Outcome, refused
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.cli.console import Console
from reconciler.errors import Interrupted, ReconcilerError, UnsafePlan
from reconciler.planning.entry import Plan, Status
from reconciler.report.safe_text import safe_text

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.lease.lease import Lease

Creating: TypeAlias = "Callable[[BeforeCreate], Awaitable[ApplyResult]]"
_F = TypeVar("_F", bound=Callable[..., object])

DEFAULT_REMOTE = "origin"
HURRY_SECONDS = 2.0
"""For each step of giving the lease back after a signal: a cancelled CI step is killed after some ten seconds."""


def _remote_name(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    from reconciler.lease.remote import REMOTE_NAME

    if value is None:
        return None
    kind, colon, name = value.partition(":")
    if kind != "git" or (colon and not REMOTE_NAME.fullmatch(name)):
        # Not repeated: it may be an address with a password.
        raise click.BadParameter("it is not git or git:REMOTE, REMOTE being a name that `git remote` lists")
    return name


def lock_option(function: _F) -> _F:
    """`--lock git[:REMOTE]`; the command gets the name of the remote as `lock`, "" where none is named, or None."""
    return click.option(
        "--lock",
        metavar="git[:REMOTE]",
        callback=_remote_name,
        help="Create only while holding a lease on a ref of this git remote (default: origin), so that two runs "
        "never create at once. Needs the right to push.",
    )(function)


@dataclass
class GitLock:
    """The lock of one run: one lease for each organization that something is to be created in.

    `root` is inside the checkout, `remote` a name, or "" for the usual one; `create_seconds` is the longest that one create may take.
    """

    remote: str
    root: Path
    create_seconds: float
    console: Console
    stop: StopRequest
    clock: Clock = field(default_factory=Clock)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _leases: dict[str, Lease] = field(default_factory=dict)

    async def apply(self, plan: Plan, api: TemplateApi, creating: Creating) -> ApplyResult:
        """What `creating` does, exclusively. The refusal when the lease cannot be had; then nothing was sent.

        A plan without creates needs no lease. Interrupted when a signal came before the first create.
        """
        organizations = {entry.organization_id for entry in plan.with_status(Status.CREATE)}
        if not organizations:
            return await creating(_nothing)
        async with contextlib.AsyncExitStack() as stack:
            may_release = True
            try:
                await self._take(plan, sorted(organizations), stack)
                may_release = False
                result = await creating(self._before_create)
                may_release = await self._is_visible(result, api)
                return result
            except UnsafePlan as error:  # `creating` raises none: what it meets is in its result
                return refused(plan, error)
            finally:
                await self._give_back(may_release=may_release)

    async def _take(self, plan: Plan, organizations: Iterable[str], stack: contextlib.AsyncExitStack) -> None:
        from reconciler.lease.hint import holder_hint
        from reconciler.lease.lease import Lease
        from reconciler.lease.record import target_digest
        from reconciler.lease.remote import open_remote

        opening = open_remote(self.root, self.remote or DEFAULT_REMOTE, environ=self.environ)
        remote = await self.stop.guard(stack.enter_async_context(opening))
        if not self.remote and (doubt := remote.why_a_fork()):
            self.console.error(f"Warning: {doubt}.\n")
        needed = self.create_seconds + plan.target.settle_seconds
        hint = holder_hint(self.environ, os.getpid())
        for organization in organizations:
            lease = Lease(remote, target_digest(plan.target.url, organization), hint, needed)
            self._leases[organization] = lease
            await self.stop.guard(lease.acquire())
            self.console.words(f"Lease taken: {lease.ref} on git remote {remote.name}.\n")
        quiet = max(lease.quiet_seconds for lease in self._leases.values())
        if quiet:
            self.console.words(
                f"It was left behind by another apply. Waiting {quiet:.0f} seconds, until nothing that was sent then "
                "can still appear.\n"
            )
            await self.stop.guard(self.clock.pause(quiet))

    async def _before_create(self, organization_id: str) -> None:
        """The lease is ours and lives long enough. Nothing else is waited for here: the token was made sure of before the list."""
        await self._leases[organization_id].renew()

    async def _is_visible(self, result: ApplyResult, api: TemplateApi) -> bool:
        """Whether everything that this run may have stored stands in the list that the next run decides by."""
        if result.with_outcome(Outcome.UNKNOWN) or any(creation.is_doubtful for creation in result.creations):
            return False
        unseen = [creation for creation in result.created if not creation.is_listed]
        if not result.interrupted or not unseen:
            return not unseen
        organizations = {creation.entry.organization_id for creation in unseen}
        try:  # after a signal nobody has looked yet
            listed = await self.stop.guard(_listed(api, organizations), more_seconds=HURRY_SECONDS)
        except ReconcilerError:
            return False
        return listed >= {creation.template_id for creation in unseen}

    async def _give_back(self, *, may_release: bool) -> None:
        """Delete what was taken, or say until when it stands. Trouble here is a warning: the lease expires."""
        from reconciler.lease.record import shown

        for lease in self._leases.values():
            why = "a template that was sent may still appear on the server"
            if may_release and not lease.quiet_seconds:
                try:
                    await self.stop.guard(lease.release(), more_seconds=HURRY_SECONDS)
                    continue
                except Interrupted:
                    why = "the git remote did not answer in time"
                except UnsafePlan as error:
                    why = safe_text(error.message)
            if lease.expires is not None:
                self.console.error(
                    f"Warning: the lease stands until {shown(lease.expires)}, and no other apply can go on: {why}.\n"
                )


async def _listed(api: TemplateApi, organizations: Iterable[str]) -> set[str | None]:
    """The ids of every template that these organizations list."""
    listed: set[str | None] = set()
    for organization in organizations:
        listed |= {template.id for template in await api.list_templates(organization)}
    return listed


async def _nothing(_organization_id: str) -> None:
    """Before a create without a lease."""
