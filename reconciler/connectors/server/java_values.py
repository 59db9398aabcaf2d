"""How Java 21 and the server's JSON library (Jackson 2.17) read, write and compare single values and addresses. Pure.

For Jackson an integer and a fraction are never equal. networknt 1.5.2 compares the numbers that it sees itself as decimals.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Literal, TypeAlias

from reconciler.connectors.server.work import Work
from reconciler.model.json_value import JsonObject, JsonValue


class _Mark(Enum):
    ABSENT = "absent"


Absent: TypeAlias = Literal[_Mark.ABSENT]
ABSENT: Absent = _Mark.ABSENT
"""The mark of a member that was not sent, which the server does not take for an explicit null."""


class NoNumber(Exception):
    """Java's arithmetic throws: an infinite number has no decimal value."""


def member(value: JsonValue | Absent, key: str) -> JsonValue | Absent:
    """`value[key]` when `value` is an object that has it, else ABSENT: Jackson's `get`, which never fails."""
    return value.get(key, ABSENT) if isinstance(value, dict) else ABSENT


def found_at(document: JsonValue | Absent, path: Sequence[str | int]) -> JsonValue | Absent:
    """The value at a path of names and indexes. ABSENT where the path leads nowhere."""
    for segment in path:
        if isinstance(document, dict) and isinstance(segment, str):
            document = document.get(segment, ABSENT)
        elif isinstance(document, list) and isinstance(segment, int) and segment < len(document):
            document = document[segment]
        else:
            return ABSENT
    return document


def as_object(value: JsonValue | Absent) -> JsonObject:
    """The value itself when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_text(value: JsonValue) -> str:
    """The text Jackson's `asText` gives: strings as they are, objects and arrays as "", the rest as Java prints it (`1.0E10`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return ""
    return java_double(value) if isinstance(value, float) else json.dumps(value)


def java_double(number: float) -> str:
    """`Double.toString`: plain digits from 0.001 up to ten million, scientific notation outside."""
    if not math.isfinite(number):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")
    shortest = Decimal(repr(number))
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return f"{shortest:f}"
    if len(shortest.normalize().as_tuple().digits) == 1:
        # Java writes two digits at least, and chooses both: 4.9E-324, where Python's shortest is 5e-324.
        shortest = Decimal(f"{number:.1e}")
    sign, digits, _ = shortest.normalize().as_tuple()
    first, *rest = map(str, digits)
    return f"{'-' * sign}{first}.{''.join(rest) or '0'}E{shortest.adjusted()}"


def number_of(value: JsonValue) -> int | float | None:
    """The value itself when it is a number. None for everything else, booleans among it."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def exact(number: float) -> Fraction:
    """A number as Java's decimals have it: a double means its shortest digits. Raises NoNumber."""
    if isinstance(number, int):
        return Fraction(number)
    if not math.isfinite(number):
        raise NoNumber("Infinite or NaN")
    return Fraction(repr(number))


def as_int(value: JsonValue, otherwise: int) -> int:
    """A count as Java keeps it in 32 bits: larger integers wrap around. What is no whole number is `otherwise`."""
    number = number_of(value)
    if isinstance(number, int):
        return (number + 2**31) % 2**32 - 2**31
    if number is not None and number.is_integer():
        return max(-(2**31), min(int(number), 2**31 - 1))
    return otherwise


def is_true(value: JsonValue | Absent) -> bool:
    """Jackson's `asBoolean`: true, the text `true`, and every number but zero."""
    if isinstance(value, str):
        return value.strip() == "true"
    return isinstance(value, int | float) and value != 0


def is_constant(value: JsonValue, constant: JsonValue, work: Work) -> bool:
    """Whether `const` is met. Raises NoNumber and TooMuchWork, as the next ones do."""
    work.spend_whole(constant)
    if number_of(value) is None or number_of(constant) is None:
        return _text(value) == _text(constant)
    return _option(value) == _option(constant)


def is_listed(value: JsonValue, enumeration: JsonValue, work: Work) -> bool:
    """Whether `enum` is met. An enumeration that is no array lists nothing."""
    options = enumeration if isinstance(enumeration, list) else []
    if isinstance(value, str):
        work.spend(len(options))
        return value in options
    work.spend_whole(enumeration)
    wanted = _option(value)
    return any(_option(option) == wanted for option in options)


def _option(value: JsonValue) -> Hashable:
    if isinstance(value, list):
        return tuple(_text(item) if number_of(item) is None else _option(item) for item in value)
    number = number_of(value)
    return _text(value) if number is None else exact(number)


def has_repeats(items: list[JsonValue], work: Work) -> bool:
    """Whether two of the items are equal."""
    work.spend_whole(items)
    return len({_text(item) for item in items}) < len(items)


def _text(value: JsonValue) -> str:
    """A text that is the same for values that Jackson takes for equal."""
    return json.dumps(value, sort_keys=True)


# Characters beyond ASCII count as letters, but for blanks and controls.
_OTHER = r"[^\x00-\x80\x81-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def _uri_char(beside: str) -> str:
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
_ANY = _uri_char(r";/?:@&=+$,\[\]")
_HOST = rf"(?:{_uri_char(';:&=+$,')}*@)?\[(?:{_IPV6})(?:%[A-Za-z0-9_.]+)?\](?::[0-9]*)?"
_REFERENCE = re.compile(
    # A colon in front of any slash ends a scheme. Behind a scheme there is a slash, or the rest has no parts.
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?:(?=/)|(?=[^#/])(?P<opaque>{_ANY}+)(?=#|\Z))|(?![^/?#:]*:))"
    rf"(?:(?!//)|//(?!\Z)(?P<authority>{_uri_char('$,;:@&=+')}+|{_HOST})?(?=[/?#]|\Z))"
    rf"(?P<path>{_uri_char(':@&=+$,;/')}*)(?:\?(?P<query>{_ANY}*))?(?:\#{_ANY}*)?"
)


def parsed_uri(text: str) -> re.Match[str] | None:
    """A URI or a relative reference, with the groups `scheme`, `authority` and `query`. None when `java.net.URI` refuses it."""
    return _REFERENCE.fullmatch(text)
