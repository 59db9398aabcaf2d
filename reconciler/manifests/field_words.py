"""How complaints about the fields of a model are put: rule ids, messages, examples. Pure; imports no model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.manifests import rules
from reconciler.model.json_value import JsonValue


@dataclass(frozen=True)
class Rules:
    """Which ids a model's complaints get."""

    unknown: str
    missing: str
    type: str
    value: str


MANIFEST_RULES: Final = Rules(rules.UNKNOWN_FIELD, rules.MISSING_FIELD, rules.WRONG_TYPE, rules.WRONG_VALUE)
PROJECT_RULES: Final = Rules(
    rules.PROJECT_FIELD, rules.PROJECT_MISSING, rules.PROJECT_TYPE, rules.PROJECT_VALUE
)

Wording = Callable[[str, JsonValue], tuple[str, str]]
"""Message and help for a value that has the right type and is still wrong: from the field's name and the value."""


@dataclass(frozen=True)
class FieldWords:
    """How the complaints about one model are put: the ids of its rules, words for wrong values by the name of the field (of the
    list, for an item), lines that add a missing field, and where the file has what an unknown one is for.
    """

    ids: Rules
    wrong: Mapping[str, Wording]
    examples: Mapping[str, str] = field(default_factory=dict)
    meant: Callable[[tuple[str, ...]], tuple[str, ...] | None] = lambda _: None
