"""A caller of the tests' own Agent API that sends what it wants: real HTTP through the sockets of the faulty server."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from agents.agent_place import FAKER, POSTGRES, agent_proxy, agent_server
from agents.agent_server import AgentServer
from agents.agent_ways import CLIENT_ID, CLIENT_SECRET
from attack.fault_proxy import FaultProxy, in_a_thread


@dataclass
class Caller:
    """`call` sends JSON with a token; `server` is what it reached."""

    server: AgentServer
    proxy: FaultProxy
    client: httpx.Client

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        options |= {} if body is None else {"json": body}
        return self.client.request(method, f"integrations/templates/{path}", **options)

    def source(self, **members: Any) -> Any:
        """A source template that was created with these members."""
        body = {"actor_definition_id": FAKER, "partial_default_config": {}, **members}
        answer = self("POST", "sources", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def connection(self, **members: Any) -> Any:
        """A connection template of a destination of the user's own, created with these members."""
        body = {
            "destination_name": "Warehouse",
            "destination_definition_id": POSTGRES,
            "destination_config": {},
        }
        answer = self("POST", "connections", body | members)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def called() -> Iterator[Callable[..., Caller]]:
    """Starts a server with some switches, and logs in."""
    with contextlib.ExitStack() as stack:
        yield lambda **ways: _started(stack, ways)


def _started(stack: contextlib.ExitStack, ways: dict[str, Any]) -> Caller:
    server = agent_server(**ways)
    proxy = agent_proxy(server)
    url = stack.enter_context(in_a_thread(proxy))
    client = stack.enter_context(httpx.Client(base_url=url, timeout=5, trust_env=False))
    body = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    token = client.post("account/applications/token", json=body).json()["access_token"]
    client.headers["authorization"] = f"Bearer {token}"
    return Caller(server, proxy, client)
