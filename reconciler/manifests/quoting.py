"""What quotes would cure: advice about YAML that begins as something else than the text it was meant to be. Pure.

It goes by the characters around a place, never by a parser's words, and shows no more than one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

VARIABLE_IN_BRACES: Final = (
    "quote it; if it means a variable, write !env RECONCILER_VAR_..., the only substitution there is"
)
"""For `{{ name }}`, which YAML reads as a mapping in place of a key, and its like."""

_TABS = "indent with spaces, not tabs"
_ESCAPE = (
    "write the value in single quotes, or each backslash twice: in double quotes a backslash begins an escape"
)
_COLON = "quote values that hold a colon followed by a blank"
_HASH = "quote values that hold a # behind a blank: it begins a comment"
_QUOTES = "put the whole value into one pair of quotes; inside single quotes, write each ' twice"
_COLLECTION = (
    "a value that starts with [ is a list, and one that starts with { an object: quote it if it is text"
)
_BLOCK = "a value that starts with > or | goes on below: quote it if it is text"
_FLOW = "inside { } and [ ], quote values that hold one of { } [ ] or a comma"

_COMMENT = re.compile(r"\s#")


def advice(line: str, column: int, opened: str = "") -> str:
    """What usually helps against a syntax error at a 0-based column; "" for no idea. `opened` is the text of what the parser was in,
    from its first character to the end of its line.
    """
    char = line[column : column + 1]
    return next(_within(line, column, opened[:1]), "") or next(_at(line, column, char, opened), "")


def _within(line: str, column: int, opener: str) -> Iterator[str]:
    """By what was begun: an alias, a text in quotes, a block."""
    if opener and opener in "*&":
        yield _start(opener)
    if opener == '"' and "\\" in line[max(column - 2, 0) : column + 1]:
        yield _ESCAPE
    if opener and opener in ">|":
        yield _BLOCK


def _at(line: str, column: int, char: str, opened: str) -> Iterator[str]:
    """By the characters at the place and in front of it."""
    behind = line[:column].rstrip()[-1:]
    if char == "\t":
        yield _TABS
    if (char and char in "@`!") or (char == "%" and column):
        yield _start(char)
    if char and char in "-?":
        yield _start(f"{char} and a blank")
    if opened[:1] in ("[", "{") and _COMMENT.search(opened):
        yield _HASH
    if char == ":":
        yield _COLON
    if line[max(column - 1, 0) : column + 1] in ("${", "%{", "{{"):
        yield VARIABLE_IN_BRACES
    if char and behind and behind in "'\"]}":
        yield _QUOTES if behind in "'\"" else _COLLECTION
    if char and char in "[]{},":
        yield _FLOW


def start_advice(rest: str) -> str:
    """What helps where a value was expected and none is, by the rest of the line; "" for no idea."""
    first = rest.lstrip()[:1]
    return _start(first) if first and first in "#&" else ""


def _start(char: str) -> str:
    return f"quote values that start with {char}"
