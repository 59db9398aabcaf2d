"""The public dialect over httpx: what a `TemplateApi` call becomes on the wire, and with which token.

Reads are repeated by the rules of `retrying`, creates never. Redirects are never followed, because nothing
here follows them: requests go to transports, not to a client that would. Credentials go to the configured
origin only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeAlias

import httpx

from reconciler import __version__
from reconciler.airbyte.api import CreateAnswer, ListedTemplate, NewTemplate
from reconciler.airbyte.creating import classify_answer, classify_failure
from reconciler.airbyte.exchange import Exchange
from reconciler.airbyte.http_answer import Answer
from reconciler.airbyte.network import Lanes, Network
from reconciler.airbyte.refusals import refusal
from reconciler.airbyte.retrying import with_retries
from reconciler.airbyte.routes import Call, Routes
from reconciler.airbyte.shapes import TokenAnswer, kept_by_a_cache, parse_list, parse_template, parse_token
from reconciler.airbyte.timing import Timing
from reconciler.airbyte.tokens import (
    ApplicationToken,
    GivenToken,
    Token,
    TokenSource,
    no_token,
    refused_twice,
)
from reconciler.errors import RefusedByServer, ServerError, Unreachable
from reconciler.model.credentials import BearerToken, ClientCredentials
from reconciler.model.template import LiveTemplate

Credentials = ClientCredentials | BearerToken
_Send: TypeAlias = Callable[[Call, Token], Awaitable[Answer]]
_HeadersKey: TypeAlias = tuple[str, str | None, bool, bool]

USER_AGENT = f"airbyte-template-reconciler/{__version__}"
ORGANIZATION_HEADER = "X-Airbyte-Organization-Id"
"""Platform v1.7 looks it up in a plain map and resolves roles by it: the spelling on the wire must be exactly
this.
"""


class PublicApi:
    """A `TemplateApi` for the public dialect; made by `connect`."""

    def __init__(
        self,
        routes: Routes,
        network: Network,
        credentials: Credentials,
        *,
        organization_id: str,
        concurrency: int,
        timing: Timing,
        on_secret: Callable[[str], None] | None,
    ) -> None:
        self.routes = routes
        self.proxy = network.proxy
        self._network = network
        self._timing = timing
        self._organization_id = organization_id
        self._on_secret = on_secret
        self._secrets: set[str] = set()
        self._lanes = Lanes(network.for_reads, concurrency)
        self._exchange = Exchange(routes, timing, network.proxy)
        self._headers_of: dict[_HeadersKey, httpx.Headers] = {}
        self._tokens = self._token_source(credentials)

    def _token_source(self, credentials: Credentials) -> TokenSource:
        if isinstance(credentials, BearerToken):
            self._secrets.add(credentials.value)
            return GivenToken(credentials)
        self._secrets.add(credentials.client_secret)
        call = self.routes.token(self._organization_id, credentials.client_id, credentials.client_secret)

        async def fetch() -> TokenAnswer:
            return await self._fetch_token(call)

        return ApplicationToken(fetch, self._timing, self._learn)

    def _learn(self, token: str) -> None:
        """A token was issued: from now on it is hidden in everything that the server says."""
        self._secrets.add(token)
        self._headers_of.clear()
        if self._on_secret is not None:
            self._on_secret(token)

    def _hide(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._lanes.aclose()

    async def ensure_token(self, min_seconds: float = 0.0) -> None:
        """Fetch or renew the token unless it lives for `min_seconds` more."""
        await self._tokens.fresh(min_seconds)

    async def renew_token(self) -> None:
        """Replace the token that was last sent."""
        token = self._tokens.current
        if token is not None:
            await self._tokens.renew(token)

    async def list_templates(
        self, organization_id: str, *, within: float | None = None, alone: bool = False
    ) -> tuple[ListedTemplate, ...]:
        """Every template listed for the organization, sorted by id. Never empty for a failure."""
        call = self.routes.list_templates(organization_id)
        return parse_list(call, await self._read(call, within, alone=alone))

    async def get_template(
        self, organization_id: str, template_id: str, *, within: float | None = None
    ) -> LiveTemplate:
        """The template with this id."""
        call = self.routes.get_template(organization_id, template_id)
        return parse_template(call, await self._read(call, within), template_id)

    async def create_template(self, organization_id: str, new: NewTemplate) -> CreateAnswer:
        """One POST on a new connection; see `TemplateApi.create_template`."""
        call = self.routes.create_template(organization_id, new)
        token = self._tokens.current or await self._tokens.fresh()
        try:
            async with self._network.for_create() as transport:
                answer = await self._exchange.send(transport, call, self._headers(call, token))
        except ServerError as error:
            return classify_failure(error)
        return classify_answer(call, answer, now=self._timing.now(), hide=self._hide)

    async def send_once(self, call: Call) -> Answer:
        """The answer to one request, whatever its status, without retries but for one renewed token after a
        401.

        For requests that change nothing. Raises `ServerError` without a complete answer, `CredentialsError`
        at a second 401.
        """
        return await self._authorized(call, self._send)

    async def _read(self, call: Call, within: float | None, *, alone: bool = False) -> Answer:
        """The 200 answer to a read, within so many seconds."""
        until = None if within is None else self._timing.monotonic() + within
        exchange = self._send_alone if alone else self._send

        async def send(call: Call, token: Token) -> Answer:
            return await self._send_with_retries(call, token, exchange, until)

        try:
            async with asyncio.timeout(within):
                return await self._fresh(call, send)
        except TimeoutError:
            text = f"{call}: no usable answer came in the {max(within or 0, 0):.0f} s that were left for it"
            raise Unreachable(text, method=call.method, path=call.path, sent=True) from None

    async def _fresh(self, call: Call, send: _Send) -> Answer:
        """An answer that was made for this question. One that a cache kept from before is asked for once more, past all caches."""
        for each in (call, replace(call, past_caches=True)):
            asked = self._timing.monotonic()
            answer = await self._authorized(each, send)
            if not answer.is_older_than(self._timing.monotonic() - asked):
                return answer
        raise kept_by_a_cache(call)

    async def _authorized(self, call: Call, send: _Send) -> Answer:
        """What `send` brings back with a token that the server accepts; a refused token is renewed once."""
        token = await self._tokens.fresh()
        answer = await send(call, token)
        if answer.status != 401:
            return answer
        await self._tokens.renew(token)
        answer = await send(call, await self._tokens.fresh())
        if answer.status == 401:
            raise refused_twice(refusal(call, answer, now=self._timing.now(), hide=self._hide))
        return answer

    async def _send_with_retries(
        self, call: Call, token: Token, exchange: _Send, until: float | None
    ) -> Answer:
        """A 200 or 401; every other status is raised, after the retries that it deserves."""

        async def attempt() -> Answer:
            answer = await exchange(call, token)
            if answer.status in (200, 401):
                return answer
            raise refusal(call, answer, now=self._timing.now(), hide=self._hide)

        return await with_retries(attempt, self._timing, until=until)

    async def _send(self, call: Call, token: Token | None) -> Answer:
        async with self._lanes.lane() as transport:
            return await self._exchange.send(transport, call, self._headers(call, token))

    async def _send_alone(self, call: Call, token: Token | None) -> Answer:
        async with self._network.for_reads() as transport:
            return await self._exchange.send(transport, call, self._headers(call, token))

    async def _fetch_token(self, call: Call) -> TokenAnswer:
        async def attempt() -> Answer:
            answer = await self._send(call, None)
            if answer.status == 200:
                return answer
            raise refusal(call, answer, now=self._timing.now(), hide=self._hide)

        try:
            return parse_token(call, await with_retries(attempt, self._timing))
        except RefusedByServer as error:
            raise no_token(error) from error

    def _headers(self, call: Call, token: Token | None) -> httpx.Headers:
        """Built once for each token, organization and kind of request."""
        key = (call.organization_id, token.value if token else None, call.body is not None, call.past_caches)
        if key not in self._headers_of:
            self._headers_of[key] = _headers(key)
        return self._headers_of[key]


def _headers(key: _HeadersKey) -> httpx.Headers:
    organization_id, token, has_body, past_caches = key
    headers = {
        ORGANIZATION_HEADER: organization_id,
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
    }
    if has_body:
        headers["Content-Type"] = "application/json"
    if past_caches:
        headers |= {"Cache-Control": "no-cache", "Pragma": "no-cache"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.Headers(headers)
