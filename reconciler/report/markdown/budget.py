"""Fit a document into a byte budget by leaving out whole objects. Nothing is ever cut. Pure.

What must be there comes first: header, headings, folds, and a reserved line "N more" for each section. Then the urgent sections: a short
form of each object, and full forms in place of short ones in half of the room that is left. Then short forms of all others, then full
forms of whatever still fits. Earlier sections and objects come first in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.model.text import count
from reconciler.report.markdown.inline import link

COMMENT_BUDGET = 60_000
"""Bytes of a comment or an issue: GitHub takes 65,536 characters (observed: 422 "body is too long")."""
MINIMUM_BUDGET = 10_000
"""Whatever the result, header, counts and headings fit into this, with a first line of up to 1,000 bytes."""

_GAP = "\n\n"


@dataclass(frozen=True)
class Item:
    """One object: its one-line form, and its full form, rendered only where there is room. None: there is no more."""

    brief: str
    full: Callable[[], str] | None = None


@dataclass(frozen=True)
class Section:
    """A heading with its objects. `opening` and `closing` are always there, so that what one opens the other closes.

    `one` and `many` name the objects in "N more". `is_urgent`: somebody has to act on each of them, so that none goes unnamed because
    others are many.
    """

    opening: str
    items: tuple[Item, ...]
    one: str
    many: str
    closing: str = ""
    is_urgent: bool = False


def fitted(
    header: str, sections: Sequence[Section], footer: str, *, budget: int, run_url: str | None = None
) -> str:
    """The document, ending with a line break, of at most `budget` UTF-8 bytes.

    ValueError when what must be there does not fit: `MINIMUM_BUDGET` is always enough.
    """
    shown = [[_Shown(item, section.is_urgent) for item in section.items] for section in sections]

    def texts() -> Iterator[str]:
        yield header
        for section, objects in zip(sections, shown, strict=True):
            yield from _section_texts(section, [each.text for each in objects if each.text], run_url)
        if footer:
            yield footer

    room = budget - sum(map(_size, texts())) + len(_GAP) - 1
    if room < 0:
        raise ValueError(f"a Markdown budget of {budget} bytes has no room for header and counts")
    urgent = [each for objects in shown for each in objects if each.is_urgent]
    rest = [each for objects in shown for each in objects if not each.is_urgent]
    room = _grown(urgent, room, is_full=False)
    room = _grown(urgent, room, is_full=True, leave=room // 2)
    room = _grown(rest, room, is_full=False)
    room = _grown(urgent, room, is_full=True)
    _grown(rest, room, is_full=True)
    return _GAP.join(texts()) + "\n"


@dataclass
class _Shown:
    """An object with the form chosen for it. "": it is left out."""

    item: Item
    is_urgent: bool
    text: str = ""
    is_full: bool = False


def _grown(objects: Sequence[_Shown], room: int, *, is_full: bool, leave: int = 0) -> int:
    """Give each object its short or its full form while it fits and `leave` bytes stay free. The room that is left."""
    for each in objects:
        full = each.item.full
        if is_full and (full is None or not each.text or each.is_full or room <= leave):
            continue
        text = full() if is_full and full is not None else each.item.brief
        more = _size(text) - _size(each.text)
        if more <= room - leave:
            each.text, each.is_full, room = text, is_full, room - more
    return room


def _section_texts(section: Section, shown: Sequence[str], run_url: str | None) -> Iterator[str]:
    yield section.opening
    yield from shown
    left = len(section.items) - len(shown)
    if left:
        words = count(left, f"more {section.one}", f"more {section.many}")
        yield f"... and **{words}**: {link('see the run', run_url)}."
    if section.closing:
        yield section.closing


def _size(text: str) -> int:
    """Bytes that a part takes with the gap that follows it. None for no part."""
    return len(text.encode("utf-8")) + len(_GAP) if text else 0
