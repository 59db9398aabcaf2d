"""The differences of a pair that is known to differ, as changes a person can read, every secret in them replaced by a word.

Equality is decided before, on canonical text. The walk descends to the smallest differing parts. Items of two arrays are paired by their
canonical texts, so that one inserted item is one change.

Secret are: values at `airbyte_secret` positions of the connector's specification or of either form, values that came from `!env`, and
values under names that look like secrets, unless the specification describes a field of that name. A form's `default`, `const`, `enum`
and `examples` count too. Array indexes are ignored (`/keys/0` masks `/keys/1`): two arrays are seldom aligned. Names inside a secret are
as secret as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from reconciler.connectors.specification.secrets import form_secret_pointers, looks_secret, secret_pointers
from reconciler.model.json_value import (
    JsonObject,
    JsonValue,
    canonical_json,
    escape_segment,
    pointer,
    pointer_segments,
    same_json,
)
from reconciler.model.template import PRESETS_NAME, LiveState, connection_schema
from reconciler.model.text import SENSITIVE
from reconciler.planning.content import Contents, Desired, Live
from reconciler.planning.entry import Change, Operation, Plan, Status
from reconciler.planning.facts import FORM
from reconciler.planning.secret_places import (
    Pattern,
    children,
    described_names,
    pattern_of,
    secret_names,
    segment_of,
)

SENSITIVE_DIFFERS = "(sensitive, differs)"

MAX_SECRETS = 2_000
"""Secret texts of a pair that are still masked one by one. Whole connectors have some dozens of fields."""

_MAX_ARRAY_ITEMS = 300
"""Up to this many items of two arrays are paired by what they say, which can grow with the square. More are compared index by index."""

_FORM_VALUES = frozenset({"default", "const", "enum", "examples"})


def changes_of(desired: Desired, live: Live) -> tuple[Change, ...]:
    """The differences of a pair that is not equal, secrets masked. Forms only where the manifest's is known."""
    wanted, there = desired.content, live.seen_by(desired.content.scope)
    changes = diff_values(wanted.presets, there.presets, f"/{PRESETS_NAME[desired.manifest.kind]}")
    if wanted.form_key:
        changes += diff_values(wanted.form, there.form, f"/{FORM}")
    if wanted.settings_key:
        changes += diff_values(wanted.settings, there.settings)
    mask = mask_for(desired, live)
    return tuple(dict.fromkeys(mask.apply(change) for change in changes))


def diff_values(desired: JsonValue, live: JsonValue, path: str = "") -> tuple[Change, ...]:
    """All changes between two JSON values, sorted by path. Empty exactly when they mean the same."""
    return tuple(sorted(_changes(desired, live, path), key=lambda change: (change.path, change.operation)))


def _changes(desired: JsonValue, live: JsonValue, path: str) -> Iterator[Change]:
    if isinstance(desired, dict) and isinstance(live, dict):
        # Not compared as a whole first: each level would go through everything below it once more.
        for key in desired.keys() | live.keys():
            yield from _member_changes(desired, live, key, key, f"{path}/{escape_segment(key)}")
    elif isinstance(desired, list) and isinstance(live, list):
        sides = dict(enumerate(desired)), dict(enumerate(live))
        for wanted, there in _paired_indexes(desired, live):
            yield from _member_changes(*sides, wanted, there, f"{path}/{there if wanted is None else wanted}")
    elif not same_json(desired, live):
        yield Change(path, Operation.REPLACE, desired, live)


def _member_changes(
    desired: Mapping[Any, JsonValue], live: Mapping[Any, JsonValue], wanted: object, there: object, path: str
) -> Iterator[Change]:
    """The changes between one member of either side, under their keys. A side without this key does not have it."""
    if there not in live:
        yield Change(path, Operation.ADD, desired[wanted], None)
    elif wanted not in desired:
        yield Change(path, Operation.REMOVE, None, live[there])
    else:
        yield from _changes(desired[wanted], live[there], path)


def _paired_indexes(
    desired: list[JsonValue], live: list[JsonValue]
) -> Iterator[tuple[int | None, int | None]]:
    """Which items differ, as indexes of both sides: one of them is None for an item that only the other side has."""
    by_index = zip_longest(range(len(desired)), range(len(live)))
    if len(desired) + len(live) > _MAX_ARRAY_ITEMS:
        yield from by_index
        return
    # As texts, because deepdiff takes `true` for `1`. It only pairs items. Pairs are compared again, even if it reports no difference.
    texts = [canonical_json(item) for item in live], [canonical_json(item) for item in desired]
    if texts[0] != texts[1]:
        yield from list(_paired_texts(*texts)) or by_index


def _paired_texts(live: list[str], desired: list[str]) -> Iterator[tuple[int | None, int | None]]:
    from deepdiff import DeepDiff  # 200 ms to import: only a plan with a changed array pays

    for differing in DeepDiff(live, desired, view="tree", threshold_to_diff_deeper=0).values():
        for level in differing:
            wanted, there = level.up.t2_child_rel, level.up.t1_child_rel
            yield wanted and wanted.param, there and there.param


