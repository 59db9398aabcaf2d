"""Fit a document into a byte budget by leaving out whole objects; nothing is ever cut. Pure.

What must be there comes first: header, headings, folds, and a reserved line "N more" for each section. Then the urgent sections: a short
form of each object, and full forms in place of short ones in half of the room that is left. Then short forms of all others, then full
forms of whatever still fits. Earlier sections and objects come first in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.model.text import count
from reconciler.report.markdown.inline import link

COMMENT_BUDGET = 60_000
"""Bytes of a comment or an issue: GitHub takes 65,536 characters (observed: 422 "body is too long")."""
SUMMARY_BUDGET = 1_000_000
"""Bytes of a step summary: GitHub drops one over 1 MiB."""
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
    shown = [_Shown(item) for section in sections for item in section.items]
    parts = [*_texts(header, sections, footer, shown, run_url)]
    fitting = _Fitting(budget - sum(map(_size, parts)) + len(_GAP) - 1)
    if fitting.room < 0:
        raise ValueError(f"a Markdown budget of {budget} bytes has no room for header and counts")
    urgency = [section.is_urgent for section in sections for _ in section.items]
    fitting.fill(
        [each for each, is_urgent in zip(shown, urgency, strict=True) if is_urgent],
        [each for each, is_urgent in zip(shown, urgency, strict=True) if not is_urgent],
    )
    return _GAP.join(_texts(header, sections, footer, shown, run_url)) + "\n"


@dataclass
class _Shown:
    """An object with the form chosen for it; "": it is left out."""

    item: Item
    text: str = ""
    is_full: bool = False


@dataclass
class _Fitting:
    """The bytes that are left."""

    room: int

    def fill(self, urgent: Sequence[_Shown], rest: Sequence[_Shown]) -> None:
        """What is urgent, then the rest."""
        self._name(urgent)
        self._tell(urgent, leave=self.room // 2)
        self._name(rest)
        self._tell(urgent)
        self._tell(rest)

    def _name(self, objects: Iterable[_Shown]) -> None:
        for each in objects:
            self._take(each, each.item.brief)

    def _tell(self, objects: Iterable[_Shown], *, leave: int = 0) -> None:
        for each in objects:
            if each.item.full is not None and each.text and not each.is_full and self.room > leave:
                each.is_full = self._take(each, each.item.full(), leave=leave)

    def _take(self, each: _Shown, text: str, *, leave: int = 0) -> bool:
        more = _size(text) - _size(each.text)
        fits = more <= self.room - leave
        if fits:
            each.text = text
            self.room -= more
        return fits


def _texts(
    header: str, sections: Sequence[Section], footer: str, shown: Sequence[_Shown], run_url: str | None
) -> Iterator[str]:
    """The parts of the document in order, without empty ones."""
    objects = iter(shown)
    yield header
    for section in sections:
        texts = [each.text for _, each in zip(section.items, objects, strict=False) if each.text]
        yield section.opening
        yield from texts
        left = len(section.items) - len(texts)
        if left:
            words = count(left, f"more {section.one}", f"more {section.many}")
            yield f"... and **{words}**: {link('see the run', run_url)}."
        if section.closing:
            yield section.closing
    if footer:
        yield footer


def _size(text: str) -> int:
    """Bytes that a part takes with the gap that follows it; none for no part."""
    return len(text.encode("utf-8")) + len(_GAP) if text else 0
