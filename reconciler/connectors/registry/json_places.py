"""Line and column of every value in a JSON text. Pure; only used to say where something is wrong."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from reconciler.model.json_value import escape_segment

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def json_places(text: str) -> dict[str, tuple[int, int]]:
    """JSON pointer -> 1-based (line, column) where the value starts. `text` must be valid JSON."""
    offsets: dict[str, int] = {}
    _walk(text, _skip(text, 0), "", offsets)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return {path: _place(starts, offset) for path, offset in offsets.items()}


def _place(starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _walk(text: str, at: int, path: str, offsets: dict[str, int]) -> int:
    """Notes the value at `at` and everything in it; returns the offset behind it."""
    offsets[path] = at
    if text[at] == "{":
        return _walk_object(text, at + 1, path, offsets)
    if text[at] == "[":
        return _walk_array(text, at + 1, path, offsets)
    return _DECODER.raw_decode(text, at)[1]


def _walk_object(text: str, at: int, path: str, offsets: dict[str, int]) -> int:
    at = _skip(text, at)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        at = _behind_comma(text, _walk(text, at, f"{path}/{escape_segment(key)}", offsets))
    return at + 1


def _walk_array(text: str, at: int, path: str, offsets: dict[str, int]) -> int:
    at = _skip(text, at)
    index = 0
    while text[at] != "]":
        at = _behind_comma(text, _walk(text, at, f"{path}/{index}", offsets))
        index += 1
    return at + 1


def _behind_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at
