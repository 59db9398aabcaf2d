"""One kept-alive HTTP/1.1 connection straight to a server, on asyncio and h11, the parser that httpx uses too.

Why not httpx's own transport: `benchmarks/http_client.py` measures 0.3 ms of CPU for a GET here and 0.9 to 1.1 ms there, which
would be as much as all the rest of a plan of 10,000 templates. Loading httpx would add 0.09 s to every plan.

Must not follow or repeat anything, and has no deadline but the one for connecting: the exchange around it has.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from typing import Any, cast

import h11

from reconciler.http.message import MAX_HEAD, Incoming, NotHttp, Request

MAX_IDLE = 4.0
"""Seconds after which an idle connection is not used again: common servers close theirs after five."""


class NotConnected(Exception):
    """Proved: no byte of the request left this machine. `reason` is in our own words where the cause does not say it."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class Connection:
    """At most one connection, one exchange at a time. Opened when needed, opened anew after any trouble."""

    def __init__(
        self, host: str, port: int, *, tls: ssl.SSLContext | None, authority: str, connect_seconds: float
    ) -> None:
        self._place = (host, port)
        self._tls = tls
        self._authority = authority
        self._connect_seconds = connect_seconds
        self._wire: _Wire | None = None

    async def send(self, request: Request, incoming: Incoming) -> None:
        """One exchange. Raises NotConnected, NotHttp, OSError, and what `incoming` refuses."""
        wire = self._wire
        if wire is None or not wire.is_reusable:
            await self.aclose()
            wire = self._wire = await self._connect()
        try:
            wire.send(request, self._authority)
            await wire.receive(incoming)
        except BaseException:
            wire.abort()
            raise
        wire.release()

    async def _connect(self) -> _Wire:
        host, port = self._place
        # An address needs no race between addresses. One that is cancelled at its end leaves a socket open (Python 3.11).
        is_address = ":" in host or host.replace(".", "").isdigit()
        delay = None if is_address else 0.25
        try:
            async with asyncio.timeout(self._connect_seconds):
                loop = asyncio.get_running_loop()
                _, wire = await loop.create_connection(
                    _Wire, host, port, ssl=self._tls, happy_eyeballs_delay=delay
                )
        except TimeoutError as error:
            raise NotConnected(f"none within {self._connect_seconds:g} s") from error
        except (OSError, UnicodeError) as error:
            raise NotConnected from error
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

    A second answer to the last request that comes after the next one was sent cannot be distinguished from the next answer.
    Requests that must not get such an answer use a connection of their own.
    """

    def __init__(self) -> None:
        self._parser = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._transport = asyncio.Transport()
        self._news: asyncio.Future[None] | None = None
        self._busy = self._lost = False
        self._received = 0
        self._idle_since = 0.0
        self._headers: list[tuple[str, str]] = []
        self._checked: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._busy:
            self._received += len(data)
            self._parser.receive_data(data)
            self._wake()
        else:
            self.abort()

    def eof_received(self) -> None:
        if self._busy:
            self._parser.receive_data(b"")
        self.connection_lost(None)

    def connection_lost(self, _error: Exception | None) -> None:
        self._lost = True
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    @property
    def is_reusable(self) -> bool:
        """Whether a next request may be sent on this connection. Bytes (or an end) that wait in the socket, which the loop had no
        turn to read, answer nothing that was asked: they would be taken for the answer to the next request.
        """
        idle = asyncio.get_running_loop().time() - self._idle_since
        if self._busy or self._lost or idle >= MAX_IDLE:
            return False
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not poll.poll(0)

    def send(self, request: Request, authority: str) -> None:
        """Write head and body at once."""
        self._busy, self._received = True, 0
        headers = [("Host", authority), *request.headers.items()]
        if request.body is not None:
            headers.append(("Content-Length", str(len(request.body))))
        try:
            # Checking the headers of a request is most of the work of sending it, and thousands of them have the same.
            checked = self._checked if headers == self._headers else headers
            head = h11.Request(method=request.method, target=request.target, headers=checked)
            self._headers, self._checked = headers, head.headers
            body = (h11.Data(data=request.body),) if request.body else ()
            events = (head, *body, h11.EndOfMessage())
            data = b"".join(self._parser.send(event) or b"" for event in events)
        except (h11.LocalProtocolError, UnicodeError):
            # Not chained: h11 quotes the header that it refuses, and one of them is the token.
            raise NotHttp from None
        self._transport.write(data)

    async def receive(self, incoming: Incoming) -> None:
        """The whole answer. Interim ones (1xx) are passed over, and count for the size of the head.

        h11's own limit is for heads that are not whole yet: one that comes in a single read would pass it.
        """
        is_head = True
        while True:
            event = await self._next_event()
            if is_head and self._received - len(self._parser.trailing_data[0]) > MAX_HEAD:
                raise NotHttp
            if isinstance(event, h11.Response):
                incoming.head(event.status_code, event.headers, event.reason)
                is_head = False
            elif isinstance(event, h11.Data):
                incoming.data(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return

    async def _next_event(self) -> object:
        while True:
            try:
                event = self._parser.next_event()
            except h11.RemoteProtocolError:
                raise NotHttp from None
            if event is not h11.NEED_DATA:
                return event
            if self._lost:
                raise ConnectionResetError
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
        """Close at once. Nothing is flushed."""
        self._lost = True
        self._transport.abort()
