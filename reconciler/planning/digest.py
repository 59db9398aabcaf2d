"""Digests that bind a plan to what it was made from: format, target, manifests, live state, selection.

Built on the canonical texts of the contents, so that whatever is not drift does not make a plan stale either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, pointer_segments
from reconciler.model.target import Target
from reconciler.model.template import UnreadTemplate
from reconciler.planning.content import FORM, PRESETS, Desired, Live
from reconciler.planning.entry import Entry


def digest_of(value: JsonValue) -> str:
    """`sha256:` and the hex digest of the canonical text; lone surrogates do not break it."""
    digest = hashlib.sha256()
    for piece in _pieces(value):
        digest.update(piece.encode("utf-8", "surrogatepass"))
    return f"sha256:{digest.hexdigest()}"


def _pieces(value: JsonValue) -> Iterator[str]:
    """The canonical text in pieces: that of thousands of templates is never made as a whole."""
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from _pieces(item)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for number, key in enumerate(sorted(value)):
            yield f"{',' if number else ''}{canonical_json(key)}:"
            yield from _pieces(value[key])
        yield "}"
    else:
        yield canonical_json(value)


def target_facts(target: Target) -> JsonObject:
    """Everything about the target that a plan depends on; which branches may apply it is no part of what it says."""
    facts = {name: value for name, value in asdict(target).items() if name != "apply_branches"}
    return {
        **facts,
        "api": str(target.api),
        "unmanaged": sorted(target.unmanaged),
        "capabilities": list(target.capabilities),
    }


def desired_facts(desired: Iterable[Desired], *, with_variables: bool) -> list[JsonValue]:
    """What the manifests ask for, sorted by name.

    With the values of variables in it, a hash of it is safe to show only together with live facts. The digest that is shown beside
    public manifests is made without them: a short secret could be found by trying.
    """
    return [_facts(d, with_variables=with_variables) for d in sorted(desired, key=lambda d: d.manifest.name)]


def _facts(desired: Desired, *, with_variables: bool) -> JsonValue:
    manifest, content = desired.manifest, desired.content
    presets, form = content.presets_key, content.form_key
    if manifest.variable_pointers and not with_variables:
        cut = with_places(manifest.presets, manifest.form, manifest.variable_pointers)
        presets, form = canonical_json(cut), None
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


def with_places(
    presets: JsonValue, form: JsonValue, pointers: Iterable[str], value: JsonValue = None
) -> dict[str, JsonValue]:
    """Presets and form under their names in a manifest's `spec`, with `value` at these places (pointers from the document's root)."""
    filled: JsonValue = {PRESETS: presets, FORM: form}
    for place in sorted(pointers):
        filled = _put(filled, pointer_segments(place.removeprefix("/spec")), value)
    return filled if isinstance(filled, dict) else {}


def _put(holder: JsonValue, path: tuple[str, ...], value: JsonValue) -> JsonValue:
    """A copy of `holder` with `value` at `path`; unchanged where the path leads nowhere."""
    if not path:
        return value
    if isinstance(holder, Mapping) and path[0] in holder:
        return {**holder, path[0]: _put(holder[path[0]], path[1:], value)}
    if isinstance(holder, list) and path[0].isdigit() and int(path[0]) < len(holder):
        index = int(path[0])
        return [*holder[:index], _put(holder[index], path[1:], value), *holder[index + 1 :]]
    return holder
