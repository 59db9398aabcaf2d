"""Something that is wrong in the input: which rule says so, where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias


@dataclass(frozen=True, order=True)
class Origin:
    """A place in a file: `file` as the user would write it (relative, `/` as separator), 1-based line and column.

    `document` is the 0-based index of the YAML document in the file. Line 0 means the thing as a whole, when `file` names
    something without lines: a directory, an environment variable.
    """

    file: str
    line: int = 1
    column: int = 1
    document: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Severity(StrEnum):
    """An error stops the run. A warning is shown and counted."""

    ERROR = "error"
    WARNING = "warning"


SeverityChoice: TypeAlias = Literal["error", "warning", "ignore"]
"""What a project may set for a rule. Not `off`: YAML 1.1 reads that word as false."""

_NOT_LOCATED = Origin("manifest", 0)


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong. `rule` is a stable id. `help` is "" where the message says what to do already.

    `place` is an `Origin`, or a JSON pointer from the root of a manifest document (`/spec/partialDefaultConfig/region`) whose
    line is not looked up yet. A pointer may name a place that does not exist: then the nearest place above it is meant.
    `on_key` means the key there rather than its value.
    """

    place: Origin | str
    rule: str
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR
    on_key: bool = False

    @property
    def origin(self) -> Origin:
        """The place in a file, that of no file where only a pointer is known."""
        return self.place if isinstance(self.place, Origin) else _NOT_LOCATED

    @property
    def pointer(self) -> str:
        """The JSON pointer that is still to be looked up. "" where the place is in a file already."""
        return self.place if isinstance(self.place, str) else ""

    def at(self, origin: Origin) -> Diagnostic:
        """The same with its place in a file."""
        return Diagnostic(origin, self.rule, self.message, self.help, self.severity)

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}"
        return f"{text}; {self.help}" if self.help else text


def in_reading_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Located diagnostics by file, line, column, rule. Equal ones once."""
    return tuple(sorted(set(diagnostics), key=lambda each: (each.origin, each.rule, each.message)))
