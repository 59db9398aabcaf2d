"""After the POST: read the new template back, or find out whether an unclear create was stored.

A template has no name of its own and the API no idempotency key. What tells a stored create from one that was
not is the difference of two lists, before and after, and the content of what is new. Nothing here sends a
POST.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.applying.live_view import LiveView
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.search import Search, desired_by
from reconciler.applying.window import Window
from reconciler.errors import Interrupted, ReconcilerError, ServerError
from reconciler.model.template import LiveTemplate
from reconciler.planning.content import live_of
from reconciler.planning.entry import Entry
from reconciler.planning.explain import changes_of

MAX_NAMED = 5
"""Ids that one sentence names."""

_SEVERAL_HELP = (
    "it was sent once and is not sent again; customers see each of them, and none can be deleted here: ask Airbyte's"
    " support to remove all but one"
)
_SEVERAL_FORMS_HELP = (
    "it was sent once and is not sent again; lock the connector's specification (`reconciler connectors lock`), then"
    " `reconciler plan` compares the forms too and tells which is this manifest's"
)
_BY_PRESETS = "by its presets alone: the form was not compared, so it may be a template that somebody else made meanwhile"


async def verified(view: LiveView, window: Window, entry: Entry, template_id: str) -> Creation:
    """The account of a create that the server confirmed: GET it and compare; tried while the window is open and it
    cannot be read.

    The id in the answer may be wrong (a proxy, a cache): while it cannot be read, a new equal template is looked for
    in the list too. An id that could not be read and that no list showed is not called created.
    """
    trouble, doubted, search = "", False, Search(view, entry, window)
    async for _ in window.turns():
        try:
            reading = await window.guard(
                view.read(template_id, entry.name, within=max(window.allowance, 0.0))
            )
        except Interrupted as error:
            trouble = error.message
            break
        except ReconcilerError as error:  # the whole target is in trouble: one look at the list, and no more
            trouble, doubted = error.message, True
            await search.look()
            break
        if reading.template is not None:
            return await _confirmed(view, window, entry, reading.template)
        trouble, doubted = reading.unread.reason if reading.unread else "", True
        await search.look()
        if search.equal:
            break
    answered = ServerError(
        f"the server answered with template {template_id}, which could not be read back: {trouble}",
        method="POST",
        path="",
    )
    if search.equal or (doubted and template_id not in search.listed):
        return _accounted(view, window, entry, answered, search)
    view.note_own(template_id, None)
    return Creation(
        entry,
        Outcome.CREATED,
        template_id=template_id,
        detail=f"created, but it could not be read back: {trouble}",
        help="run `reconciler plan` to see whether it equals the manifest",
    )


async def _confirmed(view: LiveView, window: Window, entry: Entry, template: LiveTemplate) -> Creation:
    """The account of a template that was read back; one that differs is read once more before that is said."""
    creation = _compared(view, entry, template, Outcome.CREATED)
    if creation.equals_manifest:
        return creation
    try:
        again = await window.guard(view.read(template.id, entry.name, within=max(window.allowance, 0.0)))
    except ReconcilerError:
        return creation
    return creation if again.template is None else _compared(view, entry, again.template, Outcome.CREATED)


async def look_once(view: LiveView, window: Window, entry: Entry, error: ServerError) -> Creation:
    """For a refusal that the server gives before it stores anything: one look at the list, then it counts as rejected,
    also when the list cannot be read.
    """
    search = Search(view, entry, window)
    await search.look()
    if search.equal or search.unread:
        return _accounted(view, window, entry, error, search)
    looked = (
        f"the list was not read after it: {search.trouble}"
        if search.trouble
        else "looked again: the list shows no such template"
    )
    return Creation(entry, Outcome.REJECTED, detail=f"{error.message}; {looked}", help=error.help)


async def settle(view: LiveView, window: Window, entry: Entry, error: ServerError) -> Creation:
    """For an unclear outcome: look for what is new until one equal template appears, or the window or the run ends. Then say
    `unknown`. Never sends anything.

    A 404 and a 409 are unclear too. Platform v1.7 reads the definition a second time after the insert, without a transaction around
    both, and answers 404 if it was withdrawn meanwhile; its list then hides the row, so that looking decides nothing.
    """
    search = Search(view, entry, window)
    if window.stop.is_over:
        search.trouble = "the run was interrupted before anybody could look"
        return _accounted(view, window, entry, error, search)
    async for _ in window.turns():
        await search.look()
        if search.equal:
            break
    return _accounted(view, window, entry, error, search)


def _accounted(view: LiveView, window: Window, entry: Entry, error: ServerError, search: Search) -> Creation:
    """One equal new template: recovered. None, or more than one: unknown, with everything that was seen."""
    if len(search.equal) == 1:
        creation = _compared(view, entry, search.equal[0], Outcome.RECOVERED)
        how = "by reading back" if entry.form_compared else _BY_PRESETS
        return replace(
            creation, detail=f"no usable answer ({error.message}), found {how}. {creation.detail}".rstrip()
        )
    if search.equal:
        ids = tuple(t.id for t in search.equal)
        which = "equal new templates" if entry.form_compared else "new templates with equal presets"
        seen = f"{len(ids)} {which} appeared ({', '.join(ids)}): at least one is not of this run"
        what_to_do = _SEVERAL_HELP if entry.form_compared else _SEVERAL_FORMS_HELP
        return replace(_unknown(entry, error, seen), candidates=ids, help=what_to_do)
    return _unknown(entry, error, _not_seen(window, search))


def _not_seen(window: Window, search: Search) -> str:
    """That no equal template was seen, how far anybody could look, and what else was new."""
    seen = []
    if search.unread:
        seen.append(f"a new template cannot be read ({_named(search.unread)}) and may be this one")
    if search.trouble:
        seen.append(search.trouble)
    if not seen and window.stop.is_requested:
        seen.append("no equal template had appeared when the run was interrupted")
    if not seen:
        seen.append(f"no equal template appeared within {window.seconds:g} seconds")
    if search.different:
        seen.append(f"new but different: {_named(search.different)}")
    return "; ".join(seen)


def _named(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else ""
    return ", ".join(ids[:MAX_NAMED]) + more


def _unknown(entry: Entry, error: ServerError, seen: str) -> Creation:
    once = (
        "it was sent once and is not sent again: `reconciler plan` finds it as soon as the list shows it, and "
        f"`reconciler resolve {entry.name}` is for you if you know whether it was stored"
    )
    return Creation(
        entry,
        Outcome.UNKNOWN,
        detail=f"{error.message}; {seen}",
        help=f"{error.help}; {once}" if error.help else once,
    )


def _compared(view: LiveView, entry: Entry, template: LiveTemplate, outcome: Outcome) -> Creation:
    view.note_own(template.id, template)
    desired, live = desired_by(entry), live_of(template)
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
