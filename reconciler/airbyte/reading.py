"""The live state of one organization: the list, then one GET for each template, several at a time.

A template that could not be read stays in the state as unread. It never counts as missing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

from reconciler.airbyte.api import ListedTemplate, TemplateApi
from reconciler.errors import EndpointMoved, RefusedByServer, ServerError
from reconciler.model.template import SOURCE_TEMPLATE, LiveState, LiveTemplate, UnreadTemplate

T = TypeVar("T")
GIVE_UP_AFTER = 20
"""Templates in a row, each after its retries, whose failure means that the server is down: the rest stays unread, unasked."""


async def read_live_state(
    api: TemplateApi,
    organization_id: str,
    *,
    concurrency: int,
    on_progress: Callable[[int, int], None] | None = None,
    on_template: Callable[[LiveTemplate], object] | None = None,
    skip: frozenset[str] = frozenset(),
) -> LiveState:
    """Every listed template, read or unread, both sorted by id. Ids in `skip` (lower case) are not read.
    Those of them that the list names are in `left_out`.

    `concurrency` (1 or more) is the number of GETs at a time. `on_progress(done, total)` is called once before them and after
    each, `on_template` with each template as it arrives. After a 404 the list is read again. What it
    still names, and what is new in it, is read. A template that a list named once is never taken for gone, because this API
    deletes nothing: it stays unread. Raises `ServerError` when a list fails,
    `EndpointMoved` and `CredentialsError` at once whichever request meets them.
    """
    named = await api.list_templates(organization_id)
    reading = _Reading(api, organization_id, on_progress or _ignore, on_template or _ignore)
    reading.take(t for t in named if t.id not in skip)
    await side_by_side(reading.drain() for _ in range(min(concurrency, reading.total)))
    if reading.not_found:
        again = await api.list_templates(organization_id)
        reading.take(t for t in again if t.id not in skip)
        await reading.drain()
    return LiveState(
        organization_id,
        tuple(sorted(reading.templates.values(), key=attrgetter("id"))),
        tuple(sorted(reading.unread.values(), key=attrgetter("id"))),
        skip & {t.id for t in named},
        tuple(sorted(_source_connectors(t for t in named if t.id in skip))),
    )


def _source_connectors(listed: Iterable[ListedTemplate]) -> Iterator[str]:
    return (t.connector_id for t in listed if t.kind == SOURCE_TEMPLATE and t.connector_id is not None)


class _Reading:
    """What several workers share while they drain one list."""

    def __init__(
        self,
        api: TemplateApi,
        organization_id: str,
        on_progress: Callable[[int, int], None],
        on_template: Callable[[LiveTemplate], object],
    ) -> None:
        self.templates: dict[str, LiveTemplate] = {}
        self.unread: dict[str, UnreadTemplate] = {}
        self.not_found: set[str] = set()
        self.total = 0
        self._api = api
        self._organization_id = organization_id
        self._todo: deque[ListedTemplate] = deque()
        self._on_progress = on_progress
        self._on_template = on_template
        self._failures_in_a_row = 0

    def take(self, listed: Iterable[ListedTemplate]) -> None:
        """A list: what is in it and was neither read nor refused for another reason than 404 is to be read."""
        known = self.templates.keys() | (self.unread.keys() - self.not_found)
        self._todo.extend(t for t in listed if t.id not in known)
        self.total = len(self.templates.keys() | self.unread.keys() | {t.id for t in self._todo})
        self._report()

    async def drain(self) -> None:
        """Take the next template until none is left. An error that concerns all of them leaves none to the others."""
        while self._todo:
            listed = self._todo.popleft()
            try:
                await self._read_one(listed)
            except BaseException:
                self._todo.clear()
                raise
            self._report()

    async def _read_one(self, listed: ListedTemplate) -> None:
        if self._failures_in_a_row >= GIVE_UP_AFTER:
            reason = f"not asked for: the {GIVE_UP_AFTER} templates before it could not be read either"
            self.unread[listed.id] = unread(listed, reason)
            return
        if listed.doubt:
            self.unread[listed.id] = unread(listed, listed.doubt)
            return
        try:
            template = await self._api.get_template(self._organization_id, listed.id, kind=listed.kind)
        except EndpointMoved:
            raise
        except ServerError as error:
            if isinstance(error, RefusedByServer) and error.status == 404:
                self.not_found.add(listed.id)
            else:
                self._failures_in_a_row += 1
            self.unread[listed.id] = unread(listed, error.message)
            return
        self._failures_in_a_row = 0
        self.unread.pop(listed.id, None)
        self.templates[template.id] = template
        self._on_template(template)

    def _report(self) -> None:
        self._on_progress(len(self.templates) + len(self.unread), self.total)


def unread(listed: ListedTemplate, reason: str) -> UnreadTemplate:
    """A listed template of which nothing else is known, with the reason."""
    return UnreadTemplate(listed.id, listed.name, reason, listed.kind, listed.connector_id)


def _ignore(*_: object) -> None:
    """Progress is not reported."""


async def side_by_side(work: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """What each of them gives, in their order. The first error ends the others and is raised as it is."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
