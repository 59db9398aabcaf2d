"""Line and column of every value in a JSON text. Pure; only used to say where something is wrong."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import loads

from reconciler.model.json_value import escape_segment

_TOKEN = re.compile(r'[ \t\n\r:,]*("(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\]:,"]+)')


def json_places(text: str) -> dict[str, tuple[int, int]]:
    """JSON pointer -> 1-based (line, column) where the value starts. `text` must be valid JSON."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    places: dict[str, tuple[int, int]] = {}
    # One entry for each open container: its path, and the number of its next item, or None in an object.
    open_in: list[tuple[str, int | None]] = []
    key = ""
    for match in _TOKEN.finditer(text):
        token, offset = match.group(1), match.start(1)
        if token in "}]":
            open_in.pop()
            continue
        path, index = open_in[-1] if open_in else ("", None)
        if open_in and index is None and not key:
            key = f"/{escape_segment(loads(token))}"
            continue
        if index is not None:
            open_in[-1] = (path, index + 1)
            key = f"/{index}"
        path, key = path + key, ""
        line = bisect_right(starts, offset)
        places[path] = (line, offset - starts[line - 1] + 1)
        if token in "{[":
            open_in.append((path, None if token == "{" else 0))
    return places
