"""What is wrong in the input: findings about a document, by JSON pointer, and refusals of what cannot be read at all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reconciler.model.problem import Severity

WRITTEN: Final = "{written}"
"""Stands, in a message or a help, for the scalar as it is written in the file."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the value at `pointer`, or with its key when `is_key`."""

    pointer: str
    rule: str
    message: str
    help: str = ""
    is_key: bool = False
    severity: Severity = Severity.ERROR


class Refused(Exception):
    """Input that cannot be taken; the rule, and what is wrong and what helps in words."""

    def __init__(self, rule: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.help = help


class FileRefused(Refused):
    """A file that cannot be opened or must not be."""


class SubstitutionRefused(Refused):
    """An `!env` or `!include` that cannot be followed."""


class UnreadableText(Refused):
    """The text cannot be read any further from this place on. Line and column are 1-based."""

    def __init__(self, rule: str, message: str, help: str = "", *, line: int = 1, column: int = 1) -> None:
        super().__init__(rule, message, help)
        self.line = line
        self.column = column
