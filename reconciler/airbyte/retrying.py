"""When a read is sent again: a pure rule, and the loop around it. Creates never come here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from reconciler.airbyte.refusals import LONGEST_WAIT
from reconciler.airbyte.timing import Timing
from reconciler.errors import RefusedByServer, ServerError, Unreachable

Result = TypeVar("Result")

MAX_RETRIES = 4
BASE_SECONDS = 0.5
CAP_SECONDS = 8.0


def wait_before_retry(error: ServerError, retries: int, chance: float) -> float | None:
    """Seconds to wait before the next try, None when there is to be none.

    `retries` counts the retries already made; `chance` is 0 <= x < 1. Full jitter: a random part of `0.5 *
    2**retries` seconds, at most 8; a Retry-After makes it longer, never shorter, and one beyond 60 seconds
    ends the tries.
    """
    if retries >= MAX_RETRIES or not _may_pass(error):
        return None
    backoff = chance * min(CAP_SECONDS, BASE_SECONDS * 2.0**retries)
    asked = error.retry_after if isinstance(error, RefusedByServer) else None
    if asked is None:
        return backoff
    return max(asked, backoff) if asked <= LONGEST_WAIT else None


def _may_pass(error: ServerError) -> bool:
    """Whether the same read can succeed a moment later. 500 is also the answer to bad input, hence the low
    number of tries.
    """
    if isinstance(error, Unreachable):
        return True
    status = error.status or 0
    return isinstance(error, RefusedByServer) and (status in (408, 429) or status >= 500)


async def with_retries(
    attempt: Callable[[], Awaitable[Result]], timing: Timing, *, until: float | None = None
) -> Result:
    """The result of the first try that succeeds; raises the last try's error, which then says how many there
    were. No try begins at `until` (on the monotonic clock) or later.
    """
    retries = 0
    while True:
        try:
            return await attempt()
        except ServerError as error:
            wait = wait_before_retry(error, retries, timing.chance())
            if wait is None or (until is not None and timing.monotonic() + wait >= until):
                _count_tries(error, retries + 1)
                raise
        retries += 1
        await timing.sleep(wait)


def _count_tries(error: ServerError, tries: int) -> None:
    if tries > 1:
        error.message = f"{error.message} (tried {tries} times)"
        error.args = (error.message,)
