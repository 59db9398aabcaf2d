"""Whether a Java regular expression finds something in a text, in a time that no expression can blow up. Pure.

All ways are followed at once: the places that are reached are the bits of one integer, and each part of an expression turns
the places it is entered at into those it is left at. So backtracking, which may take years over `(a+)+$`, does not
exist here; what depends on the order in which ways are tried (possessive quantifiers, atomic groups) or on what a group held
is "not known". The parts are read from an expression by java_pattern.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from reconciler.connectors.server.work import NotKnown, Work

Places: TypeAlias = int
"""A set of places in a text: bit n is the place in front of character n."""
Chars: TypeAlias = Callable[[str], bool]
"""Whether a character belongs to a class. May raise NotKnown."""

_PLACES_IN_A_STEP = 512


class Text:
    """A text with what was found out about its characters, and who pays for it."""

    def __init__(self, value: str, work: Work, pattern_size: int) -> None:
        self.value = value
        self.end: Places = 1 << len(value)
        self.everywhere: Places = (self.end << 1) - 1
        self._work = work
        self._cost = 1 + len(value) // _PLACES_IN_A_STEP
        self._class_cost = 1 + pattern_size // _PLACES_IN_A_STEP
        self.letters = frozenset(value)
        self._members: dict[int, tuple[Chars, Places]] = {}

    def spend(self) -> None:
        """Pays for one operation on places. Raises TooMuchWork."""
        self._work.spend(self._cost)

    def members(self, chars: Chars) -> Places:
        """The places in front of characters of a class."""
        known = self._members.get(id(chars))
        if known is None:
            self._work.spend(len(self.value) // 16 + len(self.letters) * self._class_cost)
            belongs = {char: "01"[chars(char)] for char in self.letters}
            bits = "".join(map(belongs.__getitem__, reversed(self.value)))
            known = self._members[id(chars)] = (chars, int(bits or "0", 2))
        return known[1]


class Part(Protocol):
    """One part of an expression."""

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """Where the part can end when it begins at one of these places; with `back` where it can begin to end there."""


@dataclass(frozen=True)
class Char:
    """One character of a class."""

    chars: Chars

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """See Part."""
        text.spend()
        members = text.members(self.chars)
        return (places >> 1) & members if back else (places & members) << 1


@dataclass(frozen=True)
class Sequence:
    """One part after the other; without any the empty text."""

    parts: tuple[Part, ...]

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """See Part."""
        for part in reversed(self.parts) if back else self.parts:
            places = part.leave(text, places, back=back) if places else 0
        return places


@dataclass(frozen=True)
class Branch:
    """One of several parts."""

    parts: tuple[Part, ...]

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """See Part."""
        left = 0
        for part in self.parts:
            text.spend()
            left |= part.leave(text, places, back=back)
        return left


@dataclass(frozen=True)
class Repeat:
    """A part, `least` to `most` times; `most` None for any number."""

    part: Part
    least: int
    most: int | None

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """See Part. Rounds end when they lead nowhere new."""
        for _ in range(self.least):
            text.spend()
            before, places = places, self.part.leave(text, places, back=back)
            if places in (0, before):
                break
        if self.most is None and isinstance(self.part, Char) and not back:
            return self._run(text, self.part, places)
        reached, rounds = places, self.least
        while places and (self.most is None or rounds < self.most):
            text.spend()
            places = self.part.leave(text, places, back=back) & ~reached
            reached, rounds = reached | places, rounds + 1
        return reached

    @staticmethod
    def _run(text: Text, part: Char, places: Places) -> Places:
        """The places that any number of characters of one class lead to: the carry of an addition runs through them."""
        text.spend()
        members = text.members(part.chars)
        return (((places & members) + members) ^ members) | places


@dataclass(frozen=True)
class Where:
    """Something that holds at some places and takes no character. To Java's look-behind it may be of any length all the same."""

    holds: Callable[[Text], Places]
    is_endless: bool = False

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """See Part."""
        text.spend()
        return places & self.holds(text)


@dataclass(frozen=True)
class Unsayable:
    """A construct that Java takes and whose meaning is not known here: `reason` says which."""

    reason: str

    def leave(self, text: Text, places: Places, *, back: bool = False) -> Places:
        """Raises NotKnown."""
        raise NotKnown(self.reason)


def looks(part: Part, *, ahead: bool, wanted: bool) -> Where:
    """A look-ahead or a look-behind, positive when `wanted`."""

    def holds(text: Text) -> Places:
        found = part.leave(text, text.everywhere, back=ahead)
        return found if wanted else text.everywhere & ~found

    return Where(holds)


def is_new(char: str) -> bool:
    """Whether Pythons may disagree about this character. Unicode 3.2 is the one version that all of them keep; pictures, which
    people do write, are as old as all Pythons here.
    """
    is_picture = "\U0001f300" <= char <= "\U0001f64f"
    return not is_picture and unicodedata.ucd_3_2_0.category(char) == "Cn"


def is_word(char: str) -> bool:
    """Java's `\\w`."""
    return char.isascii() and (char.isalnum() or char == "_")
