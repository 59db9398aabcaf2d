"""What Java's regular expressions say about a place in a text, and the parts that know of line ends and clusters. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias

from reconciler.connectors.server import java_chars
from reconciler.connectors.server.java_regex import (
    Branch,
    Char,
    Chars,
    Part,
    Places,
    Sequence,
    Text,
    Where,
    is_new,
    is_word,
    looks,
)
from reconciler.connectors.server.work import NotKnown

Flags: TypeAlias = frozenset[str]
"""The letters of the flags that are on."""

_FIRST_MARK = "\u0300"
_CR = java_chars.one_of("\r")
_LF = java_chars.one_of("\n")
_ENDS = java_chars.one_of("\n\r\x85\u2028\u2029")
_ANY: Chars = lambda _: True  # noqa: E731 - a class like the others
_NO_END = java_chars.none_of(_ENDS)
_NO_LF = java_chars.none_of(_LF)
_PAIR = Sequence((Char(_CR), Char(_LF)))


def _place(flags: Flags, char: str) -> Part:
    def at_last_end(text: Text) -> Places:
        """The end, and the place in front of a last line end."""
        is_pair = not is_unix and text.value.endswith("\r\n")
        return text.end | text.end >> (2 if is_pair else text.value[-1:] != "" and ends(text.value[-1]))

    def line_ends(text: Text) -> Places:
        second = 0 if is_unix else text.members(_CR) << 1 & text.members(_LF)
        return text.end | text.members(ends) & ~second

    def line_starts(text: Text) -> Places:
        """There is none at the end, even of an empty text."""
        first = 0 if is_unix else text.members(_CR) & text.members(_LF) >> 1
        return (1 | (text.members(ends) & ~first) << 1) & ~text.end

    is_unix = "d" in flags
    ends = _LF if is_unix else _ENDS
    by_lines = {"^": line_starts, "$": line_ends} if "m" in flags else {}
    return Where(by_lines.get(char, at_last_end if char in "$Z" else _first))


def _first(_text: Text) -> Places:
    return 1


def _word_edge(flags: Flags, char: str) -> Part:
    words = java_chars.WIDE["w"] if "U" in flags else is_word

    def holds(text: Text) -> Places:
        members = text.members(words)
        return members ^ (members << 1)

    def holds_without_marks(text: Text) -> Places:
        """ASCII words since Java 19. A mark belongs to the word of its letter: with one in the text it is not known."""
        text.members(_is_no_mark)
        return holds(text)

    at_edge = holds if "U" in flags else holds_without_marks
    return Where(at_edge if char == "b" else lambda text: text.everywhere & ~at_edge(text))


def _is_no_mark(char: str) -> bool:
    if not char.isascii() and (is_new(char) or unicodedata.category(char) == "Mn"):
        raise NotKnown("a word boundary of a pattern in a text with combining marks")
    return True


def _is_cluster(char: str) -> bool:
    if char >= _FIRST_MARK and unicodedata.category(char) != "Cs":
        raise NotKnown("\\X in a pattern and a text with characters that may belong together")
    return True


LINE_END: Final = Branch((_PAIR, Char(java_chars.LINE_CHARS)))
"""`\\R`."""
_CLUSTER: Final = Sequence(
    (
        Where(lambda text: text.everywhere, is_endless=True),
        Branch((_PAIR, Sequence((looks(_PAIR, ahead=True, wanted=False), Char(_is_cluster))))),
    )
)
_MAKERS: Final[dict[str, Callable[[Flags, str], Part]]] = {
    "^": _place,
    "$": _place,
    "A": _place,
    "G": _place,  # where the search begins
    "Z": _place,
    "B": _word_edge,
    "b": _word_edge,
    "z": lambda _flags, _char: Where(lambda text: text.end),
    "R": lambda _flags, _char: LINE_END,
    "X": lambda _flags, _char: _CLUSTER,
}


def special(char: str, flags: Flags) -> Part | None:
    """The part that `^`, `$` or a backslash and this letter make under these flags; None for all that is no such letter."""
    make = _MAKERS.get(char)
    return make(flags, char) if make else None


def any_char(flags: Flags) -> Chars:
    """What `.` stands for under these flags."""
    return _ANY if "s" in flags else _NO_LF if "d" in flags else _NO_END
