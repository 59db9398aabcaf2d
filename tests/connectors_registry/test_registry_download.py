"""One GET of a registry on a real socket: whole answers within their limits, everything else in our own words."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Callable
from contextlib import closing
from itertools import repeat
from typing import Any

import pytest
from connectors_registry.registry_doubles import (
    Behaviour,
    RegistryServer,
    Request,
    answer,
    body_of,
    saying,
    tagged,
)

from reconciler.connectors.registry.download import Download, Limits, download
from reconciler.errors import ReconcilerError, RefusedByServer, ServerError, Unreachable, UnusableAnswer

Serve = Callable[[Behaviour], RegistryServer]
BODY = body_of()
TAG = '"v1"'
SMALL = Limits(max_bytes=10_000)


def refused(url: str, **options: Any) -> ServerError:
    with pytest.raises(ServerError) as raised:
        download(url, **options)
    return raised.value


def test_the_body_and_its_tag_come_back(serve: Serve) -> None:
    server = serve(tagged(lambda: BODY, lambda: TAG))
    assert download(server.url) == Download(BODY, TAG)
    assert download(server.url, etag='"old"') == Download(BODY, TAG)


def test_an_unchanged_registry_sends_nothing(serve: Serve) -> None:
    server = serve(tagged(lambda: BODY, lambda: TAG))
    assert download(server.url, etag=TAG) == Download(None, TAG)


def test_a_request_carries_no_credentials(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AIRBYTE_BEARER_TOKEN", "hunter2")
    server = serve(saying(answer(200, BODY, set_cookie="a=b")))
    download(server.url)
    download(server.url)
    for request in server.seen:
        assert request.line == "GET /registry.json HTTP/1.1"
        assert set(request.headers) == {"host", "accept", "accept-encoding", "user-agent"}


@pytest.mark.parametrize("tag", ["v1", '"a b"', '"' + "x" * 300 + '"', "*", "\x80"])
def test_a_tag_that_is_none_is_not_kept(serve: Serve, tag: str) -> None:
    assert download(serve(saying(answer(200, BODY, etag=tag))).url) == Download(BODY, None)


def test_gzip_is_unpacked(serve: Serve) -> None:
    server = serve(saying(answer(200, gzip.compress(BODY), content_encoding="GZIP", etag='W/"1"')))
    assert download(server.url) == Download(BODY, 'W/"1"')


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (answer(200, b"x" * 10_001), "it is larger than"),
        (answer(200, gzip.compress(b"x" * 10_001), content_encoding="gzip"), "it is larger than"),
        (answer(200, gzip.compress(BODY)[:-12], content_encoding="gzip"), "it is cut off"),
        (answer(200, BODY, content_encoding="gzip"), "it is not the gzip stream that it says it is"),
        (answer(200, BODY, content_encoding="br"), "it is compressed (br), which was not asked for"),
        (answer(200, b" <!doctype html><p>Log in"), "it is a web page, not a registry"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told(serve: Serve, data: bytes, said: str) -> None:
    server = serve(saying(data))
    error = refused(server.url, limits=SMALL)
    assert isinstance(error, UnusableAnswer)
    assert error.message.startswith(
        f"the registry at {server.url} gave an answer that cannot be used: {said}"
    )
    assert error.help == "check the address, or give a downloaded file: --registry FILE"


def test_a_body_at_the_limit_is_taken(serve: Serve) -> None:
    assert download(serve(saying(answer(200, b"x" * 10_000))).url, limits=SMALL).body == b"x" * 10_000


def test_an_endless_body_is_not_read_to_its_end(serve: Serve) -> None:
    async def behave(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for block in repeat(b"x" * 65_536):
            writer.write(block)
            await writer.drain()

    assert isinstance(refused(serve(behave).url, limits=SMALL), UnusableAnswer)


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nx-a: ", b"HTTP/1.1 200 OK\r\n\r\n{", b""])
def test_the_deadline_covers_the_whole_answer(serve: Serve, part: bytes) -> None:
    async def behave(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(part)
        while not writer.is_closing():
            if part:
                writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    server = serve(behave)
    error = refused(server.url, limits=Limits(seconds=0.3))
    assert isinstance(error, Unreachable)
    assert (
        error.message
        == f"the registry at {server.url}: 127.0.0.1:{server.port} sent no complete answer within 0.3 s"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (answer(404), "there is no registry at {url} (status 404)"),
        (answer(403), "the registry at {url} answered with status 403"),
        (answer(503), "the registry at {url} answered with status 503"),
        (answer(304), "the registry at {url} redirects (status 304), which is not followed"),
        (
            answer(302, location="https://elsewhere.example/x?signature=hunter2"),
            "the registry at {url} redirects to https://elsewhere.example (status 302), which is not followed",
        ),
        (
            answer(301, location="/other"),
            "the registry at {url} redirects (status 301), which is not followed",
        ),
    ],
)
def test_an_error_status_or_a_redirect_is_told_and_not_followed(serve: Serve, data: bytes, said: str) -> None:
    server = serve(saying(data))
    error = refused(server.url)
    assert isinstance(error, RefusedByServer)
    assert error.message == said.format(url=server.url)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx", b"SSH-2.0-x\r\n\r\n"]
)
def test_a_connection_that_breaks_off_is_told(serve: Serve, data: bytes) -> None:
    server = serve(saying(data))
    error = refused(server.url)
    assert isinstance(error, Unreachable)
    assert error.message.endswith(f"127.0.0.1:{server.port} cut the answer off or did not speak HTTP")


def test_a_refused_connection_is_told_with_its_reason() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        error = refused(f"http://127.0.0.1:{port}/r.json")
    assert isinstance(error, Unreachable)
    assert error.sent is False
    assert error.message == (
        f"the registry at http://127.0.0.1:{port}/r.json: no connection to 127.0.0.1:{port}: connection refused"
    )


@pytest.mark.parametrize("host", ["name.invalid", "a" * 70, "-"])
def test_a_host_that_is_none_is_an_error_without_traceback(host: str) -> None:
    assert isinstance(refused(f"https://{host}/r.json"), Unreachable)


def test_a_proxy_that_cannot_be_used_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hunter2@localhost:1")
    with pytest.raises(ReconcilerError) as raised:
        download("https://127.0.0.1:1/r.json")
    assert "proxy" in raised.value.message
    assert "hunter2" not in f"{raised.value.message}{raised.value.help}"


def test_certificates_that_cannot_be_loaded_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ReconcilerError) as raised:
        download("https://127.0.0.1:1/r.json")
    assert raised.value.message == "the certificate authorities could not be loaded"
