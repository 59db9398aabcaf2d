"""The public dialect: what each call of `TemplateApi` becomes on the wire, what its answer means, and the way in to it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from reconciler.airbyte.answers import parse_list, parse_template
from reconciler.airbyte.api import (
    CreateAnswer,
    ListedTemplate,
    NewTemplate,
    TemplateChange,
    UpdateAnswer,
)
from reconciler.airbyte.calls import Calls, parse_base_url
from reconciler.airbyte.refusals import classify_answer, classify_failure, read_problem
from reconciler.airbyte.session import Session
from reconciler.errors import ReconcilerError, ServerError
from reconciler.http.exchange import Timing
from reconciler.http.network import network_to
from reconciler.model.credentials import BearerToken, ClientCredentials
from reconciler.model.target import Target
from reconciler.model.template import SOURCE_TEMPLATE, LiveTemplate

if TYPE_CHECKING:
    from reconciler.http.network import HttpxFactory

Credentials: TypeAlias = ClientCredentials | BearerToken
ORGANIZATION_HEADER = "X-Airbyte-Organization-Id"
"""Platform v1.7 looks it up in a plain map and resolves roles by it: the spelling on the wire must be exactly this."""


def connect(
    target: Target,
    credentials: Credentials,
    *,
    concurrency: int,
    transport_factory: HttpxFactory | None = None,
    timing: Timing | None = None,
    on_secret: Callable[[str], None] | None = None,
) -> PublicDialect:
    """The API of one target, as an async context manager. Sends nothing by itself.

    `concurrency` is how many reads may be under way at once (1 or more). `transport_factory` replaces the
    network, for a server in the same process. `on_secret` is called with each token that the server issues,
    before the token is used. Raises `ReconcilerError` for a url or proxy that cannot be used,
    `CredentialsError` for a token that fits no header.
    """
    calls, timing = parse_base_url(target.url), timing or Timing()
    network = network_to(calls.origin, connect_seconds=timing.connect_seconds, in_process=transport_factory)
    login = None
    if isinstance(credentials, ClientCredentials):
        login = calls.token(target.organization_id, credentials.client_id, credentials.client_secret)
    session = Session(
        network,
        timing,
        credentials,
        login,
        organization_header=ORGANIZATION_HEADER,
        concurrency=concurrency,
        on_secret=on_secret,
    )
    return PublicDialect(calls, session)


class PublicDialect:
    """A `TemplateApi` for `config_templates`. Made by `connect`."""

    def __init__(self, calls: Calls, session: Session) -> None:
        self._calls = calls
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
        call = self._calls.list_templates(organization_id)
        return parse_list(call, await self._session.read(call, within, alone=alone))

    async def get_template(
        self,
        organization_id: str,
        template_id: str,
        *,
        kind: str = SOURCE_TEMPLATE,
        within: float | None = None,
    ) -> LiveTemplate:
        """The template with this id. There is one kind that can be read."""
        del kind
        call = self._calls.get_template(organization_id, template_id)
        return parse_template(call, await self._session.read(call, within), template_id)

    async def create_template(self, organization_id: str, new: NewTemplate) -> CreateAnswer:
        """One POST on a new connection. See `TemplateApi.create_template`."""
        call, session = self._calls.create_template(organization_id, new), self._session
        token = session.token or await session.fresh_token()
        try:
            answer = await session.send_alone(call, token)
        except ServerError as error:
            return classify_failure(error)
        return classify_answer(call, answer, now=session.timing.now(), hide=session.hide)

    async def update_template(self, organization_id: str, change: TemplateChange) -> UpdateAnswer:
        """Never sent: this API's PATCH cannot bring a form back."""
        del organization_id, change
        raise ReconcilerError("the public API's templates are not updated")

    async def can_tag(self, organization_id: str) -> bool:
        """Never: templates have no tags here."""
        del organization_id
        return False

    async def change_tag(
        self, organization_id: str, listed: ListedTemplate, tag: str, *, add: bool
    ) -> UpdateAnswer:
        """Never sent: templates have no tags here."""
        del organization_id, listed, tag, add
        raise ReconcilerError("the public API's templates have no tags")

    async def global_templates(self, organization_id: str) -> tuple[ListedTemplate, ...]:
        """None: the list mixes them with the organization's, and nothing can be cloned."""
        del organization_id
        return ()

    async def owns_template(self, organization_id: str, template_id: str) -> bool | None:
        """Whether the template belongs to the organization, by a PATCH that names only the organization.

        Platform v1.7 then writes nothing (no preset, no form given) and answers 200 for a template of the organization, 500 with
        `OrganizationId does not match` for Airbyte's defaults and templates of other organizations. It needs the administrator's role.
        """
        answer = await self._session.ask_once(self._calls.ownership(organization_id, template_id))
        if answer.status == 200:
            return True
        problem = read_problem(answer.body) if answer.status == 500 else None
        return False if problem is not None and "OrganizationId does not match" in problem.text else None
