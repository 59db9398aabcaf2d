"""The part of a Java regular expression that is one character: escapes, `\\p{...}` and `[...]`. Pure."""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import Final

from reconciler.connectors.server import java_chars
from reconciler.connectors.server.java_chars import Chars
from reconciler.connectors.server.work import NotKnown

_CONTROLS: Final = {"a": "\x07", "e": "\x1b", "f": "\x0c", "n": "\n", "r": "\r", "t": "\t"}
_HEX = "[0-9a-fA-F]"
# Codes of characters, with their base. Two halves of UTF-16 in a row are one character.
_CODES: Final = {
    "0": (re.compile("[0-3][0-7]{0,2}|[0-7]{1,2}"), 8),
    "x": (re.compile(rf"{_HEX}{{2}}|\{{{_HEX}+\}}"), 16),
    "u": (re.compile(rf"[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}|{_HEX}{{4}}"), 16),
}
_PROPERTY = re.compile(r"\{([^}]+)\}|([^{])", re.DOTALL)
_LAST = 0x10FFFF
_DEEPEST = 60


class RefusedPattern(Exception):
    """Java's parser throws. The message says why, in its words."""


class ClassReader:
    """`at` is the place of the next character in the pattern. `flags` are those that are on there."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.flags: frozenset[str] = frozenset()

    def peek(self, ahead: int = 0) -> str:
        """The next character, or one further on. "" at the end."""
        return self.pattern[self.at + ahead : self.at + ahead + 1]

    def next(self) -> str:
        """Takes the next character. "" at the end."""
        char = self.peek()
        self.at += len(char)
        return char

    def take(self, text: str) -> bool:
        """Takes this text when it comes next, whether it did."""
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def match(self, expression: re.Pattern[str], otherwise: str) -> re.Match[str]:
        """Takes what an expression matches here. Raises RefusedPattern with these words when it does not."""
        found = expression.match(self.pattern, self.at)
        if found is None:
            raise RefusedPattern(otherwise)
        self.at = found.end()
        return found

    def enter(self) -> None:
        """Goes one group deeper. Raises NotKnown when that is too deep to be followed."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotKnown(f"a pattern with groups more than {_DEEPEST} deep")

    def one(self, char: str) -> Chars:
        """The class of a single character."""
        if {"i", "u"} <= self.flags:
            return java_chars.letter_in_any_case(char)
        return self._cased(java_chars.one_of(char))

    def _cased(self, chars: Chars) -> Chars:
        return java_chars.in_any_case(chars, ascii_only="u" not in self.flags) if "i" in self.flags else chars

    def escaped(self, char: str, *, before_hyphen: bool = False) -> str | Chars:
        """The character or the class that a backslash and this character, which is taken, mean. Raises RefusedPattern for
        letters that mean nothing to Java, and for those that mean a place.
        """
        if char == "v" and before_hyphen:
            return "\x0b"
        chars = (java_chars.WIDE if "U" in self.flags else java_chars.SHORT).get(char.lower())
        if chars is not None:
            return chars if char.islower() else java_chars.none_of(chars)
        if char in ("p", "P"):
            return self._property(is_rest=char == "P")
        return _CONTROLS.get(char) or self._character(char)

    def _character(self, char: str) -> str:
        if char == "c" and self.peek():
            return chr(ord(self.next()) ^ 64)
        if char == "N" and self.peek() == "{":
            raise NotKnown("\\N{...} in a pattern")
        if char in _CODES:
            return self._coded(*_CODES[char])
        if not char or char in ascii_letters or char in digits:
            raise RefusedPattern("Illegal/unsupported escape sequence")
        return char

    def _coded(self, expression: re.Pattern[str], base: int) -> str:
        found = self.match(expression, "Illegal/unsupported escape sequence")
        code, *low = (int(unit.strip("{}"), base) for unit in found[0].split("\\u"))
        if code > _LAST:
            raise RefusedPattern("Hexadecimal codepoint is too big")
        return chr(0x10000 + (code % 0x400) * 0x400 + low[0] % 0x400 if low else code)

    def _property(self, *, is_rest: bool) -> Chars:
        found = self.match(_PROPERTY, "Unclosed or empty character family")
        if self.flags & {"i", "U"}:
            raise NotKnown("a named class of a pattern with the flag i or U")
        chars = java_chars.named(found[1] or found[2])
        return java_chars.none_of(chars) if is_rest else chars

    def bracketed(self, *, is_operand: bool = False) -> Chars:
        """`[...]`, whose bracket is taken. As an operand of `&&` it has no brackets, and ends in front of `]` or `&`."""
        self.enter()
        negated = not is_operand and self.take("^")
        found: list[Chars] = []
        while not (self.peek() == "]" and found):
            if not self.peek():
                raise RefusedPattern("Unclosed character class")
            if self.take("&&"):
                found = [self._intersection(found)]
            else:
                found.append(self.bracketed() if self.take("[") else self._range())
        self.at += not is_operand
        self.depth -= 1
        chars = java_chars.any_of(found)
        return java_chars.none_of(chars) if negated else chars

    def _intersection(self, left: list[Chars]) -> Chars:
        right: list[Chars] = []
        while self.peek() not in ("]", "&", ""):
            right.append(self.bracketed(is_operand=not self.take("[")))
        if not right:
            raise NotKnown("&& without a right side in a pattern")
        first, second = java_chars.any_of(left), java_chars.any_of(right)
        return (lambda char: first(char) and second(char)) if left else second

    def _range(self) -> Chars:
        """One character, a class, or two characters with a hyphen between."""
        first = self._member()
        if not isinstance(first, str):
            return first
        if self.peek() != "-" or self.peek(1) in ("[", "]", ""):
            return self.one(first)
        self.at += 1
        last = self._member(is_last=True)
        if not isinstance(last, str) or last < first:
            raise RefusedPattern("Illegal character range")
        return self._cased(lambda char: first <= char <= last)

    def _member(self, *, is_last: bool = False) -> str | Chars:
        char = self.next()
        if char != "\\":
            return char
        letter = self.next()
        return self.escaped(letter, before_hyphen=is_last or self.peek() == "-")
