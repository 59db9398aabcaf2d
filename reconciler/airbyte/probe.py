"""Questions of `doctor`: is the server there, does it know us, does it still have the public dialect."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.airbyte.api import TemplateApi
from reconciler.errors import (
    CredentialsError,
    EndpointMoved,
    ReconcilerError,
    RefusedByServer,
    ServerError,
    Unreachable,
)


class Standing(StrEnum):
    """What one list request says about an organization's dialect (platform v1.7 to v2.0; removed in April 2026)."""

    PUBLIC = "public"
    MOVED = "moved"
    REMOVED = "removed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ServerReport:
    """What is known after a token and a list. `templates` is the number listed, None unless the list succeeded.

    `logged_in` None means that it could not be found out. `error` is what stopped the questions, None when nothing did.
    """

    reachable: bool
    logged_in: bool | None
    standing: Standing = Standing.UNKNOWN
    templates: int | None = None
    error: ReconcilerError | None = None


async def which_dialect(api: TemplateApi, organization_id: str) -> ServerReport:
    """One token and one list. Raises nothing for trouble with server or credentials: that is the report."""
    has_token = False
    try:
        await api.ensure_token()
        has_token = True
        listed = await api.list_templates(organization_id)
    except CredentialsError as error:
        return ServerReport(reachable=True, logged_in=False, error=error)
    except ServerError as error:
        if not has_token or not isinstance(error, RefusedByServer):
            return ServerReport(reachable=not isinstance(error, Unreachable), logged_in=None, error=error)
        by_status = {403: Standing.FORBIDDEN, 404: Standing.REMOVED}.get(error.status or 0, Standing.UNKNOWN)
        standing = Standing.MOVED if isinstance(error, EndpointMoved) else by_status
        return ServerReport(reachable=True, logged_in=True, standing=standing, error=error)
    return ServerReport(reachable=True, logged_in=True, standing=Standing.PUBLIC, templates=len(listed))
