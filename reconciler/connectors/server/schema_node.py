"""One check of a document against a schema: what all keywords share, and what a check finds. Pure; knows no keyword but `$ref`."""

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
    """One keyword that is not met.

    `path` leads to the value in the document. `expected` is the keyword's value; for `required` the name that is
    missing, for `additionalProperties` the name that is too much. `words` are the server's, "" where the server lets
    the parts speak (`anyOf`). `schema` is the node that holds the keyword. `options` are the violations of each option
    of a `oneOf` or `anyOf`, () for one that is met or was not looked at.
    """

    path: Path
    keyword: str
    words: str
    expected: JsonValue = field(hash=False, repr=False)
    schema: JsonObject = field(hash=False, repr=False)
    options: tuple[tuple[Violation, ...], ...] = ()

    @property
    def message(self) -> str:
        """The server's message: the place and the words; "" without words."""
        return f"{_spelled(self.path)}: {self.words}" if self.words else ""


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


def _spelled(path: Path) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


class Node(NamedTuple):
    """A schema where it is applied. `above` is the schema that it is a part of, `name` leads to it."""

    schema: JsonValue
    above: JsonValue = None
    name: str | int = "null"
    depth: int = 0

    def part(self, schema: JsonValue, name: str | int) -> Node:
        """A schema within this one."""
        return Node(schema, self.schema, name, self.depth + 1)


class Check:
    """One check of one document; `keywords` are those of the draft."""

    def __init__(self, schema: JsonValue, draft: Draft, keywords: Mapping[str, Keyword], work: Work) -> None:
        self.draft = draft
        self.work = work
        self._whole = schema
        self._keywords = keywords
        self._loaded: set[int] = set()

    def against(self, node: Node, instance: JsonValue, path: Path) -> list[Violation]:
        """What the value at a path does not meet. Raises UncheckableSchema, NotKnown, NoNumber and TooMuchWork."""
        schema = node.schema
        self.work.spend(1 + length_of(schema))
        if node.depth > _DEEPEST:
            raise NotKnown(f"the connector's schema applies more than {_DEEPEST} schemas within one another")
        found: list[Violation] = []
        if schema is False and self.draft > Draft.V4:
            found += self.found(node, path, "false", f"schema for '{node.name}' is false")
        if isinstance(schema, dict):
            alone = self.draft <= Draft.V7 and "$ref" in schema
            for keyword in ("$ref",) if alone else schema:
                check = self._keywords.get(keyword)
                if check is not None:
                    found += check(self, schema[keyword], instance, node, path)
        return found

    def found(
        self,
        node: Node,
        path: Path,
        keyword: str,
        words: str,
        name: str | None = None,
        *,
        options: tuple[tuple[Violation, ...], ...] = (),
    ) -> tuple[Violation]:
        """A keyword that is not met. `name` is the member that it is about; without one its value says what is expected."""
        self.work.spend(10 + len(path) + len(words) // _LETTERS)  # it is kept, sorted and copied
        schema = as_object(node.schema)
        return (
            Violation(path, keyword, words, schema.get(keyword) if name is None else name, schema, options),
        )

    def follow(self, reference: JsonValue, node: Node) -> Node:
        """The part of the whole schema that a `$ref` leads to.

        Raises UncheckableSchema for one that leads nowhere, NotKnown for one that may leave the schema.
        """
        root = as_object(self._whole)
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
        if id(target) not in self._loaded:
            self._loaded.add(id(target))
            load(target, self.draft, self.work, is_root=target is self._whole)
        return Node(target, root, "$ref", node.depth + 1)


# Takes the check, the keyword's value, the value of the document, the node and the path.
Keyword: TypeAlias = Callable[[Check, JsonValue, JsonValue, Node, Path], Found]
