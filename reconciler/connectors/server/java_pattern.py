"""Asks whether `java.util.regex.Pattern` of Java 21 takes an expression, and whether it finds it in a text. Pure.

What Java refuses raises RefusedPattern: the server then answers 500. What cannot be told raises NotKnown.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_reader import BLANKS_INSIDE, PatternReader
from reconciler.connectors.server.java_regex import Part, Text
from reconciler.connectors.server.work import NotKnown, Work

_LONGEST = 10_000
_QUOTATION = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\?.", re.DOTALL)


@lru_cache(maxsize=512)
def _read(pattern: str) -> Part | RefusedPattern | NotKnown:
    reader = PatternReader(_without_quotations(pattern))
    try:
        return reader.whole()
    except RefusedPattern as error:
        return NotKnown(BLANKS_INSIDE) if reader.is_spaced else error
    except NotKnown as error:
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
