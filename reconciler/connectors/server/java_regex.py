"""Whether a Java regular expression finds something in a text, in a time that no expression can blow up. Pure.

All ways are followed at once: the places that are reached are the bits of one integer. So there is no backtracking, which may
take years over `(a+)+$`. What depends on the order of ways (possessive quantifiers, atomic groups) or on what a group held is
"not known".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from reconciler.connectors.server.java_chars import LINE_CHARS, SHORT, WIDE, Chars, is_new, none_of, one_of
from reconciler.connectors.server.work import NotKnown, Work

Places: TypeAlias = int
"""A set of places in a text: bit n is the place in front of character n."""

_PLACES_IN_A_STEP = 512
_MOST_BEHIND = 1_000
_LONGEST_SAMPLE = 1_000
_LIKELY = "aA0-_ ./:" + "".join(map(chr, range(0x21, 0x7F))) + "\n\t"


class Text:
    """A text with what was found out about its characters, and the steps that this may cost."""

    def __init__(self, value: str, work: Work, pattern_size: int) -> None:
        self.value = value
        self.end: Places = 1 << len(value)
        self.everywhere: Places = (self.end << 1) - 1
        self._work = work
        self._cost = 1 + len(value) // _PLACES_IN_A_STEP
        self._class_cost = 1 + pattern_size // _PLACES_IN_A_STEP
        self._letters = frozenset(value)
        self._members: dict[int, tuple[Chars, Places]] = {}

    def spend(self) -> None:
        """Pays for one operation on places. Raises TooMuchWork."""
        self._work.spend(self._cost)

    def members(self, chars: Chars) -> Places:
        """The places in front of characters of a class."""
        known = self._members.get(id(chars))
        if known is None:
            self._work.spend(len(self.value) // 16 + len(self._letters) * self._class_cost)
            belongs = {char: "01"[chars(char)] for char in self._letters}
            bits = "".join(map(belongs.__getitem__, reversed(self.value)))
            known = self._members[id(chars)] = (chars, int(bits or "0", 2))
        return known[1]


class Part(NamedTuple):
    """One part of an expression.

    `leave` says where the part can end when it begins at one of these places, with 1, backwards, where it can begin to end there.
    `chars` is the class of a part that is one character. `is_fixed`: nothing but characters. `is_run`: any number of one
    character. `is_endless`: Java may see no longest text that it takes.
    """

    leave: Callable[[Text, Places, int], Places]
    chars: Chars | None = None
    is_fixed: bool = False
    is_run: bool = False
    is_endless: bool = False
    sample: Callable[[int], str] = lambda _optional: ""
    """A short text that it may take, with so many (0 or 1) of what may be left out. Not checked. Raises NotKnown where none is known."""


def char_of(chars: Chars) -> Part:
    """One character of a class."""

    def over(text: Text, places: Places, back: int) -> Places:
        """The places behind its characters."""
        text.spend()
        members = text.members(chars)
        return (places >> 1) & members if back else (places & members) << 1

    def likely(_optional: int) -> str:
        char = next(filter(chars, _LIKELY), None)
        if char is None:
            raise NotKnown("a sample of a rare character")
        return char

    return Part(over, chars, is_fixed=True, sample=likely)


def sequence(*parts: Part) -> Part:
    """One part after the other. Without any the empty text."""

    def through(text: Text, places: Places, back: int) -> Places:
        """The places behind the last one."""
        for part in reversed(parts) if back else parts:
            places = part.leave(text, places, back) if places else 0
        return places

    def sample(optional: int) -> str:
        return "".join(part.sample(optional) for part in parts)

    if len(parts) == 1:
        return parts[0]
    is_fixed, is_endless = all(part.is_fixed for part in parts), any(part.is_endless for part in parts)
    return Part(through, is_fixed=is_fixed, is_endless=is_endless, sample=sample)


def branch(*parts: Part) -> Part:
    """One of several parts."""

    def behind_any(text: Text, places: Places, back: int) -> Places:
        """The places behind one of them."""
        left = 0
        for part in parts:
            text.spend()
            left |= part.leave(text, places, back)
        return left

    if len(parts) == 1:
        return parts[0]
    return Part(behind_any, is_endless=any(part.is_endless for part in parts), sample=parts[0].sample)


def repeat(part: Part, least: int, most: int | None) -> Part:
    """A part, `least` to `most` times. `most` None for any number. Rounds end when they lead nowhere new."""

    def again(text: Text, places: Places, back: int) -> Places:
        """The places behind so many of them."""
        for _ in range(least):
            text.spend()
            before, places = places, part.leave(text, places, back)
            if places in (0, before):
                break
        if most is None and part.chars is not None and not back:
            # Any number of characters of one class: the carry of an addition runs through their places.
            text.spend()
            members = text.members(part.chars)
            return (((places & members) + members) ^ members) | places
        reached, rounds = places, least
        while places and (most is None or rounds < most):
            text.spend()
            places = part.leave(text, places, back) & ~reached
            reached, rounds = reached | places, rounds + 1
        return reached

    def sample(optional: int) -> str:
        text, times = part.sample(optional) if least or optional else "", least or optional
        if len(text) * times > _LONGEST_SAMPLE:
            raise NotKnown("a sample of a long text")
        return text * times

    is_endless = most is None or most > _MOST_BEHIND or not part.is_fixed
    return Part(again, is_run=part.chars is not None, is_endless=is_endless, sample=sample)


def where(holds: Callable[[Text], Places], *, is_endless: bool = False) -> Part:
    """Something that holds at some places and takes no character."""

    def held(text: Text, places: Places, _back: int) -> Places:
        """Those of the places where it holds."""
        text.spend()
        return places & holds(text)

    return Part(held, is_endless=is_endless)


def unsayable(reason: str) -> Part:
    """A construct that Java takes and whose meaning is not known here: a text that gets there raises NotKnown."""

    def refuse(_text: Text, _places: Places, _back: int) -> Places:
        raise NotKnown(reason)

    return Part(refuse, is_endless=True)


def looks(part: Part, *, ahead: bool, wanted: bool) -> Part:
    """A look-ahead or a look-behind, positive when `wanted`."""

    def holds(text: Text) -> Places:
        found = part.leave(text, text.everywhere, ahead)
        return found if wanted else text.everywhere & ~found

    return where(holds)


_CR, _LF = one_of("\r"), one_of("\n")
_END_CHARS: Final = ("\n", "\r", "\x85", "\u2028", "\u2029")
_ENDS: Final = one_of("".join(_END_CHARS))
_PAIR: Final = sequence(char_of(_CR), char_of(_LF))
LINE_END: Final = branch(_PAIR, char_of(LINE_CHARS))
"""`\\R`."""


def _is_cluster(char: str) -> bool:
    if char >= "\u0300" and unicodedata.category(char) != "Cs":
        raise NotKnown("\\X in a pattern and a text with characters that may belong together")
    return True


def _last_end(text: Text) -> Places:
    """The end, and the place in front of a last line end."""
    return text.end | text.end >> (2 if text.value.endswith("\r\n") else text.value.endswith(_END_CHARS))


def _lines(text: Text, *, starts: bool) -> Places:
    """Where lines start, or end. None starts at the end, even of an empty text."""
    ends, first = text.members(_ENDS), text.members(_CR) & text.members(_LF) >> 1
    return (1 | (ends & ~first) << 1) & ~text.end if starts else text.end | ends & ~(first << 1)


def _plain_word(char: str) -> bool:
    """ASCII words since Java 19. A mark belongs to the word of its letter: with one in the text it is not known."""
    if not char.isascii() and (is_new(char) or unicodedata.category(char) == "Mn"):
        raise NotKnown("a word boundary of a pattern in a text with combining marks")
    return SHORT["w"](char)


def _edge(words: Chars, *, wanted: bool = True) -> Part:
    def holds(text: Text) -> Places:
        members = text.members(words)
        edges = members ^ (members << 1)
        return edges if wanted else text.everywhere & ~edges

    return where(holds)


_PLACES: Final = {
    ".": char_of(none_of(_ENDS)),
    "s.": char_of(none_of(one_of(""))),
    **dict.fromkeys("^AG", where(lambda _text: 1)),  # G is where the search begins
    **dict.fromkeys("$Z", where(_last_end)),
    "z": where(lambda text: text.end),
    "b": _edge(_plain_word),
    "B": _edge(_plain_word, wanted=False),
    "R": LINE_END,
    "X": sequence(
        where(lambda text: text.everywhere, is_endless=True),
        branch(_PAIR, sequence(looks(_PAIR, ahead=True, wanted=False), char_of(_is_cluster))),
    ),
    "m^": where(partial(_lines, starts=True)),
    "m$": where(partial(_lines, starts=False)),
    "Ub": _edge(WIDE["w"]),
    "UB": _edge(WIDE["w"], wanted=False),
}


def place(char: str, flags: frozenset[str]) -> Part | None:
    """What `.`, `^`, `$` or a backslash and this letter mean under these flags. None for all else."""
    flag = {".": "s", "^": "m", "$": "m"}.get(char, "U")
    return _PLACES.get(flag + char if flag in flags else "") or _PLACES.get(char)
