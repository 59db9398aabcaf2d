"""Java's regular expressions, as far as Python's can stand in for them. Pure.

The server searches with `java.util.regex` (unanchored). Most patterns mean the same in both; the differences
that occur in connector specifications are translated here, and what cannot be translated is answered with
"do not know".
"""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.connectors.server.bounded_regex import BoundedRegex

_ESCAPES = {
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "h": r"[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]",
    "R": r"(?:\r\n|[\n\x0b\x0c\r\x85\u2028\u2029])",
    "e": r"\x1b",
}
_CLASSES = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "XDigit": "0-9a-fA-F",
    "Blank": r" \t",
    "Space": r" \t\n\x0b\x0c\r",
    "Punct": r"!-/:-@\[-`{-~",
    "ASCII": r"\x00-\x7f",
}
# One piece of a pattern: a quotation, a named class, any other escape, a named group, or a single character.
_PIECE = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|$)|\\[pP]\{(?P<named>\w+)\}|\\(?P<escape>.)|\(\?<(?P<group>[A-Za-z]\w*)>|(?P<plain>.)",
    re.S,
)


class _Untranslatable(Exception):
    """A construct that Python's expressions do not have."""


def java_search(pattern: str, text: str) -> bool | None:
    """Whether Java would find `pattern` somewhere in `text`; None when this cannot be told.

    None for what Python has no counterpart for: Unicode properties (`\\p{L}`), class unions and
    intersections, look-behinds of varying length, flags in the middle; and for what would take too long. Callers
    take None for "cannot be held against the value".
    """
    compiled = _compiled(pattern)
    return None if compiled is None else compiled.finds(text)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> BoundedRegex | None:
    try:
        # Java's \d, \w and \s know ASCII only unless told otherwise.
        return BoundedRegex(_translated(pattern), re.ASCII)
    except (_Untranslatable, re.error, OverflowError, RecursionError):
        return None


def _translated(pattern: str) -> str:
    pieces: list[str] = []
    in_class = False
    for match in _PIECE.finditer(pattern):
        plain = match["plain"]
        if plain is None:
            pieces.append(_translated_escape(match, in_class=in_class))
        elif in_class:
            pieces.append(_class_character(plain, pieces, pattern[match.end() : match.end() + 1]))
            in_class = plain != "]" or pieces[-2] in ("[", "[^")
        else:
            in_class = plain == "["
            pieces.append(plain)
    return "".join(pieces)


def _class_character(character: str, before: list[str], following: str) -> str:
    """One character inside `[...]`: Java takes a second `[` for a union and `&&` for an intersection."""
    if character == "[" or (character == "&" and following == "&"):
        raise _Untranslatable
    # Python reserves doubled -, | and ~ for a set notation that it does not have yet.
    if character in "-|~" and before[-1] == character:
        return "\\" + character
    return character


def _translated_escape(match: re.Match[str], *, in_class: bool) -> str:
    if match["quoted"] is not None:
        return re.escape(match["quoted"])
    if match["group"] is not None:
        return f"(?P<{match['group']}>"
    if match["named"] is not None:
        return _named_class(match[0], match["named"], in_class=in_class)
    escape = match["escape"]
    if escape in _ESCAPES and not in_class:
        return _ESCAPES[escape]
    return match[0]


def _named_class(text: str, name: str, *, in_class: bool) -> str:
    members = _CLASSES.get(name.removeprefix("Is"))
    negated = text.startswith("\\P")
    if members is None or (negated and in_class):
        raise _Untranslatable
    if in_class:
        return members
    return f"[^{members}]" if negated else f"[{members}]"
