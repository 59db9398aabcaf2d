"""The two values of a change, cut so that a reader sees where they differ. Pure.

Secrets are masked and scrubbed before they come here: what is left of one behind a cut could not be recognised.
"""

from __future__ import annotations

from reconciler.model.json_value import JsonValue, canonical_json
from reconciler.model.text import SENSITIVE, clipped
from reconciler.planning.compare import SENSITIVE_DIFFERS
from reconciler.planning.entry import Change, Operation
from reconciler.report.safe_text import safe_text


def change_values(change: Change, limit: int) -> tuple[str, str]:
    """The live and the manifest's value on one line each, about `limit` characters. "" for one that is not there."""
    live = "" if change.operation is Operation.ADD else _one_line(change.live)
    desired = "" if change.operation is Operation.REMOVE else _one_line(change.desired)
    return cut_sides(live, desired, limit)


def _one_line(value: JsonValue) -> str:
    mask = mask_words(value)
    return safe_text(canonical_json(value)) if mask is None else mask


def mask_words(value: JsonValue) -> str | None:
    """The words shown in place of a secret, without the quotes of a value. None for a value that is shown."""
    return value if isinstance(value, str) and value in {SENSITIVE, SENSITIVE_DIFFERS} else None


def cut_sides(live: str, desired: str, limit: int) -> tuple[str, str]:
    """Both texts cut at the same place: at the start, or around the first difference where that would be beyond the end.

    What was left out is counted on both ends.
    """
    if not live or not desired:
        return clipped(live, limit), clipped(desired, limit)
    differ = common_length(live, desired)
    start = 0 if differ + limit // 4 <= limit else differ - limit // 2
    before = f"({start} equal characters) …" if start else ""
    return before + clipped(live[start:], limit), before + clipped(desired[start:], limit)


def common_length(one: str, other: str) -> int:
    """How many characters two texts have in common at the start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one.startswith(other[low:middle], low) else (low, middle - 1)
    return low
