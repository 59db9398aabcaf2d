"""What rules say about a manifest some of whose values are not known, whatever they may be. Pure.

A finding counts when it comes with several values in their place. It must not depend on the value itself: what is at its place is
not judged, and of the server's answers nothing that has to do with the same field.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments
from reconciler.model.template import Manifest

_PRESETS = "/spec/partialDefaultConfig"
_FORM = "/spec/partialUserConfigSpec"
_SCHEMA = f"{_FORM}/connectionSpecification"
_VERDICT = "R4"
_STAND_INS: tuple[JsonValue, ...] = (None, "x", 1)


def advice_on_part(
    manifest: Manifest, rules: Callable[[Manifest], tuple[Diagnostic, ...]]
) -> tuple[Diagnostic, ...]:
    """What `rules` find whatever the values that are not set; () where the whole presets or the whole form is not."""
    if manifest.unset_pointers & {_PRESETS, _FORM, _SCHEMA}:
        return ()
    first, *others = (rules(_filled(manifest, value)) for value in _STAND_INS)
    always = [advice for advice in first if all(advice in found for found in others)]
    return tuple(advice for advice in always if not _depends(advice, manifest.unset_pointers))


def is_form_known(manifest: Manifest) -> bool:
    """Whether the customer's form is certain: written out, and without a value that is not set."""
    is_whole = not any(pointer.startswith(_FORM) for pointer in manifest.unset_pointers)
    return not manifest.unset_pointers or (is_whole and manifest.form is not None)


def _filled(manifest: Manifest, value: JsonValue) -> Manifest:
    whole: dict[str, JsonValue] = {
        _PRESETS: copy.deepcopy(manifest.presets),
        _FORM: copy.deepcopy(manifest.form),
    }
    for place in manifest.unset_pointers:
        for root, holder in whole.items():
            if place.startswith(f"{root}/"):
                _put(holder, pointer_segments(place.removeprefix(root)), value)
    presets, form = cast(JsonObject, whole[_PRESETS]), cast("JsonObject | None", whole[_FORM])
    return replace(manifest, presets=presets, form=form, unset_pointers=frozenset())


def _put(holder: JsonValue, path: tuple[str, ...], value: JsonValue) -> None:
    *parents, last = path
    for segment in parents:
        if isinstance(holder, dict):
            holder = holder[segment]
        elif isinstance(holder, list):
            holder = holder[int(segment)]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list):
        holder[int(last)] = value


def _depends(advice: Diagnostic, unset: frozenset[str]) -> bool:
    is_inside = any(f"{advice.pointer}/".startswith(f"{place}/") for place in unset)
    if is_inside or not advice.rule.startswith(_VERDICT):
        return is_inside
    fields = {_field(place) for place in unset}
    return None in fields or _field(advice.pointer) in fields


def _field(pointer: str) -> str | None:
    """The field at the first level that a place belongs to; None for a place that belongs to none."""
    for root in (f"{_PRESETS}/", f"{_SCHEMA}/properties/"):
        if pointer.startswith(root):
            return pointer.removeprefix(root).partition("/")[0]
    return None
