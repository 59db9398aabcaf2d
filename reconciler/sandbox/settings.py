"""How a sandbox is set up. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reconciler.connectors.catalogue import Catalogue, builtin_catalogue, names_destination
from reconciler.model.target import SANDBOX_ORGANIZATION_ID
from reconciler.model.template import Connector
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

Role = Literal["none", "reader", "editor", "admin", "instance-admin"]
"""What the application's user may do. All but the last hold in `organizations` only, and only where a request names one of them.
An instance admin, the first user of a self-managed Airbyte, may do everything without naming any.
"""

DESTINATIONS = {
    "a7bcc9d8-13b3-4e49-b80d-d020b90045e3": "End-to-End Testing (/dev/null)",
    "22f6c74f-5699-40ff-833c-4a879ea40133": "BigQuery",
    "4816b78f-1489-44c1-9060-4b19d5fa9362": "S3",
    "716ca874-520b-4902-9f80-9fad66754b89": "S3 Data Lake",
}
"""Names of the destination definitions that every sandbox knows, by id."""


@dataclass(frozen=True)
class AgentSettings:
    """How the Agent API behaves where nobody outside knows, or where it changed.

    `shape`: 2026-07 is the contract as it was last seen. 2026-05 has no `runtime_mode` and no `supports_context_store`, and
    `auth_tooltip` is a text. `older` has GET `templates/sources/global` and the endpoints of tags, which `tags` adds to the others.
    `errors`: the contract's `{message, errors}`, or FastAPI's `{detail}`, which the vendor's pages show. `patch`: whether an object
    replaces the stored one or is merged into it. `nulls`: whether a null in a PATCH is ignored or clears. `secrets`: how values at
    `airbyte_secret` places of a destination's configuration come back. `unique_names`: a taken name is refused. `mixed_list`: the list
    holds Airbyte's own templates too. `throttle_every`: every Nth request is answered 429. None: none is.
    """

    shape: Literal["2026-07", "2026-05", "older"] = "2026-07"
    errors: Literal["message", "detail"] = "message"
    patch: Literal["replace", "merge"] = "replace"
    nulls: Literal["ignore", "clear"] = "ignore"
    secrets: Literal["clear", "masked", "omitted"] = "clear"
    tags: bool = False
    unique_names: bool = False
    mixed_list: bool = False
    throttle_every: int | None = None


@dataclass(frozen=True)
class SandboxSettings:
    """How a sandbox is set up: who may do what, and which definitions misbehave.

    `connectors` are the definitions that it knows, told apart by their repositories. A source without a specification has no default
    version. `tombstoned` and `without_icon` are definition ids: creating a template of such a definition fails after the row is stored,
    as on the real server. `destinations` are more definitions that connection templates may name.
    """

    organizations: tuple[str, ...] = (SANDBOX_ORGANIZATION_ID,)
    client_id: str = DEFAULT_CLIENT_ID
    client_secret: str = field(default=DEFAULT_CLIENT_SECRET, repr=False)
    role: Role = "admin"
    entitled: bool = True
    moved: bool = False
    token_lifetime_seconds: int = 15 * 60
    latency_seconds: float = 0.0
    connectors: Catalogue = field(default_factory=builtin_catalogue)
    tombstoned: frozenset[str] = frozenset()
    without_icon: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset(DESTINATIONS)
    agents: AgentSettings = AgentSettings()

    def source(self, identity: str) -> Connector | None:
        """The source definition of this id."""
        found = self.connectors.resolve(identity)
        return None if found is None or names_destination(found.repository or "") else found

    def destination(self, identity: str) -> Connector | None:
        """The destination definition of this id. One that is not in `connectors` has no specification."""
        found = self.connectors.resolve(identity)
        if found is None and identity in self.destinations:
            return Connector(identity, name=DESTINATIONS.get(identity))
        return found if found is not None and names_destination(found.repository or "") else None
