"""Fit a document into a byte budget by leaving out whole objects; nothing is ever cut. Pure.

What must stand comes first: header, headings, folds, and a reserved line "N more" for each section. Then the urgent sections: a short form
of each object, and full forms in place of short ones in half of the room that is left. Then short forms of all others, then full forms
of whatever still fits. Earlier sections and objects come first in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.report.markdown.inline import link
from reconciler.report.wording import count

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
    """A heading with its objects. `opening` and `closing` always stand, so that what one opens the other closes.

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

    ValueError when what must stand does not fit: `MINIMUM_BUDGET` is always enough.
    """
    fitting = _Fitting(tuple(sections), run_url, budget - _size(header) - _size(footer) + len(_GAP) - 1)
    fitting.room -= sum(fitting.fixed_size(section) for section in sections)
    if fitting.room < 0:
        raise ValueError(f"a Markdown budget of {budget} bytes has no room for header and counts")
    fitting.fill()
    parts = [header, *fitting.texts(), footer]
    return _GAP.join(part for part in parts if part) + "\n"


_Place = tuple[int, int]
"""The number of a section, and of an object in it."""


@dataclass
class _Fitting:
    """The state of one filling: the form chosen for each object (absent: left out), those told in full, and the bytes left."""

    sections: tuple[Section, ...]
    run_url: str | None
    room: int
    chosen: dict[_Place, str] = field(default_factory=dict)
    told: set[_Place] = field(default_factory=set)

    def fixed_size(self, section: Section) -> int:
        """Bytes that this section takes with none of its objects shown."""
        return sum(
            _size(part)
            for part in (section.opening, self._more(section, len(section.items)), section.closing)
        )

    def fill(self) -> None:
        """What is urgent, then the rest."""
        places = [(s, i) for s, section in enumerate(self.sections) for i in range(len(section.items))]
        urgent = [place for place in places if self.sections[place[0]].is_urgent]
        rest = [place for place in places if not self.sections[place[0]].is_urgent]
        self._name(urgent)
        self._tell(urgent, leave=self.room // 2)
        self._name(rest)
        self._tell(urgent)
        self._tell(rest)

    def _name(self, places: Iterable[_Place]) -> None:
        for place in places:
            self._take(place, self._item(place).brief)

    def _tell(self, places: Iterable[_Place], *, leave: int = 0) -> None:
        for place in places:
            full = self._item(place).full
            if full is None or place not in self.chosen or place in self.told or self.room <= leave:
                continue
            if self._take(place, full(), leave=leave):
                self.told.add(place)

    def _item(self, place: _Place) -> Item:
        return self.sections[place[0]].items[place[1]]

    def _take(self, place: _Place, text: str, *, leave: int = 0) -> bool:
        more = _size(text) - _size(self.chosen.get(place, ""))
        fits = more <= self.room - leave
        if fits:
            self.chosen[place] = text
            self.room -= more
        return fits

    def texts(self) -> Iterator[str]:
        """What is shown, in order."""
        for number, section in enumerate(self.sections):
            shown = [self.chosen[number, i] for i in range(len(section.items)) if (number, i) in self.chosen]
            yield section.opening
            yield from shown
            yield self._more(section, len(section.items) - len(shown))
            yield section.closing

    def _more(self, section: Section, number: int) -> str:
        if not number:
            return ""
        return f"... and **{count(number, f'more {section.one}', f'more {section.many}')}**: {link('see the run', self.run_url)}."


def _size(text: str) -> int:
    """Bytes that a part takes with the gap that follows it; none for no part."""
    return len(text.encode("utf-8")) + len(_GAP) if text else 0
