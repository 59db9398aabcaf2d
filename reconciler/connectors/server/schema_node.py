"""One look at a document with a schema: what all keywords share. Pure; knows no keyword but references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.connectors.server.java_equality import Equality
from reconciler.connectors.server.java_text import as_text
from reconciler.connectors.server.schema_load import Draft, UncheckableSchema, load
from reconciler.connectors.server.schema_reference import target_of
from reconciler.connectors.server.schema_violation import Path, Violation
from reconciler.connectors.server.work import NotKnown, Work, length_of
from reconciler.model.json_value import JsonObject, JsonValue

_DEEPEST = 150
_LETTERS = 32

Found: TypeAlias = Iterator[Violation]


@dataclass(frozen=True)
class Node:
    """A schema where it stands. `above` is the schema that it is a part of, `name` leads to it; `links` are the schemas that
    references led to on the way, for the same value of the document.
    """

    schema: JsonValue
    above: JsonValue = None
    name: str | int = "null"
    depth: int = 0
    links: tuple[int, ...] = ()

    def part(self, schema: JsonValue, name: str | int) -> Node:
        """A schema within this one, for the same value."""
        return Node(schema, self.schema, name, self.depth + 1, self.links)

    def inner(self, schema: JsonValue, name: str | int) -> Node:
        """A schema within this one, for a part of the value."""
        return Node(schema, self.schema, name, self.depth + 1)


def schema_of(value: JsonValue) -> JsonObject:
    """A schema as an object; {} when it is none."""
    return value if isinstance(value, dict) else {}


class Check:
    """One look at one document; `keywords` are those of the draft."""

    def __init__(self, schema: JsonValue, draft: Draft, keywords: Mapping[str, Keyword], work: Work) -> None:
        self.draft = draft
        self.work = work
        self.equality = Equality(work)
        self._whole = schema
        self._keywords = keywords
        self._loaded: set[int] = set()

    def against(self, node: Node, instance: JsonValue, path: Path) -> Found:
        """What the value at a path does not meet. Raises UncheckableSchema, NotKnown, NoNumber and TooMuchWork."""
        schema = node.schema
        self.work.spend(1 + length_of(schema))
        if node.depth > _DEEPEST:
            raise NotKnown(f"the connector's schema applies more than {_DEEPEST} schemas within one another")
        if schema is False and self.draft > Draft.V4:
            yield self.found(node, path, "false", f"schema for '{node.name}' is false")
        if isinstance(schema, dict):
            alone = self.draft <= Draft.V7 and "$ref" in schema
            for keyword in ("$ref",) if alone else schema:
                check = self._keywords.get(keyword)
                if check is not None:
                    yield from check(self, schema[keyword], instance, node, path)

    def is_met(self, node: Node, instance: JsonValue, path: Path) -> bool:
        """Whether the value meets the schema; all of it is looked at, as on the server."""
        return not list(self.against(node, instance, path))

    def found(
        self,
        node: Node,
        path: Path,
        keyword: str,
        words: str,
        name: str | None = None,
        *,
        options: tuple[tuple[Violation, ...], ...] = (),
    ) -> Violation:
        """A keyword that is not met. `name` is the member that it is about; without one its value says what is expected."""
        self.work.spend(10 + len(path) + len(words) // _LETTERS)  # it is kept, sorted and copied
        schema = schema_of(node.schema)
        return Violation(path, keyword, words, schema.get(keyword) if name is None else name, schema, options)

    def follow(self, reference: JsonValue, node: Node) -> Node:
        """The schema that a `$ref` leads to. Raises UncheckableSchema for one that leads back without end."""
        target, above = target_of(self._whole, as_text(reference), self.draft)
        if id(target) in node.links:
            raise UncheckableSchema("the schema refers to itself without end")
        if id(target) not in self._loaded:
            self._loaded.add(id(target))
            load(target, self.draft, self.work, is_root=target is self._whole)
        return Node(target, above, "$ref", node.depth + 1, (*node.links, id(target)))


# Takes the check, the keyword's value, the value of the document, the node and the path.
Keyword: TypeAlias = Callable[[Check, JsonValue, JsonValue, Node, Path], Found]
