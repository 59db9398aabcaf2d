"""One request without its credentials, the base url that it goes to, and ids that may become part of it. Knows no dialect. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from reconciler.errors import ReconcilerError
from reconciler.model.json_value import JsonValue, is_uuid
from reconciler.model.template import SOURCE_TEMPLATE


class Endpoint(StrEnum):
    """What a request is for. Deadlines, size limits and next steps differ by it."""

    TOKEN = "token"  # noqa: S105 - a name, not a secret
    LIST = "list"
    GET = "get"
    CREATE = "create"
    OWNERSHIP = "ownership"
    UPDATE = "update"
    TAG = "tag"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class Call:
    """One request without its credentials. `target` is the path on the server, with the query where there is one. `url_help` says where
    the dialect's API is found, `kind` of which kind of template the request speaks.
    """

    endpoint: Endpoint
    method: str
    target: str
    organization_id: str
    body: bytes | None = None
    url_help: str = ""
    kind: str = SOURCE_TEMPLATE

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def wrong_place(self) -> str:
        """The next step after an answer that is not of this API."""
        return f"check that the url is Airbyte's API and not a web page or a proxy; {self.url_help}"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def encoded(body: JsonValue) -> bytes:
    """A JSON body."""
    return json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """`origin` is the only place that credentials go to, `prefix` the path without a final slash."""

    origin: str
    prefix: str


def parse_base_url(url: str, url_help: str) -> BaseUrl:
    """The parts of a base url such as `https://api.airbyte.com/v1`.

    Raises `ReconcilerError` for anything but http or https with a host, or with user, password, query or
    fragment in it. The url is not repeated in the message where it could hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ReconcilerError("the API url is not a url", help=url_help) from None
    _check_parts(url, parts, port, url_help)
    host = parts.hostname or ""
    authority = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    return BaseUrl(f"{parts.scheme}://{authority}", parts.path.rstrip("/"))


def _check_parts(url: str, parts: SplitResult, port: int | None, url_help: str) -> None:
    if "@" in parts.netloc:
        raise ReconcilerError(
            "the API url holds a user name or password",
            help="remove it: credentials come from AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET",
        )
    if parts.query or parts.fragment:
        raise ReconcilerError("the API url has a query or a fragment", help=url_help)
    usable = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and port != 0
    if not usable or re.fullmatch(r"[!-~]*", url) is None:
        raise ReconcilerError(f"the API url {url!r} is not an http or https address", help=url_help)


def _is_host(host: str) -> bool:
    """Whether the text can be a host name or address. Two libraries must not read two hosts out of it."""
    if re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host) is None:
        return False
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def require_uuid(text: str, what: str = "organization") -> str:
    """The id in lower case. Raises `ReconcilerError` when it is not a UUID: it would become part of a path or a header."""
    if not is_uuid(text):
        raise ReconcilerError(f"the {what} id {text[:80]!r} is not a UUID")
    return text.lower()
