"""How the server turns a JSON value into text (Jackson's `JsonNode.asText`). Pure; knows nothing about
specifications.
"""

from __future__ import annotations

import math

from reconciler.model.json_value import JsonValue


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
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return _plain_digits(number)
    mantissa, _, exponent = f"{number:.17e}".partition("e")
    shortest = repr(number)
    digits = shortest.partition("e")[0].replace(".", "").replace("-", "").strip("0") or "0"
    sign = "-" if mantissa.startswith("-") else ""
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{int(exponent)}"


def _plain_digits(number: float) -> str:
    shortest = repr(number)
    return shortest if "e" not in shortest else f"{number:.1f}"
