"""The second layer against leaks: takes known secret values out of any text that leaves the program, however they are spelled.

It knows values, not places; the first layer (`planning.masking`) knows places, not values. A value of fewer than six
characters is not looked for: it would cut ordinary words, and the cut would tell what it is. Such values are hidden by their
place only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

from reconciler.model.json_value import JsonValue
from reconciler.report.encodings import (
    ANCHOR,
    Readable,
    decoded,
    parts_of,
    readable_pieces,
    spellings,
    stretches,
)

REPLACEMENT = "(sensitive)"
MIN_LENGTH = 6
MIN_PART = 8
"""Beginnings of a value from this length on are hidden where a text was cut."""

LONG_PART = 16
"""Beginnings from this length on are hidden anywhere."""

_CUT_MARK = re.compile(r"""[\\"'`]*(\.\.\.|…|$)""")
_MARKS = "\\%"
_EATEN = (0, 1, 2, 3, 5)
"""How many first characters such a mark before the value may take with it: backslash and `n`, `x41` or `u0041`, percent and `41`."""

_BEFORE = 60
"""How far back such a mark is looked for."""

_FEW = 64
"""Up to this many beginnings are looked for one after the other; more of them together, in one pass over the text."""

_Span = tuple[int, int]


class Scrubber:
    """Knows secret values and takes them out of text. Adding is cheap; what to look for is worked out when text comes."""

    def __init__(self) -> None:
        self._new: list[str] = []
        self._known: set[str] = set()
        self._spellings: dict[str, set[str]] = {}
        self._anchored: dict[str, list[Readable]] = {}
        self._plain: list[str] = []
        self._has_unanchored = False

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
        self._learn()
        spans = sorted((*self._spelled(text), *self._escaped(text)))
        return _without(text, spans) if spans else text

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

    def _learn(self) -> None:
        for secret in self._new:
            for spelling in spellings(secret):
                if len(spelling) >= MIN_LENGTH:
                    low = _lower(spelling)
                    self._spellings.setdefault(low[:MIN_LENGTH], set()).add(low)
            plain = decoded(secret).text
            if len(plain) >= max(MIN_LENGTH, len(secret) // 2):
                readable = readable_pieces(plain, _lower(secret))
                for anchor in readable.anchors:
                    self._anchored.setdefault(anchor, []).append(readable)
                self._plain.append(plain)
                self._has_unanchored |= not readable.pieces
        self._new.clear()

    def _spelled(self, text: str) -> Iterator[_Span]:
        low = _lower(text)
        for at, head in _places(low, self._spellings.keys(), MIN_LENGTH):
            length = max(_length_at(text, low, at, spelling) for spelling in self._spellings[head])
            if length:
                yield at, at + length

    def _escaped(self, text: str) -> Iterator[_Span]:
        """Values with escapes or white space between readable pieces, decoded where a piece of each is; and stretches of escapes."""
        if self._has_unanchored:
            yield from _decoded_spans(text, 0, len(text), self._plain)
            return
        low = _lower(text)
        windows: dict[Readable, list[_Span]] = {}
        for at, anchor in _places(low, self._anchored.keys(), ANCHOR):
            for each in self._anchored[anchor]:
                begin, end = max(0, at - each.reach), min(len(text), at + each.reach)
                if each.may_stand(low, begin, end):
                    windows.setdefault(each, []).append((begin, end))
        for each, found in windows.items():
            for begin, end in _merged(sorted(found)):  # so that a text full of anchors is decoded once
                yield from _decoded_spans(text, begin, end, (each.plain,))
        for begin, end in stretches(text):
            yield from _decoded_spans(text, begin, end, self._plain)


def _places(low: str, heads: Collection[str], size: int) -> Iterator[tuple[int, str]]:
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


def _decoded_spans(text: str, begin: int, end: int, wanted: Iterable[str]) -> Iterator[_Span]:
    """Where one of `wanted` stands in a part of the text, decoded."""
    view = decoded(text[begin:end])
    for plain in wanted:
        for eaten in _EATEN:
            rest = plain[eaten:]
            at = view.text.find(rest[:MIN_PART]) if len(rest) >= MIN_PART or not eaten else -1
            while at >= 0:
                length = _common(view.text, at, rest)
                first, last = begin + view.starts[at], begin + view.ends[at + length - 1]
                marked = _behind_mark(text, first, plain[:eaten])
                if marked is not None and (length == len(rest) or _is_part(text, rest, length, last)):
                    yield marked, last
                at = view.text.find(rest[:MIN_PART], at + 1)


def _behind_mark(text: str, end: int, eaten: str) -> int | None:
    """Where `eaten` begins that ends at a place and stands behind a mark; the place itself for nothing, None where it is not there."""
    if not eaten:
        return end
    for at in range(end - 1, max(0, end - _BEFORE) - 1, -1):
        if text[at] in _MARKS and decoded(text[at + 1 : end]).text == eaten:
            return at + 1
    return None


def _length_at(text: str, low: str, at: int, spelling: str) -> int:
    """How much of `spelling` stands at a place: all of it, a beginning that is long enough, or 0."""
    length = _common(low, at, spelling)
    whole = length == len(spelling)
    return length if whole or _is_part(text, spelling, length, at + length) else 0


def _is_part(text: str, secret: str, length: int, end: int) -> bool:
    """Whether a beginning of this length gives something away: it is long, it was cut off here, or it looks made by chance."""
    if length >= LONG_PART:
        return True
    if length < MIN_PART:
        return False
    part = secret[:length]
    mixed = any(char.isdigit() for char in part) and any(char.isalpha() for char in part)
    return mixed or _CUT_MARK.match(text, end) is not None


def _common(text: str, at: int, wanted: str) -> int:
    """How many characters of `wanted` stand at a place of a text."""
    if text.startswith(wanted, at):
        return len(wanted)
    low, high = 0, min(len(wanted), len(text) - at)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text.startswith(wanted[:middle], at) else (low, middle - 1)
    return low


def _lower(text: str) -> str:
    """In lower case, at the same length: some capitals have a small form of two characters."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Sorted spans, those that touch or overlap as one."""
    begin, end = 0, -1
    for first, last in spans:
        if first > end:
            if end >= 0:
                yield begin, end
            begin, end = first, last
        end = max(end, last)
    if end >= 0:
        yield begin, end


def _without(text: str, spans: list[_Span]) -> str:
    parts: list[str] = []
    at = 0
    for begin, end in _merged(spans):
        parts += (text[at:begin], REPLACEMENT)
        at = end
    return "".join((*parts, text[at:]))


def _unused(key: str, taken: dict[str, JsonValue]) -> str:
    """The key, with a number behind it when another member has it already."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key} {number}"
    return free
