"""Every value that a manifest writes, with what is known about its position: is it a secret's? is it public anyway? Pure.

Both sides speak: the connector's specification and the form. A value that the connector's own specification holds at the same position
(a discriminator, a default, an example) is public, wherever it is marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from reconciler.connectors.lint.subject import PRESETS, Subject
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.place import Place
from reconciler.connectors.specification.schema import constant, dotted, is_marked_secret
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment, pointer_segments, same_json

VALUE_KEYWORDS = ("default", "const", "examples", "enum")
_LISTS = ("examples", "enum")


class Mark(Enum):
    """Whether a position is marked `airbyte_secret`: not at all, only something around it, or itself."""

    NONE = auto()
    AROUND = auto()
    HERE = auto()


@dataclass(frozen=True)
class WrittenValue:
    """A text, number, boolean or null in a manifest.

    `pointer` starts at the document's root, `name` is that of the nearest member. `keyword` is the form's keyword that holds it, None
    for a preset. `public` are the values that the connector's own specification holds there.
    """

    pointer: str
    name: str
    value: JsonValue
    mark: Mark
    public: tuple[JsonValue, ...] = ()
    keyword: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether the connector's own specification holds the value there, or it only tells options apart."""
        return any(same_json(self.value, known) for known in self.public)

    @property
    def where(self) -> str:
        """Its place in words: `credentials.client_secret`, or "the `default` of client_secret"."""
        if self.keyword is None:
            return dotted(pointer_segments(self.pointer.removeprefix(PRESETS)))
        return f"the `{self.keyword}` of {dotted((self.name,))}" if self.name else f"a `{self.keyword}`"


@dataclass(frozen=True)
class _Position:
    """A position in a written value: what describes it, what is public there, and how it is marked."""

    pointer: str
    name: str
    places: tuple[Place, ...]
    public: tuple[JsonValue, ...]
    mark: Mark
    keyword: str | None = None


def preset_values(subject: Subject) -> Iterator[WrittenValue]:
    """Every value in the presets."""
    places = [subject.place] if subject.place is not None else []
    if subject.schema is not None:
        places.append(Place((subject.schema,), subject.schema))
    yield from _values(subject.presets, _Position(PRESETS, "", tuple(places), (), Mark.NONE), subject.place)


def form_values(subject: Subject) -> Iterator[WrittenValue]:
    """Every value that the form's schema nodes hold under `default`, `const`, `examples` and `enum`."""
    for node in subject.nodes:
        for keyword in VALUE_KEYWORDS:
            if keyword in node.schema:
                yield from _keyword_values(node, keyword, node.schema[keyword])


def _keyword_values(node: Node, keyword: str, value: JsonValue) -> Iterator[WrittenValue]:
    places = (*((node.place,) if node.place is not None else ()), Place((node.schema,), node.schema))
    position = _Position(f"{node.pointer}/{keyword}", node.name, places, (), _mark_around(node), keyword)
    items = value if keyword in _LISTS and isinstance(value, list) else None
    for index, item in enumerate([value] if items is None else items):
        where = position if items is None else replace(position, pointer=f"{position.pointer}/{index}")
        for written in _values(item, where, node.place):
            yield _without_discriminator(written, node)


def _mark_around(node: Node) -> Mark:
    is_inside = any(
        is_marked_secret(outer.schema) or (outer.place is not None and outer.place.is_secret)
        for outer in node.around
    )
    return Mark.AROUND if is_inside else Mark.NONE


def _without_discriminator(written: WrittenValue, node: Node) -> WrittenValue:
    """The constant that tells options of a `oneOf` apart is no secret, unless the field itself is marked as one."""
    is_fixed = node.role is Role.FIELD and node.parent is not None and node.parent.role is Role.OPTION
    fixed = constant(node.schema) if is_fixed and written.mark is not Mark.HERE else ABSENT
    if fixed is not ABSENT and same_json(written.value, fixed):
        return replace(written, public=(written.value,))
    return written


def _values(value: JsonValue, position: _Position, connector: Place | None) -> Iterator[WrittenValue]:
    """The scalars in a value. `connector` is the place whose constants, defaults and examples are public."""
    mark = Mark.HERE if any(place.is_secret for place in position.places) else position.mark
    public = (*position.public, *(_public_values(connector) if connector is not None else ()))
    if not isinstance(value, dict | list):
        yield WrittenValue(position.pointer, position.name, value, mark, public, position.keyword)
        return
    below = Mark.NONE if mark is Mark.NONE else Mark.AROUND
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        inner = _Position(
            f"{position.pointer}/{escape_segment(key)}",
            key if isinstance(key, str) else position.name,
            tuple(found for place in position.places if (found := _below(place, key)) is not None),
            tuple(part for known in public for part in _public_parts(known, key)),
            below,
            position.keyword,
        )
        yield from _values(item, inner, _below(connector, key) if connector is not None else None)


def _below(place: Place, key: str | int) -> Place | None:
    return place.member(key) if isinstance(key, str) else place.item


def _public_values(place: Place) -> Iterator[JsonValue]:
    for node in place.nodes:
        for keyword in VALUE_KEYWORDS:
            value = node.get(keyword)
            if keyword in _LISTS:
                yield from value if isinstance(value, list) else ()
            elif keyword in node:
                yield value


def _public_parts(known: JsonValue, key: str | int) -> Iterator[JsonValue]:
    """What a public object or list holds at this key; the order of a list's items does not matter."""
    if isinstance(known, dict) and isinstance(key, str) and key in known:
        yield known[key]
    elif isinstance(known, list) and isinstance(key, int):
        yield from known


def written_texts(value: JsonValue, pointer: str) -> Iterator[tuple[str, str]]:
    """Every text in a value with its pointer, keys left out."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from written_texts(item, f"{pointer}/{escape_segment(key)}")


def published_texts(specification: JsonObject | None) -> frozenset[str]:
    """Every text in the connector's specification: whoever reads the registry knows them."""
    return frozenset(text for _, text in written_texts(specification, ""))
