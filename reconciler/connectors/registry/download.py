"""One GET of a registry file: a whole answer within a deadline and a size, or an error in our own words. An edge.

Sends no credentials, follows no redirect, repeats nothing. asyncio, because only cancellation bounds an answer that
drips in.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from reconciler import __version__
from reconciler.connectors.registry.files import MAX_REGISTRY_BYTES, MIB
from reconciler.errors import ReconcilerError, RefusedByServer, Unreachable, UnusableAnswer

DEADLINE_SECONDS = 60.0
CONNECT_SECONDS = 10.0

_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,200}"')
_GZIP = 16 + zlib.MAX_WBITS
_NETWORK_HELP = (
    "check the network (HTTPS_PROXY and NO_PROXY are honoured), or give a downloaded file: --registry FILE"
)
_FILE_HELP = "check the address, or give a downloaded file: --registry FILE"
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "the TLS handshake failed"),
    (socket.gaierror, "the name cannot be resolved"),
    (ConnectionRefusedError, "connection refused"),
)


@dataclass(frozen=True)
class Limits:
    """How long the whole answer may take, its connection included, and how large it may be, unpacked."""

    seconds: float = DEADLINE_SECONDS
    connect_seconds: float = CONNECT_SECONDS
    max_bytes: int = MAX_REGISTRY_BYTES


@dataclass(frozen=True)
class Download:
    """`body` is None when the registry still has what `etag` was given for."""

    body: bytes | None
    etag: str | None


def download(url: str, *, etag: str | None = None, limits: Limits = Limits()) -> Download:
    """The file at `url`; with `etag`, only if it is another one.

    Raises Unreachable (no whole answer in time), RefusedByServer (an error status or a redirect) and
    UnusableAnswer (too large, packed in an unknown way).
    """
    return asyncio.run(_Exchange(url, etag, limits).run())


@dataclass(frozen=True)
class _Exchange:
    url: str
    etag: str | None
    limits: Limits

    async def run(self) -> Download:
        """The answer, within all limits. Raises as `download` does."""
        try:
            async with (
                asyncio.timeout(self.limits.seconds),
                self._client() as client,
                client.stream("GET", self.url, headers=self._headers()) as response,
            ):
                return await self._answer(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise self._lost(f"no connection to {self._host}: {_reason(error)}", sent=False) from error
        except TimeoutError as error:
            message = f"{self._host} sent no whole answer within {self.limits.seconds:g} s"
            raise self._lost(message) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise self._lost("its address cannot be used", sent=False) from error
        except (httpx.TransportError, OSError) as error:
            raise self._lost(f"{self._host} broke off before the answer was whole") from error

    def _client(self) -> httpx.AsyncClient:
        timeout = httpx.Timeout(None, connect=self.limits.connect_seconds)
        try:
            return httpx.AsyncClient(follow_redirects=False, timeout=timeout)
        except OSError as error:  # ssl.SSLError among them
            raise ReconcilerError(
                "the certificate authorities could not be loaded",
                help="check the files that SSL_CERT_FILE and SSL_CERT_DIR name",
            ) from error
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            # Not the error's text: the url of a proxy may hold a password.
            raise ReconcilerError(
                "the proxy that the environment names cannot be used: only http and https proxies are",
                help="check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or name the host in NO_PROXY",
            ) from error

    def _headers(self) -> dict[str, str]:
        headers = {
            "accept": "application/json",
            "accept-encoding": "gzip",
            "user-agent": f"airbyte-template-reconciler/{__version__}",
        }
        return headers if self.etag is None else headers | {"if-none-match": self.etag}

    async def _answer(self, response: httpx.Response) -> Download:
        if response.status_code == 304 and self.etag is not None:
            return Download(None, self.etag)
        if response.status_code != 200:
            raise self._refused(response)
        body = await self._body(response)
        if body.lstrip()[:1] == b"<":
            raise self._unusable("a web page, not a registry")
        etag = response.headers.get("etag", "")
        return Download(body, etag if _ETAG.fullmatch(etag) else None)

    async def _body(self, response: httpx.Response) -> bytes:
        """The unpacked body. Unpacking is bounded too: a small answer may unpack to gigabytes."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise self._unusable("packed in a way that was not asked for")
        unpacker = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
        parts: list[bytes] = []
        room = self.limits.max_bytes
        async for part in response.aiter_raw():
            unpacked = part if unpacker is None else self._unpacked(unpacker, part, room + 1)
            room -= len(unpacked)
            if room < 0:
                raise self._unusable(f"larger than {self.limits.max_bytes / MIB:g} MiB")
            parts.append(unpacked)
        if unpacker is not None and not unpacker.eof:
            raise self._unusable("cut off")
        return b"".join(parts)

    def _unpacked(self, unpacker: zlib._Decompress, part: bytes, limit: int) -> bytes:
        try:
            return unpacker.decompress(part, limit)
        except zlib.error as error:
            raise self._unusable("not the gzip stream that it says it is") from error

    def _refused(self, response: httpx.Response) -> RefusedByServer:
        status = response.status_code
        if 300 <= status < 400:
            message = f"the registry at {self.url} redirects{_target(response)} (status {status}), which is not followed"
            help_text = "if that is its new address, give it: --registry URL"
        elif status in (404, 410):
            message, help_text = f"there is no registry at {self.url} (status {status})", _FILE_HELP
        else:
            message, help_text = f"the registry at {self.url} answered with status {status}", _FILE_HELP
        return RefusedByServer(message, method="GET", path=self._path, status=status, help=help_text)

    def _unusable(self, what: str) -> UnusableAnswer:
        message = f"the answer of {self.url} is {what}"
        return UnusableAnswer(message, method="GET", path=self._path, status=200, help=_FILE_HELP)

    def _lost(self, what: str, *, sent: bool = True) -> Unreachable:
        return Unreachable(
            f"the registry at {self.url}: {what}",
            method="GET",
            path=self._path,
            sent=sent,
            help=_NETWORK_HELP,
        )

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def _path(self) -> str:
        return urlsplit(self.url).path or "/"


def _target(response: httpx.Response) -> str:
    """Where a redirect leads: the origin only, because the rest may be signed for one download."""
    try:
        parts = urlsplit(response.headers.get("location", ""))
        host = parts.hostname
    except ValueError:
        return ""
    return f" to {parts.scheme}://{host[:100]}" if host else ""


def _reason(error: BaseException) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "it did not answer in time"
    if isinstance(error, httpx.ProxyError):
        return "the proxy did not let it through"
    causes = list(_causes(error))
    found = (words for kind, words in _REASONS if any(isinstance(cause, kind) for cause in causes))
    return next(found, "the connection failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, what it was raised from, and the members of groups among them."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if cause is None or any(cause is known for known in seen):
            continue
        seen.append(cause)
        yield cause
        waiting.extend(cause.exceptions if isinstance(cause, BaseExceptionGroup) else ())
        waiting.append(cause.__cause__ or cause.__context__)
