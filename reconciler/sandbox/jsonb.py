"""How a Postgres jsonb column keeps a value. Pure."""

from __future__ import annotations

import json
import math
from decimal import Decimal

from reconciler.connectors.server.java_values import java_double
from reconciler.model.json_value import JsonValue


class Unstorable(Exception):
    """A value that Postgres refuses in a jsonb column. The message is Postgres's."""


def stored_json(value: JsonValue) -> str:
    """The text of a jsonb column: keys by length, then by bytes. No NUL, no lone surrogate.

    A double arrives as Java spells it and is kept as a decimal: from 1e7 on a whole one is an integer then, the sign of -0.0 is
    gone, and an infinite one was sent as the text "Infinity". Raises Unstorable.
    """
    try:
        text = json.dumps(_stored(value), ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unstorable("ERROR: invalid input syntax for type json") from error
    return text


def _stored(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {_text(key): _stored(value[key]) for key in sorted(value, key=_key_order)}
    if isinstance(value, list):
        return [_stored(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    return _decimal(value) if isinstance(value, float) else value


def _key_order(key: str) -> tuple[int, bytes]:
    encoded = key.encode("utf-8", "surrogatepass")
    return len(encoded), encoded


def _text(value: str) -> str:
    if "\x00" in value:
        raise Unstorable("ERROR: unsupported Unicode escape sequence")
    return value


def _decimal(number: float) -> JsonValue:
    spelled = java_double(number)
    if not math.isfinite(number):
        return spelled
    is_whole = int(Decimal(spelled).as_tuple().exponent) >= 0
    return int(Decimal(spelled)) if is_whole else float(spelled) + 0.0
