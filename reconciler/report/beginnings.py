"""How much of any of many values stands at a place of a text, however many begin alike. Pure.

One comparison for each value would let a server that answers with thousands of alike ones make every place cost thousands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator

MIN_LENGTH = 6
"""Values are looked for by so many of their first characters; shorter ones are not looked for."""

MIN_PART = 8
"""Beginnings of a value from this length on are hidden where a text was cut."""

LONG_PART = 16
"""Beginnings from this length on are hidden anywhere."""

CUT_MARK = re.compile(r"""[\\"'`]*(\.\.\.|…|$)""")

_FEW = 64
"""Up to this many heads are looked for one after the other; more of them together, in one pass over the text."""

_FEW_ALIKE = 32
"""Up to this many values of one head are compared one by one."""

_COMPARED = 1_024
"""Characters by which more of them are told apart: alike for longer, they are hidden for as long as the longest is."""


class Beginnings:
    """Values that begin alike, in lower case."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._sorted: list[str] = []
        self._longest = 0

    def add(self, word: str) -> None:
        """One more value of at least `MIN_LENGTH` characters."""
        if word not in self._words:
            self._words.add(word)
            self._sorted = []
            self._longest = max(self._longest, len(word))

    def length_at(self, low: str, at: int, is_cut: Callable[[int], bool]) -> int:
        """How much there is to hide at a place of a text in lower case: a whole value, a beginning that gives something away, or 0.

        `is_cut` says whether the text was cut behind so many characters.
        """
        if len(self._words) > _FEW_ALIKE:
            return self._among_many(low, at, is_cut)
        return max(_length_of(word, low, at, is_cut) for word in self._words)

    def _among_many(self, low: str, at: int, is_cut: Callable[[int], bool]) -> int:
        """What stands there of a value is longest for one of its two neighbours in order."""
        if not self._sorted:
            self._sorted = sorted(self._words)
        place = bisect_left(self._sorted, low[at : at + _COMPARED])
        neighbours = self._sorted[max(0, place - 1) : place + 1]
        length = max(common_length(low, at, word) for word in neighbours)
        if length >= _COMPARED:
            return min(self._longest, len(low) - at)
        if length >= LONG_PART:
            return length
        whole = next((k for k in range(length, MIN_LENGTH - 1, -1) if low[at : at + k] in self._words), 0)
        return max(whole, length if gives_away(low[at : at + length], is_cut) else 0)


def _length_of(word: str, low: str, at: int, is_cut: Callable[[int], bool]) -> int:
    length = common_length(low, at, word)
    return length if length == len(word) or gives_away(word[:length], is_cut) else 0


def gives_away(part: str, is_cut: Callable[[int], bool]) -> bool:
    """Whether a beginning of a value says something of it: it is long, it was cut off here, or it looks made by chance."""
    if len(part) >= LONG_PART:
        return True
    if len(part) < MIN_PART:
        return False
    mixed = any(char.isdigit() for char in part) and any(char.isalpha() for char in part)
    return mixed or is_cut(len(part))


def common_length(text: str, at: int, wanted: str) -> int:
    """How many characters of `wanted` stand at a place of a text."""
    if text.startswith(wanted, at):
        return len(wanted)
    low, high = 0, min(len(wanted), len(text) - at)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text.startswith(wanted[:middle], at) else (low, middle - 1)
    return low


def places_of(low: str, heads: Collection[str], size: int) -> Iterator[tuple[int, str]]:
    """Where one of `heads` stands, each of `size` characters."""
    if len(heads) > _FEW:
        for at in range(len(low) - size + 1):
            if (head := low[at : at + size]) in heads:
                yield at, head
        return
    for head in heads:
        at = low.find(head)
        while at >= 0:
            yield at, head
            at = low.find(head, at + 1)
