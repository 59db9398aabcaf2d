"""Short texts that a regular expression may mean, for samples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.server.java_pattern import java_search

_MOST_REPEATS = 100
_LONGEST_PATTERN = 1_000
_LONGEST_SAMPLE = 1_000
_DEEPEST_GROUP = 20


def pattern_samples(pattern: str) -> Iterator[str]:
    """Short texts that a pattern may mean: with nothing in place of what is optional, then with one of each.

    A guess by the common constructs; look-arounds count as met. Nothing for a pattern that it cannot read.
    """
    for optional in (0, 1):
        try:
            yield _Sampler(pattern[:_LONGEST_PATTERN], optional).sample()
        except _Unread:
            return


class _Unread(Exception):
    """A construct that the sampler does not know."""


_TOKEN = re.compile(
    r"(?P<open>\((?:\?(?::|=|!|<=|<!|<[A-Za-z]\w*>|P<\w+>))?)"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<anchor>[\^$]|\\[AbBzZ])"
    r"|(?P<escape>\\.)|(?P<dot>\.)|(?P<literal>[^\\\[(){*+?])",
    re.S,
)
_REPEAT = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<least>\d{1,4})(?P<range>,\d*)?\})[?+]?")
_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t"}


class _Sampler:
    """Reads a pattern once, left to right; of alternatives it takes the first."""

    def __init__(self, pattern: str, optional: int) -> None:
        self._pattern = pattern
        self._optional = optional
        self._at = 0

    def sample(self) -> str:
        text = self._branches(0)
        if self._at < len(self._pattern):
            raise _Unread
        return text

    def _branches(self, depth: int) -> str:
        if depth > _DEEPEST_GROUP:
            raise _Unread
        first = self._branch(depth)
        while self._pattern[self._at : self._at + 1] == "|":
            self._at += 1
            self._branch(depth)
        return first

    def _branch(self, depth: int) -> str:
        pieces: list[str] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            piece, repeats = self._atom(depth), self._repeats()
            if len(piece) * repeats > _LONGEST_SAMPLE:
                raise _Unread
            pieces.append(piece * repeats)
        return "".join(pieces)

    def _atom(self, depth: int) -> str:
        match = _TOKEN.match(self._pattern, self._at)
        if match is None:
            raise _Unread
        self._at = match.end()
        token, kind = match[0], match.lastgroup
        if kind == "open":
            return self._group(token, depth)
        if kind == "class":
            return _class_member(token)
        if kind == "escape":
            return _CLASSES.get(token[1], token[1])
        return {"anchor": "", "dot": "a"}.get(str(kind), token)

    def _group(self, token: str, depth: int) -> str:
        text = self._branches(depth + 1)
        if self._pattern[self._at : self._at + 1] != ")":
            raise _Unread
        self._at += 1
        return "" if token in ("(?=", "(?!", "(?<=", "(?<!") else text

    def _repeats(self) -> int:
        match = _REPEAT.match(self._pattern, self._at)
        if match is None:
            return 1
        self._at = match.end()
        if match["sign"] is None:
            return min(int(match["least"]), _MOST_REPEATS)
        return 1 if match["sign"] == "+" else self._optional


def _class_member(token: str) -> str:
    """A character of `[...]`: a letter or digit where it has one."""
    choices = "aA0-_ ./:" + "".join(chr(code) for code in range(0x21, 0x7F))
    found = next((char for char in choices if java_search(token, char)), None)
    if found is None:
        raise _Unread
    return found
