"""The public dialect: what each call of `TemplateApi` becomes on the wire, and what its answer means."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from reconciler.airbyte.answers import parse_list, parse_template
from reconciler.airbyte.api import CreateAnswer, ListedTemplate, NewTemplate
from reconciler.airbyte.calls import Calls
from reconciler.airbyte.creating import classify_answer, classify_failure
from reconciler.airbyte.refusals import read_problem
from reconciler.airbyte.session import Session
from reconciler.errors import ServerError
from reconciler.model.template import LiveTemplate

ORGANIZATION_HEADER = "X-Airbyte-Organization-Id"
"""Platform v1.7 looks it up in a plain map and resolves roles by it: the spelling on the wire must be exactly
this.
"""


class PublicDialect:
    """A `TemplateApi` for `config_templates`; made by `connect`."""

    def __init__(self, calls: Calls, session: Session) -> None:
        self._calls = calls
        self._session = session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.aclose()

    async def ensure_token(self, min_seconds: float = 0.0) -> None:
        """Fetch or renew the token unless it lives for `min_seconds` more."""
        await self._session.tokens.fresh(min_seconds)

    async def renew_token(self) -> None:
        """Replace the token that was last sent."""
        token = self._session.tokens.current
        if token is not None:
            await self._session.tokens.renew(token)

    async def list_templates(
        self, organization_id: str, *, within: float | None = None, alone: bool = False
    ) -> tuple[ListedTemplate, ...]:
        """Every template listed for the organization, sorted by id. Never empty for a failure."""
        call = self._calls.list_templates(organization_id)
        return parse_list(call, await self._session.read(call, within, alone=alone))

    async def get_template(
        self, organization_id: str, template_id: str, *, within: float | None = None
    ) -> LiveTemplate:
        """The template with this id."""
        call = self._calls.get_template(organization_id, template_id)
        return parse_template(call, await self._session.read(call, within), template_id)

    async def create_template(self, organization_id: str, new: NewTemplate) -> CreateAnswer:
        """One POST on a new connection; see `TemplateApi.create_template`."""
        call = self._calls.create_template(organization_id, new)
        session = self._session
        token = session.tokens.current or await session.tokens.fresh()
        try:
            answer = await session.send_alone(call, token)
        except ServerError as error:
            return classify_failure(error)
        return classify_answer(call, answer, now=session.timing.now(), hide=session.hide)

    async def owns_template(self, organization_id: str, template_id: str) -> bool | None:
        """Whether the template belongs to the organization, by a PATCH that names only the organization.

        Platform v1.7 then writes nothing (no preset, no form given) and answers 200 for a template of the organization, 500 with
        `OrganizationId does not match` for one of Airbyte's defaults or somebody else's. It needs the administrator's role.
        """
        answer = await self._session.ask_once(self._calls.ownership(organization_id, template_id))
        if answer.status == 200:
            return True
        problem = read_problem(answer.body)
        foreign = (
            answer.status == 500 and problem is not None and "OrganizationId does not match" in problem.text
        )
        return False if foreign else None
