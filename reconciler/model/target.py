"""Where a run points: one environment of the project, with the environment variables applied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Api(StrEnum):
    """Where an environment points: a server that speaks one dialect, or the local sandbox, which speaks either."""

    PUBLIC = "public"
    AGENTS = "agents"
    SANDBOX = "sandbox"


class Dialect(StrEnum):
    """Which API is spoken: `config_templates` of a self-managed platform, or the Agent API at api.airbyte.ai."""

    PUBLIC = "public"
    AGENTS = "agents"


class Policy(StrEnum):
    """What an apply may do to templates that exist: nothing, or change what has drifted."""

    CREATE_ONLY = "create-only"
    CREATE_UPDATE = "create-update"


SANDBOX_URL = "http://sandbox.invalid/v1"
SANDBOX_URLS = {Dialect.PUBLIC: SANDBOX_URL, Dialect.AGENTS: "http://sandbox.invalid/api/v1"}
"""Base URLs of the sandbox in this process. Nothing is ever looked up under this name (RFC 2606)."""

SANDBOX_ORGANIZATION_ID = "00000000-0000-4000-8000-000000000001"
"""The organization that a sandbox has when none is configured."""

ALL_CAPABILITIES = ("list", "get", "create", "update", "delete")
CAPABILITIES = {
    Dialect.PUBLIC: ("list", "get", "create"),
    Dialect.AGENTS: ("list", "get", "create", "update", "delete"),
}
"""What each API can do. What a run may do of it is the policy's business, and nothing is ever deleted. The public PATCH is no update
in this sense: it never infers a form again and cannot change it back (platform v1.7).
"""


@dataclass(frozen=True)
class Target:
    """One environment, resolved. `settle_seconds` is how long an unclear create is looked for. `apply_branches` are globs of the
    branches that a pipeline may create for. None: the default branch. `dialect` is what the server speaks, which `api` alone does
    not say of a sandbox. `can_tag` says whether the server has requests that change tags, None as long as it was not asked. `originals` are
    the ids of templates that manifests clone and the server knows, each with its connector's id. None as long as it was not asked.
    """

    environment: str
    api: Api
    url: str
    organization_id: str
    max_creates: int = 10
    settle_seconds: float = 60.0
    unmanaged: frozenset[str] = frozenset()
    apply_branches: tuple[str, ...] = ()
    dialect: Dialect = Dialect.PUBLIC
    policy: Policy = Policy.CREATE_ONLY
    can_tag: bool | None = None
    originals: tuple[tuple[str, str], ...] | None = None

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What the server's API can do, in the order of `ALL_CAPABILITIES`."""
        return CAPABILITIES[self.dialect]
