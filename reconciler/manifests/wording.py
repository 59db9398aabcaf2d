"""Small pieces of messages: text of the input made fit for one line, and "did you mean". Pure."""

from __future__ import annotations

from reconciler.model.json_value import JsonValue
from reconciler.model.suggestion import did_you_mean
from reconciler.model.visible_text import listed

__all__ = ["did_you_mean", "kind_of", "listed", "shown"]

_LONGEST_SHOWN = 60


def shown(text: str) -> str:
    """`text` on one line: at most 60 characters, control and other invisible ones as escapes."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
    if cut.isprintable():
        return cut
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in cut
    )


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
