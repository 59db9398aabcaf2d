"""The values of `format` that the server asserts. Pure.

networknt 1.5.2 asserts formats in drafts 4 to 7, most of them with a regular expression, some with a library of its own. Nothing
here asks Python's own parsers, which move from one Python to the next. Unknown formats are met, as on the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import java_matches, java_pattern
from reconciler.connectors.server.java_uri import IPV6, parsed_uri
from reconciler.connectors.server.mail_address import is_mail_address
from reconciler.connectors.server.work import NotKnown

_DATE = re.compile(r"(\d{4}|\+\d{5,10})-(\d{2})-(\d{2})", re.ASCII)
_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})"
_DATE_TIME = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})[Tt ]{_CLOCK}"
    # The parser looks at nothing behind a Z that follows the seconds, and not at the sign within an offset.
    r"(?:(?P<zone>[Zz].*|\.\d{1,9}[Zz]|(?:\.\d{1,9})?(?P<sign>[+-])(?P<hours>\d{2}).(?P<minutes>\d{2}))|(?:\.\d{1,9})?)",
    re.ASCII | re.DOTALL,
)
_TIME = re.compile(
    rf"{_CLOCK}(?:\.\d{{0,9}})?(?:[Zz]|(?P<sign>[+-])(?P<hours>\d{{2}}):(?P<minutes>\d{{2}}))", re.ASCII
)
# As the parser's table has them, mistakes included.
_LEAP_JUNES = frozenset({1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015})
_LEAP_DECEMBERS = frozenset({*range(1971, 1979), 1988, 1989, 1990, 1995, 1998, 2005, 2008, 2016})
_SHORT_MONTHS = (4, 6, 9, 11)
_BARE_URI = re.compile(r"(?:[A-Za-z0-9+,.-]*:)?//|[A-Za-z0-9+,.-]+:")
_HOST_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def meets_format(name: str, text: str) -> bool:
    """Whether the server would accept `text` for this format; True for a format that it does not know. Raises NotKnown."""
    check = _CHECKS.get(name)
    return check is None or check(text)


def may_meet_format(name: str, text: str) -> bool:
    """`meets_format`, and True where that is not known."""
    try:
        return meets_format(name, text)
    except NotKnown:
        return True


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    return found is not None and int(found[1]) <= 9999 and _is_day(*map(int, found.groups()))


def _is_day(year: int, month: int, day: int) -> bool:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 30 if month in _SHORT_MONTHS else 31 if month != 2 else 28 + is_leap
    return 1 <= month <= 12 and 1 <= day <= longest


def _is_date_time(text: str) -> bool:
    """RFC 3339 with seconds and offset, as com.ethlo.time 1.10 parses it; leap seconds where there was one, even without an
    offset."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    offset = _offset(found)
    if not _is_day(year, month, day) or hour > 23 or minute > 59 or offset is None or abs(offset) > 18 * 60:
        return False
    if second != 60:
        return second < 60 and found["zone"] is not None
    leaps = {(6, 30): _LEAP_JUNES, (12, 31): _LEAP_DECEMBERS}.get((month, day), frozenset())
    hours, minutes = _parts(offset)
    return year in leaps and (hour - hours, minute - minutes) == (23, 59)


def _offset(found: re.Match[str]) -> int | None:
    """Minutes from UTC; None for `-00:00`, which means that they are unknown, and for more than 59 minutes."""
    if found["sign"] is None:
        return 0
    hours, minutes = int(found["hours"]), int(found["minutes"])
    if minutes > 59 or (found["sign"] == "-" and hours == minutes == 0):
        return None
    return (hours * 60 + minutes) * (-1 if found["sign"] == "-" else 1)


def _parts(minutes: int) -> tuple[int, int]:
    """Hours and minutes, both with the sign, as Java divides."""
    hours, rest = divmod(abs(minutes), 60)
    return (hours, rest) if minutes >= 0 else (-hours, -rest)


def _is_time(text: str) -> bool:
    """Nothing is looked at behind the offset; a leap second is one at the end of a day in UTC."""
    found = _TIME.match(text)
    if found is None or "Z" in text[:-1]:
        return False
    hours, minutes = (0, 0) if found["sign"] is None else (int(found["hours"]), int(found["minutes"]))
    if hours > 23 or minutes > 59:
        return False
    sign = -1 if found["sign"] == "-" else 1
    hour, minute = int(found["hour"]) - sign * hours, int(found["minute"]) - sign * minutes
    hour, minute = (hour - 1, minute + 60) if minute < 0 else (hour, minute)
    hour += 24 if hour < 0 else 0
    second = int(found["second"])
    return (second <= 59 and minute <= 59 and hour <= 23) or (second, minute, hour) == (60, 59, 23)


def _is_duration(text: str) -> bool:
    return not text.endswith(("P", "T")) and java_matches(
        r"(?i)P\d+W|P(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?", text
    )


