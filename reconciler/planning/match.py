"""Pair manifests with live templates: each manifest takes at most one live template, each live template is
taken at most once.

Per organization and connector, in this order:

    rule        pairs a manifest with                              what it says
    id          the live template its `spec.templateId` names      the user said so
    content     an equal one                                       in sync, whatever its id
    history     the one that an earlier revision of this manifest  it was edited in git
                equals, and of no other manifest
    title       the one with the same form title, if that title    the form was edited on one side
                occurs once on each side
    content     where the manifest's form is not known: the one    nothing that is known differs
                with the same presets, if they occur once on
                each side
    connector   the only one left, if one manifest is left too     nothing else it could be

The first three are certain. The others are weak: such a pair holds only while no other manifest has something in common with
the live template (presets, form, title, in any revision) that the paired one has not. Else both are ambiguous. A title
alone, without the whole git history, takes nothing while another manifest of the connector would be created.

Where a manifest's form is not known, it is not missing while a template with its presets is paired with another one by a weak
rule: that template may be its own. It is ambiguous then.

A live template that equals a paired one is a copy of that one (two creates reached the server), so `title` and
`connector` never take it for another manifest's.

What is left: no live template of the connector -> missing; otherwise ambiguous. Two kinds of missing are ambiguous all the same,
because the create would repeat what customers see already: the manifest equals a template that another manifest has, or
an unclaimed one of another definition id equals it, or is like it and of a connector of the same name.

A template that could not be read might be the one that belongs to any manifest that is not paired by id or by presets and
form, so those become unknown, unless its name is that of another connector (list items carry the connector's name, which is
one per definition).

The result depends on values only: manifests are taken by name, live templates by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from reconciler.model.template import UnreadTemplate
from reconciler.planning.claims import Claim
from reconciler.planning.content import Desired, Live
from reconciler.planning.entry import Rule
from reconciler.planning.matching import Ambiguity, Because, Doubt, Match, Matching
from reconciler.planning.pairing import match_connector
from reconciler.planning.revisions import NO_PAST, Revisions


def match_templates(
    desired: Iterable[Desired],
    live: Iterable[Live],
    unread: Iterable[UnreadTemplate] = (),
    *,
    unmanaged: frozenset[str] = frozenset(),
    past: Revisions = NO_PAST,
) -> Matching:
    """Pair the manifests of one organization with its live templates.

    `past` is asked only where more than one pair is possible. `unmanaged` are the ids that the user declared not ours: they must
    not be among `live` and `unread`; they are named here only so that a manifest bound to one of them is told why it is refused.
    """
    manifests = sorted(desired, key=lambda d: d.manifest.name)
    templates = sorted(live, key=lambda t: t.template.id)
    unread = sorted(unread, key=lambda u: u.id)

    bound, free, doubts = _bind_by_id(manifests, templates, unread, unmanaged)
    taken = {match.live.template.id for match in bound}
    found = Matching(matches=tuple(bound), doubts=tuple(doubts))
    manifests_of = _by_connector(free)
    templates_of = _live_by_connector([t for t in templates if t.template.id not in taken])
    for connector_id in sorted(manifests_of.keys() | templates_of.keys()):
        group = match_connector(manifests_of.get(connector_id, []), templates_of.get(connector_id, []), past)
        found = _joined(found, group)
    found = _without_repeats(found)
    return _with_doubt(found, unread, {(t.template.name, t.template.connector_id) for t in templates})


def _by_connector(manifests: list[Desired]) -> dict[str, list[Desired]]:
    groups: dict[str, list[Desired]] = {}
    for desired in manifests:
        groups.setdefault(desired.manifest.connector.id, []).append(desired)
    return groups


def _live_by_connector(templates: list[Live]) -> dict[str, list[Live]]:
    groups: dict[str, list[Live]] = {}
    for template in templates:
        groups.setdefault(template.template.connector_id, []).append(template)
    return groups


def _bind_by_id(
    manifests: list[Desired],
    templates: list[Live],
    unread: Sequence[UnreadTemplate],
    unmanaged: frozenset[str],
) -> tuple[list[Match], list[Desired], list[Doubt]]:
    """Rule `id`: an explicit binding holds or is an error; it never falls through to another rule and never
    creates.
    """
    by_id = {t.template.id: t for t in templates}
    unread_reasons = {u.id: f"could not be read: {u.reason}" for u in unread}
    owners: dict[str, str] = {}
    bound: list[Match] = []
    free: list[Desired] = []
    doubts: list[Doubt] = []
    for desired in manifests:
        wanted = desired.manifest.template_id
        if wanted is None:
            free.append(desired)
            continue
        live = by_id.get(wanted)
        refusal = _binding_refusal(
            desired, live, owners.get(wanted), unread_reasons.get(wanted), is_unmanaged=wanted in unmanaged
        )
        if live is not None and not refusal:
            bound.append(Match(desired, live, Rule.ID))
        else:
            is_first_claim = wanted in unread_reasons and wanted not in owners
            doubts.append(
                Doubt(desired, f"spec.templateId {wanted} {refusal}", wanted if is_first_claim else None)
            )
        owners.setdefault(wanted, desired.manifest.name)
    return bound, free, doubts


def _binding_refusal(
    desired: Desired, live: Live | None, owner: str | None, unread: str | None, *, is_unmanaged: bool
) -> str:
    """Why the binding does not hold, as the rest of a sentence that starts with the id; "" when it holds."""
    if owner is not None:
        return f"is named by manifest {owner!r} already"
    if live is not None:
        if live.template.connector_id == desired.manifest.connector.id:
            return ""
        return f"belongs to connector {live.template.name!r} ({live.template.connector_id}), not to the manifest's"
    if unread is not None:
        return unread
    if is_unmanaged:
        return "is listed under `unmanaged` in the project file"
    return "is not on the server; a bound manifest is never created again under another id"


def _joined(left: Matching, right: Matching) -> Matching:
    return Matching(
        matches=left.matches + right.matches,
        missing=left.missing + right.missing,
        ambiguities=left.ambiguities + right.ambiguities,
        doubts=left.doubts + right.doubts,
        leftovers=left.leftovers + right.leftovers,
    )


def _without_repeats(found: Matching) -> Matching:
    """Turn what is missing into an ambiguity where its create would repeat a live template that another manifest has, or that
    no manifest has and that is equal, or like it and of a connector of the same name.
    """
    taken = {_place(match.live): match for match in found.matches}
    loose: dict[object, list[Live]] = {}
    for live in found.leftovers:
        loose.setdefault(live.template.name, []).append(live)
        if live.content.says_something:
            loose.setdefault(live.content.key, []).append(live)
    doubted = {d.manifest.name: _taken(d, taken) or _elsewhere(d, loose) for d in found.missing}
    torn = tuple(doubt for doubt in doubted.values() if doubt is not None)
    missing = tuple(d for d in found.missing if doubted[d.manifest.name] is None)
    return replace(found, missing=missing, ambiguities=found.ambiguities + torn)


def _place(live: Live) -> tuple[str, tuple[str, str | None]]:
    return live.template.connector_id, live.content.key


def _taken(desired: Desired, taken: Mapping[tuple[str, tuple[str, str | None]], Match]) -> Ambiguity | None:
    match = taken.get((desired.manifest.connector.id, desired.content.key))
    if match is None or desired.manifest.allow_second or match.desired.manifest.allow_second:
        return None
    return Ambiguity(desired, (match.live,), Because.TAKEN, match.desired.manifest)


def _elsewhere(desired: Desired, loose: Mapping[object, list[Live]]) -> Ambiguity | None:
    """A connector's repository can get another definition id in the registry, and so in the lock; its name can change too."""
    connector, claim = desired.manifest.connector, Claim(desired)
    named = (live for live in loose.get(connector.name or "", ()) if claim.shared_with(live))
    alike = {live.template.id: live for live in (*loose.get(desired.content.key, ()), *named)}
    others = tuple(live for _, live in sorted(alike.items()) if live.template.connector_id != connector.id)
    return Ambiguity(desired, others, Because.ELSEWHERE) if others else None


