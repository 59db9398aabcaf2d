"""A matching as plan entries: each manifest and each live template with its status, its changes, why, and what a person can do.

Decides nothing: the conclusions are those of `match.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from reconciler.model.target import Dialect, Policy, Target
from reconciler.model.template import Connector, Manifest, UnreadTemplate
from reconciler.planning.agents_notes import (
    compared_as_said,
    create_notes,
    keep_way,
    update_notes,
    update_of,
)
from reconciler.planning.claims import Claim
from reconciler.planning.compare import changes_of
from reconciler.planning.content import Desired, FormSource, Key, Live, content_of
from reconciler.planning.entry import COMPARED, Entry, Rule, Status, Update
from reconciler.planning.match import Ambiguity, Because, Create, Doubt, Matching, Pair, place_of

MAX_LISTED = 100
"""Candidates that the plan lists of an ambiguous manifest: thousands of templates times thousands of manifests are gigabytes."""
_MAX_NAMED = 5

_BY = {
    Rule.ID: "bound by spec.templateId",
    Rule.CONTENT: "equal in content",
    Rule.HISTORY: "equal to an earlier revision of it in git",
    Rule.TITLE: "the only pair with this {title}",
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
_DRIFT_WAYS_OUT = (
    "keep the live template: write its values into {here}",
    "keep the manifest: this API gives the tool no update; an organization admin has to change {first} by hand",
)
_WEAK_DRIFT_WAYS_OUT = (
    *_DRIFT_WAYS_OUT,
    (
        "if {first} is not this template ({others}): list it under `unmanaged` in reconciler.yaml; "
        "the manifest is then planned without it"
    ),
)
_UNREAD_WAYS_OUT = (
    "nothing is created while this is open: run again; if it stays, read the template by its id with an admin token",
)
_BINDING_WAYS_OUT = (
    "correct `spec.templateId`, or remove the line to have the template matched by content, title and connector again",
)
_UNMANAGED_WAYS_OUT = (
    "manage it: write a manifest for it with `templateId: {first}`",
    "or leave it alone: list the id under `unmanaged` in reconciler.yaml{defaults}",
)
_DUPLICATE_WAYS_OUT = (
    "customers see this connector twice; the API has no delete: ask Airbyte's support to remove {first}",
    "or accept it: list the id under `unmanaged` in reconciler.yaml",
)
_AGENTS_DUPLICATE_WAYS_OUT = (
    "customers and apps see two equal templates; this tool deletes nothing: an organization admin can delete {first} through the API",
    _DUPLICATE_WAYS_OUT[1],
)
_WHY_AMBIGUOUS = {
    Because.SEVERAL: "{templates} of {label} could be {manifests}, and none is equal{in_common}",
    Because.CLAIMED: "live template {first} has the presets of this manifest and is paired with manifest {other} by title or "
    "connector only; which manifest it belongs to is not known without this manifest's form",
    Because.COPIES: "{a_template_equals} that of manifest {other}: a copy of it, or this manifest's own from before it was changed",
    Because.TAKEN: "live template {first} equals this manifest and belongs to manifest {other}: a create would repeat it",
    Because.ELSEWHERE: "{templates} of a connector named {named!r} could be this manifest, made for another definition id "
    "({old_connector}) than the manifest's ({connector})",
}
_BIND = "bind it: add `templateId: {id}` under `spec` in {here}"
_LACKS_PAST = "or run where git has every earlier revision of the manifests (in CI: `fetch-depth: 0`): one of them may decide"
_AMBIGUITY_WAYS_OUT = {
    Because.SEVERAL: ("or list the templates that are not ours under `unmanaged` in reconciler.yaml",),
    Because.CLAIMED: (
        "run `reconciler connectors lock`: with the connector's specification the forms are compared",
        "if it belongs to {other}: add `templateId: {first}` under `spec` in {there}; this one is then created",
        "if it belongs to this manifest: add that line in {here}",
    ),
    Because.COPIES: (
        "if it is a copy, list it under `unmanaged` in reconciler.yaml: this manifest is then created",
    ),
    Because.TAKEN: (
        "if it is this manifest's own: take it from {other} ({there}), where `templateId` names it",
        "if a second one is wanted: add `allowSecond: <the reason>` under `spec` in {here}",
    ),
    Because.ELSEWHERE: (
        "if it is this manifest's own: write `connector: {old_connector}`, its definition id, in {here}",
        "if a new one is wanted: list {first} under `unmanaged` in reconciler.yaml; this manifest is then created",
    ),
}


def entries_of(
    matching: Matching, unread: Iterable[UnreadTemplate], organization: str, target: Target
) -> Iterator[Entry]:
    """One entry for each manifest and each live template of one organization, in no particular order."""
    torn = Counter(place_of(each.desired) for each in matching.ambiguities)
    for each in matching.conclusions:
        match each:
            case Pair():
                yield _paired(each, organization, target)
            case Create(desired):
                yield _missing(desired, organization, target)
            case Ambiguity():
                yield _ambiguous(each, torn[place_of(each.desired)], organization)
            case Doubt():
                yield _doubtful(each, organization)
            case _:
                assert_never(each)
    yield from _unpaired(matching, organization)
    named = {each.template_id for each in matching.conclusions if isinstance(each, Doubt)}
    for lost in unread:
        if lost.id not in named:
            reason = f"could not be read: {lost.reason}"
            entry = Entry(Status.UNKNOWN, lost.kind, lost.name, organization, None, reason)
            yield replace(entry, template_id=lost.id, ways_out=_UNREAD_WAYS_OUT)


def _for_manifest(desired: Desired, organization: str, status: Status, reason: str) -> Entry:
    manifest = desired.manifest
    return Entry(
        status,
        manifest.kind,
        manifest.name,
        organization,
        manifest.connector if manifest.connector.id else None,
        reason,
        origin=manifest.origin,
        notes=(desired.form_note,) if desired.form_note and status in COMPARED else (),
        form_compared=desired.content.form_key is not None,
        dialect=desired.dialect,
        manifest=manifest,
    )


def _paired(pair: Pair, organization: str, target: Target) -> Entry:
    desired, live = pair.desired, pair.live
    is_agents = target.dialect is Dialect.AGENTS
    by = _BY[pair.rule].format(title="template name" if is_agents else "form title")
    entry = replace(
        _for_manifest(desired, organization, Status.IN_SYNC, f"equal to the manifest ({by})"),
        template_id=live.template.id,
        form_title=None if is_agents else live.content.title,
        matched_by=pair.rule,
        connector=_named(desired.manifest.connector, live),
        live=live.template,
    )
    if is_agents:
        entry = compared_as_said(entry, desired, live)
    if desired.equals(live):
        return entry
    entry = replace(
        entry,
        status=Status.DRIFTED,
        reason=f"differs from the manifest ({by}){_likely_cause(pair)}",
        changes=changes_of(desired, live),
    )
    keep, change, leave = _WEAK_DRIFT_WAYS_OUT
    if is_agents:
        update = update_of(desired, live, target)
        if target.policy is Policy.CREATE_UPDATE and isinstance(update, Update):
            notes = (*entry.notes, *update_notes(update, desired.content.hidden, target))
            entry = replace(entry, status=Status.UPDATE, update=update, notes=notes)
            change = "keep the manifest: an apply updates {first}"
        else:
            change = keep_way(target, update if isinstance(update, str) else "")
    ways = (keep, change, leave) if pair.rule in {Rule.TITLE, Rule.CONNECTOR} else (keep, change)
    others = "made by hand" if is_agents else "one of Airbyte's defaults, or made by hand"
    facts = {"first": live.template.id, "here": _line(desired.manifest), "others": others}
    return replace(entry, ways_out=_filled(ways, **facts))


def _likely_cause(pair: Pair) -> str:
    desired, live = pair.desired, pair.live
    if desired.content.scope is not None:
        return ""
    if desired.content.presets_key == live.content.presets_key:
        return _NOT_INFERRED_TODAY if desired.form_source is FormSource.INFERRED else ""
    return _MERGE_DEFECT if stored_presets_key(desired) == live.content.presets_key else ""


def stored_presets_key(desired: Desired) -> str | None:
    """The presets that the server stores for a create of this manifest, its merge defect included. None when it is not known."""
    from reconciler.connectors.server.create import stored_presets

    form = desired.content.form
    stored = None if form is None else stored_presets(form, desired.manifest.presets)
    return None if stored is None else content_of(stored, None).presets_key


def _missing(desired: Desired, organization: str, target: Target) -> Entry:
    label = _label(desired.manifest)
    reason = f"no live template of {label} is left that this manifest could be"
    entry = _for_manifest(desired, organization, Status.CREATE, reason)
    is_agents = desired.content.scope is not None
    notes = create_notes(desired, target) if is_agents else [_HIDES_DEFAULT.format(label=label)]
    return replace(entry, notes=(*entry.notes, *notes))


def _doubtful(doubt: Doubt, organization: str) -> Entry:
    is_bound = doubt.desired.manifest.template_id is not None
    entry = _for_manifest(doubt.desired, organization, Status.UNKNOWN, doubt.reason)
    ways_out = _BINDING_WAYS_OUT if is_bound else _UNREAD_WAYS_OUT
    return replace(entry, template_id=doubt.template_id, ways_out=ways_out)


def _ambiguous(ambiguity: Ambiguity, torn: int, organization: str) -> Entry:
    """`torn` is how many manifests of the connector are ambiguous."""
    desired, other, because = ambiguity.desired, ambiguity.other, ambiguity.because
    count, first = len(ambiguity.candidates), ambiguity.candidates[0].template
    facts = {
        "connector": desired.manifest.connector.id,
        "label": _label(desired.manifest),
        "manifests": "this manifest" if torn == 1 else f"{torn} manifests",
        "in_common": _in_common(ambiguity) if because is Because.SEVERAL else "",
        "templates": "one live template" if count == 1 else f"{count} live templates",
        "a_template_equals": "a live template equals" if count == 1 else f"{count} live templates equal",
        "first": first.id,
        "named": first.name,
        "old_connector": first.connector_id,
        "other": "" if other is None else repr(other.name),
        "here": _line(desired.manifest),
        "there": "" if other is None else _line(other),
    }
    reason = _WHY_AMBIGUOUS[because].format(**facts)
    ways_out = _filled(_AMBIGUITY_WAYS_OUT[because], **facts)
    return replace(
        _for_manifest(desired, organization, Status.AMBIGUOUS, reason),
        candidates=tuple(live.template.id for live in ambiguity.candidates[:MAX_LISTED]),
        ways_out=(*_bindings(ambiguity), *ways_out),
        connector=_named(desired.manifest.connector, ambiguity.candidates[0]),
    )


def _in_common(ambiguity: Ambiguity) -> str:
    """What the manifest has in common with the only candidate. "" with several."""
    if len(ambiguity.candidates) > 1:
        return ""
    title = "title" if ambiguity.desired.content.scope is None else "name"
    found = Claim(ambiguity.desired).features(ambiguity.candidates[0])
    shared = sorted(title if name == "title" else name for name in found)
    return (
        f"; this one has the same {' and '.join(shared)}"
        if shared
        else "; this one has nothing in common with it"
    )


def _bindings(ambiguity: Ambiguity) -> Iterator[str]:
    """The line to paste for each candidate that is left for the connector."""
    if ambiguity.because not in {Because.SEVERAL, Because.COPIES}:
        return
    is_copy = ambiguity.because is Because.COPIES
    for live in ambiguity.candidates[:_MAX_NAMED]:
        way = _BIND.format(id=live.template.id, here=_line(ambiguity.desired.manifest))
        yield f"if it is this manifest's own, {way}" if is_copy else way
    hidden = len(ambiguity.candidates) - _MAX_NAMED
    if hidden > 0:
        listed = "all" if len(ambiguity.candidates) <= MAX_LISTED else f"the first {MAX_LISTED}"
        yield f"... or one of {hidden} more: the JSON plan lists {listed}"
    if ambiguity.lacks_past and not is_copy:
        yield _LACKS_PAST


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
    return (live.template.kind, live.template.connector_id, *live.content.key)


def _for_live(live: Live, owners: list[Pair], wanted_by: list[Manifest], organization: str) -> Entry:
    """A second equal template, or one that no manifest claims."""
    template = live.template
    claimants, status, ways_out = tuple(wanted_by), Status.UNMANAGED, _UNMANAGED_WAYS_OUT
    is_agents = live.content.scope is not None
    name = live.content.title if is_agents and live.content.title else template.name
    reason = f"no manifest claims it{_may_be(wanted_by)}"
    if owners:
        claimants = tuple(each.desired.manifest for each in owners)
        ways_out = _AGENTS_DUPLICATE_WAYS_OUT if is_agents else _DUPLICATE_WAYS_OUT
        status = Status.DUPLICATE
        reason = f"equal to template {owners[0].live.template.id} of manifest {claimants[0].name!r}"
    connector = Connector(template.connector_id, name=template.name) if template.connector_id else None
    return Entry(
        status,
        template.kind,
        name,
        organization,
        connector,
        reason,
        template_id=template.id,
        form_title=None if is_agents else live.content.title,
        ways_out=_filled(
            ways_out, first=template.id, defaults="" if is_agents else " (Airbyte's defaults belong there)"
        ),
        claimants=claimants,
    )


def _may_be(wanted_by: list[Manifest]) -> str:
    """The ambiguous manifests that it could belong to."""
    named = [repr(name) for name in sorted(each.name for each in wanted_by)[:_MAX_NAMED]]
    hidden = len(wanted_by) - len(named)
    named += [f"one of {hidden} more"] if hidden else []
    return f"; it may be {' or '.join(named)}" if named else ""


def _named(connector: Connector, live: Live) -> Connector | None:
    """The manifest's connector, with the server's name for it where ours is not known. None where Airbyte hosts the destination."""
    if not connector.id:
        return None
    return connector if connector.name is not None else replace(connector, name=live.template.name)


def _label(manifest: Manifest) -> str:
    return manifest.connector.label or "Airbyte's own destination"


def _line(manifest: Manifest) -> str:
    return f"{manifest.origin.file}:{manifest.origin.line}"


def _filled(texts: Iterable[str], **facts: str) -> tuple[str, ...]:
    return tuple(text.format(**facts) for text in texts)
