"""Small pieces of advice: names made fit for one line, and the nearest known name. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

_LONGEST_SHOWN = 60
_LONGEST_COMPARED = 80
_MOST_COMPARED = 2_000


def named(path: Sequence[str]) -> str:
    """A place in the configuration as people write it: `credentials.client_id`; at most 60 characters, the last ones."""
    text = ".".join(path)
    return text if len(text) <= _LONGEST_SHOWN else "..." + text[3 - _LONGEST_SHOWN :]


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant, letter case aside; None when none is near or the word is too long to compare."""
    if len(word) > _LONGEST_COMPARED:
        return None
    by_lower = {choice.lower(): choice for _, choice in zip(range(_MOST_COMPARED), choices, strict=False)}
    near = difflib.get_close_matches(word.lower(), by_lower, 1)
    return by_lower[near[0]] if near else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`did you mean "x"?`, or "" when nothing is near."""
    near = nearest(word, choices)
    return f'did you mean "{named((near,))}"?' if near is not None else ""


def listed(words: Iterable[str]) -> str:
    """`a, b and c`; the order is kept, "" for none."""
    items = list(words)
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
