"""Where a value stands in a file, found by reading the file again: only files with something to say pay for it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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

from reconciler.manifests.events import UnreadableText, file_events
from reconciler.manifests.json_events import JsonSyntaxError
from reconciler.manifests.limits import MAX_EVENTS
from reconciler.manifests.tags import INCLUDE_TAG
from reconciler.model.json_value import pointer as join_segments
from reconciler.model.json_value import pointer_segments


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


@dataclass
class _Wanted:
    """A node of the tree of all pointers looked for, with the places found so far."""

    children: dict[str, _Wanted] = field(default_factory=dict)
    key: Event | None = None
    value: NodeEvent | None = None


@dataclass
class _Level:
    """An open mapping or sequence; `wanted` is None when nothing inside is looked for."""

    wanted: _Wanted | None
    is_mapping: bool
    index: int = 0
    key: str | None = None


class Sought(NamedTuple):
    """A value in a file, by document and JSON pointer; with `is_key` its key is meant."""

    document: int
    pointer: str
    is_key: bool = False


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
    """As `locate`, for several places at once: the file is read once, whatever their number."""
    roots: dict[int, _Wanted] = {}
    for wanted in sought:
        node = roots.setdefault(wanted.document, _Wanted())
        for segment in pointer_segments(wanted.pointer):
            node = node.children.setdefault(segment, _Wanted())
    _find(data, roots, is_json=is_json)
    return {wanted: _spot(roots[wanted.document], wanted) for wanted in sought}


def _find(data: bytes, roots: Mapping[int, _Wanted], *, is_json: bool) -> None:
    walk = _Walk(roots)
    try:
        next_event = file_events(data, is_json=is_json)
        for _ in range(MAX_EVENTS):
            event = next_event()
            if event is None or walk.is_done:
                return
            walk.take(event)
    except (YAMLError, JsonSyntaxError, UnreadableText):
        # Whatever stands in front of the error has been found; the error itself was reported when the file was read.
        return


class _Walk:
    """Notes the events at the wanted places."""

    def __init__(self, roots: Mapping[int, _Wanted]) -> None:
        self._roots = roots
        self._last = max(roots, default=-1)
        self._index = -1
        self._levels: list[_Level] = []

    @property
    def is_done(self) -> bool:
        return self._index > self._last

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._index += 1
        elif self._index not in self._roots:
            return
        elif isinstance(event, CollectionEndEvent):
            self._levels.pop()
        elif isinstance(event, CollectionStartEvent):
            self._levels.append(_Level(self._enter(event), isinstance(event, MappingStartEvent)))
        elif isinstance(event, ScalarEvent | AliasEvent):
            self._enter(event)

    def _enter(self, event: NodeEvent) -> _Wanted | None:
        """Moves to the next value or key; returns what is wanted inside it."""
        if not self._levels:
            root = self._roots[self._index]
            root.value = event
            return root
        level = self._levels[-1]
        if level.is_mapping and level.key is None:
            self._enter_key(level, event)
            return None
        segment = level.key if level.key is not None else str(level.index)
        level.key = None
        level.index += 1
        wanted = level.wanted.children.get(segment) if level.wanted else None
        if wanted is not None and wanted.value is None:
            wanted.value = event
        return wanted

    def _enter_key(self, level: _Level, event: NodeEvent) -> None:
        level.key = event.value if isinstance(event, ScalarEvent) else ""
        wanted = level.wanted.children.get(level.key) if level.wanted else None
        if wanted is not None and wanted.key is None:
            wanted.key = event


def _spot(root: _Wanted, sought: Sought) -> Spot:
    node, rest = _nearest(root, pointer_segments(sought.pointer))
    event = node.key if sought.is_key and not rest and node.key is not None else node.value
    if event is None:
        return Spot(1, 1)
    mark = cast(Mark, event.start_mark)
    spot = Spot(mark.line + 1, mark.column + 1)
    if not isinstance(event, ScalarEvent):
        return spot
    if event.tag == INCLUDE_TAG:
        return replace(spot, include=event.value, rest=join_segments(rest))
    return spot if rest else replace(spot, text=event.value)


def _nearest(root: _Wanted, segments: tuple[str, ...]) -> tuple[_Wanted, tuple[str, ...]]:
    """The last node on the way that was found, and the segments that lead on from it."""
    node = root
    for depth, segment in enumerate(segments):
        child = node.children[segment]
        if child.value is None:
            return node, segments[depth:]
        node = child
    return node, ()
