"""Where each value of one document is in its file: kept with the document, so that no file is read again to find a line."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import pointer_segments

NUMBERS: Final = 5
"""Numbers kept for a value: line and column of its key (0 and 0 for an item of a list), its own, and the index behind it."""


OPEN: Final = 2**32 - 1
"""In place of the index behind a value that is still being read."""


@dataclass(frozen=True)
class Places:
    """The values of one document in the order of the file, each directly followed by those in it. Lines and columns are 1-based.

    `keys` has for each value its key, or its index in a list. `written` are scalars that JSON spells otherwise, by the index of the
    value. `included` are the places of what an `!include` put there, in a file of its own. An alias has no values in it.
    By default: one value, at the beginning of the file.
    """

    file: str
    document: int = 0
    keys: Sequence[str | int] = ("",)
    numbers: array[int] = field(default_factory=lambda: array("I", (0, 0, 1, 1, 1)))
    written: Mapping[int, str] = field(default_factory=dict)
    included: Mapping[int, Places] = field(default_factory=dict)
    _members: dict[int, dict[str, int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The values in one, by key, once somebody asked for them."""

    def origin(self, pointer: str, *, on_key: bool = False) -> Origin:
        """The place of the value at a JSON pointer, or of its key. Where there is none: that of the nearest value around it."""
        places, index, is_whole = self._nearest(pointer_segments(pointer), on_key=on_key)
        line, column = places._place(index, on_key=on_key and is_whole)
        return Origin(places.file, line, column, places.document)

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic with its place in the file."""
        return diagnostic.at(self.origin(diagnostic.pointer, on_key=diagnostic.on_key))

    def written_at(self, pointer: str) -> str | None:
        """The scalar at a JSON pointer as it is written. None where JSON spells it alike."""
        places, index, _ = self._nearest(pointer_segments(pointer), on_key=False)
        return places.written.get(index)

    def _nearest(self, segments: Sequence[str], *, on_key: bool) -> tuple[Places, int, bool]:
        """The places of the file with the value, its index there, and whether it is the value itself and not one around it."""
        index, depth = 0, 0
        while True:
            is_whole = depth == len(segments)
            if index in self.included and not (is_whole and on_key):
                rest = segments[depth:]
                return self.included[index]._nearest(rest, on_key=on_key and bool(rest))
            inner = None if is_whole else self._member(index, segments[depth])
            if inner is None:
                return self, index, is_whole
            index, depth = inner, depth + 1

    def _place(self, index: int, *, on_key: bool) -> tuple[int, int]:
        key_line, key_column, line, column, _ = self.numbers[index * NUMBERS : (index + 1) * NUMBERS]
        return (key_line, key_column) if on_key and key_line else (line, column)

    def _member(self, holder: int, segment: str) -> int | None:
        """The index of a value in the one at `holder`: of two with the same key the first."""
        members = self._members.get(holder)
        if members is None:
            members = self._members_of(holder)
            if self.numbers[holder * NUMBERS + 4] != OPEN:
                self._members[holder] = members
        return members.get(segment)

    def _members_of(self, holder: int) -> dict[str, int]:
        end = min(self.numbers[holder * NUMBERS + 4], len(self.keys))
        index, members = holder + 1, dict[str, int]()
        while index < end:
            members.setdefault(str(self.keys[index]), index)
            index = self.numbers[index * NUMBERS + 4]
        return members
