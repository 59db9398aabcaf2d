"""One keyword of a schema that a document does not meet, as a value. Pure; knows no rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.connectors.server.work import spend
from reconciler.model.json_value import JsonObject, JsonValue

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Violation:
    """One keyword that is not met.

    `path` leads to the value in the document. `expected` is the keyword's value; for `required` the name that is
    missing, for `additionalProperties` the name that is too much. `message` is the server's, "" where the server lets
    the parts speak (`anyOf`). `schema` is the node that holds the keyword. `options` are the violations of each option
    of a `oneOf` or `anyOf`, () for one that is met or was not looked at.
    """

    path: Path
    keyword: str
    message: str
    expected: JsonValue = field(hash=False, repr=False)
    schema: JsonObject = field(hash=False, repr=False)
    options: tuple[tuple[Violation, ...], ...] = ()


def violation(
    path: Path,
    keyword: str,
    words: str,
    expected: JsonValue,
    schema: JsonObject,
    *,
    options: tuple[tuple[Violation, ...], ...] = (),
) -> Violation:
    """A violation whose message is the place and these words; no words, no message. Raises TooMuchWork."""
    spend(10 + len(path) + len(words) // 10)  # it is kept, sorted and copied
    return Violation(path, keyword, f"{_spelled(path)}: {words}" if words else "", expected, schema, options)


def messages_of(violations: Iterable[Violation]) -> tuple[str, ...]:
    """The server's messages about these violations and their options, sorted by place, equal ones once."""
    found = {(_order(each.path), each.message) for each in _flattened(violations) if each.message}
    return tuple(message for _, message in sorted(found))


def by_place(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Violations in the order of their places in the document, then of their messages."""
    return tuple(sorted(violations, key=lambda each: (_order(each.path), each.message)))


def _flattened(violations: Iterable[Violation]) -> Iterator[Violation]:
    for each in violations:
        yield each
        for option in each.options:
            yield from _flattened(option)


def _order(path: Path) -> tuple[tuple[bool, int, str], ...]:
    return tuple((isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in path)


def _spelled(path: Path) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
