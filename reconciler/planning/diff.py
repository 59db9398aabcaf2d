"""The differences of a pair that is known to differ, as changes a person can read.

Equality is decided before this module is called, on canonical text. The walk descends to the smallest
differing subtrees; deepdiff pairs the items of two arrays there and does nothing else: it takes `true` for
`1` in places and costs a thousand times the comparison, so it never sees an equal pair and its silence is
never believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.model.json_value import JsonValue, canonical_json, escape_segment, pointer, same_json
from reconciler.planning.entry import Change, Operation

_MAX_ARRAY_TEXT = 65_536
_MAX_ARRAY_ITEMS = 300
"""Up to this many characters of canonical text and items an array pair goes to deepdiff, whose pairing grows
with the square; longer ones are compared index by index.
"""


def diff_values(desired: JsonValue, live: JsonValue, path: str = "") -> tuple[Change, ...]:
    """All changes between two JSON values, sorted by path; empty exactly when they mean the same."""
    return tuple(sorted(_walk(desired, live, path), key=lambda change: (change.path, change.operation)))


def _walk(desired: JsonValue, live: JsonValue, path: str) -> Iterator[Change]:
    if same_json(desired, live):
        return
    if isinstance(desired, dict) and isinstance(live, dict):
        yield from _walk_objects(desired, live, path)
    elif isinstance(desired, list) and isinstance(live, list):
        yield from _walk_arrays(desired, live, path)
    else:
        yield Change(path, Operation.REPLACE, desired, live)


def _walk_objects(desired: dict[str, JsonValue], live: dict[str, JsonValue], path: str) -> Iterator[Change]:
    for key in sorted(desired.keys() | live.keys()):
        below = f"{path}/{escape_segment(key)}"
        if key not in live:
            yield Change(below, Operation.ADD, desired[key], None)
        elif key not in desired:
            yield Change(below, Operation.REMOVE, None, live[key])
        else:
            yield from _walk(desired[key], live[key], below)


def _walk_arrays(desired: list[JsonValue], live: list[JsonValue], path: str) -> Iterator[Change]:
    size = len(canonical_json(desired)) + len(canonical_json(live))
    if size > _MAX_ARRAY_TEXT or len(desired) + len(live) > _MAX_ARRAY_ITEMS:
        yield from _by_index(desired, live, path)
        return
    paired = tuple(_paired_by_deepdiff(desired, live, path))
    if paired:
        yield from paired
    else:
        yield Change(path, Operation.REPLACE, desired, live)


def _by_index(desired: list[JsonValue], live: list[JsonValue], path: str) -> Iterator[Change]:
    for index in range(max(len(desired), len(live))):
        below = f"{path}/{index}"
        if index >= len(live):
            yield Change(below, Operation.ADD, desired[index], None)
        elif index >= len(desired):
            yield Change(below, Operation.REMOVE, None, live[index])
        else:
            yield from _walk(desired[index], live[index], below)


def _paired_by_deepdiff(desired: list[JsonValue], live: list[JsonValue], path: str) -> Iterator[Change]:
    """Item-level changes of two arrays. Nothing when deepdiff sees no difference: the caller then reports the
    whole array.
    """
    from deepdiff import DeepDiff  # 200 ms to import: only a plan with a changed array pays

    tree = DeepDiff(_tagged(live), _tagged(desired), view="tree", threshold_to_diff_deeper=0)
    for report, levels in tree.items():
        for level in levels:
            where = path + pointer(level.path(output_format="list"))
            if report.endswith("_added"):
                yield Change(where, Operation.ADD, _untagged(level.t2), None)
            elif report.endswith("_removed"):
                yield Change(where, Operation.REMOVE, None, _untagged(level.t1))
            else:
                yield Change(where, Operation.REPLACE, _untagged(level.t2), _untagged(level.t1))


def _tagged(value: JsonValue) -> object:
    """The value with each scalar as its JSON text, so that deepdiff cannot take `true` for `1` or `1` for
    `"1"`.
    """
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tagged(item) for item in value]
    return canonical_json(value)


def _untagged(value: object) -> JsonValue:
    if isinstance(value, dict):
        return {key: _untagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    return json.loads(str(value))  # type: ignore[no-any-return]
