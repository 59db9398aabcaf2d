"""The access token of a run: fetched once, renewed in time, shared by everyone. Never shown.

Elapsed time is measured on the monotonic clock from before the request was sent, so a token is thought older
than it is.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from reconciler.airbyte.answers import TokenAnswer, is_visible_ascii
from reconciler.errors import CredentialsError, RefusedByServer
from reconciler.http.retrying import Timing
from reconciler.model.credentials import BearerToken

DEFAULT_LIFE = 180.0
"""Seconds a token is believed to live when nothing says how long: the shortest life that the vendor ever
documented.
"""
_CREDENTIALS_HELP = (
    "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, and that the url is the server they belong to"
)


@dataclass(frozen=True)
class Token:
    """An access token; `expires_at` on the monotonic clock, `life` its whole length in seconds."""

    value: str = field(repr=False)
    expires_at: float = math.inf
    life: float = 0.0

    def lives_for(self, seconds: float, now: float) -> bool:
        """Whether it lives for `seconds` and a margin from now on; a new token always counts, however short
        its life.
        """
        needed = min(max(seconds, 0.0) + margin(self.life), 0.9 * self.life)
        return self.expires_at - now >= needed


def margin(life: float) -> float:
    """Seconds before its end from which a token is not used: a minute, or a tenth of a short life."""
    return 60.0 if life >= 180.0 else life / 10


def life_of(answer: TokenAnswer, now: float) -> float:
    """Seconds that a token lives, by its own `exp` if it is a JWT, else by `expires_in`, else three minutes.

    `now` is seconds since 1970. Platform v1.7: `expires_in` comes from a setting and may exceed what Keycloak
    grants, hence the JWT first. A clock that is far ahead of the server's makes every `exp` look past: then
    the span from `iat` is the best guess.
    """
    claims = jwt_claims(answer.value)
    expires, issued = claims.get("exp"), claims.get("iat")
    if expires is None:
        return answer.expires_in or DEFAULT_LIFE
    spans = [expires - start for start in (now, issued) if start is not None and expires > start]
    return min(spans, default=answer.expires_in or DEFAULT_LIFE)


def jwt_claims(token: str) -> dict[str, float]:
    """`exp` and `iat` of a JWT as numbers, as far as they are there; nothing is verified, that is the
    server's part.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    if not isinstance(payload, dict):
        return {}
    return {name: float(payload[name]) for name in ("exp", "iat") if _is_time(payload.get(name))}


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11


def given_token(bearer: BearerToken) -> Token:
    """The token of the environment: used until the server refuses it. Raises `CredentialsError` for one that fits no header."""
    if not is_visible_ascii(bearer.value):
        raise CredentialsError(
            "the bearer token holds spaces, line ends or characters outside ASCII",
            help="copy AIRBYTE_BEARER_TOKEN again, without quotes and line ends",
        )
    return Token(bearer.value)


class Tokens:
    """Where requests get their token from. `fetch` exchanges the credentials of an application for one; without it there is
    only the `given` one.
    """

    def __init__(
        self,
        timing: Timing,
        *,
        given: Token | None = None,
        fetch: Callable[[], Awaitable[TokenAnswer]] | None = None,
    ) -> None:
        self._timing = timing
        self._fetch = fetch
        self._token = given
        self._lock = asyncio.Lock()

    @property
    def current(self) -> Token | None:
        """The last token, None before the first."""
        return self._token

    async def fresh(self, min_seconds: float = 0.0) -> Token:
        """The token, renewed first when it ends too soon. Concurrent callers share one renewal."""
        token = self._token
        if token is None or not self._lasts(token, min_seconds):
            async with self._lock:
                token = self._token
                if token is None or not self._lasts(token, min_seconds):
                    token = await self._exchange()
        return token

    async def renew(self, stale: Token) -> None:
        """Replace `stale`, unless somebody did so since it was handed out. Raises `CredentialsError` for a given one."""
        async with self._lock:
            if self._token is None or self._token.value == stale.value:
                await self._exchange()

    def _lasts(self, token: Token, seconds: float) -> bool:
        return token.lives_for(seconds, self._timing.monotonic())

    async def _exchange(self) -> Token:
        if self._fetch is None:
            raise CredentialsError(
                "the server refused the bearer token (401), and a given token cannot be renewed",
                help="AIRBYTE_BEARER_TOKEN is wrong, expired or for another server: set a new one,"
                " or use AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, which renew it",
            )
        asked_at = self._timing.monotonic()
        answer = await self._fetch()
        life = life_of(answer, self._timing.now())
        self._token = Token(answer.value, asked_at + life, life)
        return self._token


def no_token(error: RefusedByServer) -> CredentialsError:
    """The error of a token that was not issued.

    Platform v1.7: the status for wrong credentials depends on the login mode; the rest is for all.
    """
    status = error.status or 0
    elsewhere = status >= 500 or status in (404, 408, 429) or 300 <= status < 400
    help_text = error.help if elsewhere else _CREDENTIALS_HELP
    return CredentialsError(f"no access token: {error.message}", help=help_text)


def refused_twice(error: RefusedByServer) -> CredentialsError:
    """The error of a new token that is refused like the one before."""
    return CredentialsError(
        f"{error.message}, also with a new token",
        help="the server issues tokens that it does not accept: check that the url is the server that the"
        " credentials belong to, and that the application still exists",
    )
