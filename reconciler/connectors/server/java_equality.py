"""When the server's validator takes two values for equal: three keywords, three answers. Pure.

For Jackson an integer and a fraction are never equal. networknt 1.5.2 compares numbers as decimals where it sees them: the
constant itself, the values of an enumeration and the items of an array among them. Deeper numbers stay what they are.
"""

from __future__ import annotations

import json
from collections.abc import Hashable

from reconciler.connectors.server.java_text import exact
from reconciler.connectors.server.work import Work
from reconciler.model.json_value import JsonValue

_LETTERS = 32


class Equality:
    """Compares values, and keeps what it made of the longer ones. Raises NoNumber for infinite numbers, and TooMuchWork."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._texts: dict[int, str] = {}
        self._enumerations: dict[int, frozenset[Hashable]] = {}

    def is_constant(self, value: JsonValue, constant: JsonValue) -> bool:
        """Whether `const` is met."""
        if _is_number(value) and _is_number(constant):
            return _decimal(value) == _decimal(constant)
        return self._text(value) == self._text(constant)

    def is_listed(self, value: JsonValue, enumeration: JsonValue) -> bool:
        """Whether `enum` is met; an enumeration that is no array lists nothing."""
        known = self._enumerations.get(id(enumeration))
        if known is None:
            items = enumeration if isinstance(enumeration, list) else []
            self._work.spend(len(items))
            known = self._enumerations[id(enumeration)] = frozenset(map(self._listed, items))
        return self._listed(value) in known

    def has_repeats(self, items: list[JsonValue]) -> bool:
        """Whether two of the items are equal."""
        return len({self._text(item) for item in items}) < len(items)

    def _listed(self, value: JsonValue) -> Hashable:
        if isinstance(value, list):
            self._work.spend(len(value))
            return tuple(_decimal(item) if _is_number(item) else self._text(item) for item in value)
        return _decimal(value) if _is_number(value) else self._text(value)

    def _text(self, value: JsonValue) -> str:
        """A text that is the same for values that Jackson takes for equal; kept for values that have parts."""
        known = self._texts.get(id(value)) if isinstance(value, dict | list) else None
        if known is None:
            known = json.dumps(value, sort_keys=True)
            self._work.spend(1 + len(known) // _LETTERS)
            if isinstance(value, dict | list):
                self._texts[id(value)] = known
        return known


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decimal(value: JsonValue) -> Hashable:
    return exact(value) if isinstance(value, int | float) else None
