"""GitHub's REST API for one repository: reads, edits and creations, each with the care it needs.

GET and PATCH are repeated when trouble may pass. A creation is repeated only when it was refused before processing or never left
this machine; when its fate is unclear, the caller's look-up decides. The token goes to the API's origin only: redirects and next
pages that lead elsewhere are refused.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx

from reconciler import __version__
from reconciler.errors import CredentialsError, ReconcilerError, ServerError
from reconciler.github.actions import is_safe_url
from reconciler.github.exchange import Timing, exchange
from reconciler.github.refusals import refusal, unusable
from reconciler.github.request import CONTENTS, Answer, Request
from reconciler.github.retrying import is_unclear, wait_before_retry
from reconciler.model.json_value import JsonObject

API_VERSION = "2022-11-28"
PAGE_SIZE = 100
MAX_PAGES = 50
MAX_REDIRECTS = 3

T = TypeVar("T")


class GitHub:
    """A connection to one repository's API. Made by `open_github`."""

    def __init__(
        self, http: httpx.AsyncClient, api_url: str, repository: str, timing: Timing, *, graphql_url: str
    ) -> None:
        self._http = http
        self._api_url = api_url
        self._origin = _origin(api_url)
        self._graphql_url = graphql_url
        self._timing = timing
        self._gives_up_at: float | None = None
        self.repository = repository

    @property
    def home(self) -> str:
        """The path of the repository; everything about it begins so."""
        return f"/repos/{self.repository}"

    def now(self) -> float:
        """Seconds since 1970."""
        return self._timing.now()

    async def get(self, path: str, *, permission: str) -> Any:
        """The JSON of one GET. Redirects within the API's origin are followed: a renamed repository answers with one."""
        return (await self._get(path, permission))[0]

    async def pages(self, path: str, *, permission: str, **parameters: str) -> list[JsonObject]:
        """Every item of a list, in GitHub's order. UnusableAnswer above 5,000 of them: a part is never taken for the whole."""
        query = urlencode({"per_page": str(PAGE_SIZE), **parameters})
        next_page: str | None = f"{path}?{query}"
        items: list[JsonObject] = []
        for _ in range(MAX_PAGES):
            if next_page is None:
                return items
            value, answer = await self._get(next_page, permission)
            request = Request("GET", next_page, permission)
            items += _objects(request, value)
            next_page = self._next_page(request, answer)
        raise unusable(Request("GET", path, permission), f"it has more than {MAX_PAGES} pages")

    async def patch(self, path: str, body: JsonObject, *, permission: str) -> JsonObject:
        """Edit; repeated when trouble may pass, because the second edit changes nothing more."""
        request = Request("PATCH", path, permission, body)
        return _object(request, (await self._repeated(request))[0])

    async def query(self, text: str) -> JsonObject:
        """The `data` of a GraphQL query that only reads."""
        request = Request("POST", self._graphql_url, CONTENTS, {"query": text})
        value = _object(request, (await self._repeated(request))[0])
        data = value.get("data")
        if value.get("errors") or not isinstance(data, dict):
            raise unusable(request, "the query was answered with errors")
        return data

    async def create(
        self, path: str, body: JsonObject, *, permission: str, look: Callable[[], Awaitable[T | None]]
    ) -> JsonObject | T:
        """The object that a POST made, once.

        When the fate of the POST is unclear, `look` searches for what it would have made: found, that is returned; not found,
        the POST is sent again.
        """
        request = Request("POST", path, permission, body)
        retries = 0
        while True:
            try:
                return _object(request, (await self._once(request))[0])
            except ServerError as error:
                wait = self._wait(error, retries, creates=True)
                if wait is None:
                    raise
                unclear = is_unclear(error)
            retries += 1
            await self._timing.sleep(wait)
            found = await look() if unclear else None
            if found is not None:
                return found

    async def _get(self, path: str, permission: str) -> tuple[Any, Answer]:
        request = Request("GET", path, permission)
        for _ in range(MAX_REDIRECTS + 1):
            value, answer = await self._repeated(request)
            if answer.status not in (301, 302, 307, 308):
                return value, answer
            request = Request("GET", self._here(request, answer.headers.get("location", "")), permission)
        raise unusable(request, "it redirects again and again")

    async def _repeated(self, request: Request) -> tuple[Any, Answer]:
        retries = 0
        while True:
            try:
                return await self._once(request)
            except ServerError as error:
                wait = self._wait(error, retries, creates=False)
                if wait is None:
                    raise
            retries += 1
            await self._timing.sleep(wait)

    def _wait(self, error: ServerError, retries: int, *, creates: bool) -> float | None:
        """Seconds before the next try; None when there is none, or this run's patience with GitHub is at its end."""
        now = self._timing.monotonic()
        if self._gives_up_at is None:
            self._gives_up_at = now + self._timing.patience_seconds
        wait = wait_before_retry(error, retries, self._timing.chance(), creates=creates)
        return None if wait is None or now + wait > self._gives_up_at else wait

    async def _once(self, request: Request) -> tuple[Any, Answer]:
        """The JSON and the answer of one exchange; None for a redirect of a GET. Every other status is an error."""
        url = request.path if request.path.startswith("http") else self._api_url + request.path
        content = None if request.body is None else json.dumps(request.body).encode("ascii")
        headers = {"Content-Type": "application/json"} if content else None
        outgoing = self._http.build_request(request.method, url, content=content, headers=headers)
        answer = await exchange(self._http, request, outgoing, self._timing)
        if 200 <= answer.status < 300:
            return _json(request, answer), answer
        if request.method == "GET" and answer.status in (301, 302, 307, 308):
            return None, answer
        raise refusal(request, answer, now=self._timing.now())

    def _next_page(self, request: Request, answer: Answer) -> str | None:
        url = next_link(answer.headers.get("link", ""))
        if url == request.path:
            raise unusable(request, "its next page is the page itself")
        return None if url is None else self._here(request, url)

    def _here(self, request: Request, url: str) -> str:
        """The URL, if it stays with the API's origin: the token would go along."""
        absolute = self._origin + url if url.startswith("/") and not url.startswith("//") else url
        if not is_safe_url(absolute.partition("?")[0]) or _origin(absolute) != self._origin:
            raise unusable(request, "it leads to another server, where the token must not go")
        return absolute


