"""One keyword of a schema that a document does not meet, as a value. Pure; knows no rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.model.json_value import JsonObject, JsonValue

Path = tuple[str | int, ...]


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


def messages_of(violations: Iterable[Violation]) -> tuple[str, ...]:
    """The server's messages about these violations and their options, sorted by place, equal ones once."""
    found = {(_order(each.path), each.message) for each in _flattened(violations) if each.words}
    return tuple(message for _, message in sorted(found))


def by_place(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Violations in the order of their places in the document, then of their words."""
    return tuple(sorted(violations, key=lambda each: (_order(each.path), each.words)))


def _flattened(violations: Iterable[Violation]) -> Iterator[Violation]:
    for each in violations:
        yield each
        for option in each.options:
            yield from _flattened(option)


def _order(path: Path) -> tuple[tuple[bool, int, str], ...]:
    return tuple((isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in path)


def _spelled(path: Path) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
