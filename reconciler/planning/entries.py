"""A matching as plan entries: each pair and each leftover with its status, changes, reason, notes and ways
out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler.model.connector import Connector
from reconciler.model.json_value import JsonObject
from reconciler.model.template import SOURCE_TEMPLATE, Manifest, UnreadTemplate
from reconciler.planning import explain
from reconciler.planning.content import Content, Desired, Live
from reconciler.planning.diff import diff_values
from reconciler.planning.entry import COMPARED, Change, Entry, Status
from reconciler.planning.masking import FORM, PRESETS, mask_for
from reconciler.planning.matching import Ambiguity, Doubt, Match, Matching


def entries_of(matching: Matching, unread: Iterable[UnreadTemplate], organization: str) -> Iterator[Entry]:
    """One entry for each manifest and each live template of one organization, in no particular order."""
    for match in matching.matches:
        yield _matched(match, organization)
    for desired in matching.missing:
        yield _missing(desired, organization)
    rivals = Counter(a.desired.manifest.connector.id for a in matching.ambiguities)
    for ambiguity in matching.ambiguities:
        yield _ambiguous(ambiguity, rivals[ambiguity.desired.manifest.connector.id], organization)
    for doubt in matching.doubts:
        yield _doubtful(doubt, organization)
    yield from _leftovers(matching, organization)
    claimed = {doubt.template_id for doubt in matching.doubts}
    yield from (_unread(template, organization) for template in unread if template.id not in claimed)


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
        form_compared=desired.content.form is not None,
        manifest=manifest,
    )


def _matched(match: Match, organization: str) -> Entry:
    desired, live = match.desired, match.live
    entry = replace(
        _for_manifest(desired, organization, Status.IN_SYNC, explain.why_in_sync(match)),
        template_id=live.template.id,
        form_title=live.content.title,
        matched_by=match.rule,
        connector=_named(desired.manifest.connector, live),
        live=live.template,
    )
    if desired.content.equals(live.content):
        return entry
    return replace(
        entry,
        status=Status.DRIFTED,
        reason=explain.why_drifted(match, stored_presets=_stored_by_the_server(desired)),
        changes=changes_of(desired, live),
        ways_out=explain.drift_ways_out(match),
    )


def _stored_by_the_server(desired: Desired) -> JsonObject | None:
    """The presets that a create of this manifest would have stored; None when that cannot be told."""
    if desired.content.form is None:
        return None
    from reconciler.connectors.server.rules import (
        stored_presets,  # validates too: only a pair that differs pays
    )

    return stored_presets(desired.content.form, desired.manifest.presets)


def changes_of(desired: Desired, live: Live) -> tuple[Change, ...]:
    """The differences of a pair that is not equal, secrets masked; forms only where the manifest's is
    known.
    """
    changes = diff_values(desired.content.presets, live.content.presets, f"/{PRESETS}")
    if desired.content.form is not None:
        changes += diff_values(desired.content.form, live.content.form, f"/{FORM}")
    mask = mask_for(desired, live)
    return tuple(dict.fromkeys(mask.apply(change) for change in changes))


def _missing(desired: Desired, organization: str) -> Entry:
    entry = _for_manifest(desired, organization, Status.CREATE, explain.why_create(desired))
    note = explain.HIDES_DEFAULT.format(label=desired.manifest.connector.label)
    return replace(entry, notes=(*entry.notes, note))


def _ambiguous(ambiguity: Ambiguity, rivals: int, organization: str) -> Entry:
    desired = ambiguity.desired
    return replace(
        _for_manifest(desired, organization, Status.AMBIGUOUS, explain.why_ambiguous(ambiguity, rivals)),
        candidates=tuple(live.template.id for live in ambiguity.candidates[: explain.MAX_LISTED]),
        ways_out=explain.ambiguity_ways_out(ambiguity),
        connector=_named(desired.manifest.connector, ambiguity.candidates[0]),
    )


def _doubtful(doubt: Doubt, organization: str) -> Entry:
    bound = doubt.desired.manifest.template_id is not None
    return replace(
        _for_manifest(doubt.desired, organization, Status.UNKNOWN, doubt.reason),
        template_id=doubt.template_id,
        ways_out=explain.BINDING_WAYS_OUT if bound else explain.DOUBT_WAYS_OUT,
    )


def _leftovers(matching: Matching, organization: str) -> Iterator[Entry]:
    owners: dict[_Identity, list[Match]] = {}
    for match in matching.matches:
        owners.setdefault(_identity(match.live), []).append(match)
    wanted_by: dict[str, list[Manifest]] = {}
    for ambiguity in matching.ambiguities:
        for live in ambiguity.candidates:
            wanted_by.setdefault(live.template.id, []).append(ambiguity.desired.manifest)
    for live in matching.leftovers:
        equal, wanted = owners.get(_identity(live), []), wanted_by.get(live.template.id, [])
        claimants = tuple(match.desired.manifest for match in equal) or tuple(wanted)
        if equal:
            reason = f"equal to template {equal[0].live.template.id} of manifest {claimants[0].name!r}"
            entry = _for_live(live, organization, Status.DUPLICATE, reason, explain.duplicate_ways_out(live))
        else:
            reason = explain.why_unmanaged([each.name for each in wanted])
            entry = _for_live(live, organization, Status.UNMANAGED, reason, explain.unmanaged_ways_out(live))
        yield replace(entry, claimants=claimants)


_Identity = tuple[str, str, str | None]


def _identity(live: Live) -> _Identity:
    content: Content = live.content
    return (live.template.connector_id, content.presets_key, content.form_key)


def _for_live(live: Live, organization: str, status: Status, reason: str, ways_out: tuple[str, ...]) -> Entry:
    return Entry(
        status=status,
        kind=SOURCE_TEMPLATE,
        name=live.template.name,
        organization_id=organization,
        connector=Connector(live.template.connector_id, name=live.template.name),
        reason=reason,
        template_id=live.template.id,
        form_title=live.content.title,
        ways_out=ways_out,
    )


def _unread(template: UnreadTemplate, organization: str) -> Entry:
    return Entry(
        status=Status.UNKNOWN,
        kind=SOURCE_TEMPLATE,
        name=template.name,
        organization_id=organization,
        connector=None,
        reason=f"could not be read: {template.reason}",
        template_id=template.id,
        ways_out=explain.DOUBT_WAYS_OUT,
    )


def _named(connector: Connector, live: Live) -> Connector:
    """The manifest's connector, with the server's name for it where ours is not known."""
    return connector if connector.name is not None else replace(connector, name=live.template.name)
