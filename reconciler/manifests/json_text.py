"""Strict JSON (RFC 8259) as the same events that the YAML parser gives, so that one reader serves both. Pure.

One document a file. It reads by recursive descent, as far as events are taken: the reader stops at the limit of nesting.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard decoder's own, in C

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

_LITERAL = re.compile(r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.+-])")
_BLANK = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"[^\s{}\[\],:]+")
_VALUE, _KEY = "a value", "a key in double quotes"


def json_events(text: str) -> Iterator[Event]:
    """The events of one JSON document. None of a document for blank text. Raises Refused on the way."""
    reader = _JsonReader(text)
    if reader.peek():
        yield DocumentStartEvent(reader.mark(0))
        yield from reader.value(_VALUE)
        if reader.peek():
            raise reader.error("there is more text behind the JSON value")
        yield DocumentEndEvent(reader.mark(reader.at))
    yield StreamEndEvent()


class _JsonReader:
    """One pass over one text. `at` is the place that is read next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self._line = self._line_start = self._marked = 0

    def peek(self) -> str:
        """The next character that is not blank. "" at the end."""
        blank = _BLANK.match(self._text, self.at)
        self.at = blank.end() if blank else self.at
        return self._text[self.at : self.at + 1]

    def value(self, wanted: str) -> Iterator[Event]:
        """The events of the next value, which is called `wanted` where there is none."""
        char = self.peek()
        if char == '"':
            yield self._string()
        elif char in ("{", "["):
            yield from self._collection(is_object=char == "{")
        elif literal := _LITERAL.match(self._text, self.at):
            yield ScalarEvent(None, None, (True, False), literal[0], self.mark(self.at), None, "")
            self.at = literal.end()
        else:
            raise self._unexpected(wanted)

    def _collection(self, *, is_object: bool) -> Iterator[Event]:
        start = MappingStartEvent if is_object else SequenceStartEvent
        yield start(None, None, implicit=True, start_mark=self.mark(self.at), flow_style=True)
        closing, wanted = ("}", _KEY) if is_object else ("]", _VALUE)
        self.at += 1
        if self.peek() != closing:
            yield from self._member(f"{wanted} or {closing}", is_object=is_object)
            while self.peek() == ",":
                self.at += 1
                if self.peek() == closing:
                    words = f"a comma is in front of {closing}, which JSON does not allow"
                    raise self.error(words, "remove the comma")
                yield from self._member(wanted, is_object=is_object)
            if self.peek() != closing:
                raise self._unexpected("a comma or the closing bracket")
        yield (MappingEndEvent if is_object else SequenceEndEvent)(self.mark(self.at))
        self.at += 1

    def _member(self, wanted: str, *, is_object: bool) -> Iterator[Event]:
        if is_object:
            if self.peek() != '"':
                raise self._unexpected(wanted)
            yield self._string()
            if self.peek() != ":":
                raise self._unexpected("a colon")
            self.at += 1
        yield from self.value(_VALUE if is_object else wanted)

    def _string(self) -> Event:
        mark = self.mark(self.at)
        try:
            value, self.at = scanstring(self._text, self.at + 1)
        except json.JSONDecodeError as error:
            # Not chained: that error carries the whole text.
            self.at = min(error.pos, len(self._text))
            words = error.msg.lower().strip(" :").removesuffix(" at")
            raise self.error(f"not valid JSON: {words}") from None
        return ScalarEvent(None, None, (False, True), value, mark, None, '"')

    def mark(self, at: int) -> Mark:
        """The place of an offset that is not in front of any that was marked before."""
        breaks = self._text.count("\n", self._marked, at)
        if breaks:
            self._line += breaks
            self._line_start = self._text.rindex("\n", self._marked, at) + 1
        self._marked = at
        return Mark("", at, self._line, at - self._line_start, None, 0)

    def error(self, message: str, help: str = "") -> Refused:
        """Not JSON at the place that is read next. `message` never quotes more than the offending word."""
        mark = self.mark(self.at)
        return Refused(rules.SYNTAX, message, help, line=mark.line + 1, column=mark.column + 1)

    def _unexpected(self, wanted: str) -> Refused:
        if self.at >= len(self._text):
            return self.error(f"the file ends where {wanted} must follow")
        word = _WORD.match(self._text, self.at)
        found = short_text(word[0]) if word else self._text[self.at]
        return self.error(f"not valid JSON: found `{found}` where {wanted} must be")