@asynccontextmanager
async def open_github(
    api_url: str,
    repository: str,
    token: str,
    *,
    graphql_url: str | None = None,
    timing: Timing | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[GitHub]:
    """A client of one repository, closed at the end. `api_url` is GITHUB_API_URL, also of GitHub Enterprise (`.../api/v3`).

    Raises CredentialsError for a token that cannot go into a header; it is never shown.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CredentialsError(
            "GITHUB_TOKEN holds a character that cannot go into an HTTP header",
            help="pass `${{ github.token }}`; a line break is the usual cause",
        )
    if not is_safe_url(api_url):
        raise ReconcilerError("GITHUB_API_URL is not an https URL", help="nothing is sent there; correct it")
    timing = timing or Timing()
    headers = {
        "Accept": "application/vnd.github+json",
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {token}",
        "User-Agent": f"airbyte-template-reconciler/{__version__}",
        "X-GitHub-Api-Version": API_VERSION,
    }
    timeout = httpx.Timeout(None, connect=timing.connect_seconds)
    try:
        # Plain http is for this machine only: a proxy would get the token in clear.
        is_remote = urlsplit(api_url).scheme == "https"
        http = httpx.AsyncClient(headers=headers, timeout=timeout, transport=transport, trust_env=is_remote)
    except (ValueError, ImportError, OSError, httpx.InvalidURL):
        # Not chained: a proxy's URL may hold a password.
        raise ReconcilerError(
            "the proxy or the certificates for GitHub cannot be used",
            help="check HTTPS_PROXY, ALL_PROXY (http and https proxies only) and SSL_CERT_FILE",
        ) from None
    async with http:
        yield GitHub(http, api_url, repository, timing, graphql_url=_graphql(api_url, graphql_url))


def next_link(header: str) -> str | None:
    """The URL marked `rel="next"` in a Link header; None when there is none."""
    for link in header.split(","):
        target, *parameters = link.split(";")
        if any(parameter.strip() in ('rel="next"', "rel=next") for parameter in parameters):
            return target.strip().removeprefix("<").removesuffix(">")
    return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _graphql(api_url: str, named: str | None) -> str:
    """Where GraphQL is: the named URL if it is the API's origin; else GitHub's rule (`/graphql`, Enterprise `/api/graphql`)."""
    if named is not None and _origin(named) == _origin(api_url):
        return named
    return f"{api_url.removesuffix('/v3')}/graphql"


def _json(request: Request, answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise unusable(request, "it is not JSON", status=answer.status) from None


def _object(request: Request, value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise unusable(request, "it is not a JSON object")
    return value


def _objects(request: Request, value: Any) -> list[JsonObject]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise unusable(request, "it is not a list of JSON objects")
    return value
