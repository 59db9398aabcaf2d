"""What only the Agent API needs in a plan: what an update sends, and what to know of secrets, clones, seconds and propagation. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import cast

from reconciler.model.json_value import JsonObject, same_json, value_at
from reconciler.model.target import Dialect, Policy, Target
from reconciler.model.template import (
    CONNECTION_TEMPLATE,
    PRESETS_NAME,
    SOURCE_TEMPLATE,
    LiveState,
    LiveTemplate,
)
from reconciler.planning.content import Desired, Live
from reconciler.planning.entry import Entry, Status, Update
from reconciler.planning.facts import spec_of
from reconciler.planning.scope import said
from reconciler.planning.secret_places import given_back

_TAGS = "tags"
_PATCHABLE = {
    SOURCE_TEMPLATE: frozenset({"name", "mode", "customization", "partialDefaultConfig"}),
    CONNECTION_TEMPLATE: frozenset(
        {
            "destinationName",
            "destinationConfig",
            "cronExpression",
            "nonBreakingChangesPreference",
            "syncOnCreate",
        }
    ),
}
"""What PATCH takes of each kind (Agent API 0.9.0). Tags have requests of their own."""
_FEW = 5

NO_TAGS = "this server has no requests that change them"

FORM_OF_SERVER = (
    "customers are asked what Airbyte makes of the connector's specification: this API takes no form"
)
TO_EVERY_SOURCE = (
    "it applies to every source that is made from then on, unless tags select (Airbyte's documentation)"
)
PROPAGATES = {
    True: "`propagate: true`: it also changes the existing sources made from it (how many is not known)",
    False: "existing sources made from it stay as they are (`propagate` is not true)",
}
SECOND = (
    "it would be one of several source templates of {label} ({there}): apps that create connectors by definition or by type fail then, "
    "until they name a template"
)


def update_of(desired: Desired, live: Live, target: Target) -> Update | str:
    """What an apply would send for a pair that differs, or why it cannot."""
    update = _whole_update(desired, live)
    if isinstance(update, Update) and not update.members and target.can_tag is False:
        return f"nothing but tags differs, and {NO_TAGS}"
    return update


def _whole_update(desired: Desired, live: Live) -> Update | str:
    manifest, wanted, there = desired.manifest, desired.content, live.seen_by(desired.content.scope)
    asks, has, presets = wanted.settings, there.settings, PRESETS_NAME[manifest.kind]
    changed = [name for name in asks if name != _TAGS and not same_json(asks[name], has.get(name))]
    changed += [presets] if wanted.presets_key != there.presets_key else []
    fixed = sorted(set(changed) - _PATCHABLE[manifest.kind])
    if fixed:
        return f"{_listed(fixed)} cannot be changed once a template exists"
    lost = sorted(set(there.hidden) - set(wanted.hidden))
    if presets in changed and lost:
        return f"an update would take away what the server has at {_listed(lost)}, and the manifest has nothing there"
    members: JsonObject = {
        name: manifest.presets if name == presets else said(manifest.kind, manifest.settings, name)
        for name in sorted(changed)
    }
    tags, old = (set(cast(list[str], side.get(_TAGS, []))) for side in (asks, has))
    propagate = bool(manifest.propagate) if manifest.kind == SOURCE_TEMPLATE else None
    return Update(members, tuple(sorted(tags - old)), tuple(sorted(old - tags)), propagate)


def update_notes(update: Update, hidden: Iterable[str], target: Target) -> Iterator[str]:
    """What to know before an update is sent. `hidden` are the places of secrets that were not compared."""
    along = [place for place in hidden if place.split("/")[1] in update.members]
    if along:
        yield f"sent along, because a member is sent as a whole: the manifest's secret at {_listed(along)}"
    if "name" in update.members:
        yield "it gets another name: apps that create connectors by type may know it by the old one"
    if update.propagate is not None and update.members:
        yield PROPAGATES[update.propagate]
    if update.tags_to_add or update.tags_to_remove:
        yield _tag_words("changed", target)


def _tag_words(how: str, target: Target) -> str:
    if target.can_tag is False:
        return f"tags are not {how}: {NO_TAGS}"
    return f"tags are {how} by requests of their own{'' if target.can_tag else ', where the server has them'}"


def create_notes(desired: Desired, target: Target) -> Iterator[str]:
    """What to know before a create is sent."""
    manifest = desired.manifest
    yield TO_EVERY_SOURCE if manifest.kind == CONNECTION_TEMPLATE else FORM_OF_SERVER
    if manifest.clone_of is not None:
        yield f"it copies template {manifest.clone_of}: what it inherits is not compared, now or later"
    if manifest.settings.get(_TAGS):
        yield _tag_words("added", target)


def compared_as_said(entry: Entry, desired: Desired, live: Live) -> Entry:
    """The entry of a pair, with what was not compared. Values of secrets are looked at, and never shown."""
    notes: list[str] = []
    if desired.manifest.clone_of is not None:
        notes.append(f"what it inherits from template {desired.manifest.clone_of} was not compared")
    hidden = sorted({*desired.content.hidden, *live.seen_by(desired.content.scope).hidden})
    if not hidden:
        return replace(entry, notes=tuple(notes))
    wanted, there = spec_of(desired.manifest, with_variables=True), _spec_of_live(live.template)
    by_way = defaultdict[str, list[str]](list)
    for place in hidden:
        by_way[given_back(value_at(there, place))].append(place)
    for way, places in sorted(by_way.items()):
        them = "it" if len(places) == 1 else "them"
        notes.append(f"not compared, because secret: {_listed(places)}; the server {way.format(them=them)}")
    alone = [place for place in hidden if value_at(wanted, place) is None]
    if alone:
        notes.append(f"on the server only: {_listed(alone)}")
    ways = tuple(sorted(by_way))
    return replace(entry, notes=tuple(notes), uncompared_secrets=len(hidden), given_back=ways)


def _spec_of_live(template: LiveTemplate) -> JsonObject:
    presets, _, settings = template.members
    return {**settings, PRESETS_NAME[template.kind]: presets}


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(f"`{name}`" for name in names[:_FEW]) + more


def keep_way(target: Target, why_not: str) -> str:
    """How to keep the manifest of a drifted template."""
    if target.policy is Policy.CREATE_UPDATE:
        return f"keep the manifest: it is not updated, because {why_not}"
    return (
        "keep the manifest: with `policy: create-update` in the environment an apply updates the template; "
        "else an organization admin has to change {first} by hand"
    )


def with_seconds(entries: Iterable[Entry], state: LiveState, target: Target) -> tuple[Entry, ...]:
    """The entries, with the creates marked that would make a second source template of one definition. Every listed template counts,
    also one that is not ours, and every create of the same plan.
    """
    entries = tuple(entries)
    if target.dialect is not Dialect.AGENTS:
        return entries
    number = Counter(state.left_out_sources)
    number.update(each.connector_id for each in state.templates if each.kind == SOURCE_TEMPLATE)
    number.update(
        each.connector_id for each in state.unread if each.kind == SOURCE_TEMPLATE and each.connector_id
    )
    listed, seconds = Counter(number), dict[int, Entry]()
    for entry in sorted(filter(_makes_source, entries), key=_on_purpose_last):
        connector = entry.connector
        if connector is not None and number[connector.id]:
            there = f"{listed[connector.id]} listed, {number[connector.id] - listed[connector.id]} to be created before it"
            note = SECOND.format(label=connector.label, there=there)
            seconds[id(entry)] = replace(entry, is_second=True, notes=(note, *entry.notes))
        number[connector.id if connector is not None else ""] += 1
    return tuple(seconds.get(id(entry), entry) for entry in entries)


def _makes_source(entry: Entry) -> bool:
    return entry.status is Status.CREATE and entry.kind == SOURCE_TEMPLATE


def _on_purpose_last(entry: Entry) -> tuple[bool, str]:
    is_wanted = entry.manifest is not None and bool(entry.manifest.allow_second)
    return is_wanted, entry.name
