"""Small pieces of messages: text of the input made fit for one line, and "did you mean". Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from reconciler.model.json_value import JsonValue

_LONGEST_SHOWN = 60
_LONGEST_SUGGESTED_FOR = 80
_SHORTEST_BEGINNING = 3


def shown(text: str) -> str:
    """`text` on one line: at most 60 characters, control and other invisible ones as escapes."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
    if cut.isprintable():
        return cut
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in cut
    )


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`did you mean "x"?` for the nearest choice or the one that goes on like the word; "" when none is near.

    Long words are not compared at all.
    """
    if len(word) > _LONGEST_SUGGESTED_FOR:
        return ""
    wanted = word.lower()
    by_lower = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(wanted, by_lower, 1) or [
        choice for choice in by_lower if len(wanted) >= _SHORTEST_BEGINNING and choice.startswith(wanted)
    ]
    return f'did you mean "{by_lower[near[0]]}"?' if near else ""


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


def listed(words: Iterable[str]) -> str:
    """`a, b and c`; the order is kept."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
