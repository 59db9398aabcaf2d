"""Clocks and deadlines, and when a request is sent again. A create of a template never comes here."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from reconciler.errors import RefusedByServer, ServerError, Unreachable
from reconciler.http.message import LONGEST_WAIT

Result = TypeVar("Result")

MAX_RETRIES = 4
BASE_SECONDS = 0.5
CAP_SECONDS = 8.0


def _chance() -> float:
    """0 <= x < 1; spreads retries, protects nothing."""
    return random.random()  # noqa: S311


@dataclass(frozen=True)
class Timing:
    """Clocks, sleep and chance, so that tests need neither to wait nor to be lucky; and the deadlines in seconds.

    `monotonic` measures elapsed time, `now` is seconds since 1970 and only read to understand dates that the server names.
    `token`, `read` and `create` cover a whole exchange from connecting to the last byte; `connect` is the part of it before the
    first byte may be sent, and well below the others: then a late connection is always proved unsent. `patience` bounds
    everything that waiting for GitHub may cost in one run.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = _chance
    connect_seconds: float = 10.0
    token_seconds: float = 15.0
    read_seconds: float = 30.0
    create_seconds: float = 60.0
    patience_seconds: float = 150.0


def may_pass(error: ServerError) -> bool:
    """Whether the same read can succeed a moment later. 500 is also the answer to bad input, hence the low number of tries."""
    status = error.status or 0
    refused = isinstance(error, RefusedByServer) and (status in (408, 429) or status >= 500)
    return isinstance(error, Unreachable) or refused


def wait_before_retry(
    error: ServerError,
    retries: int,
    chance: float,
    *,
    passes: Callable[[ServerError], bool] = may_pass,
    longest: float = LONGEST_WAIT,
) -> float | None:
    """Seconds to wait before the next try, None when there is to be none.

    `retries` counts the retries already made; `chance` is 0 <= x < 1. Full jitter: a random part of `0.5 * 2**retries` seconds,
    at most 8. A wait that the server asks for comes first; one beyond `longest` ends the tries.
    """
    if retries >= MAX_RETRIES or not passes(error):
        return None
    backoff = chance * min(CAP_SECONDS, BASE_SECONDS * 2.0**retries)
    asked = error.retry_after if isinstance(error, RefusedByServer) else None
    if asked is None:
        return backoff
    return max(asked, backoff) if asked <= longest else None


async def with_retries(
    attempt: Callable[[], Awaitable[Result]],
    timing: Timing,
    *,
    until: Callable[[], float] = lambda: math.inf,
    passes: Callable[[ServerError], bool] = may_pass,
    longest: float = LONGEST_WAIT,
) -> Result:
    """The result of the first try that succeeds; raises the last try's error, which then says how many there were. No try
    begins at `until()` (on the monotonic clock) or later.
    """
    retries = 0
    while True:
        try:
            return await attempt()
        except ServerError as error:
            wait = wait_before_retry(error, retries, timing.chance(), passes=passes, longest=longest)
            if wait is None or timing.monotonic() + wait >= until():
                if retries:
                    error.message = f"{error.message} (tried {retries + 1} times)"
                    error.args = (error.message,)
                raise
        retries += 1
        await timing.sleep(wait)
