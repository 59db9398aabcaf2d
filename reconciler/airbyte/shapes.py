"""The documented answers as values, or an error: an answer of another shape is never taken for an empty one.
Pure.

Unknown members of items pass, because servers add them. Of the list's envelope only plain texts pass whose names
speak neither of pages nor of trouble: everything else could say that the list is one page of several, or failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reconciler.airbyte.api import ListedTemplate
from reconciler.airbyte.http_answer import Answer
from reconciler.airbyte.routes import URL_HELP, UUID, Call
from reconciler.errors import UnusableAnswer
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json
from reconciler.model.template import LiveTemplate

_PAGING = re.compile(
    r"^(more|count)|next|prev|cursor|hasmore|total|page|paging|pagination|offset|limit|links"
)
_FAILING = re.compile(
    r"error|fail|fault|exception|problem|warn|message|detail|reason|status|code|success|partial|trunc|complete|timeout"
)
_PAGING_HEADER = re.compile(
    r"content-range|(x-)?(next|next-page|next-cursor|next-token|cursor|continuation|continuation-token|has-more|has-next|truncated|partial)"
)
_COUNT_HEADER = re.compile(r"(x-)?(total|total-count|count)")
_JSON_TYPE = re.compile(r"\s*application/([a-z0-9.-]+\+)?json\s*(;|$)", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]{1,16384}")
_WRONG_PLACE = f"check that the url is Airbyte's API and not a web page or a proxy; {URL_HELP}"


@dataclass(frozen=True)
class TokenAnswer:
    """A token and, when the server names one, its life in seconds."""

    value: str = field(repr=False)
    expires_in: float | None


def parse_list(call: Call, answer: Answer) -> tuple[ListedTemplate, ...]:
    """`{data: [{id, name, ...}]}` as values sorted by id.

    Raises `UnusableAnswer` for every other shape, for an id listed twice, and for any sign that there are
    more pages or that something failed: the documented list (platform v1.7) has none, so a part could not be told
    from the whole.
    """
    body = _object(call, answer)
    _check_whole(call, answer, body)
    data = body.get("data")
    if not isinstance(data, list):
        raise unusable(call, "it has no `data` list")
    _check_count(call, answer, len(data))
    templates = tuple(_listed(call, index, item) for index, item in enumerate(data))
    if len({template.id for template in templates}) != len(templates):
        raise unusable(call, "it lists a template id twice")
    return tuple(sorted(templates))


def _check_whole(call: Call, answer: Answer, body: JsonObject) -> None:
    """No sign of pages or of trouble in the envelope or in the headers."""
    for name, value in body.items():
        plain = name.replace("_", "").replace("-", "").lower()
        told = isinstance(value, str) and not _PAGING.search(plain) and not _FAILING.search(plain)
        if name != "data" and not told:
            # Whole or not at all: a cut name could hold a half of a secret, which nobody would recognise.
            what = f"`{name!a}`" if len(name) <= 40 else "a member with a long name"
            raise _partial(call, f"it carries {what}, which this version does not know")
    if _names_next_page(answer.headers.get("link", "")):
        raise _partial(call, "its Link header names a next page")
    for name in answer.headers:
        if _PAGING_HEADER.fullmatch(name.lower()):
            raise _partial(call, f"it has the header {name.lower()}")


def _names_next_page(link: str) -> bool:
    """Whether a parameter `rel` of a Link header says `next`, quoted or not.

    Split first, then looked into: one pattern over the whole header takes quadratic time for `rel=rel=rel=`.
    """
    unquoted = re.sub(r"""=\s*["']""", "=", link.lower())
    for part in re.split(r"""["';,]""", unquoted):
        rel = re.search(r"rel\s*=", part)
        if rel is not None and re.search(r"\bnext\b", part[rel.end() :]):
            return True
    return False


