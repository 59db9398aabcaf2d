"""Creates with an unknown outcome, compared with what is live now: the last veto of `match.py`'s "create". Pure.

    the id that the server answered is listed                               -> decided
    a template that was not there before is what the create would store     -> decided
    the manifest is paired by id or content with one that was not there     -> decided
    anything else                                                           -> the manifest is unknown

An intent is about the manifest of its name, and about one that would be created with the same content under another
name. One that is about no manifest of today is an unknown entry of its own: what it was for may have another name and
content now. One template decides one intent: of two equal creates, both may have been stored.

A template that a list named and this one does not is not gone: this API deletes nothing, and lists of several servers may be
behind one another. Its manifest is not created again, and is unknown where it would be.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import cast

from reconciler.model.json_value import JsonObject
from reconciler.model.target import Api, Target
from reconciler.model.template import NAME_SETTING, Connector, Intent, LiveState, LiveTemplate, Manifest
from reconciler.planning.content import Desired, content_of
from reconciler.planning.entry import Entry, Rule, Status
from reconciler.planning.facts import (
    FORM,
    PRESETS,
    digest_of,
    with_places,
)


def intent_of(desired: Desired, organization_id: str, before: Iterable[str], url: str) -> Intent:
    """What is to be known of a create before it is sent. Its id and time are the journal's."""
    from reconciler.connectors.server.create import stored_presets

    manifest, form = desired.manifest, desired.content.form
    without = tuple(sorted(manifest.variable_pointers))
    stored = None if form is None else stored_presets(form, manifest.presets)
    presets = [*_asked_presets(manifest), *([] if stored is None else [_presets_digest(stored, without)])]
    return Intent(
        id="",
        organization_id=organization_id,
        connector_id=manifest.connector.id,
        name=manifest.name,
        presets_digests=tuple(dict.fromkeys(presets)),
        form_digest=None if manifest.form is None else _form_digest(manifest.form, without),
        without=without,
        before=tuple(sorted(before)),
        url=url,
        kind=manifest.kind,
        name_digest=_asked_name(manifest),
    )


def weighed(
    entries: tuple[Entry, ...], intents: Iterable[Intent], state: LiveState, target: Target
) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
    """The entries of one organization, those unknown that an open intent leaves in doubt, and the intents that are decided by
    what is live now: pairs of their id and a template's.
    """
    waiting = [i for i in intents if i.organization_id == state.organization_id and not _is_past(i, target)]
    if not waiting:
        return entries, ()
    decided = _decided(waiting, state, entries, target.unmanaged)
    doubts = [intent for intent in waiting if intent.id not in decided]
    doubted = [_doubted(entry, doubts, target.environment) for entry in entries]
    alone = [i for i in doubts if not i.was_listed and not any(is_about(i, entry) for entry in entries)]
    doubted += [_entry_of(intent, entries, target.environment) for intent in alone]
    news = ((i.id, decided[i.id]) for i in waiting if i.id in decided and not i.was_listed)
    return tuple(doubted), tuple(news)


def _is_past(intent: Intent, target: Target) -> bool:
    """Whether what a list showed says nothing about this server: it was another one's list, or the sandbox's, whose lists are
    never behind and whose database may be thrown away. A create in doubt counts all the same: one server may have two addresses.
    """
    return intent.was_listed and (target.api is Api.SANDBOX or intent.url != target.url)


def _decided(
    intents: Iterable[Intent], state: LiveState, entries: Iterable[Entry], unmanaged: frozenset[str]
) -> dict[str, str]:
    """The template that decides it, by intent."""
    listed = state.ids | state.left_out
    decided = {i.id: i.template_id for i in intents if i.template_id is not None and i.template_id in listed}
    for intent in intents:
        if intent.id not in decided:
            known = {*intent.before, *decided.values(), *unmanaged}
            new = [t for t in state.templates if t.id not in known]
            found = next(chain(_stored(intent, new), _certain(intent, new, entries)), None)
            decided |= {} if found is None else {intent.id: found}
    return decided


def _stored(intent: Intent, new: Iterable[LiveTemplate]) -> Iterator[str]:
    """The new templates that the create would have stored: known by their name where it gives them one, else by content."""
    for template in new:
        if (template.kind, template.connector_id) == (intent.kind, intent.connector_id):
            presets, form, settings = template.members
            named = _name_digest(template.kind, settings)
            is_form = intent.form_digest in (None, _form_digest(form, intent.without))
            is_equal = is_form and _presets_digest(presets, intent.without) in intent.presets_digests
            is_named = intent.name_digest is not None and named == intent.name_digest
            is_clone = not intent.presets_digests and intent.name_digest is None
            if is_named or is_clone or (is_equal and intent.name_digest is None):
                yield template.id


def _certain(intent: Intent, new: Iterable[LiveTemplate], entries: Iterable[Entry]) -> Iterator[str]:
    """The new templates that the intent's own manifest has for certain."""
    ids = {t.id for t in new}
    for entry in entries:
        if entry.matched_by in {Rule.ID, Rule.CONTENT} and entry.template_id in ids and _is_of(intent, entry):
            yield entry.template_id


