"""Tokens are renewed in time, once, and never shown."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from airbyte_doubles import Clock
from hypothesis import given
from hypothesis import strategies as st

from reconciler.airbyte.answers import TokenAnswer
from reconciler.airbyte.tokens import Token, Tokens, given_token, jwt_claims, life_of, margin
from reconciler.errors import CredentialsError
from reconciler.model.credentials import BearerToken

NOW = 1_800_000_000.0


def jwt(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.c2ln"


@pytest.mark.parametrize(
    ("value", "expires_in", "life"),
    [
        (jwt(exp=NOW + 180), 900.0, 180.0),
        (jwt(exp=NOW + 180, iat=NOW), 900.0, 180.0),
        (jwt(exp=NOW + 400, iat=NOW + 220), 900.0, 180.0),
        (jwt(exp=NOW - 600, iat=NOW - 780), 900.0, 180.0),
        (jwt(exp=NOW - 600), 900.0, 900.0),
        (jwt(exp="soon"), 900.0, 900.0),
        (jwt(exp=True), 900.0, 900.0),
        (jwt(), 900.0, 900.0),
        ("opaque", 900.0, 900.0),
        ("opaque", None, 180.0),
        ("a.b.c", None, 180.0),
        (jwt(exp=0), None, 180.0),
    ],
)
def test_life_is_the_tokens_own_where_it_tells(value: str, expires_in: float | None, life: float) -> None:
    assert life_of(TokenAnswer(value, expires_in), NOW) == life


@given(st.text() | st.binary().map(lambda data: f"x.{base64.urlsafe_b64encode(data).decode()}.y"))
def test_claims_of_anything_are_numbers_or_nothing(token: str) -> None:
    assert all(isinstance(value, float) for value in jwt_claims(token).values())


def test_margin_is_a_minute_and_a_tenth_of_short_lives() -> None:
    assert [margin(life) for life in (3600.0, 900.0, 180.0, 100.0, 10.0)] == [60.0, 60.0, 60.0, 10.0, 1.0]


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


class Issuer:
    """Issues `t1`, `t2`, ...; counts."""

    def __init__(self, expires_in: float | None = 900.0) -> None:
        self.issued = 0
        self.expires_in = expires_in

    async def __call__(self) -> TokenAnswer:
        await asyncio.sleep(0)
        self.issued += 1
        return TokenAnswer(f"t{self.issued}", self.expires_in)


def test_concurrent_workers_share_one_token(clock: Clock) -> None:
    issuer = Issuer()

    async def run() -> list[Token]:
        source = Tokens(clock.timing, fetch=issuer)
        return await asyncio.gather(*(source.fresh() for _ in range(20)))

    assert {token.value for token in asyncio.run(run())} == {"t1"}
    assert issuer.issued == 1


def test_concurrent_workers_share_one_renewal(clock: Clock) -> None:
    issuer = Issuer()

    async def run() -> str:
        source = Tokens(clock.timing, fetch=issuer)
        stale = await source.fresh()
        await asyncio.gather(*(source.renew(stale) for _ in range(20)))
        return (await source.fresh()).value

    assert asyncio.run(run()) == "t2"
    assert issuer.issued == 2


def test_token_is_renewed_before_it_expires(clock: Clock) -> None:
    issuer = Issuer()

    async def run() -> list[str]:
        source = Tokens(clock.timing, fetch=issuer)
        used = [(await source.fresh()).value]
        for seconds in (840.0, 1.0, 0.0):
            clock.advance(seconds)
            used.append((await source.fresh()).value)
        return used

    assert asyncio.run(run()) == ["t1", "t1", "t2", "t2"]


def test_a_failed_renewal_leaves_the_next_caller_a_chance(clock: Clock) -> None:
    answers: list[TokenAnswer | CredentialsError] = [CredentialsError("no"), TokenAnswer("t1", None)]

    async def fetch() -> TokenAnswer:
        answer = answers.pop(0)
        if isinstance(answer, CredentialsError):
            raise answer
        return answer

    async def run() -> str:
        source = Tokens(clock.timing, fetch=fetch)
        with pytest.raises(CredentialsError):
            await source.fresh()
        return (await source.fresh()).value

    assert asyncio.run(run()) == "t1"


def test_given_token_cannot_be_renewed(clock: Clock) -> None:
    async def run() -> None:
        source = Tokens(clock.timing, given=given_token(BearerToken("given")))
        await source.renew(await source.fresh(3600))

    with pytest.raises(CredentialsError) as caught:
        asyncio.run(run())
    assert (
        caught.value.message
        == "the server refused the bearer token (401), and a given token cannot be renewed"
    )
    assert caught.value.help == (
        "AIRBYTE_BEARER_TOKEN is wrong, expired or for another server: set a new one,"
        " or use AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, which renew it"
    )


@pytest.mark.parametrize("value", ["hush\n", "hush hush", "hüsh", "\x00", ""])
def test_given_token_that_fits_no_header_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        given_token(BearerToken(value))
    assert caught.value.message == "the bearer token holds spaces, line ends or characters outside ASCII"


def test_tokens_are_not_in_their_repr() -> None:
    assert "hush" not in repr(Token("hush", 1.0, 1.0))
