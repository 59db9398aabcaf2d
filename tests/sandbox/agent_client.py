"""A caller of the sandbox's Agent API, whose every answer is held against the vendor's contract."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import jsonschema
from agents.agent_contract import Request, answer_problems, operation_of
from sandbox.conftest import CREDENTIALS, FAKER_ID
from starlette.applications import Starlette

from reconciler.model.target import SANDBOX_URLS, Dialect
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import AgentSettings, SandboxSettings
from reconciler.sandbox.store import Store

URL = SANDBOX_URLS[Dialect.AGENTS]
DEV_NULL = "a7bcc9d8-13b3-4e49-b80d-d020b90045e3"
HOSTED = {"data_hosting_type": "airbyte_hosted"}
ERROR = {
    "type": "object",
    "required": ["message", "errors"],
    "additionalProperties": False,
    "properties": {
        "message": {"type": "string"},
        "errors": {"items": {"required": ["field", "message", "error_code", "details"], "maxProperties": 4}},
    },
}
"""ApiErrorResponse of the contract, where `{detail}` is not asked for."""


@dataclass
class AgentClient:
    """`headers` go with every request. Paths are below `integrations/templates` unless they begin with a slash."""

    store: Store
    settings: SandboxSettings
    now: float = 1_700_000_000.0
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def app(self) -> Starlette:
        return create_app(self.store, self.settings, clock=lambda: self.now)

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        url = f"{URL}{path}" if path.startswith("/") else f"{URL}/integrations/templates/{path}"
        options |= {} if body is None else {"json": body}
        options["headers"] = {**self.headers, **options.get("headers", {})}
        answer = asyncio.run(self._send(method, url, options))
        self._check(answer)
        return answer

    async def _send(self, method: str, url: str, options: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app)) as client:
            return await client.request(method, url, **options)

    def _check(self, answer: httpx.Response) -> None:
        asked = answer.request
        path = asked.url.raw_path.decode().partition("?")[0]
        path = path.replace("/sources/global", "/sources")  # the same list, in no document any more
        operation = operation_of(Request(asked.method, path, "", {}, b""))
        assert answer.headers["content-type"] == "application/json"
        if answer.status_code == 200:
            assert operation is not None or "/templates/tags/" in path or path == "/api/v1/applications/token"
            assert operation is None or answer_problems(operation, answer.json()) == []
        elif self.settings.agents.errors == "message" and operation is not None:
            assert answer.status_code in {400, 401, 403, 404, 422, 429, 500}
            if answer.json() != {"detail": "Not Found"}:  # FastAPI's own, for a path that is not there
                jsonschema.validate(answer.json(), ERROR)

    def login(self) -> AgentClient:
        token = self("POST", "/account/applications/token", CREDENTIALS).json()["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"
        return self

    def source(self, presets: Any = None, **members: Any) -> Any:
        """A source template that was just created."""
        body = {"actor_definition_id": FAKER_ID, "partial_default_config": presets or {}, **members}
        answer = self("POST", "sources", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def connection(self, config: Any = None, **members: Any) -> Any:
        """A connection template that was just created, with a destination of the user's."""
        body = {
            "destination_name": "W",
            "destination_definition_id": DEV_NULL,
            "destination_config": config or {},
        }
        answer = self("POST", "connections", {**body, **members})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def listed(self, kind: str, **query: Any) -> list[str]:
        """The ids in a list."""
        return [item["id"] for item in self("GET", kind, params=query).json()["data"]]

    def patched(self, path: str, **members: Any) -> Any:
        """A template after a PATCH, as GET shows it."""
        answer = self("PATCH", path, members)
        assert answer.status_code == 200, answer.text
        return self("GET", path).json()


MakeAgent = Callable[..., AgentClient]


def made(store: Store, agents: dict[str, Any], **settings: Any) -> AgentClient:
    """A logged-in caller of a sandbox with these settings."""
    return AgentClient(store, SandboxSettings(agents=AgentSettings(**agents), **settings)).login()
