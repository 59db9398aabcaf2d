"""What the answers of every dialect have in common, as values, or an error. An answer of another shape is never taken for an empty
one. Pure.

Unknown members of items are allowed, because servers add them. Members beside the items may say that the list is one page of
several: see `whole_list`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.airbyte.api import ListedTemplate
from reconciler.airbyte.calls import Call
from reconciler.airbyte.whole_list import why_partial
from reconciler.errors import UnusableAnswer
from reconciler.http import message
from reconciler.http.message import Answer
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid
from reconciler.model.strict_json import StrictJsonError, parse_json

DEFAULT_LIFE = 180.0
"""Seconds a token is believed to live when nothing says how long: the shortest life that the vendor ever documented."""

_JSON_TYPE = re.compile(r"\s*application/([a-z0-9.-]+\+)?json\s*(;|$)", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]{1,16384}")
_PARTIAL_HELP = (
    "nothing is concluded from a part: look for a newer version of this program, or ask Airbyte what changed"
)


@dataclass(frozen=True)
class TokenAnswer:
    """A token and, when the server names them, its life in seconds and its organization (None: not named)."""

    value: str = field(repr=False)
    expires_in: float | None
    organization_id: str | None = None


@dataclass(frozen=True)
class Token:
    """An access token. `expires_at` on the monotonic clock, `life` its whole length in seconds. `organization_id` is what it was asked
    for, "" for every organization. `is_confirmed`: the server said that it is the organization's.
    """

    value: str = field(repr=False)
    expires_at: float = math.inf
    life: float = 0.0
    organization_id: str = ""
    is_confirmed: bool = False

    def lives_for(self, seconds: float, now: float) -> bool:
        """Whether it lives for `seconds` and a margin (a minute, or a tenth of a short life) from now on. A new token always
        counts, however short its life.
        """
        margin = 60.0 if self.life >= DEFAULT_LIFE else self.life / 10
        return self.expires_at - now >= min(max(seconds, 0.0) + margin, 0.9 * self.life)


def parse_items(call: Call, answer: Answer, *, page_help: str = "") -> tuple[tuple[str, JsonObject], ...]:
    """`{data: [{...}]}` as its items, each with the words that say where it was. `page_help` is the next step after a web page.

    Raises `UnusableAnswer` for every other shape, and for any sign that there are more pages or that something failed. The documented
    lists (platform v1.7, Agent API 0.9.0) have no paging.
    """
    body = parse_object(call, answer, page_help=page_help)
    data = body.pop("data", None)
    if not isinstance(data, list):
        raise unusable(call, "it has no `data` list")
    if why := why_partial(body, answer.headers, len(data)):
        raise unusable(call, f"it may be partial: {why}", help=_PARTIAL_HELP)
    return tuple(_item(call, f"item {index} of `data`", item) for index, item in enumerate(data))


def _item(call: Call, where: str, item: JsonValue) -> tuple[str, JsonObject]:
    if not isinstance(item, dict):
        raise unusable(call, f"{where} is not an object")
    return where, item


def sorted_once(call: Call, templates: Iterable[ListedTemplate]) -> tuple[ListedTemplate, ...]:
    """The templates sorted by id. An id that is listed twice makes the list unusable."""
    listed = sorted(templates)
    if len({template.id for template in listed}) != len(listed):
        raise unusable(call, "it lists a template id twice")
    return tuple(listed)


def parse_created(call: Call, answer: Answer) -> str:
    """The id in the answer to a create."""
    return uuid_of(call, parse_object(call, answer), "id")


def parse_token(call: Call, answer: Answer) -> TokenAnswer:
    """`{access_token, token_type?, expires_in?, organization_id?}`. The token fits a header: visible ASCII, at most 16 KiB."""
    body = parse_object(call, answer)
    value = body.get("access_token")
    if not isinstance(value, str) or not is_visible_ascii(value):
        raise unusable(call, "its `access_token` is missing or not made of visible ASCII characters")
    kind = body.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise unusable(call, "its `token_type` is not Bearer")
    owner = body.get("organization_id")
    return TokenAnswer(value, _positive(body.get("expires_in")), owner.lower() if is_uuid(owner) else None)


def _positive(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return float(min(value, 10**9))


def is_visible_ascii(text: str) -> bool:
    """Whether the text can be sent as a token: anything else would break the header."""
    return _TOKEN.fullmatch(text) is not None


def unusable(call: Call, reason: str, *, help: str = "") -> UnusableAnswer:
    """The error for a success that cannot be trusted. `help` is the next step, "" to check the url."""
    return message.unusable(call, reason, help=help or call.wrong_place)


def kept_by_a_cache(call: Call) -> UnusableAnswer:
    """The error for an answer that is older than the question, although every cache was asked to pass it on."""
    return unusable(
        call,
        "a cache kept it from before it was asked for (Age or Warning), despite Cache-Control: no-cache",
        help="let nothing between here and the server cache the API, then run again",
    )


def parse_object(call: Call, answer: Answer, *, page_help: str = "") -> JsonObject:
    """The answer's JSON object. `page_help` is the next step after a web page, "" to check the url."""
    kind = answer.headers.get("content-type", "")
    if kind and _JSON_TYPE.match(kind) is None:
        raise unusable(call, "its Content-Type is not JSON", help=page_help)
    try:
        value = parse_json(answer.body)
    except StrictJsonError as error:
        raise unusable(call, str(error)) from None
    if not isinstance(value, dict):
        raise unusable(call, "it is not a JSON object")
    return value


def same_id(call: Call, body: JsonObject, template_id: str) -> str:
    """The id of one template. It must be the one that was asked for."""
    found = uuid_of(call, body, "id")
    if found != template_id.lower():
        raise unusable(call, f"it is the template {found}, another one than was asked for")
    return found


def uuid_of(call: Call, source: JsonObject, name: str, where: str = "it") -> str:
    """A member that is a UUID, in lower case."""
    value = source.get(name)
    if not is_uuid(value):
        raise unusable(call, f"`{name}` of {where} is not a UUID")
    return value.lower()


def text_of(call: Call, source: JsonObject, name: str, where: str = "it") -> str:
    """A member that is a text."""
    value = source.get(name)
    if not isinstance(value, str):
        raise unusable(call, f"`{name}` of {where} is not a text")
    return value


def object_of(call: Call, body: JsonObject, name: str) -> JsonObject:
    """A member that is an object."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise unusable(call, f"`{name}` is not an object")
    return value
