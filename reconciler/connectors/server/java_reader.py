"""The grammar of a Java regular expression: makes its parts. Pure.

What Java's parser refuses raises RefusedPattern. What it may take or refuse, because that depends on tables that are not kept
here, raises NotKnown. A construct that Java takes and whose meaning cannot be followed becomes Unsayable: then only a text
that gets there is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from reconciler.connectors.server.java_class import ClassReader, RefusedPattern
from reconciler.connectors.server.java_places import LINE_END, any_char, special
from reconciler.connectors.server.java_regex import (
    Branch,
    Char,
    Part,
    Repeat,
    Sequence,
    Text,
    Unsayable,
    Where,
    looks,
)
from reconciler.connectors.server.work import NotKnown

_MOST_REPEATS = 2**31 - 1
_MOST_BEHIND = 1_000
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_DIGITS = re.compile("[0-9]+")
_GROUP_NAME = re.compile("<([A-Za-z][A-Za-z0-9]*)>")
_FLAGS = re.compile(r"([imsdxuU]*)(?:-([imsdxuU]*))?([:)])")
_X_FIRST = re.compile("[imsduU]*x")
_BLANKS = re.compile("(?:[ \t-\r]|#[^\0\n\r\x85\u2028\u2029]*)*")
_LONG_ESCAPES = frozenset("0cpPuxNk123456789")
_NOTHING = Sequence(())
BLANKS_INSIDE = "the flag x of a pattern, with blanks inside its signs"


class PatternReader(ClassReader):
    """Goes through one pattern and makes its parts. `is_spaced` is True once the flag x was on."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.names: set[str] = set()
        self.groups = 0
        self.is_spaced = False

    def whole(self) -> Part:
        """The whole pattern."""
        part = self._branch()
        if self.at < len(self.pattern):
            raise RefusedPattern("Unmatched closing ')'")
        return part

    def _branch(self) -> Part:
        self.enter()
        parts = [self._sequence()]
        while self.take("|"):
            parts.append(self._sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Branch(tuple(parts))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._past_blanks() not in ("", "|", ")"):
            part = self._atom()
            if part is not None:
                parts.append(self._repeated(part))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _past_blanks(self) -> str:
        """The next character that is neither blank nor comment, when the flag x is on; "" at the end."""
        found = _BLANKS.match(self.pattern, self.at) if "x" in self.flags else None
        self.at = found.end() if found else self.at
        return self.peek()

    def _atom(self) -> Part | None:
        """One part without its quantifier; None for flags."""
        if self.peek() == "{":  # what is repeated there is nothing
            return _NOTHING
        char = self.next()
        if char in "*+?":
            raise RefusedPattern(f"Dangling meta character '{char}'")
        make = self._ATOMS.get(char)
        return Char(self.one(char)) if make is None else make(self)

    def _class(self) -> Part:
        start = self.at
        chars = self.bracketed()
        self._check_blanks(start, self.at)
        return Char(chars)

    def _escape(self) -> Part:
        start = self.at + 1
        part = self._escaped_part(self.next())
        self._check_blanks(start, self.at + (self.pattern[start - 1] in _LONG_ESCAPES))
        return part

    def _check_blanks(self, start: int, end: int) -> None:
        """Raises NotKnown where Java skips blanks inside an escape or a class."""
        if "x" in self.flags and any(char.isspace() or char == "#" for char in self.pattern[start:end]):
            raise NotKnown(BLANKS_INSIDE)

    def _escaped_part(self, char: str) -> Part:
        if char == "b" and self._past_blanks() == "{":
            raise NotKnown("\\b{...} in a pattern")
        part = special(char, self.flags) if char not in "^$" else None
        if part is not None:
            return part
        if char and char in "123456789":
            return self._reference(int(char))
        if char == "k":
            return self._named_reference()
        found = self.escaped(char)
        return Char(self.one(found) if isinstance(found, str) else found)

    def _reference(self, number: int) -> Part:
        """What a group took; nothing is taken by a group that the pattern does not have."""

        def holds(_text: Text) -> int:
            if number <= self.groups:
                raise NotKnown("a reference to a group of a pattern")
            return 0

        return Where(holds, is_endless=True)

    def _named_reference(self) -> Part:
        found = _GROUP_NAME.match(self.pattern, self.at)
        if found is None or found[1] not in self.names:
            raise RefusedPattern("named capturing group does not exist")
        self.at = found.end()
        return Unsayable("a reference to a group of a pattern")

    def _repeated(self, part: Part) -> Part:
        self._past_blanks()
        limits = self._limits()
        if limits is None:
            return part
        repeat = Unsayable("\\R, repeated, in a pattern") if part is LINE_END else Repeat(part, *limits)
        self._past_blanks()
        if self.take("+"):
            # At the very end it takes what a greedy one would.
            return Sequence((repeat, Unsayable("a possessive quantifier"))) if self._past_blanks() else repeat
        self.take("?")
        return repeat

    def _limits(self) -> tuple[int, int | None] | None:
        for sign, limits in _QUANTIFIERS.items():
            if self.take(sign):
                return limits
        if not self.take("{"):
            return None
        least = self._number()
        if least is None:
            raise RefusedPattern("Illegal repetition")
        most: int | None = least
        if self.take(","):
            most = None if self.peek() == "}" else self._number() or 0
        self.expect("}", "Unclosed counted closure")
        if most is not None and most < least:
            raise RefusedPattern("Illegal repetition range")
        return least, most

    def _number(self) -> int | None:
        found = _DIGITS.match(self.pattern, self.at)
        if found is None:
            return None
        self.at = found.end()
        if len(found[0].lstrip("0")) > 10 or int(found[0]) > _MOST_REPEATS:
            raise RefusedPattern("Illegal repetition range")
        return int(found[0])

    def _group(self) -> Part | None:
        flags = self.flags
        if not self.take("?"):
            self.groups += 1
            part: Part | None = self._branch()
        elif self.take(">"):
            part = Sequence((self._branch(), Unsayable("an atomic group")))
        elif self.peek() in ("=", "!"):
            wanted = self.next() == "="
            part = looks(self._branch(), ahead=True, wanted=wanted)
        elif self.take("<"):
            part = self._behind() if self.peek() in ("=", "!") else self._named_group()
        else:
            part = self._flagged()
        if part is None:
            return None
        self.expect(")", "Unclosed group")
        self.flags = flags
        return part

    def _behind(self) -> Part:
        wanted = self.next() == "="
        part = self._branch()
        if _is_endless(part) and not (isinstance(part, Repeat) and isinstance(part.part, Char)):
            raise NotKnown("a look-behind of any length in a pattern")
        return looks(part, ahead=False, wanted=wanted)

    def _named_group(self) -> Part:
        found = _GROUP_NAME.match(self.pattern, self.at - 1)
        if found is None or found[1] in self.names:
            raise RefusedPattern("a group needs a name of its own, of letters and digits")
        self.at = found.end()
        self.groups += 1
        part = self._branch()
        self.names.add(found[1])
        return part

    def _flagged(self) -> Part | None:
        """Flags for the rest of the group (None), or a group with flags of its own."""
        found = _FLAGS.match(self.pattern, self.at)
        self.is_spaced |= found is None and _X_FIRST.match(self.pattern, self.at) is not None
        if found is None:
            raise RefusedPattern("Unknown inline modifier")
        self.at = found.end()
        self.is_spaced |= "x" in found[1]
        on, off = (set(signs or "") for signs in found.groups()[:2])
        # U is u as well, on and off.
        self.flags = (self.flags | on | {each.lower() for each in on}) - off - {each.lower() for each in off}
        if {"d", "x"} <= self.flags:
            raise NotKnown("the flags d and x of a pattern")
        return None if found[3] == ")" else self._branch()

    _ATOMS: Final[dict[str, Callable[[PatternReader], Part | None]]] = {
        "(": _group,
        "\\": _escape,
        "[": _class,
        ".": lambda self: Char(any_char(self.flags)),
        "^": lambda self: special("^", self.flags),
        "$": lambda self: special("$", self.flags),
    }


def _is_endless(part: Part) -> bool:
    """Whether Java may see no longest text that it takes: it refuses most of those behind `(?<=`, and not all."""
    if isinstance(part, Repeat):
        return part.most is None or part.most > _MOST_BEHIND or not _is_fixed(part.part)
    if isinstance(part, Sequence | Branch):
        return any(_is_endless(each) for each in part.parts)
    return isinstance(part, Unsayable) or (isinstance(part, Where) and part.is_endless)


def _is_fixed(part: Part) -> bool:
    """Whether it is made of nothing but characters."""
    return all(map(_is_fixed, part.parts)) if isinstance(part, Sequence) else isinstance(part, Char)
