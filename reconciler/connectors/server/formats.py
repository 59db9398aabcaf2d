"""The values of `format` that the server asserts, as networknt 1.5.2 does in drafts 4 to 7. Pure.

Nothing here asks Python's own parsers, which move from one Python to the next. Unknown formats are met, as on the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import java_matches, java_pattern
from reconciler.connectors.server.java_values import IPV6, parsed_uri
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
_LEAP_SECONDS: Final = {
    (6, 30): frozenset({1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015}),
    (12, 31): frozenset({*range(1971, 1979), 1988, 1989, 1990, 1995, 1998, 2005, 2008, 2016}),
}


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    return found is not None and int(found[1]) <= 9999 and _is_day(*map(int, found.groups()))


def _is_day(year: int, month: int, day: int) -> bool:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 30 if month in (4, 6, 9, 11) else 31 if month != 2 else 28 + is_leap
    return 1 <= month <= 12 and 1 <= day <= longest


def _is_date_time(text: str) -> bool:
    """RFC 3339 as com.ethlo.time 1.10 parses it. Leap seconds where there was one, even without an offset."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    sign, hours, minutes = _offset(found)
    is_offset = minutes <= 59 and hours * 60 + minutes <= 18 * 60 and (sign, hours, minutes) != (-1, 0, 0)
    if not _is_day(year, month, day) or hour > 23 or minute > 59 or not is_offset:
        return False
    if second != 60:
        return second < 60 and found["zone"] is not None
    is_last = (hour - sign * hours, minute - sign * minutes) == (23, 59)
    return is_last and year in _LEAP_SECONDS.get((month, day), ())


def _offset(found: re.Match[str]) -> tuple[int, int, int]:
    """Sign, hours and minutes of an offset from UTC."""
    return -1 if found["sign"] == "-" else 1, int(found["hours"] or 0), int(found["minutes"] or 0)


def _is_time(text: str) -> bool:
    """Nothing is looked at behind the offset. A leap second is one at the end of a day in UTC."""
    found = _TIME.match(text)
    if found is None or "Z" in text[:-1]:
        return False
    sign, hours, minutes = _offset(found)
    if hours > 23 or minutes > 59:
        return False
    hour, minute = int(found["hour"]) - sign * hours, int(found["minute"]) - sign * minutes
    hour, minute = (hour - 1, minute + 60) if minute < 0 else (hour, minute)
    hour += 24 if hour < 0 else 0
    second = int(found["second"])
    return (second <= 59 and minute <= 59 and hour <= 23) or (second, minute, hour) == (60, 59, 23)


_BARE_URI = re.compile(r"(?:[A-Za-z0-9+,.-]*:)?//|[A-Za-z0-9+,.-]+:")


def _uri(*, absolute: bool, ascii_only: bool) -> Callable[[str], bool]:
    def is_address(text: str) -> bool:
        """Whether the validator takes a text for one."""
        uri = parsed_uri(text)
        if uri is None:
            return _BARE_URI.fullmatch(text) is not None
        if absolute and uri["scheme"] is None:
            return False
        if ascii_only and any(char >= "\x7f" for char in text):
            return False
        if not ascii_only and IPV6.fullmatch(uri["authority"] or "-"):
            return False
        return "[" not in (uri["query"] or "") and "]" not in (uri["query"] or "")

    return is_address


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
    return java_matches(f"{_COLORS}|#?[0-9A-Fa-f]{{3,6}}", text)


_USER_PART = r"""(?:(?:\\.|[^\s\p{Cntrl}()<>@,;:\\".\[\]])+|"(?:\\"|[^"])*")"""
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_HOST_LABEL = re.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAIL_DOMAIN = re.compile(rf"(?:{_LABEL}\.)*(?P<last>{_LABEL})")
# commons-validator knows all top-level domains of its day. These are those of countries and the common others.
_TOP_LEVEL_NAMES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd
cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge
gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki
km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my
mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se
sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz
va vc ve vg vi vn vu wf ws ye yt za zm zw arpa com org net edu gov mil int info biz name pro aero coop museum app dev
cloud tech online site store xyz localhost localdomain
"""
_TOP_LEVEL = frozenset(_TOP_LEVEL_NAMES.split())
_NEVER_TOP_LEVEL = ("test", "example", "invalid", "local", "internal", "lan", "corp", "home", "mail")


def _is_mail_address(text: str) -> bool:
    """As Apache's commons-validator, which networknt 1.5.2 carries along. Raises NotKnown for rare domains."""
    user, _, domain = text.rpartition("@")
    if text.endswith(".") or not domain or re.search(r"\s", domain, re.ASCII):
        return False
    if len(user.encode("utf-16-le", "surrogatepass")) > 128 or not java_matches(
        rf"{_USER_PART}(?:\.{_USER_PART})*", user
    ):
        return False
    if not domain.isascii() or domain.startswith("["):
        raise NotKnown("a mail address with a domain of numbers or beyond ASCII")
    found = _MAIL_DOMAIN.fullmatch(domain) if len(domain) <= 253 else None
    return found is not None and ("." not in domain or _is_top_level(found["last"].lower()))


