"""The client: pages, redirects, waits, and where the token may go."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from github.github_double import JOB_TOKEN, REPOSITORY, Account, State, answered
from starlette.responses import JSONResponse, Response

from reconciler.errors import (
    CredentialsError,
    ReconcilerError,
    RefusedByServer,
    Unreachable,
    UnusableAnswer,
)
from reconciler.github.client import (
    JOB_LOGIN,
    MAX_BODY,
    MAX_PAGES,
    GitHub,
    open_github,
)
from reconciler.github.comments import Marker, our_comments, put_comment
from reconciler.github.refusals import NotAllowed, RateLimited, next_link
from reconciler.http.exchange import Timing

if TYPE_CHECKING:
    from github.conftest import Desk

COMMENTS = f"/repos/{REPOSITORY}/issues/7/comments"
MARKER = Marker("plan", "production")


async def comments(github: GitHub) -> int:
    return len(await github.pages(COMMENTS, permission="pull-requests: write"))


async def head(github: GitHub) -> Any:
    return await github.get(f"{github.home}/pulls/7", permission="pull-requests: read")


def test_every_page_is_read(desk: Desk, state: State) -> None:
    state.pull()
    for number in range(250):
        state.comment(7, f"comment {number}")
    assert desk.do(comments) == 250
    assert state.requests == [f"GET {COMMENTS}"] * 3


def paged(state: State, number: int) -> None:
    """So many pages of comments, each with one."""
    for page in range(1, number + 1):
        link = f'<https://api.github.example{COMMENTS}?page={page + 1}>; rel="next"' if page < number else ""
        state.on("GET", "comments", partial(JSONResponse, [{"id": 1}], headers={"link": link}))


def test_as_many_pages_as_are_read_are_the_whole(desk: Desk, state: State) -> None:
    paged(state, MAX_PAGES)
    assert desk.do(comments) == MAX_PAGES


def test_more_pages_than_are_read_are_an_error_never_a_part(desk: Desk, state: State) -> None:
    paged(state, MAX_PAGES + 1)
    with pytest.raises(UnusableAnswer, match="more than 50 pages"):
        desk.do(comments)


def test_next_page_at_another_server_is_refused_and_the_token_stays(desk: Desk, state: State) -> None:
    state.pull()
    link = '<https://evil.example/repos/x?page=2>; rel="next"'
    state.on("GET", "comments", lambda: JSONResponse([], headers={"link": link}))
    with pytest.raises(UnusableAnswer, match="another server"):
        desk.do(comments)


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/x",
        "http://api.github.example/x",
        "//evil.example/x",
        "https://a@api.github.example/",
        "",
    ],
)
def test_redirect_away_from_the_api_is_refused(desk: Desk, state: State, location: str) -> None:
    state.on("GET", "pulls", lambda: Response(status_code=301, headers={"location": location}))
    with pytest.raises(UnusableAnswer, match="another server"):
        desk.do(head)
    assert len(state.requests) == 1


def test_renamed_repository_is_followed_for_reads(desk: Desk, state: State) -> None:
    state.pull()
    state.renamed_from = "acme/old-name"
    desk.repository = "acme/old-name"
    assert desk.do(head)["number"] == 7


def test_redirects_without_end_are_an_error(desk: Desk, state: State) -> None:
    url = f"https://api.github.example/repos/{REPOSITORY}/pulls/7"
    state.on("GET", "pulls", *[lambda: Response(status_code=302, headers={"location": url})] * 9)
    with pytest.raises(UnusableAnswer, match="again and again"):
        desk.do(head)


def test_edit_is_never_redirected(desk: Desk, state: State) -> None:
    state.on(
        "PATCH", "comments", lambda: Response(status_code=307, headers={"location": "https://evil.example"})
    )
    with pytest.raises(RefusedByServer, match="307"):
        desk.do(
            lambda github: github.patch(f"{github.home}/issues/comments/1", {"body": "x"}, permission="p")
        )


def test_trouble_that_passes_is_tried_again_with_longer_waits(desk: Desk, state: State) -> None:
    state.pull()
    state.on("GET", "pulls", *[answered(502)] * 4)
    assert desk.do(head)["number"] == 7
    assert desk.waiting.waits == [0.25, 0.5, 1.0, 2.0]


def test_trouble_that_stays_ends_with_the_next_step(desk: Desk, state: State) -> None:
    state.on("GET", "pulls", *[answered(503, "busy")] * 9)
    with pytest.raises(RefusedByServer) as caught:
        desk.do(head)
    assert (
        caught.value.message == f"GET /repos/{REPOSITORY}/pulls/7: GitHub answered 503 (busy) (tried 5 times)"
    )
    assert caught.value.help == "GitHub is in trouble: run the job again later"
    assert len(state.requests) == 5


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_is_waited_out(desk: Desk, state: State, status: int) -> None:
    state.pull()
    state.on("GET", "pulls", answered(status, "slow down", retry_after="20"))
    assert desk.do(head)["number"] == 7
    assert desk.waiting.waits == [20.0]


def test_primary_limit_is_waited_out_until_its_reset(desk: Desk, state: State) -> None:
    state.pull()
    reset = str(int(state.now.timestamp()) + 30)
    state.on("GET", "pulls", answered(403, "limit", x_ratelimit_remaining="0", x_ratelimit_reset=reset))
    assert desk.do(head)["number"] == 7
    assert desk.waiting.waits == [31.0]


def test_limit_that_lasts_an_hour_is_not_waited_for_and_is_no_missing_permission(
    desk: Desk, state: State
) -> None:
    reset = str(int(state.now.timestamp()) + 3600)
    state.on("GET", "pulls", answered(403, "limit", x_ratelimit_remaining="0", x_ratelimit_reset=reset))
    with pytest.raises(RateLimited):
        desk.do(head)
    assert desk.waiting.waits == []


def test_secondary_limit_without_headers_waits_a_minute(desk: Desk, state: State) -> None:
    state.pull()
    state.on("GET", "pulls", answered(403, "You have exceeded a secondary rate limit."))
    assert desk.do(head)["number"] == 7
    assert desk.waiting.waits == [60.0]


def test_waiting_for_github_ends_within_the_runs_patience(desk: Desk, state: State) -> None:
    state.on("GET", "pulls", *[answered(429, "slow", retry_after="70")] * 9)
    with pytest.raises(RateLimited):
        desk.do(head)
    assert sum(desk.waiting.waits) <= 150


@pytest.mark.parametrize("status", [403, 404])
def test_missing_permission_is_named_with_the_line_to_add(desk: Desk, state: State, status: int) -> None:
    state.on("GET", "pulls", answered(status, "Resource not accessible by integration"))
    with pytest.raises(NotAllowed) as caught:
        desk.do(head)
    assert "add `pull-requests: read` to the job's permissions" in caught.value.help


def test_wrong_token_is_no_missing_permission_and_is_never_shown(desk: Desk, state: State) -> None:
    desk.token = "ghp_wrong-token-value"
    with pytest.raises(RefusedByServer) as caught:
        desk.do(head)
    assert not isinstance(caught.value, NotAllowed)
    assert "wrong or has expired" in caught.value.help
    assert "ghp_wrong" not in f"{caught.value!r}{caught.value.message}{caught.value.help}"


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ümlaut", "\x00"])
def test_token_that_cannot_be_a_header_is_refused_without_showing_it(desk: Desk, token: str) -> None:
    desk.token = token
    with pytest.raises(CredentialsError) as caught:
        desk.do(head)
    assert token not in caught.value.message


@pytest.mark.parametrize("url", ["http://api.github.com", "ftp://x", "https://user:pass@x", "https://", "x"])
def test_token_goes_to_https_only(url: str) -> None:
    async def opened() -> None:
        async with open_github(url, REPOSITORY, JOB_TOKEN):
            pass

    with pytest.raises(ReconcilerError, match="not an https URL"):
        asyncio.run(opened())


def test_proxy_that_cannot_be_used_is_an_error_without_its_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "foo://user:hunter22@proxy.example")
    with pytest.raises(ReconcilerError, match="proxy") as caught:
        asyncio.run(_opened())
    assert "hunter22" not in f"{caught.value}{caught.value.help}"


def test_no_proxy_gets_the_token_on_the_way_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http is allowed there only; a proxy that cannot be used shows that none is asked for."""
    monkeypatch.setenv("ALL_PROXY", "foo://proxy.example")

    async def opened() -> None:
        async with open_github("http://127.0.0.1:9", REPOSITORY, JOB_TOKEN):
            pass

    asyncio.run(opened())


