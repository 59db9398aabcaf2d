"""`--lock git`: `apply` creates only while it holds a lease on a ref of the git remote.

The lease is taken after the plan was confirmed and before the list that authorises the first create. It carries the open creates
of the journal to the next run, on whatever machine. Holds no rule of the lease itself (`reconciler/lease`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from reconciler.applying.attempt import BeforeCreate
from reconciler.applying.journal import Journal, intent_document, intent_from
from reconciler.applying.outcome import ApplyResult, refused
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.cli.console import Console
from reconciler.errors import Interrupted, UnsafePlan
from reconciler.model.target import Target
from reconciler.model.template import Intent
from reconciler.planning.entry import Plan
from reconciler.report.safe_text import safe_text

if TYPE_CHECKING:
    from reconciler.lease.lease import Lease

Creating: TypeAlias = "Callable[[BeforeCreate, bool], Awaitable[ApplyResult]]"
"""Called while the leases are held. The second argument says whether what was planned has to be planned again first."""

_F = TypeVar("_F", bound=Callable[..., object])

_OF_THE_TARGET = frozenset({"organizationId", "url"})
_HURRY_SECONDS = 2.0
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
    """`--lock git[:REMOTE]`. The command gets the name of the remote as `lock`, "" where none is named, or None."""
    return click.option(
        "--lock",
        metavar="git[:REMOTE]",
        callback=_remote_name,
        help="Hold a lease on a ref of this git remote (default: origin), so that two runs never create at once. "
        "Needs the right to push.",
    )(function)


@dataclass
class GitLock:
    """The lock of one run: one lease for each organization that something is to be created in.

    `root` is inside the checkout, `remote` a name, or "" for the usual one. `create_seconds` is the longest that one create may take.
    """

    remote: str
    root: Path
    create_seconds: float
    journal: Journal
    console: Console
    stop: StopRequest
    clock: Clock = field(default_factory=Clock)
    _leases: dict[str, Lease] = field(default_factory=dict)
    _adopted: set[str] = field(default_factory=set)

    async def apply(self, plan: Plan, creating: Creating) -> ApplyResult:
        """What `creating` does, exclusively. The refusal when the lease cannot be had. Then nothing was sent.

        A plan that sends nothing needs no lease. Interrupted when a signal came before the first request.
        """
        organizations = {entry.organization_id for entry in plan.to_send}
        if not organizations:
            return await creating(_nothing, False)  # noqa: FBT003 - a callable's arguments have no names
        try:
            async with self.held(plan.target, organizations) as is_late:
                return await creating(self._before_create, is_late)
        except UnsafePlan as error:  # `creating` raises none: what it meets is in its result
            return refused(plan, error)

    @contextlib.asynccontextmanager
    async def held(self, target: Target, organizations: Iterable[str]) -> AsyncIterator[bool]:
        """Holds the leases of these organizations. Open creates that they carried are in the journal then. Gives whether what
        was known before is too old now: there were such creates, or a dead run had to be waited for. Raises UnsafePlan.
        """
        async with contextlib.AsyncExitStack() as stack:
            try:
                yield await self._take(target, sorted(organizations), stack)
            finally:
                await self._give_back()

    async def _take(
        self, target: Target, organizations: Iterable[str], stack: contextlib.AsyncExitStack
    ) -> bool:
        from reconciler.lease.lease import Lease
        from reconciler.lease.record import holder_hint, target_digest
        from reconciler.lease.remote import open_remote

        opening = open_remote(self.root, self.remote or "origin", environ=os.environ)
        remote = await self.stop.guard(stack.enter_async_context(opening))
        if not self.remote and (doubt := remote.why_a_fork()):
            self.console.error(f"Warning: {doubt}.\n")
        needed = self.create_seconds + target.settle_seconds
        hint = holder_hint(os.environ, os.getpid())
        is_new = False
        for organization in organizations:
            lease = Lease(remote, target_digest(target.url, organization), hint, needed)
            self._leases[organization] = lease
            await self.stop.guard(lease.acquire())
            self.console.words(f"Lease taken: {lease.ref} on git remote {remote.name}.\n")
            is_new |= self.journal.adopt(_unpacked(lease, organization, target.url))
            self._adopted.add(organization)
        quiet = max(lease.quiet_seconds for lease in self._leases.values())
        if quiet:
            self.console.words(
                f"It was left behind by another apply. Waiting {quiet:.0f} seconds, until nothing that was sent then "
                "can still appear.\n"
            )
            await self.stop.guard(self.clock.pause(quiet))
        return is_new or bool(quiet)

    async def _before_create(self, organization_id: str) -> None:
        """The lease is ours, lives long enough, and carries what is about to be sent. Nothing else is waited for here: the token
        was made sure of before the list.
        """
        self._pack(organization_id)
        await self._leases[organization_id].renew()

    def _pack(self, organization_id: str) -> None:
        """Let the lease carry what is open in the journal. It names no organization, because the repository may be public."""
        here = (each for each in self.journal.intents if each.organization_id == organization_id)
        self._leases[organization_id].carried = tuple(
            {key: value for key, value in intent_document(each).items() if key not in _OF_THE_TARGET}
            for each in here
        )

    async def _give_back(self) -> None:
        """Release the lease, with the creates that are open. Or say until when it is held. Trouble here is a warning: the lease expires."""
        from reconciler.lease.record import utc_text

        for organization, lease in self._leases.items():
            if organization in self._adopted:  # else it carries what it carried before
                self._pack(organization)
            why = "a template that was sent may still appear on the server"
            if not lease.quiet_seconds:
                try:
                    await self.stop.guard(lease.release(), more_seconds=_HURRY_SECONDS)
                    continue
                except Interrupted:
                    why = "the git remote did not answer in time"
                except UnsafePlan as error:
                    why = safe_text(error.message)
            if lease.expires is not None:
                self.console.error(
                    f"Warning: the lease is held until {utc_text(lease.expires)}, and no other apply can go on: {why}.\n"
                )


def _unpacked(lease: Lease, organization_id: str, url: str) -> Iterator[Intent]:
    """What the last holder of the lease left in doubt. UnsafePlan for what this version cannot read."""
    for document in lease.carried:
        try:
            yield intent_from({**document, "organizationId": organization_id, "url": url})
        except (KeyError, TypeError):
            raise UnsafePlan(
                f"{lease.ref} carries a create in doubt that this version cannot read",
                help="apply with the version that wrote it, or with a newer one",
            ) from None


async def _nothing(_organization_id: str) -> None:
    """Before a create without a lease."""
