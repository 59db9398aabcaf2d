"""Servers for the client's tests: a small Airbyte in the same process, and raw sockets that misbehave on the wire."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from factories import ORGANIZATION

from reconciler.airbyte.client import Client
from reconciler.http.exchange import Timing

# A certificate of localhost until 2120, its own authority, made for these tests; its key protects nothing.
_CERTIFICATE = (
    "MIIBdzCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEy"
    "MDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC+WmtT6e+ygHoNu"
    "ymC01Huzs0WllNzxofNpsbXWt+OwuYvv+MqcNomSK/MJZVMQghZDjxteWuD2utUbHACIHE6jXjBcMBoGA1UdEQQTMBGCCWxv"
    "Y2FsaG9zdIcEfwAAATAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUFW1XH5nmPtXOF7+pkszF"
    "FG48SiIwCgYIKoZIzj0EAwIDSAAwRQIhAPTKiKRl9wnB3DFRfnm4kOCI6k5wxfbRXdq0iE/LFDdNAiBHw8/O2VzQh3Puagvg"
    "m4oAySjyxXfDZOYUUWXSyoWyjQ=="
)
_KEY = (
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOKuuFARAXRwada/f9GYZuuj+OMNl6uxNryMQDycZJSihRANC"
    "AAQvlprU+nvsoB6DbspgtNR7s7NFpZTc8aHzabG11rfjsLmL7/jKnDaJkivzCWVTEIIWQ48bXlrg9rrVGxwAiBxO"
)

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
SECRET = "s3cret-of-the-application"


@dataclass(frozen=True)
class Seen:
    """One request as it reached the server; header names as they were spelled."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


@dataclass
class Reply:
    """An answer that a test puts in front of the ordinary one."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


def problem(status: int, message: str | None = None, **members: Any) -> Reply:
    """A problem document as the platform sends it: unset members are null."""
    document = {
        "status": status,
        "type": "about:blank",
        "title": "t",
        "detail": "d",
        "documentationUrl": None,
    }
    return Reply(status, {**document, "data": message and {"message": message}, **members})


MOVED = problem(301, type="error:embedded/endpoint-moved", title="Airbyte Embedded Endpoint Moved")


class Airbyte:
    """The public dialect's rules in a few lines: tokens, one organization's templates, answers queued by a test first.

    `queued` maps `token`, `list`, `get`, `create` and `patch` to replies that are given, once each, before the ordinary ones.
    """

    def __init__(self) -> None:
        self.templates: dict[str, dict[str, Any]] = {}
        self.seen: list[Seen] = []
        self.queued: dict[str, deque[Reply]] = defaultdict(deque)
        self.tokens: list[str] = []
        self.valid: set[str] = set()
        self.expires_in: float = 900
        self.connections = 0

    def add(self, template_id: str, **members: Any) -> None:
        self.templates[template_id] = {
            "id": template_id,
            "name": "Sample Data",
            "icon": "https://example.com/i.svg",
            "sourceDefinitionId": FAKER_ID,
            "configTemplateSpec": {"connectionSpecification": {"type": "object"}},
            "partialDefaultConfig": {"seed": 1},
            **members,
        }

    def transport(self) -> httpx.AsyncBaseTransport:
        """A new "connection" to this server."""
        self.connections += 1
        return httpx.ASGITransport(app=self)

    @property
    def log(self) -> list[str]:
        return [str(seen) for seen in self.seen]

    def count(self, method: str, part: str) -> int:
        return sum(1 for seen in self.seen if seen.method == method and part in seen.target)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        query = scope["query_string"].decode()
        path = scope["path"] + (f"?{query}" if query else "")
        headers = tuple((name.decode(), value.decode()) for name, value in scope["headers"])
        reply = self.answer(Seen(scope["method"], path, headers, body))
        raw = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        raw.append((b"content-length", str(len(reply.data)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": reply.data})

    def answer(self, seen: Seen) -> Reply:
        self.seen.append(seen)
        kind = self._kind(seen)
        if self.queued[kind]:
            return self.queued[kind].popleft()
        if kind == "token":
            return self._issue()
        if (seen.header("authorization") or "").removeprefix("Bearer ") not in self.valid:
            return Reply(401, {"message": "Unauthorized"})
        return self._ordinary(kind, seen)

    def _kind(self, seen: Seen) -> str:
        if seen.target.endswith("/applications/token"):
            return "token"
        if seen.method != "GET":
            return {"POST": "create", "PATCH": "patch"}[seen.method]
        return "list" if "organizationId=" in seen.target else "get"

    def _issue(self) -> Reply:
        token = f"token-{len(self.tokens) + 1}"
        self.tokens.append(token)
        self.valid = {*self.valid, token}
        return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in})

    def _ordinary(self, kind: str, seen: Seen) -> Reply:
        if kind == "list":
            items = [{key: t[key] for key in ("id", "name", "icon")} for t in self.templates.values()]
            return Reply(200, {"data": items})
        if kind == "create":
            created = f"20000000-0000-4000-8000-{len(self.templates):012d}"
            self.add(created, partialDefaultConfig=seen.json["partialDefaultConfig"])
            return Reply(200, {"id": created})
        found = self.templates.get(seen.target.rpartition("/")[2])
        if kind == "patch":
            same = found is not None and seen.json == {"organizationId": ORGANIZATION}
            return Reply(200, {"id": found["id"]}) if found and same else problem(500, "No value present")
        return Reply(200, found) if found is not None else problem(500, "No value present")


class Clock:
    """Time that passes only when somebody sleeps, and chance that is always the same."""

    def __init__(self) -> None:
        self.elapsed = 5000.0
        self.date = 1_800_000_000.0
        self.slept: list[float] = []
        self.timing = Timing(
            monotonic=lambda: self.elapsed, now=lambda: self.date, sleep=self.sleep, chance=lambda: 0.5
        )

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds
        self.date += seconds


Connect = Callable[..., Client]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """A server on a free port of the loopback interface that does what `handler` does; gives the port."""
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await handler(reader, writer)
        finally:
            writer.transport.abort()
            running.discard(task)

    server = await asyncio.start_server(handle, host, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)


async def read_request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head (without the blank line) and body of the next request on a connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head[:-4], await reader.readexactly(length)


def ok(body: bytes, *headers: bytes) -> bytes:
    """A 200 answer with a length."""
    lines = (b"HTTP/1.1 200 OK", b"content-length: %d" % len(body), *headers, b"", body)
    return b"\r\n".join(lines)


@dataclass(frozen=True)
class Certificate:
    """localhost's certificate as a file that SSL_CERT_FILE can name, and a context to serve with it."""

    file: Path
    context: ssl.SSLContext


def make_certificate(folder: Path) -> Certificate:
    """Writes the files into `folder`."""
    chain, authority = folder / "chain.pem", folder / "authority.pem"
    authority.write_text(_pem("CERTIFICATE", _CERTIFICATE))
    chain.write_text(_pem("PRIVATE KEY", _KEY) + _pem("CERTIFICATE", _CERTIFICATE))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    return Certificate(authority, context)


def _pem(kind: str, text: str) -> str:
    return (
        f"-----BEGIN {kind}-----\n{base64.encodebytes(base64.b64decode(text)).decode()}-----END {kind}-----\n"
    )