async def _opened() -> None:
    async with open_github("https://api.github.example", REPOSITORY, JOB_TOKEN):
        pass


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff", b'"text"', b"[" * 100_000])
def test_answer_that_is_no_json_object_is_unusable(desk: Desk, state: State, body: bytes) -> None:
    state.pull()
    state.on("GET", "comments", *[lambda: Response(body)] * 5)
    with pytest.raises(UnusableAnswer):
        desk.do(comments)


def test_answer_without_end_is_cut_at_its_limit(desk: Desk, state: State) -> None:
    state.on("GET", "pulls", lambda: Response(b" " * (MAX_BODY + 1)))
    with pytest.raises(UnusableAnswer, match="larger than 32 MiB"):
        desk.do(head)


def test_compressed_answer_is_refused_undecoded(desk: Desk, state: State) -> None:
    state.on("GET", "pulls", lambda: Response(b"\x1f\x8b", headers={"content-encoding": "gzip"}))
    with pytest.raises(UnusableAnswer, match="compressed"):
        desk.do(head)


def test_answer_that_never_ends_meets_the_deadline() -> None:
    async def silent(_scope: object, _receive: object, _send: object) -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        timing = Timing(read_seconds=0.01, retry_budget_seconds=0.0)
        factory = lambda: httpx.ASGITransport(app=silent)  # noqa: E731
        async with open_github(
            "https://api.github.example", REPOSITORY, JOB_TOKEN, timing=timing, transport_factory=factory
        ) as github:
            await head(github)

    with pytest.raises(Unreachable, match=r"no complete answer within 0\.01 s"):
        asyncio.run(run())


def test_created_once_when_the_answer_was_lost(desk: Desk, state: State) -> None:
    state.pull()
    state.on("POST", "comments", answered(502), after=True)
    body = f"{MARKER.line}\nhello"
    posted = desk.do(lambda g: put_comment(g, 7, body, matches=lambda m: m.key == MARKER.key))
    assert state.bodies() == [body]
    assert posted.url.endswith(str(state.comments[0].id))


def test_created_when_the_first_try_never_arrived(desk: Desk, state: State) -> None:
    state.pull()
    state.on("POST", "comments", answered(502))
    body = f"{MARKER.line}\nhello"
    desk.do(lambda g: put_comment(g, 7, body, matches=lambda m: m.key == MARKER.key))
    assert state.bodies() == [body]


def test_refused_creation_is_not_repeated(desk: Desk, state: State) -> None:
    state.pull()
    with pytest.raises(RefusedByServer, match="body is too long") as caught:
        desk.do(lambda g: put_comment(g, 7, MARKER.line + "x" * 70_000, matches=lambda _: True))
    assert caught.value.status == 422
    assert len(state.writes()) == 1


def test_every_request_carries_version_agent_and_token(desk: Desk, state: State) -> None:
    state.pull()
    desk.do(head)  # the double refuses a request without them
    assert state.tokens_seen == {JOB_TOKEN}


def test_enterprise_server_has_its_graphql_elsewhere(desk: Desk, state: State) -> None:
    desk.prefix = "/api/v3"
    assert desk.do(GitHub.viewer).login == JOB_LOGIN
    assert state.requests == ["POST /api/graphql"]


@pytest.mark.parametrize(
    ("account", "login"),
    [
        (Account(graphql=False), JOB_LOGIN),
        (Account("octocat", "User", graphql=False, user_endpoint=True), "octocat"),
        (Account("my-app", "Bot"), "my-app"),
    ],
)
def test_who_we_are_is_found_out_whatever_the_token(
    desk: Desk, state: State, account: Account, login: str
) -> None:
    state.accounts[JOB_TOKEN] = account
    assert desk.do(GitHub.viewer).login == login


def test_who_we_are_is_not_guessed_while_github_cannot_be_reached(desk: Desk, state: State) -> None:
    def broken() -> Response:
        raise httpx.ReadError("broken")

    state.on("POST", "graphql", *[broken] * 5)
    state.on("GET", "/user", *[broken] * 5)
    with pytest.raises(Unreachable):
        desk.do(GitHub.viewer)


def test_bot_is_recognised_with_and_without_its_suffix(desk: Desk, state: State) -> None:
    state.pull()
    state.accounts[JOB_TOKEN] = Account("my-app", "Bot")
    state.comment(7, MARKER.line, {"login": "my-app[bot]", "type": "Bot"})
    state.comment(7, MARKER.line, {"login": "my-app[bot]", "type": "User"})
    assert len(desk.do(lambda g: our_comments(g, 7, lambda _: True))) == 1


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ("", None),
        ('<https://x/?page=2>; rel="next", <https://x/?page=9>; rel="last"', "https://x/?page=2"),
        ('<https://x/?page=1>; rel="prev"', None),
        ("nonsense", None),
        ("<https://x>; rel=next", "https://x"),
    ],
)
def test_next_page_is_read_from_the_link_header(header: str, url: str | None) -> None:
    assert next_link(header) == url


def test_graphql_answers_with_errors_are_no_data(desk: Desk, state: State) -> None:
    state.on("POST", "graphql", lambda: Response(json.dumps({"data": {}, "errors": [1]})))
    with pytest.raises(UnusableAnswer):
        desk.do(lambda github: github.query("query { viewer { login } }"))
