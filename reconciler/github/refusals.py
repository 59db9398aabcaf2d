"""What is asked of GitHub, its refusals as errors with the next step, and the members of its objects. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.errors import RefusedByServer, UnusableAnswer
from reconciler.http import message
from reconciler.http.message import Answer
from reconciler.model.json_value import JsonObject
from reconciler.model.text import one_line

COMMENTS = "pull-requests: write"
PULLS = "pull-requests: read"
ISSUES = "issues: write"
CONTENTS = "contents: read"
"""Permissions, as a workflow file names them."""

SECONDARY_WAIT = 60.0
"""Seconds to wait for a secondary limit that names no time: GitHub asks for at least one minute."""
ADDRESS_HELP = "check GITHUB_API_URL; something between this machine and GitHub may answer in its place"

_BOT = "[bot]"
_SECONDARY = re.compile(r"secondary[ -]rate[ -]limit", re.IGNORECASE)


class NotAllowed(RefusedByServer):
    """403, 404 or 410: this token may not do it, or the repository has the feature switched off."""


class RateLimited(RefusedByServer):
    """Refused before it was processed, for the number of requests. `retry_after` is never None."""


@dataclass(frozen=True)
class Ask:
    """One request. `path` begins behind the API's base url. `permission` is what the job needs for it."""

    method: str
    path: str
    permission: str
    body: JsonObject | None = field(default=None, repr=False, hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def unusable(self, reason: str) -> UnusableAnswer:
        """The error for an answer that came and cannot be used."""
        return message.unusable(self, reason, status=None, help=ADDRESS_HELP)


def refusal(ask: Ask, answer: Answer, *, now: float) -> RefusedByServer:
    """The error for an answer that is not a success. `now` in seconds since 1970, for limits that name a time."""
    status, said, wait = answer.status, _said(answer), rate_limit_wait(answer, now=now)
    text = f"{ask}: GitHub answered {status}" + (f" ({said})" if said else "")
    kind = NotAllowed if status in (403, 404, 410) else RefusedByServer
    if wait is not None:
        kind, text = RateLimited, f"{text}: rate limit"
        way = "GitHub limits how many requests a token may send; run the job again later"
    elif status == 401:
        way = "the token is wrong or has expired: pass `${{ github.token }}` as GITHUB_TOKEN"
    elif status == 410:
        way = "the repository has issues switched off: switch them on in its settings"
    elif status in (403, 404):
        way = f"add `{ask.permission}` to the job's permissions; the token of a fork or of Dependabot can only read"
    elif status >= 500:
        way = "GitHub is in trouble: run the job again later"
    else:
        way = "this is what GitHub says about the request; run the job again, and report it if it stays"
    return kind(text, method=ask.method, path=ask.path, status=status, help=way, retry_after=wait)


def rate_limit_wait(answer: Answer, *, now: float) -> float | None:
    """Seconds that GitHub wants us to wait. None when this is no rate limit.

    GitHub REST, rate limits: 403 or 429. `retry-after` if there is one, else with `x-ratelimit-remaining: 0` the time in
    `x-ratelimit-reset`, else at least a minute. A 403 for a secondary limit without these headers can be distinguished from a missing
    permission by GitHub's words only. A mistake there costs a wait, nothing else.
    """
    if answer.status not in (403, 429):
        return None
    asked, reset = answer.retry_after(now=now), answer.headers.get("x-ratelimit-reset", "")
    if asked is not None:
        return asked
    if answer.headers.get("x-ratelimit-remaining") == "0" and re.fullmatch(r"[0-9]{1,12}", reset):
        return max(0.0, float(reset) - now) + 1.0
    return SECONDARY_WAIT if answer.status == 429 or _SECONDARY.search(_said(answer)) else None


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
    return one_line("; ".join(text for text in texts if isinstance(text, str)), 200)


def text_of(item: JsonObject, name: str) -> str:
    """A member that is text. "" when it is null, absent or something else."""
    value = item.get(name)
    return value if isinstance(value, str) else ""


def member(item: JsonObject, name: str) -> JsonObject:
    """A member that is an object. {} when it is null, absent or something else."""
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def moment_of(item: JsonObject, name: str) -> datetime | None:
    """A member that is a moment, with its zone. None when it is null, absent or something else."""
    try:
        moment = datetime.fromisoformat(text_of(item, name))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number_of(item: JsonObject, name: str) -> int:
    """A member that is an id or a number. Raises UnusableAnswer."""
    value = item.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusableAnswer(f"GitHub's answer has no {name}", method="", path="")
    return value


def next_link(header: str) -> str | None:
    """The URL marked `rel="next"` in a Link header. None when there is none."""
    for link in header.split(","):
        target, *parameters = link.split(";")
        if any(parameter.strip() in ('rel="next"', "rel=next") for parameter in parameters):
            return target.strip().removeprefix("<").removesuffix(">")
    return None


@dataclass(frozen=True)
class Viewer:
    """The account behind the token. `login` is as GitHub says it: a bot's may come with or without `[bot]` (REST says it, GraphQL
    says it of the viewer only).
    """

    login: str

    def wrote(self, item: JsonObject) -> bool:
        """Whether this comment or issue is ours. A deleted author is not us."""
        user = member(item, "user")
        login = text_of(user, "login")
        return bool(login) and self.is_account(login, is_bot=user.get("type") == "Bot")

    def is_account(self, login: str, *, is_bot: bool) -> bool:
        """Whether this is our account. A person may have the name of a bot without its suffix."""
        mine, theirs = self.login.lower(), login.lower()
        return mine == theirs or (is_bot and mine.removesuffix(_BOT) == theirs.removesuffix(_BOT))
