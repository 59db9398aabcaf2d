"""Whether a list is the whole list: what its envelope and headers say about pages, counts and failures. Pure.

The documented list (platform v1.7 to v2.0) has no paging. The names here are those of other APIs (JSON:API, HAL, OData,
Spring, Django, Laravel, GraphQL, Stripe, AWS), in case Airbyte or a proxy begins to cut lists. An unknown sign counts as a sign of a
partial list. A sign that the list is complete is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum

from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json


class _Says(Enum):
    """What one member or header says of the list. `PAGES` counts unless another one says `WHOLE`."""

    NOTHING = "nothing"
    WHOLE = "that nothing is missing"
    PAGES = "which speaks of pages"
    PART = "which says that there is more"
    UNKNOWN = "which this version does not know"


_Sign = tuple[str, _Says]

_NEXT = r"next|continu|resume|\bmore\b|hasmore|prev"
_MORE = r"next|more|continu|trunc|partial|incomplete|paginat|paged|remain|prev"
_END = r"last|complete|\b(end|final|done|whole|full|all)\b|finish|exhaust"
_FIRST = r"first|start"
_LEFT = r"remain|\b(more|rest|left)\b"
_PAGE_COUNT = r"(total|last|max|num|count|of) ?pages?\b(?! size)|pages? ?(total|count)|pages\b"
_PAGE_SIZE = r"per ?page|page ?(size|limit|length)|limit|max ?results|\b(take|top)\b"
_TOTAL = r"total"
_COUNT = r"count|\b(num|number of|returned)\b|\b(results|items|records|elements)\b"
_POSITION = r"page|offset|\b(start|starting|skip|from|index|number|first)\b|start ?(at|index)"
_PAGING = (
    r"next|prev|cursor|total|pag(e|in)|offset|limit|links?\b|continu|marker|scroll|bookmark|trunc|remain|resume"
    r"|\b(more|counte?d?|after|before|skip|start|starting|end|ending|first|last|rest|from|to|since|until|tokens?|size|max|ranges?"
    r"|position|part|batch|chunk|slice|anchor|iterator|key)\b"
)
_TROUBLE = r"error|fail|fault|exception|problem|warn|message|detail|reason|status|code|success|partial|trunc|complete|timeout"
_ENVELOPE = r"meta|pag(e|in)|links?\b|cursor|\b(response|result|list|query)? ?info\b"
_HEADER = (
    r"\b(next|prev|previous|more|pages?|per|offset|limit|marker|truncated|partial|incomplete|counts?)\b"
    r"|total|pagin|paging|cursor|continuation|hasmore|next(page|token|link)"
)
_OTHER_HEADER = r"\b(rate|ratelimit\w*|attempts?|retry|cache|speed|requests?|quota|time|duration|latency|bytes|frame|content)\b"
_CONTENT_RANGE = r"(?:\w+ )?(?:0-(\d{1,9})|\*)/(\d{1,9})"
_FLAGS = {"true": True, "yes": True, "false": False, "no": False, "null": None, "none": None}
_DEEPEST = 4


def why_partial(envelope: JsonObject, headers: Mapping[str, str], number: int) -> str:
    """Why a list of `number` items may be a part of the whole one, as a sentence about the answer. "" if nothing says so.

    `envelope` is everything beside the items. Header names are looked up in any case.
    """
    signs = [*_members(envelope, number), *_headers(headers, number)]
    is_whole = any(says is _Says.WHOLE for _, says in signs)
    for what, says in signs:
        if says in (_Says.PART, _Says.UNKNOWN) or (says is _Says.PAGES and not is_whole):
            return f"it carries {what}, {says.value}"
    return ""


def _members(envelope: JsonObject, number: int, path: str = "", depth: int = 1) -> Iterator[_Sign]:
    for name, value in envelope.items():
        where, words = path + name, _words(name)
        is_envelope = re.search(_ENVELOPE, words) is not None and re.search(_NEXT, words) is None
        if isinstance(value, dict) and value and depth < _DEEPEST and is_envelope:
            yield from _members(value, number, f"{where}.", depth + 1)
        else:
            # Whole or not at all: a cut name could hold half of a secret, which the scrubber would not recognise.
            what = f"`{where!a}`" if len(where) <= 40 else "a member with a long name"
            yield what, _says(words, value, number)


def _headers(headers: Mapping[str, str], number: int) -> Iterator[_Sign]:
    for name, value in headers.items():
        plain = name.lower().removeprefix("x-")
        what, words = f"the header {name.lower()}", _words(plain)
        if plain == "link":
            yield what, _Says.PART if _names_another_page(value) else _Says.NOTHING
        elif plain == "content-range":
            yield what, _of_range(value, number)
        elif re.search(_HEADER, words) and not re.search(_OTHER_HEADER, words):
            yield from ((what, says) for says in _of_header(words, value.strip(), number))


def _of_header(words: str, value: str, number: int) -> Iterator[_Says]:
    """A value that is a JSON object (`X-Pagination` of ASP.NET) is read like an envelope."""
    try:
        document = parse_json(value.encode()) if value.startswith("{") else None
    except StrictJsonError:
        document = None
    if isinstance(document, dict):
        yield from (says for _, says in _members(document, number))
    else:
        says = _says(words, value, number)
        yield _Says.PAGES if says is _Says.UNKNOWN else says


def _words(name: str) -> str:
    """`nextPageToken`, `next_page_token` and `Next-Page-Token` as `next page token`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[a-z0-9]+", parted.lower()))


