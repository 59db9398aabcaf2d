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
_MAX_PAIRING = 500_000
"""Characters times depth that deepdiff gets in one comparison: about two seconds. Arrays that come later are compared index by index."""


class _Pairing:
    """What deepdiff may still be given."""

    def __init__(self) -> None:
        self._left = _MAX_PAIRING

    def takes(self, desired: list[JsonValue], live: list[JsonValue], size: int) -> bool:
        """Whether a pair of this size goes to deepdiff; then it is paid for."""
        if size > _MAX_ARRAY_TEXT or len(desired) + len(live) > _MAX_ARRAY_ITEMS:
            return False
        # Depth counts: deepdiff spells the whole path of every item that differs.
        self._left -= size * max(_height(desired), _height(live))
        return not self.is_spent

    @property
    def is_spent(self) -> bool:
        """Whether there is nothing left: then no array needs to be measured either."""
        return self._left < 0


def _height(value: JsonValue) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((_height(item) for item in inner), default=0)


def diff_values(desired: JsonValue, live: JsonValue, path: str = "") -> tuple[Change, ...]:
    """All changes between two JSON values, sorted by path; empty exactly when they mean the same."""
    changes = _walk(desired, live, path, _Pairing())
    return tuple(sorted(changes, key=lambda change: (change.path, change.operation)))


def _walk(desired: JsonValue, live: JsonValue, path: str, pairing: _Pairing) -> Iterator[Change]:
    if isinstance(desired, dict) and isinstance(live, dict):
        # Not compared as a whole first: each level would go through everything below it once more.
        yield from _walk_objects(desired, live, path, pairing)
    elif isinstance(desired, list) and isinstance(live, list):
        yield from _walk_arrays(desired, live, path, pairing)
    elif not same_json(desired, live):
        yield Change(path, Operation.REPLACE, desired, live)


def _walk_objects(
    desired: dict[str, JsonValue], live: dict[str, JsonValue], path: str, pairing: _Pairing
) -> Iterator[Change]:
    for key in sorted(desired.keys() | live.keys()):
        below = f"{path}/{escape_segment(key)}"
        if key not in live:
            yield Change(below, Operation.ADD, desired[key], None)
        elif key not in desired:
            yield Change(below, Operation.REMOVE, None, live[key])
        else:
            yield from _walk(desired[key], live[key], below, pairing)


def _walk_arrays(
    desired: list[JsonValue], live: list[JsonValue], path: str, pairing: _Pairing
) -> Iterator[Change]:
    if pairing.is_spent:
        yield from _by_index(desired, live, path, pairing)
        return
    texts = canonical_json(desired), canonical_json(live)
    if texts[0] == texts[1]:
        return
    if not pairing.takes(desired, live, len(texts[0]) + len(texts[1])):
        yield from _by_index(desired, live, path, pairing)
        return
    paired = tuple(_paired_by_deepdiff(desired, live, path))
    if paired:
        yield from paired
    else:
        yield Change(path, Operation.REPLACE, desired, live)


def _by_index(
    desired: list[JsonValue], live: list[JsonValue], path: str, pairing: _Pairing
) -> Iterator[Change]:
    for index in range(max(len(desired), len(live))):
        below = f"{path}/{index}"
        if index >= len(live):
            yield Change(below, Operation.ADD, desired[index], None)
        elif index >= len(desired):
            yield Change(below, Operation.REMOVE, None, live[index])
        else:
            yield from _walk(desired[index], live[index], below, pairing)


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
