"""What `new RegExp(pattern)` of a browser refuses, and what it reads as letters. Pure. No regular expression of the input is run.

The widget compiles patterns without flags (platform v2.0.0, schemaToYup). That is ECMAScript 2024 with the leniency of its annex B,
over UTF-16 code units: a range of emojis is one between halves of them. Held against V8 11.3 in `tests/lint/test_browser_regex.py`.
What only the newest browsers take, such as `(?i:a)`, counts as refused.
"""

from __future__ import annotations

import re
from struct import unpack

_TOKEN = re.compile(
    r"(?P<group>\((?:\?(?::|=|!|<=|<!|(?P<named><)|(?P<odd>))|(?!\?)))|(?P<end>\))"
    r"|(?P<quantifier>[*+?]\??)|(?P<braces>\{(?P<least>\d+)(?:(?P<comma>,)(?P<most>\d*))?\}\??)"
    r"|(?P<assertion>[\^$|])|(?P<open>\[\^?)|(?P<escape>\\(?P<letter>.?))|(?P<other>.)",
    re.S | re.ASCII,
)
_ATOM = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|c([A-Za-z0-9_])|(c)|(.?))|[^\]]", re.S
)
_HAS_NAMES = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|(\(\?<(?![=!]))", re.S)
_NAME = re.compile(r"((?:[^>\\]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]+\})+)>")
_NAME_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")
_LETTERS = re.compile(r"\\(?:\\|([pP])\{|([AzZGQEaehHRX]))")
_CONTROLS = {"b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_MOST = 2**31 - 1


class _Refused(Exception):
    """Why JavaScript refuses a pattern."""


def refusal_of_browsers(pattern: str) -> str:
    """Why `new RegExp` throws. "" when it compiles the pattern."""
    data = pattern.encode("utf-16-be", "surrogatepass")
    try:
        _Scan("".join(map(chr, unpack(f">{len(data) // 2}H", data)))).run()
    except _Refused as refused:
        return str(refused)
    return ""


def letters_in_browsers(pattern: str) -> tuple[str, ...]:
    """The escapes of Java that are letters in JavaScript, each once, as they are written: `\\A`, `\\p`."""
    found = (first or second for first, second in _LETTERS.findall(pattern))
    return tuple(f"\\{letter}" for letter in dict.fromkeys(found) if letter)


class _Scan:
    """One pass over a pattern. `_can_repeat` says whether what was read last may be repeated."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._can_repeat = False
        self._open: list[bool] = []  # for each group, whether it may be repeated
        self._has_names = any(found[1] for found in _HAS_NAMES.finditer(text))
        self._names: set[str] = set()
        self._referred: set[str] = set()

    def run(self) -> None:
        """Raises _Refused for what JavaScript refuses."""
        while token := _TOKEN.match(self._text, self._at):
            self._at = token.end()
            match token.lastgroup:
                case "group":
                    self._group(token)
                case "end":
                    _refuse("a `)` closes nothing", when=not self._open)
                    self._can_repeat = self._open.pop()
                case "quantifier" | "braces":
                    self._quantifier(token)
                case "open":
                    self._class()
                case "escape":
                    self._escape(token["letter"])
                case kind:
                    self._can_repeat = kind == "other"
        _refuse("a group is not closed", when=bool(self._open))
        _refuse("a group is referred to that does not exist", when=bool(self._referred - self._names))

    def _group(self, token: re.Match[str]) -> None:
        _refuse("it has a kind of group or flag that JavaScript does not have", when=token["odd"] is not None)
        if token["named"]:
            name = self._name()
            _refuse("two groups have the same name", when=name in self._names)
            self._names.add(name)
        self._open.append(token[0] not in ("(?<=", "(?<!"))
        self._can_repeat = False

    def _quantifier(self, token: re.Match[str]) -> None:
        is_braces = token.lastgroup == "braces"
        _refuse(f"`{token[0][0]}` has nothing to repeat", when=not self._can_repeat)
        self._can_repeat = False
        if is_braces and token["comma"]:
            least, most = (
                min(int(number[:99]), _MOST) if number else _MOST for number in token.group("least", "most")
            )
            _refuse("a quantifier counts downwards", when=least > most)

    def _escape(self, letter: str) -> None:
        _refuse("it ends in a backslash", when=not letter)
        self._can_repeat = letter not in "bB"
        if letter == "k" and self._has_names:
            _refuse("`\\k` names no group", when=self._text[self._at : self._at + 1] != "<")
            self._at += 1
            self._referred.add(self._name())

    def _name(self) -> str:
        found = _NAME.match(self._text, self._at)
        text = _NAME_ESCAPE.sub(
            lambda code: chr(min(int(code[1] or code[2], 16), 0x10FFFF)), found[1] if found else ""
        )
        name = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
        if found is None or not name.replace("$", "_").isidentifier():
            raise _Refused("a group has no usable name")
        self._at = found.end()
        return name

    def _class(self) -> None:
        """The members of `[...]` behind its beginning."""
        while self._text[self._at : self._at + 1] not in ("]", ""):
            first = self._member()
            if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in (
                "]",
                "",
            ):
                self._at += 1
                last = self._member()
                is_downwards = first is not None and last is not None and first > last
                _refuse("a range in brackets goes downwards", when=is_downwards)
        _refuse("a `[` is not closed", when=self._at >= len(self._text))
        self._at += 1
        self._can_repeat = True

    def _member(self) -> int | None:
        """The code unit of the next member of a class. None for a set such as `\\d`."""
        atom = _ATOM.match(self._text, self._at)
        assert atom is not None  # noqa: S101 - there is a character, and it is no bracket
        self._at = atom.end()
        if atom[0][0] != "\\":
            return ord(atom[0])
        for digits, base in ((atom[1] or atom[2], 16), (atom[3], 8)):
            if digits:
                return int(digits, base)
        if atom[4]:
            return ord(atom[4]) % 32
        if atom[5]:  # `\c` before anything else is a backslash, and a letter
            self._at -= 1
            return ord("\\")
        letter = atom[6]
        _refuse("it ends in a backslash", when=not letter)
        _refuse("`\\k` names no group", when=letter == "k" and self._has_names)
        return None if letter in "dDsSwW" else _CONTROLS.get(letter, ord(letter))


def _refuse(reason: str, *, when: bool) -> None:
    if when:
        raise _Refused(reason)
