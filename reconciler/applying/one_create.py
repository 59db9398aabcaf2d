"""One create, from the look before it to its account. The one irreversible request of this program is sent here.

  1. Renew a token that would not last. List again; read what is new; plan again if anything is. Only a manifest
     that is still `create` goes on.
  2. Announce it in the journal, and to what makes the run exclusive (`before_create`): both may refuse.
  3. POST once, on a fresh connection. Sent again only where the first one is proved unsent, or refused before
     processing (401 once with a new token, 429 once after its wait if that is a minute at most), and then from step 1.
  4. A definite answer: read the new template back and compare.
     Anything else: `settle.py` looks for a template that was not there before. Never a second POST.
  5. Note in the journal what came of it. What stays unknown stays open there, for this and every later run.

Whatever happens, also a fault of this program, ends in an account: what was sent is never forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from reconciler.airbyte import api as answers
from reconciler.airbyte.api import NewTemplate
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.run import Applying
from reconciler.applying.search import desired_by
from reconciler.applying.settle import look_once, settle, verified
from reconciler.applying.window import Window, open_window
from reconciler.errors import EndpointMoved, Interrupted, ReconcilerError, ServerError, UnsafePlan
from reconciler.model.intent import Intent
from reconciler.planning.entry import Entry, Status
from reconciler.planning.intents import intent_of, is_about
from reconciler.planning.plan import build_plan

MAX_UNSENT = 3
"""How often a create that never left this machine is tried in all."""

TOKEN_SECONDS = 240.0
"""How long the token has to live before the list is asked for: time for the list, for whoever lets the create go out, and for the
create. None is fetched after the list; a token that ends too early all the same is refused with 401, and all is done again.
"""

SAME_FOR_ALL = frozenset({301, 401, 403, 429})
"""Refusals that every later create of the run would meet too. A 429 that ends a create asks for a longer pause than it got:
the next manifest's create at once would be the opposite.
"""

_CLOSING = {
    Outcome.RECOVERED: "found",
    Outcome.REJECTED: "refused",
    Outcome.NOT_ATTEMPTED: "not sent",
}

_Refused: TypeAlias = answers.Unauthorized | answers.Throttled


async def create_one(run: Applying, entry: Entry) -> Creation:
    """The account of one create with its permitted repeats. Raises nothing but cancellation."""
    attempt = _Attempt(run, entry)
    try:
        account = await attempt.carry_out()
    except ReconcilerError as error:
        account = await attempt.ended_by(error)
    except Exception as error:  # noqa: BLE001 - a fault of our own must not lose the account of what was sent
        account = await attempt.broken_by(error)
    attempt.note(account)
    return account


class _Attempt:
    """`refused` is the last answer that refused a POST before processing; `is_open` says that one may be stored; `intent` is
    what the journal knows of it, from before the first POST on.
    """

    def __init__(self, run: Applying, entry: Entry) -> None:
        if entry.manifest is None:
            raise ValueError(f"entry {entry.name!r} has no manifest to create")
        self._run, self._entry, self._manifest = run, entry, entry.manifest
        self._view = run.views[entry.organization_id]
        self._refused: _Refused | None = None
        self._is_open = False
        self._intent: Intent | None = None

    async def carry_out(self) -> Creation:
        """The steps above. What is raised here was raised while no POST of this entry could be stored."""
        unsent, spent, stop = 0, set[type](), self._run.stop
        while True:
            stale = await self._overtaken()
            if stale is not None:
                return stale
            await self._announce()
            answer = await self._post()
            match answer:
                case answers.Unsent() if unsent + 1 < MAX_UNSENT:
                    unsent += 1
                    await stop.guard(self._run.clock.pause(2.0**unsent))
                case answers.Unauthorized() if answers.Unauthorized not in spent:
                    self._note_refusal(answer, spent)
                    await stop.guard(self._run.api.renew_token())
                case answers.Throttled(wait_seconds=float(wait)) if answers.Throttled not in spent:
                    self._note_refusal(answer, spent)
                    await stop.guard(self._run.clock.pause(wait))
                case _:
                    return await self._conclude(answer)

    def _note_refusal(self, answer: _Refused, spent: set[type]) -> None:
        spent.add(type(answer))
        self._refused = answer
        self._note_answer(_words(answer.error))

    async def _overtaken(self) -> Creation | None:
        """A fresh list; None when the manifest is still to be created, else the account of why it is not."""
        run, stop = self._run, self._run.stop
        await stop.guard(run.api.ensure_token(TOKEN_SECONDS))
        await stop.guard(self._view.refresh(self._manifest.connector))
        run.journal.listed(self._view.listed)
        if all(view.is_as_planned for view in run.views.values()):
            return None
        own = None if self._intent is None else self._intent.id
        earlier = [intent for intent in run.journal.remembered if intent.id != own]
        states = [view.state for view in run.views.values()]
        again = build_plan(run.manifests, states, run.plan.target, past=run.past, intents=earlier)
        now = next(e for e in again.entries if e.manifest is self._manifest)
        return None if now.status is Status.CREATE else self._not_to_create(now)

    def _not_to_create(self, now: Entry) -> Creation:
        """The manifest became something else than a create: by somebody else's hand, or by our own refused request."""
        found = now.template_id if now.status is Status.IN_SYNC else None
        account = Creation(
            self._entry,
            Outcome.NOT_ATTEMPTED,
            template_id=found,
            equals_manifest=True if found else None,
            unsafe=found is None,
            detail=f"the server changed since the plan, the manifest is now {now.status}: {now.reason}",
        )
        if self._refused is None:
            return account
        outcome = Outcome.RECOVERED if found else Outcome.UNKNOWN
        if found:
            self._view.note_own(found, None)
        detail = f"{self._refused.error.message}; but then {account.detail}"
        return replace(account, outcome=outcome, detail=detail)

    async def _announce(self) -> None:
        """From here on, a process that starts after this one knows that the create may have been sent.

        Of a create that was refused and is sent again, the first may be stored all the same: the list before it counts.
        """
        run, stop = self._run, self._run.stop
        if self._intent is None:
            before = self._view.note_sending(self._manifest.connector.id)
            organization, url = self._entry.organization_id, run.plan.target.url
            intent = intent_of(desired_by(self._entry), organization, before, url)
            self._intent = run.journal.begin(intent, lambda other: is_about(other, self._entry))
        if run.before_create is not None:
            await stop.guard(run.before_create(self._entry.organization_id))

    async def _post(self) -> answers.CreateAnswer:
        """The one irreversible request. After a signal it may answer within the grace; then its outcome is unclear."""
        stop, manifest = self._run.stop, self._manifest
        new = NewTemplate(manifest.connector.id, manifest.presets, manifest.form)
        request = self._run.api.create_template(self._entry.organization_id, new)
        if stop.is_requested:
            request.close()
            raise Interrupted("stopped by a signal")
        try:
            return await stop.guard(request, graceful=True)
        except Interrupted:
            return _unclear("interrupted while the create was under way")
        except ReconcilerError:
            raise  # raised before anything is sent: no token, no usable id
        except Exception as error:  # noqa: BLE001 - a fault of our own must not lose a create that may be stored
            return _unclear(f"internal error ({type(error).__name__}) while the create was under way")

    async def _conclude(self, answer: answers.CreateAnswer) -> Creation:
        """The account by the last answer. From here on a stored template may be ours."""
        self._is_open = not isinstance(answer, answers.Unsent)
        match answer:
            case answers.Created(template_id=template_id):
                self._note_answer("answered 200", template_id)
                return await self._verify(template_id)
            case answers.Unclear(error=error):
                self._note_answer(_words(error))
                return await self._settle(error)
            case answers.Unsent(error=error):
                return await self.ended_by(error)
        account = await look_once(self._view, self._window(), self._entry, answer.error)
        everyone = answer.error.status in SAME_FOR_ALL or isinstance(answer.error, EndpointMoved)
        return replace(account, stops_the_run=everyone)

    async def _verify(self, template_id: str) -> Creation:
        if self._view.is_known(template_id):
            answered = f"the server answered with template {template_id}, which was there before"
            return await self._settle(_unclear(answered).error)
        return await verified(self._view, self._window(), self._entry, template_id)

    async def _settle(self, error: ServerError) -> Creation:
        return await settle(self._view, self._window(), self._entry, error)

    def _window(self) -> Window:
        return open_window(self._run.stop, self._run.clock, self._run.plan.target.settle_seconds)

    def _note_answer(self, words: str, template_id: str | None = None) -> None:
        if self._intent is not None:
            self._run.journal.answered(self._intent, words, template_id)

    def note(self, account: Creation) -> None:
        """Close the intent when the account leaves nothing open. One that was created stays open until a list shows it."""
        if self._intent is None:
            return
        how = _CLOSING.get(account.outcome)
        if how is not None:
            self._run.journal.close(self._intent.id, how, account.template_id)

    async def ended_by(self, error: ReconcilerError) -> Creation:
        """The account when something else than the create failed: nothing was sent, or it was refused before."""
        if self._is_open:
            return await self.broken_by(error)
        unsafe = isinstance(error, UnsafePlan)
        if self._refused is not None:
            refusal = self._refused.error
            account = await look_once(self._view, self._window(), self._entry, refusal)
            detail = f"{account.detail}; it was not sent again: {error.message}"
            return replace(account, detail=detail, help=error.help, stops_the_run=True, unsafe=unsafe)
        if isinstance(error, Interrupted):
            why = "the run was interrupted before this create"
            return Creation(self._entry, Outcome.NOT_ATTEMPTED, detail=why)
        return Creation(
            self._entry, Outcome.NOT_ATTEMPTED, detail=error.message, help=error.help, unsafe=unsafe
        )

    async def broken_by(self, error: Exception) -> Creation:
        """The account when this program itself failed; the kind of error only, its text may hold values."""
        what = f"internal error ({type(error).__name__})"
        if not self._is_open:
            here = ReconcilerError(f"{what} before the create was sent", help="please report this error")
            return await self.ended_by(here)
        return Creation(
            self._entry,
            Outcome.UNKNOWN,
            detail=f"{what} after the create was sent",
            help="it is not sent again: `reconciler plan` says whether it is there; please report the error",
        )


def _words(error: ServerError) -> str:
    """What came back, without the server's words: they may quote what was sent."""
    return "no usable answer" if error.status is None else f"answered {error.status}"


def _unclear(what: str) -> answers.Unclear:
    return answers.Unclear(ServerError(what, method="POST", path="config_templates/sources"))