def _is_top_level(name: str) -> bool:
    is_word = name.isalpha() or name.startswith("xn--")
    if len(name) > 2 and is_word and name not in _TOP_LEVEL and name not in _NEVER_TOP_LEVEL:
        raise NotKnown("a mail address with a rare top-level domain")
    return name in _TOP_LEVEL


_TIMES = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?"
_BYTE = "(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
_ANY_BYTE = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
_POINTER = "(?:/(?:[^/#~]|~[01])*)*"
_CHAR = r"(?:\w|%\p{XDigit}{2})"
_VARIABLE = rf"{_CHAR}(?:\.?{_CHAR})*(?::[1-9]\d{{0,3}}|\*)?"
_TEMPLATE = (
    rf"[^\p{{Cntrl}}\"'%<>\^`{{|}}]|%\p{{XDigit}}{{2}}|\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}}"
)
_COLORS = (
    "aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|orange|purple|red|silver|teal|white|yellow"
)
FORMATS: Final[dict[str, tuple[str | Callable[[str], bool], str]]] = {
    "date": (_is_date, "RFC 3339 full-date"),
    "date-time": (_is_date_time, "RFC 3339 date-time"),
    "time": (_is_time, "RFC 3339 time"),
    "duration": (rf"(?i)P\d+W|P(?=[T\d])(?:\d+Y)?(?:\d+M)?(?:\d+D)?{_TIMES}", "ISO 8601 duration"),
    "email": (_is_mail_address, "RFC 5321 Mailbox"),
    "idn-email": (_is_mail_address, "RFC 6531 Mailbox"),
    "hostname": (rf"{_LABEL}(?:\.{_LABEL})*", "RFC 1123 host name"),
    "idn-hostname": (_is_international_host, "RFC 5890 internationalized hostname"),
    "ipv4": (rf"(?:{_BYTE}\.){{3}}{_BYTE}", "RFC 2673 IP address"),
    "ip-address": (rf"(?:{_ANY_BYTE}\.){{3}}{_ANY_BYTE}", ""),
    "ipv6": (lambda text: IPV6.fullmatch(text) is not None, "RFC 4291 IP address"),
    "uri": (_uri(absolute=True, ascii_only=True), "RFC 3986 URI"),
    "uri-reference": (_uri(absolute=False, ascii_only=True), "RFC 3986 URI-reference"),
    "iri": (_uri(absolute=True, ascii_only=False), "RFC 3987 IRI"),
    "iri-reference": (_uri(absolute=False, ascii_only=False), "RFC 3987 IRI-reference"),
    "uri-template": (rf"(?:{_TEMPLATE})*", "RFC 6570 URI Template"),
    "uuid": (r"\p{XDigit}{8}-(?:\p{XDigit}{4}-){3}\p{XDigit}{12}", "RFC 4122 UUID"),
    "json-pointer": (_POINTER, "RFC 6901 JSON Pointer"),
    "relative-json-pointer": (rf"(?:0|[1-9]\d*)(?:#|{_POINTER})", "IETF Relative JSON Pointer"),
    "regex": (_is_regex, "ECMA-262 regular expression"),
    "alpha": ("[a-zA-Z]+", ""),
    "alphanumeric": ("[a-zA-Z0-9]+", ""),
    "color": (_is_color, ""),
    "phone": (r"\+(?:[0-9] ?){6,14}[0-9]", ""),
    "style": (r"\s*.+?:\s*[^;]+;?", ""),
    "utc-millisec": (r"[0-9]+(?:\.?[0-9]+)?", ""),
}
"""A check or an expression of Java that takes the whole text, and what the validator calls the format."""


def meets_format(name: str, text: str) -> bool:
    """Whether the server would accept `text` for this format. True for a format that it does not know. Raises NotKnown."""
    check, _ = FORMATS.get(name, (None, ""))
    return check is None or (java_matches(check, text) if isinstance(check, str) else check(text))


def format_failure(name: str) -> str:
    """The validator's words for a value that does not meet this format."""
    description = FORMATS[name][1]
    words = f"does not match the {name} pattern"
    return f"{words} must be a valid {description}" if description else words
