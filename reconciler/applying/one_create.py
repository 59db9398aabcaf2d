"""One create, from the list before it to its account. The one irreversible request is sent here.

The states are those of `attempt.py`:

    CHECK      list, read what is new, plan again if there is any: it must still be to be created
    ANNOUNCE   the intent goes to the journal first
    VERIFY     read the new template back and compare
    LOOK       one look at the list for it
    SETTLE     look for it in the list

The journal notes the outcome. An unknown one stays open there.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from reconciler.airbyte import api as answers
from reconciler.airbyte.api import NewTemplate
from reconciler.applying.attempt import TOKEN_SECONDS, Applying, Attempt, State
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.read_back import untagged
from reconciler.applying.safety import is_refused_second
from reconciler.applying.settle import Search, looked_once, settled, verified
from reconciler.applying.tagging import tagged
from reconciler.errors import ServerError
from reconciler.planning.entry import Entry, Status
from reconciler.planning.intents import intent_of, is_about

_CLOSES = {
    Outcome.RECOVERED: "found",
    Outcome.REJECTED: "refused",
    Outcome.NOT_ATTEMPTED: "not sent",
}
"""How the journal closes an intent. One that was created stays open until a list shows it, an unknown one until it is decided."""


async def create_one(run: Applying, entry: Entry) -> Creation:
    """The account of one create with its permitted repeats. Raises nothing but cancellation."""
    attempt = _Create(run, entry)
    account = await attempt.account()
    attempt.close(account)
    return await tagged(run, account)


def _now_words(now: Entry) -> str:
    if now.status is Status.CREATE:
        return "and a create would make a second template of its definition now"
    return f"the manifest is now {now.status}: {now.reason}"


class _Create(Attempt):
    """`_asked` is what the POST asks for: everything but tags."""

    verb, method = "create", "POST"

    def __init__(self, run: Applying, entry: Entry) -> None:
        super().__init__(run, entry)
        self._asked = untagged(self._manifest, self._view.dialect)

    async def _check(self) -> State:
        run, stop = self._run, self._run.stop
        await stop.guard(run.api.ensure_token(TOKEN_SECONDS))
        await stop.guard(self._view.refresh(self._manifest))
        run.journal.listed(self._view.listed)
        now = run.planned_now(self._entry, self._intent)
        is_missing = now.status is Status.CREATE and not is_refused_second(now)
        return State.ANNOUNCE if is_missing else self._done(self._not_to_create(now))

    def _not_to_create(self, now: Entry) -> Creation:
        """The manifest became something else than a create: by somebody else's hand, or by our own refused request."""
        found = now.template_id if now.status is Status.IN_SYNC else None
        account = Creation(
            self._entry,
            Outcome.NOT_ATTEMPTED,
            template_id=found,
            equals_manifest=True if found else None,
            unsafe=found is None,
            detail=f"the server changed since the plan, {_now_words(now)}",
        )
        if self._refused is None:
            return account
        if found:
            self._view.note_own(found, None)
        outcome = Outcome.RECOVERED if found else Outcome.UNKNOWN
        return replace(account, outcome=outcome, detail=f"{self._refused.message}; but then {account.detail}")

    async def _announce(self) -> State:
        """From here on, a process that starts after this one knows that the create may have been sent.

        When a refused create is sent again, the first one may still be stored. So the list before the first one counts.
        """
        if self._intent is None:
            run, entry = self._run, self._entry
            before = self._view.note_sending(self._manifest)
            intent = intent_of(self._asked, entry.organization_id, before, run.plan.target.url)
            self._intent = run.journal.begin(intent, lambda other: is_about(other, entry))
        return await super()._announce()

    def _request(self) -> Coroutine[Any, Any, answers.CreateAnswer]:
        asked = self._asked.manifest
        new = NewTemplate(
            asked.connector.id, asked.presets, asked.form, asked.settings, asked.kind, asked.clone_of
        )
        return self._run.api.create_template(self._entry.organization_id, new)

    async def _verify(self) -> State:
        new_id = self._answer.template_id if isinstance(self._answer, answers.Created) else ""
        self._note("answered 200", new_id)
        if self._view.is_known(new_id):
            was_there = f"the server answered with template {new_id}, which was there before"
            self._error = self._unclear(was_there).error
            return State.SETTLE
        return self._done(await verified(self._search(), new_id))

    def _search(self) -> Search:
        return Search(self._view, self._entry, self._asked, self._run.window())

    async def _looked_once(self, error: ServerError) -> Creation:
        return await looked_once(self._search(), error)

    async def _settled(self, error: ServerError) -> Creation:
        return await settled(self._search(), error)

    def close(self, account: Creation) -> None:
        """Close the intent when the account leaves nothing open."""
        how = _CLOSES.get(account.outcome)
        if self._intent is not None and how is not None:
            self._run.journal.close(self._intent.id, how, account.template_id)
