"""One request that changes the server, as a state machine: from the look before it to its account.

    State      what happens                                        next
    CHECK      make sure of the token, and that it is still        ANNOUNCE: it is to be sent
               what the plan saw                                   DONE: something changed
    ANNOUNCE   the intent of a create goes to the journal, the     SEND
               lease is proved (`before_create`). Both may refuse
    SEND       one POST or PATCH on a fresh connection             VERIFY: answered as documented
                                                                   WAIT: proved unsent (three times at most), or refused before
                                                                   processing (401 once; 429 once, with a wait of a minute at most)
                                                                   DONE: never left this machine
                                                                   LOOK: any other refusal
                                                                   SETTLE: anything else, the outcome is unclear
    WAIT       a pause, or a new token                             CHECK
    VERIFY     read back and compare                               DONE
    LOOK       one look at what is stored                          DONE
    SETTLE     look at it as long as the window is open            DONE

From VERIFY, LOOK and SETTLE no way leads back to SEND: what may be stored is never sent again. Whatever happens, also a fault of this
program, gives a `Creation`. `one_create.py` and `one_update.py` say what each state does for a create and for an update.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any, ClassVar, TypeAlias

from reconciler.airbyte import api as answers
from reconciler.airbyte.api import TemplateApi
from reconciler.applying.journal import Journal
from reconciler.applying.live_view import LiveView
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.settle import manifest_of
from reconciler.applying.stopping import Clock, StopRequest, Window, open_window
from reconciler.errors import EndpointMoved, Interrupted, ReconcilerError, ServerError, UnsafePlan
from reconciler.model.template import Intent, Manifest, Past
from reconciler.planning.entry import Entry, Plan
from reconciler.planning.plan import build_plan

MAX_UNSENT = 3
"""How often a request that never left this machine is tried in all."""

TOKEN_SECONDS = 240.0
"""How long the token has to live before the list is asked for: time for the list, for `before_create`, and for the request. None is
fetched after the list. A token that ends too early all the same is refused with 401, and all is done again.
"""

SAME_FOR_ALL = frozenset({301, 401, 403, 429})
"""Refusals that every later request of the run would get too. A 429 ends an attempt when the server wants a longer pause than it got,
so the next request must not follow at once.
"""

BeforeCreate: TypeAlias = Callable[[str], Coroutine[Any, Any, None]]
"""Called with the organization after the reads that authorise a create or an update, right before each is sent. An exception
stops it."""

Answer: TypeAlias = answers.CreateAnswer | answers.UpdateAnswer


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
    _tags: dict[str, bool] = field(default_factory=dict)

    async def can_tag(self, organization_id: str) -> bool:
        """Whether the server can add and remove tags. Asked once for each organization. Raises as a read does."""
        if organization_id not in self._tags:
            self._tags[organization_id] = await self.api.can_tag(organization_id)
        return self._tags[organization_id]

    def window(self) -> Window:
        """A window of the environment's `settleSeconds` that opens now."""
        return open_window(self.stop, self.clock, self.plan.target.settle_seconds)

    def planned_now(self, entry: Entry, own: Intent | None) -> Entry:
        """What the plan says of the entry's manifest now: the entry itself as long as nothing was seen that the plan does not know.

        `own` is the entry's own intent, which leaves it in no doubt.
        """
        if all(view.is_as_planned for view in self.views.values()):
            return entry
        earlier = [intent for intent in self.journal.remembered if own is None or intent.id != own.id]
        states = [view.state for view in self.views.values()]
        again = build_plan(self.manifests, states, self.plan.target, past=self.past, intents=earlier)
        return next(each for each in again.entries if each.manifest is entry.manifest)


class State(Enum):
    """Where one attempt is. See the table above."""

    CHECK = auto()
    ANNOUNCE = auto()
    SEND = auto()
    WAIT = auto()
    VERIFY = auto()
    LOOK = auto()
    SETTLE = auto()
    DONE = auto()


MAY_BE_STORED = frozenset({State.VERIFY, State.LOOK, State.SETTLE})


class Repeats:
    """How often one request may be sent again: while it is proved unsent, or refused before processing. `made` are the answers, by
    type, that it was sent again after.
    """

    def __init__(self, run: Applying) -> None:
        self._run = run
        self.made: list[type] = []

    def permit(self, answer: Answer) -> bool:
        """Whether it may be sent once more after this answer. Only after `wait`."""
        again = self.made.count(type(answer))
        match answer:
            case answers.Unsent():
                return again + 1 < MAX_UNSENT
            case answers.Unauthorized() | answers.Throttled(wait_seconds=float()):
                return not again
        return False

    async def wait(self, answer: Answer | None) -> None:
        """What makes the next request safe: the pause that was asked for, or a new token. Raises as a read does."""
        run = self._run
        self.made.append(type(answer))
        if isinstance(answer, answers.Unauthorized):
            await run.stop.guard(run.api.renew_token())
        elif isinstance(answer, answers.Throttled):
            await run.stop.guard(run.clock.pause(answer.wait_seconds or 0.0))
        else:
            await run.stop.guard(run.clock.pause(2.0 ** self.made.count(answers.Unsent)))


