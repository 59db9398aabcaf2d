"""A registry of the tests' own, and a server that hands it out, or misbehaves, on a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from reconciler.connectors.registry.registry import ConnectorEntry, ConnectorType
from reconciler.model.json_value import JsonObject

CRM_ID = "00000000-0000-4000-8000-0000000000c1"
FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
POSTGRES_ID = "00000000-0000-4000-8000-0000000000d5"

Behaviour = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


def specification(required: tuple[str, ...] = (), **properties: Any) -> JsonObject:
    """A specification with these fields."""
    return {
        "connectionSpecification": {
            "type": "object",
            "required": list(required),
            "properties": dict(properties),
        }
    }


def source(repository: str = "airbyte/source-crm", **changes: Any) -> dict[str, Any]:
    """A source as a registry describes it."""
    return {
        "sourceDefinitionId": CRM_ID,
        "dockerRepository": repository,
        "dockerImageTag": "1.0.0",
        "name": "Crm",
        "tombstone": False,
        "supportLevel": "community",
        "spec": specification(),
        **changes,
    }


def destination(repository: str = "airbyte/destination-postgres", **changes: Any) -> dict[str, Any]:
    """A destination as a registry describes it."""
    base = source(repository, name="Postgres", destinationDefinitionId=POSTGRES_ID)
    del base["sourceDefinitionId"]
    return {**base, **changes}


def registry(*sources: Any, destinations: Any = ()) -> dict[str, Any]:
    """The file of a registry."""
    return {"sources": list(sources or (source(),)), "destinations": list(destinations)}


def body_of(*sources: Any) -> bytes:
    """The same as bytes."""
    return json.dumps(registry(*sources)).encode()


def entry(repository: str = "airbyte/source-crm", **changes: Any) -> ConnectorEntry:
    """A connector as a lock holds it."""
    facts: dict[str, Any] = {
        "id": CRM_ID,
        "type": ConnectorType.SOURCE,
        "repository": repository,
        "name": "Crm",
        "version": "1.0.0",
        "specification": specification(),
    }
    return ConnectorEntry(**{**facts, **changes})


@dataclass(frozen=True)
class Request:
    """What reached the server; header names in lower case."""

    line: str
    headers: dict[str, str]


@dataclass
class RegistryServer:
    """Answers every request as `behave` says, each on its own connection, and remembers the requests."""

    behave: Behaviour
    seen: list[Request] = field(default_factory=list)
    port: int = 0
    _ready: Event = field(default_factory=Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _done: asyncio.Event | None = None
    _thread: Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/registry.json"

    def start(self) -> None:
        self._thread = Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """From now on nobody answers at this port."""
        if self._loop is not None and self._done is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._done.set)
            self._thread.join()
            self._loop = None

    async def _run(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._done.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.split(":", 1) for line in head[1:] if line)
            self.seen.append(Request(head[0], {key.lower(): value.strip() for key, value in pairs}))
            await self.behave(self.seen[-1], writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer; header names with `_` for `-`."""
    lines = [f"HTTP/1.1 {status} Any", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def saying(data: bytes) -> Behaviour:
    """Always this."""

    async def behave(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return behave


def tagged(body: Callable[[], bytes], tag: Callable[[], str]) -> Behaviour:
    """As a registry with ETags does: 304 for whoever has this version."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.headers.get("if-none-match") == tag():
            writer.write(answer(304, etag=tag()))
        else:
            writer.write(answer(200, body(), etag=tag()))

    return behave
