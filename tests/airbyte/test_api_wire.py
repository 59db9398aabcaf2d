"""The client on real sockets that misbehave: every fault is an error in our own words, and a create is sent once."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from airbyte.airbyte_doubles import FAKER_ID, Certificate, Connect, Handler, ok, read_request, serving
from factories import ORGANIZATION, template_id

from reconciler.airbyte.api import CreateAnswer, Created, NewTemplate, Unclear, Unsent
from reconciler.airbyte.client import Client
from reconciler.airbyte.reading import read_live_state
from reconciler.errors import ServerError, Unreachable, UnusableAnswer
from reconciler.http.connection import Connection
from reconciler.http.message import MAX_HEAD, Incoming, NotHttp, Request

NEW = NewTemplate(FAKER_ID, {"seed": 1})
SOON = {"read_seconds": 0.2, "create_seconds": 0.2}
LIST = "GET /v1/config_templates/sources"
CREATE = "POST /v1/config_templates/sources"
Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter


class Peer:
    """Runs a handler as a server and remembers the requests of all connections."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.connections = 0

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        await self.handler(reader, writer)


def talk(
    handler: Handler,
    api_of: Connect,
    work: Callable[[Client], Awaitable[Any]],
    *,
    tls: Certificate | None = None,
    timing: dict[str, float] | None = None,
) -> tuple[Any, Peer, int]:
    """What `work` gives or raises against a server that does what `handler` does; the server; its port."""
    peer = Peer(handler)

    async def run() -> tuple[Any, Peer, int]:
        async with serving(peer, tls=tls.context if tls else None) as port:
            url = f"https://localhost:{port}/v1" if tls else f"http://127.0.0.1:{port}/v1"
            async with api_of(url, bearer="the-bearer", timing=timing or {}) as api:
                try:
                    return await work(api), peer, port
                except ServerError as error:
                    return error, peer, port

    return asyncio.run(run())


def listing(api: Client) -> Awaitable[Any]:
    return api.list_templates(ORGANIZATION)


def creating(api: Client) -> Awaitable[CreateAnswer]:
    return api.create_template(ORGANIZATION, NEW)


async def both(api: Client) -> Any:
    return await listing(api), await creating(api)


def faulty(behave: Callable[[Writer], Awaitable[None]], *, reads: bool = True) -> Handler:
    """A server that takes the whole request (unless `reads` is false) and then misbehaves."""

    async def handler(reader: Reader, writer: Writer) -> None:
        if reads:
            await read_request(reader)
        await behave(writer)

    return handler


async def close(writer: Writer) -> None:
    writer.close()


async def reset(writer: Writer) -> None:
    raw = writer.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang(_writer: Writer) -> None:
    await asyncio.sleep(30)


def sends(
    *parts: bytes, then: Callable[[Writer], Awaitable[None]] = close
) -> Callable[[Writer], Awaitable[None]]:
    async def behave(writer: Writer) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        await then(writer)

    return behave


