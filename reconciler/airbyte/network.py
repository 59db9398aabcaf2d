"""Which transports a run uses: straight to the server, through a proxy, or into a program in the same
process.

Reads share a few lanes, each with one kept-alive connection of its own: httpx's shared pool collapses above
about twenty connections. A create gets a new transport, so that "not connected" proves "not sent". One TLS
context serves them all, built only for https.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from reconciler.airbyte.connection import KeptAliveTransport
from reconciler.airbyte.routes import Routes
from reconciler.errors import ReconcilerError

TransportFactory: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


@dataclass(frozen=True)
class Network:
    """How to make a transport for a lane of reads, and one for a single create. `proxy` is its host and port,
    None without.
    """

    for_reads: TransportFactory
    for_create: TransportFactory
    proxy: str | None = None


def build_network(routes: Routes, *, connect_seconds: float) -> Network:
    """Transports for the real network. HTTPS_PROXY, ALL_PROXY and NO_PROXY are honoured.

    Raises `ReconcilerError` for a proxy that httpx cannot use.
    """
    context = _tls_context() if routes.scheme == "https" else None
    proxy = _proxy_for(routes)

    # For http an empty context, which trusts nobody, spares reading the authorities.
    verify = context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)

    def ordinary() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits, proxy=proxy, retries=0)

    def kept_alive() -> httpx.AsyncBaseTransport:
        return KeptAliveTransport(ssl_context=context, connect_seconds=connect_seconds)

    if proxy is None:
        return Network(for_reads=kept_alive, for_create=ordinary)
    return Network(for_reads=ordinary, for_create=ordinary, proxy=_place(proxy.url))


def _tls_context() -> ssl.SSLContext:
    """Verifies always, TLS 1.2 or later; SSL_CERT_FILE and SSL_CERT_DIR name a private authority."""
    context = httpx.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _proxy_for(routes: Routes) -> httpx.Proxy | None:
    if routes.scheme == "http":
        # Plain http is for this machine only (see `routes`): a proxy would get the client secret in clear, over the network.
        return None
    found = getproxies()
    url = found.get(routes.scheme) or found.get("all")
    if not url or proxy_bypass(routes.authority):
        return None
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx.InvalidURL):
        proxy = None
    if proxy is None or proxy.url.scheme not in ("http", "https"):
        # The url itself may hold a password.
        raise ReconcilerError(
            f"the proxy for {routes.origin} cannot be used: only http and https proxies are",
            help="check HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY",
        )
    return proxy


def _place(url: httpx.URL) -> str:
    return urlsplit(f"//{url.netloc.decode('ascii')}").netloc.rpartition("@")[2]


class Lanes:
    """At most `count` transports at work; an idle one is used again, the last one used first."""

    def __init__(self, make: TransportFactory, count: int) -> None:
        self._make = make
        self._free = asyncio.Semaphore(count)
        self._idle: list[httpx.AsyncBaseTransport] = []
        self._closed = False

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[httpx.AsyncBaseTransport]:
        """A transport for one exchange; waits while all are at work."""
        async with self._free:
            transport = self._idle.pop() if self._idle else self._make()
            try:
                yield transport
            finally:
                if self._closed:
                    await transport.aclose()
                else:
                    self._idle.append(transport)

    async def aclose(self) -> None:
        """Close every idle transport; those at work close when their exchange ends."""
        self._closed = True
        while self._idle:
            await self._idle.pop().aclose()
