"""One HTTP exchange: a request out, a whole answer in, within a deadline and a size. Retries nothing, follows
nothing.

Every failure becomes one of two errors: `Unreachable` (no complete answer) or `UnusableAnswer` (too large,
compressed). Their texts are our own: messages of HTTP libraries may quote header values, and one of those is
the token.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from dataclasses import dataclass

import httpx

from reconciler.airbyte.connection import check_head
from reconciler.airbyte.http_answer import Answer
from reconciler.airbyte.refusals import MAX_TEXT
from reconciler.airbyte.routes import Call, Endpoint, Routes
from reconciler.airbyte.shapes import unusable
from reconciler.airbyte.timing import Timing
from reconciler.errors import Unreachable
from reconciler.model.text import one_line

KIB = 1024
MIB = 1024 * KIB

_MAX_BODY = {Endpoint.TOKEN: 64 * KIB, Endpoint.LIST: 16 * MIB}
_MAX_BODY_OTHERS = 4 * MIB
_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress"})
_NETWORK_HELP = "check the url and the network (HTTPS_PROXY and NO_PROXY are honoured)"
_TLS_HELP = (
    "check the url; the certificate of a private authority goes into the file that SSL_CERT_FILE names"
)


@dataclass(frozen=True)
class Exchange:
    """Where requests go and how long they may take."""

    routes: Routes
    timing: Timing
    proxy: str | None = None

    async def send(self, transport: httpx.AsyncBaseTransport, call: Call, headers: httpx.Headers) -> Answer:
        """The complete answer to one request, whatever its status.

        Raises `Unreachable` (with `sent` False only when the connection was never made) and `UnusableAnswer`.
        """
        request = self._request(call, headers)
        try:
            async with asyncio.timeout(self._deadline(call)):
                response = await transport.handle_async_request(request)
                try:
                    check_head(response)
                    return await _whole_answer(call, response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise self._not_connected(call, error) from error
        except TimeoutError as error:
            raise self._lost(call, f"sent no complete answer within {self._deadline(call):g} s") from error
        except httpx.ProtocolError:
            # Not chained: its text may quote a header.
            raise self._lost(call, "cut the answer off or did not speak HTTP") from None
        except (httpx.TransportError, OSError) as error:
            raise self._lost(call, "broke the connection before the answer was complete") from error

    def _request(self, call: Call, headers: httpx.Headers) -> httpx.Request:
        timeouts = {"connect": self.timing.connect_seconds, "pool": self.timing.connect_seconds}
        return httpx.Request(
            call.method,
            self.routes.origin + call.target,
            headers=headers,
            content=call.body,
            extensions={"timeout": timeouts},
        )

    def _deadline(self, call: Call) -> float:
        match call.endpoint:
            case Endpoint.TOKEN:
                return self.timing.token_seconds
            case Endpoint.CREATE:
                return self.timing.create_seconds
            case _:
                return self.timing.read_seconds

    def _not_connected(self, call: Call, error: httpx.TransportError) -> Unreachable:
        if isinstance(error, httpx.ProxyError):
            reason, help_text = f"the proxy {self.proxy} did not let it through", _NETWORK_HELP
        elif isinstance(error, httpx.ConnectTimeout):
            reason, help_text = f"none within {self.timing.connect_seconds:g} s", _NETWORK_HELP
        else:
            reason, help_text = connect_reason(error)
        via = f" through the proxy {self.proxy}" if self.proxy else ""
        return Unreachable(
            f"{call}: no connection to {self.routes.authority}{via}: {reason}",
            method=call.method,
            path=call.path,
            sent=False,
            help=help_text,
        )

    def _lost(self, call: Call, what: str) -> Unreachable:
        return Unreachable(
            f"{call}: {self.routes.authority} {what}",
            method=call.method,
            path=call.path,
            sent=True,
            help="the server or something before it is slow or broken: start the run again later",
        )


async def _whole_answer(call: Call, response: httpx.Response) -> Answer:
    """The body as it came. An encoding is refused before anything is decoded: a small answer may unpack to
    gigabytes.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        # Not the server's own word: a header may hold a token that nobody knows yet.
        how = encoding if encoding in _ENCODINGS else "in a way of its own"
        raise unusable(
            call, f"it is compressed ({how}), which was not asked for", status=response.status_code
        )
    limit = _MAX_BODY.get(call.endpoint, _MAX_BODY_OTHERS)
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > limit:
            raise unusable(call, f"it is larger than {_size(limit)}", status=response.status_code)
        parts.append(part)
    return Answer(response.status_code, response.headers, b"".join(parts))


def _size(limit: int) -> str:
    return f"{limit // MIB} MiB" if limit >= MIB else f"{limit // KIB} KiB"


def connect_reason(error: BaseException) -> tuple[str, str]:
    """Why there is no connection, in our own words, and what to do: found among the causes that libraries
    wrapped.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({one_line(cause.verify_message, MAX_TEXT)})", _TLS_HELP
        if isinstance(cause, ssl.SSLError):
            return "the TLS handshake failed", _TLS_HELP
        if isinstance(cause, socket.gaierror):
            return "the name cannot be resolved", _NETWORK_HELP
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused", _NETWORK_HELP
        if isinstance(cause, OSError) and cause.errno:
            return one_line(os.strerror(cause.errno), MAX_TEXT).lower(), _NETWORK_HELP
    return "the connection failed", _NETWORK_HELP


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and everything it was raised from or holds, outermost first, each once."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or any(cause is known for known in found):
            continue
        found.append(cause)
        inner = cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
        waiting += [*inner, cause.__cause__ or cause.__context__]
    return found
