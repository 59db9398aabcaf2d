"""What can go wrong with one HTTP request: every fault as a value with a name, and what it does to the answer.

A fault says when it acts (`serves`: after the sandbox did its work, or in its place) and what the client may still
believe: a `clean` fault leaves the answer true and whole, a `silent` one gives a false answer that no client could
tell from a true one. Pure: the sockets are in `fault_proxy.py`.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

TOKEN, LIST, GET, CREATE, UPDATE = "token", "list", "get", "create", "update"
ROUTES = (TOKEN, LIST, GET, CREATE)
READS = (LIST, GET)


@dataclass(frozen=True)
class Fault:
    """The `nth` request (from 0) of a route in run number `run` meets this kind; `amount` is its size or its seed."""

    run: int
    route: str
    nth: int
    kind: str
    amount: int = 0


@dataclass(frozen=True)
class Answer:
    """An answer before it is bytes. `length` is what Content-Length says where that is not true; None: the truth."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: int | None = None

    def head(self) -> bytes:
        length = len(self.body) if self.length is None else self.length
        lines = [f"HTTP/1.1 {self.status} X", *(f"{k}: {v}" for k, v in self.headers)]
        return "\r\n".join([*lines, f"content-length: {length}", "", ""]).encode("latin-1")

    def data(self) -> bytes:
        return self.head() + self.body


Edit = Callable[[Answer, int], Answer]
Spell = Callable[[Answer, int], bytes]


@dataclass(frozen=True)
class Kind:
    """One way to fail. `how` is how the connection is treated:

    answer: send and keep it; cut: send and close; reset: no answer but a RST; close: no answer but an end;
    hang: no answer at all; torn: RST in the middle of the request; stop and kill: a signal to the client, and no
    answer; stop-answer and stop-inside: a signal before and in the middle of the answer. `lags`: the list does not show what was
    stored in the next `amount` lists, those of the next runs included.
    """

    routes: tuple[str, ...]
    serves: bool
    how: str
    edit: Edit = lambda answer, _amount: answer
    spell: Spell = lambda answer, _amount: answer.data()
    clean: bool = False
    silent: bool = False
    slow: bool = False
    lags: bool = False


def plain(status: int, body: Any = None, *headers: tuple[str, str]) -> Edit:
    """An answer in place of the real one; `body` is JSON unless it is bytes."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = "text/html" if isinstance(body, bytes) else "application/json"
    return lambda _answer, _amount: Answer(status, (("content-type", kind), *headers), data)


def problem(status: int, *headers: tuple[str, str]) -> Edit:
    """The platform's own way to refuse."""
    return plain(
        status, {"status": status, "type": "about:blank", "title": "refused", "detail": "no"}, *headers
    )


def edited(change: Callable[[Any, random.Random], Any]) -> Edit:
    """The real answer with its JSON changed; an answer that is no 200 stays as it is."""

    def edit(answer: Answer, amount: int) -> Answer:
        if answer.status != 200:
            return answer
        value = change(json.loads(answer.body), random.Random(amount))
        return replace(answer, body=json.dumps(value).encode())

    return edit


def items(change: Callable[[list[Any], random.Random], list[Any]]) -> Edit:
    """The real list with other items."""
    return edited(lambda value, chance: {"data": change(value["data"], chance)})


def _lacking(found: list[Any], chance: random.Random) -> list[Any]:
    gone = chance.randrange(len(found)) if found else 0
    return [item for index, item in enumerate(found) if index != gone]


def _first(change: Callable[[Any, random.Random], Any]) -> Edit:
    return items(lambda found, chance: [change(i, chance) if n == 0 else i for n, i in enumerate(found)])


DEFINITION_KEYS = (
    "sourceDefinitionId",
    "source_definition_id",
    "actor_definition_id",
    "destination_definition_id",
)


def _of_another_connector(template: Any, _chance: random.Random) -> Any:
    return {
        name: str(uuid.UUID(int=8)) if name in DEFINITION_KEYS else value for name, value in template.items()
    }


def _corrupted_body(answer: Answer, amount: int) -> Answer:
    if not answer.body:
        return answer
    chance, data = random.Random(amount), bytearray(answer.body)
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(7)
    return replace(answer, body=bytes(data))


def _corrupted_head(answer: Answer, amount: int) -> bytes:
    chance, data = random.Random(amount), bytearray(answer.head())
    data[chance.randrange(len(data) - 4)] ^= 1 << chance.randrange(7)
    return bytes(data) + answer.body


def _header(name: str, value: str) -> Edit:
    return lambda answer, _amount: replace(answer, headers=(*answer.headers, (name, value)))


def _typed(answer: Answer, _amount: int) -> Answer:
    kept = tuple(h for h in answer.headers if h[0].lower() != "content-type")
    return replace(answer, headers=(*kept, ("content-type", "text/html; charset=utf-8")))


