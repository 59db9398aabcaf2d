"""What a run logs in with, from the environment: the only place that it may come from. And where it may be sent.

The secret parts never appear in `repr`, so that a value in a traceback or a log line gives nothing away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reconciler.errors import CredentialsError

CLIENT_ID = "AIRBYTE_CLIENT_ID"
CLIENT_SECRET = "AIRBYTE_CLIENT_SECRET"  # noqa: S105 - the name of a variable
BEARER_TOKEN = "AIRBYTE_BEARER_TOKEN"  # noqa: S105 - the name of a variable

_FIRST_PRINTABLE, _LAST_PRINTABLE = "\x20", "\x7e"


@dataclass(frozen=True)
class ClientCredentials:
    """An Airbyte application: exchanged for an access token. Both are non-empty and fit a JSON body and a
    header.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never reach an output."""
        return (self.client_secret,)


@dataclass(frozen=True)
class BearerToken:
    """A ready access token, sent as it is. Non-empty, fit for the Authorization header."""

    value: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never reach an output."""
        return (self.value,)


def read_credentials(environ: Mapping[str, str]) -> ClientCredentials | BearerToken:
    """An application (id and secret) or a ready token, without surrounding whitespace. An empty value counts as unset.

    Raises CredentialsError, which names variables and never shows a value.
    """
    values = {name: _value(environ, name) for name in (CLIENT_ID, CLIENT_SECRET, BEARER_TOKEN)}
    client_id, client_secret, token = values.values()
    if token and (client_id or client_secret):
        found = CLIENT_ID if client_id else CLIENT_SECRET
        raise CredentialsError(
            f"both {BEARER_TOKEN} and {found} are set",
            help="unset one of them, so that it is clear who is logging in",
        )
    if token:
        return BearerToken(token)
    if client_id and client_secret:
        return ClientCredentials(client_id, client_secret)
    raise _missing(client_id, client_secret)


def has_no_credentials(environ: Mapping[str, str]) -> bool:
    """Whether not one of the variables is set: a fork, or a project that was not set up yet. A part of them is a mistake."""
    return not any(environ.get(name, "").strip() for name in (CLIENT_ID, CLIENT_SECRET, BEARER_TOKEN))


def _missing(client_id: str, client_secret: str) -> CredentialsError:
    if client_id or client_secret:
        present, absent = (CLIENT_ID, CLIENT_SECRET) if client_id else (CLIENT_SECRET, CLIENT_ID)
        return CredentialsError(f"{present} is set, but {absent} is not", help=f"set {absent} too")
    return CredentialsError(
        "no credentials in the environment",
        help=f"set {CLIENT_ID} and {CLIENT_SECRET}, or {BEARER_TOKEN}",
    )


def _value(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not all(_FIRST_PRINTABLE <= char <= _LAST_PRINTABLE for char in value):
        raise CredentialsError(
            f"{name} holds a character that cannot go into an HTTP header",
            help="set it again; a line break or a copied invisible character is the usual cause",
        )
    return value


def url_mistake(text: str) -> str:
    """Why credentials must not be sent to a URL, as the end of a sentence. "" for https, and http on this machine.

    It never quotes the URL, which may hold a password.
    """
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        return "holds a blank or a character that a URL cannot hold"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return "is not an https URL"
    if "@" in parts.netloc:
        return "holds a user name or password, and credentials come from the environment only"
    if "?" in text or "#" in text:
        return "has a query or a fragment"
    is_clear = parts.scheme == "http" and not is_this_machine(host)
    return "is http, which would send credentials in clear" if is_clear else ""


def is_this_machine(host: str) -> bool:
    """Whether a host name or address is one of this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
