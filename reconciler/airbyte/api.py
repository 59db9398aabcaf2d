"""What the other rooms see of a server: one interface for every dialect, and the values it speaks in.

Must not import an HTTP library or know a URL: a plan is made of these values, and tests implement the interface themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from reconciler.errors import ServerError
from reconciler.model.json_value import JsonObject
from reconciler.model.template import SOURCE_TEMPLATE, LiveTemplate


@dataclass(frozen=True, order=True)
class ListedTemplate:
    """One line of the list. `id` is a lower-case UUID. On the public API `name` is the connector's name (templates have none of their own)
    and `connector_id` is not listed (None). The Agent API lists both: `name` is the template's there, and `connector_id` is "" for a
    connection template that Airbyte hosts. `doubt` says why it is not known whether the organization owns it, "" where the list says so.
    """

    id: str
    name: str
    kind: str = SOURCE_TEMPLATE
    connector_id: str | None = None
    doubt: str = ""


@dataclass(frozen=True)
class NewTemplate:
    """What a create sends. `form` None leaves the member out, so that the server infers it (an explicit null is a 500).

    The rest is for the Agent API, and as in `Manifest`. With `clone_of` no presets are sent.
    """

    connector_id: str
    presets: JsonObject = field(hash=False, repr=False)
    form: JsonObject | None = field(default=None, hash=False, repr=False)
    settings: JsonObject = field(default_factory=dict, hash=False, repr=False)
    kind: str = SOURCE_TEMPLATE
    clone_of: str | None = None


@dataclass(frozen=True)
class Created:
    """200 with a UUID: the template exists. `template_id` is lower-case."""

    template_id: str


@dataclass(frozen=True)
class Unsent:
    """Proved: no byte of the request left this machine (refused, DNS, TLS handshake, connect timeout, proxy CONNECT)."""

    error: ServerError


@dataclass(frozen=True)
class Unauthorized:
    """401: refused before processing. One more try with a renewed token is safe."""

    error: ServerError


@dataclass(frozen=True)
class Throttled:
    """429: refused before processing. One more try after `wait_seconds` (0 to 60) is safe. None: the server asks to wait
    longer than a run waits, and sending earlier would be against its word.
    """

    error: ServerError
    wait_seconds: float | None


@dataclass(frozen=True)
class Rejected:
    """A complete refusal: nothing was stored, and the same request would be refused again."""

    error: ServerError


@dataclass(frozen=True)
class Unclear:
    """The template may exist or not: look for it, and never send the request again in this run."""

    error: ServerError


CreateAnswer: TypeAlias = Created | Unsent | Unauthorized | Throttled | Rejected | Unclear


@dataclass(frozen=True)
class Updated:
    """200 to a PATCH. What the server stored is known only once the template is read back."""


UpdateAnswer: TypeAlias = Updated | Unsent | Unauthorized | Throttled | Rejected | Unclear


@dataclass(frozen=True)
class TemplateChange:
    """What an update sends: exactly the members that differ, by their names in a manifest's `spec`, each with its whole new value.

    `propagate` None leaves the member out. The server's default is false.
    """

    template_id: str
    kind: str
    members: JsonObject = field(hash=False, repr=False)
    propagate: bool | None = None


class TemplateApi(Protocol):
    """One server, as plans and applies use it. Organization and template ids are UUIDs. Another text is a `ReconcilerError`.

    Reads raise `ServerError` or `CredentialsError`. `within` is the seconds after which one fails, retries and a new token
    included. None: when the retries are used up.
    """

    async def list_templates(
        self, organization_id: str, *, within: float | None = None, alone: bool = False
    ) -> tuple[ListedTemplate, ...]:
        """Every template of the organization, of every kind, sorted by id, each id once. A failure is never an empty list.

        On the public API Airbyte's defaults are among them, and no list tells them apart. On the Agent API they are left out.

        `alone`: on a new connection, where no late answer to an earlier request can be taken for this one's.
        """
        ...

    async def get_template(
        self,
        organization_id: str,
        template_id: str,
        *,
        kind: str = SOURCE_TEMPLATE,
        within: float | None = None,
    ) -> LiveTemplate:
        """The template with this id."""
        ...

    async def create_template(self, organization_id: str, new: NewTemplate) -> CreateAnswer:
        """One HTTP exchange on a fresh connection, never repeated. Trouble with server or network is a value, not an exception.

        Sends the current token, even an expired one (the server then answers `Unauthorized`). Fetching a new one here would
        make the list before it outdated, so `ensure_token` comes before the list. Without any token one is fetched. That raises
        as a read does, and nothing was sent. After a cancellation the outcome is unclear.
        """
        ...

    async def update_template(self, organization_id: str, change: TemplateChange) -> UpdateAnswer:
        """One PATCH on a fresh connection, never repeated. As `create_template`. A dialect without updates raises `ReconcilerError`."""
        ...

    async def can_tag(self, organization_id: str) -> bool:
        """Whether the server has the endpoints that add and remove tags: found out by a GET. Raises as a read does."""
        ...

    async def change_tag(
        self, organization_id: str, listed: ListedTemplate, tag: str, *, add: bool
    ) -> UpdateAnswer:
        """Add or remove one tag of a template, by one request that is never repeated. As `update_template`."""
        ...

    async def global_templates(self, organization_id: str) -> tuple[ListedTemplate, ...]:
        """Airbyte's own templates, which can be cloned, sorted by id. () where the dialect has none. Raises as a read does."""
        ...

    async def owns_template(self, organization_id: str, template_id: str) -> bool | None:
        """Whether the template belongs to the organization. None when the server does not say. Raises as a read does.

        Sends a request that changes nothing but is a write by its method, so only when a person asks for it.
        """
        ...

    async def ensure_token(self, min_seconds: float = 0.0) -> None:
        """Fetch or renew the token unless it lives for `min_seconds` more. Raises as a read does."""
        ...

    async def renew_token(self) -> None:
        """Replace the token that was last sent, after `Unauthorized`. Raises as a read does."""
        ...

    async def aclose(self) -> None:
        """Close every connection. Safe to call twice."""
        ...
