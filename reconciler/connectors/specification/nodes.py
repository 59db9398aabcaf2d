"""Every node of a schema: where it is, what it describes, and whether the customer sees it. Pure.

Only places where draft-07 holds schemas are entered, so that a field called `default` is no keyword and an example is no schema.
What the customer sees follows the widget (platform v2.0, schemaToFormBlock): properties, the options of `oneOf` and the items of
arrays. It ignores `anyOf`, `allOf`, conditions and references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from reconciler.connectors.specification.place import HOLDS_PARTS, Place, entries
from reconciler.connectors.specification.schema import (
    Kind,
    constants,
    dotted,
    is_hidden,
    is_marked_secret,
    is_shown,
    kind_of,
    members,
    required_names,
)
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment
from reconciler.model.kept import kept

_COMBINED = frozenset({"allOf", "anyOf"})
_LISTS = _COMBINED | {"oneOf"}
_NAMED = frozenset({"patternProperties", "definitions", "$defs", "dependencies"})
_ELSEWHERE = _NAMED | {
    "not", "if", "then", "else", "contains", "propertyNames", "additionalItems", "additionalProperties",
}  # fmt: skip
_HOLDS_NODES = _LISTS | _ELSEWHERE | {"properties", "items"}
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


@dataclass(eq=False)
class Node:
    """One node of a schema. Never changed: it is not frozen because making it would take four times as long then, and thousands of forms
    have a hundred thousand nodes.

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
        """The last name of its position. "" for the root, and where it has no position."""
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

    @kept
    def required(self) -> frozenset[str]:
        """The fields that it requires. Kept: each of its fields looks here."""
        return required_names(self.schema)

    @kept
    def is_connector_secret(self) -> bool:
        """Whether the connector marks this position, or one around it, as secret."""
        is_here = self.place is not None and self.place.is_secret
        return is_here or (self.parent is not None and self.parent.is_connector_secret)

    @kept
    def is_secret(self) -> bool:
        """Whether the form or the connector does."""
        is_here = is_marked_secret(self.schema) or self.is_connector_secret
        return is_here or (self.parent is not None and self.parent.is_secret)

    @property
    def is_field(self) -> bool:
        """Whether it is a named field at a position of the configuration."""
        return self.role is Role.FIELD and self.path is not None

    @property
    def has_alternatives(self) -> bool:
        """Whether other nodes describe the same position: options, parts, references."""
        return not HOLDS_PARTS.isdisjoint(self.schema)

    @property
    def has_fields(self) -> bool:
        """Whether it is made of further fields, so that nothing is typed into it itself."""
        return "properties" in self.schema or "oneOf" in self.schema

    def walk(self) -> Iterator[Node]:
        """It and all nodes in it, outer before inner."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    @kept
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
        role, properties = Role.FIELD, f"{self.pointer}/properties/"
        for name, part in members(schema).items():
            if isinstance(part, dict):
                where = properties + escape_segment(name)
                below = None if path is None else (*path, name)
                known = place.member(name) if place is not None else None
                yield Node(part, where, role, below, known, self, shows_fields and is_shown(part))
        for where, part in self._inside("oneOf"):
            known = place.given_that(constants(part)) if place is not None else None
            shown = self.is_shown and not is_hidden(part)
            yield Node(part, where, Role.OPTION, path, known, self, shown)
        for keyword in _COMBINED & schema.keys():
            for where, part in self._inside(keyword):
                yield Node(part, where, Role.PART, path, place, self, is_shown=False)
        if "items" in schema:
            yield from self._items(schema["items"])
        for keyword in _ELSEWHERE & schema.keys():
            for where, part in self._inside(keyword):
                yield Node(part, where, Role.OTHER, None, None, self, is_shown=False)

    def _items(self, items: JsonValue) -> Iterator[Node]:
        path = None if self.path is None else (*self.path, ANY_ITEM)
        place = self.place.item if self.place is not None else None
        is_list = self.is_shown and isinstance(items, dict)
        for where, part in self._inside("items"):
            role = Role.ITEMS if isinstance(items, dict) else Role.OTHER
            shown = is_list and (kind_of(self.schema) is Kind.LIST or kind_of(part) is not Kind.GROUP)
            yield Node(part, where, role, path, place, self, shown)

    def _inside(self, keyword: str) -> Iterator[tuple[str, JsonObject]]:
        """The schemas under a keyword with their pointers: one, those of a list, or, where names are keys, each of an object."""
        held, where = self.schema.get(keyword), f"{self.pointer}/{keyword}"
        if keyword in _NAMED or isinstance(held, list):
            found = [(f"{where}/{escape_segment(key)}", part) for key, part in entries(held)]
        else:
            found = [] if keyword in _LISTS else [(where, held)]
        return ((where, part) for where, part in found if isinstance(part, dict))
