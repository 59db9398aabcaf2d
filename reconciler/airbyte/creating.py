"""What the outcome of one create means: the whole table, pure.

Only what is proved may be called refused or unsent. Everything else may have stored the template.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.airbyte.answers import parse_created
from reconciler.airbyte.api import CreateAnswer, Created, Rejected, Throttled, Unauthorized, Unclear, Unsent
from reconciler.airbyte.calls import Call
from reconciler.airbyte.refusals import read_problem, refusal
from reconciler.errors import EndpointMoved, ServerError, Unreachable, UnusableAnswer
from reconciler.http.message import LONGEST_WAIT, Answer

DEFAULT_WAIT = 5.0
"""Seconds to wait after a 429 that names no time."""

_NOTHING_STORED = frozenset({400, 403, 405, 413, 415})

_VALIDATION = "json schema validation failed"
_NOT_BOUND = "errorId"


def classify_failure(error: ServerError) -> CreateAnswer:
    """The class of a create without a complete, usable answer."""
    if isinstance(error, Unreachable) and not error.sent:
        return Unsent(error)
    return Unclear(error)


def classify_answer(
    call: Call, answer: Answer, *, now: float, hide: Callable[[str], str] = str
) -> CreateAnswer:
    """The class of a create with a complete answer. `now` is seconds since 1970; `hide` removes known secrets.

    | Answer | Class |
    |--|--|
    | 200 with a UUID as id | Created |
    | 401 | Unauthorized |
    | 429 | Throttled |
    | 400, 403, 405, 413, 415, 301 endpoint moved | Rejected: role, licence, route and body are judged before the insert |
    | 422 of the validator, or for a body that could not be bound | Rejected: both come before the insert |
    | other 422 | Unclear: trouble with the database is one too, and the platform reads it again after the insert |
    | 404, 409 | Unclear: the platform reads the connector again after the insert, and it may be withdrawn |
    | everything else: other 2xx and 3xx, 408, 425, 5xx, no usable body | Unclear |
    """
    if answer.status == 200:
        try:
            return Created(parse_created(call, answer))
        except UnusableAnswer as error:
            return Unclear(error)
    refused = refusal(call, answer, now=now, hide=hide)
    if answer.status == 401:
        return Unauthorized(refused)
    if answer.status == 429:
        wait = DEFAULT_WAIT if refused.retry_after is None else refused.retry_after
        return Throttled(refused, wait if wait <= LONGEST_WAIT else None)
    if answer.status == 422:
        is_proved = _is_before_the_insert(answer.body)
    else:
        is_proved = answer.status in _NOTHING_STORED or isinstance(refused, EndpointMoved)
    return Rejected(refused) if is_proved else Unclear(refused)


def _is_before_the_insert(body: bytes) -> bool:
    """Whether a 422 is the validator's, or that of a body that could not be bound (`{"errorId": ...}`).

    The platform answers 422 to every checked exception, and only the text tells the validator's own. Another text makes the
    outcome unclear, never the other way round.
    """
    problem = read_problem(body)
    return problem is not None and problem.text.startswith((_VALIDATION, _NOT_BOUND))
