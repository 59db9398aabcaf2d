"""The way in: one server as a `TemplateApi`, in the dialect that it speaks.

Knows no dialect: `DialectRules` says what a call is on the wire and what its answer means.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from reconciler.airbyte.answers import parse_created, sorted_once
from reconciler.airbyte.api import (
    CreateAnswer,
    Created,
    ListedTemplate,
    NewTemplate,
    TemplateChange,
    UpdateAnswer,
    Updated,
)
from reconciler.airbyte.calls import Call
from reconciler.airbyte.dialect import DialectRules
from reconciler.airbyte.reading import side_by_side
from reconciler.airbyte.refusals import Done, Refusal, classify_answer, classify_failure
from reconciler.airbyte.session import Session
from reconciler.errors import RefusedByServer, ServerError
from reconciler.http.exchange import Timing
from reconciler.http.message import Answer
from reconciler.http.network import network_to
from reconciler.model.credentials import BearerToken, ClientCredentials
from reconciler.model.target import Dialect, Target
from reconciler.model.template import SOURCE_TEMPLATE, LiveTemplate

if TYPE_CHECKING:
    from reconciler.airbyte.api import Unsent
    from reconciler.http.network import HttpxFactory

Credentials: TypeAlias = ClientCredentials | BearerToken


def connect(
    target: Target,
    credentials: Credentials,
    *,
    concurrency: int,
    transport_factory: HttpxFactory | None = None,
    timing: Timing | None = None,
    on_secret: Callable[[str], None] | None = None,
    hide: Callable[[str], str] = str,
) -> Client:
    """The API of one target, as an async context manager. Sends nothing by itself.

    `concurrency` is how many reads may be under way at once (1 or more). `transport_factory` replaces the
    network, for a server in the same process. `on_secret` is called with each token that the server issues,
    before the token is used. `hide` removes the secrets that the caller knows from the server's words. Raises
    `ReconcilerError` for a url or proxy that cannot be used, `CredentialsError` for a token that fits no header.
    """
    rules, timing = _rules(target), timing or Timing()
    network = network_to(
        rules.base.origin, connect_seconds=timing.connect_seconds, in_process=transport_factory
    )
    session = Session(
        network,
        timing,
        rules,
        credentials,
        target.organization_id,
        concurrency=concurrency,
        on_secret=on_secret,
        hide=hide,
    )
    return Client(rules, session)


def _rules(target: Target) -> DialectRules:
    """Only the dialect that is spoken is loaded."""
    if target.dialect is Dialect.AGENTS:
        from reconciler.airbyte.agents import agents_rules

        return agents_rules(target.url)
    from reconciler.airbyte.public import public_rules

    return public_rules(target.url)


class Client:
    """A `TemplateApi`. Made by `connect`."""

    def __init__(self, rules: DialectRules, session: Session) -> None:
        self._rules = rules
        self._session = session
        self.aclose = session.aclose

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def ensure_token(self, min_seconds: float = 0.0) -> None:
        """Fetch or renew the token unless it lives for `min_seconds` more."""
        await self._session.fresh_token(min_seconds)

    async def renew_token(self) -> None:
        """Replace the token that was last sent."""
        if self._session.token is not None:
            await self._session.renew_token(self._session.token)

    async def list_templates(
        self, organization_id: str, *, within: float | None = None, alone: bool = False
    ) -> tuple[ListedTemplate, ...]:
        """Every template listed for the organization, sorted by id. Never empty for a failure."""
        calls, session = self._rules.lists(organization_id), self._session
        if len(calls) > 1 and session.token_for(calls[0].organization_id) is None:
            # Before the lists part: refused credentials are not tried once for each.
            await session.fresh_token(organization_id=calls[0].organization_id)
        parts = await side_by_side([self._list(call, within, alone=alone) for call in calls])
        return (
            parts[0] if len(parts) == 1 else sorted_once(calls[0], (each for part in parts for each in part))
        )

    async def _list(
        self, call: Call, within: float | None, *, alone: bool = False
    ) -> tuple[ListedTemplate, ...]:
        answer = await self._session.read(call, within, alone=alone)
        token = self._session.token_for(call.organization_id)
        return self._rules.parse_list(call, answer, is_own=token is not None and token.is_confirmed)

    async def get_template(
        self,
        organization_id: str,
        template_id: str,
        *,
        kind: str = SOURCE_TEMPLATE,
        within: float | None = None,
    ) -> LiveTemplate:
        """The template with this id."""
        call = self._rules.get(organization_id, template_id, kind)
        return self._rules.parse_template(call, await self._session.read(call, within), template_id)

    async def create_template(self, organization_id: str, new: NewTemplate) -> CreateAnswer:
        """One POST on a new connection. See `TemplateApi.create_template`."""
        return await self._write(self._rules.create(organization_id, new), created)

    async def update_template(self, organization_id: str, change: TemplateChange) -> UpdateAnswer:
        """One PATCH on a new connection."""
        return await self._write(self._rules.update(organization_id, change), updated)

    async def can_tag(self, organization_id: str) -> bool:
        """Whether the list of tags is there. 404: it is not. Every other refusal is raised."""
        call = self._rules.tags(organization_id)
        if call is None:
            return False
        try:
            await self._session.read(call, None)
        except RefusedByServer as error:
            if error.status != 404:
                raise
            return False
        return True

    async def change_tag(
        self, organization_id: str, listed: ListedTemplate, tag: str, *, add: bool
    ) -> UpdateAnswer:
        """One request on a new connection."""
        return await self._write(self._rules.change_tag(organization_id, listed, tag, add=add), updated)

    async def global_templates(self, organization_id: str) -> tuple[ListedTemplate, ...]:
        """Airbyte's own templates, which can be cloned, sorted by id."""
        call = self._rules.global_list(organization_id)
        return () if call is None else self._rules.parse_global(call, await self._session.read(call, None))

    async def owns_template(self, organization_id: str, template_id: str) -> bool | None:
        """Whether the template belongs to the organization, by one request that changes nothing."""
        call = self._rules.ownership(organization_id, template_id)
        return self._rules.owns(call, await self._session.ask_once(call), template_id)

    async def _write(self, call: Call, done: Callable[[Call, Answer], Done]) -> Done | Refusal | Unsent:
        """The class of one request that is sent once, on a new connection."""
        session, organization = self._session, call.organization_id
        token = session.token_for(organization) or await session.fresh_token(organization_id=organization)
        try:
            answer = await session.send_alone(call, token)
        except ServerError as error:
            return classify_failure(error)
        return classify_answer(
            self._rules.refusals, call, answer, done, now=session.timing.now(), hide=session.hide
        )


def created(call: Call, answer: Answer) -> Created:
    """The success of a create."""
    return Created(parse_created(call, answer))


def updated(call: Call, answer: Answer) -> Updated:
    """The success of every other write. What was stored is read back."""
    del call, answer
    return Updated()
