"""Values as `encodings.decoded` shows them, and where they stand in a text that is decoded the same way. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.report.beginnings import CUT_MARK, MIN_LENGTH, MIN_PART, Beginnings, places_of
from reconciler.report.encodings import Decoded, decoded

Span = tuple[int, int]
"""Begin and end of a part of a text."""

_MARKS = "\\%"
_EATEN = (0, 1, 2, 3, 5)
"""How many first characters such a mark before the value may take with it: backslash and `n`, `x41` or `u0041`, percent and `41`."""

_BEFORE = 60
"""How far back such a mark is looked for."""


class DecodedValues:
    """Looks for any number of values in one pass over the decoded text."""

    def __init__(self) -> None:
        self._heads: dict[str, dict[str, Beginnings]] = {}

    def add(self, plain: str) -> None:
        """A value as `decoded` shows it; also without the first characters that a mark may have taken."""
        for number in _EATEN:
            rest, eaten = plain[number:], plain[:number]
            if len(rest) >= (MIN_PART if eaten else MIN_LENGTH):
                self._heads.setdefault(rest[:MIN_LENGTH], {}).setdefault(eaten, Beginnings()).add(rest)

    def spans(self, text: str, begin: int, end: int) -> Iterator[Span]:
        """Where a value stands in a part of the text."""
        view = decoded(text[begin:end])
        for at, head in places_of(view.text, self._heads.keys(), MIN_LENGTH):
            yield from self._spans_at(text, begin, view, at, self._heads[head])

    def _spans_at(
        self, text: str, begin: int, view: Decoded, at: int, values: dict[str, Beginnings]
    ) -> Iterator[Span]:
        def is_cut(length: int) -> bool:
            return CUT_MARK.match(text, begin + view.ends[at + length - 1]) is not None

        first = begin + view.starts[at]
        starts = {"": first} if values.keys() == {""} else _starts(text, first)
        for eaten, start in starts.items():
            known = values.get(eaten)
            length = 0 if known is None else known.length_at(view.text, at, is_cut)
            if length:
                yield start, begin + view.ends[at + length - 1]


def _starts(text: str, end: int) -> dict[str, int]:
    """What a mark before a place may have taken, and where it begins: the nearest for each; nothing, at the place itself."""
    starts = {"": end}
    for at in range(end - 1, max(0, end - _BEFORE) - 1, -1):
        if text[at] in _MARKS:
            starts.setdefault(decoded(text[at + 1 : end]).text, at + 1)
    return starts
