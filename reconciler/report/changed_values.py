"""The two values of a change, cut so that a reader sees where they differ. Pure; secrets are masked before they come here."""

from __future__ import annotations

from reconciler.model.json_value import JsonValue, canonical_json
from reconciler.model.text import clipped
from reconciler.planning.entry import Change, Operation
from reconciler.planning.masking import SENSITIVE, SENSITIVE_DIFFERS
from reconciler.report.safe_text import safe_text

_MASKS = (SENSITIVE, SENSITIVE_DIFFERS)


def change_values(change: Change, limit: int) -> tuple[str, str]:
    """The live and the manifest's value on one line each, about `limit` characters; "" for one that is not there."""
    live = "" if change.operation is Operation.ADD else one_line(change.live)
    desired = "" if change.operation is Operation.REMOVE else one_line(change.desired)
    return cut_sides(live, desired, limit)


def one_line(value: JsonValue) -> str:
    """The whole value as JSON on one line; the words that stand for a secret without the quotes of a value."""
    mask = mask_words(value)
    return safe_text(canonical_json(value)) if mask is None else mask


def mask_words(value: JsonValue) -> str | None:
    """The words that stand for a secret, None for a value that is shown."""
    return value if isinstance(value, str) and value in _MASKS else None


def cut_sides(live: str, desired: str, limit: int) -> tuple[str, str]:
    """Both texts cut at the same place: at the start, or around the first difference where that would lie beyond the end.

    What was left out is counted on both ends. A cut at the start is marked by `…` right before the text: the scrubber looks there
    for what is left of a secret without its beginning.
    """
    if not live or not desired:
        return clipped(live, limit), clipped(desired, limit)
    differ = common_length(live, desired)
    start = 0 if differ + limit // 4 <= limit else differ - limit // 2
    return _cut(live, start, limit), _cut(desired, start, limit)


def _cut(text: str, start: int, limit: int) -> str:
    before = f"({start} equal characters) …" if start else ""
    return before + clipped(text[start:], limit)


def common_length(one: str, other: str) -> int:
    """How many characters two texts have in common at the start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one.startswith(other[low:middle], low) else (low, middle - 1)
    return low
