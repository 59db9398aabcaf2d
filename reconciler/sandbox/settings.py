"""How a sandbox is set up: who may do what, and which definitions misbehave. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.catalogue import Catalogue
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_ORGANIZATION_ID

Role = Literal["instance-admin", "admin", "editor", "reader", "none"]
"""What the application's user may do. All but the first hold in `organizations` only, and only where a
request names one in the `X-Airbyte-Organization-Id` header or in a JSON body. An instance admin (the first
user of a self-managed Airbyte) may do everything without naming any.
"""

_DESTINATIONS = frozenset(
    {
        "a7bcc9d8-13b3-4e49-b80d-d020b90045e3",  # End-to-End Testing (/dev/null)
        "22f6c74f-5699-40ff-833c-4a879ea40133",  # BigQuery
        "4816b78f-1489-44c1-9060-4b19d5fa9362",  # S3
        "716ca874-520b-4902-9f80-9fad66754b89",  # S3 Data Lake
    }
)


@dataclass(frozen=True)
class SandboxSettings:
    """One sandbox. `connectors` are the source definitions it knows; one without a specification has no
    default version.

    `tombstoned` and `without_icon` are definition ids; creating a template of such a definition fails after
    the row is stored, as on the real server. `destinations` are the destination definitions that connection
    templates may name.
    """

    organizations: tuple[str, ...] = (DEFAULT_ORGANIZATION_ID,)
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
    destinations: frozenset[str] = _DESTINATIONS
