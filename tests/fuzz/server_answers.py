"""Answers that no Airbyte gives, as bytes on a real socket: broken JSON, broken HTTP, hostile headers, or none of it in order."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

from fuzz import hostile_values as hostile

ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"
CONNECTOR = "dfd88b22-b603-4c3d-aad7-3701784586b1"
TEMPLATE = "10000000-0000-4000-8000-000000000001"
SECRET = "s3cret-of-the-application"
TOKEN = "token-of-this-run-0123456789"

SOUND: dict[str, Any] = {
    "token": {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 900},
    "list": {"data": [{"id": TEMPLATE, "name": "Sample Data", "icon": "https://example.com/i.svg"}]},
    "get": {
        "id": TEMPLATE,
        "name": "Sample Data",
        "icon": "https://example.com/i.svg",
        "sourceDefinitionId": CONNECTOR,
        "configTemplateSpec": {
            "connectionSpecification": {
                "type": "object",
                "title": "T",
                "properties": {"a": {"type": "string"}},
            }
        },
        "partialDefaultConfig": {"seed": 1, "password": "hush-hush"},
    },
    "create": {"id": "20000000-0000-4000-8000-000000000002"},
}
PROBLEM = {"status": 422, "type": "about:blank", "title": "t", "detail": "d", "data": {"message": "m"}}

_STATUSES = (
    200,
    201,
    202,
    204,
    206,
    299,
    301,
    302,
    307,
    400,
    401,
    403,
    404,
    409,
    422,
    429,
    500,
    502,
    503,
    504,
    600,
    999,
)
_HEADERS = (
    b"retry-after: 0", b"retry-after: 59", b"retry-after: 99999999999999999999",
    b"retry-after: Wed, 21 Oct 2015 07:28:00 GMT", b"retry-after: \xff",
    b"retry-after: -1", b"retry-after: nan", b"retry-after: 1e999", b"location: http://evil.example/",
    b"location: //\x1b[31m", b"location: http://[",
    b'link: <x>; rel="next"', b"content-type: text/html", b"content-type: \xff\xfe", b"set-cookie: a=b",
    b"content-encoding: gzip", b"content-encoding: br, gzip",
    b"transfer-encoding: gzip, chunked", b"content-length: -1", b"content-length: 9999999999999999999999",
    b"connection: upgrade", b"x: " + b"y" * 70_000,
    b"x-total-count: 400", b"content-range: items 0-9/400", b"date: nonsense", b": empty", b"no colon at all",
    b" folded", b"a\x00b: c", b"x: \x1b[2J\x07",
)  # fmt: skip


def body(rng: Random, kind: str) -> bytes:
    """A body that may still be what was asked for, and mostly is not."""
    sound = SOUND[kind] if rng.random() < 0.8 else PROBLEM
    form = rng.randrange(12)
    if form < 5:
        return json.dumps(hostile.mutated_json(rng, sound, rng.randrange(1, 4))).encode(
            "utf-8", "surrogatepass"
        )
    if form == 5:
        return json.dumps(sound).encode()
    if form == 6:
        return rng.choice(
            (
                b"",
                b"null",
                b"[]",
                b"{}",
                b'"x"',
                b"1",
                b"<html>\x1b[31m</html>",
                b"\xff\xfe{",
                b"{" * 5_000,
                b"[" * 100_000,
                b"\xef\xbb\xbf{}",
            )
        )
    if form == 7:
        text = json.dumps({**sound, "x": 0})
        odd = rng.choice(
            (
                "9" * 5_000,
                "-" + "9" * 399,
                "1e400",
                "NaN",
                "-Infinity",
                "1e-400",
                "0.1e+5",
                '"\\ud800"',
                '{"a": 1, "a": 2}',
                "[[" * 80 + "]]" * 80,
            )
        )
        return text.replace('"x": 0', f'"x": {odd}').encode()
    if form == 8:
        return gzip.compress(b"[" + b" " * 1_000_000 + b"]")
    if form == 9:
        return json.dumps(sound).encode(rng.choice(("utf-16", "utf-32", "utf-8-sig")))
    if form == 10:
        data = json.dumps(sound).encode()
        at = rng.randrange(len(data))
        return rng.choice(
            (data[:at], data[at:], data + data, data[:at] + bytes([rng.randrange(256)]) + data[at:])
        )
    return b" " * rng.choice((70_000, 4 * 1024 * 1024 + 1))


def answer(rng: Random, kind: str) -> bytes:
    """A whole HTTP answer, or something like it."""
    data = body(rng, kind)
    status = 200 if rng.random() < 0.7 else rng.choice(_STATUSES)
    lines = [b"HTTP/1.1 %d %s" % (status, rng.choice((b"OK", b"", b"\x1b[31mRed", b"No \xff")))]
    lines += [rng.choice(_HEADERS) for _ in range(rng.choice((0, 0, 0, 1, 3)))]
    if rng.random() < 0.02:
        lines += [b"h%d: x" % number for number in range(3_000)]
    framing = rng.randrange(10)
    if framing < 6:
        lines.append(
            b"content-length: %d" % (len(data) if framing < 5 else len(data) + rng.choice((-1, 1, 50)))
        )
    elif framing < 8:
        lines.append(b"transfer-encoding: chunked")
        data = b"%x\r\n%s\r\n" % (len(data), data) + (
            b"0\r\n\r\n" if framing == 6 else rng.choice((b"", b"zz\r\n", b"ffffffffffffffffff\r\n"))
        )
    raw = b"\r\n".join([*lines, b"", data])
    if rng.random() < 0.1:
        at = rng.randrange(min(len(raw), 400))
        raw = rng.choice(
            (
                raw[:at],
                raw[:at] + bytes(rng.randrange(256) for _ in range(4)) + raw[at:],
                bytes(rng.randrange(256) for _ in range(60)),
                b"",
            )
        )
    return raw


def sound_answer(kind: str) -> bytes:
    data = json.dumps(SOUND[kind]).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
        len(data),
        data,
    )


def kind_of(head: bytes) -> str:
    """Which endpoint a request is for."""
    method, target, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
    if target.endswith(b"/applications/token"):
        return "token"
    if method == b"POST":
        return "create"
    return "list" if b"organizationId=" in target else "get"


class AnswerServer:
    """Answers each request with what `script` says for its endpoint, and hangs up. Notes what it was asked."""

    def __init__(self) -> None:
        self.script: Callable[[str], bytes] = sound_answer
        self.log: list[str] = []

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serves on a free port of the loopback interface; gives the base url."""
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [
                line.partition(b":")[2]
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ]
            await reader.readexactly(int(lengths[0]) if lengths else 0)
            kind = kind_of(head)
            self.log.append(kind)
            writer.write(self.script(kind))
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
