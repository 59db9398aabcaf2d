"""A server whose every exchange can go wrong at the socket: in front, whole HTTP requests and the faults of a
schedule; behind, the sandbox's own application and its ledger.

It speaks just enough HTTP/1.1 itself, so that nothing repairs what a fault breaks. Its account (`seen`) says what
reached it, and what the sandbox was given. It must not know the client.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from attack.attack_faults import ALL_KINDS, CREATE, GET, LIST, TOKEN, Answer, Fault, Kind, items, plain

DRIP_SECONDS = 0.02


@dataclass
class Seen:
    """One request that reached this server, whole or (`whole` False) torn off. `kind` is the fault it met, "" without, and for one that
    changed nothing.
    """

    run: int
    route: str
    nth: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    kind: str = ""
    whole: bool = True
    connection: int = 0
    status: int | None = None


def route_of(method: str, target: str) -> str:
    """Which of the client's four requests this is."""
    path = target.partition("?")[0]
    if path.endswith("/applications/token"):
        return TOKEN
    if path.endswith("/config_templates/sources"):
        return LIST if method == "GET" else CREATE
    return GET


@dataclass
class FaultProxy:
    """`faults` and `run` may be set between runs; `on_signal` is told "stop" or "kill" by the faults of that name.

    `watch` is called with every whole request before anything is done with it, in a thread: it may wait. `every_list`,
    once the run's first `lists_before` lists are answered, is sent in place of every other. `route` says which of the client's requests
    one is, by its method and target. `base` is the path of the base url.
    """

    app: Any
    ids: Callable[[], frozenset[str]]
    faults: list[Fault] = field(default_factory=list)
    run: int = 0
    on_signal: Callable[[str], None] = lambda _signal: None
    watch: Callable[[Seen], Any] | None = None
    every_list: bytes | None = None
    lists_before: int = 0
    route: Callable[[str, str], str] = route_of
    base: str = "/v1"
    seen: list[Seen] = field(default_factory=list)
    _numbers: Counter[tuple[int, str]] = field(default_factory=Counter)
    _hidden: dict[str, int] = field(default_factory=dict)
    _late: list[list[Any]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _connections: int = 0

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serves on a free port; gives the base url."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{self.base}"
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.sleep(0)

    async def flush(self) -> None:
        """What the server still holds back (late creates, lists that lag) comes to an end."""
        self._hidden.clear()
        while self._late:
            await self._ask(self._late.pop(0)[0])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        try:
            while await self._exchange(reader, writer, number):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> bool:
        """One request and what becomes of it; whether the connection may be used again."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = tuple((n.strip(), v.strip()) for n, _, v in (line.partition(":") for line in head[1:-2]))
        length = int(next((v for n, v in headers if n.lower() == "content-length"), "0"))
        route = self.route(method, target)
        seen = Seen(
            self.run,
            route,
            self._numbers[self.run, route],
            method,
            target,
            headers,
            b"",
            connection=connection,
        )
        self._numbers[self.run, route] += 1
        fault = next(
            (f for f in self.faults if (f.run, f.route, f.nth) == (seen.run, seen.route, seen.nth)), None
        )
        seen.kind = fault.kind if fault else ""
        if fault is not None and ALL_KINDS[fault.kind].how == "torn" and length:
            seen.whole = False
            self.seen.append(seen)
            await reader.readexactly(length // 2)
            _reset(writer)
            return False
        seen.body = await reader.readexactly(length)
        self.seen.append(seen)
        if self.watch is not None:
            await asyncio.to_thread(self.watch, seen)
        if route == LIST:
            await self._one_list_later()
            if self.every_list is not None and seen.nth >= self.lists_before:
                await _send(writer, self.every_list)
                return False
        if fault is None:
            await _send(writer, (await self._ask(seen)).data())
            return True
        return await self._misbehave(ALL_KINDS[fault.kind], fault, seen, reader, writer)

    async def _misbehave(
        self,
        kind: Kind,
        fault: Fault,
        seen: Seen,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        before = self.ids()
        answer = await self._ask(seen) if kind.serves else plain(200)(Answer(200, (), b""), 0)
        if kind.lags:
            self._hidden.update(dict.fromkeys(self.ids() - before, fault.amount))
        match kind.how:
            case "close":
                writer.close()
            case "reset" | "torn":
                _reset(writer)
            case "hang":
                await reader.read()
            case "late":
                self._late.append([seen, fault.amount])
                await reader.read()
            case "stop" | "kill":
                self.on_signal(kind.how)
                await reader.read()
            case _:
                return await self._answered(kind, fault, seen, answer, before, writer)
        return False

    async def _answered(
        self,
        kind: Kind,
        fault: Fault,
        seen: Seen,
        answer: Answer,
        before: frozenset[str],
        writer: asyncio.StreamWriter,
    ) -> bool:
        if kind.how == "replayed":
            await self._ask(seen)
        if kind.how == "foreign" and before:
            answer = plain(200, {"id": sorted(before)[fault.amount % len(before)]})(answer, 0)
        if kind.how == "stop-answer":
            self.on_signal("stop")
        if kind.how == "stop-inside":
            half = len(answer.head()) + len(answer.body) // 2
            await _send(writer, answer.data()[:half])
            self.on_signal("stop")
            await asyncio.sleep(DRIP_SECONDS)
            await _send(writer, answer.data()[half:])
            return True
        if kind.how == "delay":
            await asyncio.sleep(DRIP_SECONDS)
        data = kind.spell(kind.edit(answer, fault.amount), fault.amount)
        if kind.how == "answer" and data == answer.data():
            seen.kind = ""
        if kind.how in ("drip", "drip-slowly"):
            size = max(1, len(data) // (4 if kind.how == "drip" else 60))
            for start in range(0, len(data), size):
                await _send(writer, data[start : start + size])
                await asyncio.sleep(DRIP_SECONDS / 10 if kind.how == "drip" else DRIP_SECONDS)
            return True
        await _send(writer, data)
        if kind.how == "cut":
            writer.close()
        return kind.how != "cut"

    async def _one_list_later(self) -> None:
        for waiting in list(self._late):
            waiting[1] -= 1
            if waiting[1] <= 0:
                self._late.remove(waiting)
                await self._ask(waiting[0])

    async def _ask(self, seen: Seen) -> Answer:
        """The sandbox's answer; lists without what is hidden."""
        request = httpx.Request(
            seen.method, f"http://sandbox.invalid{seen.target}", headers=list(seen.headers), content=seen.body
        )
        response = await httpx.ASGITransport(app=self.app).handle_async_request(request)
        body = await response.aread()
        seen.status = response.status_code
        kept = tuple((k, v) for k, v in response.headers.multi_items() if k.lower() != "content-length")
        answer = Answer(response.status_code, kept, body)
        if seen.route != LIST or not self._hidden:
            return answer
        hidden = {i for i, lists in self._hidden.items() if lists > 0}
        self._hidden = {i: lists - 1 for i, lists in self._hidden.items() if lists > 1}
        return edited_list(answer, hidden)


def edited_list(answer: Answer, hidden: Iterable[str]) -> Answer:
    """The list without these ids."""
    return items(lambda found, _chance: [i for i in found if i["id"] not in set(hidden)])(answer, 0)


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def in_a_thread(proxy: FaultProxy) -> Iterator[str]:
    """The proxy in a loop of its own, for clients that are processes; gives the base url."""
    ready = threading.Event()
    running: list[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        async with proxy.listening() as url:
            running.append((url, asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    url, loop, ended = running[0]
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(20)
