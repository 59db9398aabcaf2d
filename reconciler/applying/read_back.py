"""What a template holds once something of it was changed: read it until it is what was wanted, and say what is else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from reconciler.airbyte.api import ListedTemplate
from reconciler.applying.live_view import LiveView
from reconciler.applying.stopping import Window
from reconciler.errors import ReconcilerError
from reconciler.model.json_value import JsonObject, JsonValue, same_json
from reconciler.model.target import Dialect
from reconciler.model.template import NAME_SETTING, PRESETS_NAME, LiveTemplate, Manifest
from reconciler.planning.compare import SENSITIVE_DIFFERS, changes_of, diff_values, mask_for
from reconciler.planning.content import Desired, Live, desired_of, live_of
from reconciler.planning.entry import Change, Operation
from reconciler.planning.scope import whole_of

TAGS = "tags"


def untagged(manifest: Manifest, dialect: Dialect) -> Desired:
    """What the manifest asks for but tags, which have requests of their own."""
    if TAGS not in manifest.settings:
        return desired_of(manifest, dialect)
    settings = {name: value for name, value in manifest.settings.items() if name != TAGS}
    return desired_of(replace(manifest, settings=settings), dialect)


def is_of(template: LiveTemplate, manifest: Manifest) -> bool:
    """Whether the template is of the manifest's kind and connector."""
    return (template.kind, template.connector_id) == (manifest.kind, manifest.connector.id)


def is_named(template: LiveTemplate, manifest: Manifest) -> bool:
    """Whether the template is of the manifest's kind, connector and name. False where the manifest says no name."""
    setting = NAME_SETTING[manifest.kind]
    name = manifest.settings.get(setting)
    return name is not None and is_of(template, manifest) and template.settings.get(setting) == name


def seen_by(desired: Desired, template: LiveTemplate) -> Live:
    """The template with the content that the manifest is compared with."""
    is_public = desired.content.scope is None
    return live_of(template, Dialect.PUBLIC if is_public else Dialect.AGENTS)


def members_of(template: LiveTemplate) -> JsonObject:
    """What the template stores and a manifest can say, without tags."""
    members = whole_of(template)
    members.pop(TAGS, None)
    return members


def tags_of(template: LiveTemplate) -> frozenset[str]:
    """The template's tags."""
    return frozenset(cast(list[str], template.settings.get(TAGS, [])))


def is_same(one: LiveTemplate, other: LiveTemplate) -> bool:
    """Whether both store the same, whatever the server says of the form."""
    return same_json(members_of(one), members_of(other)) and tags_of(one) == tags_of(other)


def differences(
    desired: Desired, before: LiveTemplate, now: LiveTemplate, sent: JsonObject
) -> tuple[Change, ...]:
    """What is not as it should be after these members were sent: other than the manifest says, or changed without being sent.

    Secrets masked. Empty when all is as it should be.
    """
    live = seen_by(desired, now)
    found = () if desired.equals(live) else changes_of(desired, live)
    return tuple(dict.fromkeys((*found, *_touched(desired, before, now, sent))))


def _touched(desired: Desired, before: LiveTemplate, now: LiveTemplate, sent: JsonObject) -> Iterator[Change]:
    """What was not sent and is not as before. Of presets only that they are not: nothing says which of their values are secret."""
    mask, presets = mask_for(desired, seen_by(desired, now)), PRESETS_NAME[now.kind]
    old, new = ({k: v for k, v in members_of(each).items() if k not in sent} for each in (before, now))
    if not same_json(old.pop(presets, None), new.pop(presets, None)):
        yield Change(f"/{presets}", Operation.REPLACE, SENSITIVE_DIFFERS, SENSITIVE_DIFFERS)
    yield from map(mask.apply, diff_values(old, new))


def is_merged(before: LiveTemplate, now: LiveTemplate, sent: JsonObject) -> bool:
    """Whether the server put what was sent into what it had, in place of replacing it."""
    old, new = members_of(before), members_of(now)
    merged = {name: _merged(old.get(name), value) for name, value in sent.items()}
    return not same_json(merged, sent) and same_json({name: new.get(name) for name in sent}, merged)


def _merged(stored: JsonValue, given: JsonValue) -> JsonValue:
    if not isinstance(stored, dict) or not isinstance(given, dict):
        return given
    return stored | {name: _merged(stored.get(name), value) for name, value in given.items()}


async def read_until(
    window: Window, view: LiveView, listed: ListedTemplate, is_wanted: Callable[[LiveTemplate], bool | None]
) -> LiveTemplate | str:
    """The template once it is wanted, else as it was read last. Why it could not be read, where it was not.

    `is_wanted` gives None for a state that may still change. What is not wanted is read once more, because one changed byte would
    look like it. Raises nothing for what a server or a signal does.
    """
    last: LiveTemplate | str = "nobody looked"
    unwanted = 0
    async for _ in window.turns():
        try:
            read = await window.guard(view.read(listed, within=max(window.allowance, 0.0)))
        except ReconcilerError as error:
            return last if isinstance(last, LiveTemplate) else error.message
        if not isinstance(read, LiveTemplate):
            last = last if isinstance(last, LiveTemplate) else read.reason
            continue
        last, verdict = read, is_wanted(read)
        unwanted += verdict is False
        if verdict or unwanted > 1:
            break
    return last
