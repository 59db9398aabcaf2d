"""What variables put into a document, once its connector is known: values of the type that their places take. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.manifests.conversion import converted
from reconciler.manifests.documents import Document, UnsetVariable, VariableText
from reconciler.manifests.findings import SubstitutionRefused
from reconciler.model.connector import connection_schema
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments, value_at
from reconciler.model.json_value import pointer as join

if TYPE_CHECKING:
    from reconciler.connectors.specification.place import Place

_PRESETS = ("spec", "partialDefaultConfig")
_SCHEMA = ("spec", "partialUserConfigSpec", "connectionSpecification")
_VALUES = ("default", "const")
_LISTS = ("enum", "examples")


@dataclass(frozen=True)
class Filled:
    """`unset` are the JSON pointers of values whose variables are not set: null is there, and means nothing. `findings` are the values
    that could not be converted.
    """

    unset: frozenset[str] = frozenset()
    findings: tuple[Diagnostic, ...] = ()

    def is_open(self, pointer: str) -> bool:
        """Whether the value at a pointer, or one around it, is not set."""
        return any(f"{pointer}/".startswith(f"{place}/") for place in self.unset)


def fill(document: Document, specification: JsonObject | None) -> Filled:
    """Puts plain JSON values where the document, which is changed, has those of variables. Untyped ones get the one type that the
    connector's specification has for a preset, and that its node has for a value in the form; else they stay text.
    """
    unset, findings = set[str](), list[Diagnostic]()
    for where in sorted(document.variables):
        path = pointer_segments(where)
        value = value_at(document.value, where)
        if isinstance(value, UnsetVariable):
            unset.add(where)
            _put(document.value, path, None)
        elif isinstance(value, VariableText | list):
            place = _place(document.value, path, specification)
            try:
                _put(document.value, path, _typed(value, place, len(path)))
            except SubstitutionRefused as refusal:
                findings.append(Diagnostic(where, refusal.rule, refusal.message, refusal.help))
                _put(document.value, path, _plain(value))
    return Filled(frozenset(unset), tuple(findings))


def _put(document: JsonValue, path: tuple[str, ...], value: JsonValue) -> None:
    *parent, last = path
    holder = value_at(document, join(parent))
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list):
        holder[int(last)] = value


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _typed(value: JsonValue, place: Place | None, depth: int) -> JsonValue:
    """The value with every text in it that has no declared type as what its place takes. Raises SubstitutionRefused."""
    if isinstance(value, VariableText):
        kind = _kind(place)
        why = ", which this place takes" if kind is not None else ""
        made = converted(value.name, str(value), kind or "string", depth=depth, why=why)
        return _typed(made, place, depth) if isinstance(made, list) else made
    if isinstance(value, list):
        item = place.item if place is not None else None
        return [_typed(each, item, depth + 1) for each in value]
    return value


def _kind(place: Place | None) -> str | None:
    """The one type that a place takes beside null; None where that is not clear. A whole number is a number."""
    kinds = place.types - {"null"} if place is not None else frozenset[str]()
    if kinds == {"integer", "number"}:
        return "number"
    return next(iter(kinds)) if len(kinds) == 1 else None


def _place(document: JsonValue, path: tuple[str, ...], specification: JsonObject | None) -> Place | None:
    """What describes the value at a path of the document; None where nothing does."""
    if path[: len(_PRESETS)] == _PRESETS and specification is not None:
        return _preset_place(value_at(document, join(_PRESETS)), path[len(_PRESETS) :], specification)
    is_listed = path[-2:-1] and path[-2] in _LISTS
    if path[: len(_SCHEMA)] == _SCHEMA and (path[-1] in _VALUES or is_listed):
        from reconciler.connectors.specification.place import Place

        node = value_at(document, join(path[: -2 if is_listed else -1]))
        return Place((node,), node) if isinstance(node, dict) else None
    return None


def _preset_place(presets: JsonValue, path: tuple[str, ...], specification: JsonObject) -> Place | None:
    from reconciler.connectors.specification.place import Place

    schema = connection_schema(specification)
    place = None if schema is None else Place((schema,), schema)
    for value, segment in zip(_on_the_way(presets, path), path, strict=False):
        if place is None:
            return None
        place = place.given_that(value).member(segment) if isinstance(value, dict) else place.item
    return place


def _on_the_way(value: JsonValue, path: tuple[str, ...]) -> Iterator[JsonValue]:
    for depth in range(len(path)):
        yield value_at(value, join(path[:depth]))
