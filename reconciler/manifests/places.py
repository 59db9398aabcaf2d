"""Where a value stands in a file, found by reading the file again: only files with something to say pay for it. Pure.

Rules speak of one place after the other, and a file of one mebibyte can have thousands of them, so the places of the last
few files are kept: each file is read once, as far as it was asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, cast

from yaml import YAMLError
from yaml.error import Mark
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from reconciler.manifests.events import NextEvent, file_events
from reconciler.manifests.findings import UnreadableText
from reconciler.manifests.limits import MAX_EVENTS
from reconciler.manifests.tags import INCLUDE_TAG
from reconciler.model.json_value import pointer as join_segments
from reconciler.model.json_value import pointer_segments

FILES_KEPT = 4
"""A file and the fragments it includes, as far as anybody nests them."""


@dataclass(frozen=True)
class Spot:
    """A value's 1-based place, or its key's. `text` is the scalar as it is written, None for anything else.

    `include` is set where the value is in another file: the path behind `!include`, and `rest` the pointer inside that file.
    """

    line: int
    column: int
    text: str | None = None
    include: str | None = None
    rest: str = ""


class Sought(NamedTuple):
    """A value in a file, by document and JSON pointer; with `is_key` its key is meant."""

    document: int
    pointer: str
    is_key: bool = False


class _Node:
    """A value of the file: its place, that of its key, and the values in it by their pointer segments."""

    __slots__ = ("children", "is_include", "key", "place", "text")

    def __init__(self, event: NodeEvent, key: tuple[int, int] | None) -> None:
        self.place = _place(event)
        self.key = key
        self.children: dict[str, _Node] = {}
        self.text = event.value if isinstance(event, ScalarEvent) else None
        self.is_include = isinstance(event, ScalarEvent) and event.tag == INCLUDE_TAG


@dataclass
class _Level:
    """An open mapping or sequence. `key` is the one whose value comes next, with its place."""

    node: _Node
    is_mapping: bool
    index: int = 0
    key: tuple[str, tuple[int, int]] | None = None


def _place(event: Event) -> tuple[int, int]:
    mark = cast(Mark, event.start_mark)
    return mark.line + 1, mark.column + 1


def locate(
    data: bytes, document: int, pointer: str, *, key: bool = False, is_json: bool = False
) -> tuple[int, int]:
    """1-based line and column of the value at a JSON pointer, or of its key with `key=True`.

    Where there is no such value, the nearest one around it; (1, 1) where there is no such document.
    """
    sought = Sought(document, pointer, key)
    spot = locate_all(data, (sought,), is_json=is_json)[sought]
    return spot.line, spot.column


def locate_all(data: bytes, sought: Collection[Sought], *, is_json: bool) -> Mapping[Sought, Spot]:
    """As `locate`, for several places at once."""
    file = _file(data, is_json)
    return {wanted: _spot(file.root(wanted.document), wanted) for wanted in sought}


@lru_cache(maxsize=FILES_KEPT)
def _file(data: bytes, is_json: bool) -> _FilePlaces:  # noqa: FBT001 - a cache knows positions only
    return _FilePlaces(data, is_json=is_json)


class _FilePlaces:
    """The places of one file, read as far as the last document that was asked for."""

    def __init__(self, data: bytes, *, is_json: bool) -> None:
        self._roots: list[_Node | None] = []
        self._levels: list[_Level] = []
        self._events_left = MAX_EVENTS
        self._next_event: NextEvent | None = None
        try:
            self._next_event = file_events(data, is_json=is_json)
        except UnreadableText:
            # It was reported when the file was read; so are the errors below.
            return

    def root(self, document: int) -> _Node | None:
        """A document's value; None when there is no such document."""
        while self._next_event is not None and len(self._roots) <= document + 1:
            self._take(self._next_event)
        return self._roots[document] if document < len(self._roots) else None

    def _take(self, next_event: NextEvent) -> None:
        try:
            event = next_event()
        except (YAMLError, UnreadableText):
            # Whatever stands in front of the error has been found.
            event = None
        self._events_left -= 1
        if event is None or self._events_left < 0:
            self._next_event = None
        elif isinstance(event, DocumentStartEvent):
            self._roots.append(None)
        elif isinstance(event, CollectionEndEvent):
            self._levels.pop()
        elif isinstance(event, CollectionStartEvent):
            self._levels.append(_Level(self._entered(event), isinstance(event, MappingStartEvent)))
        elif isinstance(event, ScalarEvent | AliasEvent):
            self._entered_scalar(event)

    def _entered_scalar(self, event: ScalarEvent | AliasEvent) -> None:
        level = self._levels[-1] if self._levels else None
        if level is not None and level.is_mapping and level.key is None:
            level.key = (event.value if isinstance(event, ScalarEvent) else "", _place(event))
        else:
            self._entered(event)

    def _entered(self, event: NodeEvent) -> _Node:
        """The node of a value; of two under one key the first is found later."""
        if not self._levels:
            root = self._roots[-1] = _Node(event, None)
            return root
        level = self._levels[-1]
        if level.is_mapping and level.key is None:
            # A mapping or sequence as a key: nothing inside it can be asked for.
            level.key = ("", _place(event))
            return _Node(event, None)
        segment, key = level.key or (str(level.index), None)
        level.key = None
        level.index += 1
        node = _Node(event, key)
        level.node.children.setdefault(segment, node)
        return node


def _spot(root: _Node | None, sought: Sought) -> Spot:
    if root is None:
        return Spot(1, 1)
    node, rest = _nearest(root, pointer_segments(sought.pointer))
    spot = Spot(*(node.key if sought.is_key and not rest and node.key is not None else node.place))
    if sought.is_key and not rest and node.key is not None:
        return replace(spot, text=pointer_segments(sought.pointer)[-1])
    if node.is_include:
        return replace(spot, include=node.text, rest=join_segments(rest))
    return spot if rest else replace(spot, text=node.text)


def _nearest(root: _Node, segments: tuple[str, ...]) -> tuple[_Node, tuple[str, ...]]:
    """The last node on the way that there is, and the segments that lead on from it."""
    node = root
    for depth, segment in enumerate(segments):
        child = node.children.get(segment)
        if child is None:
            return node, segments[depth:]
        node = child
    return node, ()
