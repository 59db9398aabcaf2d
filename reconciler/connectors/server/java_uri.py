"""What `java.net.URI` parses, and what it finds there. Pure; knows nothing about specifications."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Characters beyond ASCII stand for themselves, but for blanks and controls.
_OTHER = r"[^\x00-\x80\x81-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_ESCAPED = rf"%[0-9A-Fa-f]{{2}}|{_OTHER}"
_UNRESERVED = r"A-Za-z0-9_.!~'()*\-"


def _text(beside: str) -> re.Pattern[str]:
    return re.compile(rf"(?:[{_UNRESERVED}{beside}]|{_ESCAPED})*")


_URIC = _text(r";/?:@&=+$,\[\]")
_PATH = _text(r":@&=+$,;/")
_REGISTRY_NAME = _text(r"$,;:@&=+")
_USER_INFO = _text(r";:&=+$,")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_LEADING = re.compile(r"([^/?#:]*):")
_HIERARCHICAL = re.compile(r"(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?", re.DOTALL)
_LITERAL_HOST = re.compile(r"(?:(?P<user>[^@/?#]*)@)?\[(?P<address>[^\]]+)\](?::[0-9]*)?")
_HEX = "[0-9A-Fa-f]{1,4}"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
IPV6 = re.compile(
    "|".join(
        [
            rf"(?:{_HEX}:){{7}}(?:{_HEX}|:)",
            rf"(?:{_HEX}:){{6}}(?::{_HEX}|{_IPV4}|:)",
            *(
                rf"(?:{_HEX}:){{{n}}}(?:(?::{_HEX}){{1,{7 - n}}}|(?::{_HEX}){{0,{5 - n}}}:{_IPV4}|:)"
                for n in range(5, 0, -1)
            ),
            rf":(?:(?::{_HEX}){{1,7}}|(?::{_HEX}){{0,5}}:{_IPV4}|:)",
        ]
    ),
    re.ASCII,
)
"""An IPv6 address without a zone."""


@dataclass(frozen=True)
class Uri:
    """What the parser found; None for what is not there."""

    scheme: str | None
    authority: str | None
    query: str | None


def parsed_uri(text: str) -> Uri | None:
    """The parts of a URI or a relative reference, which the empty text is too; None when `java.net.URI` refuses it."""
    before, hash_sign, fragment = text.partition("#")
    if hash_sign and not _URIC.fullmatch(fragment):
        return None
    leading = _LEADING.match(before)
    if leading is None:
        return _hierarchical(None, before, is_last=not hash_sign)
    scheme, rest = leading[1], before[leading.end() :]
    if not _SCHEME.fullmatch(scheme):
        return None
    if rest.startswith("/"):
        return _hierarchical(scheme, rest, is_last=not hash_sign)
    return Uri(scheme, None, None) if rest and _URIC.fullmatch(rest) else None


def _hierarchical(scheme: str | None, text: str, *, is_last: bool) -> Uri | None:
    found = _HIERARCHICAL.fullmatch(text)
    if found is None:
        return None
    authority, path, query = found["authority"], found["path"], found["query"]
    if authority == "" and not path and query is None and is_last:
        return None
    if authority and not _is_authority(authority):
        return None
    if not _PATH.fullmatch(path) or not _URIC.fullmatch(query or ""):
        return None
    return Uri(scheme, authority or None, query)


def _is_authority(text: str) -> bool:
    if _REGISTRY_NAME.fullmatch(text):
        return True
    host = _LITERAL_HOST.fullmatch(text)
    if host is None or not _USER_INFO.fullmatch(host["user"] or ""):
        return False
    address, percent, zone = host["address"].partition("%")
    return IPV6.fullmatch(address) is not None and (
        not percent or re.fullmatch("[A-Za-z0-9_.]+", zone) is not None
    )


def is_uri_reference(text: str) -> bool:
    """Whether `java.net.URI` parses `text`: relative references and the empty text are fine there."""
    return parsed_uri(text) is not None
