"""Reads a regular expression as `java.util.regex.Pattern` of Java 21 does. Pure.

What Java's parser refuses raises RefusedPattern: the server then answers 500. What it may take or refuse, because that depends
on tables that are not kept here, raises NotKnown. A construct that Java takes and whose meaning cannot be followed
becomes Unsayable: then only a text that gets there is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from reconciler.connectors.server import java_chars
from reconciler.connectors.server.java_class import ClassReader, RefusedPattern
from reconciler.connectors.server.java_regex import (
    LINE_ENDS,
    Branch,
    Char,
    Chars,
    Part,
    Repeat,
    Sequence,
    Text,
    Unsayable,
    Where,
    at_line_end,
    at_word_edge,
    looks,
)
from reconciler.connectors.server.work import NotKnown, Work

_LONGEST = 10_000
_MOST_REPEATS = 2**31 - 1
_MOST_BEHIND = 1_000
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_DIGITS = re.compile("[0-9]+")
_GROUP_NAME = re.compile("<([A-Za-z][A-Za-z0-9]*)>")
_FLAGS = re.compile(r"([imsdxuU]*)(?:-([imsdxuU]*))?([:)])")
_QUOTATION = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\?.", re.DOTALL)
_PLACES: Final[dict[str, Part]] = {
    "A": Where(lambda _: 1),
    "B": Where(lambda text: text.everywhere & ~at_word_edge(text)),
    "G": Where(lambda _: 1),  # where the search begins
    "X": Unsayable("\\X in a pattern"),
    "Z": Where(at_line_end),
    "b": Where(at_word_edge),
    "z": Where(lambda text: text.end),
}
_NOTHING = Sequence(())
_LINE_END = Branch(
    (
        Sequence((Char(java_chars.one_of("\r")), Char(java_chars.one_of("\n")))),
        Char(java_chars.LINE_CHARS),
    )
)
_ANY: Chars = lambda _: True  # noqa: E731 - a class like the others
_NO_LINE_END = java_chars.none_of(java_chars.one_of(LINE_ENDS))


@lru_cache(maxsize=512)
def _read(pattern: str) -> Part | RefusedPattern | NotKnown:
    try:
        return _Reader(_without_quotations(pattern)).whole()
    except (RefusedPattern, NotKnown) as error:
        return error


def java_pattern(pattern: str) -> Part:
    """The expression. Raises RefusedPattern and NotKnown."""
    if len(pattern) > _LONGEST:
        raise NotKnown(f"a pattern of more than {_LONGEST:,} characters")
    read = _read(pattern)
    if isinstance(read, Exception):
        raise read
    return read


def finds(pattern: str, text: str, work: Work) -> bool:
    """Whether Java finds `pattern` somewhere in `text`. Raises RefusedPattern, NotKnown and TooMuchWork."""
    work.spend(1 + len(pattern))  # it is read again when there are more of them than are kept
    searched = Text(text, work, len(pattern))
    return java_pattern(pattern).leave(searched, searched.everywhere) != 0


def java_search(pattern: str, text: str) -> bool | None:
    """`finds`; None when Java refuses the expression, or when it is not known."""
    try:
        return finds(pattern, text, Work())
    except (RefusedPattern, NotKnown):
        return None


def java_matches(pattern: str, text: str) -> bool:
    """Whether `pattern` takes the whole of `text`. For expressions of our own."""
    matched = Text(text, Work(), len(pattern))
    return java_pattern(pattern).leave(matched, 1) & matched.end != 0


def _without_quotations(pattern: str) -> str:
    """`\\Q...\\E` spelled with backslashes."""
    if "\\Q" not in pattern:
        return pattern
    return _QUOTATION.sub(lambda found: found[0] if found[1] is None else _quoted(found[1]), pattern)


def _quoted(text: str) -> str:
    return "".join(f"\\x{ord(char):02x}" if char.isascii() else char for char in text)


class _Reader(ClassReader):
    """Goes through one pattern and makes its parts."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.names: set[str] = set()
        self.groups = 0
        self.is_unclear = False

    def whole(self) -> Part:
        """The whole pattern."""
        part = self._branch()
        if self.at < len(self.pattern):
            raise RefusedPattern("Unmatched closing ')'")
        return Unsayable("a flag of a pattern other than i and s") if self.is_unclear else part

    def _branch(self) -> Part:
        self.enter()
        parts = [self._sequence()]
        while self.take("|"):
            parts.append(self._sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Branch(tuple(parts))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self.peek() not in ("", "|", ")"):
            part = self._atom()
            if part is not None:
                parts.append(self._repeated(part))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _atom(self) -> Part | None:
        """One part without its quantifier; None for flags."""
        if self.peek() == "{":  # what is repeated there is nothing
            return _NOTHING
        char = self.next()
        if char in "*+?":
            raise RefusedPattern(f"Dangling meta character '{char}'")
        make = self._ATOMS.get(char)
        return Char(self.one(char)) if make is None else make(self)

    def _escape(self) -> Part:
        char = self.next()
        if char == "R":
            return _LINE_END
        if char == "b" and self.peek() == "{":
            raise NotKnown("\\b{...} in a pattern")
        if char in _PLACES:
            return _PLACES[char]
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

        return Where(holds)

    def _named_reference(self) -> Part:
        found = _GROUP_NAME.match(self.pattern, self.at)
        if found is None or found[1] not in self.names:
            raise RefusedPattern("named capturing group does not exist")
        self.at = found.end()
        return Unsayable("a reference to a group of a pattern")

    def _repeated(self, part: Part) -> Part:
        limits = self._limits()
        if limits is None:
            return part
        repeat = Unsayable("\\R, repeated, in a pattern") if part is _LINE_END else Repeat(part, *limits)
        if self.take("+"):
            # At the very end it takes what a greedy one would.
            return Sequence((repeat, Unsayable("a possessive quantifier"))) if self.peek() else repeat
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
        if _is_endless(part):
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
        if found is None:
            raise RefusedPattern("Unknown inline modifier")
        self.at = found.end()
        self.flags = (self.flags | set(found[1])) - set(found[2] or "")
        if "x" in self.flags:
            raise NotKnown("the flag x of a pattern")
        self.is_unclear |= not self.flags <= ({"i", "s"} if "i" in self.flags else {"s", "u"})
        return None if found[3] == ")" else self._branch()

    _ATOMS: Final[dict[str, Callable[[_Reader], Part | None]]] = {
        "(": _group,
        "\\": _escape,
        "[": lambda self: Char(self.bracketed()),
        ".": lambda self: Char(_ANY if "s" in self.flags else _NO_LINE_END),
        "^": lambda _: _PLACES["A"],
        "$": lambda _: _PLACES["Z"],
    }


def _is_endless(part: Part) -> bool:
    """Whether there is no longest text that it takes: Java refuses most of those behind `(?<=`, and not all."""
    if isinstance(part, Repeat):
        return part.most is None or part.most > _MOST_BEHIND or _is_endless(part.part)
    if isinstance(part, Sequence | Branch):
        return any(_is_endless(each) for each in part.parts)
    return isinstance(part, Unsayable)
