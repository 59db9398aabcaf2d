"""What `java.net.URI` parses, and what it finds there. Pure; knows nothing about specifications."""

from __future__ import annotations

import re

# Characters beyond ASCII count as letters, but for blanks and controls.
_OTHER = r"[^\x00-\x80\x81-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def _text(beside: str) -> str:
    return rf"(?:[A-Za-z0-9_.!~'()*\-{beside}]|%[0-9A-Fa-f]{{2}}|{_OTHER})"


_HEX = "[0-9A-Fa-f]{1,4}"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_IPV6 = "|".join(
    [
        rf"(?:{_HEX}:){{7}}(?:{_HEX}|:)",
        rf"(?:{_HEX}:){{6}}(?::{_HEX}|{_IPV4}|:)",
        *(
            rf"(?:{_HEX}:){{{n}}}(?:(?::{_HEX}){{1,{7 - n}}}|(?::{_HEX}){{0,{5 - n}}}:{_IPV4}|:)"
            for n in range(5, 0, -1)
        ),
        rf":(?:(?::{_HEX}){{1,7}}|(?::{_HEX}){{0,5}}:{_IPV4}|:)",
    ]
)
IPV6 = re.compile(_IPV6)
"""An IPv6 address without a zone."""
_ANY = _text(r";/?:@&=+$,\[\]")
_HOST = rf"(?:{_text(';:&=+$,')}*@)?\[(?:{_IPV6})(?:%[A-Za-z0-9_.]+)?\](?::[0-9]*)?"
_REFERENCE = re.compile(
    # A colon in front of any slash ends a scheme. Behind a scheme there is a slash, or the rest has no parts.
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?:(?=/)|(?=[^#/])(?P<opaque>{_ANY}+)(?=#|\Z))|(?![^/?#:]*:))"
    rf"(?:(?!//)|//(?!\Z)(?P<authority>{_text('$,;:@&=+')}+|{_HOST})?(?=[/?#]|\Z))"
    rf"(?P<path>{_text(':@&=+$,;/')}*)(?:\?(?P<query>{_ANY}*))?(?:\#{_ANY}*)?"
)


def parsed_uri(text: str) -> re.Match[str] | None:
    """A URI or a relative reference, which the empty text is too, with the groups `scheme`, `authority` and `query`; None when
    `java.net.URI` refuses it.
    """
    return _REFERENCE.fullmatch(text)
