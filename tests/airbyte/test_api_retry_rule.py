"""Which reads are tried again, and after how long."""

from __future__ import annotations

import asyncio

import pytest
from airbyte.airbyte_doubles import Clock

from reconciler.errors import EndpointMoved, RefusedByServer, ServerError, Unreachable, UnusableAnswer
from reconciler.http.exchange import wait_before_retry, with_retries


def refused(status: int, retry_after: float | None = None) -> RefusedByServer:
    return RefusedByServer("refused", method="GET", path="/p", status=status, retry_after=retry_after)


LOST = Unreachable("lost", method="GET", path="/p", sent=True)


@pytest.mark.parametrize("retries", range(4))
def test_backoff_is_a_random_part_of_a_doubling_span(retries: int) -> None:
    assert wait_before_retry(LOST, retries, 0.0) == 0.0
    assert wait_before_retry(LOST, retries, 0.5) == 0.25 * 2**retries
    assert 0 <= (wait_before_retry(LOST, retries, 0.999) or 0) < 8.0


def test_there_are_four_retries() -> None:
    assert wait_before_retry(LOST, 4, 0.5) is None


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
def test_passing_trouble_is_retried(status: int) -> None:
    assert wait_before_retry(refused(status), 0, 0.5) == 0.25


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 409, 410, 422])
def test_lasting_refusals_are_not_retried(status: int) -> None:
    assert wait_before_retry(refused(status), 0, 0.5) is None


def test_answers_that_cannot_be_trusted_are_not_retried() -> None:
    assert wait_before_retry(UnusableAnswer("m", method="GET", path="/p", status=200), 0, 0.5) is None
    assert wait_before_retry(UnusableAnswer("m", method="GET", path="/p", status=503), 0, 0.5) is None
    assert wait_before_retry(EndpointMoved("m", method="GET", path="/p", status=301), 0, 0.5) is None


@pytest.mark.parametrize(("asked", "wait"), [(0.0, 0.25), (3.0, 3.0), (60.0, 60.0), (60.5, None)])
def test_the_servers_wait_is_kept_and_ends_the_tries_beyond_a_minute(
    asked: float, wait: float | None
) -> None:
    assert wait_before_retry(refused(503, asked), 0, 0.5) == wait


def test_the_last_error_says_how_often_it_was_tried(clock: Clock) -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise refused(503)

    with pytest.raises(ServerError) as caught:
        asyncio.run(with_retries(attempt, clock.timing))
    assert (tries, str(caught.value), caught.value.message) == (
        5,
        "refused (tried 5 times)",
        "refused (tried 5 times)",
    )
    assert clock.slept == [0.25, 0.5, 1.0, 2.0]


def test_a_success_ends_the_tries(clock: Clock) -> None:
    errors: list[ServerError] = [refused(429, 7.0), LOST]

    async def attempt() -> str:
        if errors:
            raise errors.pop(0)
        return "done"

    assert asyncio.run(with_retries(attempt, clock.timing)) == "done"
    assert clock.slept == [7.0, 0.5]
