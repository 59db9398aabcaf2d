"""When a request to GitHub is sent again: pure rules."""

from __future__ import annotations

from reconciler.errors import RefusedByServer, ServerError, Unreachable, UnusableAnswer
from reconciler.github.refusals import RateLimited

MAX_RETRIES = 4
BASE_SECONDS = 0.5
CAP_SECONDS = 8.0
LONGEST_WAIT = 75.0
"""Seconds; a secondary limit asks for 60. A limit that lasts longer ends the tries: a job should not wait out an hour."""


def wait_before_retry(error: ServerError, retries: int, chance: float, *, creates: bool) -> float | None:
    """Seconds to wait before the next try, None when there is to be none.

    `retries` counts those already made; `chance` is 0 <= x < 1. Full jitter: a random part of `0.5 * 2**retries` seconds, at
    most 8; GitHub's own wait makes it longer, never shorter. With `creates` also an unreadable success counts as trouble that
    may pass: the caller looks for what it made.
    """
    if retries >= MAX_RETRIES or not _may_pass(error, creates=creates):
        return None
    backoff = chance * min(CAP_SECONDS, BASE_SECONDS * 2.0**retries)
    asked = error.retry_after if isinstance(error, RateLimited) else None
    if asked is None:
        return backoff
    return asked + backoff if asked <= LONGEST_WAIT else None


def is_unclear(error: ServerError) -> bool:
    """Whether what was sent may have been done although the answer says no such thing."""
    if isinstance(error, Unreachable):
        return error.sent
    return isinstance(error, UnusableAnswer) or (error.status or 0) >= 500


def _may_pass(error: ServerError, *, creates: bool) -> bool:
    if isinstance(error, Unreachable | RateLimited):
        return True
    if isinstance(error, UnusableAnswer):
        return creates
    return isinstance(error, RefusedByServer) and ((error.status or 0) >= 500 or error.status == 408)
