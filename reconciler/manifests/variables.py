"""`!env`: the only substitution. A value comes from the environment as text, or converted to a declared type, and is never shown.
Pure: the environment is an argument.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.conversion import converted
from reconciler.manifests.documents import VariableText, VariableValue
from reconciler.manifests.fields import TYPES, is_a
from reconciler.manifests.findings import SubstitutionRefused
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import did_you_mean, kind_of, short_text

PREFIX: Final = "RECONCILER_VAR_"

_NAME = re.compile(rf"{PREFIX}[A-Za-z0-9_]+")
_MEMBERS = ("name", "type", "default")
ENV_FORMS: Final = "write !env NAME or !env {name: NAME, type: ..., default: ...}"


class Variables:
    """Looks names up and remembers every value that was handed out."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._used: dict[str, None] = {}

    @property
    def used(self) -> tuple[str, ...]:
        """The values that stand in manifests now, each once; they must never be shown."""
        return tuple(self._used)

    def value(self, form: JsonValue, *, depth: int = 0) -> VariableValue:
        """What `!env form` stands for; `form` is a name, or an object with `name`, `type` and `default`.

        An empty value counts as unset. Without a type it is text that may still become what its place takes. Raises
        SubstitutionRefused.
        """
        name, kind, default = _parsed(form)
        text = self._environ.get(name, "")
        if not text and default:
            return VariableValue(default[0], is_default=True, length=_length(default[0]))
        if not text:
            state = "set but empty, which counts as unset" if name in self._environ else "not set"
            help_text = f"set it, or give a default: !env {{name: {name}, default: ...}}"
            raise SubstitutionRefused(rules.VARIABLE_UNSET, f"the variable {name} is {state}", help_text)
        _check_text(name, text)
        self._used[text] = None
        value: JsonValue = (
            VariableText.of(name, text) if kind is None else converted(name, text, kind, depth=depth)
        )
        return VariableValue(value, length=len(text), values=_count(value))


def _length(value: JsonValue) -> int:
    return len(value) if isinstance(value, str) else 0


def _count(value: JsonValue) -> int:
    """How many values a value is, itself included."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, items))


def _parsed(form: JsonValue) -> tuple[str, str | None, tuple[JsonValue, ...]]:
    """The name, the declared type, and the default as a tuple of none or one."""
    if isinstance(form, str):
        return _checked_name(form), None, ()
    if not isinstance(form, dict):
        raise SubstitutionRefused(
            rules.VARIABLE_FORM, f"!env takes the name of a variable, not {kind_of(form)}", ENV_FORMS
        )
    _check_members(form)
    name = form["name"]
    if not isinstance(name, str):
        raise SubstitutionRefused(
            rules.VARIABLE_FORM, f"the name in !env must be text, not {kind_of(name)}", ENV_FORMS
        )
    return _checked_name(name), _checked_type(form), (form["default"],) if "default" in form else ()


def _checked_type(form: JsonObject) -> str | None:
    if "type" not in form:
        return None
    kind = form["type"]
    if not isinstance(kind, str) or kind not in TYPES:
        raise SubstitutionRefused(
            rules.VARIABLE_FORM, "the type in !env is not known", f"write {' or '.join(TYPES)}"
        )
    if form.get("default") is not None and not is_a(form["default"], kind):
        message = f"the default in !env is not {TYPES[kind]}"
        raise SubstitutionRefused(rules.VARIABLE_FORM, message, f"write {TYPES[kind]}, or another type")
    return kind


def _check_members(form: JsonObject) -> None:
    for key in form:
        if key not in _MEMBERS:
            near = did_you_mean(key, _MEMBERS) or ENV_FORMS
            raise SubstitutionRefused(rules.VARIABLE_FORM, f'unknown field "{short_text(key)}" in !env', near)
    if "name" not in form:
        raise SubstitutionRefused(rules.VARIABLE_FORM, "!env has no name", ENV_FORMS)


def _checked_name(name: str) -> str:
    if not name:
        raise SubstitutionRefused(rules.VARIABLE_FORM, "!env has no name", ENV_FORMS)
    if not name.startswith(PREFIX):
        message = f"the variable {short_text(name)} does not start with {PREFIX}"
        help_text = (
            f"manifests can read {PREFIX}... only, so that none can read credentials; rename the variable"
        )
        raise SubstitutionRefused(rules.VARIABLE_NAME, message, help_text)
    if not _NAME.fullmatch(name):
        message = f"{short_text(name)} is not a name of a variable"
        raise SubstitutionRefused(rules.VARIABLE_NAME, message, f"use letters, digits and _ behind {PREFIX}")
    return name


def _check_text(name: str, text: str) -> None:
    """Refuses what a JSON body or a terminal would not carry as it is, without showing it."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise SubstitutionRefused(
            rules.VARIABLE_VALUE, f"the value of {name} is not UTF-8", "set it again as text"
        )
    if any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text):
        message = f"the value of {name} holds a control character"
        raise SubstitutionRefused(
            rules.VARIABLE_VALUE, message, "only line feeds and tabs are allowed; set it again"
        )