def _cut_in_head(answer: Answer, amount: int) -> bytes:
    return answer.head()[: 1 + amount % (len(answer.head()) - 1)]


def _cut_in_body(answer: Answer, amount: int) -> bytes:
    return answer.head() + answer.body[: amount % max(1, len(answer.body))]


def _cut_in_chunk(answer: Answer, amount: int) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} X", *(f"{k}: {v}" for k, v in answer.headers)]
    head = "\r\n".join([*lines, "transfer-encoding: chunked", "", ""]).encode()
    return head + b"%x\r\n" % len(answer.body) + answer.body[: amount % max(1, len(answer.body))]


def _longer(answer: Answer, amount: int) -> Answer:
    return replace(answer, length=len(answer.body) + 1 + amount % 50)


def _shorter(answer: Answer, amount: int) -> Answer:
    return replace(answer, length=max(0, len(answer.body) - 1 - amount % 5))


def _huge(answer: Answer, _amount: int) -> bytes:
    return replace(answer, length=64 << 20).head() + b" " * (17 << 20)


HTML = b"<!doctype html><title>Sign in</title><p>Please sign in."
MOVED = {"status": 301, "type": "error:embedded/endpoint-moved", "title": "Moved", "detail": "moved"}
ELSEWHERE = ("location", "http://127.0.0.1:9/v1/config_templates/sources")


def _invented(answer: Answer, amount: int) -> Answer:
    identity = str(uuid.UUID(int=random.Random(amount).getrandbits(128), version=4))
    return plain(200, {"id": identity})(answer, amount)


