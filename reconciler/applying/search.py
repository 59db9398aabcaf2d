"""The search for the template of one create among what is new on the server. Looks add up: what one of them saw, no
later one takes back. Sends no POST.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reconciler.applying.live_view import LiveView
from reconciler.applying.window import Window
from reconciler.connectors.server.rules import stored_presets
from reconciler.errors import ReconcilerError
from reconciler.model.json_value import same_json
from reconciler.model.template import LiveTemplate
from reconciler.planning.content import Desired, desired_of, live_of
from reconciler.planning.entry import Entry

_NO_TIME = "the time was over before everything new was read"


class Search:
    """What is new since the create of `entry` was sent, as far as the looks within `window` saw it.

    `trouble` says why the newest look is not whole, "" when it is.
    """

    def __init__(self, view: LiveView, entry: Entry, window: Window) -> None:
        self._view, self._entry, self._window = view, entry, window
        self._equal: dict[str, LiveTemplate] = {}
        self._different: Counter[str] = Counter()
        self._unread: Counter[str] = Counter()
        self._listed: frozenset[str] = frozenset()
        self.trouble = "nobody looked"

    @property
    def listed(self) -> frozenset[str]:
        """Every id that any list named."""
        return self._listed

    @property
    def equal(self) -> tuple[LiveTemplate, ...]:
        """New templates that are what the create would have stored, by id."""
        return tuple(self._equal[i] for i in sorted(self._equal))

    @property
    def different(self) -> tuple[str, ...]:
        """Ids of new templates that were read and are something else."""
        return tuple(sorted(self._different))

    @property
    def unread(self) -> tuple[str, ...]:
        """Ids of new templates that nobody could read yet."""
        return tuple(sorted(self._unread))

    async def look(self) -> None:
        """List, and read what was not there before the POST. Raises nothing for what a server or a signal does."""
        try:
            names = await self._window.guard(self._view.names_now(within=self._window.allowance))
            self._listed |= names.keys()
            new = [i for i in names if not self._view.is_known(i)]
            # Unread until read: trouble with one of them must not hide that the others are there.
            for template_id in new:
                if template_id not in self._equal and template_id not in self._different:
                    self._unread.setdefault(template_id, 0)
            self.trouble = await self._read_all(self._in_order(new), names)
        except ReconcilerError as error:
            self.trouble = error.message

    def _in_order(self, new: Iterable[str]) -> list[str]:
        """First what was tried least; then, once more, what was read and differs: one changed byte on the way would make
        our template look like somebody else's.
        """
        named = set(new)
        waiting = sorted((tries, i) for i, tries in self._unread.items() if i in named)
        doubted = sorted(i for i, times in self._different.items() if i in named and times < 2)
        return [i for _, i in waiting] + doubted

    async def _read_all(self, template_ids: Iterable[str], names: dict[str, str]) -> str:
        """Why not all of them were asked for; "" when they were."""
        for template_id in template_ids:
            allowance = self._window.allowance
            if allowance <= 0:
                return _NO_TIME
            reading = self._view.read(template_id, names[template_id], within=allowance)
            self._note(template_id, (await self._window.guard(reading)).template)
        return ""

    def _note(self, template_id: str, template: LiveTemplate | None) -> None:
        if template is None:
            if template_id in self._unread:
                self._unread[template_id] += 1
            return
        self._unread.pop(template_id, None)
        if is_ours(template, self._entry):
            self._different.pop(template_id, None)
            self._equal[template_id] = template
        else:
            self._different[template_id] += 1


def is_ours(template: LiveTemplate, entry: Entry) -> bool:
    """Whether a new template is what this create would have stored, the server's merge defect included."""
    desired = desired_by(entry)
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


def desired_by(entry: Entry) -> Desired:
    """What a create of this entry asks for."""
    if entry.manifest is None:
        raise ValueError(f"entry {entry.name!r} has no manifest to create")
    return desired_of(entry.manifest)
