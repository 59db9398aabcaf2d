"""A schema applied to a value of a document, and what is not met there. Pure. Knows no keyword but `$ref`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from reconciler.connectors.server.java_values import as_object
from reconciler.connectors.server.schema_load import Draft, UncheckableSchema, load
from reconciler.connectors.server.work import NotKnown, Work, length_of
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments

_DEEPEST = 150
_LETTERS = 32
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Violation:
    """One keyword that is not met, at `path` in the document, with the node `schema` that holds it.

    `expected` is the keyword's value. For `required` and `additionalProperties` the name. `words` are the server's, "" where
    the parts speak (`anyOf`). `options` are the violations of each option of a choice, () for one that is met or was not
    looked at.
    """

    path: Path
    keyword: str
    words: str
    expected: JsonValue = field(hash=False, repr=False)
    schema: JsonObject = field(hash=False, repr=False)
    options: tuple[tuple[Violation, ...], ...] = ()

    @property
    def message(self) -> str:
        """The server's message: the place and the words. "" without words."""
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return f"${place}: {self.words}" if self.words else ""


Found: TypeAlias = Iterable[Violation]


def messages_of(violations: Found) -> tuple[str, ...]:
    """The server's messages about these violations and their options, sorted by place, equal ones once."""
    found = {(_order(each.path), each.message) for each in _flattened(violations) if each.words}
    return tuple(message for _, message in sorted(found))


def by_place(violations: Found) -> tuple[Violation, ...]:
    """Violations in the order of their places in the document, then of their words."""
    return tuple(sorted(violations, key=lambda each: (_order(each.path), each.words)))


def _flattened(violations: Found) -> Iterator[Violation]:
    for each in violations:
        yield each
        for option in each.options:
            yield from _flattened(option)


def _order(path: Path) -> tuple[tuple[bool, int, str], ...]:
    return tuple((isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in path)


@dataclass
class Check:
    """What all nodes of one check share. `keywords` are those of the draft."""

    schema: JsonValue
    draft: Draft
    keywords: Mapping[str, Keyword]
    work: Work
    loaded: set[int] = field(default_factory=set)


class Node(NamedTuple):
    """A schema and the value at `path` that it is applied to. `above` is the schema that it is a part of, `name` leads to it."""

    check: Check
    schema: JsonValue
    value: JsonValue
    path: Path = ()
    above: JsonValue = None
    name: str | int = "null"
    depth: int = 0

    def part(self, schema: JsonValue, name: str | int) -> Node:
        """A schema within this one, for the same value."""
        return Node(self.check, schema, self.value, self.path, self.schema, name, self.depth + 1)

    def inner(self, schema: JsonValue, name: str | int, key: str | int, value: JsonValue) -> list[Violation]:
        """What a member or an item does not meet of a schema within this one."""
        path = (*self.path, key)
        return Node(self.check, schema, value, path, self.schema, name, self.depth + 1).violations()

    def violations(self) -> list[Violation]:
        """What the value does not meet. Raises UncheckableSchema, NotKnown, NoNumber and TooMuchWork."""
        check, schema = self.check, self.schema
        check.work.spend(1 + length_of(schema))
        if self.depth > _DEEPEST:
            raise NotKnown(f"the connector's schema applies more than {_DEEPEST} schemas within one another")
        found: list[Violation] = []
        if schema is False and check.draft > Draft.V4:
            found += self.unmet("false", f"schema for '{self.name}' is false")
        if isinstance(schema, dict):
            alone = "$ref" in schema and check.draft <= Draft.V7
            for keyword in ("$ref",) if alone else schema:
                apply = check.keywords.get(keyword)
                if apply is not None:
                    found += apply(self, schema[keyword])
        return found

    def unmet(
        self, keyword: str, words: str, name: str | None = None, options: Iterable[tuple[Violation, ...]] = ()
    ) -> tuple[Violation]:
        """A keyword that is not met. `name` is the member that it is about. Without one its value says what is expected."""
        self.check.work.spend(10 + len(self.path) + len(words) // _LETTERS)  # it is kept, sorted and copied
        schema = as_object(self.schema)
        expected = schema.get(keyword) if name is None else name
        return (Violation(self.path, keyword, words, expected, schema, tuple(options)),)

    def followed(self, reference: JsonValue) -> Node:
        """The part of the schema that a `$ref` leads to, for the same value. Raises UncheckableSchema, and NotKnown for one that
        may leave the schema.
        """
        check, root = self.check, as_object(self.check.schema)
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise NotKnown("a reference of the connector's schema leads to an address or an anchor")
        if "%" in reference or "$id" in root or "id" in root:
            raise NotKnown("a reference of the connector's schema has an odd path")
        target: JsonValue = root
        for name in pointer_segments(reference[1:]):
            if isinstance(target, list):
                raise NotKnown("a reference of the connector's schema leads into a list")
            if not isinstance(target, dict) or name not in target:
                raise UncheckableSchema("Reference cannot be resolved")
            target = target[name]
        if id(target) not in check.loaded:
            check.loaded.add(id(target))
            load(target, check.draft, check.work, is_root=target is check.schema)
        return Node(check, target, self.value, self.path, root, "$ref", self.depth + 1)


Keyword: TypeAlias = Callable[[Node, JsonValue], Found]
"""Applies one keyword: takes the node and the keyword's value."""
