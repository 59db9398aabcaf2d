"""What `java.net.URI` can parse. Pure; knows nothing about specifications."""

from __future__ import annotations

import re

# Characters that java.net.URI takes: those of RFC 2396, escapes, and letters beyond ASCII.
_TEXT = re.compile(r"(?:[A-Za-z0-9_.!~'()*,;:$&+=?/@#\[\]-]|%[0-9A-Fa-f]{2}|[^\x00-\xa0\s])*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


def is_uri_reference(text: str) -> bool:
    """Whether `java.net.URI` parses `text`: relative references and the empty text are fine there."""
    before, _, fragment = text.partition("#")
    if not _TEXT.fullmatch(text) or "#" in fragment:
        return False
    scheme = _leading_scheme(before)
    if scheme is None:
        return _is_hierarchical(before)
    specific = before[len(scheme) + 1 :]
    if not _SCHEME.fullmatch(scheme) or not specific:
        return False
    return not specific.startswith("/") or _is_hierarchical(specific)


def is_absolute_uri(text: str) -> bool:
    """Whether `text` is a URI with a scheme."""
    return is_uri_reference(text) and _leading_scheme(text.partition("#")[0]) is not None


def _leading_scheme(text: str) -> str | None:
    head = re.split(r"[/?]", text, maxsplit=1)[0]
    scheme, colon, _ = head.partition(":")
    return scheme if colon else None


def _is_hierarchical(text: str) -> bool:
    rest = text.partition("?")[0]
    if rest.startswith("//"):
        authority, slash, rest = rest[2:].partition("/")
        if not authority and not slash:
            return False
    return "[" not in rest and "]" not in rest
