"""Desired state and live state in, one plan out: match, compare, explain, and the digest of all of it. Pure.

    manifest is paired and equal              -> in-sync
    manifest is paired and differs            -> drifted (shown, never changed), or update where the policy and the API allow it
    nothing is left that it could be          -> create
    it could be several, or another's         -> ambiguous
    bound id is gone, or a read failed        -> unknown
    an earlier create of it is undecided      -> unknown, whatever else it is (`intents.py`)
    live template equal to a paired one       -> duplicate
    any other live template       -> unmanaged

`match.py` decides which manifest is created, and holds all rules for it. `content.py` says what equal means, `explain.py` writes the
entries, `assess.py` judges what would be created.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase

from reconciler.model.json_value import JsonObject, JsonValue, canonical_json
from reconciler.model.target import Dialect, Target
from reconciler.model.template import Intent, LiveState, Manifest, Past, UnreadTemplate
from reconciler.planning.agents_notes import with_seconds
from reconciler.planning.claims import Revisions
from reconciler.planning.content import Contents, Desired, Live
from reconciler.planning.entry import Assessed, Entry, Plan, Selection, Status
from reconciler.planning.explain import entries_of
from reconciler.planning.facts import digest_of, spec_of, with_places
from reconciler.planning.intents import weighed
from reconciler.planning.match import match_templates

PLAN_FORMAT_VERSION = "1"

EVERYTHING = Selection()

Assess = Callable[[Manifest], Assessed]
"""What rules say about a manifest. Asked for shown entries that would create or have drifted."""

_ASSESSED = frozenset({Status.CREATE, Status.UPDATE, Status.DRIFTED})


def build_plan(
    manifests: Iterable[Manifest],
    live_states: Iterable[LiveState],
    target: Target,
    *,
    selection: Selection = EVERYTHING,
    contents: Contents | None = None,
    assess: Assess | None = None,
    past: Callable[[], Past] = Past,
    former_organizations: Iterable[str] = (),
    intents: Iterable[Intent] = (),
) -> Plan:
    """The plan of one run. `intents` are the earlier creates that the journal holds open, of any organization.

    `live_states` holds one state for each organization that the target or a manifest names. A manifest whose
    organization is not among them raises KeyError: nothing may be concluded about an organization that was
    not read. Matching sees every manifest. `selection` only decides what is shown and applied. `past` gives earlier revisions
    of the manifests. It is called at most once, and only where the present does not decide. `former_organizations` are those that
    earlier revisions name: those of them that were not read are named in the plan.
    """
    manifests = tuple(manifests)
    states = {state.organization_id: state for state in live_states}
    contents, open_intents = contents or Contents(target.dialect), tuple(intents)
    revisions = Revisions(past, manifests, organization_id=target.organization_id, contents=contents)
    desired = [contents.desired(manifest) for manifest in manifests]
    members = _by_organization(desired, sorted(states), target)
    compared = [
        _compared(wanted, states[organization], target, contents, past=revisions, intents=open_intents)
        for organization, wanted in members.items()
    ]
    entries = sorted((entry for each in compared for entry in each.entries), key=lambda entry: entry.sort_key)
    rest = [entry for entry in entries if not is_selected(entry, selection)]
    hidden = Counter(entry.status for entry in rest)
    live: list[JsonValue] = [each.live_facts for each in compared]
    facts: list[JsonValue] = [
        PLAN_FORMAT_VERSION,
        _target_facts(target),
        _desired_facts(desired, with_variables=True),
        live,
        [list(selection.only), list(selection.paths)],
        [fact for each in compared for fact in each.decided_facts],
    ]
    return Plan(
        target=target,
        entries=tuple(_assessed(entry, assess) for entry in entries if is_selected(entry, selection)),
        digest=digest_of(facts),
        manifests_digest=digest_of(_desired_facts(desired, with_variables=False)),
        live_digest=digest_of(live),
        selection=selection,
        hidden={status: hidden[status] for status in Status if hidden[status]},
        hidden_unknown=tuple(entry.name for entry in rest if entry.status is Status.UNKNOWN),
        hidden_forms=sum(entry.is_uncompared for entry in rest),
        uncompared_secrets=sum(entry.uncompared_secrets for entry in entries),
        manifest_count=len(desired),
        live_count=sum(len(state.ids - target.unmanaged) for state in states.values()),
        other_organizations=tuple(each for each in members if each != target.organization_id),
        left_out=tuple(sorted(frozenset().union(*(each.left_out for each in compared)))),
        unread_organizations=tuple(sorted(set(former_organizations) - states.keys() - target.unmanaged)),
        decided=tuple(pair for each in compared for pair in each.decided),
    )


def _by_organization(
    desired: Iterable[Desired], organizations: Iterable[str], target: Target
) -> dict[str, list[Desired]]:
    members: dict[str, list[Desired]] = {organization: [] for organization in organizations}
    for each in desired:
        members[each.manifest.organization_id or target.organization_id].append(each)
    return members


@dataclass(frozen=True)
class _Compared:
    """What the comparison of one organization gave. `decided` are intents with their templates, `left_out` ids that are not ours."""

    entries: tuple[Entry, ...]
    live_facts: JsonObject
    decided_facts: list[JsonValue]
    decided: tuple[tuple[str, str], ...]
    left_out: frozenset[str]


def _compared(
    wanted: list[Desired],
    state: LiveState,
    target: Target,
    contents: Contents,
    *,
    past: Revisions,
    intents: tuple[Intent, ...],
) -> _Compared:
    organization = state.organization_id
    live = [contents.live(t) for t in state.templates if t.id not in target.unmanaged]
    unread = [u for u in state.unread if u.id not in target.unmanaged]
    matching = match_templates(
        wanted, live, unread, unmanaged=target.unmanaged, past=past, originals=target.originals
    )
    matched = tuple(entries_of(matching, unread, organization, target))
    entries, decided = weighed(matched, intents, state, target)
    entries = with_seconds(entries, state, target)
    if organization != target.organization_id:
        entries = tuple(replace(entry, is_elsewhere=True) for entry in entries)
    left_out = state.left_out | (state.ids & target.unmanaged)
    facts = _live_facts(organization, live, unread, left_out)
    return _Compared(entries, facts, _decided_facts(matched), decided, left_out)


def _assessed(entry: Entry, assess: Assess | None) -> Entry:
    if assess is None or entry.manifest is None or entry.status not in _ASSESSED:
        return entry
    assessed = assess(entry.manifest)
    if entry.dialect is Dialect.AGENTS:  # a locked specification would not make its answer known
        assessed = replace(assessed, is_server_known=False)
    schedule = [] if assessed.schedule is None else [f"syncs {assessed.schedule.sentence}"]
    return replace(entry, assessed=assessed, notes=(*schedule, *entry.notes))


def is_selected(entry: Entry, selection: Selection) -> bool:
    """Whether the selection shows this entry. A live template alone has no name of ours and no file: it is shown with the manifests
    that it belongs to, and else by the whole plan only.
    """
    owners = entry.claimants if entry.manifest is None else (entry.manifest,)
    return not selection or any(selects(selection, each.name, each.origin.file) for each in owners)


def selects(selection: Selection, name: str, file: str) -> bool:
    """Whether a manifest of this name in this file is selected. An empty part of the selection selects everything."""
    by_name = not selection.only or any(fnmatchcase(name, glob) for glob in selection.only)
    by_path = not selection.paths or any(_is_under(file, path) for path in selection.paths)
    return by_name and by_path


def _is_under(file: str, path: str) -> bool:
    return file == path or path in {"", "."} or file.startswith(path.rstrip("/") + "/")


def _target_facts(target: Target) -> JsonObject:
    """Everything about the target that a plan depends on. The branches that may apply it are no part of it. What follows from
    `can_tag` and `originals` is in the entries.
    """
    left_out = {"apply_branches", "can_tag", "originals"}
    facts = {name: value for name, value in asdict(target).items() if name not in left_out}
    return {
        **facts,
        "api": str(target.api),
        "dialect": str(target.dialect),
        "policy": str(target.policy),
        "unmanaged": sorted(target.unmanaged),
        "capabilities": list(target.capabilities),
    }


def _desired_facts(desired: Iterable[Desired], *, with_variables: bool) -> list[JsonValue]:
    """What the manifests ask for, sorted by name.

    With the values of variables in it, a hash of it is safe to show only together with live facts. The digest that is shown beside
    public manifests is made without them: a short secret could be found by trying.
    """
    return [_facts(d, with_variables=with_variables) for d in sorted(desired, key=lambda d: d.manifest.name)]


def _facts(desired: Desired, *, with_variables: bool) -> JsonValue:
    manifest, content = desired.manifest, desired.content
    presets, form = content.presets_key, content.form_key
    more: list[JsonValue] = []
    if content.scope is not None:
        presets = canonical_json(spec_of(manifest, with_variables=with_variables))
        more = [manifest.clone_of, manifest.propagate, manifest.allow_second]
    elif manifest.variable_pointers and not with_variables:
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
        *more,
    ]


def _live_facts(
    organization: str, live: Iterable[Live], unread: Iterable[UnreadTemplate], left_out: Iterable[str]
) -> JsonObject:
    """What one organization's server holds, sorted by id. `left_out` are the ids that are not ours."""
    read: list[JsonValue] = [
        [t.template.id, t.template.connector_id, *t.content.facts]
        for t in sorted(live, key=lambda t: t.template.id)
    ]
    return {
        "organizationId": organization,
        "templates": read,
        "unread": [*sorted(u.id for u in unread)],
        "leftOut": [*sorted(left_out)],
    }


def _decided_facts(entries: Iterable[Entry]) -> list[JsonValue]:
    """What matching decided, in no matter which order of the entries: earlier revisions in git can decide too, and are not among
    the other facts.
    """
    facts = sorted((e.organization_id, e.kind, e.name, str(e.status), e.template_id or "") for e in entries)
    return [[*each] for each in facts]
