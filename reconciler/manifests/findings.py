"""What is wrong with a document, by JSON pointer. Pure."""

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
