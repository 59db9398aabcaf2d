"""Quick answers for ordinary documents: sound as they stand, without loading the models. Pure.

Nearly every document of a run is ordinary, and loading pydantic takes longer than judging a thousand of them here. What these
functions accept, the models of `model` and `project_model` accept too (a property test holds that); what they do not, the models
judge. They say nothing about what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reconciler.model.json_value import JsonValue, is_uuid
from reconciler.model.template import SOURCE_TEMPLATE

API_VERSION: Final = "reconciler/v1"
MAX_NAME_LENGTH: Final = 200
LONGEST_SETTLE: Final = 3600

_HEX = "[0-9a-fA-F]"
UUID_PATTERN: Final = f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"

# Narrower than the models' own: beyond ASCII, two regular expression engines may disagree.
_NAME = re.compile(f"[!-~]([ -~]{{0,{MAX_NAME_LENGTH - 2}}}[!-~])?")

_Check = Callable[[Any], bool]


def is_plain_manifest(value: JsonValue) -> bool:
    """Whether the manifest model certainly accepts the document."""
    return _has(value, _MANIFEST, _MANIFEST.keys())


def is_plain_project(value: JsonValue) -> bool:
    """Whether the project model certainly accepts the document."""
    return _has(value, _PROJECT, {"version"})


def is_plain_name(value: JsonValue) -> bool:
    """Whether the manifest model certainly accepts this `metadata.name`."""
    return type(value) is str and _NAME.fullmatch(value) is not None


def _has(value: Any, checks: Mapping[str, _Check], required: Any) -> bool:
    """Whether `value` is an object with the `required` members and no other than those of `checks`, each of which holds."""
    return (
        type(value) is dict
        and required <= value.keys() <= checks.keys()
        and all(checks[name](member) for name, member in value.items())
    )


def _is_object(value: Any) -> bool:
    return type(value) is dict and all(type(key) is str and key.isascii() for key in value)


def _is_text(value: Any) -> bool:
    return type(value) is str and value.isascii() and bool(value)


def _is_uuid(value: Any) -> bool:
    return type(value) is str and is_uuid(value)


def _is_metadata(value: Any) -> bool:
    return type(value) is dict and value.keys() == {"name"} and is_plain_name(value["name"])


def _is_form(value: Any) -> bool:
    return _is_object(value) and _is_object(value.get("connectionSpecification"))


def _is_spec(value: Any) -> bool:
    return _has(value, _SPEC, {"connector", "partialDefaultConfig"})


def _is_environment(value: Any) -> bool:
    return _has(value, _ENVIRONMENT, frozenset())


_SPEC: Final[Mapping[str, _Check]] = {
    "connector": _is_text,
    "partialDefaultConfig": _is_object,
    "partialUserConfigSpec": _is_form,
    "organizationId": _is_uuid,
    "templateId": _is_uuid,
    "allowSecond": lambda value: _is_text(value) and not value.isspace(),
}
_MANIFEST: Final[Mapping[str, _Check]] = {
    "apiVersion": lambda value: type(value) is str and value == API_VERSION,
    "kind": lambda value: type(value) is str and value == SOURCE_TEMPLATE,
    "metadata": _is_metadata,
    "spec": _is_spec,
}
_ENVIRONMENT: Final[Mapping[str, _Check]] = {
    "api": lambda value: type(value) is str and value in ("public", "sandbox"),
    "url": _is_text,
    "organizationId": _is_uuid,
    "maxCreates": lambda value: type(value) is int and value >= 0,
    "settleSeconds": lambda value: type(value) in (int, float) and 0 <= value <= LONGEST_SETTLE,
    "unmanaged": lambda value: type(value) is list and all(map(_is_uuid, value)),
    "applyBranches": lambda value: type(value) is list and bool(value) and all(map(_is_text, value)),
}
_PROJECT: Final[Mapping[str, _Check]] = {
    "version": lambda value: type(value) is int and value == 1,
    "manifests": _is_text,
    "defaultEnvironment": _is_text,
    "environments": lambda value: _is_object(value) and all(map(_is_environment, value.values())),
    "rules": lambda value: _is_object(value) and all(map(_is_text, value.values())),
}
