"""The values of `format` that the server asserts. Pure.

networknt 1.5.2 asserts formats in drafts 4 to 7. Those that need more than a few lines to decide (iri,
idn-email, idn-hostname, uri-template, regex, color, style) are taken as met, and so is every unknown format,
as on the server.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable

from reconciler.connectors.server.java_uri import is_absolute_uri, is_uri_reference

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OFFSET = r"(?:[Zz]|(?P<sign>[+-])(?P<hours>\d{2}):(?P<minutes>\d{2}))"
_DATE_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[Tt ](?P<time>\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?" + _OFFSET, re.ASCII
)
_TIME = re.compile(r"(?P<time>\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?" + _OFFSET, re.ASCII)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"(?:[^\s@\"(),:;<>\[\\\]]{{1,64}}|\"[^\"\\\r\n]{{1,62}}\")@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.IPv]+\])"
)
_NUMBER = r"[-+]?\d+"
_DURATION = re.compile(
    rf"[-+]?P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?!$)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}(?:[.,]\d{{0,9}})?S)?)?",
    re.ASCII | re.IGNORECASE,
)
_POINTER = r"(?:/(?:[^/#~]|~[01])*)*"
# java.net.URI wants something behind a scheme; networknt takes a bare beginning all the same.
_BARE_URI = re.compile(r"(?:[A-Za-z0-9+.-]*:)?//|[A-Za-z0-9+.-]+:")


def meets_format(name: str, text: str) -> bool:
    """Whether the server would accept `text` for this format; True for a format that it does not know."""
    check = _CHECKS.get(name)
    return check is None or check(text)


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _parses(datetime.date.fromisoformat, text)


def _is_date_time(text: str) -> bool:
    """RFC 3339 with seconds and offset, `T`, `t` or a blank between; leap seconds are refused here."""
    match = _DATE_TIME.fullmatch(text)
    return match is not None and _is_date(match["date"]) and _is_clock(match["time"]) and _is_offset(match)


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    return (
        match is not None
        and _is_clock(match["time"])
        and (match["sign"] is None or int(match["minutes"]) < 60)
    )


def _is_clock(text: str) -> bool:
    return _parses(datetime.time.fromisoformat, text)


def _is_offset(match: re.Match[str]) -> bool:
    """`Z`, or an offset of at most 18 hours; `-00:00` (offset unknown) is refused by the server's parser."""
    if match["sign"] is None:
        return True
    hours, minutes = int(match["hours"]), int(match["minutes"])
    return (
        minutes < 60
        and hours * 60 + minutes <= 18 * 60
        and not (match["sign"] == "-" and hours == minutes == 0)
    )


def _is_uri(text: str) -> bool:
    if _BARE_URI.fullmatch(text):
        return True
    query = text.partition("#")[0].partition("?")[2]
    return is_absolute_uri(text) and text.isascii() and "[" not in query and "]" not in query


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _matches(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


_CHECKS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "time": _is_time,
    "duration": lambda text: _DURATION.fullmatch(text) is not None,
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "hostname": _matches(rf"{_LABEL}(?:\.{_LABEL})*"),
    "ipv4": lambda text: _parses(ipaddress.IPv4Address, text),
    "ip-address": lambda text: _parses(ipaddress.IPv4Address, text),
    "ipv6": lambda text: "%" not in text and _parses(ipaddress.IPv6Address, text),
    "uri": _is_uri,
    "uri-reference": lambda text: is_uri_reference(text) and text.isascii(),
    "uuid": _matches("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "json-pointer": _matches(_POINTER),
    "relative-json-pointer": _matches(rf"(?:0|[1-9]\d*)(?:#|{_POINTER})"),
    "alpha": _matches("[a-zA-Z]+"),
    "alphanumeric": _matches("[a-zA-Z0-9]+"),
    "phone": _matches(r"\+(?:\d ?){6,14}\d"),
    "utc-millisec": _matches(r"\d+(?:\.\d+)?"),
}

_DESCRIPTIONS = {
    "date": "RFC 3339 full-date",
    "date-time": "RFC 3339 date-time",
    "time": "RFC 3339 time",
    "duration": "ISO 8601 duration",
    "email": "RFC 5321 Mailbox",
    "hostname": "RFC 1123 host name",
    "ipv4": "RFC 2673 IP address",
    "ipv6": "RFC 4291 IP address",
    "uri": "RFC 3986 URI",
    "uri-reference": "RFC 3986 URI-reference",
    "uuid": "RFC 4122 UUID",
    "json-pointer": "RFC 6901 JSON Pointer",
    "relative-json-pointer": "IETF Relative JSON Pointer",
}


def format_failure(name: str) -> str:
    """The validator's words for a value that does not meet this format."""
    description = _DESCRIPTIONS.get(name)
    words = f"does not match the {name} pattern"
    return f"{words} must be a valid {description}" if description else words
