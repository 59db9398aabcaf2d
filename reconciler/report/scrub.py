"""The second layer against leaks: takes known secret values out of any text that leaves the program, however they are spelled.

It knows values, not places; the first layer (`planning.masking`) knows places, not values. A value of fewer than six
characters is not looked for: it would cut ordinary words, and the cut would tell what it is. Such values are hidden by their
place only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial

from reconciler.model.json_value import JsonValue
from reconciler.report.beginnings import CUT_MARK, MIN_LENGTH, Beginnings, places_of
from reconciler.report.cut_secrets import CutSecrets
from reconciler.report.decoded_values import DecodedValues, Span
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
_FEW_ALIKE = 32


class Scrubber:
    """Knows secret values and takes them out of text. Adding is cheap; what to look for is worked out when text comes."""

    def __init__(self) -> None:
        self._new: list[str] = []
        self._known: set[str] = set()
        self._spellings: dict[str, Beginnings] = {}
        self._anchored: dict[str, _Anchored] = {}
        self._decoded = DecodedValues()
        self._cut = CutSecrets()
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
        low = _lower(text)
        spans = sorted((*self._spelled(text, low), *self._escaped(text, low), *self._cut.spans(low)))
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
            self._cut.add(secret)
            for spelling in spellings(secret):
                if len(spelling) >= MIN_LENGTH:
                    low = _lower(spelling)
                    self._spellings.setdefault(low[:MIN_LENGTH], Beginnings()).add(low)
            plain = decoded(secret).text
            if len(plain) >= max(MIN_LENGTH, len(secret) // 2):
                readable = readable_pieces(plain, _lower(secret))
                for anchor in readable.anchors:
                    self._anchored.setdefault(anchor, _Anchored()).add(readable)
                self._decoded.add(plain)
                # A line may end behind a backslash: what follows it then is no letter of an escape.
                self._decoded.add(decoded(secret.replace("\\", "")).text)
                self._has_unanchored |= not readable.pieces
        self._new.clear()

    def _spelled(self, text: str, low: str) -> Iterator[Span]:
        for at, head in places_of(low, self._spellings.keys(), MIN_LENGTH):
            length = self._spellings[head].length_at(low, at, partial(_is_cut, text, at))
            if length:
                yield at, at + length

    def _escaped(self, text: str, low: str) -> Iterator[Span]:
        """Values with escapes or white space between readable pieces, decoded where a piece of each is; and stretches of escapes."""
        if self._has_unanchored:
            yield from self._decoded.spans(text, 0, len(text))
            return
        windows = [*stretches(text)]
        for at, anchor in places_of(low, self._anchored.keys(), ANCHOR):
            reach = self._anchored[anchor].reach(low, at)
            if reach:
                windows.append((max(0, at - reach), min(len(text), at + reach)))
        for begin, end in _merged(sorted(windows)):  # so that a text full of anchors is decoded once
            yield from self._decoded.spans(text, begin, end)


def _is_cut(text: str, at: int, length: int) -> bool:
    return CUT_MARK.match(text, at + length) is not None


class _Anchored:
    """The values that have one anchor. Of a few each is asked whether it may stand there; of more the text is decoded in any
    case, as far around as the longest may reach.
    """

    def __init__(self) -> None:
        self._few: list[Readable] = []
        self._number = 0
        self._furthest = 0

    def add(self, value: Readable) -> None:
        self._number += 1
        self._furthest = max(self._furthest, value.reach)
        if self._number <= _FEW_ALIKE:
            self._few.append(value)

    def reach(self, low: str, at: int) -> int:
        """How far around the anchor at a place one of the values may stand; 0 when none may."""
        if self._number > _FEW_ALIKE:
            return self._furthest
        return max((each.reach for each in self._few if _may_stand(each, low, at)), default=0)


def _may_stand(value: Readable, low: str, at: int) -> bool:
    return value.may_stand(low, max(0, at - value.reach), min(len(low), at + value.reach))


def _lower(text: str) -> str:
    """In lower case, at the same length: some capitals have a small form of two characters."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
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


def _without(text: str, spans: list[Span]) -> str:
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
