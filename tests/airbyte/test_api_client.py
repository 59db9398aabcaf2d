"""The client against a small Airbyte in the same process: what it sends, how it logs in, what it repeats."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from airbyte.airbyte_doubles import FAKER_ID, MOVED, SECRET, Airbyte, Clock, Connect, Reply, problem
from factories import ORGANIZATION, template_id

from reconciler import __version__
from reconciler.airbyte.api import (
    Created,
    NewTemplate,
    Rejected,
    Throttled,
    Unauthorized,
    Unclear,
)
from reconciler.airbyte.client import Client
from reconciler.errors import CredentialsError, EndpointMoved, RefusedByServer, ServerError, UnusableAnswer

NEW = NewTemplate(FAKER_ID, {"seed": 1})


def using(api: Client, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """The result of `work`, with the connections closed afterwards."""

    async def run() -> Any:
        async with api:
            return await work(api)

    return asyncio.run(run())


def listing(api: Client) -> Awaitable[Any]:
    return api.list_templates(ORGANIZATION)


def creating(api: Client) -> Awaitable[Any]:
    return api.create_template(ORGANIZATION, NEW)


def test_list_get_and_create_speak_to_the_documented_addresses(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.add(template_id(1))

    async def work(api: Client) -> Any:
        listed = await api.list_templates(ORGANIZATION.upper())
        template = await api.get_template(ORGANIZATION, listed[0].id.upper())
        return template, await api.create_template(ORGANIZATION, NEW)

    template, created = using(api_of(airbyte), work)
    assert (template.id, template.presets) == (template_id(1), {"seed": 1})
    assert created == Created("20000000-0000-4000-8000-000000000001")
    assert airbyte.log == [
        "POST /v1/applications/token",
        f"GET /v1/config_templates/sources?organizationId={ORGANIZATION}",
        f"GET /v1/config_templates/sources/{template_id(1)}",
        "POST /v1/config_templates/sources",
    ]
    assert airbyte.seen[-1].json == {
        "organizationId": ORGANIZATION,
        "actorDefinitionId": FAKER_ID,
        "partialDefaultConfig": {"seed": 1},
    }


def test_token_is_asked_for_with_both_spellings_of_the_grant(airbyte: Airbyte, api_of: Connect) -> None:
    using(api_of(airbyte), listing)
    assert airbyte.seen[0].json == {
        "client_id": "the-client",
        "client_secret": SECRET,
        "grant_type": "client_credentials",
        "grant-type": "client_credentials",
    }
    assert airbyte.seen[0].header("authorization") is None


def test_every_request_names_the_organization_and_asks_for_no_compression(
    airbyte: Airbyte, api_of: Connect
) -> None:
    airbyte.add(template_id(1))

    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        await api.get_template(ORGANIZATION, template_id(1))
        await api.create_template(ORGANIZATION, NEW)

    using(api_of(airbyte), work)
    for seen in airbyte.seen:
        assert seen.header("x-airbyte-organization-id") == ORGANIZATION
        assert seen.header("accept-encoding") == "identity"
        assert seen.header("user-agent") == f"airbyte-template-reconciler/{__version__}"
        assert seen.header("content-type") == ("application/json" if seen.body else None)
        assert seen.header("cookie") is None
    assert {seen.header("authorization") for seen in airbyte.seen[1:]} == {"Bearer token-1"}


def test_a_template_of_another_organization_is_asked_for_in_its_name(
    airbyte: Airbyte, api_of: Connect
) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    using(api_of(airbyte), lambda api: api.list_templates(other))
    assert [seen.header("x-airbyte-organization-id") for seen in airbyte.seen] == [ORGANIZATION, other]


def test_each_issued_token_is_made_known_as_a_secret(airbyte: Airbyte, api_of: Connect) -> None:
    secrets: list[str] = []

    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        await api.renew_token()

    using(api_of(airbyte, on_secret=secrets.append), work)
    assert secrets == ["token-1", "token-2"]


def test_a_refused_token_is_renewed_once_and_the_read_goes_on(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.add(template_id(1))

    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        airbyte.valid.clear()
        await api.get_template(ORGANIZATION, template_id(1))

    using(api_of(airbyte), work)
    assert [str(seen).split("?")[0] for seen in airbyte.seen[2:]] == [
        f"GET /v1/config_templates/sources/{template_id(1)}",
        "POST /v1/applications/token",
        f"GET /v1/config_templates/sources/{template_id(1)}",
    ]


def test_a_token_refused_twice_is_a_credentials_error(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["list"].extend([Reply(401, {"message": "Unauthorized"})] * 2)
    with pytest.raises(CredentialsError) as caught:
        using(api_of(airbyte), listing)
    assert caught.value.message == (
        "GET /v1/config_templates/sources answered 401: Unauthorized, also with a new token"
    )
    assert caught.value.help == (
        "the server issues tokens that it does not accept: check that the url is the server that the"
        " credentials belong to, and that the application still exists"
    )
    assert len(airbyte.tokens) == 2


def test_a_refused_bearer_token_is_a_credentials_error_at_once(airbyte: Airbyte, api_of: Connect) -> None:
    with pytest.raises(CredentialsError, match="the server refused the bearer token"):
        using(api_of(airbyte, bearer="given"), listing)
    assert airbyte.log == [f"GET /v1/config_templates/sources?organizationId={ORGANIZATION}"]
    assert airbyte.seen[0].header("authorization") == "Bearer given"


@pytest.mark.parametrize("status", [400, 401, 403, 418, 422])
def test_refused_credentials_name_status_and_the_servers_words_but_no_secret(
    airbyte: Airbyte, api_of: Connect, status: int
) -> None:
    airbyte.queued["token"].append(problem(status, f"client {SECRET} unknown"))
    with pytest.raises(CredentialsError) as caught:
        using(api_of(airbyte), listing)
    assert caught.value.message == (
        f"no access token: POST /v1/applications/token answered {status}: client *** unknown"
    )
    assert caught.value.help == (
        "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, and that the url is the server they belong to"
    )
    assert len(airbyte.seen) == 1


def test_token_endpoint_that_is_down_is_tried_again_before_it_is_an_error(
    airbyte: Airbyte, api_of: Connect, clock: Clock
) -> None:
    airbyte.queued["token"].extend([Reply(503)] * 5)
    with pytest.raises(CredentialsError) as caught:
        using(api_of(airbyte), listing)
    assert caught.value.message == "no access token: POST /v1/applications/token answered 503 (tried 5 times)"
    assert caught.value.help == "the server is busy or down: start the run again later"
    assert clock.slept == [0.25, 0.5, 1.0, 2.0]


def test_misshapen_token_answer_is_an_error_without_its_content(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["token"].append(Reply(200, {"access_token": "hush\nhush"}))
    with pytest.raises(UnusableAnswer) as caught:
        using(api_of(airbyte), listing)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_reads_are_tried_again_after_passing_trouble(
    airbyte: Airbyte, api_of: Connect, clock: Clock, status: int
) -> None:
    airbyte.queued["list"].extend([Reply(status), Reply(status, None, {"retry-after": "7"})])
    assert using(api_of(airbyte), listing) == ()
    assert clock.slept == [0.25, 7.0]


def test_a_read_gives_up_after_four_retries_and_says_so(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["list"].extend([problem(500, "Invalid UUID string")] * 5)
    with pytest.raises(RefusedByServer) as caught:
        using(api_of(airbyte), listing)
    assert caught.value.message == (
        "GET /v1/config_templates/sources answered 500: Invalid UUID string (tried 5 times)"
    )
    assert airbyte.count("GET", "config_templates") == 5


def test_a_wait_of_more_than_a_minute_is_not_waited_for(
    airbyte: Airbyte, api_of: Connect, clock: Clock
) -> None:
    airbyte.queued["list"].append(Reply(429, None, {"retry-after": "61"}))
    with pytest.raises(RefusedByServer) as caught:
        using(api_of(airbyte), listing)
    assert caught.value.help.startswith("the server asks to wait 61 s")
    assert clock.slept == []


def test_moved_organization_ends_the_read_at_once(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["list"].append(MOVED)
    with pytest.raises(EndpointMoved):
        using(api_of(airbyte), listing)
    assert len(airbyte.seen) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("kind", ["token", "list", "get", "create"])
def test_redirects_are_followed_nowhere(airbyte: Airbyte, api_of: Connect, status: int, kind: str) -> None:
    airbyte.add(template_id(1))
    airbyte.queued[kind].append(Reply(status, None, {"location": "https://evil.example/?code=hush"}))

    async def work(api: Client) -> Any:
        if kind == "create":
            return await api.create_template(ORGANIZATION, NEW)
        if kind == "get":
            return await api.get_template(ORGANIZATION, template_id(1))
        return await api.list_templates(ORGANIZATION)

    if kind == "create":
        answer = using(api_of(airbyte), work)
        assert isinstance(answer, Unclear)
        message = answer.error.message
    else:
        with pytest.raises((ServerError, CredentialsError)) as caught:
            using(api_of(airbyte), work)
        message = str(caught.value)
    assert f"answered {status}, a redirect to evil.example; redirects are never followed" in message
    assert airbyte.count("POST", "config_templates") == (1 if kind == "create" else 0)
    assert airbyte.count("GET", "config_templates") == (1 if kind in ("get", "list") else 0)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401, {"message": "Unauthorized"}), Unauthorized),
        (Reply(429, None, {"retry-after": "3"}), Throttled),
        (Reply(422, {"errorId": "x"}), Rejected),
        (Reply(500), Unclear),
        (Reply(503, None, {"retry-after": "1"}), Unclear),
        (Reply(200, b"{"), Unclear),
        (Reply(200, b"\x1f\x8b", {"content-encoding": "gzip"}), Unclear),
    ],
)
def test_a_create_is_sent_once_whatever_comes_back(
    airbyte: Airbyte, api_of: Connect, clock: Clock, reply: Reply, kind: type
) -> None:
    airbyte.queued["create"].append(reply)
    assert isinstance(using(api_of(airbyte), creating), kind)
    assert airbyte.count("POST", "config_templates") == 1
    assert len(airbyte.tokens) == 1
    assert clock.slept == []


def test_each_create_has_a_connection_of_its_own_and_reads_share_theirs(
    airbyte: Airbyte, api_of: Connect
) -> None:
    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        await api.list_templates(ORGANIZATION)
        await api.create_template(ORGANIZATION, NEW)
        await api.create_template(ORGANIZATION, NEW)

    using(api_of(airbyte), work)
    assert airbyte.connections == 3


def test_a_token_failure_before_a_create_raises_and_sends_nothing(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["token"].append(Reply(400))
    with pytest.raises(CredentialsError):
        using(api_of(airbyte), creating)
    assert airbyte.count("POST", "config_templates") == 0


def test_create_sends_the_token_at_hand_however_old_it_is(
    airbyte: Airbyte, api_of: Connect, clock: Clock
) -> None:
    """Fetching one there would let the list that authorises the create grow old."""

    async def work(api: Client) -> Any:
        await api.list_templates(ORGANIZATION)
        clock.advance(airbyte.expires_in + 1)
        return await api.create_template(ORGANIZATION, NEW)

    assert isinstance(using(api_of(airbyte), work), Created)
    assert len(airbyte.tokens) == 1


def test_renewed_token_is_used_by_the_next_create(airbyte: Airbyte, api_of: Connect) -> None:
    async def work(api: Client) -> Any:
        await api.ensure_token()
        airbyte.valid.clear()
        first = await api.create_template(ORGANIZATION, NEW)
        await api.renew_token()
        return first, await api.create_template(ORGANIZATION, NEW)

    first, second = using(api_of(airbyte), work)
    assert isinstance(first, Unauthorized)
    assert isinstance(second, Created)


def test_ids_are_checked_before_they_become_part_of_a_request(airbyte: Airbyte, api_of: Connect) -> None:
    with pytest.raises(Exception, match="is not a UUID"):
        using(api_of(airbyte), lambda api: api.get_template(ORGANIZATION, "../applications"))
    assert airbyte.seen == []


def test_closing_twice_is_harmless(airbyte: Airbyte, api_of: Connect) -> None:
    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        await api.aclose()

    using(api_of(airbyte), work)


STALE = [
    {"Age": "3600"},
    {"age": "2"},
    {"Age": "0, 999999999999999999999"},
    {"Warning": '110 - "Response is Stale"'},
]


@pytest.mark.parametrize("headers", STALE, ids=str)
@pytest.mark.parametrize("kind", ["list", "get"])
def test_an_answer_that_a_cache_kept_is_refused(
    airbyte: Airbyte, api_of: Connect, headers: dict[str, str], kind: str
) -> None:
    airbyte.queued[kind].append(Reply(200, {"data": []}, headers))
    read = listing if kind == "list" else lambda api: api.get_template(ORGANIZATION, template_id(1))
    with pytest.raises(UnusableAnswer, match="a cache kept it from before it was asked for") as caught:
        using(api_of(airbyte), read)
    assert "let nothing between here and the server cache the API" in caught.value.help
    assert [seen.header("cache-control") for seen in airbyte.seen] == ["no-cache"] * len(airbyte.seen)


@pytest.mark.parametrize(
    "headers", [{"Age": "0"}, {"Age": "1"}, {"Age": "old"}, {"Warning": '299 - "110 items"'}], ids=str
)
def test_an_answer_made_for_the_question_is_asked_for_once(
    airbyte: Airbyte, api_of: Connect, headers: dict[str, str]
) -> None:
    airbyte.queued["list"].append(Reply(200, {"data": []}, headers))
    assert using(api_of(airbyte), listing) == ()
    assert airbyte.count("GET", "organizationId") == 1
