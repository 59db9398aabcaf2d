"""The part of a Java regular expression that stands for one character: escapes, `\\p{...}` and `[...]`. Pure.

`ClassReader` goes through one pattern; java_pattern adds what stands for more than one character.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters, digits, hexdigits, octdigits
from typing import Final

from reconciler.connectors.server import java_chars
from reconciler.connectors.server.java_regex import Chars
from reconciler.connectors.server.work import NotKnown

_CONTROLS = {"a": "\x07", "e": "\x1b", "f": "\x0c", "n": "\n", "r": "\r", "t": "\t"}
_LAST = 0x10FFFF
_MOST_OCTAL = "3"
_DEEPEST = 60


class RefusedPattern(Exception):
    """Java's parser throws; the message says why, in its words."""


class ClassReader:
    """`at` is the place of the next character in the pattern; `flags` are those that are on there."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.flags: frozenset[str] = frozenset()

    def peek(self, ahead: int = 0) -> str:
        """The next character, or one further on; "" at the end."""
        return self.pattern[self.at + ahead : self.at + ahead + 1]

    def next(self) -> str:
        """The next character, which is behind us then; "" at the end."""
        char = self.peek()
        self.at += len(char)
        return char

    def take(self, text: str) -> bool:
        """Whether this comes next; if so, it is behind us then."""
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def expect(self, text: str, otherwise: str) -> None:
        """`take`, or RefusedPattern with these words."""
        if not self.take(text):
            raise RefusedPattern(otherwise)

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
        """What a backslash and this character stand for: one character or a class; both are behind us.

        Raises RefusedPattern for letters that mean nothing to Java, and for those that stand for a place.
        """
        if char == "v" and before_hyphen:
            return "\x0b"
        chars = (java_chars.WIDE if "U" in self.flags else java_chars.SHORT).get(char.lower())
        if chars is not None:
            return chars if char.islower() else java_chars.none_of(chars)
        if char in _CONTROLS:
            return _CONTROLS[char]
        read = self._ESCAPES.get(char)
        if read is not None:
            return read(self)
        if not char or char in ascii_letters or char in digits:
            raise RefusedPattern("Illegal/unsupported escape sequence")
        return char

    def _control(self) -> str:
        if not self.peek():
            raise RefusedPattern("Illegal control escape sequence")
        return chr(ord(self.next()) ^ 64)

    def _character_name(self) -> str:
        if self.peek() == "{":
            raise NotKnown("\\N{...} in a pattern")
        raise RefusedPattern("Illegal character name escape sequence")

    def _octal(self) -> str:
        start = self.at
        most = 3 if self.peek() <= _MOST_OCTAL else 2
        while self.peek() in tuple(octdigits) and self.at - start < most:
            self.at += 1
        if self.at == start:
            raise RefusedPattern("Illegal octal escape sequence")
        return chr(int(self.pattern[start : self.at], 8))

    def _hexadecimal(self) -> str:
        if not self.take("{"):
            return self._digits(2, "Illegal hexadecimal escape sequence")
        end = self.pattern.find("}", self.at)
        text = self.pattern[self.at : end]
        if end < 0 or not text or any(char not in hexdigits for char in text) or int(text, 16) > _LAST:
            raise RefusedPattern("Unclosed or too large hexadecimal escape sequence")
        self.at = end + 1
        return chr(int(text, 16))

    def _unit(self) -> str:
        """A UTF-16 unit; two halves in a row are one character."""
        high = self._digits(4, "Illegal Unicode escape sequence")
        start = self.at
        if "\ud800" <= high <= "\udbff" and self.take("\\u"):
            low = self._digits(4, "Illegal Unicode escape sequence")
            if "\udc00" <= low <= "\udfff":
                return (high + low).encode("utf-16", "surrogatepass").decode("utf-16")
            self.at = start
        return high

    def _digits(self, number: int, otherwise: str) -> str:
        text = self.pattern[self.at : self.at + number]
        if len(text) < number or any(char not in hexdigits for char in text):
            raise RefusedPattern(otherwise)
        self.at += number
        return chr(int(text, 16))

    def _property(self) -> Chars:
        is_rest = self.pattern[self.at - 1] == "P"
        name = self.next()
        if name == "{":
            end = self.pattern.find("}", self.at)
            if end <= self.at:
                raise RefusedPattern("Unclosed or empty character family")
            name, self.at = self.pattern[self.at : end], end + 1
        if not name:
            raise RefusedPattern("Unknown character property name")
        if self.flags & {"i", "U"}:
            raise NotKnown("a named class of a pattern with the flag i or U")
        chars = java_chars.named(name)
        return java_chars.none_of(chars) if is_rest else chars

    def bracketed(self, *, is_operand: bool = False) -> Chars:
        """`[...]`, whose bracket is behind us. As an operand of `&&` it has no brackets, and ends in front of `]` or `&`."""
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
            right.append(self.bracketed() if self.take("[") else self.bracketed(is_operand=True))
        if not right:
            raise NotKnown("&& without a right side in a pattern")
        chars = java_chars.any_of(right)
        return java_chars.both(java_chars.any_of(left), chars) if left else chars

    def _range(self) -> Chars:
        """One character, a class, or two characters with a hyphen between."""
        first = self.next()
        if first == "\\":
            found = self.escaped(self.next(), before_hyphen=self.peek() == "-")
            if not isinstance(found, str):
                return found
            first = found
        if self.peek() != "-" or self.peek(1) in ("[", "]", ""):
            return self.one(first)
        self.at += 1
        last: str | Chars = self.next()
        if last == "\\":
            last = self.escaped(self.next(), before_hyphen=True)
        if not isinstance(last, str) or last < first:
            raise RefusedPattern("Illegal character range")
        return self._cased(java_chars.span(first, last))

    _ESCAPES: Final[dict[str, Callable[[ClassReader], str | Chars]]] = {
        "p": _property,
        "P": _property,
        "0": _octal,
        "x": _hexadecimal,
        "u": _unit,
        "c": _control,
        "N": _character_name,
    }
