"""Which base URLs credentials may be sent to: https, or http on this machine. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

_LOCALHOST = "localhost"


class UrlRefused(Exception):
    """What is wrong with a URL, as the end of a sentence; never the URL itself, which may hold a password."""


def base_url(text: str) -> str:
    """The URL without trailing slashes. Raises UrlRefused."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise UrlRefused("holds a blank or a character that a URL cannot hold")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        # Not chained: the text of that error quotes the URL.
        raise UrlRefused("is not a URL") from None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise UrlRefused("is not an https URL")
    _check_extras(text, parts)
    if parts.scheme == "http" and not _is_this_machine(host):
        raise UrlRefused("is http, which would send credentials in clear")
    return text.rstrip("/")


def _check_extras(text: str, parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise UrlRefused("holds a user name or password, and credentials come from the environment only")
    if "?" in text or "#" in text:
        raise UrlRefused("has a query or a fragment")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == _LOCALHOST
