"""Text for one line of a message: hidden characters made visible, long text cut, words listed, "did you mean". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every start of the program imports this module, and json takes its time
    from reconciler.model.json_value import JsonValue

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: escape sequences, carriage return, bell
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, line separators, bidirectional controls
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # lone surrogates, annotations, tags
)


SENSITIVE = "(sensitive)"
"""What is shown in place of a secret."""
_LONGEST_COMPARED = 80
_MOST_COMPARED = 2_000
_SHORTEST_BEGINNING = 3
_LONGEST_SHOWN = 60


def visible_text(text: str) -> str:
    """One line in which every control, invisible and bidirectional character is an escape (`\\x1b`, `\\u202e`)."""
    return _UNSAFE.sub(_escape, text)


def short_text(text: str, limit: int = _LONGEST_SHOWN) -> str:
    """Foreign text for a message: `visible_text` of at most `limit` characters of it, `...` for the rest."""
    return visible_text(text if len(text) <= limit else f"{text[: limit - 3]}...")


def one_line(text: str, limit: int) -> str:
    """A server's text for a message: `short_text` with all white space joined."""
    return short_text(" ".join(text.split()), limit)


def clipped(text: str, limit: int) -> str:
    """The text, or its first `limit` characters with the number of those left out."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit} more characters)"


def listed(words: Iterable[str], most: int | None = None) -> str:
    """`a, b and c`. The order is kept, "" for none. Of more than `most` the others are a number: `a, b and 7 more`."""
    items = list(words)
    if most is not None and len(items) > most:
        items = [*items[:most], f"{len(items) - most} more"]
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 manifest`, `2 manifests`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def kind_of(value: JsonValue) -> str:
    """What a JSON value is, in words: `a number`, `text`, `a list`, `an object`, `true or false`, `null`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "an object"


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant, letter case aside: the most similar one, else the first that goes on like the word.

    None when none is near, or the word is too long to compare. Of many choices the first two thousand are looked at.
    """
    if len(word) > _LONGEST_COMPARED:
        return None
    import difflib  # a run without mistakes needs none of it

    wanted = word.lower()
    by_lower = {choice.lower(): choice for _, choice in zip(range(_MOST_COMPARED), choices, strict=False)}
    near = difflib.get_close_matches(wanted, by_lower, 1) or [
        choice for choice in by_lower if len(wanted) >= _SHORTEST_BEGINNING and choice.startswith(wanted)
    ]
    return by_lower[near[0]] if near else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`did you mean "x"?`, or "" when nothing is near. Of a long name the end is shown."""
    near = nearest(word, choices)
    if near is None:
        return ""
    shown = near if len(near) <= _LONGEST_SHOWN else "..." + near[3 - _LONGEST_SHOWN :]
    return f'did you mean "{shown}"?'


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group(0))
    if code == 0x0A:
        return "\\n"
    if code == 0x09:
        return "\\t"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
