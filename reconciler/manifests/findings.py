"""Refusals of what cannot be read at all. Pure."""

from __future__ import annotations

from typing import Final

WRITTEN: Final = "{written}"
"""Stands, in a message or a help, for the scalar as it is written in the file."""


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
