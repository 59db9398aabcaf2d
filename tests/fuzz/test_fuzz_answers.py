"""Whatever a server answers: a value of the right shape or one of our errors, one POST, and no POST behind a list that cannot be read.

More of it on demand: see fuzz_settings.py.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from random import Random
from typing import Any

import httpx
import pytest
from factories import FAKER, form, manifest, target
from faulty_sandbox import World, passed_on
from fuzz import hostile_values as hostile
from fuzz.fuzz_settings import amount
from fuzz.offline_run import time_limit
from fuzz.server_answers import (
    CONNECTOR,
    ORGANIZATION,
    SECRET,
    TEMPLATE,
    TOKEN,
    AnswerServer,
    answer,
    sound_answer,
)

from reconciler.airbyte.api import CreateAnswer, ListedTemplate, NewTemplate
from reconciler.airbyte.client import Client, connect
from reconciler.errors import ReconcilerError
from reconciler.http.exchange import Timing
from reconciler.model.credentials import ClientCredentials
from reconciler.model.template import LiveTemplate
from reconciler.sandbox.store import open_store

ANSWERS = amount(600)
RUNS = amount(120)
MOST_SECONDS = 30.0
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CALLS = ("token", "list", "get", "create")


class Elapsed:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    async def sleep(self, seconds: float) -> None:
        assert 0 <= seconds <= 90
        self.seconds += seconds
        await asyncio.sleep(0)

    def timing(self) -> Timing:
        return Timing(
            monotonic=lambda: self.seconds, now=lambda: 1_800_000_000.0, sleep=self.sleep, chance=lambda: 0.5
        )


def api_at(url: str) -> Client:
    values = vars(target()) | {"url": url}
    return connect(
        type(target())(**values),
        ClientCredentials("the-client", SECRET),
        concurrency=1,
        timing=Elapsed().timing(),
    )


async def called(api: Client, kind: str) -> Any:
    match kind:
        case "token":
            return await api.ensure_token()
        case "list":
            return await api.list_templates(ORGANIZATION)
        case "get":
            return await api.get_template(ORGANIZATION, TEMPLATE)
        case _:
            return await api.create_template(ORGANIZATION, NewTemplate(CONNECTOR, {"a": 1}))


def check_error(error: ReconcilerError) -> None:
    """Words of our own: bounded, harmless, without a secret."""
    text = f"{error.message}\n{error.help}"
    assert len(text) < 3_000
    assert CONTROL.search(text) is None
    assert SECRET not in text
    assert TOKEN not in text


def check_value(kind: str, value: Any) -> None:
    if kind == "list":
        assert all(
            isinstance(item, ListedTemplate) and UUID.fullmatch(item.id) and isinstance(item.name, str)
            for item in value
        )
        assert list(value) == sorted(set(value))
    elif kind == "get":
        assert isinstance(value, LiveTemplate)
        assert (value.id, type(value.presets), type(value.form)) == (TEMPLATE, dict, dict)
        json.dumps([value.presets, value.form, value.name], ensure_ascii=False, allow_nan=False).encode()
    elif kind == "create":
        assert isinstance(value, CreateAnswer)
        if isinstance(error := getattr(value, "error", None), ReconcilerError):
            check_error(error)


async def one_case(server: AnswerServer, url: str, number: int) -> str:
    """One call whose answers are broken from its own endpoint on; returns how it ended."""
    rng = Random(f"{ANSWERS.seed}:{number}:answer")
    kind = rng.choice(CALLS)
    server.log.clear()
    server.script = lambda asked: answer(rng, asked) if asked == kind else sound_answer(asked)
    try:
        async with api_at(url) as api:
            value = await called(api, kind)
    except ReconcilerError as error:
        check_error(error)
        outcome = type(error).__name__
    else:
        check_value(kind, value)
        outcome = type(value).__name__
    assert server.log.count("create") <= (kind == "create")
    return f"{kind} {outcome}"


def test_any_answer_is_a_value_of_the_right_shape_or_one_of_our_errors() -> None:
    outcomes: dict[str, int] = {}
    slowest = (0.0, -1)

    async def run() -> None:
        nonlocal slowest
        server = AnswerServer()
        async with server.listening() as url:
            for number in ANSWERS.numbers:
                before = time.process_time()
                try:
                    with time_limit(MOST_SECONDS):
                        outcome = await one_case(server, url, number)
                except BaseException as error:
                    error.add_note(
                        f"again: RECONCILER_FUZZ_SEED={ANSWERS.seed} RECONCILER_FUZZ_CASE={number} pytest {__file__}"
                    )
                    raise
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                slowest = max(slowest, (time.process_time() - before, number))

    asyncio.run(run())
    print(f"slowest {slowest[1]}: {slowest[0]:.2f} s; {dict(sorted(outcomes.items()))}")
    if len(ANSWERS.numbers) > 300:
        assert {
            "list tuple",
            "get LiveTemplate",
            "create Created",
            "create Unclear",
            "list UnusableAnswer",
        } <= outcomes.keys()


def is_sound_list(data: bytes) -> bool:
    """By a judge of its own: the documented shape."""
    try:
        value = json.loads(data)
        items = value["data"]
        ids = [item["id"].lower() for item in items]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    names = all(isinstance(item.get("name"), str) for item in items)
    return names and len(set(ids)) == len(ids) and all(UUID.fullmatch(each) for each in ids)


class Corrupted:
    """A fault that breaks the answer behind the server's work, and remembers whether the last list could be believed."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.last_list_sound = True
        self.posts_behind_bad_lists = 0

    async def lists(self, request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await self._broken(request, inner)
        self.last_list_sound = False
        return response

    async def others(self, request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        return await self._broken(request, inner)

    async def _broken(self, request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        response = await inner.handle_async_request(request)
        data = await response.aread()
        status = (
            response.status_code
            if self.rng.random() < 0.8
            else self.rng.choice((400, 404, 409, 422, 500, 502))
        )
        broken = self._body(data, is_list=request.method == "GET" and request.url.path.endswith("/sources"))
        return httpx.Response(
            status, headers={"content-type": "application/json"}, stream=httpx.ByteStream(broken)
        )

    def _body(self, data: bytes, *, is_list: bool) -> bytes:
        for _ in range(20):
            value = hostile.mutated_json(self.rng, json.loads(data), self.rng.randrange(1, 4))
            broken = json.dumps(value).encode("utf-8", "replace")
            if self.rng.random() < 0.2:
                broken = broken[: self.rng.randrange(len(broken) + 1)]
            if not (is_list and is_sound_list(broken)):
                return broken
        return b"{}"


class Watched(World):
    """A world whose POSTs are held against the list before them."""

    def watch(self, corrupted: Corrupted) -> None:
        faults = self.faults

        async def sound(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
            corrupted.last_list_sound = True
            return await passed_on(request, inner)

        async def post(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
            corrupted.posts_behind_bad_lists += not corrupted.last_list_sound
            return await (corrupted.others if corrupted.rng.random() < 0.4 else passed_on)(request, inner)

        rng = corrupted.rng
        faults.on("LIST", *(corrupted.lists if rng.random() < 0.3 else sound for _ in range(60)))
        faults.on("GET", *(corrupted.others if rng.random() < 0.2 else passed_on for _ in range(60)))
        faults.on("POST", *[post] * 20)


@pytest.mark.parametrize("part", range(2))
def test_broken_answers_never_make_a_second_template_and_bad_lists_stop_every_create(part: int) -> None:
    wanted = [
        manifest(f"m{n}", connector=FAKER, presets={"seed": n}, spec=form(f"Form {n}")) for n in range(3)
    ]
    for number in RUNS.shares(2)[part]:
        rng = Random(f"{RUNS.seed}:{number}:run")
        store = open_store(":memory:")
        world = Watched(store)
        corrupted = Corrupted(rng)
        for _ in range(3):
            world.watch(corrupted)
            try:
                with time_limit(MOST_SECONDS):
                    world.apply(*wanted)
            except ReconcilerError as error:
                check_error(error)
            world.faults.waiting.clear()
            corrupted.last_list_sound = True
        again = f"again: RECONCILER_FUZZ_SEED={RUNS.seed} RECONCILER_FUZZ_CASE={number} pytest {__file__}"
        titles = store.templates_of(ORGANIZATION)
        assert len(titles) <= len(wanted), again
        assert corrupted.posts_behind_bad_lists == 0, again
        store.close()