def _uri(*, absolute: bool, ascii_only: bool) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        uri = parsed_uri(text)
        if uri is None:
            return _BARE_URI.fullmatch(text) is not None
        if absolute and uri.scheme is None:
            return False
        if ascii_only and any(char >= "\x7f" for char in text):
            return False
        if not ascii_only and IPV6.fullmatch(uri.authority or "-"):
            return False
        return "[" not in (uri.query or "") and "]" not in (uri.query or "")

    return check


def _is_regex(text: str) -> bool:
    try:
        java_pattern(text)
    except RefusedPattern:
        return False
    return True


def _is_international_host(text: str) -> bool:
    if not text.isascii() or "xn--" in text.lower():
        raise NotKnown("a host name beyond ASCII")
    labels = [label for label in text.split(".") if label]
    return all(_HOST_LABEL.fullmatch(label) and label[2:4] != "--" for label in labels)


def _is_color(text: str) -> bool:
    if text.startswith("rgb("):
        raise NotKnown("a colour of three numbers")
    return _COLORS.fullmatch(text) is not None


def _matches(expression: str) -> Callable[[str], bool]:
    return lambda text: java_matches(expression, text)


_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_BYTE = "(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
_ANY_BYTE = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
_POINTER = "(?:/(?:[^/#~]|~[01])*)*"
_CHAR = r"(?:\w|%\p{XDigit}{2})"
_VARIABLE = rf"{_CHAR}(?:\.?{_CHAR})*(?::[1-9]\d{{0,3}}|\*)?"
_COLORS = re.compile(
    "aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|orange|purple|red|silver|teal|white|yellow|#?[0-9A-Fa-f]{3,6}"
)
_CHECKS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "date-time": _is_date_time,
    "time": _is_time,
    "duration": _is_duration,
    "email": is_mail_address,
    "idn-email": is_mail_address,
    "hostname": _matches(rf"{_LABEL}(?:\.{_LABEL})*"),
    "idn-hostname": _is_international_host,
    "ipv4": _matches(rf"(?:{_BYTE}\.){{3}}{_BYTE}"),
    "ip-address": _matches(rf"(?:{_ANY_BYTE}\.){{3}}{_ANY_BYTE}"),
    "ipv6": lambda text: IPV6.fullmatch(text) is not None,
    "uri": _uri(absolute=True, ascii_only=True),
    "uri-reference": _uri(absolute=False, ascii_only=True),
    "iri": _uri(absolute=True, ascii_only=False),
    "iri-reference": _uri(absolute=False, ascii_only=False),
    "uri-template": _matches(
        rf"(?:[^\p{{Cntrl}}\"'%<>\^`{{|}}]|%\p{{XDigit}}{{2}}|\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}})*"
    ),
    "uuid": _matches(r"\p{XDigit}{8}-(?:\p{XDigit}{4}-){3}\p{XDigit}{12}"),
    "json-pointer": _matches(_POINTER),
    "relative-json-pointer": _matches(rf"(?:0|[1-9]\d*)(?:#|{_POINTER})"),
    "regex": _is_regex,
    "alpha": _matches("[a-zA-Z]+"),
    "alphanumeric": _matches("[a-zA-Z0-9]+"),
    "color": _is_color,
    "phone": _matches(r"\+(?:[0-9] ?){6,14}[0-9]"),
    "style": _matches(r"\s*.+?:\s*[^;]+;?"),
    "utc-millisec": _matches(r"[0-9]+(?:\.?[0-9]+)?"),
}

_DESCRIPTIONS = {
    "date": "RFC 3339 full-date",
    "date-time": "RFC 3339 date-time",
    "time": "RFC 3339 time",
    "duration": "ISO 8601 duration",
    "email": "RFC 5321 Mailbox",
    "idn-email": "RFC 6531 Mailbox",
    "hostname": "RFC 1123 host name",
    "idn-hostname": "RFC 5890 internationalized hostname",
    "ipv4": "RFC 2673 IP address",
    "ipv6": "RFC 4291 IP address",
    "uri": "RFC 3986 URI",
    "uri-reference": "RFC 3986 URI-reference",
    "iri": "RFC 3987 IRI",
    "iri-reference": "RFC 3987 IRI-reference",
    "uri-template": "RFC 6570 URI Template",
    "uuid": "RFC 4122 UUID",
    "json-pointer": "RFC 6901 JSON Pointer",
    "relative-json-pointer": "IETF Relative JSON Pointer",
    "regex": "ECMA-262 regular expression",
}


def format_failure(name: str) -> str:
    """The validator's words for a value that does not meet this format."""
    description = _DESCRIPTIONS.get(name)
    words = f"does not match the {name} pattern"
    return f"{words} must be a valid {description}" if description else words
