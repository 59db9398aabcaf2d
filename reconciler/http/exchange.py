"""One HTTP exchange: a request out, a whole answer in, within a deadline and a size. Retries nothing, follows nothing.

Every failure becomes one of two errors: `Unreachable` (no complete answer) or `UnusableAnswer` (too large, compressed).
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl

from reconciler.errors import Unreachable
from reconciler.http.connection import NotConnected
from reconciler.http.message import Answer, Incoming, NotHttp, Request
from reconciler.http.network import Network, Transport
from reconciler.model.text import one_line

_NETWORK_HELP = "check the url and the network (HTTPS_PROXY and NO_PROXY are honoured)"
_TLS_HELP = (
    "check the url; the certificate of a private authority goes into the file that SSL_CERT_FILE names"
)
_LATER_HELP = "the server or something before it is slow or broken: start the run again later"


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
        raise _not_connected(network, request, error) from error
    except TimeoutError as error:
        raise _lost(network, request, f"sent no complete answer within {request.seconds:g} s") from error
    except NotHttp:
        raise _lost(network, request, "cut the answer off or did not speak HTTP") from None
    except OSError as error:
        what = "broke the connection before the answer was complete"
        raise _lost(network, request, what) from error


def _not_connected(network: Network, request: Request, error: NotConnected) -> Unreachable:
    reason, help_text = (error.reason, _NETWORK_HELP) if error.reason else connect_reason(error)
    via = f" through the proxy {network.proxy}" if network.proxy else ""
    return Unreachable(
        f"{request}: no connection to {network.authority}{via}: {reason}",
        method=request.method,
        path=request.path,
        sent=False,
        help=help_text,
    )


def _lost(network: Network, request: Request, what: str) -> Unreachable:
    message = f"{request}: {network.authority} {what}"
    return Unreachable(message, method=request.method, path=request.path, sent=True, help=_LATER_HELP)


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
        if cause is None or any(cause is known for known in found):
            continue
        found.append(cause)
        inner = cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
        waiting += [*inner, cause.__cause__ or cause.__context__]
    return found
