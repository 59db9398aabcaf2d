"""After the POST: read the new template back, or find out whether an unclear create was stored.

A template has no name of its own and the API no idempotency key. What tells a stored create from one that was
not is the difference of two lists, before and after, and the content of what is new. Nothing here sends a
POST.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
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

_SEVERAL_HELP = (
    "it was sent once and is not sent again; customers see each of them, and none can be deleted here: ask Airbyte's"
    " support to remove all but one"
)


@dataclass(frozen=True)
class Look:
    """One look at what is new: equal to what was sent, read and different, not readable, and why the list
    itself failed. `listed` are all ids of the list.
    """

    equal: tuple[LiveTemplate, ...] = ()
    different: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    trouble: str = ""


async def verified(
    view: LiveView, stop: StopRequest, clock: Clock, entry: Entry, template_id: str, *, seconds: float
) -> Creation:
    """The account of a create that the server confirmed: GET it and compare; tried for `seconds` while it
    cannot be read.

    The id in the answer may be wrong (a proxy, a cache): while it cannot be read, a new equal template is looked for
    in the list too. An id that could not be read and that no list showed is not called created.
    """
    trouble, doubted, found = "", False, Look(trouble="nobody looked")
    async for _ in rounds(stop, clock, seconds):
        try:
            reading = await stop.guard(view.read(template_id, entry.name))
        except Interrupted as error:
            trouble = error.message
            break
        except ReconcilerError as error:  # the whole target is in trouble: one look at the list, and no more
            trouble, doubted, found = error.message, True, await _look(view, stop, entry)
            break
        if reading.template is not None:
            return await _confirmed(view, stop, entry, reading.template)
        trouble, doubted = reading.unread.reason if reading.unread else "", True
        found = await _look(view, stop, entry)
        if found.equal:
            break
    answered = ServerError(
        f"the server answered with template {template_id}, which could not be read back: {trouble}",
        method="POST",
        path="",
    )
    if found.equal or (doubted and template_id not in found.listed):
        return _accounted(view, entry, answered, found, seconds=seconds)
    view.note_own(template_id, None)
    return Creation(
        entry,
        Outcome.CREATED,
        template_id=template_id,
        detail=f"created, but it could not be read back: {trouble}",
        help="run `reconciler plan` to see whether it equals the manifest",
    )


async def _confirmed(view: LiveView, stop: StopRequest, entry: Entry, template: LiveTemplate) -> Creation:
    """The account of a template that was read back; one that differs is read once more before that is said."""
    creation = _compared(view, entry, template, Outcome.CREATED)
    if creation.equals_manifest:
        return creation
    try:
        again = await stop.guard(view.read(template.id, entry.name))
    except ReconcilerError:
        return creation
    return creation if again.template is None else _compared(view, entry, again.template, Outcome.CREATED)


async def look_once(
    view: LiveView, stop: StopRequest, entry: Entry, error: ServerError, *, is_proved: bool
) -> Creation:
    """For a refusal: one look at the list, then it counts as rejected.

    `is_proved`: the server refuses so before it stores anything; then it also counts as rejected when the list cannot
    be read. 404 and 409 can come after the row was stored: platform v1.7 reads the definition a second time after the
    insert, without a transaction around both.
    """
    found = await _look(view, stop, entry)
    if found.equal or found.unread:
        return _accounted(view, entry, error, found)
    if found.trouble and not is_proved:
        return _unknown(entry, error, f"the list could not be read after it: {found.trouble}")
    looked = (
        f"the list was not read after it: {found.trouble}"
        if found.trouble
        else "looked again: nothing was stored"
    )
    return Creation(entry, Outcome.REJECTED, detail=f"{error.message}; {looked}", help=error.help)


async def settle(
    view: LiveView, stop: StopRequest, clock: Clock, entry: Entry, error: ServerError, *, seconds: float
) -> Creation:
    """For an unclear outcome: look for what is new for `seconds`, then say `unknown`. Never sends
    anything.
    """
    found = Look(trouble="the run was interrupted before anybody could look")
    if not stop.is_requested:
        async for _ in rounds(stop, clock, seconds):
            found = await _look(view, stop, entry)
            if found.equal:
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
    equal = tuple(t for t in read if is_ours(t, entry))
    return Look(
        equal=equal,
        different=tuple(t.id for t in read if t not in equal),
        unread=tuple(i for i, reading in readings if reading.template is None),
        listed=frozenset(names),
    )


def is_ours(template: LiveTemplate, entry: Entry) -> bool:
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
        ids = tuple(t.id for t in found.equal)
        seen = f"{len(ids)} equal new templates appeared ({', '.join(ids)}): at least one is not of this run"
        return replace(_unknown(entry, error, seen), candidates=ids, help=_SEVERAL_HELP)
    if found.unread:
        return _unknown(
            entry, error, f"a new template cannot be read ({', '.join(found.unread)}) and may be this one"
        )
    if found.trouble:
        return _unknown(entry, error, found.trouble)
    different = f"; new but different: {', '.join(found.different)}" if found.different else ""
    return _unknown(entry, error, f"no equal template appeared within {seconds:g} seconds{different}")


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


async def rounds(stop: StopRequest, clock: Clock, seconds: float) -> AsyncIterator[None]:
    """One turn at once, more after growing pauses, the last one `seconds` after the first; none after a signal."""
    deadline = clock.monotonic() + seconds
    yield
    for pause in _pauses():
        left = deadline - clock.monotonic()
        if left <= 0 or not await _paused(stop, clock, min(pause, left)):
            return
        yield


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
