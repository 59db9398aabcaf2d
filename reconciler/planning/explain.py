"""The sentences of a plan: why an entry has its status, what else to know, and what a person can do about
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import JsonValue, canonical_json
from reconciler.model.template import Manifest
from reconciler.planning.claims import Claim
from reconciler.planning.content import Desired, FormSource, Live
from reconciler.planning.entry import Rule
from reconciler.planning.matching import Ambiguity, Because, Match

_LACKS_PAST = "or run where git has every earlier revision of the manifests (in CI: `fetch-depth: 0`): one of them may decide"
HIDES_DEFAULT = (
    "if Airbyte offers a default template for {label}, customers stop seeing it once this one exists"
)

_MAX_CANDIDATES = 5
MAX_LISTED = 100
"""Candidates that the plan lists of an ambiguous manifest: thousands of templates times thousands of manifests are gigabytes."""

_BY = {
    Rule.ID: "bound by spec.templateId",
    Rule.CONTENT: "equal in content",
    Rule.HISTORY: "equal to an earlier revision of it in git",
    Rule.TITLE: "the only pair with this form title",
    Rule.CONNECTOR: "the only template and the only manifest left for this connector",
}


def why_in_sync(match: Match) -> str:
    """Why a pair is in sync."""
    return f"equal to the manifest ({_BY[match.rule]})"


def why_drifted(match: Match, *, stored_presets: JsonValue | None) -> str:
    """Why a pair differs. `stored_presets` is what the server's merge defect would have stored, None when it
    cannot be told.
    """
    paired = _BY[match.rule]
    if _is_merge_defect(match, stored_presets):
        return (
            f"differs from the manifest ({paired}); the live presets are exactly what Airbyte's merge of mock values stores "
            "in place of nested presets"
        )
    if _differs_in_form_only(match) and match.desired.form_source is FormSource.INFERRED:
        return (
            f"differs from the manifest ({paired}); the live form is not what Airbyte would infer from the connector today: "
            "it was inferred from another connector version, or written by hand"
        )
    return f"differs from the manifest ({paired})"


def _is_merge_defect(match: Match, stored_presets: JsonValue | None) -> bool:
    if stored_presets is None or match.desired.content.presets_key == match.live.content.presets_key:
        return False
    return canonical_json(stored_presets) == match.live.content.presets_key


def _differs_in_form_only(match: Match) -> bool:
    return match.desired.content.presets_key == match.live.content.presets_key


def drift_ways_out(match: Match) -> tuple[str, ...]:
    """What to do about a pair that differs where the target offers neither update nor delete."""
    manifest, live_id = match.desired.manifest, match.live.template.id
    ways = [
        f"keep the live template: write its values into {manifest.origin.file}:{manifest.origin.line}",
        f"keep the manifest: this API gives the tool no update; an organization admin has to change {live_id} by hand",
    ]
    if match.rule in {Rule.TITLE, Rule.CONNECTOR}:
        ways.append(
            f"if {live_id} is not this template (one of Airbyte's defaults, or made by hand): list it under `unmanaged` "
            "in reconciler.yaml; the manifest is then planned without it"
        )
    return tuple(ways)


def why_create(desired: Desired) -> str:
    """Why a manifest is to be created."""
    label = desired.manifest.connector.label
    return f"no live template of {label} is left that this manifest could be"


def why_ambiguous(ambiguity: Ambiguity, rivals: int) -> str:
    """Why a manifest cannot be paired. `rivals` is how many manifests of the connector are in the same
    doubt.
    """
    connector = ambiguity.desired.manifest.connector
    other = repr(ambiguity.other.name) if ambiguity.other else ""
    count, first = len(ambiguity.candidates), ambiguity.candidates[0].template
    templates = "one live template" if count == 1 else f"{count} live templates"
    match ambiguity.because:
        case Because.CLAIMED:
            return (
                f"live template {first.id} has the presets of this manifest and is paired with manifest "
                f"{other} by title or connector only; which manifest it belongs to is not known without this manifest's form"
            )
        case Because.COPIES:
            what = "a live template equals" if count == 1 else f"{count} live templates equal"
            return f"{what} that of manifest {other}: a copy of it, or this manifest's own from before it was changed"
        case Because.TAKEN:
            return f"live template {first.id} equals this manifest and belongs to manifest {other}: a create would repeat it"
        case Because.ELSEWHERE:
            return (
                f"{templates} of a connector named {first.name!r} could be this manifest, made for another definition id "
                f"({first.connector_id}) than the manifest's ({connector.id})"
            )
        case Because.SEVERAL:
            manifests = "this manifest" if rivals == 1 else f"{rivals} manifests"
            return f"{templates} of {connector.label} could be {manifests}, and none is equal{_in_common(ambiguity)}"
        case _:
            assert_never(ambiguity.because)


def _in_common(ambiguity: Ambiguity) -> str:
    """What the manifest has in common with the only candidate; "" with several."""
    if len(ambiguity.candidates) > 1:
        return ""
    shared = Claim(ambiguity.desired).features(ambiguity.candidates[0])
    return (
        f"; this one has the same {' and '.join(sorted(shared))}"
        if shared
        else "; this one has nothing in common with it"
    )


def ambiguity_ways_out(ambiguity: Ambiguity) -> tuple[str, ...]:
    """The line to paste for each candidate, and the way to say that none is meant."""
    manifest, other = ambiguity.desired.manifest, ambiguity.other
    origin, first = manifest.origin, ambiguity.candidates[0].template.id
    if ambiguity.because is Because.CLAIMED and other is not None:
        return _claim_ways_out(other, first, origin)
    if ambiguity.because is Because.TAKEN and other is not None:
        there = f"{other.origin.file}:{other.origin.line}"
        return (
            f"if it is this manifest's own: take it from {other.name!r} ({there}), where `templateId` names it",
            f"if a second one is wanted: add `allowSecond: <the reason>` under `spec` in {origin.file}:{origin.line}",
        )
    if ambiguity.because is Because.ELSEWHERE:
        old = ambiguity.candidates[0].template.connector_id
        return (
            f"if it is this manifest's own: write `connector: {old}`, its definition id, in {origin.file}:{origin.line}",
            f"if a new one is wanted: list {first} under `unmanaged` in reconciler.yaml; this manifest is then created",
        )
    return _candidate_ways_out(ambiguity)


def _candidate_ways_out(ambiguity: Ambiguity) -> tuple[str, ...]:
    origin, is_copy = ambiguity.desired.manifest.origin, ambiguity.because is Because.COPIES
    ways = [
        f"bind it: add `templateId: {live.template.id}` under `spec` in {origin.file}:{origin.line}"
        for live in ambiguity.candidates[:_MAX_CANDIDATES]
    ]
    if is_copy:
        ways = [f"if it is this manifest's own, {way}" for way in ways]
    hidden = len(ambiguity.candidates) - _MAX_CANDIDATES
    if hidden > 0:
        listed = "all" if len(ambiguity.candidates) <= MAX_LISTED else f"the first {MAX_LISTED}"
        ways.append(f"... or one of {hidden} more: the JSON plan lists {listed}")
    if ambiguity.lacks_past and not is_copy:
        ways.append(_LACKS_PAST)
    ways.append(
        "if it is a copy, list it under `unmanaged` in reconciler.yaml: this manifest is then created"
        if is_copy
        else "or list the templates that are not ours under `unmanaged` in reconciler.yaml"
    )
    return tuple(ways)


def _claim_ways_out(owner: Manifest, template_id: str, origin: Origin) -> tuple[str, ...]:
    there = f"{owner.origin.file}:{owner.origin.line}"
    return (
        "run `reconciler connectors lock`: with the connector's specification the forms are compared",
        f"if it belongs to {owner.name!r}: add `templateId: {template_id}` under `spec` in {there}; this one is then created",
        f"if it belongs to this manifest: add that line in {origin.file}:{origin.line}",
    )


def why_unmanaged(wanted_by: Sequence[str]) -> str:
    """Why a live template stands alone; `wanted_by` names the ambiguous manifests it could belong to."""
    if wanted_by:
        told = [repr(name) for name in sorted(wanted_by)[:_MAX_CANDIDATES]]
        hidden = len(wanted_by) - len(told)
        told += [f"one of {hidden} more"] if hidden else []
        return f"no manifest claims it; it may be {' or '.join(told)}"
    return "no manifest claims it"


def unmanaged_ways_out(live: Live) -> tuple[str, ...]:
    """What to do about a live template that no manifest claims."""
    return (
        f"manage it: write a manifest for it with `templateId: {live.template.id}`",
        "or leave it alone: list the id under `unmanaged` in reconciler.yaml (Airbyte's defaults belong there)",
    )


def duplicate_ways_out(live: Live) -> tuple[str, ...]:
    """What to do about a second equal template."""
    return (
        f"customers see this connector twice; the API has no delete: ask Airbyte's support to remove {live.template.id}",
        "or accept it: list the id under `unmanaged` in reconciler.yaml",
    )


DOUBT_WAYS_OUT = (
    "nothing is created while this is open: run again; if it stays, read the template by its id with an admin token",
)

BINDING_WAYS_OUT = (
    "correct `spec.templateId`, or remove the line to have the template matched by content, title and connector again",
)
