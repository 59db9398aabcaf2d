"""A matching as plan entries: each manifest and each live template with its status, its changes, why, and what a person can do.

Decides nothing: the conclusions are those of `match.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from reconciler.model.connector import Connector
from reconciler.model.template import SOURCE_TEMPLATE, Manifest, UnreadTemplate
from reconciler.planning.claims import Claim
from reconciler.planning.compare import changes_of
from reconciler.planning.content import Desired, FormSource, Key, Live, content_of
from reconciler.planning.entry import COMPARED, Entry, Rule, Status
from reconciler.planning.match import Ambiguity, Because, Create, Doubt, Matching, Pair

MAX_LISTED = 100
"""Candidates that the plan lists of an ambiguous manifest: thousands of templates times thousands of manifests are gigabytes."""
_MAX_NAMED = 5

_BY = {
    Rule.ID: "bound by spec.templateId",
    Rule.CONTENT: "equal in content",
    Rule.HISTORY: "equal to an earlier revision of it in git",
    Rule.TITLE: "the only pair with this form title",
    Rule.CONNECTOR: "the only template and the only manifest left for this connector",
}
_HIDES_DEFAULT = (
    "if Airbyte offers a default template for {label}, customers stop seeing it once this one exists"
)
_MERGE_DEFECT = (
    "; the live presets are exactly what Airbyte's merge of mock values stores in place of nested presets"
)
_NOT_INFERRED_TODAY = (
    "; the live form is not what Airbyte would infer from the connector today: it was inferred from another connector version, or "
    "written by hand"
)
_LACKS_PAST = "or run where git has every earlier revision of the manifests (in CI: `fetch-depth: 0`): one of them may decide"
_UNREAD_WAYS_OUT = (
    "nothing is created while this is open: run again; if it stays, read the template by its id with an admin token",
)
_BINDING_WAYS_OUT = (
    "correct `spec.templateId`, or remove the line to have the template matched by content, title and connector again",
)


def entries_of(matching: Matching, unread: Iterable[UnreadTemplate], organization: str) -> Iterator[Entry]:
    """One entry for each manifest and each live template of one organization, in no particular order."""
    torn = Counter(each.desired.manifest.connector.id for each in matching.ambiguities)
    for each in matching.conclusions:
        match each:
            case Pair():
                yield _paired(each, organization)
            case Create():
                yield _missing(each.desired, organization)
            case Ambiguity():
                yield _ambiguous(each, torn[each.desired.manifest.connector.id], organization)
            case Doubt():
                yield _doubtful(each, organization)
            case _:
                assert_never(each)
    yield from _unpaired(matching, organization)
    named = {each.template_id for each in matching.conclusions if isinstance(each, Doubt)}
    for template in unread:
        if template.id not in named:
            reason = f"could not be read: {template.reason}"
            entry = _alone(template.id, template.name, organization, Status.UNKNOWN, reason)
            yield replace(entry, ways_out=_UNREAD_WAYS_OUT)


def _for_manifest(desired: Desired, organization: str, status: Status, reason: str) -> Entry:
    manifest = desired.manifest
    return Entry(
        status=status,
        kind=manifest.kind,
        name=manifest.name,
        organization_id=organization,
        connector=manifest.connector,
        reason=reason,
        origin=manifest.origin,
        notes=(desired.form_note,) if desired.form_note and status in COMPARED else (),
        form_compared=desired.content.form_key is not None,
        manifest=manifest,
    )


def _alone(template_id: str, name: str, organization: str, status: Status, reason: str) -> Entry:
    return Entry(status, SOURCE_TEMPLATE, name, organization, None, reason, template_id=template_id)


def _paired(pair: Pair, organization: str) -> Entry:
    desired, live, by = pair.desired, pair.live, _BY[pair.rule]
    entry = replace(
        _for_manifest(desired, organization, Status.IN_SYNC, f"equal to the manifest ({by})"),
        template_id=live.template.id,
        form_title=live.content.title,
        matched_by=pair.rule,
        connector=_named(desired.manifest.connector, live),
        live=live.template,
    )
    if desired.content.equals(live.content):
        return entry
    return replace(
        entry,
        status=Status.DRIFTED,
        reason=f"differs from the manifest ({by}){_likely_cause(pair)}",
        changes=changes_of(desired, live),
        ways_out=_drift_ways_out(pair),
    )


def _likely_cause(pair: Pair) -> str:
    desired, live = pair.desired, pair.live
    if desired.content.presets_key == live.content.presets_key:
        return _NOT_INFERRED_TODAY if desired.form_source is FormSource.INFERRED else ""
    return _MERGE_DEFECT if stored_presets_key(desired) == live.content.presets_key else ""


def stored_presets_key(desired: Desired) -> str | None:
    """The presets that the server stores for a create of this manifest, its merge defect included; None when that cannot be told."""
    from reconciler.connectors.server.create import stored_presets

    form = desired.content.form
    stored = None if form is None else stored_presets(form, desired.manifest.presets)
    return None if stored is None else content_of(stored, None).presets_key


def _drift_ways_out(pair: Pair) -> tuple[str, ...]:
    """What to do about a pair that differs where the target offers neither update nor delete."""
    live_id = pair.live.template.id
    ways = [
        f"keep the live template: write its values into {_line(pair.desired.manifest)}",
        f"keep the manifest: this API gives the tool no update; an organization admin has to change {live_id} by hand",
    ]
    if pair.rule in {Rule.TITLE, Rule.CONNECTOR}:
        ways.append(
            f"if {live_id} is not this template (one of Airbyte's defaults, or made by hand): list it under `unmanaged` "
            "in reconciler.yaml; the manifest is then planned without it"
        )
    return tuple(ways)


def _missing(desired: Desired, organization: str) -> Entry:
    label = desired.manifest.connector.label
    reason = f"no live template of {label} is left that this manifest could be"
    entry = _for_manifest(desired, organization, Status.CREATE, reason)
    return replace(entry, notes=(*entry.notes, _HIDES_DEFAULT.format(label=label)))


def _doubtful(doubt: Doubt, organization: str) -> Entry:
    is_bound = doubt.desired.manifest.template_id is not None
    return replace(
        _for_manifest(doubt.desired, organization, Status.UNKNOWN, doubt.reason),
        template_id=doubt.template_id,
        ways_out=_BINDING_WAYS_OUT if is_bound else _UNREAD_WAYS_OUT,
    )


def _ambiguous(ambiguity: Ambiguity, torn: int, organization: str) -> Entry:
    desired = ambiguity.desired
    return replace(
        _for_manifest(desired, organization, Status.AMBIGUOUS, _why_ambiguous(ambiguity, torn)),
        candidates=tuple(live.template.id for live in ambiguity.candidates[:MAX_LISTED]),
        ways_out=_ambiguity_ways_out(ambiguity),
        connector=_named(desired.manifest.connector, ambiguity.candidates[0]),
    )


def _why_ambiguous(ambiguity: Ambiguity, torn: int) -> str:
    """Why a manifest cannot be paired. `torn` is how many manifests of the connector are ambiguous."""
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
            manifests = "this manifest" if torn == 1 else f"{torn} manifests"
            return f"{templates} of {connector.label} could be {manifests}, and none is equal{_in_common(ambiguity)}"
        case _:
            assert_never(ambiguity.because)


def _in_common(ambiguity: Ambiguity) -> str:
    """What the manifest has in common with the only candidate; "" with several."""
    if len(ambiguity.candidates) > 1:
        return ""
    shared = sorted(Claim(ambiguity.desired).features(ambiguity.candidates[0]))
    if not shared:
        return "; this one has nothing in common with it"
    return f"; this one has the same {' and '.join(shared)}"


def _ambiguity_ways_out(ambiguity: Ambiguity) -> tuple[str, ...]:
    """The line to paste for each candidate, and the way to say that none is meant."""
    manifest, other, first = ambiguity.desired.manifest, ambiguity.other, ambiguity.candidates[0].template
    here = _line(manifest)
    if ambiguity.because is Because.CLAIMED and other is not None:
        return (
            "run `reconciler connectors lock`: with the connector's specification the forms are compared",
            f"if it belongs to {other.name!r}: add `templateId: {first.id}` under `spec` in {_line(other)}; this one is then created",
            f"if it belongs to this manifest: add that line in {here}",
        )
    if ambiguity.because is Because.TAKEN and other is not None:
        return (
            f"if it is this manifest's own: take it from {other.name!r} ({_line(other)}), where `templateId` names it",
            f"if a second one is wanted: add `allowSecond: <the reason>` under `spec` in {here}",
        )
    if ambiguity.because is Because.ELSEWHERE:
        return (
            f"if it is this manifest's own: write `connector: {first.connector_id}`, its definition id, in {here}",
            f"if a new one is wanted: list {first.id} under `unmanaged` in reconciler.yaml; this manifest is then created",
        )
    return tuple(_candidate_ways_out(ambiguity))


def _candidate_ways_out(ambiguity: Ambiguity) -> Iterator[str]:
    is_copy = ambiguity.because is Because.COPIES
    for live in ambiguity.candidates[:_MAX_NAMED]:
        way = f"bind it: add `templateId: {live.template.id}` under `spec` in {_line(ambiguity.desired.manifest)}"
        yield f"if it is this manifest's own, {way}" if is_copy else way
    hidden = len(ambiguity.candidates) - _MAX_NAMED
    if hidden > 0:
        listed = "all" if len(ambiguity.candidates) <= MAX_LISTED else f"the first {MAX_LISTED}"
        yield f"... or one of {hidden} more: the JSON plan lists {listed}"
    if ambiguity.lacks_past and not is_copy:
        yield _LACKS_PAST
    if is_copy:
        yield "if it is a copy, list it under `unmanaged` in reconciler.yaml: this manifest is then created"
    else:
        yield "or list the templates that are not ours under `unmanaged` in reconciler.yaml"


def _unpaired(matching: Matching, organization: str) -> Iterator[Entry]:
    owners, wanted_by = defaultdict[Key, list[Pair]](list), defaultdict[str, list[Manifest]](list)
    for pair in matching.pairs:
        owners[_identity(pair.live)].append(pair)
    for ambiguity in matching.ambiguities:
        for live in ambiguity.candidates:
            wanted_by[live.template.id].append(ambiguity.desired.manifest)
    for live in matching.unpaired:
        yield _for_live(live, owners[_identity(live)], wanted_by[live.template.id], organization)


def _identity(live: Live) -> Key:
    return (live.template.connector_id, *live.content.key)


def _for_live(live: Live, owners: list[Pair], wanted_by: list[Manifest], organization: str) -> Entry:
    """A second equal template, or one that no manifest claims."""
    template = live.template
    claimants, status, ways_out = tuple(wanted_by), Status.UNMANAGED, _unmanaged_ways_out(template.id)
    reason = f"no manifest claims it{_may_be(wanted_by)}"
    if owners:
        claimants, status = tuple(each.desired.manifest for each in owners), Status.DUPLICATE
        reason = f"equal to template {owners[0].live.template.id} of manifest {claimants[0].name!r}"
        ways_out = _duplicate_ways_out(template.id)
    return replace(
        _alone(template.id, template.name, organization, status, reason),
        connector=Connector(template.connector_id, name=template.name),
        form_title=live.content.title,
        ways_out=ways_out,
        claimants=claimants,
    )


def _may_be(wanted_by: list[Manifest]) -> str:
    """The ambiguous manifests that it could belong to."""
    named = [repr(name) for name in sorted(each.name for each in wanted_by)[:_MAX_NAMED]]
    hidden = len(wanted_by) - len(named)
    named += [f"one of {hidden} more"] if hidden else []
    return f"; it may be {' or '.join(named)}" if named else ""


def _unmanaged_ways_out(template_id: str) -> tuple[str, ...]:
    return (
        f"manage it: write a manifest for it with `templateId: {template_id}`",
        "or leave it alone: list the id under `unmanaged` in reconciler.yaml (Airbyte's defaults belong there)",
    )


def _duplicate_ways_out(template_id: str) -> tuple[str, ...]:
    return (
        f"customers see this connector twice; the API has no delete: ask Airbyte's support to remove {template_id}",
        "or accept it: list the id under `unmanaged` in reconciler.yaml",
    )


def _named(connector: Connector, live: Live) -> Connector:
    """The manifest's connector, with the server's name for it where ours is not known."""
    return connector if connector.name is not None else replace(connector, name=live.template.name)


def _line(manifest: Manifest) -> str:
    return f"{manifest.origin.file}:{manifest.origin.line}"
