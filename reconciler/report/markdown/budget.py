"""Fit a document into a byte budget by leaving out whole objects; nothing is ever cut. Pure.

Three rounds: what must stand (header, headings, folds, and a reserved line "N more" for each section), then one short
form of each object, then full forms in place of short ones. Earlier sections and objects come first in each round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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

    `one` and `many` name the objects in "N more".
    """

    opening: str
    items: tuple[Item, ...]
    one: str
    many: str
    closing: str = ""


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


@dataclass
class _Fitting:
    """The state of one filling: the form chosen for each object (absent: left out), and the bytes left."""

    sections: tuple[Section, ...]
    run_url: str | None
    room: int
    chosen: dict[tuple[int, int], str] = field(default_factory=dict)

    def fixed_size(self, section: Section) -> int:
        """Bytes that this section takes with none of its objects shown."""
        return sum(
            _size(part)
            for part in (section.opening, self._more(section, len(section.items)), section.closing)
        )

    def fill(self) -> None:
        """Short forms first, then full ones."""
        places = [(s, i) for s, section in enumerate(self.sections) for i in range(len(section.items))]
        for place in places:
            self._take(place, self._item(place).brief)
        for place in places:
            full = self._item(place).full
            if full is not None and place in self.chosen and self.room > 0:
                self._take(place, full())

    def _item(self, place: tuple[int, int]) -> Item:
        return self.sections[place[0]].items[place[1]]

    def _take(self, place: tuple[int, int], text: str) -> None:
        more = _size(text) - _size(self.chosen.get(place, ""))
        if more <= self.room:
            self.chosen[place] = text
            self.room -= more

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