def _presets_digest(presets: JsonObject, without: Iterable[str]) -> str:
    cut = cast(JsonObject, with_places(presets, None, without)[PRESETS])
    return digest_of(content_of(cut, None).presets_key)


def _asked_presets(manifest: Manifest) -> tuple[str, ...]:
    """() for a clone, whose presets are those of another template."""
    if manifest.clone_of is not None:
        return ()
    return (_presets_digest(manifest.presets, sorted(manifest.variable_pointers)),)


def _asked_name(manifest: Manifest) -> str | None:
    is_variable = f"/spec/{NAME_SETTING[manifest.kind]}" in manifest.variable_pointers
    return None if is_variable else _name_digest(manifest.kind, manifest.settings)


def _name_digest(kind: str, settings: JsonObject) -> str | None:
    name = settings.get(NAME_SETTING[kind])
    return None if name is None else digest_of(name)


def _form_digest(form: JsonObject, without: Iterable[str]) -> str:
    cut = cast(JsonObject, with_places(None, form, without)[FORM])
    return digest_of(content_of({}, cut).form_key)


def is_about(intent: Intent, entry: Entry) -> bool:
    """Whether the create of this intent may be what the entry's manifest asks for."""
    if intent.was_listed and entry.status is not Status.CREATE:
        return False
    if _is_of(intent, entry):
        return True
    manifest, is_open = entry.manifest, entry.status in {Status.CREATE, Status.AMBIGUOUS}
    return manifest is not None and is_open and _is_same_place(intent, entry) and _says(intent, manifest)


def _is_of(intent: Intent, entry: Entry) -> bool:
    return entry.manifest is not None and entry.name == intent.name and _is_same_place(intent, entry)


def _is_same_place(intent: Intent, entry: Entry) -> bool:
    connector = None if entry.manifest is None else entry.manifest.connector.id
    place = (entry.organization_id, entry.kind, connector)
    return place == (intent.organization_id, intent.kind, intent.connector_id)


def _says(intent: Intent, manifest: Manifest) -> bool:
    """Whether the manifest would store what the create would. A form that one of them does not know is no difference."""
    asked = (_asked_presets(manifest), _asked_name(manifest))
    if asked != (intent.presets_digests[:1], intent.name_digest):
        return False
    form = None if manifest.form is None else _form_digest(manifest.form, manifest.variable_pointers)
    return None in (form, intent.form_digest) or form == intent.form_digest


def _doubted(entry: Entry, intents: Iterable[Intent], environment: str) -> Entry:
    intent = next((i for i in intents if is_about(i, entry)), None)
    if intent is None:
        return entry
    reason = why_undecided(intent)
    if entry.status is Status.UNKNOWN:
        return replace(entry, notes=(*entry.notes, reason))
    return replace(
        entry,
        status=Status.UNKNOWN,
        reason=reason,
        template_id=entry.template_id or intent.template_id,
        matched_by=None,
        changes=(),
        notes=(),
        candidates=(),
        live=None,
        update=None,
        uncompared_secrets=0,
        given_back=(),
        ways_out=ways_out(intent, environment),
    )


def _entry_of(intent: Intent, entries: Iterable[Entry], environment: str) -> Entry:
    """The entry of a create in doubt that no manifest of today is about. It is shown with those that would be created instead."""
    instead = (e.manifest for e in entries if e.status is Status.CREATE and _is_same_place(intent, e))
    return Entry(
        Status.UNKNOWN,
        intent.kind,
        intent.name,
        intent.organization_id,
        Connector(intent.connector_id) if intent.connector_id else None,
        f"{why_undecided(intent)}; no manifest of today is that one",
        template_id=intent.template_id,
        ways_out=ways_out(intent, environment),
        claimants=tuple(manifest for manifest in instead if manifest is not None),
    )


def why_undecided(intent: Intent) -> str:
    """What was sent, when, and what came back."""
    sent = f"a create of it (manifest {intent.name!r}) was sent at {intent.sent_at}"
    if intent.was_listed:
        return (
            f"{sent} and made template {intent.template_id}, which a list named since: one that does not is no proof, "
            "nothing is deleted"
        )
    if intent.template_id is not None:
        return f"{sent} and answered with template {intent.template_id}, which no list has shown yet"
    return f"{sent} ({intent.answer or 'no answer was noted'}): it may be stored or not"


def ways_out(intent: Intent, environment: str) -> tuple[str, ...]:
    """How an undecided create is decided."""
    command = f"reconciler resolve {shlex.quote(intent.name)} -e {shlex.quote(environment)}"
    wait = "wait and run again: as soon as the list shows the template, the doubt is over"
    if intent.was_listed:
        removed = f"if you know that it was removed from the server: `{command} --not-created`"
        return wait, f"{removed}; it is created again then"
    return (
        wait,
        f"if you know its template: `{command} --created ID`",
        f"if you know that nothing was stored: `{command} --not-created`; it is created by the next apply then",
    )
