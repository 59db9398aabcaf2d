"""What is known of the server while creates go on: the state that the plan was made from, plus a fresh list
before each POST.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reconciler.airbyte.api import TemplateApi
from reconciler.errors import CredentialsError, EndpointMoved, ServerError, UnsafePlan
from reconciler.model.connector import Connector
from reconciler.model.template import LiveState, LiveTemplate, UnreadTemplate

MAX_LISTS = 5
"""Lists before one create. Each is followed by another when something had to be read meanwhile."""


@dataclass(frozen=True)
class Reading:
    """One template that was tried: read, or unread with the reason."""

    template: LiveTemplate | None
    unread: UnreadTemplate | None


class LiveView:
    """The live templates of one organization as this run knows them. Only `apply` changes it, by reading."""

    def __init__(self, api: TemplateApi, state: LiveState, *, unmanaged: frozenset[str]) -> None:
        self._api = api
        self._organization = state.organization_id
        self._unmanaged = unmanaged
        self._left_out = self._left_out_now = state.left_out | (state.ids & unmanaged)
        self._templates = {t.id: t for t in state.templates}
        self._unread: dict[str, UnreadTemplate] = {u.id: u for u in state.unread}
        self._listed: frozenset[str] = state.ids
        self._names: dict[str, str] = {}
        self._sent_after: frozenset[str] = frozenset()
        self._before: dict[str, frozenset[str]] = {}
        self._own: set[str] = set()
        self._displaced: set[str] = set()
        self._rechecked: set[str] = set()
        self._is_as_planned = True

    @property
    def state(self) -> LiveState:
        """Everything known now, sorted by id."""
        return LiveState(
            self._organization,
            tuple(self._templates[i] for i in sorted(self._templates)),
            tuple(self._unread[i] for i in sorted(self._unread)),
        )

    @property
    def is_as_planned(self) -> bool:
        """Whether everything seen since is what the plan was made from, and what this run created."""
        return self._is_as_planned

    async def refresh(self, connector: Connector) -> None:
        """List again and read what is new, before a create of `connector`; and list again as long as anything had to be
        read, so that no slow answer stands between the last list and the create.

        UnsafePlan when the list lost templates that it named before: a list that may be incomplete must not
        authorise a create. What our own create displaced from the list is not lost.
        """
        for _ in range(MAX_LISTS):
            if not await self._has_read_more(connector):
                return
        raise UnsafePlan(
            f"each of {MAX_LISTS} lists in a row named a template that was not there before",
            help="somebody else creates templates now: run `reconciler plan` again when that is over",
        )

    async def _has_read_more(self, connector: Connector) -> bool:
        """One list, and whether anything of it had to be read."""
        listed = await self.names_now()
        displaced = await self.displaced(listed)
        lost = sorted(i for i in self._templates if self._is_missing(i, listed) and i not in displaced)
        if lost:
            raise UnsafePlan(
                f"the list no longer names {len(lost)} of the templates it named before ({', '.join(lost[:5])})",
                help="nothing more is created from a list that may be incomplete: run `reconciler plan` again",
            )
        new = sorted(frozenset(listed) - self._listed - self._own)
        for template_id in new:
            await self._learn(template_id, listed[template_id])
        self._listed, self._names = frozenset(listed), listed
        return await self._rechecked_any(connector) or bool(new)

    def _is_missing(self, template_id: str, listed: Collection[str]) -> bool:
        return template_id not in listed and template_id not in self._own

    async def displaced(self, listed: Collection[str], *, within: float | None = None) -> frozenset[str]:
        """Ids that left the list because this run created a template of their connector, as far as that can be told.

        Platform v1.7 lists its own default of a connector only while the organization has no template of it. So what was
        displaced was the only template of its connector before our create, and GET still answers it as before. It stays in
        `state`: a manifest that was paired with it keeps it for this run, and is not created because of it.
        """
        for template in list(self._templates.values()):
            known = template.id in self._displaced
            if not known and self._is_missing(template.id, listed) and self._made_way(template):
                reading = await self.read(template.id, template.name, within=within)
                if reading.template == template:
                    self._displaced.add(template.id)
        return frozenset(i for i in self._displaced if i not in listed)

    async def displaced_unmanaged(self, *, within: float | None = None) -> list[LiveTemplate]:
        """The same of templates under `unmanaged`, which are read for this only: where Airbyte's defaults belong, none is told else."""
        made = {self._templates[i].connector_id for i in self._own & self._templates.keys()}
        gone = sorted(self._left_out - self._left_out_now) if made else ()
        read = [(await self.read(i, "", within=within)).template for i in gone]
        return [template for template in read if template is not None and template.connector_id in made]

    def _made_way(self, template: LiveTemplate) -> bool:
        same = [t.id for t in self._templates.values() if t.connector_id == template.connector_id]
        return [i for i in same if i not in self._own] == [template.id] and len(same) > 1

    async def _learn(self, template_id: str, name: str) -> None:
        """Read a template that the plan does not know, or doubts."""
        reading = await self.read(template_id, name)
        if reading.template is not None:
            self._templates[template_id] = reading.template
        elif reading.unread is not None:
            self._templates.pop(template_id, None)
            self._unread[template_id] = reading.unread
        self._is_as_planned = False

    async def _rechecked_any(self, connector: Connector) -> bool:
        """Read again, once a run, what the list calls by the connector's name while its answer named another connector.

        Two connectors may share a name; but one changed byte in one answer would also look like this, and then
        a template would pass for missing.
        """
        own_names = {
            self._names.get(t.id) for t in self._templates.values() if t.connector_id == connector.id
        }
        names = (own_names | {connector.name}) - {None}
        odd = [
            t.id
            for t in self._templates.values()
            if t.connector_id != connector.id
            and self._names.get(t.id) in names
            and t.id not in self._rechecked
        ]
        for template_id in odd:
            self._rechecked.add(template_id)
            await self._learn(template_id, self._names[template_id])
        return bool(odd)

    async def names_now(self, *, within: float | None = None) -> dict[str, str]:
        """A fresh list as id -> connector name, `unmanaged` ids left out, without reading anything. On a connection of its
        own: it decides whether something is created, or was.

        `within`: seconds that it may take, retries included; None: as long as the retries take.
        """
        listed = await self._api.list_templates(self._organization, within=within, alone=True)
        self._left_out_now = self._unmanaged & {t.id for t in listed}
        return {t.id: t.name for t in listed if t.id not in self._unmanaged}

    def is_known(self, template_id: str) -> bool:
        """Whether this run has seen the id before."""
        return template_id in self._listed or template_id in self._own or template_id in self._unmanaged

    async def read(self, template_id: str, name: str, *, within: float | None = None) -> Reading:
        """GET one template. Trouble with this one is an unread template; trouble with the target as a whole
        is raised. `within` as for the list.
        """
        try:
            template = await self._api.get_template(self._organization, template_id, within=within)
            return Reading(template, None)
        except (CredentialsError, EndpointMoved):
            raise
        except ServerError as error:
            return Reading(None, UnreadTemplate(template_id, name, error.message))

    @property
    def listed(self) -> frozenset[str]:
        """What the newest list named."""
        return self._listed

    def note_sending(self, connector_id: str) -> tuple[str, ...]:
        """A create of this connector goes out now. What is known until here cannot be what it stores.

        The ids among it that somebody could take for that: those of the connector, and those that nobody could read; sorted.
        """
        self._sent_after = self._listed | self._templates.keys()
        others = {t.id for t in self._templates.values() if t.connector_id != connector_id}
        return tuple(sorted((self._sent_after | self._own) - others))

    def was_before(self, own_id: str, other_id: str) -> bool:
        """Whether `other_id` was known before the create that stored our `own_id` was sent."""
        return other_id in self._before.get(own_id, frozenset())

    def note_own(self, template_id: str, template: LiveTemplate | None) -> None:
        """Remember a template that this run created, read back or not."""
        self._own.add(template_id)
        self._before.setdefault(template_id, self._sent_after)
        if template is not None:
            self._templates[template_id] = template
