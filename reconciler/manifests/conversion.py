"""The text of a variable as a number, true or false, a list or an object. Pure; no message holds a value."""

from __future__ import annotations

import re
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.documents import VariableText
from reconciler.manifests.fields import TYPES, is_a
from reconciler.manifests.findings import SubstitutionRefused
from reconciler.manifests.limits import MAX_DEPTH
from reconciler.manifests.scalars import REFUSED, json_literal
from reconciler.model.json_value import JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json_text

_WANTED: Final = {
    "integer": "digits",
    "number": "digits, as in JSON",
    "boolean": "true or false",
    "array": "a JSON list, or values between commas",
    "object": "a JSON object",
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def converted(name: str, text: str, kind: str, *, depth: int = 0, why: str = "") -> JsonValue:
    """The value of the variable `name`, of a type of `TYPES`, for a place nested `depth` deep. `why` says who asks for the type.

    Values between commas are texts of their own, which may still become what their places take. Raises SubstitutionRefused.
    """
    if kind == "string":
        return text
    bare = text.strip()
    if kind == "array" and not bare.startswith("["):
        return [VariableText.of(name, each) for each in _between_commas(name, bare)]
    value = _literal(bare) if kind in ("integer", "number", "boolean") else _json(bare)
    if value is None or not is_a(value, kind) or depth + _height(value) > MAX_DEPTH:
        raise _refused(name, kind, why)
    return value


def _between_commas(name: str, text: str) -> list[str]:
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        message = f"the value of {name} has nothing between two commas, or at an end"
        raise SubstitutionRefused(
            rules.VARIABLE_VALUE, message, "write a JSON list if an empty text is meant"
        )
    return items


def _refused(name: str, kind: str, why: str) -> SubstitutionRefused:
    message = f"the value of {name} is not {TYPES[kind]}{why}"
    return SubstitutionRefused(rules.VARIABLE_VALUE, message, f"set it to {_WANTED[kind]}")


def _literal(text: str) -> JsonValue:
    """The number, true or false; None for anything else, and for a number that not every reader keeps exactly."""
    if text not in ("true", "false") and not _NUMBER.fullmatch(text):
        return None
    value = json_literal(text)
    return None if value is REFUSED else value


def _json(text: str) -> JsonValue:
    """The value of a JSON text that Airbyte can store; None for anything else."""
    try:
        value = parse_json_text(text)
    except StrictJsonError:
        return None
    return value if _can_be_stored(value) else None


def _can_be_stored(value: JsonValue) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json_literal(str(value)) is not REFUSED if isinstance(value, int) else True
    if isinstance(value, dict):
        return all("\0" not in key for key in value) and all(map(_can_be_stored, value.values()))
    return all(map(_can_be_stored, value)) if isinstance(value, list) else True


def _height(value: JsonValue) -> int:
    """How deep a value is nested; 0 for a scalar."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if items is None else 1 + max(map(_height, items), default=0)
