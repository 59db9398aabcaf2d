"""Error answers as errors that say what to do next, and the class of each answer to a create or an update. Knows no dialect. Pure.

A write counts as refused or unsent only with proof. Everything else may have been stored. What is proof is the dialect's knowledge:
see `Refusals`. The server's own words are untrusted: they are cut, escaped, and cleared of known secrets before they enter a message.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from reconciler.airbyte.api import Rejected, Throttled, Unauthorized, Unclear, Unsent
from reconciler.airbyte.calls import Call, Endpoint
from reconciler.errors import RefusedByServer, ServerError, Unreachable, UnusableAnswer
from reconciler.http.message import LONGEST_WAIT, Answer
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json
from reconciler.model.text import one_line

DEFAULT_WAIT = 5.0
"""Seconds to wait after a 429 that names no time."""

Done = TypeVar("Done")
Refusal: TypeAlias = Unauthorized | Throttled | Rejected | Unclear

_MAX_TEXT = 500
_MAX_READ = 20_000
"""Characters of the server's words that are looked through for secrets. Far more than are shown."""

_BUSY = "the server is busy or down: start the run again later"
_CREDENTIALS = (
    "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, and that the url is the server they belong to"
)
_STEPS = {
    400: "the server refused the request's values: check the manifest that the message speaks of",
    401: "the server does not accept the token: check the credentials and the url",
    405: "this address does not take such requests: check the url; {url}",
    408: _BUSY,
    409: "another change is under way, or the stored data is inconsistent: start the run again later",
    413: "the template is larger than the server or a proxy before it accepts: make it smaller",
    415: "this address does not take JSON: check the url; {url}",
    422: "the server's validation refused the template: correct the manifest as the message says",
    429: _BUSY,
    500: "the server answers 500 to bad input too: check the organization id, then the server's log",
}


@dataclass(frozen=True)
class Problem:
    """What an error body says. `text` is the most useful sentence, "" when there is none. `about` is what the dialect recognised in it."""

    text: str
    about: str = ""


@dataclass(frozen=True)
class Refusals:
    """What a dialect knows of its error answers.

    `read` finds the problem in a body that is an object. None: it is not the server's. `next_step` is what to do after a status, "" where
    the dialect knows no better than every HTTP client. `error` is the class of the error for a problem. `stores_nothing` says whether a
    complete refusal of a write proves that nothing was stored. `done` are the statuses of a write that was carried out.
    """

    read: Callable[[JsonObject], Problem | None]
    next_step: Callable[[Call, int, Problem | None], str]
    error: Callable[[int, Problem | None], type[RefusedByServer]]
    stores_nothing: Callable[[Answer], bool]
    done: frozenset[int]

    def problem(self, body: bytes, hide: Callable[[str], str] = str) -> Problem | None:
        """The problem in an error body, safe to show. None when the body is something else."""
        try:
            value = parse_json(body)
        except StrictJsonError:
            return None
        found = self.read(value) if isinstance(value, dict) else None
        return found and Problem(one_line(hide(found.text[:_MAX_READ]), _MAX_TEXT), found.about)


def text_or_empty(value: JsonValue) -> str:
    """A member that may be a text."""
    return value if isinstance(value, str) else ""


def refusal(
    refusals: Refusals, call: Call, answer: Answer, *, now: float, hide: Callable[[str], str] = str
) -> RefusedByServer:
    """The error for an answer whose status is not the documented success.

    `now` is seconds since 1970, to read a Retry-After date. `hide` removes known secrets from the server's text.
    """
    problem = refusals.problem(answer.body, hide)
    wait = answer.retry_after(now=now)
    error = refusals.error(answer.status, problem)
    is_redirect = error is RefusedByServer and 300 <= answer.status < 400
    return error(
        _redirect(call, answer) if is_redirect else _message(call, answer, problem),
        method=call.method,
        path=call.path,
        status=answer.status,
        help=_long_wait(wait)
        or refusals.next_step(call, answer.status, problem)
        or _any_step(call, answer.status),
        retry_after=wait,
    )


def _message(call: Call, answer: Answer, problem: Problem | None) -> str:
    text = f"{call} answered {answer.status}"
    return f"{text}: {problem.text}" if problem and problem.text else text


def _redirect(call: Call, answer: Answer) -> str:
    return (
        f"{call} answered {answer.status}, a redirect {_redirect_goal(answer)}; redirects are never followed"
    )


def _redirect_goal(answer: Answer) -> str:
    """Only the host of the Location, because the rest could carry a token."""
    location = answer.headers.get("location")
    if location is None:
        return "without a Location"
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return f"to {one_line(host, _MAX_TEXT)}" if host else "within the same host"


def _long_wait(wait: float | None) -> str:
    if wait is None or wait <= LONGEST_WAIT:
        return ""
    asked = f"{wait:.0f} s" if wait < math.inf else "for years"
    limit = f"{LONGEST_WAIT:.0f} s"
    return f"the server asks to wait {asked}, and a run waits at most {limit}: start it again after that"


def _any_step(call: Call, status: int) -> str:
    """The next step after a status that means the same everywhere. Which status wrong credentials get is not: any that remains."""
    if 300 <= status < 400:
        return f"set the url to the address that answers by itself; {call.url_help}"
    if call.endpoint is Endpoint.TOKEN:
        if status == 404:
            return f"check the url; {call.url_help}"
        if status < 500 and status not in (408, 429):
            return _CREDENTIALS
    other = _BUSY if status > 500 else "look at the server's log, or ask Airbyte with the text above"
    return _STEPS.get(status, other).format(url=call.url_help)


def classify_failure(error: ServerError) -> Unsent | Unclear:
    """The class of a write without a complete, usable answer."""
    if isinstance(error, Unreachable) and not error.sent:
        return Unsent(error)
    return Unclear(error)


def classify_answer(
    refusals: Refusals,
    call: Call,
    answer: Answer,
    done: Callable[[Call, Answer], Done],
    *,
    now: float,
    hide: Callable[[str], str] = str,
) -> Done | Refusal:
    """The class of a write with a complete answer. `done` reads a success. `now` is seconds since 1970. `hide` removes known secrets.

    | Answer | Class |
    |--|--|
    | a status in `done`, with the documented body | what `done` makes of it |
    | 401 | Unauthorized |
    | 429 | Throttled |
    | what the dialect proves to be refused before anything is stored | Rejected |
    | everything else: other 2xx and 3xx, 408, 425, 5xx, no usable body | Unclear |
    """
    if answer.status in refusals.done:
        try:
            return done(call, answer)
        except UnusableAnswer as error:
            return Unclear(error)
    refused = refusal(refusals, call, answer, now=now, hide=hide)
    if answer.status == 401:
        return Unauthorized(refused)
    if answer.status == 429:
        wait = DEFAULT_WAIT if refused.retry_after is None else refused.retry_after
        return Throttled(refused, wait if wait <= LONGEST_WAIT else None)
    return Rejected(refused) if refusals.stores_nothing(answer) else Unclear(refused)
