"""Strict JSON (RFC 8259) as the same events that the YAML parser gives, so that one builder serves both. Pure.

One document a file. The grammar is a small table instead of recursion: the nesting of hostile input costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard decoder's own, in C
from typing import Final

from yaml.error import Mark
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler.manifests import rules
from reconciler.manifests.rules import Refused
from reconciler.model.text import short_text

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<mark>[{}\[\],:])
      | (?P<text>")
      | (?P<literal>(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.+-]))
    )""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"[^\s{}\[\],:]+")

# What may come next. OPEN_*: right behind the opening bracket, where the closing one is legal too.
_VALUE: Final = "a value"
_OPEN_LIST: Final = "a value or ]"
_KEY: Final = "a key in double quotes"
_OPEN_OBJECT: Final = "a key in double quotes or }"
_COLON: Final = "a colon"
_NEXT: Final = "a comma or the closing bracket"
_END: Final = "the end of the file"


def json_events(text: str) -> Iterator[Event]:
    """The events of one JSON document; nothing at all for blank text. Raises Refused on the way."""
    if _blank_end(text, 0) < len(text):
        yield from _Reader(text).document()
    yield StreamEndEvent()


def _blank_end(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = 0
        self._line_start = 0
        self._marked = 0
        self._brackets: list[str] = []
        self._state = _VALUE
        self._comma = 0

    def document(self) -> Iterator[Event]:
        """Start, values, end."""
        yield DocumentStartEvent(self._mark(0))
        at = 0
        while self._state is not _END:
            event, at = self._next(at)
            if event is not None:
                yield event
        if _blank_end(self._text, at) < len(self._text):
            raise self._error(_blank_end(self._text, at), "there is more text behind the JSON value")
        yield DocumentEndEvent(self._mark(at))

    def _next(self, at: int) -> tuple[Event | None, int]:
        match = _TOKEN.match(self._text, at)
        if match is None:
            raise self._unexpected(_blank_end(self._text, at))
        kind = match.lastgroup
        if kind == "mark":
            return self._punctuation(match.start("mark")), match.end()
        if kind == "text":
            return self._string(match.end())
        return self._literal(match.start("literal"), match["literal"]), match.end()

    def _string(self, at: int) -> tuple[Event, int]:
        if self._state not in (_VALUE, _OPEN_LIST, _KEY, _OPEN_OBJECT):
            raise self._unexpected(at - 1)
        try:
            value, end = scanstring(self._text, at)
        except json.JSONDecodeError as error:
            # Not chained: that error carries the whole text.
            words = error.msg.lower().strip(" :").removesuffix(" at")
            raise self._error(min(error.pos, len(self._text)), f"not valid JSON: {words}") from None
        self._state = _COLON if self._state in (_KEY, _OPEN_OBJECT) else self._after_value()
        return self._scalar(value, at - 1, quoted=True), end

    def _literal(self, at: int, word: str) -> Event:
        if self._state not in (_VALUE, _OPEN_LIST):
            raise self._unexpected(at)
        self._state = self._after_value()
        return self._scalar(word, at, quoted=False)

    def _scalar(self, value: str, at: int, *, quoted: bool) -> Event:
        style = '"' if quoted else ""
        return ScalarEvent(None, None, (not quoted, quoted), value, self._mark(at), None, style)

    def _punctuation(self, at: int) -> Event | None:
        char = self._text[at]
        if char in "{[":
            return self._opened(char, at)
        if char in "}]":
            return self._closed(char, at)
        if char == ":" and self._state is _COLON:
            self._state = _VALUE
        elif char == "," and self._state is _NEXT and self._brackets:
            self._comma = at
            self._state = _KEY if self._brackets[-1] == "{" else _VALUE
        else:
            raise self._unexpected(at)
        return None

    def _opened(self, char: str, at: int) -> Event:
        if self._state not in (_VALUE, _OPEN_LIST):
            raise self._unexpected(at)
        self._brackets.append(char)
        self._state = _OPEN_OBJECT if char == "{" else _OPEN_LIST
        start = MappingStartEvent if char == "{" else SequenceStartEvent
        return start(None, None, implicit=True, start_mark=self._mark(at), flow_style=True)

    def _closed(self, char: str, at: int) -> Event:
        is_object = char == "}"
        if not self._brackets or (self._brackets[-1] == "{") is not is_object:
            raise self._unexpected(at)
        if self._state in (_KEY, _VALUE) and self._text[self._comma] == "," and self._is_trailing(at):
            raise self._error(
                at, f"a comma is in front of {char}, which JSON does not allow", "remove the comma"
            )
        if self._state not in (_NEXT, _OPEN_OBJECT, _OPEN_LIST):
            raise self._unexpected(at)
        self._brackets.pop()
        self._state = self._after_value()
        return (MappingEndEvent if is_object else SequenceEndEvent)(self._mark(at))

    def _is_trailing(self, at: int) -> bool:
        return _blank_end(self._text, self._comma + 1) == at

    def _after_value(self) -> str:
        return _NEXT if self._brackets else _END

    def _mark(self, at: int) -> Mark:
        """The place of an offset that is not in front of any asked for before."""
        breaks = self._text.count("\n", self._marked, at)
        if breaks:
            self._line += breaks
            self._line_start = self._text.rindex("\n", self._marked, at) + 1
        self._marked = at
        return Mark("", at, self._line, at - self._line_start, None, 0)

    def _error(self, at: int, message: str, help: str = "") -> Refused:
        """Not JSON; `message` never quotes more than the offending word."""
        mark = self._mark(at)
        return Refused(rules.SYNTAX, message, help, line=mark.line + 1, column=mark.column + 1)

    def _unexpected(self, at: int) -> Refused:
        if at >= len(self._text):
            return self._error(at, f"the file ends where {self._state} must follow")
        word = _WORD.match(self._text, at)
        found = short_text(word[0]) if word else self._text[at]
        return self._error(at, f"not valid JSON: found `{found}` where {self._state} must be")
