"""One HTTP exchange with GitHub: a request out, a whole answer in, within a deadline and a size. Retries and follows nothing.

Texts of errors are our own: those of HTTP libraries may quote header values, and one of those is the token.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from reconciler.errors import Unreachable
from reconciler.github.refusals import unusable
from reconciler.github.request import Answer, Request

MAX_BODY = 32 * 1024 * 1024
"""Bytes: a page of 100 comments of 65,536 characters each, in their longest spelling."""

_HELP = "check the network and GITHUB_API_URL (HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured)"


def _chance() -> float:
    """0 <= x < 1; spreads retries, protects nothing."""
    return random.random()  # noqa: S311


@dataclass(frozen=True)
class Timing:
    """Clocks, sleep and chance, replaced in tests; and the deadlines in seconds.

    `answer_seconds` covers one whole exchange, `patience_seconds` everything that waiting for GitHub may cost in one run:
    afterwards nothing is tried again.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = _chance
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0
    patience_seconds: float = 150.0


async def exchange(
    http: httpx.AsyncClient, request: Request, outgoing: httpx.Request, timing: Timing
) -> Answer:
    """The complete answer, whatever its status.

    Raises Unreachable (with `sent` False only when the connection was never made) and UnusableAnswer.
    """
    try:
        async with asyncio.timeout(timing.answer_seconds):
            response = await http.send(outgoing, stream=True, follow_redirects=False)
            try:
                return await _whole(request, response)
            finally:
                await response.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError):
        raise _lost(request, f"no connection to {outgoing.url.host}", sent=False) from None
    except TimeoutError:
        raise _lost(request, f"no complete answer within {timing.answer_seconds:g} s", sent=True) from None
    except (httpx.TransportError, OSError):
        # Not chained: the text of a protocol error may quote a header.
        raise _lost(request, "the connection broke before the answer was complete", sent=True) from None


async def _whole(request: Request, response: httpx.Response) -> Answer:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        # A small compressed answer may unpack to gigabytes; none was asked for.
        raise unusable(request, "it is compressed, which was not asked for", status=response.status_code)
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_BODY:
            raise unusable(request, f"it is larger than {MAX_BODY // 2**20} MiB", status=response.status_code)
        parts.append(part)
    return Answer(response.status_code, response.headers, b"".join(parts))


def _lost(request: Request, what: str, *, sent: bool) -> Unreachable:
    return Unreachable(f"{request}: {what}", method=request.method, path=request.path, sent=sent, help=_HELP)
