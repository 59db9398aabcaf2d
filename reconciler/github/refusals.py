"""GitHub's refusals as errors that name method, path, status and the next step. Pure."""

from __future__ import annotations

import json
import re

from reconciler.errors import RefusedByServer, UnusableAnswer
from reconciler.github.request import Answer, Request
from reconciler.model.text import one_line

MAX_TEXT = 200
SECONDARY_WAIT = 60.0
"""Seconds to wait for a secondary limit that names no time: GitHub asks for at least one minute."""

_SECONDARY = re.compile(r"secondary[ -]rate[ -]limit", re.IGNORECASE)
_RATE_HELP = "GitHub limits how many requests a token may send; run the job again later"


class NotAllowed(RefusedByServer):
    """403, 404 or 410: this token may not do it, or the repository has the feature switched off."""


class RateLimited(RefusedByServer):
    """Refused before it was processed, for the number of requests. `retry_after` is never None."""


def refusal(request: Request, answer: Answer, *, now: float) -> RefusedByServer:
    """The error for an answer that is not a success. `now` in seconds since 1970, for limits that name a time."""
    said = _said(answer)
    wait = rate_limit_wait(answer, now=now)
    text = f"{request}: GitHub answered {answer.status}" + (f" ({said})" if said else "")
    kind, help_text = RefusedByServer, _help(request, answer.status)
    if wait is not None:
        kind, text, help_text = RateLimited, f"{text}: rate limit", _RATE_HELP
    elif answer.status in (403, 404, 410):
        kind = NotAllowed
    return kind(
        text, method=request.method, path=request.path, status=answer.status, help=help_text, retry_after=wait
    )


def rate_limit_wait(answer: Answer, *, now: float) -> float | None:
    """Seconds that GitHub wants us to wait; None when this is no rate limit.

    GitHub REST, rate limits: 403 or 429; `retry-after` if there is one, else with `x-ratelimit-remaining: 0` the time in
    `x-ratelimit-reset`, else at least a minute. A 403 for a secondary limit without these headers can be told from a missing
    permission by GitHub's words only; a mistake there costs a wait, nothing else.
    """
    if answer.status not in (403, 429):
        return None
    asked = _number(answer.headers.get("retry-after"))
    if asked is not None:
        return asked
    reset = _number(answer.headers.get("x-ratelimit-reset"))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return max(0.0, reset - now) + 1.0
    if answer.status == 429 or _SECONDARY.search(_said(answer)):
        return SECONDARY_WAIT
    return None


def unusable(request: Request, what: str, *, status: int | None = None) -> UnusableAnswer:
    """The error for an answer that came and cannot be used."""
    return UnusableAnswer(
        f"{request}: GitHub's answer cannot be used: {what}",
        method=request.method,
        path=request.path,
        status=status,
        help="check GITHUB_API_URL; something between this machine and GitHub may answer in its place",
    )


def _help(request: Request, status: int) -> str:
    if status == 401:
        return "the token is wrong or has expired: pass `${{ github.token }}` as GITHUB_TOKEN"
    if status == 410:
        return "the repository has issues switched off: switch them on in its settings"
    if status in (403, 404):
        return f"add `{request.permission}` to the job's permissions; the token of a fork or of Dependabot can only read"
    if status >= 500:
        return "GitHub is in trouble: run the job again later"
    return "this is what GitHub says about the request; run the job again, and report it if it stays"


def _said(answer: Answer) -> str:
    """GitHub's own words: `message`, and the messages in `errors`."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    parts = [body, *(errors if isinstance(errors, list) else [])]
    texts = [part.get("message") if isinstance(part, dict) else part for part in parts[:5]]
    return one_line("; ".join(text for text in texts if isinstance(text, str)), MAX_TEXT)


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and re.fullmatch(r"[0-9]{1,12}", text.strip()) else None
