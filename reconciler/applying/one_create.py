"""One create as a state machine, from the look before it to its account. The one irreversible request is sent here.

    State      what happens                                    next
    CHECK      renew a token that would not last, list,        ANNOUNCE: the manifest is still to be created
               read what is new, plan again if there is any    DONE: it is something else now
    ANNOUNCE   the intent goes to the journal, the lease is    SEND
               proved (`before_create`). Both may refuse
    SEND       one POST on a fresh connection                  VERIFY: answered with an id
                                                               WAIT: proved unsent (three times at most), or refused before
                                                               processing (401 once; 429 once, with a wait of a minute at most)
                                                               DONE: never left this machine
                                                               LOOK: any other refusal
                                                               SETTLE: anything else, the outcome is unclear
    WAIT       a pause, or a new token                         CHECK
    VERIFY     read the new template back and compare          DONE
    LOOK       one look at the list for it                     DONE
    SETTLE     look for it as long as the window is open       DONE

From VERIFY, LOOK and SETTLE no way leads back to SEND: a create that may be stored is never sent again. Whatever happens, also a
fault of this program, gives a `Creation`. The journal notes the outcome. An unknown one stays open there.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, TypeAlias

from reconciler.airbyte import api as answers
from reconciler.airbyte.api import NewTemplate, TemplateApi
from reconciler.applying.journal import Journal
from reconciler.applying.live_view import LiveView
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.settle import Search, desired_by, looked_once, settled, verified
from reconciler.applying.stopping import Clock, StopRequest, open_window
from reconciler.errors import EndpointMoved, Interrupted, ReconcilerError, ServerError, UnsafePlan
from reconciler.model.template import Intent, Manifest, Past
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.planning.intents import intent_of, is_about
from reconciler.planning.plan import build_plan

MAX_UNSENT = 3
"""How often a create that never left this machine is tried in all."""

TOKEN_SECONDS = 240.0
"""How long the token has to live before the list is asked for: time for the list, for `before_create`, and for the create. None is
fetched after the list. A token that ends too early all the same is refused with 401, and all is done again.
"""

SAME_FOR_ALL = frozenset({301, 401, 403, 429})
"""Refusals that every later create of the run would get too. A 429 ends a create when the server wants a longer pause than it got,
so the next create must not follow at once.
"""

_CLOSES = {
    Outcome.RECOVERED: "found",
    Outcome.REJECTED: "refused",
    Outcome.NOT_ATTEMPTED: "not sent",
}
"""How the journal closes an intent. One that was created stays open until a list shows it, an unknown one until it is decided."""

BeforeCreate: TypeAlias = Callable[[str], Coroutine[Any, Any, None]]
"""Called with the organization after the list that authorises a create, right before each POST. An exception
stops the create."""


@dataclass(frozen=True)
class Applying:
    """What one apply works with. `manifests` are all of the run: to plan again needs those too that are not created."""

    plan: Plan
    manifests: tuple[Manifest, ...]
    api: TemplateApi
    journal: Journal
    views: dict[str, LiveView]
    stop: StopRequest
    clock: Clock
    before_create: BeforeCreate | None
    past: Callable[[], Past]


class State(Enum):
    """Where one create is. See the table above."""

    CHECK = auto()
    ANNOUNCE = auto()
    SEND = auto()
    WAIT = auto()
    VERIFY = auto()
    LOOK = auto()
    SETTLE = auto()
    DONE = auto()


MAY_BE_STORED = frozenset({State.VERIFY, State.LOOK, State.SETTLE})


async def create_one(run: Applying, entry: Entry) -> Creation:
    """The account of one create with its permitted repeats. Raises nothing but cancellation."""
    attempt = _Attempt(run, entry)
    try:
        account = await attempt.carried_out()
    except ReconcilerError as error:
        account = await attempt.ended_by(error)
    except Exception as error:  # noqa: BLE001 - a fault of our own must not lose the account of what was sent
        account = await attempt.broken_by(error)
    attempt.close(account)
    return account


class _Attempt:
    """`_answer` is the last answer to a POST, `_new_id` or `_error` what it says. `_refused` is the last error that refused a POST before
    processing. `_intent` is what the journal knows, from before the first POST on.
    """

    def __init__(self, run: Applying, entry: Entry) -> None:
        self._run, self._entry, self._manifest = run, entry, desired_by(entry).manifest
        self._view = run.views[entry.organization_id]
        self._state = State.CHECK
        self._answer: answers.CreateAnswer | None = None
        self._intent: Intent | None = None
        self._new_id = ""
        self._error = _unclear("nothing was sent").error
        self._refused: ServerError | None = None
        self._sent_again: list[type] = []
        self._account: Creation | None = None

    async def carried_out(self) -> Creation:
        """Goes from state to state. What is raised before `MAY_BE_STORED` was raised while no POST of this entry could be stored."""
        steps = {
            State.CHECK: self._check,
            State.ANNOUNCE: self._announce,
            State.SEND: self._send,
            State.WAIT: self._wait,
            State.VERIFY: self._verify,
            State.LOOK: self._look,
            State.SETTLE: self._settle,
        }
        while self._state is not State.DONE or self._account is None:
            self._state = await steps[self._state]()
        return self._account

    def _done(self, account: Creation) -> State:
        self._account = account
        return State.DONE

    async def _check(self) -> State:
        run, stop = self._run, self._run.stop
        await stop.guard(run.api.ensure_token(TOKEN_SECONDS))
        await stop.guard(self._view.refresh(self._manifest.connector))
        run.journal.listed(self._view.listed)
        if all(view.is_as_planned for view in run.views.values()):
            return State.ANNOUNCE
        own = None if self._intent is None else self._intent.id
        earlier = [intent for intent in run.journal.remembered if intent.id != own]
        states = [view.state for view in run.views.values()]
        again = build_plan(run.manifests, states, run.plan.target, past=run.past, intents=earlier)
        now = next(e for e in again.entries if e.manifest is self._manifest)
        return State.ANNOUNCE if now.status is Status.CREATE else self._done(self._not_to_create(now))

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
        if found:
            self._view.note_own(found, None)
        outcome = Outcome.RECOVERED if found else Outcome.UNKNOWN
        return replace(account, outcome=outcome, detail=f"{self._refused.message}; but then {account.detail}")

    async def _announce(self) -> State:
        """From here on, a process that starts after this one knows that the create may have been sent.

        When a refused create is sent again, the first one may still be stored. So the list before the first one counts.
        """
        run, organization = self._run, self._entry.organization_id
        if self._intent is None:
            before = self._view.note_sending(self._manifest.connector.id)
            intent = intent_of(desired_by(self._entry), organization, before, run.plan.target.url)
            self._intent = run.journal.begin(intent, lambda other: is_about(other, self._entry))
        if run.before_create is not None:
            await run.stop.guard(run.before_create(organization))
        return State.SEND

    async def _send(self) -> State:
        self._answer = await self._post()
        again = self._sent_again.count(type(self._answer))
        match self._answer:
            case answers.Created(template_id=template_id):
                self._new_id = template_id
                return State.VERIFY
            case answers.Unclear(error=error):
                self._error = error
                return State.SETTLE
            case answers.Unsent(error=error):
                return State.WAIT if again + 1 < MAX_UNSENT else self._done(await self.ended_by(error))
            case answers.Unauthorized(error=error) | answers.Throttled(error=error, wait_seconds=float()):
                self._error = error
                return State.LOOK if again else State.WAIT
            case answers.Throttled(error=error) | answers.Rejected(error=error):
                self._error = error
                return State.LOOK

    async def _post(self) -> answers.CreateAnswer:
        """The one irreversible request. After a signal it may answer within the grace. Then its outcome is unclear."""
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

    async def _wait(self) -> State:
        """What makes the next POST safe: the pause that was asked for, or a new token."""
        run, answer = self._run, self._answer
        self._sent_again.append(type(answer))
        if isinstance(answer, answers.Unauthorized | answers.Throttled):
            self._refused = answer.error
            self._note_error(answer.error)
        if isinstance(answer, answers.Unauthorized):
            await run.stop.guard(run.api.renew_token())
        elif isinstance(answer, answers.Throttled):
            await run.stop.guard(run.clock.pause(answer.wait_seconds or 0.0))
        else:
            await run.stop.guard(run.clock.pause(2.0 ** self._sent_again.count(answers.Unsent)))
        return State.CHECK

    async def _verify(self) -> State:
        self._note("answered 200", self._new_id)
        if self._view.is_known(self._new_id):
            self._error = _unclear(
                f"the server answered with template {self._new_id}, which was there before"
            ).error
            return State.SETTLE
        return self._done(await verified(self._search(), self._new_id))

    async def _look(self) -> State:
        account = await looked_once(self._search(), self._error)
        is_same_for_all = self._error.status in SAME_FOR_ALL or isinstance(self._error, EndpointMoved)
        return self._done(replace(account, stops_the_run=is_same_for_all))

    async def _settle(self) -> State:
        if isinstance(self._answer, answers.Unclear):
            self._note_error(self._error)
        return self._done(await settled(self._search(), self._error))

    def _search(self) -> Search:
        window = open_window(self._run.stop, self._run.clock, self._run.plan.target.settle_seconds)
        return Search(self._view, self._entry, window)

    def _note_error(self, error: ServerError) -> None:
        """Note what came back, without the server's words: they may quote what was sent."""
        self._note("no usable answer" if error.status is None else f"answered {error.status}")

    def _note(self, words: str, template_id: str | None = None) -> None:
        if self._intent is not None:
            self._run.journal.answered(self._intent, words, template_id)

    def close(self, account: Creation) -> None:
        """Close the intent when the account leaves nothing open."""
        how = _CLOSES.get(account.outcome)
        if self._intent is not None and how is not None:
            self._run.journal.close(self._intent.id, how, account.template_id)

    async def ended_by(self, error: ReconcilerError) -> Creation:
        """The account when something else than the create failed: nothing was sent, or it was refused before."""
        if self._state in MAY_BE_STORED:
            return await self.broken_by(error)
        unsafe = isinstance(error, UnsafePlan)
        if self._refused is not None:
            account = await looked_once(self._search(), self._refused)
            detail = f"{account.detail}; it was not sent again: {error.message}"
            return replace(account, detail=detail, help=error.help, stops_the_run=True, unsafe=unsafe)
        if isinstance(error, Interrupted):
            why = "the run was interrupted before this create"
            return Creation(self._entry, Outcome.NOT_ATTEMPTED, detail=why)
        return Creation(
            self._entry, Outcome.NOT_ATTEMPTED, detail=error.message, help=error.help, unsafe=unsafe
        )

    async def broken_by(self, error: Exception) -> Creation:
        """The account when this program itself failed. The kind of error only, its text may hold values."""
        what = f"internal error ({type(error).__name__})"
        if self._state not in MAY_BE_STORED:
            here = ReconcilerError(f"{what} before the create was sent", help="please report this error")
            return await self.ended_by(here)
        return Creation(
            self._entry,
            Outcome.UNKNOWN,
            detail=f"{what} after the create was sent",
            help="it is not sent again: `reconciler plan` says whether it is there; please report the error",
        )


def _unclear(what: str) -> answers.Unclear:
    return answers.Unclear(ServerError(what, method="POST", path="config_templates/sources"))
