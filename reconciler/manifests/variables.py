"""`!env`: the only substitution. A value comes from the environment as text or of a declared type, and is never shown. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.fields import TYPES, is_a
from reconciler.manifests.limits import MAX_DEPTH
from reconciler.manifests.rules import Refused
from reconciler.manifests.scalars import REFUSED, json_literal
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json_text
from reconciler.model.text import did_you_mean, kind_of, short_text

PREFIX: Final = "RECONCILER_VAR_"
ENV_FORMS: Final = "write !env NAME or !env {name: NAME, type: ..., default: ...}"

_NAME = re.compile(rf"{PREFIX}[A-Za-z0-9_]+")
_MEMBERS = ("name", "type", "default")
_WANTED: Final = {
    "integer": "digits",
    "number": "digits, as in JSON",
    "boolean": "true or false",
    "array": "a JSON list, or values between commas",
    "object": "a JSON object",
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class VariableText(str):
    """The text of the variable `name` without a declared type, until it is known what its place takes."""

    name: str

    @classmethod
    def of(cls, name: str, text: str) -> VariableText:
        """The text that the variable of this name holds."""
        made = cls(text)
        made.name = name
        return made


class UnsetVariable(str):
    """In place of the value of a variable that is not set. Its text, "", means nothing."""

    __slots__ = ()


@dataclass(frozen=True)
class VariableValue:
    """What an `!env` means, made of a text of `length` characters, and how many `values` it is. A default that was used is a
    literal of the file, which is in git: it is neither hidden nor excused by the rules about secrets.
    """

    value: JsonValue
    is_default: bool = False
    length: int = 0
    values: int = 1


@dataclass(frozen=True)
class Variables:
    """Looks names up and remembers every value that was handed out: those in `used` must never be shown."""

    environ: Mapping[str, str] = field(repr=False)
    used: dict[str, None] = field(default_factory=dict, repr=False)

    def value(self, form: JsonValue, *, depth: int = 0) -> VariableValue:
        """What `!env form` means. `form` is a name, or an object with `name`, `type` and `default`.

        An empty value counts as unset. Without a type it is text that may still become what its place takes. Raises Refused.
        """
        name, kind, default = _parsed(form)
        text = self.environ.get(name, "")
        if not text and default:
            length = len(default[0]) if isinstance(default[0], str) else 0
            return VariableValue(default[0], is_default=True, length=length)
        if not text:
            state = "set but empty, which counts as unset" if name in self.environ else "not set"
            help_text = f"set it, or give a default: !env {{name: {name}, default: ...}}"
            raise Refused(rules.VARIABLE_UNSET, f"the variable {name} is {state}", help_text)
        _check_text(name, text)
        self.used[text] = None
        value: JsonValue = VariableText.of(name, text) if kind is None else converted(name, text, kind, depth)
        return VariableValue(value, length=len(text), values=_count(value))


def _inner(value: JsonValue) -> tuple[JsonValue, ...]:
    return (
        tuple(value.values()) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else ()
    )


def _count(value: JsonValue) -> int:
    """How many values a value is, itself included."""
    return 1 + sum(map(_count, _inner(value)))


def _height(value: JsonValue) -> int:
    """How deep a value is nested. 0 for a scalar."""
    return 1 + max(map(_height, _inner(value)), default=0) if isinstance(value, dict | list) else 0


def _parsed(form: JsonValue) -> tuple[str, str | None, tuple[JsonValue, ...]]:
    """The name, the declared type, and the default as a tuple of none or one."""
    if isinstance(form, str):
        return _checked_name(form), None, ()
    if not isinstance(form, dict):
        raise Refused(
            rules.VARIABLE_FORM, f"!env takes the name of a variable, not {kind_of(form)}", ENV_FORMS
        )
    for key in form:
        if key not in _MEMBERS:
            near = did_you_mean(key, _MEMBERS) or ENV_FORMS
            raise Refused(rules.VARIABLE_FORM, f'unknown field "{short_text(key)}" in !env', near)
    name = form.get("name", "")
    if not isinstance(name, str):
        raise Refused(rules.VARIABLE_FORM, f"the name in !env must be text, not {kind_of(name)}", ENV_FORMS)
    return _checked_name(name), _checked_type(form), (form["default"],) if "default" in form else ()


def _checked_type(form: JsonObject) -> str | None:
    if "type" not in form:
        return None
    kind = form["type"]
    if not isinstance(kind, str) or kind not in TYPES:
        raise Refused(rules.VARIABLE_FORM, "the type in !env is not known", f"write {' or '.join(TYPES)}")
    if form.get("default") is not None and not is_a(form["default"], kind):
        message = f"the default in !env is not {TYPES[kind]}"
        raise Refused(rules.VARIABLE_FORM, message, f"write {TYPES[kind]}, or another type")
    return kind


def _checked_name(name: str) -> str:
    if not name:
        raise Refused(rules.VARIABLE_FORM, "!env has no name", ENV_FORMS)
    if not name.startswith(PREFIX):
        message = f"the variable {short_text(name)} does not start with {PREFIX}"
        help_text = (
            f"manifests can read {PREFIX}... only, so that none can read credentials; rename the variable"
        )
        raise Refused(rules.VARIABLE_NAME, message, help_text)
    if not _NAME.fullmatch(name):
        message = f"{short_text(name)} is not a name of a variable"
        raise Refused(rules.VARIABLE_NAME, message, f"use letters, digits and _ behind {PREFIX}")
    return name


def _check_text(name: str, text: str) -> None:
    """Refuses what a JSON body or a terminal would not carry as it is, without showing it."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused(rules.VARIABLE_VALUE, f"the value of {name} is not UTF-8", "set it again as text")
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        message = f"the value of {name} holds a control character"
        raise Refused(rules.VARIABLE_VALUE, message, "only line feeds and tabs are allowed; set it again")


def converted(name: str, text: str, kind: str, depth: int, why: str = "") -> JsonValue:
    """The value of the variable `name`, of a type of `TYPES`, for a place nested `depth` deep. `why` says who asks for the type.

    Values between commas are texts of their own, which may still become what their places take. Raises Refused, without the value.
    """
    if kind == "string":
        return text
    bare = text.strip()
    if kind == "array" and not bare.startswith("["):
        return [VariableText.of(name, each) for each in _between_commas(name, bare)]
    value = _literal(bare) if kind in ("integer", "number", "boolean") else _json(bare)
    if value is None or not is_a(value, kind) or depth + _height(value) > MAX_DEPTH:
        message = f"the value of {name} is not {TYPES[kind]}{why}"
        raise Refused(rules.VARIABLE_VALUE, message, f"set it to {_WANTED[kind]}")
    return value


def _between_commas(name: str, text: str) -> list[str]:
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        message = f"the value of {name} has nothing between two commas, or at an end"
        raise Refused(rules.VARIABLE_VALUE, message, "write a JSON list if an empty text is meant")
    return items


def _literal(text: str) -> JsonValue:
    """The number, true or false. None for anything else, and for a number that not every reader keeps exactly."""
    if text not in ("true", "false") and not _NUMBER.fullmatch(text):
        return None
    value = json_literal(text)
    return None if value is REFUSED else value


def _json(text: str) -> JsonValue:
    """The value of a JSON text that Airbyte can store. None for anything else."""
    try:
        value = parse_json_text(text)
    except StrictJsonError:
        return None
    return value if _can_be_stored(value) else None


def _can_be_stored(value: JsonValue) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int) and not isinstance(value, bool):
        return json_literal(str(value)) is not REFUSED
    return all(map(_can_be_stored, (*_inner(value), *(value if isinstance(value, dict) else ()))))
