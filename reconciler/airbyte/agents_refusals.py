"""What the Agent API's error answers mean. Pure.

Two shapes are in use: `{message, errors: [{field, message, error_code, details}]}` of the OpenAPI document, and FastAPI's `{detail}` with a
text or a list of `{loc, msg, type}`, which the docs show and the vendor's clients read. These clients also look for
`userPresentableMessage` and `error`.
"""

from __future__ import annotations

import re

from reconciler.airbyte.calls import Call, Endpoint
from reconciler.airbyte.refusals import Problem, Refusals, text_or_empty
from reconciler.errors import RefusedByServer
from reconciler.http.message import Answer
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json

URL_HELP = "the Agent API is at https://api.airbyte.ai/api/v1"

_NO_ORGANIZATION = "no-organization"
_NAME_TAKEN = "name-taken"
_SIGNS = {
    _NO_ORGANIZATION: re.compile(r"specify (the |a )?target organization", re.IGNORECASE),
    _NAME_TAKEN: re.compile(
        r"already (exist|taken|used|in use|present)|duplicate|conflict|(not|must be|be) unique|uniqueness"
        r"|unique constraint|(is|was|been) taken",
        re.IGNORECASE,
    ),
}
_MEMBERS = frozenset({"message", "errors", "detail", "error"})
_ITEM_TEXTS = ("userPresentableMessage", "message", "msg", "error")
_REQUEST_PARTS = frozenset({"body", "query", "path", "header", "cookie"})
_NOT_FOUND_STEPS = {
    Endpoint.LIST: f"there are no templates of the Agent API at this url: {URL_HELP}. A self-managed platform from 1.7 to 2.1"
    " has the public API: set `api: public` for the environment",
    Endpoint.GET: "the template was removed while the run was reading, or is another organization's: start the run again",
    Endpoint.CREATE: "the server does not know this connector, or the template that is to be cloned: check the manifest",
    Endpoint.UPDATE: "the template was removed, or is not the organization's: run `reconciler plan` again",
    Endpoint.TAG: "the template or the tag was removed, or the server has no endpoints for tags: run `reconciler plan` again",
}
_TAKEN_STEP = "a template of this name may exist already: run `reconciler plan`, which reads the list again"


def _read_problem(body: JsonObject) -> Problem | None:
    if _MEMBERS.isdisjoint(body):
        return None
    head = next((t for t in (_said(body.get(n)) for n in ("message", "detail", "error")) if t), "")
    items = [text for text in map(_item_text, _items(body)) if text]
    if any(item.endswith(head) for item in items):
        head = ""
    text = ": ".join(part for part in (head, "; ".join(items)) if part)
    return Problem(text, next((about for about, sign in _SIGNS.items() if sign.search(text)), ""))


def _said(value: JsonValue) -> str:
    return text_or_empty(value).strip()


def _items(body: JsonObject) -> list[JsonValue]:
    lists = [each for each in (body.get("errors"), body.get("detail")) if isinstance(each, list)]
    return [item for each in lists for item in each]


def _item_text(item: JsonValue) -> str:
    """`field: message`. FastAPI's `loc` is the way to the field."""
    if not isinstance(item, dict):
        return _said(item)
    place, loc = _said(item.get("field")), item.get("loc")
    if not place and isinstance(loc, list):
        place = ".".join(str(step) for step in loc if isinstance(step, str | int))
    said = next((text for text in (_said(item.get(name)) for name in _ITEM_TEXTS) if text), "")
    return ": ".join(part for part in (place, said) if part)


def _error(status: int, problem: Problem | None) -> type[RefusedByServer]:
    del status, problem
    return RefusedByServer


def _next_step(call: Call, status: int, problem: Problem | None) -> str:
    organization, about = call.organization_id, problem.about if problem is not None else ""
    if about == _NO_ORGANIZATION:
        return (
            f"the credentials reach several organizations, and X-Organization-Id: {organization}, which was sent, chose none of them:"
            " check organizationId, and that no proxy removes the header"
        )
    if call.endpoint is Endpoint.TOKEN:
        return ""
    if about == _NAME_TAKEN or status == 409:
        return _TAKEN_STEP
    if status == 403:
        return f"the credentials may not do this in organization {organization}: check organizationId and their role in it"
    return _NOT_FOUND_STEPS.get(call.endpoint, "") if status == 404 else ""


_NOTHING_STORED = frozenset({403, 405, 413, 415})


def _stores_nothing(answer: Answer) -> bool:
    """Whether a refused write is proved to have stored nothing, as far as the order of things in a closed server can be proved.

    | Answer | Proof |
    |--|--|
    | name conflict in the words of any answer | no: it may be our own template that took the name (the vendor's page of 2026-02 knows it) |
    | 403, 405, 413, 415 | yes: refused for the request's sender, method, size or type (RFC 9110, 15.5) |
    | 400 that asks for a target organization | yes: no organization, nothing to store in it (PyAirbyte shows the text) |
    | 400 or 422 whose every error names a part of the request | yes: this is how FastAPI answers a request before the handler runs
      (`loc` begins with `body`), and how the document says 422 (`field`) |
    | any other 400 or 422 | no: a handler may raise it at any time, after the insert too |
    | 404, 409 and everything else | no: not documented where it comes from |

    What is refused is looked for once all the same, and what is unclear as long as `settleSeconds` say.
    """
    problem = REFUSALS.problem(answer.body)
    about = problem.about if problem is not None else ""
    if about == _NAME_TAKEN:
        return False
    if answer.status in (400, 422):
        return (answer.status == 400 and about == _NO_ORGANIZATION) or _is_about_the_request(answer.body)
    return answer.status in _NOTHING_STORED


def _is_about_the_request(body: bytes) -> bool:
    try:
        value = parse_json(body)
    except StrictJsonError:
        return False
    items = _items(value) if isinstance(value, dict) else []
    return bool(items) and all(map(_names_a_part, items))


def _names_a_part(item: JsonValue) -> bool:
    if not isinstance(item, dict):
        return False
    loc = item.get("loc")
    first = _said(loc[0]) if isinstance(loc, list) and loc else ""
    return first in _REQUEST_PARTS or _said(item.get("field")) != ""


REFUSALS = Refusals(_read_problem, _next_step, _error, _stores_nothing, frozenset({200, 201}))
