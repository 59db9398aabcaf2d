"""What every dialect needs to ask one server: lanes of connections, the token, retries of reads. Knows no path and no shape.

Reads are repeated by the rules of `reconciler.http.retrying`, creates never. Credentials go to the configured origin only.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from reconciler import __version__
from reconciler.airbyte.answers import WRONG_PLACE, TokenAnswer, kept_by_a_cache, parse_token
from reconciler.airbyte.calls import Call, Endpoint
from reconciler.airbyte.refusals import refusal
from reconciler.airbyte.tokens import Token, Tokens, given_token, no_token, refused_twice
from reconciler.errors import RefusedByServer, Unreachable
from reconciler.http.exchange import exchange
from reconciler.http.message import KIB, MIB, Answer, Request
from reconciler.http.network import Lanes, Network, Transport
from reconciler.http.retrying import Timing, with_retries
from reconciler.model.credentials import BearerToken

USER_AGENT = f"airbyte-template-reconciler/{__version__}"
_MAX_BODY = {Endpoint.TOKEN: 64 * KIB, Endpoint.LIST: 16 * MIB}
_MAX_BODY_OTHERS = 4 * MIB
_PAST_CACHES = {"Cache-Control": "no-cache", "Pragma": "no-cache"}
_Send: TypeAlias = Callable[[Token], Awaitable[Answer]]


class Session:
    """Requests to one server with the token that it accepts.

    `login` is the given token, or the call that exchanges credentials for one. `on_secret` is called with each token that the
    server issues, before it is used. `organization_header` is spelled as on the wire.
    """

    def __init__(
        self,
        network: Network,
        timing: Timing,
        *,
        login: BearerToken | Call,
        secrets: Iterable[str],
        organization_header: str,
        concurrency: int,
        on_secret: Callable[[str], None] | None,
    ) -> None:
        self.timing = timing
        self._network = network
        self._lanes = Lanes(network.make, concurrency)
        self._organization_header = organization_header
        self._secrets = set(secrets)
        self._on_secret = on_secret
        if isinstance(login, BearerToken):
            self.tokens = Tokens(timing, given=given_token(login))
        else:
            self.tokens = Tokens(timing, fetch=lambda: self._fetch_token(login))

    def hide(self, text: str) -> str:
        """The text without the secrets that were sent, or came, so far."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def refusal(self, call: Call, answer: Answer) -> RefusedByServer:
        """The error for an answer whose status is not the documented success."""
        return refusal(call, answer, now=self.timing.now(), hide=self.hide)

    async def read(self, call: Call, within: float | None, *, alone: bool = False) -> Answer:
        """The 200 answer to a read, within so many seconds; `alone` on a new connection."""
        until = math.inf if within is None else self.timing.monotonic() + within
        try:
            async with asyncio.timeout(within):
                return await self._fresh(call, until, alone=alone)
        except TimeoutError:
            text = f"{call}: no usable answer came in the {max(within or 0, 0):.0f} s that were left for it"
            raise Unreachable(text, method=call.method, path=call.path, sent=True) from None

    async def ask_once(self, call: Call) -> Answer:
        """The answer to one request that changes nothing, whatever its status; only a renewed token is tried after a 401.

        Raises `ServerError` without a complete answer, `CredentialsError` at a second 401.
        """
        return await self._authorized(call, lambda token: self._send(call, token))

    async def send_alone(self, call: Call, token: Token, more: dict[str, str] | None = None) -> Answer:
        """The answer to one request on a connection of its own, sent once."""
        transport = self._network.make()
        try:
            return await self._exchange(transport, call, token, more)
        finally:
            await transport.aclose()

    async def aclose(self) -> None:
        """Close every connection. Safe to call twice."""
        await self._lanes.aclose()

    async def _fresh(self, call: Call, until: float, *, alone: bool) -> Answer:
        """An answer that was made for this question. One that a cache kept from before is asked for once more, past all caches."""
        once = self.send_alone if alone else self._send
        for more in ({}, _PAST_CACHES):

            async def send(token: Token, more: dict[str, str] = more) -> Answer:
                return await self._accepted(call, lambda: once(call, token, more), until, (200, 401))

            asked = self.timing.monotonic()
            answer = await self._authorized(call, send)
            if not answer.is_older_than(self.timing.monotonic() - asked):
                return answer
        raise kept_by_a_cache(call)

    async def _authorized(self, call: Call, send: _Send) -> Answer:
        """What `send` brings back with a token that the server accepts; a refused token is renewed once."""
        token = await self.tokens.fresh()
        answer = await send(token)
        if answer.status != 401:
            return answer
        await self.tokens.renew(token)
        answer = await send(await self.tokens.fresh())
        if answer.status == 401:
            raise refused_twice(self.refusal(call, answer))
        return answer

    async def _accepted(
        self,
        call: Call,
        once: Callable[[], Awaitable[Answer]],
        until: float,
        statuses: tuple[int, ...],
    ) -> Answer:
        """An answer with one of these statuses; every other one is raised, after the retries that it deserves."""

        async def attempt() -> Answer:
            answer = await once()
            if answer.status in statuses:
                return answer
            raise self.refusal(call, answer)

        return await with_retries(attempt, self.timing, until=lambda: until)

    async def _send(self, call: Call, token: Token | None, more: dict[str, str] | None = None) -> Answer:
        async with self._lanes.lane() as transport:
            return await self._exchange(transport, call, token, more)

    async def _fetch_token(self, call: Call) -> TokenAnswer:
        try:
            answer = await self._accepted(call, lambda: self._send(call, None), math.inf, (200,))
            token = parse_token(call, answer)
        except RefusedByServer as error:
            raise no_token(error) from error
        # From now on it is hidden in everything that the server says.
        self._secrets.add(token.value)
        if self._on_secret is not None:
            self._on_secret(token.value)
        return token

    async def _exchange(
        self, transport: Transport, call: Call, token: Token | None, more: dict[str, str] | None
    ) -> Answer:
        headers = {
            self._organization_header: call.organization_id,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **(more or {}),
        }
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token.value}"
        request = Request(
            call.method,
            call.target,
            headers,
            subject=str(call),
            seconds=self._deadline(call),
            max_body=_MAX_BODY.get(call.endpoint, _MAX_BODY_OTHERS),
            body=call.body,
            help=WRONG_PLACE,
        )
        return await exchange(self._network, transport, request)

    def _deadline(self, call: Call) -> float:
        if call.endpoint is Endpoint.TOKEN:
            return self.timing.token_seconds
        return self.timing.create_seconds if call.endpoint is Endpoint.CREATE else self.timing.read_seconds