def _with_doubt(found: Matching, unread: Sequence[UnreadTemplate], names: Set[tuple[str, str]]) -> Matching:
    """Turn every conclusion that an unread template could overthrow into a doubt; pairs by id, and by presets and form,
    stand.

    `names` are the names that the read templates show, each with the connector that bears it.
    """
    if not unread:
        return found
    kept: list[Match] = []
    freed: list[Live] = []
    doubts = list(found.doubts)
    for match in found.matches:
        blame = None if _is_certain(match) else _suspect(match.desired, unread, names)
        if blame is None:
            kept.append(match)
        else:
            doubts.append(_doubt_about(match.desired, blame))
            freed.append(match.live)
    missing: list[Desired] = []
    for desired in found.missing:
        blame = _suspect(desired, unread, names)
        if blame is None:
            missing.append(desired)
        else:
            doubts.append(_doubt_about(desired, blame))
    leftovers = tuple(sorted((*found.leftovers, *freed), key=lambda t: t.template.id))
    return replace(
        found, matches=tuple(kept), missing=tuple(missing), doubts=tuple(doubts), leftovers=leftovers
    )


def _is_certain(match: Match) -> bool:
    """Whether no other template could be meant: named by id, or equal in everything."""
    is_equal = match.rule is Rule.CONTENT and match.desired.content.form_key is not None
    return is_equal or match.rule is Rule.ID


def _suspect(
    desired: Desired, unread: Sequence[UnreadTemplate], names: Set[tuple[str, str]]
) -> UnreadTemplate | None:
    """The first unread template that may be of the manifest's connector; None when all are shown to be of
    others: read templates of other connectors bear their names, and none of this one does.

    A name that no read template bears says nothing: the connector may have been renamed between two answers.
    """
    own = {name for name, connector_id in names if connector_id == desired.manifest.connector.id}
    others = {name for name, _ in names} - own
    return next((u for u in unread if not own or u.name not in others), None)


def _doubt_about(desired: Desired, unread: UnreadTemplate) -> Doubt:
    return Doubt(
        desired,
        f"template {unread.id} ({unread.name}) could not be read and may be this one: {unread.reason}",
    )
