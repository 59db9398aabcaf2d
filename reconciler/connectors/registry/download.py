"""One GET of a registry file. Sends no credentials, follows no redirect, repeats nothing. An edge."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from reconciler import __version__
from reconciler.connectors.registry.files import MAX_REGISTRY_BYTES
from reconciler.errors import RefusedByServer, Unreachable
from reconciler.http.exchange import exchange
from reconciler.http.message import Answer, Request, unusable
from reconciler.http.network import network_to

_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,200}"')
_FILE_HELP = "check the address, or give a downloaded file: --registry FILE"


@dataclass(frozen=True)
class Limits:
    """How long the whole answer may take, its connection included, and how large it may be, unpacked."""

    seconds: float = 60.0
    connect_seconds: float = 10.0
    max_bytes: int = MAX_REGISTRY_BYTES


@dataclass(frozen=True)
class Download:
    """`body` is None when the registry still has what `etag` was given for."""

    body: bytes | None
    etag: str | None


def download(url: str, *, etag: str | None = None, limits: Limits = Limits()) -> Download:
    """The file at `url`, with `etag`, only if it is another one.

    Raises Unreachable (no whole answer in time), RefusedByServer (an error status or a redirect) and
    UnusableAnswer (too large, packed in an unknown way).
    """
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": f"airbyte-template-reconciler/{__version__}",
    }
    if etag is not None:
        headers["If-None-Match"] = etag
    parts = urlsplit(url)
    request = Request(
        "GET",
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        headers,
        subject=f"the registry at {url}",
        seconds=limits.seconds,
        max_body=limits.max_bytes,
        help=_FILE_HELP,
        takes_gzip=True,
    )

    async def answered() -> Answer:
        network = network_to(url, connect_seconds=limits.connect_seconds)
        transport = network.make()
        try:
            return await exchange(network, transport, request)
        finally:
            await transport.aclose()

    try:
        answer = asyncio.run(answered())
    except Unreachable as error:
        error.help += ", or give a downloaded file: --registry FILE"
        raise
    if answer.status == 304 and etag is not None:
        return Download(None, etag)
    if answer.status != 200:
        raise _refused(request, answer)
    if answer.body.lstrip()[:1] == b"<":
        raise unusable(request, "it is a web page, not a registry", help=_FILE_HELP)
    said = answer.headers.get("etag", "")
    return Download(answer.body, said if _ETAG.fullmatch(said) else None)


def _refused(request: Request, answer: Answer) -> RefusedByServer:
    status, help_text = answer.status, _FILE_HELP
    if 300 <= status < 400:
        message = f"{request} redirects{_target(answer)} (status {status}), which is not followed"
        help_text = "if that is its new address, give it: --registry URL"
    elif status in (404, 410):
        message = (
            f"there is no registry at {request.subject.removeprefix('the registry at ')} (status {status})"
        )
    else:
        message = f"{request} answered with status {status}"
    return RefusedByServer(message, method="GET", path=request.path, status=status, help=help_text)


def _target(answer: Answer) -> str:
    """Where a redirect leads: the origin only, because the rest may be signed for one download."""
    try:
        parts = urlsplit(answer.headers.get("location", ""))
        host = parts.hostname
    except ValueError:
        return ""
    return f" to {parts.scheme}://{host[:100]}" if host else ""
