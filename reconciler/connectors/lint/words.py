"""Small pieces of advice: names made fit for one line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_LONGEST_SHOWN = 60


def named(path: Sequence[str]) -> str:
    """A place in the configuration as people write it: `credentials.client_id`; at most 60 characters, the last ones."""
    text = ".".join(path)
    return text if len(text) <= _LONGEST_SHOWN else "..." + text[3 - _LONGEST_SHOWN :]


def listed(words: Iterable[str]) -> str:
    """`a, b and c`; the order is kept, "" for none."""
    items = list(words)
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