_BEFORE: dict[str, Kind] = {
    "close": Kind(ROUTES, False, "close"),
    "reset": Kind(ROUTES, False, "reset"),
    "torn": Kind((TOKEN, CREATE), False, "torn"),
    "hang": Kind(ROUTES, False, "hang", slow=True),
    "empty-200": Kind(ROUTES, False, "answer", plain(200)),
    "html-200": Kind(ROUTES, False, "answer", plain(200, HTML)),
    "object-200": Kind(ROUTES, False, "answer", plain(200, {})),
    "null-200": Kind(ROUTES, False, "answer", plain(200, b"null")),
    "array-200": Kind(ROUTES, False, "answer", plain(200, [])),
    "204": Kind(ROUTES, False, "answer", plain(204)),
    "not-http": Kind(ROUTES, False, "cut", spell=lambda _answer, _amount: b"SSH-2.0-OpenSSH_9.6\r\n"),
    "301": Kind(ROUTES, False, "answer", plain(301, None, ELSEWHERE)),
    "302": Kind(ROUTES, False, "answer", plain(302, None, ELSEWHERE)),
    "307": Kind(ROUTES, False, "answer", plain(307, None, ELSEWHERE)),
    "301-moved": Kind((LIST, GET, CREATE), False, "answer", plain(301, MOVED)),
    "401": Kind((LIST, GET, CREATE), False, "answer", plain(401, {"message": "Unauthorized"})),
    "429": Kind(ROUTES, False, "answer", plain(429, None, ("retry-after", "3"))),
    "429-date": Kind(
        ROUTES, False, "answer", plain(429, None, ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"))
    ),
    "429-long": Kind(ROUTES, False, "answer", plain(429, None, ("retry-after", "100000"))),
    "invented-id": Kind((CREATE,), False, "answer", _invented),
    **{
        str(status): Kind(ROUTES, False, "answer", problem(status))
        for status in (400, 403, 404, 408, 409, 422, 425, 500, 502, 503, 504)
    },
}
_AFTER: dict[str, Kind] = {
    "close-after": Kind(ROUTES, True, "close"),
    "reset-after": Kind(ROUTES, True, "reset"),
    "hang-after": Kind(ROUTES, True, "hang", slow=True),
    "delay": Kind(ROUTES, True, "delay", clean=True),
    "drip": Kind(ROUTES, True, "drip", clean=True),
    "drip-slowly": Kind(ROUTES, True, "drip-slowly", slow=True),
    "twice": Kind(ROUTES, True, "answer", spell=lambda answer, _amount: answer.data() * 2, clean=True),
    "interim": Kind(
        ROUTES,
        True,
        "answer",
        spell=lambda answer, _amount: b"HTTP/1.1 100 Continue\r\n\r\n" + answer.data(),
        clean=True,
    ),
    "cut-in-head": Kind(ROUTES, True, "cut", spell=_cut_in_head),
    "cut-in-body": Kind(ROUTES, True, "cut", spell=_cut_in_body),
    "cut-in-chunk": Kind(ROUTES, True, "cut", spell=_cut_in_chunk),
    "length-too-long": Kind(ROUTES, True, "cut", _longer),
    "length-too-short": Kind(ROUTES, True, "cut", _shorter),
    "corrupt": Kind(ROUTES, True, "answer", _corrupted_body, silent=True),
    "corrupt-head": Kind(ROUTES, True, "cut", spell=_corrupted_head, silent=True),
    "huge": Kind((GET, CREATE, LIST), True, "cut", spell=_huge),
    "gzip": Kind(ROUTES, True, "answer", _header("content-encoding", "gzip")),
    "wrong-type": Kind((LIST, GET, CREATE), True, "answer", _typed),
    "empty-200-after": Kind((CREATE,), True, "answer", plain(200)),
    "html-200-after": Kind((CREATE,), True, "answer", plain(200, HTML)),
    "invented-id-after": Kind((CREATE,), True, "answer", _invented),
    "foreign-id-after": Kind((CREATE,), True, "foreign"),
    "401-after": Kind((CREATE,), True, "answer", plain(401, {"message": "Unauthorized"})),
    "429-after": Kind((CREATE,), True, "answer", plain(429, None, ("retry-after", "1"))),
    **{
        f"{s}-after": Kind((CREATE,), True, "answer", problem(s)) for s in (404, 408, 409, 500, 502, 503, 504)
    },
}
_LISTS: dict[str, Kind] = {
    "shrunk": Kind((LIST,), True, "answer", items(lambda _found, _chance: []), silent=True),
    "lacking": Kind((LIST,), True, "answer", items(_lacking), silent=True),
    "doubled": Kind((LIST,), True, "answer", items(lambda found, _chance: found + found[:1] * 2)),
    "paged": Kind((LIST,), True, "answer", edited(lambda v, _: {**v, "next": "https://x/?page=2"})),
    "next-link": Kind((LIST,), True, "answer", _header("link", '<https://x/?page=2>; rel="next"')),
    "failed-200": Kind((LIST,), True, "answer", plain(200, {"data": [], "error": "timeout"})),
    "bare": Kind((LIST,), True, "answer", edited(lambda value, _: value["data"])),
    "null-data": Kind((LIST,), True, "answer", plain(200, {"data": None})),
    "odd-id": Kind((LIST,), True, "answer", plain(200, {"data": [{"id": "12", "name": "x"}]})),
    "no-name": Kind((LIST,), True, "answer", plain(200, {"data": [{"id": str(uuid.UUID(int=7))}]})),
    "206": Kind((LIST,), True, "answer", lambda answer, _amount: replace(answer, status=206)),
    "other-id": Kind(
        (LIST,),
        True,
        "answer",
        _first(lambda item, chance: {**item, "id": str(uuid.UUID(int=chance.getrandbits(128), version=4))}),
        silent=True,
    ),
    "other-template": Kind(
        (GET,), True, "answer", edited(lambda value, _: {**value, "id": str(uuid.UUID(int=9))})
    ),
    "other-connector": Kind(
        (GET,),
        True,
        "answer",
        edited(_of_another_connector),
        silent=True,
    ),
}
_SERVER: dict[str, Kind] = {
    "lag": Kind((CREATE,), True, "answer", clean=True, lags=True),
    "lag-and-kill": Kind((CREATE,), True, "kill", lags=True),
    "lag-and-stop": Kind((CREATE,), True, "stop", lags=True),
    "lag-and-close": Kind((CREATE,), True, "close", lags=True),
    "lag-and-404": Kind((CREATE,), True, "answer", problem(404), lags=True),
    "lag-and-409": Kind((CREATE,), True, "answer", problem(409), lags=True),
    "lag-and-422": Kind((CREATE,), True, "answer", problem(422), lags=True),
    # No answer; the server stores it only when `amount` more lists were asked for.
    "late": Kind((CREATE,), False, "late", slow=True),
}
REPLAYED = "replayed"
"""Something on the way delivers the request twice. In no schedule: no client can prevent that."""

_SIGNALS: dict[str, Kind] = {
    "stop-before": Kind(ROUTES, False, "stop"),
    "stop-after": Kind(ROUTES, True, "stop"),
    "stop-and-answer": Kind(ROUTES, True, "stop-answer", clean=True),
    "stop-inside": Kind(ROUTES, True, "stop-inside", clean=True),
    "kill-before": Kind(ROUTES, False, "kill"),
    "kill-after": Kind(ROUTES, True, "kill"),
}
KINDS: dict[str, Kind] = {**_BEFORE, **_AFTER, **_LISTS, **_SERVER, **_SIGNALS}
ALL_KINDS = {**KINDS, REPLAYED: Kind((CREATE,), True, "replayed")}

SILENT_LISTS = frozenset(name for name, kind in KINDS.items() if kind.silent and LIST in kind.routes)
"""A list that is false and looks true. Two of them in a row, one to the plan and one to the look before the create,
that both leave out the same template are the truth for every client: a schedule holds one of them for each run.
"""
