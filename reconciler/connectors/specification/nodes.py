"""Every node of a schema: where it is, what it describes, and whether the customer sees it. Pure.

Only places where draft-07 holds schemas are entered, so that a field called `default` is no keyword and an example is no schema.
What the customer sees follows the widget (platform v2.0, schemaToFormBlock): properties, the options of `oneOf` and the items of
arrays; it ignores `anyOf`, `allOf`, conditions and references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from reconciler.connectors.specification.place import Place
from reconciler.connectors.specification.schema import (
    Kind,
    constants,
    dotted,
    is_hidden,
    is_shown,
    kind_of,
    members,
    required_names,
)
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment

_COMBINED = ("allOf", "anyOf")
_ELSEWHERE = frozenset({
    "not", "if", "then", "else", "contains", "propertyNames", "additionalItems", "additionalProperties",
})  # fmt: skip
_NAMED_ELSEWHERE = frozenset({"patternProperties", "definitions", "$defs", "dependencies"})
_HOLDS_NODES = frozenset({"properties", "oneOf", "items", *_COMBINED, *_ELSEWHERE, *_NAMED_ELSEWHERE})
ANY_ITEM = "*"
"""The index in a path that goes through an array."""


class Role(Enum):
    """What a node is to the form. PART is an alternative or a part of the node around it, of `anyOf` or `allOf`."""

    FORM = auto()
    FIELD = auto()
    OPTION = auto()
    ITEMS = auto()
    PART = auto()
    OTHER = auto()


@dataclass(frozen=True, eq=False)
class Node:
    """One node of a schema.

    `pointer` is its JSON pointer, behind the one of the root. `path` is its position in the configuration: () for the root and its
    options, None where it describes no position of its own. `place` is what the connector says about that position, None when it
    says nothing or is not known. `is_shown` is False for what the customer never sees.
    """

    schema: JsonObject
    pointer: str
    role: Role = Role.FORM
    path: tuple[str, ...] | None = ()
    place: Place | None = None
    parent: Node | None = None
    is_shown: bool = True

    @property
    def name(self) -> str:
        """The last name of its position; "" for the root, and where it has no position."""
        return self.path[-1] if self.path else ""

    @property
    def label(self) -> str:
        """Its position as people write it."""
        return dotted(self.path) if self.path else "the form"

    @property
    def around(self) -> Iterator[Node]:
        """The nodes that it is part of, the innermost first."""
        outer = self.parent
        while outer is not None:
            yield outer
            outer = outer.parent

    @property
    def is_required(self) -> bool:
        """Whether the enclosing object requires this field."""
        return self.parent is not None and self.name in self.parent.required

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that it requires. Kept: each of its fields looks here."""
        return required_names(self.schema)

    @property
    def is_field(self) -> bool:
        """Whether it is a named field at a position of the configuration."""
        return self.role is Role.FIELD and self.path is not None

    @property
    def has_fields(self) -> bool:
        """Whether it is made of further fields, so that nothing is typed into it itself."""
        return "properties" in self.schema or "oneOf" in self.schema

    def walk(self) -> Iterator[Node]:
        """It and all nodes in it, outer before inner."""
        yield self
        for child in self.children:
            yield from child.walk()

    @cached_property
    def children(self) -> tuple[Node, ...]:
        """The nodes right inside."""
        # Most nodes are fields without anything inside.
        return () if _HOLDS_NODES.isdisjoint(self.schema) else tuple(self._children())

    def with_role(self, role: Role) -> tuple[Node, ...]:
        """Those children that are this to the form."""
        return tuple(child for child in self.children if child.role is role)

    def _children(self) -> Iterator[Node]:
        schema, path, place = self.schema, self.path, self.place
        shows_fields = self.is_shown and (self.role is Role.OPTION or kind_of(schema) is Kind.GROUP)
        for name, part in members(schema).items():
            if isinstance(part, dict):
                below = None if path is None else (*path, name)
                known = place.member(name) if place is not None else None
                where, shown = f"properties/{escape_segment(name)}", shows_fields and is_shown(part)
                yield from self._child(where, part, Role.FIELD, below, known, shown=shown)
        for index, part in _indexed(schema.get("oneOf")):
            if isinstance(part, dict):
                known = place.given_that(constants(part)) if place is not None else None
                shown = self.is_shown and not is_hidden(part)
                yield from self._child(f"oneOf/{index}", part, Role.OPTION, path, known, shown=shown)
        for keyword in _COMBINED:
            for index, part in _indexed(schema.get(keyword)):
                yield from self._child(f"{keyword}/{index}", part, Role.PART, path, place)
        yield from self._items(schema.get("items"))
        for keyword in _ELSEWHERE & schema.keys():
            yield from self._child(keyword, schema[keyword])
        for keyword in _NAMED_ELSEWHERE & schema.keys():
            for name, part in members(schema, keyword).items():
                yield from self._child(f"{keyword}/{escape_segment(name)}", part)

    def _items(self, items: JsonValue) -> Iterator[Node]:
        path = None if self.path is None else (*self.path, ANY_ITEM)
        place = self.place.item if self.place is not None else None
        if isinstance(items, dict):
            shown = self.is_shown and (kind_of(self.schema) is Kind.LIST or kind_of(items) is not Kind.GROUP)
            yield from self._child("items", items, Role.ITEMS, path, place, shown=shown)
        for index, part in _indexed(items):
            yield from self._child(f"items/{index}", part, Role.OTHER, path, place)

    def _child(
        self,
        segment: str,
        part: JsonValue,
        role: Role = Role.OTHER,
        path: tuple[str, ...] | None = None,
        place: Place | None = None,
        *,
        shown: bool = False,
    ) -> Iterator[Node]:
        if isinstance(part, dict):
            yield Node(part, f"{self.pointer}/{segment}", role, path, place, self, shown)


def _indexed(value: JsonValue) -> Iterator[tuple[int, JsonValue]]:
    return enumerate(value) if isinstance(value, list) else iter(())
