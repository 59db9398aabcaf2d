"""One kept-alive HTTP/1.1 connection as an httpx transport, for reads that go straight to the server.

Why not httpx's own transport: its connection pool and its two layers of locks and cancel scopes cost four to
eight times the CPU of the HTTP itself (measured: 0.6 to 1.3 ms a GET against 0.15), which is what bounds a
plan of 1,000 templates. The parser is the same one (h11), the bytes on the wire are the same, and what fails
raises the same httpx exceptions, without foreign text in them.

Must not be used for creates or through proxies, follows nothing, repeats nothing, and has no deadline but the
one for connecting: the exchange around it has.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import AsyncIterator, Iterator
from typing import cast

import h11
import httpx

MAX_HEAD = 64 * 1024
"""Bytes of status line and headers, interim answers included. The parser's own limit is for heads that are not whole yet: one
that comes in a single read would pass it.
"""

MAX_IDLE = 4.0
"""Seconds after which an idle connection is not used again: common servers close theirs after five."""

_H11Event = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]


class KeptAliveTransport(httpx.AsyncBaseTransport):
    """At most one connection, one exchange at a time; opened when needed, reopened after any trouble."""

    def __init__(self, *, ssl_context: ssl.SSLContext | None, connect_seconds: float) -> None:
        self._ssl_context = ssl_context
        self._connect_seconds = connect_seconds
        self._wire: _Wire | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request with a small body; the answer's body is read from the returned stream."""
        wire = self._wire
        if wire is None or not wire.is_reusable:
            await self.aclose()
            wire = self._wire = await self._connect(request.url)
        try:
            wire.send(request)
            head = await wire.response_head()
        except BaseException:
            wire.abort()
            raise
        return httpx.Response(head.status_code, headers=head.headers.raw_items(), stream=_Body(wire))

    async def _connect(self, url: httpx.URL) -> _Wire:
        secure, host = url.scheme == "https", url.raw_host.decode("ascii")
        # An address needs no race between addresses; one that is cancelled at its end leaves a socket open (Python 3.11).
        is_address = ":" in host or host.replace(".", "").isdigit()
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, wire = await asyncio.get_running_loop().create_connection(
                    _Wire,
                    host,
                    url.port or (443 if secure else 80),
                    ssl=(self._ssl_context or True) if secure else None,
                    happy_eyeballs_delay=None if is_address else 0.25,
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("not connected in time") from error
        except OSError as error:
            raise httpx.ConnectError("not connected") from error
        return wire

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        if self._wire is not None:
            self._wire.abort()
            self._wire = None
            # One turn of the loop, in which the socket is really closed.
            await asyncio.sleep(0)


class _Wire(asyncio.Protocol):
    """A socket and its parser. Whatever arrives while no answer is awaited makes the connection unusable.

    A second answer to the last request that comes after the next one was sent cannot be told from that one's: what must
    not be such an answer is asked for on a connection of its own.
    """

    def __init__(self) -> None:
        self._parser = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._transport: asyncio.Transport | None = None
        self._news: asyncio.Future[None] | None = None
        self._busy = False
        self._lost = False
        self._received = 0
        self._idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._busy:
            self.abort()
            return
        self._received += len(data)
        self._parser.receive_data(data)
        self._wake()

    def eof_received(self) -> None:
        if self._busy:
            self._parser.receive_data(b"")
            self._wake()
        self._lost = True

    def connection_lost(self, _error: Exception | None) -> None:
        self._lost = True
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    @property
    def is_reusable(self) -> bool:
        """Whether a next request may be sent on this connection."""
        idle = asyncio.get_running_loop().time() - self._idle_since
        return not self._busy and not self._lost and idle < MAX_IDLE and not self._is_readable()

    def _is_readable(self) -> bool:
        """Whether bytes (or an end) wait in the socket that the loop had no turn to read: they answer nothing that was
        asked, and would be taken for the answer to the next request.
        """
        socket = self._transport.get_extra_info("socket") if self._transport is not None else None
        if socket is None or socket.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(socket.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def send(self, request: httpx.Request) -> None:
        """Write head and body at once."""
        self._busy, self._received = True, 0
        try:
            data = b"".join(self._parser.send(event) or b"" for event in _events(request))
        except h11.LocalProtocolError:
            # Not chained: h11 quotes the header that it refuses, and one of them is the token.
            raise httpx.LocalProtocolError("the request cannot be written as HTTP") from None
        if self._transport is not None:
            self._transport.write(data)

    async def response_head(self) -> h11.Response:
        """The answer's head; interim ones (1xx) are passed over. Raises httpx's RemoteProtocolError above `MAX_HEAD`."""
        while True:
            event = await self.next_event()
            if self._received - len(self._parser.trailing_data[0]) > MAX_HEAD:
                raise httpx.RemoteProtocolError("the head of the answer is too large")
            if isinstance(event, h11.Response):
                return event

    async def next_event(self) -> _H11Event:
        """The next parsed event, waiting for bytes as long as it takes. Raises httpx's ReadError or
        RemoteProtocolError.
        """
        while True:
            try:
                event = self._parser.next_event()
            except h11.RemoteProtocolError:
                # Not chained: h11 quotes the offending bytes, which may hold a header's value.
                raise httpx.RemoteProtocolError("the answer is cut off or is not HTTP") from None
            if event is not h11.NEED_DATA:
                return event
            if self._lost:
                raise httpx.ReadError("the connection is gone")
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    def release(self) -> None:
        """End of an exchange: ready for the next only when both sides are done and nothing is left over."""
        parser = self._parser
        done = parser.our_state is h11.DONE and parser.their_state is h11.DONE
        if not done or parser.trailing_data[0] or self._lost:
            self.abort()
            return
        parser.start_next_cycle()
        self._busy = False
        self._idle_since = asyncio.get_running_loop().time()

    def abort(self) -> None:
        """Close at once; nothing is flushed."""
        self._lost = True
        if self._transport is not None:
            self._transport.abort()


def _events(request: httpx.Request) -> Iterator[h11.Event]:
    yield h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
    if request.content:
        yield h11.Data(data=request.content)
    yield h11.EndOfMessage()


def check_head(response: httpx.Response) -> None:
    """Raises httpx's RemoteProtocolError for a head above `MAX_HEAD`, whichever transport read it. Counted as it would be
    written without needless white space: bytes that a parser drops are not known any more.
    """
    reason = response.extensions.get("reason_phrase", b"")
    size = len(b"HTTP/1.1 200 \r\n\r\n") + len(reason)
    size += sum(len(name) + len(value) + len(b": \r\n") for name, value in response.headers.raw)
    if size > MAX_HEAD:
        raise httpx.RemoteProtocolError("the head of the answer is too large")


class _Body(httpx.AsyncByteStream):
    """The bytes of one answer's body as they come, not decoded."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        self._open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._wire.next_event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            self._wire.release()
