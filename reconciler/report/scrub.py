"""The second layer against leaks: takes known secret values out of any text that leaves the program, however they are spelled.

It knows values, not places. The first layer (`planning.compare`) knows places, not values. A value of fewer than six
characters is not looked for: it would cut ordinary words, and the cut would reveal it. Such values are hidden by their
place only.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from reconciler.applying.outcome import Creation
from reconciler.model.json_value import JsonValue
from reconciler.model.text import SENSITIVE
from reconciler.planning.entry import Change, Entry
from reconciler.report.changed_values import common_length
from reconciler.report.encodings import Span, levels, parts_of, spellings

WithChanges = TypeVar("WithChanges", Entry, Creation)
REPLACEMENT = SENSITIVE
MIN_LENGTH = 6
"""Values are looked for by so many of their first characters. Shorter ones are not looked for."""
MIN_PART = 8
"""Beginnings of a value from this length on are hidden where a text was cut, or where they look made by chance."""
LONG_PART = 16
"""Beginnings from this length on are hidden anywhere."""

_CUT_MARK = re.compile(r"""[\\"'`]*(\.\.\.|…|$)""")
_EATEN = (1, 2, 3, 5)
"""How many first characters an escape's mark before a value may take with it: backslash and `n`, percent and `41`, `x41`, `u0041`."""
_EATEN_BEFORE = re.compile(r"[\\%]\w{1,5}$")
_LONGEST = 500
"""Characters of one needle. Longer ones are looked for in pieces."""
_FEW = 100
"""Up to this many heads are looked for one after the other. More of them together, in one pass over the text."""


class Scrubber:
    """Knows secret values and takes them out of text. Adding is cheap. What to look for is worked out when text comes."""

    def __init__(self) -> None:
        self._new: list[str] = []
        self._known: set[str] = set()
        self._needles = _Needles()

    def add(self, secret: str) -> None:
        """Register a value, each of its lines, and the password in a URL. Values under six characters are ignored."""
        for part in parts_of(secret):
            if len(part) >= MIN_LENGTH and part not in self._known:
                self._known.add(part)
                self._new.append(part)

    def scrub(self, text: str) -> str:
        """The text without any registered value."""
        if not self._known:
            return text
        self._needles.add(needle for secret in self._new for needle in _needles_of(secret))
        self._new.clear()
        spans: list[Span] = []
        for level in levels(text):
            found = level.located([*self._needles.spans(_lower(level.text))])
            spans += [(_with_eaten(text, begin), end) for begin, end in found] if level.is_decoded else found
        return _without(text, sorted(spans)) if spans else text

    def scrub_output(self, text: str) -> str:
        """`scrub` for a whole output: a JSON document stays one, with the same members in the same order.

        Numbers that hold a secret become text there.
        """
        clean = self.scrub(text)
        if clean == text or not text.startswith(("{", "[")):
            return clean
        try:
            value: JsonValue = json.loads(text)
        except (ValueError, RecursionError):
            return clean
        return json.dumps(self._scrub_value(value), indent=2) + "\n"

    def scrub_changes(self, items: Iterable[WithChanges]) -> tuple[WithChanges, ...]:
        """Entries or creations whose changes hold no registered value: reports cut these in the middle, and there the rest of a
        value could not be recognised.
        """
        return tuple(
            replace(each, changes=tuple(map(self._scrub_change, each.changes))) if each.changes else each
            for each in items
        )

    def _scrub_change(self, change: Change) -> Change:
        return replace(change, desired=self._scrub_value(change.desired), live=self._scrub_value(change.live))

    def _scrub_value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            clean: dict[str, JsonValue] = {}
            for key, item in value.items():
                clean[_unused(self.scrub(key), clean)] = self._scrub_value(item)
            return clean
        if isinstance(value, list):
            return [self._scrub_value(item) for item in value]
        if value is None or isinstance(value, bool):
            return value
        number = json.dumps(value)
        return value if self.scrub(number) == number else REPLACEMENT


def _needles_of(secret: str) -> Iterator[str]:
    """What is looked for on any level of a text. Of a level that keeps less than half of the secret, it would be too little."""
    least = max(MIN_LENGTH, len(secret) // 2)
    for spelling in spellings(secret):
        for level in levels(spelling):
            if len(level.text) >= least:
                yield level.text
                rests = (level.text[eaten:] for eaten in _EATEN if spelling is secret)
                yield from (rest for rest in rests if len(rest) >= MIN_PART)


class _Needles:
    """Texts to look for, in lower case. What it costs to look at a place does not depend on how many there are."""

    def __init__(self) -> None:
        self._all: set[str] = set()
        self._sorted: list[str] = []
        self._heads: set[str] = set()

    def add(self, needles: Iterable[str]) -> None:
        """Learn more. A signal handler may come in between, and learns all of it itself: `_all` is set last."""
        new = {piece for needle in needles for piece in _pieces(_lower(needle))} - self._all
        if new:
            everything = self._all | new
            self._sorted = sorted(everything)
            self._heads = self._heads | {needle[:MIN_LENGTH] for needle in new}
            self._all = everything

    def spans(self, low: str) -> Iterator[Span]:
        """Where there is a needle, or a beginning of one that gives something away."""
        return ((at, at + length) for at in self._places(low) if (length := self._length_at(low, at)))

    def _places(self, low: str) -> Iterator[int]:
        if len(self._heads) > _FEW:
            yield from (
                at for at in range(len(low) - MIN_LENGTH + 1) if low[at : at + MIN_LENGTH] in self._heads
            )
            return
        for head in self._heads:
            at = low.find(head)
            while at >= 0:
                yield at
                at = low.find(head, at + 1)

    def _length_at(self, low: str, at: int) -> int:
        """How much is to be hidden at a place. What is there of any needle is longest for one of its two neighbours in order."""
        here = low[at : at + _LONGEST]
        place = bisect_left(self._sorted, here)
        length = max(common_length(here, each) for each in self._sorted[max(0, place - 1) : place + 1])
        if length >= LONG_PART or _gives_away(here[:length], low, at + length):
            return length
        return next((k for k in range(length, MIN_LENGTH - 1, -1) if here[:k] in self._all), 0)


def _gives_away(part: str, low: str, end: int) -> bool:
    """Whether a short beginning of a value, which ends at a place of a text, looks made by chance or was cut off there."""
    if len(part) < MIN_PART:
        return False
    is_mixed = any(map(str.isdigit, part)) and any(map(str.isalpha, part))
    return is_mixed or _CUT_MARK.match(low, end) is not None


def _pieces(needle: str) -> Iterator[str]:
    last = max(0, len(needle) - _LONGEST)
    for at in (*range(0, last, _LONGEST), last):
        yield needle[at : at + _LONGEST]


def _with_eaten(text: str, begin: int) -> int:
    """The begin of a hidden part, with the escape before it that may have taken characters of the value."""
    eaten = _EATEN_BEFORE.search(text[max(0, begin - MIN_LENGTH) : begin])
    return begin - len(eaten[0]) if eaten else begin


def _lower(text: str) -> str:
    """In lower case, at the same length: some capitals have a small form of two characters."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _without(text: str, spans: list[Span]) -> str:
    """The text with one word in place of each stretch of sorted spans that touch or overlap."""
    parts: list[str] = []
    at = 0
    for begin, end in spans:
        if begin > at or not parts:
            parts += (text[at:begin], REPLACEMENT)
        at = max(at, end)
    return "".join((*parts, text[at:]))


def _unused(key: str, taken: dict[str, JsonValue]) -> str:
    """The key, with a number behind it when another member has it already."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key} {number}"
    return free
