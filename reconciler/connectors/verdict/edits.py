"""Changed copies of JSON documents, for trying out a remedy. Pure; arguments are never touched."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.model.json_value import JsonObject, JsonValue

Path = tuple[str | int, ...]


def value_at(document: JsonValue | Absent, path: Sequence[str | int]) -> JsonValue | Absent:
    """The value at a path, ABSENT where the path leads nowhere."""
    for segment in path:
        if isinstance(document, dict) and isinstance(segment, str):
            document = document.get(segment, ABSENT)
        elif isinstance(document, list) and isinstance(segment, int) and segment < len(document):
            document = document[segment]
        else:
            return ABSENT
    return document


def put(document: JsonValue | Absent, path: Sequence[str | int], value: JsonValue) -> JsonValue:
    """A copy with `value` at the path; objects are made where the path leads through nothing."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(document, list) and isinstance(head, int) and head < len(document):
        return [*document[:head], put(document[head], rest, value), *document[head + 1 :]]
    members = document if isinstance(document, dict) else {}
    name = str(head)
    return {**members, name: put(members.get(name, ABSENT), rest, value)}


def without(document: JsonValue, path: Sequence[str | int]) -> JsonValue:
    """A copy without the member at the path; the document itself when there is none."""
    parent = value_at(document, path[:-1])
    if not isinstance(parent, dict) or path[-1] not in parent:
        return document
    return put(document, path[:-1], {name: item for name, item in parent.items() if name != path[-1]})


def put_member(document: JsonObject, path: Sequence[str | int], value: JsonValue) -> JsonObject:
    """`put` below the root of an object, which stays an object."""
    changed = put(document, path, value)
    return changed if isinstance(changed, dict) else document


def without_member(document: JsonObject, path: Sequence[str | int]) -> JsonObject:
    """`without` below the root of an object, which stays an object."""
    changed = without(document, path)
    return changed if isinstance(changed, dict) else document
