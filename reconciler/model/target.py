"""Where a run points: one environment of the project, with the environment variables applied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Api(StrEnum):
    """Which server answers: the public dialect over HTTP, or the local sandbox that speaks it too."""

    PUBLIC = "public"
    SANDBOX = "sandbox"


SANDBOX_URL = "http://sandbox.invalid/v1"
"""Base URL of the sandbox in this process. Nothing is ever looked up under this name (RFC 2606)."""

SANDBOX_ORGANIZATION_ID = "00000000-0000-4000-8000-000000000001"
"""The organization that a sandbox has when none is configured."""

ALL_CAPABILITIES = ("list", "get", "create", "update", "delete")


@dataclass(frozen=True)
class Target:
    """One environment, resolved. `settle_seconds` is how long an unclear create is looked for. `apply_branches` are globs of the
    branches that a pipeline may create for. None: the default branch.
    """

    environment: str
    api: Api
    url: str
    organization_id: str
    max_creates: int = 10
    settle_seconds: float = 60.0
    unmanaged: frozenset[str] = frozenset()
    apply_branches: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ("list", "get", "create")
