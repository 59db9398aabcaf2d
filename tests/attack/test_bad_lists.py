"""More than sixty lists that cannot be believed: none of them leads to a create, to "in sync", or to success.

Each is given to every list of a run, and to every list but the plan's own: then the plan is right and says create.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import factories
import pytest
from attack.attack_faults import CREATE
from attack.attack_server import public_server
from attack.attack_world import Account, Attacked

ID, OTHER = factories.template_id(1), factories.template_id(2)
ITEM = {"id": ID, "name": "Sample Data", "icon": "x"}


def http(body: Any, *headers: str, status: int = 200, length: int | None = None) -> bytes:
    """An answer with this JSON, or with these bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = (
        ()
        if any(h.lower().startswith("content-type") for h in headers)
        else ("content-type: application/json",)
    )
    length = len(data) if length is None else length
    head = "\r\n".join([f"HTTP/1.1 {status} X", *kind, *headers, f"content-length: {length}", "", ""])
    return head.encode() + data


def listed(*items: Any, **envelope: Any) -> bytes:
    return http({"data": list(items), **envelope})


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" + body


EMPTY = b'{"data": []}'
STATUSES = (
    201,
    202,
    203,
    204,
    206,
    226,
    300,
    301,
    302,
    303,
    304,
    307,
    308,
    400,
    401,
    402,
    403,
    404,
    405,
    406,
)
MORE_STATUSES = (
    408,
    409,
    410,
    418,
    421,
    422,
    423,
    425,
    426,
    429,
    451,
    500,
    501,
    502,
    503,
    504,
    507,
    511,
    520,
    599,
)
BAD: dict[str, bytes] = {
    # Not the documented shape.
    "nothing": http(b""),
    "null": http(None),
    "an empty object": http({}),
    "an empty array": http([]),
    "a bare array": http([ITEM]),
    "a text": http("data"),
    "a number": http(0),
    "false": http(False),
    "data is null": http({"data": None}),
    "data is an object": http({"data": {}}),
    "data is an object of items": http({"data": {ID: ITEM}}),
    "data is a text": http({"data": "[]"}),
    "data is a number": http({"data": 0}),
    "data is false": http({"data": False}),
    "another key": http({"items": []}),
    "a capital letter": http({"Data": []}),
    "data inside data": http({"data": {"data": []}}),
    # Items that are none.
    "an item is null": listed(None),
    "an item is a text": listed(ID),
    "an item is an array": listed([ID, "Sample Data"]),
    "an item without id": listed({"name": "x"}),
    "an item without name": listed({"id": ID}),
    "an id that is null": listed({"id": None, "name": "x"}),
    "an id that is a number": listed({"id": 12, "name": "x"}),
    "an id that is no UUID": listed({"id": "12", "name": "x"}),
    "an id in braces": listed({"id": "{" + ID + "}", "name": "x"}),
    "an id with a line end": listed({"id": ID + "\n", "name": "x"}),
    "an id that is a path": listed({"id": "../" + ID, "name": "x"}),
    "an id without hyphens": listed({"id": ID.replace("-", ""), "name": "x"}),
    "a name that is null": listed({"id": ID, "name": None}),
    "a name that is an object": listed({"id": ID, "name": {}}),
    "the same id twice": listed(ITEM, ITEM),
    "the same id in two cases": listed(ITEM | {"id": "a" + ID[1:]}, ITEM | {"id": "A" + ID[1:]}),
    "one bad item among good ones": listed(ITEM, {"id": OTHER}),
    # One page, or a failure, that looks like a list.
    "next": listed(next="https://api.example.com/v1/x?page=2"),
    "previous": listed(previous="https://api.example.com/v1/x?page=1"),
    "a cursor": listed(cursor="abc"),
    "a next page token": listed(nextPageToken="abc"),
    "hasMore": listed(hasMore=True),
    "a total": listed(total=57),
    "a total count": listed(totalCount=57),
    "pagination": listed(pagination={"page": 1, "pages": 3}),
    "meta": listed(meta={"page": 1, "pages": 3}),
    "links": listed(_links={"next": "x"}),
    "an error beside": listed(error="timeout"),
    "errors beside": listed(errors=[{"message": "upstream"}]),
    "a warning beside": listed(warning="incomplete"),
    "a status beside": listed(status=500),
    "partial": listed(partial=True),
    "a Link to a next page": http({"data": []}, 'link: <https://x/?page=2>; rel="next"'),
    "a Content-Range": http({"data": []}, "content-range: items 0-19/57"),
    "a header that counts more": http({"data": []}, "x-total-count: 57"),
    "a header that names a next page": http({"data": []}, "x-next-page: 2"),
    "a header that holds an object of pages": http({"data": []}, 'x-pagination: {"TotalCount": 57}'),
    "a later page": listed(page=2, total=0),
    "a next page in pagination": listed(meta={"pagination": {"next": "x"}}),
    "a list from a cache": http({"data": []}, "age: 3600"),
    "a list that a cache calls stale": http({"data": []}, 'warning: 110 - "Response is Stale"'),
    # Not JSON, or JSON that readers disagree about.
    "a web page": http(b"<!doctype html><title>Sign in</title>", "content-type: text/html"),
    "a web page that says it is JSON": http(b"<html></html>"),
    "a list that says it is a web page": http(EMPTY, "content-type: text/html"),
    "a list that says it is text": http(EMPTY, "content-type: text/plain"),
    "JavaScript": http(b"callback(" + EMPTY + b")"),
    "a prefix against hijacking": http(b")]}'\n" + EMPTY),
    "two documents": http(EMPTY + EMPTY),
    "lines of documents": http(EMPTY + b"\n" + EMPTY),
    "a cut document": http(EMPTY[:-1]),
    "a comment": http(b'{"data": [] /* none */}'),
    "a trailing comma": http(b'{"data": [],}'),
    "data twice": http(b'{"data": [' + json.dumps(ITEM).encode() + b'], "data": []}'),
    "NaN": http(b'{"data": [], "x": NaN}'),
    "a byte order mark": http(b"\xef\xbb\xbf" + EMPTY),
    "UTF-16": http(EMPTY.decode().encode("utf-16")),
    "bytes that are no text": http(b'{"data": [], "x": "\xff\xfe"}'),
    "half a surrogate pair": http(b'{"data": [], "x": "\\ud800"}'),
    "deep nesting": http(b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a huge number": http(b'{"data": [], "x": ' + b"9" * 10_000 + b"}"),
    # Not a whole HTTP answer.
    "a length that is too long": http(EMPTY, length=len(EMPTY) + 20),
    "a length that is too short": http(EMPTY, length=len(EMPTY) - 1),
    "a length that is no number": b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n" + EMPTY,
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\ncontent-length: 5\r\n\r\n" + EMPTY,
    "a cut chunk": chunked(b"c\r\n" + EMPTY[:5]),
    "no last chunk": chunked(b"c\r\n" + EMPTY + b"\r\n"),
    "a chunk of no size": chunked(b"zz\r\n" + EMPTY + b"\r\n0\r\n\r\n"),
    "compressed": http(b"\x1f\x8b\x08\x00", "content-encoding: gzip"),
    "too large": http(b'{"data": [' + b" " * (17 << 20) + b"]}"),
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-le",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"x-more: y\r\n" * 10_000,
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "no answer": b"",
    **{
        f"a list with status {s}": http(EMPTY, status=s)
        for s in (*STATUSES, *MORE_STATUSES)
        if s not in (204, 304)
    },
    **{f"status {s}": http(b"", status=s) for s in (204, 304)},
}


