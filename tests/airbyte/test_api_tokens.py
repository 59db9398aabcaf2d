"""Tokens are renewed in time, once, and never shown."""

from __future__ import annotations

import asyncio

import pytest
from airbyte.airbyte_doubles import Airbyte, Clock, Connect, Reply, problem
from factories import ORGANIZATION

from reconciler.airbyte.answers import Token
from reconciler.airbyte.client import Client
from reconciler.errors import CredentialsError


@pytest.mark.parametrize(
    ("life", "age", "wanted", "enough"),
    [
        (900.0, 0.0, 0.0, True),
        (900.0, 840.0, 0.0, True),
        (900.0, 841.0, 0.0, False),
        (900.0, 780.0, 60.0, True),
        (900.0, 781.0, 60.0, False),
        (50.0, 0.0, 60.0, True),
        (50.0, 6.0, 60.0, False),
        (50.0, 45.0, 0.0, True),
        (50.0, 46.0, 0.0, False),
    ],
)
def test_token_is_used_only_while_it_lives_long_enough(
    life: float, age: float, wanted: float, enough: bool
) -> None:
    assert Token("t", expires_at=life, life=life).lives_for(wanted, age) is enough


async def together(api: Client) -> None:
    """Twenty workers that need a token at once."""
    await asyncio.gather(*(api.list_templates(ORGANIZATION) for _ in range(20)))


def test_concurrent_workers_share_one_token_and_one_renewal(airbyte: Airbyte, api_of: Connect) -> None:
    async def run(api: Client) -> None:
        async with api:
            await together(api)
            assert airbyte.tokens == ["token-1"]
            airbyte.valid.clear()
            await together(api)

    asyncio.run(run(api_of(airbyte, concurrency=20)))
    assert airbyte.tokens == ["token-1", "token-2"]


@pytest.mark.parametrize(("expires_in", "life"), [(900, 900.0), (None, 180.0)])
def test_token_is_renewed_before_it_expires(
    airbyte: Airbyte, api_of: Connect, clock: Clock, expires_in: int | None, life: float
) -> None:
    airbyte.queued["token"].append(Reply(200, {"access_token": "first", "expires_in": expires_in}))
    airbyte.valid.add("first")
    issued: list[int] = []

    async def run(api: Client) -> None:
        async with api:
            for seconds in (0.0, life - 60.0, 1.0):
                clock.advance(seconds)
                await api.ensure_token()
                issued.append(airbyte.count("POST", "token"))

    asyncio.run(run(api_of(airbyte)))
    assert issued == [1, 1, 2]


def test_a_failed_renewal_leaves_the_next_caller_a_chance(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["token"].append(problem(400))

    async def run(api: Client) -> None:
        async with api:
            with pytest.raises(CredentialsError):
                await api.ensure_token()
            await api.ensure_token()

    asyncio.run(run(api_of(airbyte)))
    assert airbyte.tokens == ["token-1"]


def test_given_token_cannot_be_renewed(airbyte: Airbyte, api_of: Connect) -> None:
    async def run(api: Client) -> None:
        async with api:
            await api.ensure_token(3600)
            await api.renew_token()

    with pytest.raises(CredentialsError) as caught:
        asyncio.run(run(api_of(airbyte, bearer="given")))
    assert (
        caught.value.message
        == "the server refused the bearer token (401), and a given token cannot be renewed"
    )
    assert caught.value.help == (
        "AIRBYTE_BEARER_TOKEN is wrong, expired or for another server: set a new one,"
        " or use AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, which renew it"
    )


@pytest.mark.parametrize("value", ["hush\n", "hush hush", "hüsh", "\x00"])
def test_given_token_that_fits_no_header_is_refused_without_showing_it(
    airbyte: Airbyte, api_of: Connect, value: str
) -> None:
    with pytest.raises(CredentialsError) as caught:
        api_of(airbyte, bearer=value)
    assert caught.value.message == "the bearer token holds spaces, line ends or characters outside ASCII"


def test_tokens_are_not_in_their_repr() -> None:
    assert "hush" not in repr(Token("hush", 1.0, 1.0))
