"""After the POST: read the new template back, or find out whether an unclear create was stored. Sends no POST.

A template has no name of its own and the API no idempotency key. A stored create is recognised by the difference
of two lists, before and after, and the content of what is new. Looks add up: what one of them saw, no later one takes back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler.airbyte.api import ListedTemplate
from reconciler.applying.live_view import LiveView, may_be_of
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.read_back import is_named, is_of, seen_by
from reconciler.applying.stopping import Window
from reconciler.errors import Interrupted, ReconcilerError, ServerError
from reconciler.model.template import LiveTemplate, Manifest, UnreadTemplate
from reconciler.planning.compare import changes_of
from reconciler.planning.content import Desired
from reconciler.planning.entry import Entry
from reconciler.planning.explain import stored_presets_key

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
_BY_NAME = "by its definition and name: it may be a template that somebody else made meanwhile"
_BY_PRESETS = "by its presets alone: the form was not compared, so it may be a template that somebody else made meanwhile"


def manifest_of(entry: Entry) -> Manifest:
    """The manifest of an entry that something is sent for."""
    if entry.manifest is None:
        raise ValueError(f"entry {entry.name!r} has no manifest to create")
    return entry.manifest


def is_ours(template: LiveTemplate, desired: Desired) -> bool:
    """Whether a new template is what this create would have stored, the server's merge defect included."""
    if not is_of(template, desired.manifest):
        return False
    live = seen_by(desired, template)
    if desired.equals(live):
        return True
    wanted, there = desired.content, live.content
    is_same_form = bool(wanted.form_key) and wanted.form_key == there.form_key
    return is_same_form and stored_presets_key(desired) == there.presets_key


class Search:
    """The search for the template of one create among what is new since it was sent, as far as the looks within `window` saw it.

    `trouble` says why the newest look is not whole, "" when it is. `listed` has every id that any list named. Of what is new, `equal`
    is what the create would have stored, `different` was read and is something else, `unread` could not be read yet. `named` are
    those that differ and have the definition and the name that the create gives.
    """

    def __init__(self, view: LiveView, entry: Entry, desired: Desired, window: Window) -> None:
        self.view, self.entry, self.desired, self.window = view, entry, desired, window
        self._manifest = desired.manifest
        self.trouble = "nobody looked"
        self.listed: set[str] = set()
        self.equal: dict[str, LiveTemplate] = {}
        self.named: dict[str, LiveTemplate] = {}
        self.different, self.unread = Counter[str](), Counter[str]()
        for template in view.read_since_sending():
            self._take(template.id, template)

    async def read(self, listed: ListedTemplate) -> LiveTemplate | UnreadTemplate:
        """GET one template within the time that is left."""
        within = max(self.window.allowance, 0.0)
        return await self.window.guard(self.view.read(listed, within=within))

    async def look(self) -> None:
        """List, and read what was not there before the POST and may be what it stored. Raises nothing for what a server or a signal
        does.
        """
        try:
            lines = await self.window.guard(self.view.listed_now(within=self.window.allowance))
            self.trouble, self.listed = "", self.listed | lines.keys()
            new = {
                i
                for i, line in lines.items()
                if not self.view.is_known(i) and may_be_of(line, self._manifest)
            }
            # Unread until read: trouble with one of them must not hide that the others are there.
            self.unread.update(dict.fromkeys(new - self.equal.keys() - self.different.keys(), 0))
            for template_id in self._in_order(new):
                if self.window.allowance <= 0:
                    self.trouble = "the time was over before everything new was read"
                    return
                self._take(template_id, await self.read(lines[template_id]))
        except ReconcilerError as error:
            self.trouble = error.message

    def _in_order(self, new: set[str]) -> list[str]:
        """Ids to read: those with the fewest tries first. What was read and differs is read once more, because one changed byte
        would make our template look like another.
        """
        waiting = sorted((tries, i) for i, tries in self.unread.items() if i in new)
        doubted = sorted(i for i, times in self.different.items() if i in new and times < 2)
        return [i for _, i in waiting] + doubted

    def _take(self, template_id: str, read: LiveTemplate | UnreadTemplate) -> None:
        if isinstance(read, UnreadTemplate):
            self.unread.update([template_id] if template_id in self.unread else [])
            return
        self.unread.pop(template_id, None)
        self.named.pop(template_id, None)
        if is_ours(read, self.desired):
            self.different.pop(template_id, None)
            self.equal[template_id] = read
            return
        self.different[template_id] += 1
        if is_named(read, self._manifest):
            self.named[template_id] = read


