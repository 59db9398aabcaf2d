"""What is known of one organization's templates while creates go on: what the plan was made from, and a fresh list before each POST."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from reconciler.airbyte.api import ListedTemplate, TemplateApi
from reconciler.airbyte.reading import unread
from reconciler.errors import CredentialsError, EndpointMoved, ServerError, UnsafePlan
from reconciler.model.target import Dialect, Target
from reconciler.model.template import LiveState, LiveTemplate, Manifest, UnreadTemplate

Listed: TypeAlias = Mapping[str, ListedTemplate]
"""One list, by id."""

MAX_LISTS = 5
"""Lists before one create. Each is followed by another when something had to be read meanwhile."""


class LiveView:
    """The live templates of one organization as this run knows them. Only `apply` changes it, by reading."""

    def __init__(self, api: TemplateApi, state: LiveState, target: Target) -> None:
        self._api = api
        self._organization = state.organization_id
        self._unmanaged = target.unmanaged
        self.dialect = target.dialect
        self._left_out = self._left_out_now = state.left_out | (state.ids & target.unmanaged)
        self._templates = {t.id: t for t in state.templates}
        self._unread: dict[str, UnreadTemplate] = {u.id: u for u in state.unread}
        self._listed: frozenset[str] = state.ids
        self._lines: Listed = {}
        self._sent_after: frozenset[str] = frozenset()
        self._before: dict[str, frozenset[str]] = {}
        self._displaced: set[str] = set()
        self._read_again: set[str] = set()
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

    @property
    def listed(self) -> frozenset[str]:
        """What the newest list named."""
        return self._listed

    async def refresh(self, wanted: Manifest) -> None:
        """List again and read what is new, before a create of `wanted`, and list again as long as anything had to be
        read, so that no slow answer lies between the last list and the create.

        UnsafePlan when the list lost templates that it named before: a list that may be incomplete must not
        authorise a create. What our own create displaced from the list is not lost.
        """
        for _ in range(MAX_LISTS):
            if not await self._has_read_more(wanted):
                return
        raise UnsafePlan(
            f"each of {MAX_LISTS} lists in a row named a template that was not there before",
            help="somebody else creates templates now: run `reconciler plan` again when that is over",
        )

    async def _has_read_more(self, wanted: Manifest) -> bool:
        """One list, and whether anything of it had to be read."""
        listed = await self.listed_now()
        displaced = await self.displaced(listed)
        lost = sorted(i for i in self._templates if self._is_missing(i, listed) and i not in displaced)
        if lost:
            raise UnsafePlan(
                f"the list no longer names {len(lost)} of the templates it named before ({', '.join(lost[:5])})",
                help="nothing more is created from a list that may be incomplete: run `reconciler plan` again",
            )
        new = sorted(listed.keys() - self._listed - self._before.keys())
        self._listed, self._lines = frozenset(listed), listed
        for template_id in new:
            await self._learn(template_id)
        doubtful = self._of_another_connector(wanted)
        for template_id in doubtful:
            await self._learn(template_id)
        return bool(new or doubtful)

    def _of_another_connector(self, wanted: Manifest) -> list[str]:
        """What the list says is of the manifest's connector while its answer named another: read again, once a run.

        On the public API the list names the connector only. Two connectors may share a name, but one changed byte in one answer
        would also look like this, and then a template would pass for missing.
        """
        templates, wanted_id = self._templates.values(), wanted.connector.id
        named = {
            self._lines[t.id].name for t in templates if t.connector_id == wanted_id and t.id in self._lines
        }
        known = named | {wanted.connector.name}

        def is_listed_as_wanted(line: ListedTemplate) -> bool:
            return line.name in known if line.connector_id is None else line.connector_id == wanted_id

        others = [t.id for t in templates if t.kind == wanted.kind and t.connector_id != wanted_id]
        lines = (self._lines[i] for i in others if i in self._lines and i not in self._read_again)
        odd = [line.id for line in lines if is_listed_as_wanted(line)]
        self._read_again.update(odd)
        return odd

    async def _learn(self, template_id: str) -> None:
        """Read a template that the plan does not know, or doubts."""
        read = await self.read(self._lines[template_id])
        if isinstance(read, LiveTemplate):
            self._templates[template_id] = read
        else:
            self._templates.pop(template_id, None)
            self._unread[template_id] = read
        self._is_as_planned = False

    def _is_missing(self, template_id: str, listed: Collection[str]) -> bool:
        return template_id not in listed and template_id not in self._before

    async def displaced(self, listed: Collection[str], *, within: float | None = None) -> frozenset[str]:
        """Ids that left the list because this run created a template of their connector, as far as that can be seen.

        Platform v1.7 lists its own default of a connector only while the organization has no template of it. So what was
        displaced was the only template of its connector before our create, and GET still answers it as before. It stays in
        `state`: a manifest that was paired with it keeps it for this run, and is not created because of it. The Agent API
        has no such defaults in its list: nothing is displaced there.
        """
        if self.dialect is not Dialect.PUBLIC:
            return frozenset()
        missing = [t for i, t in self._templates.items() if self._is_missing(i, listed)]
        for template in missing:
            if template.id not in self._displaced and self._made_way(template):
                read = await self.read(line_of(template), within=within)
                self._displaced |= {template.id} if read == template else set()
        return frozenset(i for i in self._displaced if i not in listed)

    def _made_way(self, template: LiveTemplate) -> bool:
        same = [t.id for t in self._templates.values() if t.connector_id == template.connector_id]
        return [i for i in same if i not in self._before] == [template.id] and len(same) > 1

    async def displaced_unmanaged(self, *, within: float | None = None) -> list[LiveTemplate]:
        """The same of templates under `unmanaged`, where Airbyte's defaults belong. They are read for nothing else."""
        made = {self._templates[i].connector_id for i in self._before.keys() & self._templates.keys()}
        gone = sorted(self._left_out - self._left_out_now) if made and self.dialect is Dialect.PUBLIC else ()
        read = [await self.read(ListedTemplate(i, ""), within=within) for i in gone]
        return [each for each in read if isinstance(each, LiveTemplate) and each.connector_id in made]

    async def listed_now(self, *, within: float | None = None) -> Listed:
        """A fresh list, `unmanaged` ids left out, without reading anything. On a connection of its own: it decides whether
        something is created, or was.

        `within`: seconds that it may take, retries included. None: as long as the retries take.
        """
        listed = await self._api.list_templates(self._organization, within=within, alone=True)
        self._left_out_now = self._unmanaged & {t.id for t in listed}
        return {t.id: t for t in listed if t.id not in self._unmanaged}

    async def read(
        self, listed: ListedTemplate, *, within: float | None = None
    ) -> LiveTemplate | UnreadTemplate:
        """GET one template. Trouble with this one is an unread template. Trouble with the target as a whole
        is raised. `within` as for the list.
        """
        if listed.doubt:
            return unread(listed, listed.doubt)
        try:
            return await self._api.get_template(
                self._organization, listed.id, kind=listed.kind, within=within
            )
        except (CredentialsError, EndpointMoved):
            raise
        except ServerError as error:
            return unread(listed, error.message)

    def is_known(self, template_id: str) -> bool:
        """Whether this run has seen the id before."""
        return template_id in self._listed or template_id in self._before or template_id in self._unmanaged

    def note_sending(self, wanted: Manifest) -> tuple[str, ...]:
        """A create of this manifest goes out now. What is known until here cannot be what it stores.

        Gives the sorted ids that could be confused with it: those of its connector, and those that could not be read.
        """
        self._sent_after = self._listed | self._templates.keys()
        seen: list[LiveTemplate | UnreadTemplate] = [*self._templates.values(), *self._unread.values()]
        others = {each.id for each in seen if not may_be_of(each, wanted)}
        return tuple(sorted((self._sent_after | self._before.keys()) - others))

    def read_since_sending(self) -> list[LiveTemplate]:
        """What was read since the create under way was first sent, and is not of another create of this run: a list showed it once."""
        old = self._sent_after | self._before.keys()
        return [template for i, template in self._templates.items() if i not in old]

    def note_own(self, template_id: str, template: LiveTemplate | None) -> None:
        """Remember a template that this run created, read back or not."""
        self._before.setdefault(template_id, self._sent_after)
        if template is not None:
            self._templates[template_id] = template

    def known(self, template_id: str) -> LiveTemplate | None:
        """The template as it was read last. None when it never was."""
        return self._templates.get(template_id)

    def note_changed(self, template: LiveTemplate) -> None:
        """Remember what this run made of a template that was there before."""
        self._templates[template.id] = template

    def was_before(self, own_id: str, other_id: str) -> bool:
        """Whether `other_id` was known before the create that stored our `own_id` was sent."""
        return other_id in self._before.get(own_id, frozenset())


def may_be_of(seen: ListedTemplate | UnreadTemplate | LiveTemplate, manifest: Manifest) -> bool:
    """Whether what is known of a template leaves it possible that it is of the manifest's kind and connector."""
    return seen.kind == manifest.kind and seen.connector_id in (None, manifest.connector.id)


def line_of(template: LiveTemplate) -> ListedTemplate:
    """What a list would say of it."""
    return ListedTemplate(template.id, template.name, template.kind, template.connector_id)
