"""Error answers as errors that say what to do next, and the table of what each answer to a create means. Pure.

A create counts as refused or unsent only with proof. Everything else may have stored the template. The server's own words are
untrusted: they are cut, escaped, and cleared of known secrets before they enter a message.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from reconciler.airbyte.answers import parse_created
from reconciler.airbyte.api import CreateAnswer, Created, Rejected, Throttled, Unauthorized, Unclear, Unsent
from reconciler.airbyte.calls import NO_TEMPLATES_HELP, URL_HELP, Call, Endpoint
from reconciler.errors import EndpointMoved, RefusedByServer, ServerError, Unreachable, UnusableAnswer
from reconciler.http.message import LONGEST_WAIT, Answer
from reconciler.model.json_value import JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json
from reconciler.model.text import one_line

DEFAULT_WAIT = 5.0
"""Seconds to wait after a 429 that names no time."""

_NOTHING_STORED = frozenset({400, 403, 405, 413, 415})

_VALIDATION = "json schema validation failed"
_NOT_BOUND = "errorId"
_MAX_TEXT = 500
_MEMBERS = frozenset({"status", "type", "title", "detail", "message", "errorId"})
_NOT_FOUND_STEPS = {
    Endpoint.TOKEN: f"check the url; {URL_HELP}",
    Endpoint.LIST: NO_TEMPLATES_HELP,
    Endpoint.GET: "the template or its connector was removed while the run was reading: start it again",
    Endpoint.CREATE: "the server does not know this connector, or withdrew it, or the id is a destination's:"
    " check the manifest's connector",
    Endpoint.OWNERSHIP: "check the template id",
}
_BUSY = "the server is busy or down: start the run again later"
_STEPS = {
    400: "the server refused the request's values: check the manifest that the message speaks of",
    401: "the server does not accept the token: check the credentials and the url",
    405: f"this address does not take such requests: check the url; {URL_HELP}",
    408: _BUSY,
    409: "another change is under way, or the stored data is inconsistent: start the run again later",
    413: "the template is larger than the server or a proxy before it accepts: make it smaller",
    415: f"this address does not take JSON: check the url; {URL_HELP}",
    422: "the server's validation refused the template: correct the manifest as the message says",
    429: _BUSY,
    500: "the server answers 500 to bad input too: check the organization id, then the server's log",
}


@dataclass(frozen=True)
class ProblemDocument:
    """What an error body says. `text` is the most useful sentence ("" when there is none). It is safe to show."""

    type: str
    title: str
    text: str

    @property
    def is_about_entitlement(self) -> bool:
        """Whether the organization may not use Embedded, or not this connector: another cure than a missing role."""
        return self.type == "error:license/entitlement" or self.title == "License Entitlement Error"


def read_problem(body: bytes, hide: Callable[[str], str] = str) -> ProblemDocument | None:
    """The problem document in an error body. None when the body is something else.

    Platform v1.7: `{status, type, title, detail, documentationUrl, data}` with the useful text in
    `data.message` and a fixed sentence in `detail`. Errors outside its handler are `{"errorId": uuid}`. The
    login layer answers `{message}`.
    """
    try:
        value = parse_json(body)
    except StrictJsonError:
        return None
    if not isinstance(value, dict) or _MEMBERS.isdisjoint(value):
        return None
    data, error_id = value.get("data"), _text(value.get("errorId"))
    inner = data.get("message") if isinstance(data, dict) else None
    texts = [_text(each) for each in (inner, value.get("detail"), value.get("title"), value.get("message"))]
    text = next((text for text in texts if text.strip()), f"errorId {error_id}" if error_id else "")
    title = one_line(hide(_text(value.get("title"))), _MAX_TEXT)
    return ProblemDocument(_text(value.get("type")), title, one_line(hide(text), _MAX_TEXT))


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def refusal(call: Call, answer: Answer, *, now: float, hide: Callable[[str], str] = str) -> RefusedByServer:
    """The error for an answer whose status is not the documented success.

    `now` is seconds since 1970, to read a Retry-After date. `hide` removes known secrets from the server's text.
    """
    problem = read_problem(answer.body, hide)
    if answer.status == 301 and problem is not None and problem.type == "error:embedded/endpoint-moved":
        return EndpointMoved(
            f"{call} answered 301: this organization now lives on api.airbyte.ai, Airbyte's Agent API",
            method=call.method,
            path=call.path,
            status=301,
            help="this version speaks the public API only and cannot manage its templates there."
            " Remove this environment or point it at an organization that was not moved",
        )
    wait = answer.retry_after(now=now)
    return RefusedByServer(
        _message(call, answer, problem),
        method=call.method,
        path=call.path,
        status=answer.status,
        help=_long_wait(wait) or _next_step(call, answer, problem),
        retry_after=wait,
    )


def _message(call: Call, answer: Answer, problem: ProblemDocument | None) -> str:
    text = f"{call} answered {answer.status}"
    if 300 <= answer.status < 400:
        return f"{text}, a redirect {_redirect_goal(answer)}; redirects are never followed"
    if problem is None or not problem.text:
        return text
    if problem.is_about_entitlement and problem.title != problem.text:
        return f"{text}: {problem.title}: {problem.text}"
    return f"{text}: {problem.text}"


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


def _next_step(call: Call, answer: Answer, problem: ProblemDocument | None) -> str:
    status = answer.status
    if status == 403 and problem is not None and problem.is_about_entitlement:
        return (
            "Airbyte Embedded is not enabled for this organization, or the connector is not: ask Airbyte;"
            " self-managed platforms need an Enterprise licence with Embedded"
        )
    if status == 403:
        role = "READER" if call.endpoint in (Endpoint.LIST, Endpoint.GET) else "ADMIN"
        return f"the application needs the role ORGANIZATION_{role} in organization {call.organization_id}: check both"
    if status == 404:
        return _NOT_FOUND_STEPS[call.endpoint]
    if 300 <= status < 400:
        return f"set the url to the address that answers by itself; {URL_HELP}"
    other = _BUSY if status > 500 else "look at the server's log, or ask Airbyte with the text above"
    return _STEPS.get(status, other)


def classify_failure(error: ServerError) -> CreateAnswer:
    """The class of a create without a complete, usable answer."""
    if isinstance(error, Unreachable) and not error.sent:
        return Unsent(error)
    return Unclear(error)


def classify_answer(
    call: Call, answer: Answer, *, now: float, hide: Callable[[str], str] = str
) -> CreateAnswer:
    """The class of a create with a complete answer. `now` is seconds since 1970. `hide` removes known secrets.

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

    The platform answers 422 to every checked exception, and only the text identifies the validator. Another text makes the
    outcome unclear, never the other way round.
    """
    problem = read_problem(body)
    return problem is not None and problem.text.startswith((_VALIDATION, _NOT_BOUND))
