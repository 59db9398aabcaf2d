"""Pydantic's complaints about a document, in our own words. Pure; imported only for documents that are not `plain`.

Pydantic's own messages are never used: they name types instead of what to write, and they can hold the input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reconciler.manifests.field_words import FieldWords
from reconciler.manifests.findings import WRITTEN
from reconciler.manifests.meant import normal
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonValue, pointer, value_at
from reconciler.model.text import (
    did_you_mean,
    kind_of,
    listed,
    short_text,
)

_WANTED = {
    "string_type": "text",
    "dict_type": "an object",
    "model_type": "an object",
    "list_type": "a list",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}


def model_findings(
    model: type[BaseModel],
    document: JsonValue,
    words: FieldWords,
    *,
    limit: int,
    hidden: Iterable[str] = (),
) -> tuple[list[Diagnostic], int]:
    """The first `limit` things that the model finds wrong with the document, in pydantic's order, and how many more there are.

    Values at the pointers `hidden` are not shown.
    """
    try:
        model.model_validate(document)
    except ValidationError as error:
        explain = _Explainer(model, document, words, frozenset(hidden))
        errors = explain.told_once(
            error.errors(include_url=False, include_context=False, include_input=False)
        )
        return [explain.finding(each) for each in errors[:limit]], max(len(errors) - limit, 0)
    return [], 0


@dataclass(frozen=True)
class _Explainer:
    model: type[BaseModel]
    document: JsonValue
    words: FieldWords
    hidden: frozenset[str]

    def told_once(self, errors: list[ErrorDetails]) -> list[ErrorDetails]:
        """The complaints without those about missing fields that are there under another name."""
        unknown = (error["loc"] for error in errors if error["type"] == "extra_forbidden")
        meant = [found for loc in unknown if (found := self._meant(loc)) is not None]
        beginnings = {each[:length] for each in meant for length in range(1, len(each) + 1)}
        return [
            error
            for error in errors
            if error["type"] != "missing"
            or not (error["loc"] in beginnings or self._is_misspelt(error["loc"]))
        ]

    def _is_misspelt(self, path: tuple[str | int, ...]) -> bool:
        """Whether a missing field is there in other letter case or with other word marks."""
        *parent, name = path
        members = value_at(self.document, pointer(parent))
        return isinstance(members, dict) and normal(str(name)) in map(normal, members)

    def _meant(self, path: tuple[str | int, ...]) -> tuple[str, ...] | None:
        return self.words.meant(tuple(str(segment) for segment in path))

    def finding(self, error: ErrorDetails) -> Diagnostic:
        """One complaint of pydantic in our words, at its pointer."""
        path = tuple(error["loc"])
        if error["type"] == "missing":
            return self._missing(path)
        if error["type"] == "extra_forbidden":
            return self._unknown(path)
        if error["type"] in _WANTED:
            return self._wrong_type(path, _WANTED[error["type"]])
        return self._wrong_value(path)

    def _missing(self, path: tuple[str | int, ...]) -> Diagnostic:
        *parent, name = path
        message = f'"{name}" is missing{_inside(parent)}'
        return Diagnostic(
            pointer(parent),
            self.words.ids.missing,
            message,
            f"add {self.words.examples.get(str(name), name)}",
            on_key=bool(parent),
        )

    def _unknown(self, path: tuple[str | int, ...]) -> Diagnostic:
        *parent, name = path
        known = _field_names(self.model, parent)
        message = f'unknown field "{short_text(str(name))}"{_inside(parent)}'
        meant = self._meant(path)
        help_text = (
            self._instead(meant, tuple(parent)) if meant is not None else did_you_mean(str(name), known)
        )
        help_text = help_text or f"known here: {listed(known)}"
        return Diagnostic(pointer(path), self.words.ids.unknown, message, help_text, on_key=True)

    def _instead(self, meant: tuple[str, ...], parent: tuple[str | int, ...]) -> str:
        if value_at(self.document, pointer(meant)) is not None:
            return f"remove it: {_dotted(meant)} is there"
        return f'write "{meant[-1]}" instead' if meant[:-1] == parent else f"write it as {_dotted(meant)}"

    def _wrong_type(self, path: tuple[str | int, ...], wanted: str) -> Diagnostic:
        value = value_at(self.document, pointer(path))
        message = f"{_dotted(path)} must be {wanted}, not {kind_of(value)}"
        if value is None:
            return Diagnostic(
                pointer(path), self.words.ids.type, message, f"write {wanted}, or leave the field out"
            )
        is_bare = wanted == "text" and isinstance(value, bool | int | float)
        return Diagnostic(
            pointer(path),
            self.words.ids.type,
            message,
            f'quote it: "{WRITTEN}"' if is_bare else f"write {wanted}",
        )

    def _wrong_value(self, path: tuple[str | int, ...]) -> Diagnostic:
        here = pointer(path)
        name = next(segment for segment in reversed(path) if isinstance(segment, str))
        message, help_text = self.words.wrong[name](_dotted(path), value_at(self.document, here))
        if here in self.hidden:
            message = f"{_dotted(path)} holds a variable whose value is not usable here"
        return Diagnostic(here, self.words.ids.value, message, help_text)


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(short_text(str(segment)) for segment in path) or "the document"


def _inside(parent: list[str | int]) -> str:
    return f" in {_dotted(parent)}" if parent else ""


def _field_names(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    """The names that a model allows at a path, as they are written in files."""
    here: Any = model
    for segment in path:
        here = _member_type(here, str(segment))
    return [_written_name(here, name) for name in here.model_fields]


def _member_type(holder: Any, name: str) -> Any:
    if get_origin(holder) is dict:
        return get_args(holder)[1]
    fields = holder.model_fields
    return next(field.annotation for key, field in fields.items() if _written_name(holder, key) == name)


def _written_name(model: type[BaseModel], name: str) -> str:
    return model.model_fields[name].alias or name
