"""Which transport leads to a server: straight to it, through a proxy, or into a program in the same process.

Each transport holds one connection: a pool that several requests share costs more than the requests above some twenty
connections. A create gets a new one, so that "not connected" proves "not sent".
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import urlsplit

from reconciler.errors import ReconcilerError
from reconciler.http.connection import Connection, NotConnected
from reconciler.http.message import Incoming, NotHttp, Request

if TYPE_CHECKING:
    import httpx

    HttpxFactory: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


class Transport(Protocol):
    """One exchange at a time. `send` raises NotConnected (proved unsent), NotHttp, OSError, and what `incoming` refuses."""

    async def send(self, request: Request, incoming: Incoming) -> None:
        """Send one request and give all of the answer to `incoming`."""
        ...

    async def aclose(self) -> None:
        """Close the connection. Safe to call twice."""
        ...


@dataclass(frozen=True)
class Network:
    """The way to one server: `origin` and `authority` as in its url. `proxy` is host and port of the proxy, "" without. `make`
    opens nothing by itself.
    """

    origin: str
    authority: str
    make: Callable[[], Transport]
    proxy: str = ""


def network_to(url: str, *, connect_seconds: float, in_process: HttpxFactory | None = None) -> Network:
    """The way to the server of an absolute http or https url. HTTPS_PROXY, ALL_PROXY and NO_PROXY are honoured for https. Plain
    http is for this machine only, and a proxy would get its secrets in clear.

    `in_process` makes httpx transports to a server in this process instead. Raises ReconcilerError for a proxy or certificates
    that cannot be used.
    """
    parts = urlsplit(url)
    authority = parts.netloc.rpartition("@")[2]
    origin = f"{parts.scheme}://{authority}"
    if in_process is not None:
        return Network(origin, authority, lambda: _Httpx(in_process(), origin, connect_seconds))
    if parts.scheme == "http":
        tls, proxy = None, ""
    else:
        from urllib.request import getproxies, proxy_bypass

        found = getproxies()
        tls = _tls_context()
        proxy = "" if proxy_bypass(authority) else found.get("https") or found.get("all") or ""
    if proxy:
        return _through_proxy(proxy, origin, authority, tls, connect_seconds)
    host, port = parts.hostname or "", parts.port or (80 if tls is None else 443)

    def direct() -> Transport:
        return Connection(host, port, tls=tls, authority=authority, connect_seconds=connect_seconds)

    return Network(origin, authority, direct)


def _tls_context() -> ssl.SSLContext:
    """Verifies always, TLS 1.2 or later. SSL_CERT_FILE and SSL_CERT_DIR name a private authority."""
    import certifi

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        context = ssl.create_default_context(
            cafile=file or (None if folder else certifi.where()), capath=None if file else folder
        )
    except OSError as error:  # ssl.SSLError among them
        raise ReconcilerError(
            "the certificate authorities could not be loaded",
            help="check the files that SSL_CERT_FILE and SSL_CERT_DIR name",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _through_proxy(
    url: str, origin: str, authority: str, tls: ssl.SSLContext | None, connect_seconds: float
) -> Network:
    import httpx

    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx.InvalidURL):
        proxy = None
    if proxy is None or proxy.url.scheme not in ("http", "https"):
        # The url itself may hold a password.
        raise ReconcilerError(
            f"the proxy for {origin} cannot be used: only http and https proxies are",
            help="check HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY",
        )
    place = proxy.url.netloc.decode("ascii").rpartition("@")[2]

    def tunnelled() -> Transport:
        inner = httpx.AsyncHTTPTransport(verify=tls or True, trust_env=False, proxy=proxy)
        return _Httpx(inner, origin, connect_seconds, place)

    return Network(origin, authority, tunnelled, place)


class _Httpx:
    """A transport of httpx, which knows proxies and servers in this process."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, origin: str, connect_seconds: float, proxy: str = ""
    ) -> None:
        self.aclose = inner.aclose
        self._inner = inner
        self._origin = origin
        self._connect_seconds = connect_seconds
        self._proxy = proxy

    async def send(self, request: Request, incoming: Incoming) -> None:
        """One request over httpx. Raises what httpx raises, in the words of `exchange`."""
        import httpx

        timeouts = {"connect": self._connect_seconds, "pool": self._connect_seconds}
        outgoing = httpx.Request(
            request.method,
            self._origin + request.target,
            headers=dict(request.headers),
            content=request.body,
            extensions={"timeout": timeouts},
        )
        try:
            response = await self._inner.handle_async_request(outgoing)
            try:
                reason = response.extensions.get("reason_phrase", b"")
                incoming.head(response.status_code, response.headers.raw, reason)
                async for part in response.aiter_raw():
                    incoming.data(part)
            finally:
                await response.aclose()
        except httpx.ProxyError as error:
            raise NotConnected(f"the proxy {self._proxy} did not let it through") from error
        except httpx.ConnectTimeout as error:
            raise NotConnected(f"none within {self._connect_seconds:g} s") from error
        except httpx.ConnectError as error:
            raise NotConnected from error
        except httpx.ProtocolError:
            raise NotHttp from None
        except httpx.TransportError as error:
            raise ConnectionResetError from error


class Lanes:
    """At most `count` transports at work. An idle one is used again, the last one used first."""

    def __init__(self, make: Callable[[], Transport], count: int) -> None:
        self._make = make
        self._free = asyncio.Semaphore(count)
        self._idle: list[Transport] = []

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[Transport]:
        """A transport for one exchange. Waits while all are at work."""
        async with self._free:
            transport = self._idle.pop() if self._idle else self._make()
            try:
                yield transport
            finally:
                self._idle.append(transport)

    async def aclose(self) -> None:
        """Close every transport that is idle."""
        while self._idle:
            await self._idle.pop().aclose()
