"""What a specification says about one position of the configuration, over all its options. Pure.

A position can be described by several schema nodes at once: the options of `oneOf` and `anyOf`, the parts of `allOf`,
conditions, local references. Options that contradict constants known to hold there can be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from reconciler.connectors.server.java_pattern import java_search
from reconciler.connectors.specification.schema import (
    constants,
    is_marked_secret,
    members,
    objects,
    options_of,
    texts,
    title_of,
    type_names,
)
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments, same_json
from reconciler.model.kept import kept
from reconciler.model.template import connection_schema

_CHOICES = ("oneOf", "anyOf")
_PARTS = ("if", "then", "else")
HOLDS_PARTS = frozenset({"allOf", "$ref", *_CHOICES, *_PARTS})
_ITEMS = ("items", "prefixItems", "additionalItems")


def place_of(specification: JsonObject | None) -> Place | None:
    """The root of what a specification or a form describes. None where there is no schema in it."""
    schema = connection_schema(specification)
    return None if schema is None else place_in(schema)


def place_in(schema: JsonObject) -> Place:
    """The root of a schema."""
    return Place((schema,), schema)


@dataclass(frozen=True, eq=False)
class Place:
    """A position. `base` are the nodes that hold there whatever is chosen, `root` is the document that references point into,
    `given` are members whose values are known and decide between options.
    """

    base: tuple[JsonObject, ...]
    root: JsonObject
    given: JsonObject = field(default_factory=dict)

    def given_that(self, value: JsonObject) -> Place:
        """The same position when its members have these values."""
        return replace(self, given=value)

    @kept
    def nodes(self) -> tuple[JsonObject, ...]:
        """Every node that may hold here, outer before inner, each once: references can lead to one in a thousand ways."""
        found: dict[int, JsonObject] = {}
        waiting = [*reversed(self.base)]
        while waiting:
            node = waiting.pop()
            if id(node) not in found:
                found[id(node)] = node
                if not HOLDS_PARTS.isdisjoint(node):
                    waiting += reversed([part for part in self._parts(node) if isinstance(part, dict)])
        return tuple(found.values())

    def _parts(self, schema: JsonObject) -> Iterator[JsonValue]:
        yield from objects(schema.get("allOf"))
        yield from (schema.get(key) for key in _PARTS)
        yield self._referred(schema)
        for keyword in _CHOICES:
            options = options_of(schema, keyword)
            yield from [option for option in options if self._allows(option)] or options

    def _allows(self, option: JsonObject) -> bool:
        known = constants(option) if self.given else {}
        return all(same_json(self.given[name], value) for name, value in known.items() if name in self.given)

    def _referred(self, schema: JsonObject) -> JsonValue:
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        target: JsonValue = self.root
        for segment in pointer_segments(reference[1:]):
            target = target.get(segment) if isinstance(target, dict) else None
        return target

    @kept
    def names(self) -> tuple[str, ...]:
        """The members that are described here, each once, in the specification's order."""
        return tuple(self._by_name)

    @kept
    def _by_name(self) -> dict[str, set[int]]:
        """Which nodes name a member. A choice can have thousands of options, and thousands of members to look up."""
        found: dict[str, set[int]] = {}
        for at, node in enumerate(self.nodes):
            for name in members(node):
                found.setdefault(name, set()).add(at)
        return found

    @kept
    def for_any_name(self) -> set[int]:
        """Which nodes describe members that they do not name."""
        keywords = ("patternProperties", "additionalProperties")
        is_open = (any(isinstance(node.get(each), dict) for each in keywords) for node in self.nodes)
        return {at for at, opened in enumerate(is_open) if opened}

    @kept
    def _found(self) -> dict[str, Place | None]:
        return {}

    def member(self, name: str) -> Place | None:
        """The position of a member. None when nothing describes it. The same value for the same name."""
        if name not in self._by_name and not self.for_any_name:
            return None
        if name not in self._found:
            nodes = [self.nodes[at] for at in sorted(self._by_name.get(name, set()) | self.for_any_name)]
            self._found[name] = self._at(part for node in nodes for part in _member_parts(node, name))
        return self._found[name]

    @kept
    def item(self) -> Place | None:
        """The position of an array's items, whichever of them. None when nothing describes them."""
        held = [node.get(keyword) for node in self.nodes for keyword in _ITEMS]
        return self._at(part for each in held for part in (each if isinstance(each, list) else [each]))

    def at(self, path: Sequence[str | int]) -> Place | None:
        """The position at the end of a path of members and indexes."""
        here: Place | None = self
        for key in path:
            if here is not None:
                here = here.member(key) if isinstance(key, str) else here.item
        return here

    def _at(self, parts: Iterable[JsonValue]) -> Place | None:
        base = tuple(part for part in parts if isinstance(part, dict))
        return Place(base, self.root) if base else None

    def is_unknown(self, name: str) -> bool:
        """Whether members are described here and this one is not."""
        return bool(self.names) and self.member(name) is None

    def forbids(self, name: str) -> bool:
        """Whether the server refuses a member of this name, because no additional ones are allowed."""
        return any(_forbids(schema, name) for schema in self.base)

    @kept
    def is_secret(self) -> bool:
        """Whether any node here is marked `airbyte_secret`."""
        return any(is_marked_secret(node) for node in self.nodes)

    @property
    def title(self) -> str:
        """The first title here. "" for none."""
        return next((title for node in self.nodes if (title := title_of(node))), "")

    @kept
    def types(self) -> frozenset[str]:
        """Every type that the nodes name here. Empty when one of those that always hold names none."""
        if not all(type_names(schema) for schema in self.base):
            return frozenset()
        return frozenset(name for node in self.nodes for name in type_names(node))

    @property
    def required(self) -> tuple[str, ...]:
        """The members that must be there whatever is chosen."""
        parts = [node for schema in self.base for node in (schema, *objects(schema.get("allOf")))]
        return tuple(dict.fromkeys(name for part in parts for name in texts(part.get("required"))))


class Held(NamedTuple):
    """A value in a configuration, with its place and the place around it. None where nothing describes them."""

    path: tuple[str | int, ...]
    value: JsonValue
    place: Place | None
    around: Place | None = None


def held_values(value: JsonValue, place: Place | None) -> Iterator[Held]:
    """A value and everything in it, outer before inner. Members that are constants decide between the options of their object."""
    return _held(Held((), value, place))


def _held(held: Held) -> Iterator[Held]:
    yield held
    value, place = held.value, held.place
    if place is not None and isinstance(value, dict):
        place = place.given_that(value)
    for key, inner in entries(value):
        below = None if place is None else place.at((key,))
        yield from _held(Held((*held.path, key), inner, below, place))


def entries(value: JsonValue) -> Iterable[tuple[str | int, JsonValue]]:
    """The members of an object, or the items of an array with their indexes. None of anything else."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _member_parts(schema: JsonObject, name: str) -> Iterator[JsonValue]:
    properties = members(schema)
    for pattern, part in members(schema, "patternProperties").items():
        if java_search(pattern, name) is not False:
            yield part
    if name in properties:
        # A member that is described as `true` is known too.
        described = properties[name]
        yield described if isinstance(described, dict) else {}
    else:
        yield schema.get("additionalProperties")


def _forbids(schema: JsonObject, name: str) -> bool:
    own = schema.get("additionalProperties") is False and not name.startswith("#")
    if own and not any(isinstance(part, dict) for part in _member_parts(schema, name)):
        return True
    if any(_forbids(part, name) for part in objects(schema.get("allOf"))):
        return True
    options = options_of(schema)
    return bool(options) and all(_forbids(option, name) for option in options)