async def verified(search: Search, template_id: str) -> Creation:
    """The account of a create that the server confirmed: GET it and compare. Tried while the window is open and it
    cannot be read.

    The id in the answer may be wrong (a proxy, a cache): while it cannot be read, a new equal template is looked for
    in the list too. An id counts as created only if it was read or a list showed it.
    """
    trouble, is_doubted, entry = "", False, search.entry
    listed = ListedTemplate(template_id, entry.name, entry.kind)
    async for _ in search.window.turns():
        try:
            read = await search.read(listed)
        except Interrupted as error:
            trouble = error.message
            break
        except ReconcilerError as error:  # the whole target is in trouble: one look at the list, and no more
            trouble, is_doubted = error.message, True
            await search.look()
            break
        if isinstance(read, LiveTemplate):
            return await _confirmed(search, read, listed)
        trouble, is_doubted = read.reason, True
        await search.look()
        if search.equal:
            break
    if search.equal or (is_doubted and template_id not in search.listed):
        answered = f"the server answered with template {template_id}, which could not be read back: {trouble}"
        return _accounted(search, ServerError(answered, method="POST", path=""))
    search.view.note_own(template_id, None)
    return Creation(
        entry,
        Outcome.CREATED,
        template_id=template_id,
        detail=f"created, but it could not be read back: {trouble}",
        help="run `reconciler plan` to see whether it equals the manifest",
    )


async def _confirmed(search: Search, template: LiveTemplate, listed: ListedTemplate) -> Creation:
    """The account of a template that was read back. One that differs is read once more before that is said."""
    creation = _compared(search, template, Outcome.CREATED)
    if creation.equals_manifest:
        return creation
    try:
        again = await search.read(listed)
    except ReconcilerError:
        return creation
    return _compared(search, again, Outcome.CREATED) if isinstance(again, LiveTemplate) else creation


async def looked_once(search: Search, error: ServerError) -> Creation:
    """For a refusal that the server gives before it stores anything: one look at the list, then it counts as rejected,
    also when the list cannot be read.
    """
    await search.look()
    if search.equal or search.unread:
        return _accounted(search, error)
    looked = (
        f"the list was not read after it: {search.trouble}"
        if search.trouble
        else "looked again: the list shows no such template"
    )
    return Creation(search.entry, Outcome.REJECTED, detail=f"{error.message}; {looked}", help=error.help)


async def settled(search: Search, error: ServerError) -> Creation:
    """For an unclear outcome: look for what is new until one equal template appears, or the window or the run ends. Then say
    `unknown`.

    A 404 and a 409 are unclear too. Platform v1.7 reads the definition a second time after the insert, without a transaction around
    both, and answers 404 if it was withdrawn meanwhile. Its list then hides the row, so that looking decides nothing.
    """
    if search.window.stop.is_over:
        search.trouble = "the run was interrupted before anybody could look"
        return _accounted(search, error)
    async for _ in search.window.turns():
        await search.look()
        if search.equal:
            break
    return _accounted(search, error)


def _accounted(search: Search, error: ServerError) -> Creation:
    """One equal new template: recovered. So is the only one of its definition and name, which then differs. None, or more than one:
    unknown, with everything that was seen.
    """
    entry, is_compared, ids = search.entry, search.entry.form_compared, tuple(sorted(search.equal))
    if len(ids) == 1:
        creation = _compared(search, search.equal[ids[0]], Outcome.RECOVERED)
        how = "by reading back" if is_compared else _BY_PRESETS
        detail = f"no usable answer ({error.message}), found {how}. {creation.detail}".rstrip()
        return replace(creation, detail=detail)
    if ids:
        which = "equal new templates" if is_compared else "new templates with equal presets"
        seen = f"{len(ids)} {which} appeared ({', '.join(ids)}): at least one is not of this run"
        what_to_do = _SEVERAL_HELP if is_compared else _SEVERAL_FORMS_HELP
        return replace(_unknown(entry, error, seen), candidates=ids, help=what_to_do)
    if len(search.named) == 1 and not search.unread and not search.trouble:
        (template,) = search.named.values()
        creation = _compared(search, template, Outcome.RECOVERED)
        return replace(
            creation, detail=f"no usable answer ({error.message}), found {_BY_NAME}; {creation.detail}"
        )
    return _unknown(entry, error, "; ".join(_not_seen(search)))


def _not_seen(search: Search) -> Iterator[str]:
    """That no equal template was seen, how far anybody could look, and what else was new."""
    if search.unread:
        yield f"a new template cannot be read ({_named(search.unread)}) and may be this one"
    if search.trouble:
        yield search.trouble
    if not search.unread and not search.trouble:
        is_stopped = search.window.stop.is_requested
        yield (
            "no equal template had appeared when the run was interrupted"
            if is_stopped
            else f"no equal template appeared within {search.window.seconds:g} seconds"
        )
    if search.different:
        yield f"new but different: {_named(search.different)}"


def _named(ids: Iterable[str]) -> str:
    first, more = sorted(ids)[:MAX_NAMED], len(list(ids)) - MAX_NAMED
    return ", ".join(first) + (f" and {more} more" if more > 0 else "")


def _unknown(entry: Entry, error: ServerError, seen: str) -> Creation:
    once = (
        "it was sent once and is not sent again: `reconciler plan` finds it as soon as the list shows it, and "
        f"`reconciler resolve {entry.name}` is for you if you know whether it was stored"
    )
    way = f"{error.help}; {once}" if error.help else once
    return Creation(entry, Outcome.UNKNOWN, detail=f"{error.message}; {seen}", help=way)


def _compared(search: Search, template: LiveTemplate, outcome: Outcome) -> Creation:
    search.view.note_own(template.id, template)
    entry, desired, live = search.entry, search.desired, seen_by(search.desired, template)
    if is_of(template, desired.manifest) and desired.equals(live):
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
