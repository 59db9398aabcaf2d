"""`ABSENT`: the mark of a member that was not sent, which the server does not take for an explicit null."""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from reconciler.model.json_value import JsonValue


class _Mark(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


Absent: TypeAlias = Literal[_Mark.ABSENT]
ABSENT: Absent = _Mark.ABSENT


def member(value: JsonValue | Absent, key: str) -> JsonValue | Absent:
    """`value[key]` when `value` is an object that has it, ABSENT otherwise (Jackson's `get`, which never
    fails).
    """
    if isinstance(value, dict) and key in value:
        return value[key]
    return ABSENT
