"""Replace secret values by words before anything is formatted; the first of two layers (the second scrubs the
streams).

Secret are: values at `airbyte_secret` positions of the connector's specification or of either form, values
that came from `!env`, and values under names that look like secrets, unless the specification describes a field of that name. A
form's `default`, `const`, `enum` and `examples` count too. Array indexes are ignored (`/keys/0` masks
`/keys/1`): two arrays are seldom aligned. Names inside a secret are as secret as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from reconciler.connectors.specification.secrets import form_secret_pointers, looks_secret, secret_pointers
from reconciler.model.json_value import (
    JsonObject,
    JsonValue,
    canonical_json,
    pointer,
    pointer_segments,
    same_json,
)
from reconciler.model.template import LiveState
from reconciler.planning.content import Contents, Desired, Live
from reconciler.planning.entry import Change, Operation, Plan, Status

PRESETS = "partialDefaultConfig"
FORM = "partialUserConfigSpec"
SENSITIVE = "(sensitive)"
SENSITIVE_DIFFERS = "(sensitive, differs)"

_FORM_VALUES = frozenset({"default", "const", "enum", "examples"})
_Pattern = tuple[str, ...]


MAX_SECRETS = 2_000
"""Secret texts of a pair that are still told from the rest of it. Whole connectors have some dozens of fields."""


@dataclass(frozen=True)
class Mask:
    """Patterns of secret places: path segments from `partialDefaultConfig` or `partialUserConfigSpec`,
    indexes as `*`.
    """

    patterns: frozenset[_Pattern] = frozenset()

    def hides(self, path: _Pattern) -> bool:
        """Whether the value at this pattern is secret, itself or as part of a secret."""
        return any(path[:length] in self.patterns for length in range(1, len(path) + 1))

    def apply(self, change: Change) -> Change:
        """The change with every secret inside replaced; a secret that differs says so, without a trace of its
        value. One inside a secret becomes a change of the whole: the path to it could hold a part of it.
        """
        outside = self._outside(change.path)
        if outside != change.path:
            return Change(outside, Operation.REPLACE, SENSITIVE, SENSITIVE_DIFFERS)
        path = _pattern(change.path)
        return replace(
            change,
            desired=self._masked(change.desired, path, SENSITIVE, None),
            live=self._masked(change.live, path, SENSITIVE_DIFFERS, change.desired),
        )

    def _outside(self, path: str) -> str:
        """The path down to the first secret on it."""
        segments = pointer_segments(path)
        pattern = _pattern(path)
        depth = next((n for n in range(1, len(pattern)) if pattern[:n] in self.patterns), len(pattern))
        return pointer(segments[:depth])

    def _masked(self, value: JsonValue, path: _Pattern, word: str, other: JsonValue) -> JsonValue:
        # Only a secret at this very place: the way down to it has none (see `apply`).
        if value is None:
            return None
        if path in self.patterns:
            return SENSITIVE if same_json(value, other) else word
        if isinstance(value, dict):
            mate = other if isinstance(other, dict) else {}
            return {
                key: self._masked(item, (*path, _segment(key)), word, mate.get(key))
                for key, item in value.items()
            }
        if isinstance(value, list):
            mates: list[JsonValue] = other if isinstance(other, list) else []
            return [
                self._masked(item, (*path, "*"), word, mates[index] if index < len(mates) else None)
                for index, item in enumerate(value)
            ]
        return value


_HIDES_ALL = Mask(frozenset({(PRESETS,), (FORM,)}))


def plan_secrets(plan: Plan, states: Iterable[LiveState], contents: Contents) -> frozenset[str]:
    """The values at the secret places of every pair that differs: nothing else of a live template is ever shown.

    For the second layer, which looks for values in whatever is printed. `states` and `contents` are those that the plan was
    made from.
    """
    templates = {template.id: template for state in states for template in state.templates}
    found: set[str] = set()
    for entry in plan.with_status(Status.DRIFTED):
        live = templates.get(entry.template_id or "")
        if live is not None and entry.manifest is not None:
            found |= secret_texts(contents.desired(entry.manifest), contents.live(live))
    return frozenset(found)


def secret_texts(desired: Desired, live: Live) -> frozenset[str]:
    """The texts, numbers (as JSON) and names of members at the secret places of a pair; none where all of it is hidden."""
    mask = mask_for(desired, live)
    return frozenset() if mask is _HIDES_ALL else frozenset(_texts(mask, desired, live))


def _texts(mask: Mask, desired: Desired, live: Live) -> Iterator[str]:
    for side in (desired.content, live.content):
        yield from _hidden(mask, side.presets, (PRESETS,))
        yield from _hidden(mask, side.form, (FORM,))


def _hidden(mask: Mask, value: JsonValue, path: _Pattern) -> Iterator[str]:
    is_hidden = mask.hides(path)
    for segment, item in _children(value):
        if is_hidden and isinstance(value, dict):
            yield segment
        yield from _hidden(mask, item, (*path, _segment(segment)))
    if is_hidden and isinstance(value, str):
        yield value
    if is_hidden and isinstance(value, int | float) and not isinstance(value, bool):
        yield canonical_json(value)


def mask_for(desired: Desired, live: Live) -> Mask:
    """Every secret place of a pair, from what is known about it: specification, both forms, variables,
    names. All of it, where so much is secret that looking for each value in every output would take minutes.
    """
    mask = Mask(frozenset(_places(desired, live)))
    is_too_much = next(islice(_texts(mask, desired, live), MAX_SECRETS, None), None) is not None
    return _HIDES_ALL if is_too_much else mask


def _places(desired: Desired, live: Live) -> set[_Pattern]:
    specification = desired.manifest.connector.specification
    sides = (desired.content, live.content)
    schemas = [s for s in (_schema(specification), *(_schema(side.form) for side in sides)) if s is not None]
    described = frozenset(_described_names(specification))
    patterns: set[_Pattern] = set()
    for side in sides:
        patterns.update(_under(PRESETS, secret_pointers(side.presets, schemas)))
        patterns.update((PRESETS, *path) for path in _secret_names(side.presets, described))
        if side.form is not None:
            patterns.update(_under(FORM, form_secret_pointers(side.form)))
            patterns.update((FORM, *path) for path in _secret_form_values(side.form))
    patterns.update(_pattern(p.removeprefix("/spec")) for p in desired.manifest.variable_pointers)
    return patterns


def _schema(form: JsonObject | None) -> JsonObject | None:
    schema = form.get("connectionSpecification") if form else None
    return schema if isinstance(schema, dict) else None


def _under(root: str, pointers: Iterable[str]) -> Iterator[_Pattern]:
    return ((root, *_pattern(p)) for p in pointers)


def _pattern(pointer: str) -> _Pattern:
    return tuple(_segment(segment) for segment in pointer_segments(pointer))


def _segment(segment: str) -> str:
    return "*" if segment.isdigit() else segment


def _secret_names(value: JsonValue, described: frozenset[str], path: _Pattern = ()) -> Iterator[_Pattern]:
    for segment, item in _children(value):
        below = (*path, _segment(segment))
        if isinstance(value, dict) and segment not in described and looks_secret(segment):
            yield below
        else:
            yield from _secret_names(item, described, below)


def _described_names(schema: JsonValue) -> Iterator[str]:
    """The names of all fields that a specification describes, at any depth."""
    for segment, item in _children(schema):
        if segment == "properties" and isinstance(item, dict):
            yield from item
        yield from _described_names(item)


def _secret_form_values(form: JsonValue, path: _Pattern = (), *, named: bool = False) -> Iterator[_Pattern]:
    """Values that a form holds (defaults, constants, examples) below a property whose name looks like a
    secret.
    """
    for segment, item in _children(form):
        below = (*path, _segment(segment))
        if named and segment in _FORM_VALUES:
            yield below
        else:
            is_property = bool(path) and path[-1] == "properties"
            yield from _secret_form_values(item, below, named=looks_secret(segment) if is_property else named)


def _children(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(index), item) for index, item in enumerate(value))
