"""Names and values of a specification inside a sentence: short, quoted, in one order. Pure.

They are the registry's own text and may hold any character; renderers make it harmless.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.json_value import JsonValue, canonical_json

_LONGEST = 60
_MAX_LISTED = 6


def cut(text: str, limit: int = _LONGEST) -> str:
    """The text, at most `limit` characters of it."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def quoted(text: str) -> str:
    """A name or a piece of text: `` `region` ``."""
    return f"`{cut(text)}`"


def valued(value: JsonValue) -> str:
    """A JSON value; text is shown as it is, everything else as JSON."""
    return quoted(value if isinstance(value, str) else canonical_json(value))


def listed(words: Iterable[str]) -> str:
    """`a, b and c`, at most six of them and the number of the others."""
    shown = list(words)
    if len(shown) > _MAX_LISTED:
        shown = [*shown[:_MAX_LISTED], f"{len(shown) - _MAX_LISTED} more"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
