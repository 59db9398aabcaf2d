"""JSON values, their one meaning of "equal", JSON pointers (RFC 6901), and texts that are ids.

Python's own `==` takes `True` for `1`, so equality is decided on canonical text: object keys unordered,
arrays ordered, `1` equal to `1.0`, `true` different from `1`, absent different from null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias, TypeGuard

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False, sort_keys=True)


def canonical_number(value: JsonValue) -> JsonValue:
    """A float without a fraction becomes an integer (`1.0` -> `1`). Every other value is returned as it is.

    The server keeps numbers as decimals, spelled by Java with the fewest digits that tell a double apart: `1e3` comes back as
    `1000.0`, `1e7` as 10000000, `8.41e21` as 8410000000000000000000 and not as the double's 8409999999999999737856.
    """
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    return value


def canonical_value(value: JsonValue) -> JsonValue:
    """A copy of `value` with equal numbers spelled equally. Does not touch its argument."""
    kind = type(value)  # exact types first: this runs over every value of every template
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if isinstance(value, dict):
        return {key: item if type(item) is str else canonical_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) is str else canonical_value(item) for item in value]
    return canonical_number(value)


def canonical_json(value: JsonValue) -> str:
    """The text that is equal for two JSON values exactly when they mean the same."""
    return canonical_text(canonical_value(value))


def canonical_text(value: JsonValue) -> str:
    """`canonical_json` of a value that `canonical_value` made: without going through it again."""
    return _ENCODER.encode(value)


def same_json(left: JsonValue, right: JsonValue) -> bool:
    """Whether two JSON values mean the same (see the module's rules)."""
    return canonical_json(left) == canonical_json(right)


def pointer(segments: Sequence[str | int]) -> str:
    """The JSON pointer of a path: `("a", 0, "b/c")` -> `/a/0/b~1c`. The empty path -> ``."""
    return "".join(f"/{escape_segment(segment)}" for segment in segments)


def escape_segment(segment: str | int) -> str:
    """One pointer segment: `~` as `~0`, `/` as `~1`."""
    return str(segment).replace("~", "~0").replace("/", "~1")


def pointer_segments(text: str) -> tuple[str, ...]:
    """The segments of a JSON pointer, unescaped. `` -> ()."""
    if not text:
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))


def value_at(document: JsonValue, where: str) -> JsonValue:
    """The value at a JSON pointer. None where there is none."""
    value = document
    for segment in pointer_segments(where):
        if isinstance(value, dict):
            value = value.get(segment)
        elif isinstance(value, list) and segment.isdigit() and int(segment) < len(value):
            value = value[int(segment)]
        else:
            return None
    return value


def is_uuid(value: object) -> TypeGuard[str]:
    """Whether a value is a text in the form of Airbyte's ids, in any letter case."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None
