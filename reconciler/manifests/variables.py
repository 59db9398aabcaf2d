"""`!env`: the only substitution. A value comes from the environment as text, is never shown, and never read again. Pure:
the environment is an argument.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.documents import SubstitutionRefused, VariableValue
from reconciler.manifests.wording import did_you_mean, kind_of, shown
from reconciler.model.json_value import JsonObject, JsonValue

PREFIX: Final = "RECONCILER_VAR_"

_NAME = re.compile(rf"{PREFIX}[A-Za-z0-9_]+")
_MEMBERS = ("name", "default")
_FORMS = "write !env NAME or !env {name: NAME, default: ...}"


class Variables:
    """Looks names up and remembers every value that was handed out."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._used: dict[str, None] = {}

    @property
    def used(self) -> tuple[str, ...]:
        """The values that stand in manifests now, each once; they must never be shown."""
        return tuple(self._used)

    def value(self, form: JsonValue) -> VariableValue:
        """What `!env form` stands for; `form` is a name, or an object with `name` and `default`.

        Always text when the variable is set; an empty value counts as unset. Raises SubstitutionRefused.
        """
        name, default = _parsed(form)
        text = self._environ.get(name, "")
        if not text and default:
            return VariableValue(default[0], is_default=True)
        if not text:
            state = "set but empty, which counts as unset" if name in self._environ else "not set"
            help_text = f"set it, or give a default: !env {{name: {name}, default: ...}}"
            raise SubstitutionRefused(rules.VARIABLE_UNSET, f"the variable {name} is {state}", help_text)
        _check_text(name, text)
        self._used[text] = None
        return VariableValue(text)


def _parsed(form: JsonValue) -> tuple[str, tuple[JsonValue, ...]]:
    """The name, and the default as a tuple of none or one."""
    if isinstance(form, str):
        return _checked_name(form), ()
    if not isinstance(form, dict):
        raise SubstitutionRefused(
            rules.VARIABLE_FORM, f"!env takes the name of a variable, not {kind_of(form)}", _FORMS
        )
    _check_members(form)
    name = form["name"]
    if not isinstance(name, str):
        raise SubstitutionRefused(
            rules.VARIABLE_FORM, f"the name in !env must be text, not {kind_of(name)}", _FORMS
        )
    return _checked_name(name), (form["default"],) if "default" in form else ()


def _check_members(form: JsonObject) -> None:
    for key in form:
        if key not in _MEMBERS:
            near = did_you_mean(key, _MEMBERS) or _FORMS
            raise SubstitutionRefused(rules.VARIABLE_FORM, f'unknown field "{shown(key)}" in !env', near)
    if "name" not in form:
        raise SubstitutionRefused(rules.VARIABLE_FORM, "!env has no name", _FORMS)


def _checked_name(name: str) -> str:
    if not name:
        raise SubstitutionRefused(rules.VARIABLE_FORM, "!env has no name", _FORMS)
    if not name.startswith(PREFIX):
        message = f"the variable {shown(name)} does not start with {PREFIX}"
        help_text = (
            f"manifests can read {PREFIX}... only, so that none can read credentials; rename the variable"
        )
        raise SubstitutionRefused(rules.VARIABLE_NAME, message, help_text)
    if not _NAME.fullmatch(name):
        message = f"{shown(name)} is not a name of a variable"
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
