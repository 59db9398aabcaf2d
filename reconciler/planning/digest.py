"""Digests that bind a plan to what it was made from: format, target, manifests, live state, selection.

Built on the canonical texts of the normalised contents, so that whatever is not drift does not make a plan
stale either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, pointer_segments
from reconciler.model.target import Target
from reconciler.model.template import Manifest, UnreadTemplate
from reconciler.planning.content import Desired, Live
from reconciler.planning.entry import Entry
from reconciler.planning.masking import FORM, PRESETS


def digest_of(value: JsonValue) -> str:
    """`sha256:` and the hex digest of the canonical text; lone surrogates do not break it."""
    return "sha256:" + hashlib.sha256(canonical_json(value).encode("utf-8", "surrogatepass")).hexdigest()


def target_facts(target: Target) -> JsonObject:
    """Everything about the target that a plan depends on; which branches may apply it is no part of what it says."""
    facts = {name: value for name, value in asdict(target).items() if name != "apply_branches"}
    return {
        **facts,
        "api": str(target.api),
        "unmanaged": sorted(target.unmanaged),
        "capabilities": list(target.capabilities),
    }


def desired_facts(desired: Iterable[Desired]) -> list[JsonValue]:
    """What the manifests ask for, values of variables included, sorted by name. A hash of it is safe to show
    only together with live facts.
    """
    return [_facts(d, d.content.presets_key, d.content.form_key) for d in sorted(desired, key=_name)]


def public_facts(desired: Iterable[Desired]) -> list[JsonValue]:
    """What the manifests ask for without the values of variables.

    A digest of this stands beside public manifests: with the values in it, a short secret could be found by
    trying.
    """
    return [_public_facts(d) for d in sorted(desired, key=_name)]


def live_facts(
    organization: str, live: Iterable[Live], unread: Iterable[UnreadTemplate], left_out: Iterable[str]
) -> JsonObject:
    """What one organization's server holds, sorted by id. `left_out` are the ids that are not ours."""
    read: list[JsonValue] = [
        [t.template.id, t.template.connector_id, t.content.presets_key, t.content.form_key]
        for t in sorted(live, key=lambda t: t.template.id)
    ]
    return {
        "organizationId": organization,
        "templates": read,
        "unread": [*sorted(u.id for u in unread)],
        "leftOut": [*sorted(left_out)],
    }


def decided_facts(entries: Iterable[Entry]) -> list[JsonValue]:
    """What matching decided, in no matter which order of the entries: earlier revisions in git can decide too, and are not among
    the other facts.
    """
    facts = sorted((e.organization_id, e.kind, e.name, str(e.status), e.template_id or "") for e in entries)
    return [[*each] for each in facts]


def _name(desired: Desired) -> str:
    return desired.manifest.name


def _facts(desired: Desired, presets: JsonValue, form: JsonValue) -> JsonValue:
    manifest = desired.manifest
    return [
        manifest.kind,
        manifest.name,
        manifest.origin.file,
        manifest.organization_id,
        manifest.template_id,
        manifest.connector.id,
        presets,
        form,
    ]


def _public_facts(desired: Desired) -> JsonValue:
    if not desired.manifest.variable_pointers:
        return _facts(desired, desired.content.presets_key, desired.content.form_key)
    return _facts(desired, *_without_variables(desired.manifest))


def _without_variables(manifest: Manifest) -> tuple[JsonValue, JsonValue]:
    cut = without_places(manifest.presets, manifest.form, manifest.variable_pointers)
    return canonical_json(cut), None


def without_places(presets: JsonValue, form: JsonValue, pointers: Iterable[str]) -> dict[str, JsonValue]:
    """Presets and form under their names in a manifest's `spec`, null at these places (pointers from the document's root)."""
    cut: JsonValue = {PRESETS: presets, FORM: form}
    for place in sorted(pointers):
        cut = _cut(cut, pointer_segments(place.removeprefix("/spec")))
    return cut if isinstance(cut, dict) else {}


def _cut(value: JsonValue, path: tuple[str, ...]) -> JsonValue:
    """A copy of `value` with the place at `path` set to null; unchanged where the path leads nowhere."""
    if not path:
        return None
    if isinstance(value, Mapping) and path[0] in value:
        return {**value, path[0]: _cut(value[path[0]], path[1:])}
    if isinstance(value, list) and path[0].isdigit() and int(path[0]) < len(value):
        index = int(path[0])
        return [*value[:index], _cut(value[index], path[1:]), *value[index + 1 :]]
    return value
