"""One update, from the read before it to its account: one PATCH of exactly the members that differ.

The states are those of `attempt.py`:

    CHECK      read the template: it must be what the plan saw, and the update what the plan says
    SEND       one PATCH. None where only tags differ
    VERIFY     read it back and compare
    LOOK       read it once
    SETTLE     read it until it is as wanted, or the window is over

What reading back shows, and what it makes of the answer:

                 as wanted    as it was before                else                  not readable
    confirmed    updated      updated, and the run stops      updated, it stops     updated, it stops
    refused      recovered    rejected                        unknown, it stops     rejected
    unclear      recovered    unknown, it stops               unknown, it stops     unknown, it stops

An unclear update that is not there yet may still come. It is not sent again, and the next plan compares anew: that needs no journal.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from reconciler.airbyte import api as answers
from reconciler.airbyte.api import TemplateChange
from reconciler.applying.attempt import TOKEN_SECONDS, Applying, Attempt, State
from reconciler.applying.live_view import line_of
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.read_back import differences, is_merged, is_same, read_until, seen_by, untagged
from reconciler.applying.tagging import tagged
from reconciler.errors import ServerError, UnsafePlan
from reconciler.model.template import LiveTemplate, UnreadTemplate
from reconciler.planning.entry import Change, Entry

_STORED_HELP = (
    "nothing more is sent in this run: look at the changes, and write into the manifest what the server keeps, or change the "
    "template where your organization can"
)
_AGAIN_HELP = "it was sent once and is not sent again: `reconciler plan` compares anew"


async def update_one(run: Applying, entry: Entry) -> Creation:
    """The account of one update with its permitted repeats, tags included. Raises nothing but cancellation."""
    return await tagged(run, await _Update(run, entry).account())


class _Update(Attempt):
    """`_before` is the template as the plan saw it."""

    verb, method = "update", "PATCH"

    def __init__(self, run: Applying, entry: Entry) -> None:
        super().__init__(run, entry)
        if entry.update is None or entry.live is None:
            raise ValueError(f"entry {entry.name!r} has nothing to update")
        self._update, self._before = entry.update, entry.live
        self._line, self._desired = line_of(entry.live), untagged(self._manifest, self._view.dialect)

    async def _check(self) -> State:
        run, stop = self._run, self._run.stop
        await stop.guard(run.api.ensure_token(TOKEN_SECONDS))
        now = await stop.guard(self._view.read(self._line))
        if isinstance(now, UnreadTemplate):
            raise UnsafePlan(
                f"template {now.id} could not be read right before the update: {now.reason}",
                help="run `reconciler plan` again",
            )
        if not is_same(now, self._before):
            return self._done(await self._changed_meanwhile(now))
        planned = run.planned_now(self._entry, None)
        if (planned.status, planned.template_id, planned.update) != (
            self._entry.status,
            self._before.id,
            self._update,
        ):
            raise UnsafePlan(
                f"the server changed since the plan, the manifest is now {planned.status}: {planned.reason}",
                help="look at the plan made now, and apply again",
            )
        return State.ANNOUNCE

    async def _changed_meanwhile(self, now: LiveTemplate) -> Creation:
        """By somebody else's hand, or by our own refused request."""
        if self._refused is not None:
            return await self._looked_once(self._refused)
        self._view.note_changed(now)
        is_wanted = self._desired.equals(seen_by(self._desired, now))
        return self._account_of(
            Outcome.NOT_ATTEMPTED,
            "somebody else changed the template since the plan"
            + (", and it is as wanted" if is_wanted else ""),
            help="" if is_wanted else "look at the plan made now, and apply again",
            equals_manifest=True if is_wanted else None,
            unsafe=not is_wanted,
        )

    async def _announce(self) -> State:
        state = await super()._announce()
        if self._update.members:
            return state
        return self._done(self._account_of(Outcome.NOT_ATTEMPTED, "", equals_manifest=True))

    def _request(self) -> Coroutine[Any, Any, answers.UpdateAnswer]:
        before, update = self._before, self._update
        change = TemplateChange(before.id, before.kind, update.members, update.propagate)
        return self._run.api.update_template(self._entry.organization_id, change)

    async def _verify(self) -> State:
        now = await self._read_back()
        if isinstance(now, str):
            why = f"the server confirmed the update, but it could not be read back: {now}"
            return self._done(self._account_of(Outcome.UPDATED, why, help=_AGAIN_HELP))
        if not self._differences(now):
            return self._done(self._account_of(Outcome.UPDATED, "", equals_manifest=True))
        return self._done(
            self._otherwise(Outcome.UPDATED, f"the server confirmed the update, and {self._what(now)}", now)
        )

    async def _looked_once(self, error: ServerError) -> Creation:
        now = await read_until(self._run.window(), self._view, self._line, lambda _: True)
        if isinstance(now, str):
            return self._account_of(
                Outcome.REJECTED, f"{error.message}; it was not read after it: {now}", help=error.help
            )
        if not is_same(now, self._before):
            return self._decided(error, now)
        why = f"{error.message}; read again: the template is as it was before"
        return self._account_of(Outcome.REJECTED, why, help=error.help)

    async def _settled(self, error: ServerError) -> Creation:
        now = await self._read_back()
        if isinstance(now, str):
            why = f"{error.message}; it could not be read back: {now}"
            return self._account_of(Outcome.UNKNOWN, why, help=_AGAIN_HELP)
        return self._decided(error, now)

    def _decided(self, error: ServerError, now: LiveTemplate) -> Creation:
        """What reading back makes of an answer that does not confirm."""
        if not self._differences(now):
            why = f"no usable answer ({error.message}), found by reading back"
            return self._account_of(Outcome.RECOVERED, why, equals_manifest=True)
        return self._otherwise(Outcome.UNKNOWN, f"{error.message}; {self._what(now)}", now)

    def _what(self, now: LiveTemplate) -> str:
        """How a template that is not as wanted came to be so, as far as it shows."""
        if is_same(now, self._before):
            seconds = f"for {self._run.plan.target.settle_seconds:g} seconds"
            until = "until the run was interrupted" if self._run.stop.is_requested else seconds
            return f"the template was as it was before {until}: nothing of the update was applied by then"
        if is_merged(self._before, now, self._update.members):
            return "the template holds what was sent merged into what was there: this server does not replace a member"
        return "the template holds something else than was sent"

    async def _read_back(self) -> LiveTemplate | str:
        def is_wanted(now: LiveTemplate) -> bool | None:
            return not self._differences(now) or (None if is_same(now, self._before) else False)

        now = await read_until(self._run.window(), self._view, self._line, is_wanted)
        if isinstance(now, LiveTemplate):
            self._view.note_changed(now)
        return now

    def _differences(self, now: LiveTemplate) -> tuple[Change, ...]:
        return differences(self._desired, self._before, now, self._update.members)

    def _otherwise(self, outcome: Outcome, why: str, now: LiveTemplate) -> Creation:
        return self._account_of(
            outcome, why, help=_STORED_HELP, equals_manifest=False, changes=self._differences(now)
        )

    def _account_of(self, outcome: Outcome, why: str, *, help: str = "", **members: Any) -> Creation:
        return Creation(self._entry, outcome, template_id=self._before.id, detail=why, help=help, **members)
