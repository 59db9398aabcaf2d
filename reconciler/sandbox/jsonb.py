"""JSON in and out as Jackson reads it and a Postgres jsonb column keeps it. Pure."""

from __future__ import annotations

import json
import math
from decimal import Decimal

from reconciler.connectors.server.java_values import java_double
from reconciler.model.json_value import JsonObject, JsonValue


class Unreadable(Exception):
    """Bytes that Jackson refuses as JSON."""


class Unstorable(Exception):
    """A value that Postgres refuses in a jsonb column; the message is Postgres's."""


def read_json(data: bytes) -> JsonValue:
    """The value of a JSON text in UTF-8. Numbers with a fraction or an exponent become doubles, `1e3` is
    1000.0.

    Raises Unreadable. Of equal keys the last wins.
    """
    try:
        value: JsonValue = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return value


def _refuse_constant(word: str) -> JsonValue:
    raise ValueError(f"{word} is not JSON")


def stored_json(value: JsonValue) -> str:
    """The text of a jsonb column: keys by length, then by bytes; no NUL, no lone surrogate.

    A double arrives as Java spells it and is kept as a decimal: from 1e7 on a whole one is an integer then, the sign of -0.0 is
    gone, and an infinite one was sent as the text "Infinity". Raises Unstorable.
    """
    try:
        text = json.dumps(_ordered(value), ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unstorable("ERROR: invalid input syntax for type json") from error
    return text


def _ordered(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _ordered_object(value)
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, str) and "\x00" in value:
        raise Unstorable("ERROR: unsupported Unicode escape sequence")
    return _decimal(value) if isinstance(value, float) else value


def _decimal(number: float) -> JsonValue:
    spelled = java_double(number)
    if not math.isfinite(number):
        return spelled
    is_whole = int(Decimal(spelled).as_tuple().exponent) >= 0
    return int(Decimal(spelled)) if is_whole else float(spelled) + 0.0


def _ordered_object(value: JsonObject) -> JsonObject:
    keys = sorted(
        value,
        key=lambda key: (len(key.encode("utf-8", "surrogatepass")), key.encode("utf-8", "surrogatepass")),
    )
    if any("\x00" in key for key in keys):
        raise Unstorable("ERROR: unsupported Unicode escape sequence")
    return {key: _ordered(value[key]) for key in keys}