def test_there_are_more_than_sixty() -> None:
    assert len(BAD) > 120
    assert len(set(BAD.values())) == len(BAD)


def given(lists: bytes, *, before: int) -> tuple[Account, int]:
    """An apply that gets this answer to every list after the first `before`: its account, and how many creates it sent."""

    async def run() -> tuple[Account, int]:
        with public_server() as server, tempfile.TemporaryDirectory() as root:
            proxy = server.proxy()
            proxy.every_list, proxy.lists_before = lists, before
            async with proxy.listening() as url:
                account = await Attacked(server, proxy, server.manifests[:2], Path(root)).apply(url, 10.0)
                assert account is not None
                return account, sum(seen.route == CREATE for seen in proxy.seen)

    return asyncio.run(run())


@pytest.mark.parametrize("answer", BAD)
def test_bad_list_leads_to_no_plan_and_no_create(answer: str) -> None:
    account, creates = given(BAD[answer], before=0)
    assert (account.code, creates) == (1, 0)
    assert account.document["error"]["message"]
    assert "entries" not in account.document


@pytest.mark.parametrize("answer", BAD)
def test_bad_list_right_before_the_create_stops_it(answer: str) -> None:
    account, creates = given(BAD[answer], before=1)
    assert (account.code, creates) == (1, 0)
    assert [e["outcome"] for e in account.document["entries"]] == ["not-attempted"] * 2
    assert all(e["detail"] for e in account.document["entries"])


def test_same_server_with_a_good_list_gets_its_creates() -> None:
    account, creates = given(b"", before=99)
    assert (account.code, creates) == (0, 2)
