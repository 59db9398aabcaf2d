"""A sandbox in this process, asked through real httpx, and the few things its tests need over and over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from reconciler.connectors.catalogue import Catalogue, builtin_catalogue
from reconciler.model.target import SANDBOX_ORGANIZATION_ID, SANDBOX_URL
from reconciler.model.template import Connector
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store, open_store

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
CREDENTIALS = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}


@dataclass
class Client:
    """A caller of one sandbox. `headers` go with every request; `login` puts a token there."""

    store: Store
    settings: SandboxSettings
    base_url: str = SANDBOX_URL
    now: float = 1_700_000_000.0
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request through ASGI; `path` is below the base URL unless it is a whole URL."""
        headers = {**self.headers, **options.pop("headers", {})}
        return asyncio.run(self._send(method, path, headers, options))

    async def _send(
        self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]
    ) -> httpx.Response:
        app = create_app(self.store, self.settings, clock=lambda: self.now)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=self.base_url) as client:
            return await client.request(method, path, headers=headers, **options)

    def login(self) -> Client:
        token = self("POST", "/applications/token", json=CREDENTIALS).json()["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"
        self.headers["X-Airbyte-Organization-Id"] = self.settings.organizations[0]
        return self

    def create(self, presets: Any = None, *, connector: str = FAKER_ID, **members: Any) -> httpx.Response:
        body = {
            "organizationId": self.settings.organizations[0],
            "actorDefinitionId": connector,
            "partialDefaultConfig": {} if presets is None else presets,
            **members,
        }
        return self("POST", "/config_templates/sources", json=body)

    def created(self, presets: Any = None, **options: Any) -> str:
        """The id of a template that was just created."""
        answer = self.create(presets, **options)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def read(self, identity: str) -> httpx.Response:
        return self("GET", f"/config_templates/sources/{identity}")

    def listed(self, organization: str | None = None) -> httpx.Response:
        query = {"organizationId": organization or self.settings.organizations[0]}
        return self("GET", "/config_templates/sources", params=query)

    def patch(self, identity: str, **members: Any) -> httpx.Response:
        body = {"organizationId": self.settings.organizations[0], **members}
        return self("PATCH", f"/config_templates/sources/{identity}", json=body)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


@pytest.fixture
def make_client(store: Store) -> Callable[..., Client]:
    """A logged-in client of a sandbox with these settings, over the one state of the test."""

    def make(**settings: Any) -> Client:
        return Client(store, SandboxSettings(**settings)).login()

    return make


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture
def catalogue_with() -> Callable[..., Catalogue]:
    """The built-in catalogue and one more connector, `specification` as given."""

    def make(identity: str, specification: Any, repository: str | None = None) -> Catalogue:
        connector = Connector(identity, repository, None, None, specification)
        return builtin_catalogue().merged(Catalogue([connector]))

    return make


@pytest.fixture
def organization() -> str:
    return SANDBOX_ORGANIZATION_ID
