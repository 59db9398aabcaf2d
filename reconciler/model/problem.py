"""Where something stands in a file, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, order=True)
class Origin:
    """A place in a file: `file` as the user would write it (relative, `/` as separator), 1-based line and
    column.

    `document` is the 0-based index of the YAML document in the file. Line 0 stands for the thing as a whole
    when `file` names something without lines: a directory, an environment variable.
    """

    file: str
    line: int = 1
    column: int = 1
    document: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Severity(StrEnum):
    """An error stops the run; a warning is shown and counted."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in the input: where, which rule, what, and what to do about it.

    `rule` is a stable id: R0xx files and YAML, R1xx the manifest's fields, R2xx references and variables,
    R3xx the project file. `help` may be empty when the message says it already.
    """

    origin: Origin
    rule: str
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        text = f"{self.origin}: {self.message}"
        return f"{text}; {self.help}" if self.help else text


def sorted_problems(problems: list[Problem] | tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Problems in reading order: file, line, column, rule; equal ones once."""
    return tuple(sorted(set(problems), key=lambda p: (p.origin, p.rule, p.message)))
