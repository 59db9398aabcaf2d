"""Questions of `doctor`: is the server there, does it know us, does it still have the public dialect, is a
template ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.airbyte.api import TemplateApi
from reconciler.airbyte.refusals import read_problem
from reconciler.errors import (
    CredentialsError,
    EndpointMoved,
    ReconcilerError,
    RefusedByServer,
    ServerError,
    Unreachable,
)

if TYPE_CHECKING:
    from reconciler.airbyte.public import PublicApi


class Standing(StrEnum):
    """What one list request says about an organization's dialect (platform v1.7 to v2.0; removed in April
    2026).
    """

    PUBLIC = "public"
    MOVED = "moved"
    REMOVED = "removed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ServerReport:
    """What is known after a token and a list. `templates` is the number listed, None unless the list
    succeeded.

    `logged_in` None means that it could not be found out. `error` is what stopped the questions, None when
    nothing did.
    """

    reachable: bool
    logged_in: bool | None
    standing: Standing
    templates: int | None = None
    error: ReconcilerError | None = None


async def which_dialect(api: TemplateApi, organization_id: str) -> ServerReport:
    """One token and one list. Raises nothing for trouble with server or credentials: that is the report."""
    try:
        await api.ensure_token()
    except CredentialsError as error:
        return ServerReport(reachable=True, logged_in=False, standing=Standing.UNKNOWN, error=error)
    except ServerError as error:
        reachable = not isinstance(error, Unreachable)
        return ServerReport(reachable=reachable, logged_in=None, standing=Standing.UNKNOWN, error=error)
    return await _ask_list(api, organization_id)


async def _ask_list(api: TemplateApi, organization_id: str) -> ServerReport:
    try:
        listed = await api.list_templates(organization_id)
    except CredentialsError as error:
        return ServerReport(reachable=True, logged_in=False, standing=Standing.UNKNOWN, error=error)
    except RefusedByServer as error:
        return ServerReport(reachable=True, logged_in=True, standing=_standing_of(error), error=error)
    except ServerError as error:
        reachable = not isinstance(error, Unreachable)
        return ServerReport(reachable=reachable, logged_in=None, standing=Standing.UNKNOWN, error=error)
    return ServerReport(reachable=True, logged_in=True, standing=Standing.PUBLIC, templates=len(listed))


def _standing_of(error: RefusedByServer) -> Standing:
    if isinstance(error, EndpointMoved):
        return Standing.MOVED
    return {403: Standing.FORBIDDEN, 404: Standing.REMOVED}.get(error.status or 0, Standing.UNKNOWN)


async def owns_template(api: PublicApi, organization_id: str, template_id: str) -> bool | None:
    """Whether the template belongs to the organization; None when the server does not say.

    Sends a PATCH that names only the organization. Platform v1.7 then writes nothing (no preset, no form
    given) and answers 200 for a template of the organization, 500 with `OrganizationId does not match` for
    one of Airbyte's defaults or somebody else's. It needs the administrator's role; still a PATCH, so it is
    sent only when a person asks for it. Raises `ServerError` and `CredentialsError` as a read does.
    """
    answer = await api.send_once(api.routes.ownership(organization_id, template_id))
    if answer.status == 200:
        return True
    problem = read_problem(answer.body)
    foreign = answer.status == 500 and problem is not None and "OrganizationId does not match" in problem.text
    return False if foreign else None
