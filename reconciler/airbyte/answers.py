"""The documented answers as values, or an error. An answer of another shape is never taken for an empty one. Pure.

Unknown members of items are allowed, because servers add them. Members beside the items may say that the list is one page of
several: see `whole_list`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reconciler.airbyte.api import ListedTemplate
from reconciler.airbyte.calls import NO_TEMPLATES_HELP, URL_HELP, Call, Endpoint
from reconciler.airbyte.whole_list import why_partial
from reconciler.errors import UnusableAnswer
from reconciler.http import message
from reconciler.http.message import Answer
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid
from reconciler.model.strict_json import StrictJsonError, parse_json
from reconciler.model.template import LiveTemplate, live_template

WRONG_PLACE = f"check that the url is Airbyte's API and not a web page or a proxy; {URL_HELP}"
_JSON_TYPE = re.compile(r"\s*application/([a-z0-9.-]+\+)?json\s*(;|$)", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]{1,16384}")
_PARTIAL_HELP = (
    "nothing is concluded from a part: look for a newer version of this program, or ask Airbyte what changed"
)


@dataclass(frozen=True)
class TokenAnswer:
    """A token and, when the server names one, its life in seconds."""

    value: str = field(repr=False)
    expires_in: float | None


def parse_list(call: Call, answer: Answer) -> tuple[ListedTemplate, ...]:
    """`{data: [{id, name, ...}]}` as values sorted by id.

    Raises `UnusableAnswer` for every other shape, for an id listed twice, and for any sign that there are
    more pages or that something failed. The documented list (platform v1.7) has no paging.
    """
    body = _object(call, answer)
    data = body.pop("data", None)
    if not isinstance(data, list):
        raise unusable(call, "it has no `data` list")
    if why := why_partial(body, answer.headers, len(data)):
        raise unusable(call, f"it may be partial: {why}", help=_PARTIAL_HELP)
    templates = tuple(_listed(call, index, item) for index, item in enumerate(data))
    if len({template.id for template in templates}) != len(templates):
        raise unusable(call, "it lists a template id twice")
    return tuple(sorted(templates))


def _listed(call: Call, index: int, item: JsonValue) -> ListedTemplate:
    where = f"item {index} of `data`"
    if not isinstance(item, dict):
        raise unusable(call, f"{where} is not an object")
    return ListedTemplate(_uuid(call, item, "id", where), _text(call, item, "name", where))


def parse_template(call: Call, answer: Answer, template_id: str) -> LiveTemplate:
    """One template. Its id must be the one that was asked for."""
    body = _object(call, answer)
    found = _uuid(call, body, "id")
    if found != template_id.lower():
        raise unusable(call, f"it is the template {found}, another one than was asked for")
    return live_template(
        id=found,
        name=_text(call, body, "name"),
        connector_id=_uuid(call, body, "sourceDefinitionId"),
        presets=_member(call, body, "partialDefaultConfig"),
        form=_member(call, body, "configTemplateSpec"),
    )


def parse_created(call: Call, answer: Answer) -> str:
    """The id in the answer to a create."""
    return _uuid(call, _object(call, answer), "id")


def parse_token(call: Call, answer: Answer) -> TokenAnswer:
    """`{access_token, token_type?, expires_in?}`. The token fits a header: visible ASCII, at most 16 KiB."""
    body = _object(call, answer)
    value = body.get("access_token")
    if not isinstance(value, str) or not is_visible_ascii(value):
        raise unusable(call, "its `access_token` is missing or not made of visible ASCII characters")
    kind = body.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise unusable(call, "its `token_type` is not Bearer")
    return TokenAnswer(value, _positive(body.get("expires_in")))


def _positive(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return float(min(value, 10**9))


def is_visible_ascii(text: str) -> bool:
    """Whether the text can be sent as a token: anything else would break the header."""
    return _TOKEN.fullmatch(text) is not None


def unusable(call: Call, reason: str, *, help: str = WRONG_PLACE) -> UnusableAnswer:
    """The error for a success that cannot be trusted."""
    return message.unusable(call, reason, help=help)


def kept_by_a_cache(call: Call) -> UnusableAnswer:
    """The error for an answer that is older than the question, although every cache was asked to pass it on."""
    return unusable(
        call,
        "a cache kept it from before it was asked for (Age or Warning), despite Cache-Control: no-cache",
        help="let nothing between here and the server cache the API, then run again",
    )


def _object(call: Call, answer: Answer) -> JsonObject:
    kind = answer.headers.get("content-type", "")
    if kind and _JSON_TYPE.match(kind) is None:
        # A platform without the route may answer with its web app's page.
        help_text = NO_TEMPLATES_HELP if call.endpoint is Endpoint.LIST else WRONG_PLACE
        raise unusable(call, "its Content-Type is not JSON", help=help_text)
    try:
        value = parse_json(answer.body)
    except StrictJsonError as error:
        raise unusable(call, str(error)) from None
    if not isinstance(value, dict):
        raise unusable(call, "it is not a JSON object")
    return value


def _uuid(call: Call, source: JsonObject, name: str, where: str = "it") -> str:
    value = source.get(name)
    if not is_uuid(value):
        raise unusable(call, f"`{name}` of {where} is not a UUID")
    return value.lower()


def _text(call: Call, source: JsonObject, name: str, where: str = "it") -> str:
    value = source.get(name)
    if not isinstance(value, str):
        raise unusable(call, f"`{name}` of {where} is not a text")
    return value


def _member(call: Call, body: JsonObject, name: str) -> JsonObject:
    value = body.get(name)
    if not isinstance(value, dict):
        raise unusable(call, f"`{name}` is not an object")
    return value
