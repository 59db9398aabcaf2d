"""GitHub's REST API for one repository: reads, edits and creations, each with the care it needs.

GET and PATCH are repeated when trouble may pass. A creation is repeated only when it was refused before processing or never left
this machine. When its fate is unclear, the caller's look-up decides. The token goes to the API's origin only: redirects and next
pages that lead elsewhere are refused.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from reconciler import __version__
from reconciler.errors import CredentialsError, ReconcilerError, ServerError, Unreachable, UnusableAnswer
from reconciler.github.refusals import (
    ADDRESS_HELP,
    CONTENTS,
    Ask,
    RateLimited,
    Viewer,
    member,
    next_link,
    refusal,
    text_of,
)
from reconciler.http.exchange import Timing, exchange, may_pass, with_retries
from reconciler.http.message import MIB, Answer, Request
from reconciler.http.network import Network, network_to
from reconciler.model.credentials import url_mistake
from reconciler.model.json_value import JsonObject

if TYPE_CHECKING:
    from reconciler.http.network import HttpxFactory

API_VERSION = "2022-11-28"
PAGE_SIZE = 100
MAX_PAGES = 50
MAX_REDIRECTS = 3
MAX_BODY = 32 * MIB
"""Bytes: a page of 100 comments of 65,536 characters each, in their longest spelling."""
LONGEST_WAIT = 75.0
"""Seconds. A secondary limit asks for 60. A limit that lasts longer ends the tries: a job should not wait out an hour."""
JOB_LOGIN = "github-actions[bot]"
"""The author of everything that a job's own token writes."""

_REDIRECTS = (301, 302, 307, 308)

T = TypeVar("T")


