"""What `new RegExp(pattern)` of a browser refuses, and what it reads as letters. Pure; no regular expression is run.

The widget compiles patterns without flags (platform v2.0.0, schemaToYup). That is ECMAScript 2024 with the leniency of its annex B,
over UTF-16 code units: a range of emojis is one between halves of them. Held against V8 11.3 in `tests/lint/test_browser_regex.py`.
What only the newest browsers take, such as `(?i:a)`, counts as refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from struct import unpack

_BRACES = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_NAMED = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|(\(\?<(?![=!]))", re.S)
_NAME = re.compile(r"((?:[^>\\]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]+\})+)>")
_NAME_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")
_PLAIN_GROUPS = ("?:", "?=", "?!", "?<=", "?<!")
_CONTROLS = {"b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_NUMBER = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|c([A-Za-z0-9_])")
_MOST = 2**31 - 1
_LETTERS = re.compile(r"\\(?:\\|([pP])\{|([AzZGQEaehHRX]))")


class _Refused(Exception):
    """Why JavaScript refuses a pattern."""


def refusal_of_browsers(pattern: str) -> str:
    """Why `new RegExp` throws; "" when it compiles the pattern."""
    try:
        _Scan(pattern).run()
    except _Refused as refused:
        return str(refused)
    return ""


def letters_in_browsers(pattern: str) -> tuple[str, ...]:
    """The escapes of Java that are letters in JavaScript, each once, as they are written: `\\A`, `\\p`."""
    found = (first or second for first, second in _LETTERS.findall(pattern))
    return tuple(f"\\{letter}" for letter in dict.fromkeys(found) if letter)


class _Scan:
    """One pass over a pattern. `_repeatable` says whether what was read last may be repeated."""

    def __init__(self, pattern: str) -> None:
        data = pattern.encode("utf-16-be", "surrogatepass")
        self._text = "".join(map(chr, unpack(f">{len(data) // 2}H", data)))
        self._at = 0
        self._repeatable = False
        self._open: list[bool] = []  # for each group, whether it may be repeated
        self._has_names = any(match[1] for match in _NAMED.finditer(self._text))
        self._names: set[str] = set()
        self._referred: set[str] = set()

    def run(self) -> None:
        steps: dict[str, Callable[[], None]] = {
            **dict.fromkeys("*+?", self._quantifier), **dict.fromkeys("^$|", self._assertion), "{": self._brace,
            "(": self._group, ")": self._group_end, "[": self._class, "\\": self._escape,
        }  # fmt: skip
        while self._at < len(self._text):
            steps.get(self._text[self._at], self._letter)()
        if self._open:
            raise _Refused("a group is not closed")
        if self._referred - self._names:
            raise _Refused("a group is referred to that does not exist")

    def _next(self, ahead: int = 0) -> str:
        return self._text[self._at + ahead : self._at + ahead + 1]

    def _letter(self) -> None:
        self._at += 1
        self._repeatable = True

    def _assertion(self) -> None:
        self._at += 1
        self._repeatable = False

    def _quantifier(self, length: int = 1) -> None:
        if not self._repeatable:
            raise _Refused(f"`{self._next()}` has nothing to repeat")
        self._at += length
        self._at += self._next() == "?"
        self._repeatable = False

    def _brace(self) -> None:
        """`{2,3}`; any other brace is a letter."""
        found = _BRACES.match(self._text, self._at)
        if found is None:
            self._letter()
            return
        least, most = (min(int(number[:99]), _MOST) if number else _MOST for number in (found[1], found[3]))
        self._quantifier(len(found[0]))
        if found[2] and least > most:
            raise _Refused("a quantifier counts downwards")

    def _group(self) -> None:
        self._at += 1
        kind = next((kind for kind in _PLAIN_GROUPS if self._text.startswith(kind, self._at)), "")
        if not kind and self._next() == "?":
            if self._next(1) != "<":
                raise _Refused("it has a kind of group or flag that JavaScript does not have")
            self._at += 2
            name = self._name()
            if name in self._names:
                raise _Refused("two groups have the same name")
            self._names.add(name)
        self._at += len(kind)
        self._open.append(not kind.startswith("?<"))
        self._repeatable = False

    def _group_end(self) -> None:
        if not self._open:
            raise _Refused("a `)` closes nothing")
        self._at += 1
        self._repeatable = self._open.pop()

    def _name(self) -> str:
        found = _NAME.match(self._text, self._at)
        text = (
            _NAME_ESCAPE.sub(lambda match: chr(min(int(match[1] or match[2], 16), 0x10FFFF)), found[1])
            if found
            else ""
        )
        name = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
        if found is None or not name.replace("$", "_").isidentifier():
            raise _Refused("a group has no usable name")
        self._at = found.end()
        return name

    def _escape(self) -> None:
        letter = self._next(1)
        if not letter:
            raise _Refused("it ends in a backslash")
        self._at += 2
        self._repeatable = letter not in "bB"
        if letter == "k" and self._has_names:
            if self._next() != "<":
                raise _Refused("`\\k` names no group")
            self._at += 1
            self._referred.add(self._name())

    def _class(self) -> None:
        self._at += 1
        self._at += self._next() == "^"
        while self._next() not in ("]", ""):
            first = self._class_atom()
            if self._next() == "-" and self._next(1) not in ("]", ""):
                self._at += 1
                last = self._class_atom()
                if first is not None and last is not None and first > last:
                    raise _Refused("a range in brackets goes downwards")
        if not self._next():
            raise _Refused("a `[` is not closed")
        self._letter()

    def _class_atom(self) -> int | None:
        """The code unit of the next member of a class; None for a set such as `\\d`."""
        char = self._next()
        self._at += 1
        if char != "\\":
            return ord(char)
        letter = self._next()
        if not letter or (letter == "k" and self._has_names):
            raise _Refused("it ends in a backslash" if not letter else "`\\k` names no group")
        if letter == "c" and not _NUMBER.match(self._text, self._at):
            return ord("\\")
        number = _NUMBER.match(self._text, self._at)
        self._at += len(number[0]) if number else 1
        if number:
            return _value(number)
        return None if letter in "dDsSwW" else _CONTROLS.get(letter, ord(letter))


def _value(number: re.Match[str]) -> int:
    hexadecimal, octal, control = number[1] or number[2], number[3], number[4]
    if hexadecimal:
        return int(hexadecimal, 16)
    return int(octal, 8) if octal else ord(control) % 32
