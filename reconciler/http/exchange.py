"""One HTTP exchange: a request out, a whole answer in, within a deadline and a size limit. Retries of reads are here too.

Follows nothing. Every failure becomes one of two errors: `Unreachable` (no complete answer) or `UnusableAnswer` (too large,
compressed). A create of a template is never sent again.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from reconciler.errors import RefusedByServer, ServerError, Unreachable
from reconciler.http.connection import NotConnected
from reconciler.http.message import LONGEST_WAIT, Answer, Incoming, NotHttp, Request
from reconciler.http.network import Network, Transport
from reconciler.model.text import one_line

Result = TypeVar("Result")

MAX_RETRIES = 4
BASE_SECONDS = 0.5
CAP_SECONDS = 8.0

_NETWORK_HELP = "check the url and the network (HTTPS_PROXY and NO_PROXY are honoured)"
_TLS_HELP = (
    "check the url; the certificate of a private authority goes into the file that SSL_CERT_FILE names"
)
_LATER_HELP = "the server or something before it is slow or broken: start the run again later"


@dataclass(frozen=True)
class Timing:
    """Deadlines in seconds. Clocks, sleep and chance (0 <= x < 1) can be replaced in tests.

    `monotonic` measures elapsed time, `now` is seconds since 1970 and only read to understand dates that the server names.
    `token`, `read` and `create` cover a whole exchange from connecting to the last byte. `connect` is the part of it before the
    first byte may be sent, and well below the others: then a late connection is always proved unsent. `retry_budget` is the
    total wait for GitHub in one run.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    connect_seconds: float = 10.0
    token_seconds: float = 15.0
    read_seconds: float = 30.0
    create_seconds: float = 60.0
    retry_budget_seconds: float = 150.0


async def exchange(network: Network, transport: Transport, request: Request) -> Answer:
    """The complete answer to one request, whatever its status.

    Raises Unreachable (with `sent` False only when the connection was never made) and UnusableAnswer.
    """
    incoming = Incoming(request)
    try:
        async with asyncio.timeout(request.seconds):
            await transport.send(request, incoming)
        return incoming.answer()
    except NotConnected as error:
        reason, way = (error.reason, _NETWORK_HELP) if error.reason else connect_reason(error)
        via = f" through the proxy {network.proxy}" if network.proxy else ""
        text = f"no connection to {network.authority}{via}: {reason}"
        raise _unreachable(request, text, way, sent=False) from error
    except TimeoutError as error:
        text = f"{network.authority} sent no complete answer within {request.seconds:g} s"
        raise _unreachable(request, text) from error
    except NotHttp:
        text = f"{network.authority} cut the answer off or did not speak HTTP"
        raise _unreachable(request, text) from None
    except OSError as error:
        text = f"{network.authority} broke the connection before the answer was complete"
        raise _unreachable(request, text) from error


def _unreachable(request: Request, text: str, way: str = _LATER_HELP, *, sent: bool = True) -> Unreachable:
    return Unreachable(f"{request}: {text}", method=request.method, path=request.path, sent=sent, help=way)


def connect_reason(error: BaseException) -> tuple[str, str]:
    """Why there is no connection, in our own words, and what to do: found among the causes that libraries wrapped."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({one_line(cause.verify_message, 200)})", _TLS_HELP
        if isinstance(cause, ssl.SSLError):
            return "the TLS handshake failed", _TLS_HELP
        if isinstance(cause, socket.gaierror | UnicodeError):
            return "the name cannot be resolved", _NETWORK_HELP
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused", _NETWORK_HELP
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno).lower(), _NETWORK_HELP
    return "the connection failed", _NETWORK_HELP


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and everything it was raised from or holds, outermost first, each once."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is not None and not any(cause is known for known in found):
            found.append(cause)
            inner = cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
            waiting += [*inner, cause.__cause__ or cause.__context__]
    return found


def may_pass(error: ServerError) -> bool:
    """Whether the same read can succeed a moment later. 500 is also the answer to bad input, hence the low number of tries."""
    status = error.status or 0
    refused = isinstance(error, RefusedByServer) and (status in (408, 429) or status >= 500)
    return isinstance(error, Unreachable) or refused


def wait_before_retry(
    error: ServerError,
    retries: int,
    chance: float,
    *,
    passes: Callable[[ServerError], bool] = may_pass,
    longest: float = LONGEST_WAIT,
) -> float | None:
    """Seconds to wait before the next try, None when there is to be none.

    `retries` counts the retries already made. Full jitter: a random part of `0.5 * 2**retries` seconds, at most 8. A wait that
    the server asks for is kept. One beyond `longest` ends the tries.
    """
    if retries >= MAX_RETRIES or not passes(error):
        return None
    backoff = chance * min(CAP_SECONDS, BASE_SECONDS * 2.0**retries)
    asked = (error.retry_after if isinstance(error, RefusedByServer) else None) or 0.0
    return max(asked, backoff) if asked <= longest else None


async def with_retries(
    attempt: Callable[[], Awaitable[Result]],
    timing: Timing,
    *,
    until: Callable[[], float] = lambda: math.inf,
    passes: Callable[[ServerError], bool] = may_pass,
    longest: float = LONGEST_WAIT,
) -> Result:
    """The result of the first try that succeeds. Raises the last try's error, which then says how many there were. No try
    begins at `until()` (on the monotonic clock) or later.
    """
    retries = 0
    while True:
        try:
            return await attempt()
        except ServerError as error:
            wait = wait_before_retry(error, retries, timing.chance(), passes=passes, longest=longest)
            if wait is None or timing.monotonic() + wait >= until():
                if retries:
                    error.message = f"{error.message} (tried {retries + 1} times)"
                    error.args = (error.message,)
                raise
        retries += 1
        await timing.sleep(wait)
