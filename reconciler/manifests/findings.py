"""What is wrong with a document, by JSON pointer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reconciler.model.json_value import JsonValue, pointer_segments
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


def value_at(document: JsonValue, where: str) -> JsonValue:
    """The value at a JSON pointer; None where there is none."""
    value = document
    for segment in pointer_segments(where):
        if isinstance(value, dict):
            value = value.get(segment)
        elif isinstance(value, list) and segment.isdigit() and int(segment) < len(value):
            value = value[int(segment)]
        else:
            return None
    return value
