"""The tests' own Agent API behind the faulty server's sockets."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from agents.agent_server import AgentServer
from agents.agent_ways import ORGANIZATION, Definition, Ways
from attack.attack_faults import CREATE, GET, LIST, TOKEN, UPDATE
from attack.fault_proxy import FaultProxy, in_a_thread

FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"
STRIPE = "e094cb9a-26de-4645-8761-65c0c425d1de"
POSTGRES = "25c5221d-dce2-4163-ade9-739ef790f503"
DEFINITIONS = {
    FAKER: Definition(FAKER, "Sample Data"),
    STRIPE: Definition(STRIPE, "Stripe"),
    POSTGRES: Definition(POSTGRES, "Postgres"),
}


def agent_server(**ways: object) -> AgentServer:
    """A server without templates, with these switches."""
    return AgentServer(dict(DEFINITIONS), Ways(**ways))  # type: ignore[arg-type]


def agent_route(method: str, target: str) -> str:
    """Which of the client's requests this is. A change of tags is an update, and looking for them is a read."""
    path = target.partition("?")[0]
    if path.endswith("/account/applications/token"):
        return TOKEN
    if method == "GET":
        return LIST if path.endswith(("/templates/sources", "/templates/connections")) else GET
    return CREATE if method == "POST" and path.endswith(("/sources", "/connections")) else UPDATE


def agent_proxy(server: AgentServer) -> FaultProxy:
    """Sockets in front of the server; faults are scheduled there."""
    return FaultProxy(server, lambda: ids_of(server), route=agent_route, base="/api/v1")


def ids_of(server: AgentServer) -> frozenset[str]:
    """The ids of the organization's templates of every kind."""
    return frozenset(row.id for row in server.rows.values() if row.organization == ORGANIZATION)


@contextlib.contextmanager
def served(server: AgentServer) -> Iterator[tuple[FaultProxy, str]]:
    """The server on a port; gives the sockets and the base url. Ends with an error when the contract was broken."""
    proxy = agent_proxy(server)
    with in_a_thread(proxy) as url:
        yield proxy, url
    assert server.violations == []