@dataclass(frozen=True)
class Mask:
    """Patterns of secret places: path segments from a manifest's `spec`, as from `partialDefaultConfig`, indexes as `*`."""

    patterns: frozenset[Pattern] = frozenset()

    def hides(self, path: Pattern) -> bool:
        """Whether the value at this pattern is secret, itself or as part of a secret."""
        return any(path[:length] in self.patterns for length in range(1, len(path) + 1))

    def apply(self, change: Change) -> Change:
        """The change with secrets masked. If the changed place lies inside a secret, the whole secret is reported as changed,
        because the path could give a part of it away.
        """
        outside = self._outside(change.path)
        if outside != change.path:
            return Change(outside, Operation.REPLACE, SENSITIVE, SENSITIVE_DIFFERS)
        path = pattern_of(change.path)
        return replace(
            change,
            desired=self._masked(change.desired, path, SENSITIVE, None),
            live=self._masked(change.live, path, SENSITIVE_DIFFERS, change.desired),
        )

    def _outside(self, path: str) -> str:
        """The path down to the first secret on it."""
        segments, pattern = pointer_segments(path), pattern_of(path)
        depth = next((n for n in range(1, len(pattern)) if pattern[:n] in self.patterns), len(pattern))
        return pointer(segments[:depth])

    def _masked(self, value: JsonValue, path: Pattern, word: str, other: JsonValue) -> JsonValue:
        # Only a secret at this very place: the way down to it has none (see `apply`).
        if value is None:
            return None
        if path in self.patterns:
            return SENSITIVE if same_json(value, other) else word
        if isinstance(value, dict):
            mate = other if isinstance(other, dict) else {}
            return {
                key: self._masked(item, (*path, segment_of(key)), word, mate.get(key))
                for key, item in value.items()
            }
        if isinstance(value, list):
            mates = dict(enumerate(other)) if isinstance(other, list) else {}
            return [
                self._masked(item, (*path, "*"), word, mates.get(index)) for index, item in enumerate(value)
            ]
        return value


_HIDES_ALL = Mask(frozenset((root,) for root in (*PRESETS_NAME.values(), FORM)))


def mask_for(desired: Desired, live: Live) -> Mask:
    """Every secret place of a pair, from what is known about it: specification, both forms, variables,
    names. All of it, where so much is secret that looking for each value in every output would take minutes.
    """
    mask = Mask(frozenset(_places(desired, live)))
    is_too_much = next(islice(_texts(mask, desired, live), MAX_SECRETS, None), None) is not None
    return _HIDES_ALL if is_too_much else mask


def plan_secrets(plan: Plan, states: Iterable[LiveState], contents: Contents) -> frozenset[str]:
    """The values at the secret places of every pair that differs: nothing else of a live template is ever shown.

    For the second layer, which looks for values in whatever is printed. `states` and `contents` are those that the plan was
    made from.
    """
    templates = {template.id: template for state in states for template in state.templates}
    found: set[str] = set()
    for entry in plan.with_status(Status.DRIFTED, Status.UPDATE):
        live = templates.get(entry.template_id or "")
        if live is not None and entry.manifest is not None:
            found |= secret_texts(contents.desired(entry.manifest), contents.live(live))
    return frozenset(found)


def secret_texts(desired: Desired, live: Live) -> frozenset[str]:
    """The texts, numbers (as JSON) and names of members at the secret places of a pair. None where all of it is hidden."""
    mask = mask_for(desired, live)
    return frozenset() if mask is _HIDES_ALL else frozenset(_texts(mask, desired, live))


def _texts(mask: Mask, desired: Desired, live: Live) -> Iterator[str]:
    root = PRESETS_NAME[desired.manifest.kind]
    for presets, form, settings in _sides(desired, live):
        yield from _hidden(mask, presets, (root,))
        yield from _hidden(mask, form, (FORM,))
        yield from _hidden(mask, settings, ())


def _sides(desired: Desired, live: Live) -> tuple[tuple[JsonObject, JsonObject | None, JsonObject], ...]:
    """Presets, form and settings of both sides. On the Agent API as they are, because secrets are in no content there."""
    if desired.content.scope is None:
        return tuple((side.presets, side.form, {}) for side in (desired.content, live.content))
    manifest, (presets, _, settings) = desired.manifest, live.template.members
    return (manifest.presets, None, manifest.settings), (presets, None, settings)


def _hidden(mask: Mask, value: JsonValue, path: Pattern) -> Iterator[str]:
    is_hidden = mask.hides(path)
    for segment, item in children(value):
        if is_hidden and isinstance(value, dict):
            yield segment
        yield from _hidden(mask, item, (*path, segment_of(segment)))
    if is_hidden and isinstance(value, str):
        yield value
    if is_hidden and isinstance(value, int | float) and not isinstance(value, bool):
        yield canonical_json(value)


def _places(desired: Desired, live: Live) -> Iterator[Pattern]:
    specification = desired.manifest.connector.specification
    sides, root = _sides(desired, live), PRESETS_NAME[desired.manifest.kind]
    found = (connection_schema(each) for each in (specification, *(form for _, form, _ in sides)))
    schemas = [schema for schema in found if schema is not None]
    described = frozenset(described_names(specification))
    for presets, form, _ in sides:
        yield from ((root, *pattern_of(place)) for place in secret_pointers(presets, schemas))
        yield from secret_names(presets, described.__contains__, (root,))
        if form is not None:
            yield from ((FORM, *pattern_of(place)) for place in form_secret_pointers(form))
            yield from _secret_form_values(form, (FORM,))
    yield from (pattern_of(place.removeprefix("/spec")) for place in desired.manifest.variable_pointers)


def _secret_form_values(form: JsonValue, path: Pattern, *, named: bool = False) -> Iterator[Pattern]:
    """Values that a form holds (defaults, constants, examples) below a property whose name looks like a secret."""
    for segment, item in children(form):
        below = (*path, segment_of(segment))
        if named and segment in _FORM_VALUES:
            yield below
        else:
            is_named = looks_secret(segment) if path[-1] == "properties" else named
            yield from _secret_form_values(item, below, named=is_named)
