"""Values that meet a schema, for examples and placeholders. Pure.

Nothing here is trusted: a value is offered only after the server's own validator would take it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.scaffold.schema import items_of
from reconciler.connectors.scaffold.yaml_text import is_writable
from reconciler.connectors.server.java_regex import java_search
from reconciler.connectors.server.tolerated_schema import UncheckableSchema
from reconciler.connectors.server.work import TooMuchWork
from reconciler.model.json_value import JsonObject, JsonValue

# What a person recognises at once; tried in this order after whatever the schema itself offers.
_FAMILIAR = (
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.000Z",
    "2024-01-01 00:00:00",
    "01-01-2024",
    "01/01/2024 00:00",
    "https://www.example.com/",
    "https://www.example.com",
    "example.com",
    "user@example.com",
    "00000000-0000-4000-8000-000000000000",
    "10:00:00Z",
    "192.0.2.1",
    "1",
    "100",
    "example",
)
_MOST_REPEATS = 100
_LONGEST_PATTERN = 1_000
_LONGEST_SAMPLE = 1_000
_DEEPEST_GROUP = 20


def fits(value: JsonValue, schema: JsonValue) -> bool:
    """Whether the server's validator takes this value; False too when it cannot work with the schema, or that is not known."""
    from reconciler.connectors.server.schema_check import check_against

    try:
        return not check_against(value, schema)
    except (UncheckableSchema, TooMuchWork):
        return False


def fitting_text(schema: JsonObject) -> str | None:
    """A text that meets the schema, its own offers first; None when none was found."""
    offered = (value for value in offers(schema) if isinstance(value, str))
    return next((text for text in (*offered, *_texts(schema)) if fits(text, schema)), None)


def fitting_value(schema: JsonObject) -> tuple[JsonValue, ...]:
    """The value of any type that meets the schema, as a tuple of one: what it offers, else the plainest one of its type.
    Empty when none was found.
    """
    plain = (*offers(schema), *_plainest(schema))
    return next(((value,) for value in plain if is_writable(value) and fits(value, schema)), ())


def offers(schema: JsonObject) -> Iterator[JsonValue]:
    """The values that a schema itself names: const, default, the enumeration, the examples."""
    yield from (schema[key] for key in ("const", "default") if key in schema)
    for key in ("enum", "examples"):
        values = schema.get(key)
        yield from values if isinstance(values, list) else ()


def _plainest(schema: JsonObject) -> Iterator[JsonValue]:
    yield from (schema[key] for key in ("minimum", "maximum") if key in schema)
    yield from (1, 0, False, True, [], {})
    lowest = schema.get("exclusiveMinimum")
    if isinstance(lowest, int | float):
        yield lowest + 1
    yield from _texts(schema)
    yield from _lists(schema)


def _lists(schema: JsonObject) -> Iterator[JsonValue]:
    """A list as long as it must be, of the values that its items offer, or of one of them."""
    items, least = items_of(schema), schema.get("minItems")
    number = min(least, _MOST_REPEATS) if isinstance(least, int) else 1
    if items is not None:
        yield list(offers(items))[:number]
        yield [value for value in fitting_value(items) for _ in range(number)]


def _texts(schema: JsonObject) -> Iterator[str]:
    yield from _FAMILIAR
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        yield from pattern_samples(pattern)
    least = schema.get("minLength")
    if isinstance(least, int):
        yield "x" * min(least, _LONGEST_SAMPLE)


def pattern_samples(pattern: str) -> Iterator[str]:
    """Short texts that a pattern may mean: with nothing in place of what is optional, then with one of each.

    A guess by the common constructs; look-arounds count as met. Nothing for a pattern that it cannot read.
    """
    for optional in (0, 1):
        try:
            yield _Sampler(pattern[:_LONGEST_PATTERN], optional).sample()
        except _Unread:
            return


class _Unread(Exception):
    """A construct that the sampler does not know."""


_TOKEN = re.compile(
    r"(?P<open>\((?:\?(?::|=|!|<=|<!|<[A-Za-z]\w*>|P<\w+>))?)"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<anchor>[\^$]|\\[AbBzZ])"
    r"|(?P<escape>\\.)|(?P<dot>\.)|(?P<literal>[^\\\[(){*+?])",
    re.S,
)
_REPEAT = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<least>\d{1,4})(?P<range>,\d*)?\})[?+]?")
_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t"}


class _Sampler:
    """Reads a pattern once, left to right; of alternatives it takes the first."""

    def __init__(self, pattern: str, optional: int) -> None:
        self._pattern = pattern
        self._optional = optional
        self._at = 0

    def sample(self) -> str:
        text = self._branches(0)
        if self._at < len(self._pattern):
            raise _Unread
        return text

    def _branches(self, depth: int) -> str:
        if depth > _DEEPEST_GROUP:
            raise _Unread
        first = self._branch(depth)
        while self._pattern[self._at : self._at + 1] == "|":
            self._at += 1
            self._branch(depth)
        return first

    def _branch(self, depth: int) -> str:
        pieces: list[str] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            piece, repeats = self._atom(depth), self._repeats()
            if len(piece) * repeats > _LONGEST_SAMPLE:
                raise _Unread
            pieces.append(piece * repeats)
        return "".join(pieces)

    def _atom(self, depth: int) -> str:
        match = _TOKEN.match(self._pattern, self._at)
        if match is None:
            raise _Unread
        self._at = match.end()
        token, kind = match[0], match.lastgroup
        if kind == "open":
            return self._group(token, depth)
        if kind == "class":
            return _class_member(token)
        if kind == "escape":
            return _CLASSES.get(token[1], token[1])
        return {"anchor": "", "dot": "a"}.get(str(kind), token)

    def _group(self, token: str, depth: int) -> str:
        text = self._branches(depth + 1)
        if self._pattern[self._at : self._at + 1] != ")":
            raise _Unread
        self._at += 1
        return "" if token in ("(?=", "(?!", "(?<=", "(?<!") else text

    def _repeats(self) -> int:
        match = _REPEAT.match(self._pattern, self._at)
        if match is None:
            return 1
        self._at = match.end()
        if match["sign"] is None:
            return min(int(match["least"]), _MOST_REPEATS)
        return 1 if match["sign"] == "+" else self._optional


def _class_member(token: str) -> str:
    """A character of `[...]`: a letter or digit where it has one."""
    choices = "aA0-_ ./:" + "".join(chr(code) for code in range(0x21, 0x7F))
    found = next((char for char in choices if java_search(token, char)), None)
    if found is None:
        raise _Unread
    return found
