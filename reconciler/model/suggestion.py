"""What a misspelt name was probably meant to be: the one way in which every room says "did you mean". Pure."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST_COMPARED = 80
_MOST_COMPARED = 2_000
_SHORTEST_BEGINNING = 3
_LONGEST_SHOWN = 60


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
