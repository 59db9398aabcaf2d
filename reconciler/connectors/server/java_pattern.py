"""Asks whether `java.util.regex.Pattern` of Java 21 takes an expression, and whether it finds it in a text. Pure.

What Java refuses raises RefusedPattern: the server then answers 500. What needs tables that are not kept here raises
NotKnown, and so do the flags d and x, which no connector uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from reconciler.connectors.server import java_regex as regex
from reconciler.connectors.server.java_class import ClassReader, RefusedPattern
from reconciler.connectors.server.work import NotKnown, Work

_LONGEST = 10_000
_MOST_REPEATS = 2**31 - 1
_QUOTATION = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\?.", re.DOTALL)
_QUANTIFIERS: Final[dict[str, tuple[int, int | None]]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_COUNTS = re.compile(r"0*([0-9]{1,10})(?:(,)(?:0*([0-9]{1,10}))?)?\}")
_GROUP_NAME = re.compile("<([A-Za-z][A-Za-z0-9]*)>")
_OPENING = re.compile(
    r"(?P<plain>(?!\?))|\?(?:(?P<atomic>>)|(?P<look><?[=!])|<(?P<name>[A-Za-z][A-Za-z0-9]*)>"
    r"|(?P<other>[imsuU-]*[dx])|(?P<on>[imsuU]*)(?:-(?P<off>[imsuU]*))?(?P<end>[:)]))"
)


class PatternReader(ClassReader):
    """Goes through one pattern and makes its parts."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.names: set[str] = set()
        self.groups = 0

    def whole(self) -> regex.Part:
        """The whole pattern."""
        part = self._branch()
        if self.at < len(self.pattern):
            raise RefusedPattern("Unmatched closing ')'")
        return part

    def _branch(self) -> regex.Part:
        self.enter()
        parts = [self._sequence()]
        while self.take("|"):
            parts.append(self._sequence())
        self.depth -= 1
        return regex.branch(*parts)

    def _sequence(self) -> regex.Part:
        parts: list[regex.Part] = []
        while self.peek() not in ("", "|", ")"):
            part = self._atom()
            if part is not None:
                parts.append(self._repeated(part))
        return regex.sequence(*parts)

    def _atom(self) -> regex.Part | None:
        """One part without its quantifier. None for flags."""
        if self.peek() == "{":  # what is repeated there is nothing
            return regex.sequence()
        char = self.next()
        if char in "*+?":
            raise RefusedPattern(f"Dangling meta character '{char}'")
        if char in ".^$":
            return regex.place(char, self.flags)
        make = self._ATOMS.get(char)
        return regex.char_of(self.one(char)) if make is None else make(self)

    def _escape(self) -> regex.Part:
        char = self.next()
        if char == "b" and self.peek() == "{":
            raise NotKnown("\\b{...} in a pattern")
        if char and char in "123456789":
            return self._reference(int(char))
        if char == "k":
            if self.match(_GROUP_NAME, "named capturing group is missing")[1] not in self.names:
                raise RefusedPattern("named capturing group does not exist")
            return regex.unsayable("a reference to a group of a pattern")
        part = regex.place(char, self.flags) if char not in (".", "^", "$") else None
        if part is not None:
            return part
        found = self.escaped(char)
        return regex.char_of(self.one(found) if isinstance(found, str) else found)

    def _reference(self, number: int) -> regex.Part:
        """What a group took. Nothing is taken by a group that the pattern does not have."""

        def holds(_text: regex.Text) -> int:
            if number <= self.groups:
                raise NotKnown("a reference to a group of a pattern")
            return 0

        return regex.where(holds, is_endless=True)

    def _repeated(self, part: regex.Part) -> regex.Part:
        limits = self._limits()
        if limits is None:
            return part
        repeated = (
            regex.unsayable("\\R, repeated, in a pattern")
            if part is regex.LINE_END
            else regex.repeat(part, *limits)
        )
        if self.take("+"):
            # At the very end it takes what a greedy one would.
            return (
                regex.sequence(repeated, regex.unsayable("a possessive quantifier"))
                if self.peek()
                else repeated
            )
        self.take("?")
        return repeated

    def _limits(self) -> tuple[int, int | None] | None:
        limits = _QUANTIFIERS.get(self.peek())
        if limits is not None:
            self.at += 1
            return limits
        if not self.take("{"):
            return None
        first, comma, last = self.match(_COUNTS, "Illegal repetition").groups()
        least, most = int(first), int(last or first)
        if max(least, most) > _MOST_REPEATS or most < least:
            raise RefusedPattern("Illegal repetition range")
        return least, None if comma and last is None else most

    def _group(self) -> regex.Part | None:
        """A group, whose bracket is taken. None for flags that hold for the rest of the group around them."""
        flags, found = self.flags, self.match(_OPENING, "Unknown inline modifier or group name")
        if found["other"] is not None:
            raise NotKnown("the flags d and x of a pattern")
        # U is u as well, on and off.
        on, off, name = found["on"] or "", found["off"] or "", found["name"]
        self.flags = (flags | {*on, *on.lower()}) - {*off, *off.lower()}
        if found["end"] == ")":
            return None
        if name in self.names:
            raise RefusedPattern(f"Named capturing group <{name}> is already defined")
        self.groups += found["plain"] is not None or name is not None
        part = self._branch()
        self.names.update({name} if name else ())
        if not self.take(")"):
            raise RefusedPattern("Unclosed group")
        self.flags = flags
        if found["atomic"]:
            return regex.sequence(part, regex.unsayable("an atomic group"))
        sign = found["look"] or ""
        if sign.startswith("<") and part.is_endless and not part.is_run:
            raise NotKnown("a look-behind of any length in a pattern")
        wanted = sign.endswith("=")
        return regex.looks(part, ahead=not sign.startswith("<"), wanted=wanted) if sign else part

    _ATOMS: Final[dict[str, Callable[[PatternReader], regex.Part | None]]] = {
        "(": _group,
        "\\": _escape,
        "[": lambda self: regex.char_of(self.bracketed()),
    }


@lru_cache(maxsize=512)
def _read(pattern: str) -> regex.Part | RefusedPattern | NotKnown:
    quoted = _QUOTATION.sub(_without_quotation, pattern) if "\\Q" in pattern else pattern
    try:
        return PatternReader(quoted).whole()
    except (RefusedPattern, NotKnown) as error:
        return error


def _without_quotation(found: re.Match[str]) -> str:
    """`\\Q...\\E` spelled with backslashes. Anything else as it is."""
    if found[1] is None:
        return found[0]
    return "".join(f"\\x{ord(char):02x}" if char.isascii() else char for char in found[1])


def java_pattern(pattern: str) -> regex.Part:
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
    searched = regex.Text(text, work, len(pattern))
    return java_pattern(pattern).leave(searched, searched.everywhere, 0) != 0


def java_search(pattern: str, text: str) -> bool | None:
    """`finds`. None when Java refuses the expression, or when it is not known."""
    try:
        return finds(pattern, text, Work())
    except (RefusedPattern, NotKnown):
        return None


def java_matches(pattern: str, text: str) -> bool:
    """Whether `pattern` takes the whole of `text`. For expressions of our own."""
    matched = regex.Text(text, Work(), len(pattern))
    return java_pattern(pattern).leave(matched, 1, 0) & matched.end != 0
