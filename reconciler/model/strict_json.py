"""JSON as a careful reader takes it: whatever two readers could understand differently is refused. Pure."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from reconciler.model.json_value import JsonValue, escape_segment

JsonContainer: TypeAlias = "dict[str, JsonValue] | list[JsonValue]"

_WORD = re.compile(r'[ \t\n\r:,]*("(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\]:,"]+)')
MAX_DEPTH = 100
MAX_DIGITS = 400
"""Longest integer: more than any double has, far less than what makes conversion slow."""


class StrictJsonError(ValueError):
    """The text is not JSON, or is JSON that readers disagree about. The message never quotes the text.

    `detail` says it with words of the text, for a file of the user's own. `line` and `column` are where, 1 and 1
    where that is not known.
    """

    def __init__(self, reason: str, *, detail: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.detail = detail or reason
        self.line = line
        self.column = column


def parse_json(data: bytes) -> JsonValue:
    """The value of a UTF-8 JSON text. Raises `StrictJsonError` for anything else, and as `parse_json_text` does."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise StrictJsonError("it is not UTF-8") from None
    return parse_json_text(text)


def parse_json_text(text: str) -> JsonValue:
    """The value of a JSON text.

    Raises `StrictJsonError` for anything else, and for duplicate keys, NaN, Infinity, numbers out of a
    double's range, integers of more than 400 digits, nesting over 100 and lone surrogates.
    """
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        # The decoder's own exception carries the whole document: it is not chained.
        raise StrictJsonError(
            f"it is not JSON (from character {error.pos + 1} on)",
            detail=f"not JSON: {error.msg}",
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise _too_deep() from None
    _check_depth(text, value)
    _check_surrogates(text, value)
    return value


def _too_deep() -> StrictJsonError:
    return StrictJsonError(f"it is nested deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise StrictJsonError(
            "an object has the same key twice", detail=f'the key "{twice[:60]}" occurs twice in one object'
        )
    return result


def _refuse_constant(word: str) -> JsonValue:
    raise StrictJsonError("it holds NaN or Infinity", detail=f"{word} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise StrictJsonError("a number is out of range")
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise StrictJsonError(f"an integer has more than {MAX_DIGITS} digits")
    return int(text)


def _check_depth(text: str, value: JsonValue) -> None:
    # Most answers hold fewer brackets than the limit: counting them spares the walk.
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    level, depth = _containers((value,)), 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        level = [item for container in level for item in _containers(_items(container))]


def _containers(values: Iterable[JsonValue]) -> list[JsonContainer]:
    return [value for value in values if isinstance(value, dict | list)]


def _items(container: JsonContainer) -> Iterable[JsonValue]:
    return container.values() if isinstance(container, dict) else container


def _check_surrogates(text: str, value: JsonValue) -> None:
    # Only an escape can bring a lone surrogate: UTF-8 itself has none.
    if "\\ud" not in text and "\\uD" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise StrictJsonError("a text holds half of a surrogate pair") from None


def json_places(text: str) -> dict[str, tuple[int, int]]:
    """JSON pointer -> 1-based (line, column) where the value starts. `text` must be valid JSON."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    places: dict[str, tuple[int, int]] = {}
    # One entry for each open container: its path, and the number of its next item, or None in an object.
    open_in: list[tuple[str, int | None]] = []
    key = ""
    for match in _WORD.finditer(text):
        word, offset = match.group(1), match.start(1)
        if word in "}]":
            open_in.pop()
            continue
        path, index = open_in[-1] if open_in else ("", None)
        if open_in and index is None and not key:
            key = f"/{escape_segment(json.loads(word))}"
            continue
        if index is not None:
            open_in[-1] = (path, index + 1)
            key = f"/{index}"
        path, key = path + key, ""
        line = bisect_right(starts, offset)
        places[path] = (line, offset - starts[line - 1] + 1)
        if word in "{[":
            open_in.append((path, None if word == "{" else 0))
    return places
