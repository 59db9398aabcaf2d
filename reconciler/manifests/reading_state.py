"""Where the reader of one file stands: open mappings and sequences, problems, budget. Pure.

Shared by the builder and by what it asks about aliases and tags, so that all of them report in one way.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Any, NoReturn, cast

from yaml.error import Mark
from yaml.events import CollectionStartEvent, Event, ScalarEvent

from reconciler.manifests import rules
from reconciler.manifests.events import TOO_DEEP, end_place, text_lines
from reconciler.manifests.limits import (
    MAX_ALIAS_NODES,
    MAX_DEPTH,
    MAX_VALUES,
    MAX_VARIABLE_TEXT,
    MAX_VARIABLES,
    Budget,
)
from reconciler.manifests.problem_log import ProblemLog
from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import escape_segment

_WHOLE_DOCUMENT = ""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class StopReading(Exception):
    """Nothing more can be read from this file."""


class Frame:
    """A mapping or sequence that is still open.

    `keys` (with the event of each) is None for a sequence; `key` is the one whose value is being read. `start` is None for the
    document itself, which is a sequence of one value.
    """

    __slots__ = ("items", "key", "keys", "start", "values_before", "variables_before")

    def __init__(self, start: CollectionStartEvent | None, items: Any, keys: dict[str, Event] | None) -> None:
        self.start = start
        self.items = items
        self.keys = keys
        self.key: str | None = None
        self.values_before = 0
        self.variables_before = 0


class ReadingState:
    """Changes while a file is read; `begin_document` clears what belongs to one document."""

    def __init__(self, data: bytes, log: ProblemLog, budget: Budget, depth: int | None) -> None:
        self._data = data
        self.log = log
        self.budget = budget
        self.index = -1
        self.values = 0
        self.stack: list[Frame] = []
        self.variables: list[str] = []
        self.spoiled: set[str] = set()
        self._depth = depth or 0
        self._is_fragment = depth is not None

    def begin_document(self) -> Frame:
        """The frame that will hold the root value."""
        self.index += 1
        self.values = 0
        self.variables = []
        self.spoiled = set()
        if not self._is_fragment:
            self.budget.alias_nodes = MAX_ALIAS_NODES
        self.stack = [Frame(None, [], None)]
        return self.stack[0]

    @property
    def depth(self) -> int:
        """How many mappings and sequences are open, those of including files counted."""
        return self._depth + len(self.stack) - 1

    def pointer(self) -> str:
        """The JSON pointer of the value that is being read."""
        segments = (len(frame.items) if frame.keys is None else frame.key or "" for frame in self.stack[1:])
        return "".join(f"/{escape_segment(segment)}" for segment in segments)

    def place(self, event: Event) -> Origin:
        """Where an event starts."""
        mark = cast(Mark, event.start_mark)
        return Origin(self.log.file, mark.line + 1, mark.column + 1, max(self.index, 0))

    def problem(self, event: Event, rule: str, message: str, help: str = "") -> None:
        """Reports something wrong with the value that is being read, and remembers that it is only a guess."""
        if not self.log.is_full:
            self.spoil()
        self.note(event, rule, message, help)

    def note(self, event: Event, rule: str, message: str, help: str = "") -> None:
        """Reports something that makes no guess of the value that is being read."""
        if self.log.is_full:
            return self.count_problem()
        origin = self.place(event)
        line, column = min((origin.line, origin.column), self._end)
        return self.log.add(replace(origin, line=line, column=column), rule, message, help)

    @cached_property
    def _end(self) -> tuple[int, int]:
        return end_place(self._data)

    def rest_of_line(self, event: Event) -> str:
        """The text from where an event starts; for a problem, because it reads the file again."""
        mark = cast(Mark, event.start_mark)
        return self._lines[mark.line][mark.column :] if mark.line < len(self._lines) else ""

    @cached_property
    def _lines(self) -> list[str]:
        return text_lines(self._data)

    def is_in_key(self) -> bool:
        """Whether what is being read is part of a mapping or sequence in place of a key, which is one problem as a whole."""
        return any(frame.keys is not None and frame.key is None for frame in self.stack[:-1])

    def check_characters(self, event: ScalarEvent) -> None:
        """Reports what an escape can put into a text and nothing can store."""
        text = event.value
        if "\0" in text:
            self.problem(event, rules.CHARACTER, "a NUL character, which Airbyte cannot store", "remove it")
        if not text.isascii() and _LONE_SURROGATE.search(text):
            self.problem(event, rules.CHARACTER, *_surrogate_words(text))

    def count_problem(self) -> None:
        """As `problem`, once nobody will see its words: then nothing else is said about this document either."""
        self.spoiled.add(_WHOLE_DOCUMENT)
        self.log.count()

    def spoil(self) -> None:
        """Marks the value that is being read as reported."""
        self.spoiled.add(self.pointer())

    def stop(self, event: Event, rule: str, message: str, help: str) -> NoReturn:
        """Reports a problem behind which nothing can be read. Raises StopReading."""
        self.problem(event, rule, message, help)
        raise StopReading

    def check_depth(self, depth: int, event: Event) -> None:
        """Stops at nesting beyond the limit."""
        if depth > MAX_DEPTH:
            self.stop(event, rules.TOO_DEEP, *TOO_DEEP)

    def spend_values(self, number: int, event: Event) -> None:
        """Takes values from the file's budget."""
        self.values += number
        self.budget.values -= number
        if self.budget.values < 0:
            self.stop_at_values(event)

    def stop_at_values(self, event: Event) -> NoReturn:
        """The file holds too much."""
        self.stop(event, rules.TOO_LARGE, f"more than {MAX_VALUES:,} values in one file", "split the file")

    def note_variables(self, relative: list[str], event: Event) -> None:
        """Remembers where variables are, by pointers relative to the value that is being read."""
        if not relative:
            return
        self.budget.variables -= len(relative)
        if self.budget.variables < 0:
            self.stop(
                event, rules.TOO_LARGE, f"more than {MAX_VARIABLES:,} variables in one file", "split the file"
            )
        here = self.pointer()
        self.variables.extend(here + pointer for pointer in relative)

    def spend_variable_text(self, number: int, event: Event) -> None:
        """Takes the characters of a variable's value from the file's budget."""
        self.budget.variable_text -= number
        if self.budget.variable_text < 0:
            size = MAX_VARIABLE_TEXT // 1024**2
            self.stop(
                event, rules.TOO_LARGE, f"variables of more than {size} MiB in one file", "split the file"
            )


def whole_characters(text: str) -> str:
    """The text with halves of characters replaced: whoever judges the rest of a document takes text for text."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def _surrogate_words(text: str) -> tuple[str, str]:
    """What is wrong with surrogates in a text, and what to do. PyYAML's own parser leaves a whole pair in two halves, which JSON
    would join; libyaml refuses both, as YAML's escapes name whole characters.
    """
    pair = _SURROGATE_PAIR.search(text)
    if pair is None:
        return "half of a surrogate pair, which is no character", "write both halves, or the character itself"
    character = pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
    return (
        "a surrogate pair, whose halves YAML does not join",
        f'write the character itself, or "\\U{ord(character):08X}"',
    )
