"""The limits of an answer: what is as large as it may be is read, one byte more is not, and neither costs memory without end."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from typing import Any

import pytest
from fuzz.server_answers import SOUND, TEMPLATE, TOKEN, AnswerServer, sound_answer
from fuzz.test_fuzz_answers import api_at, called

from reconciler.airbyte.api import Created, Unclear
from reconciler.errors import ReconcilerError, ServerError, UnusableAnswer
from reconciler.model.template import LiveTemplate

KIB = 1024
MIB = 1024 * KIB
LARGEST = {
    "token": (64 * KIB, "64 KiB"),
    "get": (4 * MIB, "4 MiB"),
    "create": (4 * MIB, "4 MiB"),
    "list": (16 * MIB, "16 MiB"),
}


def framed(data: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"content-length: %d" % len(data), *headers, b"", data])


def outcome(kind: str, data: bytes) -> Any:
    """What a call gives when its endpoint answers with these bytes; an error that it raises is one too."""

    async def run() -> Any:
        server = AnswerServer()
        server.script = lambda asked: data if asked == kind else sound_answer(asked)
        async with server.listening() as url, api_at(url) as api:
            try:
                return await called(api, kind)
            except ReconcilerError as error:
                return error

    return asyncio.run(run())


def padded(kind: str, size: int) -> bytes:
    data = json.dumps(SOUND[kind]).encode()
    return data + b" " * (size - len(data))


def words(result: Any) -> str:
    """The message of an error, raised or told as a value."""
    error = result if isinstance(result, ServerError) else result.error
    assert isinstance(error, UnusableAnswer)
    return error.message


@pytest.mark.parametrize("kind", LARGEST)
def test_an_answer_of_the_largest_size_is_read(kind: str) -> None:
    result = outcome(kind, framed(padded(kind, LARGEST[kind][0])))
    if kind == "get":
        assert isinstance(result, LiveTemplate)
        assert result.id == TEMPLATE
    else:
        assert (
            result
            == {
                "token": None,
                "create": Created(SOUND["create"]["id"]),
                "list": tuple(result) if kind == "list" else (),
            }[kind]
        )


@pytest.mark.parametrize("kind", LARGEST)
def test_an_answer_of_one_byte_more_is_not_read(kind: str) -> None:
    size, told = LARGEST[kind]
    result = outcome(kind, framed(padded(kind, size + 1)))
    assert isinstance(result, Unclear) is (kind == "create")
    assert f"it is larger than {told}" in words(result)


def test_headers_without_end_are_cut() -> None:
    few = framed(padded("list", 200), b"x: " + b"y" * 60 * KIB)
    assert isinstance(outcome("list", few), tuple)
    many = framed(padded("list", 200), *[b"x%d: %s" % (number, b"y" * KIB) for number in range(2 * KIB)])
    error = outcome("list", many)
    assert isinstance(error, ServerError)
    assert "cut the answer off or did not speak HTTP" in error.message


def chunked(piece: bytes, times: int) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        + (b"%x\r\n%s\r\n" % (len(piece), piece)) * times
    )


BOMBS = {
    "lists in lists": framed(b"[" * (16 * MIB)),
    "objects in objects": framed(b'{"a":' * (3 * MIB)),
    "a long integer": framed(b'{"data": ' + b"9" * (15 * MIB) + b"}"),
    "a long number": framed(b'{"data": 1e' + b"9" * (15 * MIB) + b"}"),
    "one escape after the other": framed(b'{"data": "' + b"\\u0041" * (2 * MIB) + b'"}'),
    "many equal keys": framed(b'{"data": [' + b'{"id": 1, "id": 1},' * 500_000 + b"0]}"),
    "more chunks than allowed": chunked(b" " * 64 * KIB, 400),
    "tiny chunks": chunked(b" ", 20_000),
    "gzip of a gibibyte": framed(gzip.compress(b"[" + b" " * (64 * MIB)), b"content-encoding: gzip"),
    "gzip that is not declared": framed(gzip.compress(b"[" + b" " * (16 * MIB))),
}


@pytest.mark.parametrize("case", BOMBS)
def test_no_answer_costs_much_more_memory_than_it_may_be_long(case: str) -> None:
    data = BOMBS[case]
    tracemalloc.start()
    try:
        result = outcome("list", data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(result, ServerError)
    assert TOKEN not in result.message
    assert len(result.message) < 1_000
    assert peak < 160 * MIB
