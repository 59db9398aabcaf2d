"""How the server's JSON library (Jackson 2.17 on Java 21) reads and writes single values. Pure; knows nothing about
specifications.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from reconciler.model.json_value import JsonValue


class NoNumber(Exception):
    """Java's arithmetic throws: an infinite number has no decimal value."""


def as_text(value: JsonValue) -> str:
    """The text Jackson's `asText` gives: strings as they are, objects and arrays as the empty string.

    Null, booleans and numbers are spelled as in JSON, numbers as Java prints them (`1.0E10`).
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return ""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return java_double(value) if isinstance(value, float) else str(value)


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


def exact(number: float) -> Fraction:
    """A number as Java's decimals have it: a double stands for its shortest digits. Raises NoNumber."""
    if isinstance(number, int):
        return Fraction(number)
    if not math.isfinite(number):
        raise NoNumber("Infinite or NaN")
    return Fraction(repr(number))


def as_int(value: JsonValue, otherwise: int) -> int:
    """A count as Java keeps it in 32 bits: larger integers wrap around, larger doubles stop at the end; what is no whole
    number is `otherwise`.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return (value + 2**31) % 2**32 - 2**31
    if isinstance(value, float) and value.is_integer():
        return max(-(2**31), min(int(value), 2**31 - 1))
    return otherwise


def as_long(number: float) -> int:
    """A number as Java casts it to 64 bits: towards zero, stopping at the ends. For integers of any size the integer itself."""
    if isinstance(number, int):
        return number
    if not math.isfinite(number):
        return 2**63 - 1 if number > 0 else -(2**63)
    return max(-(2**63), min(int(number), 2**63 - 1))


def is_true(value: JsonValue) -> bool:
    """Jackson's `asBoolean`: true, the text `true`, and every number but zero."""
    if isinstance(value, str):
        return value.strip() == "true"
    return isinstance(value, int | float) and value != 0