def _says(words: str, value: JsonValue, number: int) -> _Says:
    if isinstance(value, str):
        value = _FLAGS.get(value.strip().lower(), value)
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
        value = int(value)
    if value is None or value in ("", [], {}):
        return _Says.NOTHING
    if isinstance(value, bool):
        return _of_flag(words, value=value)
    if isinstance(value, int):
        return _of_number(words, value, number)
    if isinstance(value, str):
        return _of_text(words)
    return _Says.PART if re.search(_NEXT, words) else _Says.UNKNOWN


def _of_flag(words: str, *, value: bool) -> _Says:
    """The first kind of flag that the name speaks of decides."""
    kinds = (
        (_MORE, _Says.PART, _Says.NOTHING if "prev" in words else _Says.WHOLE),
        (_END, _Says.WHOLE, _Says.PART),
        (_FIRST, _Says.NOTHING, _Says.PART),
    )
    return next((yes if value else no for kind, yes, no in kinds if re.search(kind, words)), _Says.UNKNOWN)


def _of_number(words: str, value: int, number: int) -> _Says:
    """The first kind of number that the name speaks of decides. 1 is the beginning where pages are counted from one, which the
    number alone does not say.
    """
    position = {0: _Says.NOTHING, 1: _Says.PAGES}.get(value, _Says.PART)
    kinds = (
        (_NEXT, _Says.PART if value else _Says.NOTHING),
        (_LEFT, _Says.PART if value else _Says.WHOLE),
        (_PAGE_COUNT, _Says.PART if value > 1 else _Says.WHOLE),
        (_TOTAL, _Says.WHOLE if value == number else _Says.PART),
        (_PAGE_SIZE, _Says.NOTHING if value > number else _Says.PAGES),
        (_COUNT, _Says.NOTHING if value == number else _Says.PART),
        (_POSITION, position),
        (_PAGING, _Says.PAGES),
    )
    return next((says for kind, says in kinds if re.search(kind, words)), _Says.UNKNOWN)


def _of_text(words: str) -> _Says:
    kinds = ((_TROUBLE, _Says.UNKNOWN), (_NEXT, _Says.PART), (_PAGING, _Says.PAGES))
    return next((says for kind, says in kinds if re.search(kind, words)), _Says.NOTHING)


def _of_range(value: str, number: int) -> _Says:
    """`items 0-2/3` and `*/0` are whole, if that is what came."""
    found = re.fullmatch(_CONTENT_RANGE, value.strip())
    if found is None:
        return _Says.PART
    last, total = found.groups()
    sent = int(last) + 1 if last else 0
    return _Says.WHOLE if sent == int(total) == number else _Says.PART


def _names_another_page(link: str) -> bool:
    """Whether a parameter `rel` of a Link header says `next` or `prev`, quoted or not.

    Split first, then looked into: one pattern over the whole header takes quadratic time for `rel=rel=rel=`.
    """
    unquoted = re.sub(r"""=\s*["']""", "=", link.lower())
    for part in re.split(r"""["';,]""", unquoted):
        rel = re.search(r"rel\s*=", part)
        if rel is not None and re.search(r"\b(next|prev|previous)\b", part[rel.end() :]):
            return True
    return False