@asynccontextmanager
async def open_github(
    api_url: str,
    repository: str,
    token: str,
    *,
    graphql_url: str | None = None,
    timing: Timing | None = None,
    transport_factory: HttpxFactory | None = None,
) -> AsyncIterator[GitHub]:
    """A client of one repository, closed at the end. `api_url` is GITHUB_API_URL, also of GitHub Enterprise (`.../api/v3`).

    Raises CredentialsError for a token that cannot go into a header. It is never shown.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CredentialsError(
            "GITHUB_TOKEN holds a character that cannot go into an HTTP header",
            help="pass `${{ github.token }}`; a line break is the usual cause",
        )
    if url_mistake(api_url):
        raise ReconcilerError("GITHUB_API_URL is not an https URL", help="nothing is sent there; correct it")
    if graphql_url is None or _origin(graphql_url) != _origin(api_url):  # another origin would get the token
        graphql_url = f"{api_url.removesuffix('/v3')}/graphql"
    timing = timing or Timing()
    network = network_to(api_url, connect_seconds=timing.connect_seconds, in_process=transport_factory)
    github = GitHub(network, repository, token, timing, api_url=api_url, graphql_url=graphql_url)
    try:
        yield github
    finally:
        await github.transport.aclose()


class GitHub:
    """The API of one repository. Made by `open_github`."""

    def __init__(
        self, network: Network, repository: str, token: str, timing: Timing, *, api_url: str, graphql_url: str
    ) -> None:
        self.repository = repository
        self.now = timing.now
        self.transport = network.make()
        self._network = network
        self._base, self._graphql = urlsplit(api_url).path, urlsplit(graphql_url).path
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {token}",
            "User-Agent": f"airbyte-template-reconciler/{__version__}",
            "X-GitHub-Api-Version": API_VERSION,
        }
        self._timing = timing
        self._gives_up_at: float | None = None

    @property
    def home(self) -> str:
        """The path of the repository. Everything about it begins so."""
        return f"/repos/{self.repository}"

    async def get(self, path: str, *, permission: str) -> Any:
        """The JSON of one GET. Redirects within the API's origin are followed: a renamed repository answers with one."""
        return (await self._get(Ask("GET", path, permission), self._base + path))[0]

    async def pages(self, path: str, *, permission: str, **parameters: str) -> list[JsonObject]:
        """Every item of a list, in GitHub's order. UnusableAnswer above 5,000 of them: a part is never taken for the whole."""
        ask = Ask("GET", path, permission)
        target = f"{self._base}{path}?{urlencode({'per_page': str(PAGE_SIZE), **parameters})}"
        items: list[JsonObject] = []
        for _ in range(MAX_PAGES):
            value, answer = await self._get(ask, target)
            if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
                raise ask.unusable("it is not a list of JSON objects")
            items += value
            url = next_link(answer.headers.get("link", ""))
            if url is None:
                return items
            following = self._target(ask, url)
            if following == target:
                raise ask.unusable("its next page is the page itself")
            target = following
        raise ask.unusable(f"it has more than {MAX_PAGES} pages")

    async def patch(self, path: str, body: JsonObject, *, permission: str) -> JsonObject:
        """Edit. Repeated when trouble may pass, because the second edit changes nothing more."""
        ask = Ask("PATCH", path, permission, body)
        return _object(ask, (await self._repeated(ask, self._base + path))[0])

    async def query(self, text: str) -> JsonObject:
        """The `data` of a GraphQL query that only reads."""
        ask = Ask("POST", self._graphql, CONTENTS, {"query": text})
        value = _object(ask, (await self._repeated(ask, self._graphql))[0])
        data = value.get("data")
        if value.get("errors") or not isinstance(data, dict):
            raise ask.unusable("the query was answered with errors")
        return data

    async def create(
        self, path: str, body: JsonObject, *, permission: str, look: Callable[[], Awaitable[T | None]]
    ) -> JsonObject | T:
        """The object that a POST made, once.

        When the fate of the POST is unclear, `look` searches for what it would have made: found, that is returned. Not found,
        the POST is sent again.
        """
        ask = Ask("POST", path, permission, body)
        is_unclear = False

        async def attempt() -> JsonObject | T:
            """The object, or what was found of it. Raises ServerError."""
            nonlocal is_unclear
            if is_unclear and (found := await look()) is not None:
                return found
            try:
                return _object(ask, (await self._once(ask, self._base + path))[0])
            except ServerError as error:
                lost = error.sent if isinstance(error, Unreachable) else (error.status or 0) >= 500
                is_unclear = is_unclear or lost or isinstance(error, UnusableAnswer)
                raise

        return await self._retried(attempt, lambda error: _passes(error) or isinstance(error, UnusableAnswer))

    async def viewer(self) -> Viewer:
        """The token's account: by GraphQL, else by REST, else the job's own bot.

        A job's token is refused by `GET /user` (403, "Resource not accessible by integration"), and by GraphQL on servers
        without it.
        """
        login = ""
        with suppress(ServerError):
            login = text_of(member(await self.query("query { viewer { login } }"), "viewer"), "login")
        if not login:
            try:
                user = await self.get("/user", permission=CONTENTS)
                login = text_of(user, "login") if isinstance(user, dict) else ""
            except ServerError as error:
                if error.status is None:
                    raise
        return Viewer(login or JOB_LOGIN)

    async def _get(self, ask: Ask, target: str) -> tuple[Any, Answer]:
        for _ in range(MAX_REDIRECTS + 1):
            value, answer = await self._repeated(ask, target)
            if answer.status not in _REDIRECTS:
                return value, answer
            target = self._target(ask, answer.headers.get("location", ""))
        raise ask.unusable("it redirects again and again")

    async def _repeated(self, ask: Ask, target: str) -> tuple[Any, Answer]:
        return await self._retried(lambda: self._once(ask, target), _passes)

    async def _retried(self, attempt: Callable[[], Awaitable[T]], passes: Callable[[ServerError], bool]) -> T:
        def until() -> float:
            """When this run stops waiting for GitHub, counted from its first trouble."""
            if self._gives_up_at is None:
                self._gives_up_at = self._timing.monotonic() + self._timing.retry_budget_seconds
            return self._gives_up_at

        return await with_retries(attempt, self._timing, until=until, passes=passes, longest=LONGEST_WAIT)

    async def _once(self, ask: Ask, target: str) -> tuple[Any, Answer]:
        """The JSON and the answer of one exchange. None for a redirect of a GET. Every other status is an error."""
        body = None if ask.body is None else json.dumps(ask.body).encode("ascii")
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        request = Request(
            ask.method,
            target,
            headers,
            subject=str(ask),
            seconds=self._timing.read_seconds,
            max_body=MAX_BODY,
            body=body,
            help=ADDRESS_HELP,
        )
        answer = await exchange(self._network, self.transport, request)
        if ask.method == "GET" and answer.status in _REDIRECTS:
            return None, answer
        if not 200 <= answer.status < 300:
            raise refusal(ask, answer, now=self._timing.now())
        try:
            return json.loads(answer.body), answer
        except (ValueError, RecursionError):
            raise ask.unusable("it is not JSON") from None

    def _target(self, ask: Ask, url: str) -> str:
        """Path and query of a url, if it stays with the API's origin: the token would go along."""
        origin = self._network.origin
        absolute = origin + url if url.startswith("/") and not url.startswith("//") else url
        if url_mistake(absolute.partition("?")[0]) or _origin(absolute) != origin.lower():
            raise ask.unusable("it leads to another server, where the token must not go")
        return absolute[len(origin) :] or "/"


def _passes(error: ServerError) -> bool:
    return isinstance(error, RateLimited) or may_pass(error)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _object(ask: Ask, value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise ask.unusable("it is not a JSON object")
    return value