class Attempt(ABC):
    """`_answer` is the last answer, `_error` what it says. `_refused` is the last error that refused a request before processing.
    `_intent` is what the journal knows of a create, from before the first request on. `verb` is what the request is called, `method`
    its method.
    """

    verb: ClassVar[str]
    method: ClassVar[str]

    def __init__(self, run: Applying, entry: Entry) -> None:
        self._run, self._entry, self._manifest = run, entry, manifest_of(entry)
        self._view = run.views[entry.organization_id]
        self._state = State.CHECK
        self._answer: Answer | None = None
        self._error = self._unclear("nothing was sent").error
        self._refused: ServerError | None = None
        self._intent: Intent | None = None
        self._repeats = Repeats(run)
        self._account: Creation | None = None

    async def account(self) -> Creation:
        """The account of it with its permitted repeats. Raises nothing but cancellation."""
        try:
            return await self._carried_out()
        except ReconcilerError as error:
            return await self._ended_by(error)
        except Exception as error:  # noqa: BLE001 - a fault of our own must not lose the account of what was sent
            return await self._broken_by(error)

    async def _carried_out(self) -> Creation:
        """Goes from state to state. What is raised before `MAY_BE_STORED` was raised while nothing of this entry could be stored."""
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

    @abstractmethod
    async def _check(self) -> State:
        """Whether it is still to be sent."""

    @abstractmethod
    def _request(self) -> Coroutine[Any, Any, Answer]:
        """The exchange, not begun yet."""

    @abstractmethod
    async def _verify(self) -> State:
        """What the server confirmed is read back."""

    @abstractmethod
    async def _looked_once(self, error: ServerError) -> Creation:
        """The account of a refusal, after one look at what is stored."""

    @abstractmethod
    async def _settled(self, error: ServerError) -> Creation:
        """The account of an unclear answer, as far as reading can decide it."""

    async def _announce(self) -> State:
        if self._run.before_create is not None:
            await self._run.stop.guard(self._run.before_create(self._entry.organization_id))
        return State.SEND

    async def _send(self) -> State:
        self._answer = await self._exchange()
        is_permitted = self._repeats.permit(self._answer)
        match self._answer:
            case answers.Created() | answers.Updated():
                return State.VERIFY
            case answers.Unclear(error=error):
                self._error = error
                return State.SETTLE
            case answers.Unsent(error=error):
                return State.WAIT if is_permitted else self._done(await self._ended_by(error))
            case _:
                self._error = self._answer.error
                return State.WAIT if is_permitted else State.LOOK

    async def _exchange(self) -> Answer:
        """The request. After a signal it may answer within the grace. Then its outcome is unclear."""
        stop, request = self._run.stop, self._request()
        if stop.is_requested:
            request.close()
            raise Interrupted("stopped by a signal")
        try:
            return await stop.guard(request, graceful=True)
        except Interrupted:
            return self._unclear(f"interrupted while the {self.verb} was under way")
        except ReconcilerError:
            raise  # raised before anything is sent: no token, no usable id
        except Exception as error:  # noqa: BLE001 - a fault of our own must not lose what may be stored
            return self._unclear(
                f"internal error ({type(error).__name__}) while the {self.verb} was under way"
            )

    async def _wait(self) -> State:
        answer = self._answer
        if isinstance(answer, answers.Unauthorized | answers.Throttled):
            self._refused = answer.error
            self._note_error(answer.error)
        await self._repeats.wait(answer)
        return State.CHECK

    async def _look(self) -> State:
        account = await self._looked_once(self._error)
        is_same_for_all = self._error.status in SAME_FOR_ALL or isinstance(self._error, EndpointMoved)
        return self._done(replace(account, stops_the_run=is_same_for_all))

    async def _settle(self) -> State:
        if isinstance(self._answer, answers.Unclear):
            self._note_error(self._error)
        return self._done(await self._settled(self._error))

    def _note_error(self, error: ServerError) -> None:
        """Note what came back, without the server's words: they may quote what was sent."""
        self._note("no usable answer" if error.status is None else f"answered {error.status}")

    def _note(self, words: str, template_id: str | None = None) -> None:
        if self._intent is not None:
            self._run.journal.answered(self._intent, words, template_id)

    async def _ended_by(self, error: ReconcilerError) -> Creation:
        """The account when something else than the request failed: nothing was sent, or it was refused before."""
        if self._state in MAY_BE_STORED:
            return await self._broken_by(error)
        unsafe = isinstance(error, UnsafePlan)
        if self._refused is not None:
            account = await self._looked_once(self._refused)
            detail = f"{account.detail}; it was not sent again: {error.message}"
            return replace(account, detail=detail, help=error.help, stops_the_run=True, unsafe=unsafe)
        if isinstance(error, Interrupted):
            why = f"the run was interrupted before this {self.verb}"
            return Creation(self._entry, Outcome.NOT_ATTEMPTED, detail=why)
        return Creation(
            self._entry, Outcome.NOT_ATTEMPTED, detail=error.message, help=error.help, unsafe=unsafe
        )

    async def _broken_by(self, error: Exception) -> Creation:
        """The account when this program itself failed. The kind of error only, its text may hold values."""
        what = f"internal error ({type(error).__name__})"
        if self._state not in MAY_BE_STORED:
            here = ReconcilerError(f"{what} before the {self.verb} was sent", help="please report this error")
            return await self._ended_by(here)
        return Creation(
            self._entry,
            Outcome.UNKNOWN,
            detail=f"{what} after the {self.verb} was sent",
            help="it is not sent again: `reconciler plan` says whether it is there; please report the error",
        )

    def _unclear(self, what: str) -> answers.Unclear:
        return answers.Unclear(ServerError(what, method=self.method, path="templates"))