def _partial(call: Call, why: str) -> UnusableAnswer:
    help_text = "nothing is concluded from a part: look for a newer version of this program, or ask Airbyte what changed"
    return unusable(call, f"it may be partial: {why}", help=help_text)


def _check_count(call: Call, answer: Answer, number: int) -> None:
    """A header that counts the items counts those that are there."""
    for name, value in answer.headers.items():
        if _COUNT_HEADER.fullmatch(name.lower()) and value.strip() != str(number):
            raise _partial(call, f"its header {name.lower()} is not its number of items")


def _listed(call: Call, index: int, item: JsonValue) -> ListedTemplate:
    if not isinstance(item, dict):
        raise unusable(call, f"item {index} of `data` is not an object")
    where = f"item {index} of `data`"
    return ListedTemplate(_uuid(call, item, "id", where), _string(call, item, "name", where))


def parse_template(call: Call, answer: Answer, template_id: str) -> LiveTemplate:
    """One template; its id must be the one that was asked for."""
    body = _object(call, answer)
    found = _uuid(call, body, "id", "it")
    if found != template_id.lower():
        raise unusable(call, f"it is the template {found}, another one than was asked for")
    return LiveTemplate(
        id=found,
        name=_string(call, body, "name", "it"),
        connector_id=_uuid(call, body, "sourceDefinitionId", "it"),
        presets=_member_object(call, body, "partialDefaultConfig"),
        form=_member_object(call, body, "configTemplateSpec"),
    )


def parse_created(call: Call, answer: Answer) -> str:
    """The id in the answer to a create."""
    return _uuid(call, _object(call, answer), "id", "it")


def parse_token(call: Call, answer: Answer) -> TokenAnswer:
    """`{access_token, token_type?, expires_in?}`; the token fits a header: visible ASCII, at most 16 KiB."""
    body = _object(call, answer)
    value = body.get("access_token")
    if not isinstance(value, str) or _TOKEN.fullmatch(value) is None:
        raise unusable(call, "its `access_token` is missing or not made of visible ASCII characters")
    kind = body.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise unusable(call, "its `token_type` is not Bearer")
    return TokenAnswer(value, _positive(body.get("expires_in")))


def is_visible_ascii(text: str) -> bool:
    """Whether the text can be sent as a token: anything else would break the header, and some libraries print
    it then.
    """
    return _TOKEN.fullmatch(text) is not None


def _positive(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return float(min(value, 10**9))


def unusable(
    call: Call, reason: str, *, status: int | None = 200, help: str = _WRONG_PLACE
) -> UnusableAnswer:
    """The error for an answer that came but cannot be trusted; `reason` completes "the answer cannot be used:
    ...".
    """
    return UnusableAnswer(
        f"{call} gave an answer that cannot be used: {reason}",
        method=call.method,
        path=call.path,
        status=status,
        help=help,
    )


def _object(call: Call, answer: Answer) -> JsonObject:
    kind = answer.headers.get("content-type", "")
    if kind and _JSON_TYPE.match(kind) is None:
        raise unusable(call, "its Content-Type is not JSON")
    try:
        value = parse_json(answer.body)
    except StrictJsonError as error:
        raise unusable(call, str(error)) from None
    if not isinstance(value, dict):
        raise unusable(call, "it is not a JSON object")
    return value


def _uuid(call: Call, source: JsonObject, name: str, where: str) -> str:
    value = source.get(name)
    lowered = value.lower() if isinstance(value, str) else ""
    if UUID.fullmatch(lowered) is None:
        raise unusable(call, f"`{name}` of {where} is not a UUID")
    return lowered


def _string(call: Call, source: JsonObject, name: str, where: str) -> str:
    value = source.get(name)
    if not isinstance(value, str):
        raise unusable(call, f"`{name}` of {where} is not a text")
    return value


def _member_object(call: Call, body: JsonObject, name: str) -> JsonObject:
    value = body.get(name)
    if not isinstance(value, dict):
        raise unusable(call, f"`{name}` is not an object")
    return value
