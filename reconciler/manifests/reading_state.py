"""What is known while one file is read: open values, problems, and what may still be used. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NoReturn, cast

from yaml.error import Mark
from yaml.events import Event, ScalarEvent

from reconciler.manifests import rules
from reconciler.manifests.limits import (
    MAX_ALIAS_NODES,
    MAX_DEPTH,
    MAX_REPEATED_TEXT,
    MAX_VALUES,
    MAX_VARIABLE_TEXT,
    MAX_VARIABLES,
    Budget,
)
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.syntax import TOO_DEEP, end_place, text_lines
from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import pointer

_WHOLE_DOCUMENT = ""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_MIB = 1024**2


class StopReading(Exception):
    """Nothing more can be read from this file."""


@dataclass
class ReadingState:
    """Changes while a file is read. `begin_document` clears what belongs to one document.

    `outer_depth` is how deep the file is nested in the one that includes it, None for a file that is read for itself. `values`
    counts the values of the document, repeated ones too. `path` leads to the value that is being read.
    """

    data: bytes
    log: ProblemLog
    budget: Budget
    outer_depth: int | None

    def __post_init__(self) -> None:
        self.index = -1
        self.is_in_key = False
        self._clear()

    def _clear(self) -> None:
        self.values = 0
        self.path: list[str | int] = []
        self.variables: list[str] = []
        self.spoiled: set[str] = set()

    def begin_document(self) -> None:
        """The next document of the file begins."""
        self.index += 1
        self._clear()
        if self.outer_depth is None:
            self.budget.alias_nodes = MAX_ALIAS_NODES

    @property
    def depth(self) -> int:
        """How many mappings and sequences are open, those of including files counted."""
        return (self.outer_depth or 0) + len(self.path)

    def pointer(self) -> str:
        """The JSON pointer of the value that is being read."""
        return pointer(self.path)

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

    def count_problem(self) -> None:
        """As `problem`, when its text is not needed: nothing else is reported about this document then."""
        self.spoiled.add(_WHOLE_DOCUMENT)
        self.log.count()

    def spoil(self) -> None:
        """Marks the value that is being read as reported."""
        self.spoiled.add(self.pointer())

    def stop(self, event: Event, rule: str, message: str, help: str) -> NoReturn:
        """Reports a problem behind which nothing can be read. Raises StopReading."""
        self.problem(event, rule, message, help)
        raise StopReading

    @cached_property
    def _end(self) -> tuple[int, int]:
        return end_place(self.data)

    @cached_property
    def _lines(self) -> list[str]:
        return text_lines(self.data)

    def rest_of_line(self, event: Event) -> str:
        """The text from where an event starts to the end of its line."""
        mark = cast(Mark, event.start_mark)
        return self._lines[mark.line][mark.column :] if mark.line < len(self._lines) else ""

    def check_characters(self, event: ScalarEvent) -> None:
        """Reports what an escape can put into a text and nothing can store."""
        text = event.value
        if "\0" in text:
            self.problem(event, rules.CHARACTER, "a NUL character, which Airbyte cannot store", "remove it")
        if not text.isascii() and _LONE_SURROGATE.search(text):
            self.problem(event, rules.CHARACTER, *_surrogate_words(text))

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
        self._too_much(event, f"more than {MAX_VALUES:,} values in one file")

    def spend_aliases(self, values: int, text: int, event: Event) -> None:
        """Takes what an alias repeats from the budgets of the document and of the file."""
        budget = self.budget
        budget.alias_nodes -= values
        budget.repeated_text -= text
        if budget.alias_nodes < 0:
            message = f"aliases repeat more than {MAX_ALIAS_NODES:,} values in one document"
            self.stop(event, rules.ALIAS, message, "write less with aliases")
        if budget.repeated_text < 0:
            message = f"aliases repeat more than {MAX_REPEATED_TEXT // _MIB} MiB of text in one file"
            self.stop(event, rules.ALIAS, message, "write less with aliases")

    def note_variables(self, relative: list[str], event: Event) -> None:
        """Remembers where variables are, by pointers relative to the value that is being read."""
        self.budget.variables -= len(relative)
        if self.budget.variables < 0:
            self._too_much(event, f"more than {MAX_VARIABLES:,} variables in one file")
        here = self.pointer() if relative else ""
        self.variables.extend(here + each for each in relative)

    def spend_variable_text(self, number: int, event: Event) -> None:
        """Takes the characters of a variable's value from the file's budget."""
        self.budget.variable_text -= number
        if self.budget.variable_text < 0:
            self._too_much(event, f"variables of more than {MAX_VARIABLE_TEXT // _MIB} MiB in one file")

    def _too_much(self, event: Event, message: str) -> NoReturn:
        self.stop(event, rules.TOO_LARGE, message, "split the file")


def whole_characters(text: str) -> str:
    """The text with halves of characters replaced, so that everything behind the reader can encode it."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


def _surrogate_words(text: str) -> tuple[str, str]:
    """What is wrong with surrogates in a text, and what to do. PyYAML's own parser leaves a whole pair in two halves, which JSON
    would join. libyaml refuses both, as YAML's escapes name whole characters.
    """
    pair = _SURROGATE_PAIR.search(text)
    if pair is None:
        return "half of a surrogate pair, which is no character", "write both halves, or the character itself"
    character = pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
    words = f'write the character itself, or "\\U{ord(character):08X}"'
    return "a surrogate pair, whose halves YAML does not join", words
