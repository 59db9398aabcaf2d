"""The schema nodes of a form: where each stands, what it describes, and whether the customer sees it. Pure.

Only places where draft-07 holds schemas are entered, so that a field called `default` is no keyword and an example is no schema.
What the customer sees follows the widget (platform v2.0, schemaToFormBlock): properties, the options of `oneOf` and the items of
arrays; it ignores `anyOf`, `allOf`, conditions and references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from reconciler.connectors.lint.form_order import is_group, is_hidden, is_item_list, is_shown
from reconciler.connectors.lint.place import Place, constants, members, named, texts
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment

_SAME_POSITION = ("allOf", "anyOf")
_ELSEWHERE = (
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "additionalItems",
    "additionalProperties",
)
_NAMED_ELSEWHERE = ("patternProperties", "definitions", "$defs", "dependencies")
_HOLDS_NODES = frozenset({"properties", "oneOf", "items", *_SAME_POSITION, *_ELSEWHERE, *_NAMED_ELSEWHERE})
ANY_ITEM = "*"
"""Stands for the index in a path that goes through an array."""


class Role(Enum):
    """What a node is to the form."""

    ROOT = auto()
    FIELD = auto()
    OPTION = auto()
    ITEM = auto()
    OTHER = auto()


@dataclass(frozen=True, eq=False)
class FormNode:
    """One schema node of a form.

    `pointer` starts at the manifest document's root, `path` is the position in the configuration (() for the root and its
    options, None where the node describes no position of its own). `place` is what the connector says about that position,
    None when it says nothing or is not known. `is_shown` is False for what the customer never sees.
    """

    schema: JsonObject
    pointer: str
    role: Role
    path: tuple[str, ...] | None
    place: Place | None
    parent: FormNode | None
    is_shown: bool

    @property
    def name(self) -> str:
        """The last name of its position; "" for the root."""
        return self.path[-1] if self.path else ""

    @property
    def label(self) -> str:
        """Its position as people write it."""
        return named(self.path) if self.path else "the form"

    @property
    def around(self) -> Iterator[FormNode]:
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
        """The fields that it requires. Kept: each of its fields asks."""
        return frozenset(texts(self.schema.get("required")))

    @property
    def is_field(self) -> bool:
        """Whether it is a named field at a position of the configuration."""
        return self.role is Role.FIELD and self.path is not None

    @property
    def has_fields(self) -> bool:
        """Whether it is made of further fields, so that nothing is typed into it itself."""
        return "properties" in self.schema or "oneOf" in self.schema


def form_nodes(schema: JsonObject, pointer: str, place: Place | None) -> tuple[FormNode, ...]:
    """Every node of a form, outer before inner, in the order of the document."""
    root = FormNode(schema, pointer, Role.ROOT, (), place, None, is_shown=True)
    return tuple(_walk(root))


def _walk(node: FormNode) -> Iterator[FormNode]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _children(node: FormNode) -> Iterator[FormNode]:
    schema = node.schema
    if _HOLDS_NODES.isdisjoint(schema):
        return  # most nodes are fields without anything inside
    for name, part in members(schema).items():
        yield from _field(node, name, part)
    for index, part in _indexed(schema.get("oneOf")):
        yield from _option(node, index, part)
    for keyword in _SAME_POSITION:
        for index, part in _indexed(schema.get(keyword)):
            yield from _inner(node, f"{keyword}/{index}", part, node.path, node.place)
    yield from _items(node, schema.get("items"))
    for keyword in _ELSEWHERE:
        yield from _inner(node, keyword, schema.get(keyword), None, None)
    for keyword in _NAMED_ELSEWHERE:
        for name, part in members(schema, keyword).items():
            yield from _inner(node, f"{keyword}/{escape_segment(name)}", part, None, None)


def _field(node: FormNode, name: str, part: JsonValue) -> Iterator[FormNode]:
    if isinstance(part, dict):
        path = None if node.path is None else (*node.path, name)
        place = node.place.member(name) if node.place is not None else None
        shown = node.is_shown and (node.role is Role.OPTION or is_group(node.schema)) and is_shown(part)
        where = f"{node.pointer}/properties/{escape_segment(name)}"
        yield FormNode(part, where, Role.FIELD, path, place, node, is_shown=shown)


def _option(node: FormNode, index: int, part: JsonValue) -> Iterator[FormNode]:
    if isinstance(part, dict):
        place = node.place.given_that(constants(part)) if node.place is not None else None
        shown = node.is_shown and not is_hidden(part)
        yield FormNode(part, f"{node.pointer}/oneOf/{index}", Role.OPTION, node.path, place, node, shown)


def _items(node: FormNode, items: JsonValue) -> Iterator[FormNode]:
    path = None if node.path is None else (*node.path, ANY_ITEM)
    place = node.place.item if node.place is not None else None
    if isinstance(items, dict):
        shown = node.is_shown and (is_item_list(node.schema) or not is_group(items))
        yield FormNode(items, f"{node.pointer}/items", Role.ITEM, path, place, node, shown)
    for index, part in _indexed(items):
        yield from _inner(node, f"items/{index}", part, path, place)


def _inner(
    node: FormNode, segment: str, part: JsonValue, path: tuple[str, ...] | None, place: Place | None
) -> Iterator[FormNode]:
    """A node that the form does not show."""
    if isinstance(part, dict):
        yield FormNode(part, f"{node.pointer}/{segment}", Role.OTHER, path, place, node, is_shown=False)


def _indexed(value: JsonValue) -> Iterator[tuple[int, JsonValue]]:
    return enumerate(value) if isinstance(value, list) else iter(())