async def drip_head(writer: Writer) -> None:
    for _ in range(1000):
        writer.write(b"H" if _ == 0 else b"TTP/1.1 200 OK\r\nx: "[_ : _ + 1] or b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_body(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def endless_headers(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        writer.write(b"x-%d: %s\r\n" % (number, b"y" * 1000))
        await writer.drain()


async def endless_body(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        await writer.drain()


CUT = "cut the answer off or did not speak HTTP"
BROKE = "broke the connection before the answer was complete"
LATE = "sent no complete answer within 0.2 s"
TOO_LARGE = ok(b"", b"x: y").replace(b"content-length: 0", b"content-length: 99999999") + b" " * 5000

LOST = [
    pytest.param(faulty(close, reads=False), (CUT, BROKE), id="closed before the request was read"),
    pytest.param(faulty(close), (CUT,), id="closed after the request was read"),
    pytest.param(faulty(reset), (BROKE,), id="reset after the request was read"),
    pytest.param(faulty(hang), (LATE,), id="no answer"),
    pytest.param(faulty(drip_head), (LATE,), id="head byte by byte"),
    pytest.param(faulty(drip_body), (LATE,), id="body byte by byte"),
    pytest.param(faulty(sends(TOO_LARGE)), (CUT,), id="body cut off"),
    pytest.param(faulty(sends(TOO_LARGE, then=reset)), (CUT, BROKE), id="body reset"),
    pytest.param(
        faulty(sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{")),
        (CUT,),
        id="chunk cut off",
    ),
    pytest.param(faulty(endless_headers), (CUT,), id="endless headers"),
    pytest.param(faulty(sends(b"SSH-2.0-OpenSSH_9.6\r\n")), (CUT,), id="another protocol"),
    pytest.param(faulty(sends(b"HTTP/1.1 200 OK\r\nbad header\x00: x\r\n\r\n")), (CUT,), id="illegal header"),
    pytest.param(faulty(sends(b"HTTP/1.1 100 Continue\r\n\r\n" * 3)), (CUT,), id="interim answers only"),
]


@pytest.mark.parametrize(("handler", "reasons"), LOST)
def test_a_read_without_a_complete_answer_is_tried_again_and_then_unreachable(
    handler: Handler, reasons: tuple[str, ...], api_of: Connect
) -> None:
    error, peer, port = talk(handler, api_of, listing, timing=SOON if LATE in reasons else None)
    assert isinstance(error, Unreachable)
    assert error.message in {f"{LIST}: 127.0.0.1:{port} {reason} (tried 5 times)" for reason in reasons}
    assert error.help == "the server or something before it is slow or broken: start the run again later"
    assert error.sent is True
    assert peer.connections == 5


@pytest.mark.parametrize(("handler", "reasons"), LOST)
def test_a_create_without_a_complete_answer_is_unclear_and_was_sent_once(
    handler: Handler, reasons: tuple[str, ...], api_of: Connect
) -> None:
    answer, peer, port = talk(handler, api_of, creating, timing=SOON if LATE in reasons else None)
    assert isinstance(answer, Unclear)
    possible = (LATE,) if LATE in reasons else (CUT, BROKE)
    assert answer.error.message in {f"{CREATE}: 127.0.0.1:{port} {reason}" for reason in possible}
    assert peer.connections == 1


BODY = json.dumps({"data": []}).encode()
UNUSABLE = [
    pytest.param(
        ok(gzip.compress(BODY), b"content-encoding: gzip"),
        "it is compressed (gzip), which was not asked for",
        id="gzip",
    ),
    pytest.param(
        ok(BODY, b"Content-Encoding: x\x1b[31m"),
        "it is compressed (in a way of its own), which was not asked for",
        id="x",
    ),
    pytest.param(
        ok(b" " * (16 * 1024 * 1024 + 1)), "it is larger than 16 MiB", id="one byte more than a list may have"
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\n\r\n" + BODY[:6], "it is not JSON (from character 2 on)", id="cut at the end"
    ),
    pytest.param(ok(b""), "it is not JSON (from character 1 on)", id="empty"),
]


@pytest.mark.parametrize(("data", "reason"), UNUSABLE)
def test_an_answer_that_cannot_be_trusted_is_not_tried_again(
    data: bytes, reason: str, api_of: Connect
) -> None:
    error, peer, _ = talk(faulty(sends(data)), api_of, listing)
    assert isinstance(error, UnusableAnswer)
    assert error.message == f"{LIST} gave an answer that cannot be used: {reason}"
    assert peer.connections == 1


def test_the_largest_list_is_still_read(api_of: Connect) -> None:
    body = BODY + b" " * (16 * 1024 * 1024 - len(BODY))
    answer, _, _ = talk(faulty(sends(ok(body))), api_of, listing)
    assert answer == ()


def with_head_of(size: int, body: bytes) -> bytes:
    """An answer whose status line and headers, the blank line included, have so many bytes."""
    start = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n" % len(body)
    lines = [b"x-%04d: %s\r\n" % (n, b"y" * 992) for n in range((size - len(start)) // 1002 - 1)]
    rest = size - len(start) - sum(map(len, lines)) - len(b"z: \r\n\r\n")
    return start + b"".join(lines) + b"z: " + b"y" * rest + b"\r\n\r\n" + body


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("work", [listing, creating])
def test_a_head_of_64_kib_is_read_and_one_byte_more_is_refused(
    api_of: Connect, work: Any, at_once: bool
) -> None:
    body = BODY if work is listing else json.dumps({"id": template_id(1)}).encode()

    def answered(size: int) -> Any:
        data = with_head_of(size, body)
        assert data.index(b"\r\n\r\n") + 4 == size
        parts = (data,) if at_once else (data[: size // 2], data[size // 2 :])
        return talk(faulty(sends(*parts)), api_of, work)[0]

    assert answered(MAX_HEAD) in ((), Created(template_id(1)))
    refused = answered(MAX_HEAD + 1)
    error = refused.error if isinstance(refused, Unclear) else refused
    assert isinstance(error, Unreachable)
    assert CUT in error.message


def test_interim_heads_count(api_of: Connect) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: <%s>\r\n\r\n" % (b"x" * 1000)
    room = MAX_HEAD - 10 * len(interim)
    answer, _, _ = talk(faulty(sends(interim * 10 + with_head_of(room, BODY))), api_of, listing)
    assert answer == ()
    error, _, _ = talk(faulty(sends(interim * 10 + with_head_of(room + 1, BODY))), api_of, listing)
    assert isinstance(error, Unreachable)


@pytest.mark.parametrize("work", [listing, creating])
def test_an_endless_body_is_cut_at_the_limit(api_of: Connect, work: Any) -> None:
    result, _, _ = talk(faulty(endless_body), api_of, work)
    error = result.error if isinstance(result, Unclear) else result
    limit = "4 MiB" if work is creating else "16 MiB"
    assert error.message.endswith(f"it is larger than {limit}")


def test_a_compressed_answer_to_a_create_is_unclear(api_of: Connect) -> None:
    data = ok(gzip.compress(json.dumps({"id": template_id(1)}).encode()), b"content-encoding: gzip")
    answer, peer, _ = talk(faulty(sends(data)), api_of, creating)
    assert isinstance(answer, Unclear)
    assert peer.connections == 1


def listens(requests: list[bytes]) -> Handler:
    """A well-behaved server: answers lists and creates on kept-alive connections, notes the heads."""

    async def handler(reader: Reader, writer: Writer) -> None:
        while True:
            head, _ = await read_request(reader)
            requests.append(head)
            body = BODY if head.startswith(b"GET") else json.dumps({"id": template_id(1)}).encode()
            writer.write(ok(body))

    return handler


def test_headers_are_spelled_on_the_wire_as_the_platform_looks_them_up(api_of: Connect) -> None:
    requests: list[bytes] = []

    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        await api.create_template(ORGANIZATION, NEW)

    _, _, port = talk(listens(requests), api_of, work)
    for head in requests:
        lines = head.split(b"\r\n")[1:]
        assert b"X-Airbyte-Organization-Id: " + ORGANIZATION.encode() in lines
        assert b"Authorization: Bearer the-bearer" in lines
        assert b"Accept-Encoding: identity" in lines
        assert f"Host: 127.0.0.1:{port}".encode() in lines
        assert len({line.partition(b":")[0].lower() for line in lines}) == len(lines)
    assert requests[0].startswith(
        f"GET /v1/config_templates/sources?organizationId={ORGANIZATION} HTTP/1.1".encode()
    )


def test_reads_keep_their_connection_and_each_create_opens_its_own(api_of: Connect) -> None:
    async def work(api: Client) -> list[int]:
        counts = []
        for call in (listing, listing, creating, creating, listing):
            await call(api)
            counts.append(peer.connections)
        return counts

    requests: list[bytes] = []
    peer = Peer(listens(requests))
    counts, _, _ = talk(peer, api_of, work)
    assert counts == [1, 1, 2, 3, 3]


def test_an_answer_that_nobody_asked_for_is_never_taken_for_the_next_one(api_of: Connect) -> None:
    forged = ok(json.dumps({"data": [{"id": template_id(9), "name": "forged"}]}).encode())

    async def handler(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(ok(BODY) + forged)
        await asyncio.sleep(30)

    async def late(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(ok(BODY))
        await asyncio.sleep(0.02)
        writer.write(forged)
        await asyncio.sleep(30)

    async def work(api: Client) -> Any:
        first = await api.list_templates(ORGANIZATION)
        await asyncio.sleep(0.05)
        return first, await api.list_templates(ORGANIZATION)

    for behaviour in (handler, late):
        answers, peer, _ = talk(behaviour, api_of, work)
        assert answers == ((), ())
        assert peer.connections == 2


FORGED = ok(json.dumps({"data": [{"id": template_id(9), "name": "forged"}]}).encode())


def test_an_answer_that_waits_unread_in_the_socket_is_not_taken_for_the_next_one(api_of: Connect) -> None:
    """The loop had no turn between its arrival and the next request."""
    writers: list[Writer] = []

    async def handler(reader: Reader, writer: Writer) -> None:
        writers.append(writer)
        while True:
            await read_request(reader)
            writer.write(ok(BODY))

    async def work(api: Client) -> Any:
        await api.list_templates(ORGANIZATION)
        writers[0].write(FORGED)
        return await api.list_templates(ORGANIZATION)

    answer, peer, _ = talk(handler, api_of, work)
    assert (answer, peer.connections) == ((), 2)


@pytest.mark.parametrize("tries", [1, 2])
def test_a_list_asked_for_alone_is_never_a_late_answer_to_an_earlier_request(
    api_of: Connect, tries: int
) -> None:
    """The late answer comes after the next request was begun: on the same connection nobody could tell."""

    async def handler(reader: Reader, writer: Writer) -> None:
        number = peer.connections
        await read_request(reader)
        if 1 < number <= tries:
            return
        writer.write(ok(BODY) if number > 1 else FORGED)
        await reader.read(1)
        writer.write(FORGED)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ok(BODY))

    async def work(api: Client) -> Any:
        await api.list_templates(ORGANIZATION)
        return await api.list_templates(ORGANIZATION, alone=True)

    peer = Peer(handler)
    answer, _, _ = talk(peer, api_of, work)
    assert (answer, peer.connections) == ((), tries + 1)


def test_a_connection_that_the_server_closed_while_idle_is_replaced(api_of: Connect) -> None:
    async def handler(reader: Reader, writer: Writer) -> None:
        await read_request(reader)
        writer.write(ok(BODY, b"x: keep-alive"))

    async def work(api: Client) -> Any:
        await api.list_templates(ORGANIZATION)
        await asyncio.sleep(0.02)
        return await api.list_templates(ORGANIZATION)

    answer, peer, _ = talk(handler, api_of, work)
    assert answer == ()
    assert peer.connections == 2


def test_a_connection_that_was_idle_for_long_is_not_trusted_again(
    api_of: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        monkeypatch.setattr("reconciler.http.connection.MAX_IDLE", 0.0)
        await api.list_templates(ORGANIZATION)

    _, peer, _ = talk(listens([]), api_of, work)
    assert peer.connections == 2


@pytest.mark.parametrize("extra", [b"connection: close", b"x: y"])
def test_a_body_without_length_ends_with_the_connection(api_of: Connect, extra: bytes) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + extra + b"\r\n\r\n" + BODY
    answer, _, _ = talk(faulty(sends(data)), api_of, listing)
    assert answer == ()


def test_interim_answers_are_passed_over(api_of: Connect) -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n" + ok(BODY)
    answer, _, _ = talk(faulty(sends(data)), api_of, listing)
    assert answer == ()


def test_a_chunked_answer_is_read(api_of: Connect) -> None:
    data = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n" + BODY[:5] + b"\r\n"
    data += b"%x\r\n" % len(BODY[5:]) + BODY[5:] + b"\r\n0\r\n\r\n"
    answer, _, _ = talk(faulty(sends(data)), api_of, listing)
    assert answer == ()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def outcome(api: Client, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `work` gives, or the error that it raises."""
    async with api:
        try:
            return await work(api)
        except ServerError as error:
            return error


def outcome_of(api: Client, work: Callable[[Client], Awaitable[Any]]) -> Any:
    return asyncio.run(outcome(api, work))


@pytest.mark.parametrize("work", [listing, creating])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_connection_is_proved_unsent(api_of: Connect, work: Any, scheme: str) -> None:
    port = free_port()
    result = outcome_of(api_of(f"{scheme}://127.0.0.1:{port}/v1", bearer="b"), work)
    message = f"no connection to 127.0.0.1:{port}: connection refused"
    if work is creating:
        assert isinstance(result, Unsent)
        assert result.error.message == f"{CREATE}: {message}"
    else:
        assert (result.message, result.sent) == (f"{LIST}: {message} (tried 5 times)", False)
        assert result.help == "check the url and the network (HTTPS_PROXY and NO_PROXY are honoured)"


@pytest.mark.parametrize("work", [listing, creating])
def test_an_unknown_host_is_proved_unsent(api_of: Connect, work: Any) -> None:
    result = outcome_of(api_of("http://no-such-host.invalid/v1", bearer="b"), work)
    error = result.error if isinstance(result, Unsent) else result
    assert isinstance(error, Unreachable)
    assert ": no connection to no-such-host.invalid: the name cannot be resolved" in error.message
    assert isinstance(error, Unreachable)
    assert error.sent is False


@pytest.fixture
def silent_listener() -> Any:
    """A port whose queue of connections is full: connecting to it takes for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for client in waiting:
            client.close()


@pytest.mark.parametrize("work", [listing, creating])
def test_a_connection_that_takes_too_long_is_proved_unsent(
    silent_listener: int, api_of: Connect, work: Any
) -> None:
    api = api_of(f"http://127.0.0.1:{silent_listener}/v1", bearer="b", timing={"connect_seconds": 0.05})
    result = outcome_of(api, work)
    error = result.error if isinstance(result, Unsent) else result
    assert isinstance(error, Unreachable)
    assert f": no connection to 127.0.0.1:{silent_listener}: none within 0.05 s" in error.message
    assert isinstance(error, Unreachable)
    assert error.sent is False


@pytest.mark.parametrize("work", [listing, creating])
def test_an_untrusted_certificate_is_proved_unsent(
    api_of: Connect, certificate: Certificate, work: Any
) -> None:
    result, _, port = talk(listens([]), api_of, work, tls=certificate)
    error = result.error if isinstance(result, Unsent) else result
    assert isinstance(error, Unreachable)
    reason = f": no connection to localhost:{port}: its certificate is not trusted (self-signed certificate)"
    assert reason in error.message
    assert error.help == (
        "check the url; the certificate of a private authority goes into the file that SSL_CERT_FILE names"
    )


@pytest.mark.parametrize("work", [listing, creating])
def test_a_server_without_tls_behind_https_is_proved_unsent(api_of: Connect, work: Any) -> None:
    async def run() -> Any:
        async with serving(faulty(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), reads=False)) as port:
            return await outcome(api_of(f"https://localhost:{port}/v1", bearer="b"), work)

    result = asyncio.run(run())
    error = result.error if isinstance(result, Unsent) else result
    assert isinstance(error, Unreachable)
    assert isinstance(error, Unreachable)
    assert error.sent is False
    assert "the TLS handshake failed" in error.message or "connection reset by peer" in error.message


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    return certificate


def test_https_works_with_an_authority_that_the_environment_names(
    api_of: Connect, trusted: Certificate
) -> None:
    answers, peer, _ = talk(listens([]), api_of, both, tls=trusted)
    assert answers == ((), Created(template_id(1)))
    assert peer.connections == 2


def test_reads_over_tls_keep_their_connection_too(api_of: Connect, trusted: Certificate) -> None:
    async def work(api: Client) -> None:
        for _ in range(5):
            await api.list_templates(ORGANIZATION)

    _, peer, _ = talk(listens([]), api_of, work, tls=trusted)
    assert peer.connections == 1


@pytest.mark.parametrize("work", [listing, creating])
def test_a_certificate_for_another_host_is_refused(api_of: Connect, trusted: Certificate, work: Any) -> None:
    requests: list[bytes] = []

    async def run() -> Any:
        async with serving(listens(requests), tls=trusted.context, host="127.0.0.2") as port:
            return await outcome(api_of(f"https://127.0.0.2:{port}/v1", bearer="b"), work)

    try:
        result = asyncio.run(run())
    except OSError:
        pytest.skip("this system has one loopback address only")
    error = result.error if isinstance(result, Unsent) else result
    assert "its certificate is not trusted (IP address mismatch" in error.message
    assert isinstance(error, Unreachable)
    assert error.sent is False
    assert requests == []


def test_a_cancelled_create_passes_the_cancellation_on_and_closes_its_connection(api_of: Connect) -> None:
    taken, closed = asyncio.Event(), asyncio.Event()

    async def handler(reader: Reader, _writer: Writer) -> None:
        await read_request(reader)
        taken.set()
        await reader.read()
        closed.set()

    async def work(api: Client) -> str:
        create = asyncio.ensure_future(creating(api))
        await taken.wait()
        create.cancel()
        with pytest.raises(asyncio.CancelledError):
            await create
        await asyncio.wait_for(closed.wait(), 5)
        return "closed"

    async def run() -> str:
        async with serving(handler) as port, api_of(f"http://localhost:{port}/v1", bearer="b") as api:
            return await work(api)

    assert asyncio.run(run()) == "closed"


def test_a_cancelled_read_closes_its_connection_at_once(api_of: Connect) -> None:
    taken, closed = asyncio.Event(), asyncio.Event()

    async def handler(reader: Reader, _writer: Writer) -> None:
        await read_request(reader)
        taken.set()
        await reader.read()
        closed.set()

    async def run() -> None:
        async with serving(handler) as port, api_of(f"http://localhost:{port}/v1", bearer="b") as api:
            read = asyncio.ensure_future(listing(api))
            await taken.wait()
            read.cancel()
            with pytest.raises(asyncio.CancelledError):
                await read
            await asyncio.wait_for(closed.wait(), 5)

    asyncio.run(run())


def test_no_more_reads_are_under_way_than_allowed(api_of: Connect) -> None:
    under_way, most = 0, 0

    async def handler(reader: Reader, writer: Writer) -> None:
        nonlocal under_way, most
        while True:
            await read_request(reader)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.005)
            under_way -= 1
            writer.write(ok(BODY))

    async def run() -> int:
        peer = Peer(handler)
        async with (
            serving(peer) as port,
            api_of(f"http://localhost:{port}/v1", bearer="b", concurrency=3) as api,
        ):
            await asyncio.gather(*(listing(api) for _ in range(12)))
        return peer.connections

    assert asyncio.run(run()) == 3
    assert most == 3


def test_a_cancelled_reading_closes_its_connections_and_leaves_no_task(api_of: Connect) -> None:
    listed = ok(json.dumps({"data": [{"id": template_id(n), "name": "x"} for n in range(5)]}).encode())
    gets = 0
    enough = asyncio.Event()

    async def handler(reader: Reader, writer: Writer) -> None:
        nonlocal gets
        while True:
            head, _ = await read_request(reader)
            if b"organizationId" in head:
                writer.write(listed)
                continue
            gets += 1
            if gets == 3:
                enough.set()

    async def run() -> None:
        async with serving(handler) as port:
            url = f"http://localhost:{port}/v1"
            async with api_of(url, bearer="b", concurrency=3) as api:
                reading = asyncio.create_task(read_live_state(api, ORGANIZATION, concurrency=3))
                await enough.wait()
                reading.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await reading

    asyncio.run(run())
    assert gets == 3


def test_an_illegal_header_is_refused_without_its_value() -> None:
    async def run(port: int) -> None:
        connection = Connection("localhost", port, tls=None, authority="localhost", connect_seconds=5)
        headers = {"Authorization": "Bearer hush\n"}
        request = Request("GET", "/", headers, subject="GET /", seconds=5, max_body=10)
        try:
            await connection.send(request, Incoming(request))
        finally:
            await connection.aclose()

    async def server() -> None:
        async with serving(listens([])) as port:
            await run(port)

    with pytest.raises(NotHttp) as caught:
        asyncio.run(server())
    assert "hush" not in str(caught.value)
    assert caught.value.__suppress_context__


class Proxy:
    """A proxy that opens tunnels, or refuses to; notes what it is asked for."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.seen: list[bytes] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        head, body = await read_request(reader)
        self.seen += [head, body]
        method, place, _ = head.split(b"\r\n")[0].split()
        if self.refuses:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
        elif method == b"CONNECT":
            await self._tunnel(place, reader, writer)
        else:
            writer.write(ok(BODY, b"connection: close"))
            await writer.drain()

    async def _tunnel(self, place: bytes, reader: Reader, writer: Writer) -> None:
        host, _, port = place.decode().rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

        async def pump(source: Reader, sink: Writer) -> None:
            while data := await source.read(65536):
                sink.write(data)

        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.transport.abort()


async def behind(
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[int], Awaitable[Any]],
    name: str = "HTTPS_PROXY",
) -> Any:
    """`work` with the environment naming the proxy, with a password."""
    async with serving(proxy) as port:
        monkeypatch.setenv(name, f"http://me:hush@127.0.0.1:{port}")
        return await work(port)


def test_a_proxy_sees_the_name_of_the_server_and_nothing_else(
    api_of: Connect, trusted: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy()

    async def work(_port: int) -> Any:
        async with serving(listens([]), tls=trusted.context) as port:
            return port, await outcome(api_of(f"https://localhost:{port}/v1", bearer="the-bearer"), both)

    port, answers = asyncio.run(behind(proxy, monkeypatch, work))
    assert answers == ((), Created(template_id(1)))
    heads = [part for part in proxy.seen if part]
    assert len(heads) == 2
    assert all(head.startswith(f"CONNECT localhost:{port} HTTP/1.1".encode()) for head in heads)
    assert not any(b"the-bearer" in part or ORGANIZATION.encode() in part for part in proxy.seen)


@pytest.mark.parametrize("work", [listing, creating])
def test_a_proxy_that_refuses_proves_the_request_unsent(
    api_of: Connect, trusted: Certificate, monkeypatch: pytest.MonkeyPatch, work: Any
) -> None:
    proxy = Proxy(refuses=True)

    async def ask(port: int) -> Any:
        api = api_of("https://localhost:9/v1", bearer="the-bearer")
        return port, await outcome(api, work)

    port, result = asyncio.run(behind(proxy, monkeypatch, ask))
    error = result.error if isinstance(result, Unsent) else result
    assert isinstance(error, Unreachable)
    assert error.message.removesuffix(" (tried 5 times)").endswith(
        f": no connection to localhost:9 through the proxy 127.0.0.1:{port}:"
        f" the proxy 127.0.0.1:{port} did not let it through"
    )
    assert isinstance(error, Unreachable)
    assert error.sent is False


def test_a_host_in_no_proxy_is_reached_directly(
    api_of: Connect, trusted: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy(refuses=True)
    monkeypatch.setenv("NO_PROXY", "localhost")

    async def work(_port: int) -> Any:
        async with serving(listens([]), tls=trusted.context) as port:
            return await outcome(api_of(f"https://localhost:{port}/v1", bearer="the-bearer"), both)

    assert asyncio.run(behind(proxy, monkeypatch, work)) == ((), Created(template_id(1)))
    assert proxy.seen == []


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_no_proxy_gets_what_is_sent_to_this_machine_in_clear(
    api_of: Connect, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    proxy = Proxy(refuses=True)

    async def work(_port: int) -> Any:
        async with serving(listens([])) as port:
            return await outcome(api_of(f"http://localhost:{port}/v1", bearer="the-bearer"), both)

    assert asyncio.run(behind(proxy, monkeypatch, work, name)) == ((), Created(template_id(1)))
    assert proxy.seen == []


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1", "ftp://127.0.0.1"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    api_of: Connect, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", url.replace("://", "://me:hush@"))
    with pytest.raises(Exception, match="only http and https proxies are") as caught:
        api_of("https://localhost:9/v1")
    assert "hush" not in str(caught.value)
