"""After the POST: read the new template back, or find out whether an unclear create was stored.

A template has no name of its own and the API no idempotency key. What tells a stored create from one that was
not is the difference of two lists, before and after, and the content of what is new. Nothing here sends a
POST.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reconciler.applying.live_view import LiveView
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.connectors.server.rules import stored_presets
from reconciler.errors import Interrupted, ReconcilerError, ServerError
from reconciler.model.json_value import same_json
from reconciler.model.template import LiveTemplate
from reconciler.planning.content import Desired, desired_of, live_of
from reconciler.planning.entries import changes_of
from reconciler.planning.entry import Entry

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between two looks; the last one repeats until the window ends."""


@dataclass(frozen=True)
class Look:
    """One look at what is new: equal to what was sent, read and different, not readable, and why the list
    itself failed.
    """

    equal: tuple[LiveTemplate, ...] = ()
    different: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    trouble: str = ""


async def verified(
    view: LiveView, stop: StopRequest, clock: Clock, entry: Entry, template_id: str, *, seconds: float
) -> Creation:
    """The account of a create that the server confirmed: GET it and compare; tried for `seconds` while it
    cannot be read.
    """
    deadline = clock.monotonic() + seconds
    trouble = ""
    for pause in _pauses():
        try:
            reading = await stop.guard(view.read(template_id, entry.name))
        except ReconcilerError as error:
            trouble = error.message
            break
        if reading.template is not None:
            return _compared(view, entry, reading.template, Outcome.CREATED)
        trouble = reading.unread.reason if reading.unread else ""
        if clock.monotonic() + pause > deadline or not await _paused(stop, clock, pause):
            break
    view.note_own(template_id, None)
    return Creation(
        entry,
        Outcome.CREATED,
        template_id=template_id,
        detail=f"created, but it could not be read back: {trouble}",
        help="run `reconciler plan` to see whether it equals the manifest",
    )


async def look_once(view: LiveView, stop: StopRequest, entry: Entry, error: ServerError) -> Creation:
    """For a refusal that can come after the row was stored (404, 409): one look at the list, then it counts
    as rejected.

    Source: platform v1.7 reads the definition a second time after the insert, without a transaction around
    both.
    """
    found = await _look(view, stop, entry)
    if found.equal or found.unread:
        return _accounted(view, entry, error, found)
    if found.trouble:
        return _unknown(entry, error, f"the list could not be read after it: {found.trouble}")
    return Creation(
        entry, Outcome.REJECTED, detail=f"{error.message}; looked again: nothing was stored", help=error.help
    )


async def settle(
    view: LiveView, stop: StopRequest, clock: Clock, entry: Entry, error: ServerError, *, seconds: float
) -> Creation:
    """For an unclear outcome: look for what is new for `seconds`, then say `unknown`. Never sends
    anything.
    """
    deadline = clock.monotonic() + seconds
    found = Look(trouble="the run was interrupted before anybody could look")
    for pause in _pauses():
        if stop.is_requested:
            break
        found = await _look(view, stop, entry)
        if found.equal or clock.monotonic() + pause > deadline or not await _paused(stop, clock, pause):
            break
    return _accounted(view, entry, error, found, seconds=seconds)


async def _look(view: LiveView, stop: StopRequest, entry: Entry) -> Look:
    """List, read every id that was not there before the POST, compare with what was sent."""
    try:
        names = await stop.guard(view.names_now())
        new = sorted(i for i in names if not view.is_known(i))
        readings = [(i, await stop.guard(view.read(i, names[i]))) for i in new]
    except ReconcilerError as error:
        return Look(trouble=error.message)
    read = [reading.template for _, reading in readings if reading.template is not None]
    equal = tuple(t for t in read if _is_ours(t, entry))
    return Look(
        equal=equal,
        different=tuple(t.id for t in read if t not in equal),
        unread=tuple(i for i, reading in readings if reading.template is None),
    )


def _is_ours(template: LiveTemplate, entry: Entry) -> bool:
    """Whether a new template is what this create would have stored, the server's merge defect included."""
    desired = _desired(entry)
    manifest = desired.manifest
    if template.connector_id != manifest.connector.id:
        return False
    live = live_of(template)
    if desired.content.equals(live.content):
        return True
    if desired.content.form is None or desired.content.form_key != live.content.form_key:
        return False
    stored = stored_presets(desired.content.form, manifest.presets)
    return stored is not None and same_json(stored, template.presets)


def _accounted(
    view: LiveView, entry: Entry, error: ServerError, found: Look, *, seconds: float = 0.0
) -> Creation:
    """One equal new template: recovered. None, or more than one: unknown, with everything that was seen."""
    if len(found.equal) == 1:
        creation = _compared(view, entry, found.equal[0], Outcome.RECOVERED)
        return replace(
            creation,
            detail=f"no usable answer ({error.message}), found by reading back. {creation.detail}".rstrip(),
        )
    if found.equal:
        ids = ", ".join(t.id for t in found.equal)
        return _unknown(
            entry,
            error,
            f"{len(found.equal)} equal new templates appeared ({ids}): at least one is not of this run",
        )
    if found.unread:
        return _unknown(
            entry, error, f"a new template cannot be read ({', '.join(found.unread)}) and may be this one"
        )
    if found.trouble:
        return _unknown(entry, error, found.trouble)
    seen = f"; new but different: {', '.join(found.different)}" if found.different else ""
    return _unknown(entry, error, f"no equal template appeared within {seconds:g} seconds{seen}")


def _unknown(entry: Entry, error: ServerError, seen: str) -> Creation:
    return Creation(
        entry,
        Outcome.UNKNOWN,
        detail=f"{error.message}; {seen}",
        help="it was sent once and is not sent again; wait a minute and run `reconciler plan`: "
        "in-sync means it was stored, create means it was not",
    )


def _compared(view: LiveView, entry: Entry, template: LiveTemplate, outcome: Outcome) -> Creation:
    view.note_own(template.id, template)
    desired, live = _desired(entry), live_of(template)
    if template.connector_id == desired.manifest.connector.id and desired.content.equals(live.content):
        return Creation(entry, outcome, template_id=template.id, equals_manifest=True)
    return Creation(
        entry,
        outcome,
        template_id=template.id,
        equals_manifest=False,
        changes=changes_of(desired, live),
        detail="the server stored something else than the manifest says",
        help="nothing more is created in this run; the template cannot be deleted: ask Airbyte's support, or adapt the manifest",
    )


def _desired(entry: Entry) -> Desired:
    if entry.manifest is None:
        raise ValueError(f"entry {entry.name!r} has no manifest to create")
    return desired_of(entry.manifest)


async def _paused(stop: StopRequest, clock: Clock, seconds: float) -> bool:
    """Wait; False when a signal ended the wait."""
    try:
        await stop.guard(clock.pause(seconds))
    except Interrupted:
        return False
    return True


def _pauses() -> Iterator[float]:
    yield from _PAUSES
    while True:
        yield _PAUSES[-1]
