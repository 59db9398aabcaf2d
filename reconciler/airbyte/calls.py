"""The public dialect's requests: paths, methods and bodies. Pure. Opens nothing.

Paths and bodies are those of the vendor's contract (platform v1.7.0 to v2.0.0): everything lies under one
base url, which ends in `/v1` on Cloud and in `/api/public/v1` on a self-managed platform.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from reconciler.airbyte.api import NewTemplate
from reconciler.errors import ReconcilerError
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid

URL_HELP = "a self-managed platform's API is at <host>/api/public/v1"
NO_TEMPLATES_HELP = (
    "there are no configuration templates at this url. On Airbyte Cloud (api.airbyte.com, also where no url is set) they moved to"
    " api.airbyte.ai, which this version does not speak; a self-managed platform has them from 1.7 to 2.1, and lost them if it was"
    " upgraded to 2.2 or later. Point the environment at a platform that has them, at <host>/api/public/v1, or remove it"
)
"""Cloud dropped the routes in April 2026. The upgrade to 2.2.0 (2026-08-10) drops the tables too, and no upgrade goes back."""


class Endpoint(StrEnum):
    """What a request is for. Deadlines, size limits and next steps differ by it."""

    TOKEN = "token"  # noqa: S105 - a name, not a secret
    LIST = "list"
    GET = "get"
    CREATE = "create"
    OWNERSHIP = "ownership"


@dataclass(frozen=True, slots=True)
class Call:
    """One request without its credentials. `target` is the path on the server, with the query where there is one."""

    endpoint: Endpoint
    method: str
    target: str
    organization_id: str
    body: bytes | None = None

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Calls:
    """The requests under a base url. `origin` is the only place that credentials go to, `prefix` the path without a final slash.
    Ids that are no UUID raise `ReconcilerError`.
    """

    origin: str
    prefix: str

    def token(self, organization_id: str, client_id: str, client_secret: str) -> Call:
        """The exchange of client id and secret for a token.

        The grant is sent under both names: the contract requires `grant_type` and defines `grant-type`.
        """
        body: JsonObject = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
            "grant-type": "client_credentials",
        }
        organization = require_uuid(organization_id)
        return Call(Endpoint.TOKEN, "POST", f"{self.prefix}/applications/token", organization, _encoded(body))

    def list_templates(self, organization_id: str) -> Call:
        """The list of one organization. It has no paging, filter or sort parameter."""
        organization = require_uuid(organization_id)
        return Call(Endpoint.LIST, "GET", f"{self._sources}?organizationId={organization}", organization)

    def get_template(self, organization_id: str, template_id: str) -> Call:
        """One template. Its id is checked before it becomes part of a path."""
        target = f"{self._sources}/{require_uuid(template_id, 'template')}"
        return Call(Endpoint.GET, "GET", target, require_uuid(organization_id))

    def create_template(self, organization_id: str, new: NewTemplate) -> Call:
        """The create. Without a form `partialUserConfigSpec` is left out: an explicit null is a 500."""
        organization = require_uuid(organization_id)
        body: JsonObject = {
            "organizationId": organization,
            "actorDefinitionId": require_uuid(new.connector_id, "connector"),
            "partialDefaultConfig": new.presets,
        }
        if new.form is not None:
            body["partialUserConfigSpec"] = new.form
        return Call(Endpoint.CREATE, "POST", self._sources, organization, _encoded(body))

    def ownership(self, organization_id: str, template_id: str) -> Call:
        """The PATCH that changes nothing: with only the organization in its body the server writes no row."""
        organization = require_uuid(organization_id)
        target = f"{self._sources}/{require_uuid(template_id, 'template')}"
        return Call(
            Endpoint.OWNERSHIP, "PATCH", target, organization, _encoded({"organizationId": organization})
        )

    @property
    def _sources(self) -> str:
        return f"{self.prefix}/config_templates/sources"


def parse_base_url(url: str) -> Calls:
    """The calls under a base url such as `https://api.airbyte.com/v1`.

    Raises `ReconcilerError` for anything but http or https with a host, or with user, password, query or
    fragment in it. The url is not repeated in the message where it could hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ReconcilerError("the API url is not a url", help=URL_HELP) from None
    _check_parts(url, parts, port)
    host = parts.hostname or ""
    authority = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    return Calls(f"{parts.scheme}://{authority}", parts.path.rstrip("/"))


def _check_parts(url: str, parts: SplitResult, port: int | None) -> None:
    if "@" in parts.netloc:
        raise ReconcilerError(
            "the API url holds a user name or password",
            help="remove it: credentials come from AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET",
        )
    if parts.query or parts.fragment:
        raise ReconcilerError("the API url has a query or a fragment", help=URL_HELP)
    usable = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and port != 0
    if not usable or re.fullmatch(r"[!-~]*", url) is None:
        raise ReconcilerError(f"the API url {url!r} is not an http or https address", help=URL_HELP)


def _is_host(host: str) -> bool:
    """Whether the text can be a host name or address. Two libraries must not read two hosts out of it."""
    if re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host) is None:
        return False
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def require_uuid(text: str, what: str = "organization") -> str:
    """The id in lower case. Raises `ReconcilerError` when it is not a UUID: it would become part of a path or a header."""
    if not is_uuid(text):
        raise ReconcilerError(f"the {what} id {text[:80]!r} is not a UUID")
    return text.lower()


def _encoded(body: JsonValue) -> bytes:
    return json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")
