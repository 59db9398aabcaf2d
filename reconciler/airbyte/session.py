"""What every dialect shares: lanes of connections, the token, retries of reads. Knows no paths and no shapes of answers.

Reads are repeated by the rules of `reconciler.http.exchange`, creates never. Credentials go to the configured origin only.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from reconciler import __version__
from reconciler.airbyte.answers import DEFAULT_LIFE, Token, is_visible_ascii, kept_by_a_cache, parse_token
from reconciler.airbyte.calls import Call, Endpoint
from reconciler.airbyte.dialect import DialectRules
from reconciler.airbyte.refusals import refusal
from reconciler.errors import CredentialsError, RefusedByServer, Unreachable
from reconciler.http.exchange import Timing, exchange, with_retries
from reconciler.http.message import KIB, MIB, Answer, Request
from reconciler.http.network import Lanes, Network, Transport
from reconciler.model.credentials import BearerToken, ClientCredentials

_USER_AGENT = f"airbyte-template-reconciler/{__version__}"
_WRITES = frozenset({Endpoint.CREATE, Endpoint.UPDATE, Endpoint.TAG})
_MAX_BODY = {Endpoint.TOKEN: 64 * KIB, Endpoint.LIST: 16 * MIB}


class Session:
    """Requests to one server with a token that it accepts. `organization_id` is the target's. `on_secret` is called with each token that
    the server issues, before it is used. `token` is the one that was last sent, or is given.

    Raises `CredentialsError` for a given token that fits no header.
    """

    def __init__(
        self,
        network: Network,
        timing: Timing,
        rules: DialectRules,
        credentials: ClientCredentials | BearerToken,
        organization_id: str,
        *,
        concurrency: int,
        on_secret: Callable[[str], None] | None,
        hide: Callable[[str], str],
    ) -> None:
        self.timing = timing
        self.token: Token | None = None
        self._tokens: dict[str, Token] = {}
        if isinstance(credentials, BearerToken):
            if not is_visible_ascii(credentials.value):
                raise CredentialsError(
                    "the bearer token holds spaces, line ends or characters outside ASCII",
                    help="copy AIRBYTE_BEARER_TOKEN again, without quotes and line ends",
                )
            self.token = self._tokens[""] = Token(credentials.value)
        self._network = network
        self._lanes = Lanes(network.make, concurrency)
        self._credentials = credentials
        self._organization_id = organization_id
        self._renewing = asyncio.Lock()
        self._rules = rules
        self._secrets = set(credentials.secrets)
        self._on_secret = on_secret
        self._hide = hide

    def hide(self, text: str) -> str:
        """The text without the secrets that were sent, or came, so far, and those that the caller knows."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return self._hide(text)

    async def aclose(self) -> None:
        """Close every connection. Safe to call twice."""
        await self._lanes.aclose()

    def _owner(self, organization_id: str) -> str:
        """What the organization's token is kept under: one name for all where a dialect has one token for all, or it is given."""
        is_one = isinstance(self._credentials, BearerToken) or not self._rules.token_per_organization
        return "" if is_one else organization_id

    def token_for(self, organization_id: str) -> Token | None:
        """The organization's token, however old. None: none was fetched yet."""
        return self._tokens.get(self._owner(organization_id))

    async def fresh_token(self, min_seconds: float = 0.0, organization_id: str | None = None) -> Token:
        """An organization's token (None: the target's), renewed first when it ends too soon. Concurrent callers share one renewal."""
        owner = self._owner(organization_id or self._organization_id)
        if token := self._lasting(min_seconds, owner):
            return token
        async with self._renewing:
            return self._lasting(min_seconds, owner) or await self._log_in(owner)

    async def renew_token(self, stale: Token) -> None:
        """Replace `stale`, unless somebody did so since it was handed out. Raises `CredentialsError` for a given one."""
        async with self._renewing:
            current = self._tokens.get(stale.organization_id)
            if current is None or current.value == stale.value:
                await self._log_in(stale.organization_id)

    def _lasting(self, seconds: float, owner: str) -> Token | None:
        token = self._tokens.get(owner)
        return token if token is not None and token.lives_for(seconds, self.timing.monotonic()) else None

    async def _log_in(self, owner: str) -> Token:
        """Elapsed time counts from before the request was sent, so a token is thought older than it is."""
        credentials, asked = self._credentials, self.timing.monotonic()
        if isinstance(credentials, BearerToken):
            raise CredentialsError(
                "the server refused the bearer token (401), and a given token cannot be renewed",
                help="AIRBYTE_BEARER_TOKEN is wrong, expired or for another server: set a new one,"
                " or use AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, which renew it",
            )
        wanted = owner or self._organization_id
        call = self._rules.login(wanted, credentials.client_id, credentials.client_secret)
        try:
            answer = await self._accepted(call, lambda: self._send(call, None), math.inf, (200,))
            issued = parse_token(call, answer)
        except RefusedByServer as error:
            raise CredentialsError(f"no access token: {error.message}", help=error.help) from error
        # From now on it is hidden in everything that the server says.
        self._secrets.add(issued.value)
        if self._on_secret is not None:
            self._on_secret(issued.value)
        if owner and issued.organization_id not in (None, owner):
            raise CredentialsError(
                f"the credentials gave a token of organization {issued.organization_id}, and {owner} was asked for",
                help="use an application of that organization, or correct organizationId",
            )
        life = issued.expires_in or DEFAULT_LIFE
        token = Token(issued.value, asked + life, life, owner, is_confirmed=bool(issued.organization_id))
        self._tokens[owner] = token
        return token

    async def read(self, call: Call, within: float | None, *, alone: bool = False) -> Answer:
        """The 200 answer to a read, within so many seconds. `alone` on a new connection."""
        asked = self.timing.monotonic()
        until = math.inf if within is None else asked + within
        once = self.send_alone if alone else self._send

        async def send(token: Token) -> Answer:
            return await self._accepted(call, lambda: once(call, token), until, (200, 401))

        try:
            async with asyncio.timeout(within):
                answer = await self._authorized(call, send)
        except TimeoutError:
            text = f"{call}: no usable answer came in the {max(within or 0, 0):.0f} s that were left for it"
            raise Unreachable(text, method=call.method, path=call.path, sent=True) from None
        if answer.is_older_than(self.timing.monotonic() - asked):
            raise kept_by_a_cache(call)
        return answer

    async def ask_once(self, call: Call) -> Answer:
        """The answer to one request that changes nothing, whatever its status. Only a renewed token is tried after a 401.

        Raises `ServerError` without a complete answer, `CredentialsError` at a second 401.
        """
        return await self._authorized(call, lambda token: self._send(call, token))

    async def send_alone(self, call: Call, token: Token) -> Answer:
        """The answer to one request on a connection of its own, sent once."""
        transport = self._network.make()
        try:
            return await self._exchange(transport, call, token)
        finally:
            await transport.aclose()

    async def _authorized(self, call: Call, send: Callable[[Token], Awaitable[Answer]]) -> Answer:
        """What `send` brings back with a token that the server accepts. A refused token is renewed once."""
        token = await self.fresh_token(organization_id=call.organization_id)
        answer = await send(token)
        if answer.status != 401:
            return answer
        await self.renew_token(token)
        answer = await send(await self.fresh_token(organization_id=call.organization_id))
        if answer.status == 401:
            raise CredentialsError(
                f"{self._refusal(call, answer).message}, also with a new token",
                help="the server issues tokens that it does not accept: check that the url is the server that the"
                " credentials belong to, and that the application still exists",
            )
        return answer

    async def _accepted(
        self, call: Call, once: Callable[[], Awaitable[Answer]], until: float, statuses: tuple[int, ...]
    ) -> Answer:
        """An answer with one of these statuses. Every other one is raised, after the retries that it deserves."""

        async def attempt() -> Answer:
            answer = await once()
            if answer.status in statuses:
                return answer
            raise self._refusal(call, answer)

        return await with_retries(attempt, self.timing, until=lambda: until)

    def _refusal(self, call: Call, answer: Answer) -> RefusedByServer:
        return refusal(self._rules.refusals, call, answer, now=self.timing.now(), hide=self.hide)

    async def _send(self, call: Call, token: Token | None) -> Answer:
        async with self._lanes.lane() as transport:
            return await self._exchange(transport, call, token)

    async def _exchange(self, transport: Transport, call: Call, token: Token | None) -> Answer:
        headers = {
            self._rules.organization_header: call.organization_id,
            "User-Agent": _USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-cache",
            "Pragma": "no-cache",
        }
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token.value}"
            self.token = token
        request = Request(
            call.method,
            call.target,
            headers,
            subject=str(call),
            seconds=self._seconds(call.endpoint),
            max_body=_MAX_BODY.get(call.endpoint, 4 * MIB),
            body=call.body,
            help=call.wrong_place,
        )
        return await exchange(self._network, transport, request)

    def _seconds(self, endpoint: Endpoint) -> float:
        if endpoint is Endpoint.TOKEN:
            return self.timing.token_seconds
        return self.timing.create_seconds if endpoint in _WRITES else self.timing.read_seconds
