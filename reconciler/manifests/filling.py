"""What variables put into a document, once its connector is known: values of the type that their places take. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.manifests.document import Document
from reconciler.manifests.rules import Refused
from reconciler.manifests.variables import UnsetVariable, VariableText, converted
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, pointer, pointer_segments, value_at
from reconciler.model.template import PRESETS_NAME, connection_schema

if TYPE_CHECKING:
    from reconciler.connectors.specification.place import Place

_SCHEMA = ("spec", "partialUserConfigSpec", "connectionSpecification")


@dataclass(frozen=True)
class Filled:
    """`unset` are the JSON pointers of values whose variables are not set: null is there, and means nothing. `wrong` are the values
    that could not be converted.
    """

    unset: frozenset[str] = frozenset()
    wrong: tuple[Diagnostic, ...] = ()

    def is_open(self, where: str) -> bool:
        """Whether the value at a pointer, or one around it, is not set."""
        return any(f"{where}/".startswith(f"{place}/") for place in self.unset)


def fill(document: Document, specification: JsonObject | None) -> Filled:
    """Puts plain JSON values where the document, which is changed, has those of variables. Untyped ones get the one type that the
    connector's specification has for a preset, and that its node has for a value in the form. Else they stay text.
    """
    unset, wrong = set[str](), list[Diagnostic]()
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
            except Refused as refusal:
                wrong.append(Diagnostic(where, refusal.rule, refusal.message, refusal.help))
                _put(document.value, path, _plain(value))
    return Filled(frozenset(unset), tuple(wrong))


def _put(document: JsonValue, path: tuple[str, ...], value: JsonValue) -> None:
    *parent, last = path
    holder = value_at(document, pointer(parent))
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list):
        holder[int(last)] = value


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _typed(value: JsonValue, place: Place | None, depth: int) -> JsonValue:
    """The value with every text in it that has no declared type as what its place takes. Raises Refused."""
    if isinstance(value, VariableText):
        kind = _kind(place)
        why = ", which this place takes" if kind is not None else ""
        made = converted(value.name, str(value), kind or "string", depth, why)
        return _typed(made, place, depth) if isinstance(made, list) else made
    if isinstance(value, list):
        item = place.item if place is not None else None
        return [_typed(each, item, depth + 1) for each in value]
    return value


def _kind(place: Place | None) -> str | None:
    """The one type that a place takes beside null. None where that is not clear. A whole number is a number."""
    kinds = place.types - {"null"} if place is not None else frozenset[str]()
    if kinds == {"integer", "number"}:
        return "number"
    return next(iter(kinds)) if len(kinds) == 1 else None


def _place(document: JsonValue, path: tuple[str, ...], specification: JsonObject | None) -> Place | None:
    """What describes the value at a path of the document. None where nothing does."""
    from reconciler.connectors.specification.place import Place

    presets = ("spec", PRESETS_NAME.get(str(value_at(document, "/kind")), ""))
    if path[:2] == presets:
        schema = connection_schema(specification)
        place = None if schema is None else Place((schema,), schema)
        return _inner_place(place, value_at(document, pointer(presets)), path[2:])
    is_listed = path[-2:-1] and path[-2] in ("enum", "examples")
    if path[: len(_SCHEMA)] == _SCHEMA and (path[-1] in ("default", "const") or is_listed):
        node = value_at(document, pointer(path[: -2 if is_listed else -1]))
        return Place((node,), node) if isinstance(node, dict) else None
    return None


def _inner_place(place: Place | None, presets: JsonValue, path: tuple[str, ...]) -> Place | None:
    for value, segment in zip(_on_the_way(presets, path), path, strict=False):
        if place is None:
            return None
        place = place.given_that(value).member(segment) if isinstance(value, dict) else place.item
    return place


def _on_the_way(value: JsonValue, path: tuple[str, ...]) -> Iterator[JsonValue]:
    for depth in range(len(path)):
        yield value_at(value, pointer(path[:depth]))
