"""What the server's validator does with a schema before it looks at a document: it reads every keyword of every part. Pure.

networknt 1.5.2 throws on some malformed keywords, wherever they are, and the server turns that into a 500.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import java_pattern
from reconciler.connectors.server.java_values import NoNumber, exact, number_of
from reconciler.connectors.server.work import NotKnown, Work
from reconciler.model.json_value import JsonObject, JsonValue

_MOST_KEPT = 1_024


class UncheckableSchema(Exception):
    """The server's validator throws over this schema or this document, so a create answers 500."""


class Draft(IntEnum):
    """The dialects that the validator knows, by age."""

    V4 = 4
    V6 = 6
    V7 = 7
    V2019 = 2019
    V2020 = 2020


_DRAFTS: Final = {
    "/draft-07/": Draft.V7,
    "/draft/2019-09/": Draft.V2019,
    "/draft/2020-12/": Draft.V2020,
    "/draft-04/": Draft.V4,
    "/draft-06/": Draft.V6,
}


def draft_of(schema: JsonValue, otherwise: Draft = Draft.V7) -> Draft:
    """The dialect that `$schema` names. Raises UncheckableSchema, and NotKnown for an address that the server would load."""
    named = schema.get("$schema") if isinstance(schema, dict) else None
    if not isinstance(named, str):
        return otherwise
    if "://json-schema.org/draft" in named:
        for piece, draft in _DRAFTS.items():
            if piece in named:
                return draft
    if named.startswith(("http:", "https:")):
        raise NotKnown(
            "the `$schema` of the connector's schema is an address that Airbyte's server would load"
        )
    raise UncheckableSchema("Failed to load json schema from the address in `$schema`")


def load(schema: JsonValue, draft: Draft, work: Work, *, is_root: bool = True) -> None:
    """Reads a schema, or a part of one, as the validator does. Raises UncheckableSchema, else NotKnown, and TooMuchWork."""
    unknown: NotKnown | None = None
    parts = [schema]
    while parts:
        part = parts.pop()
        if not isinstance(part, dict):
            continue
        work.spend(1 + len(part))
        try:
            parts.extend(_parts(part, draft, is_root=is_root and part is schema))
        except NotKnown as error:
            unknown = error
    if unknown is not None:
        raise unknown


_drafts: dict[int, tuple[JsonValue, Draft]] = {}


def loaded(schema: JsonValue, work: Work) -> Draft:
    """The dialect of a schema that can be read. Those of many connectors are kept: loading costs as much as checking."""
    known = _drafts.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    draft = draft_of(schema)
    load(schema, draft, work)
    if len(_drafts) >= _MOST_KEPT:
        _drafts.clear()
    _drafts[id(schema)] = (schema, draft)
    return draft


def _parts(part: JsonObject, draft: Draft, *, is_root: bool) -> Iterator[JsonValue]:
    """The schemas within a schema. Raises what `load` raises."""
    if not is_root and draft_of(part, draft) != draft:
        raise NotKnown("a part of the connector's schema names a dialect of its own")
    if draft > Draft.V4 and "id" in part:
        raise UncheckableSchema("No suitable validator for id")
    identity = part.get("$id" if draft > Draft.V4 else "id")
    if isinstance(identity, str) and (identity == "#" or identity[:1] != "#"):
        raise NotKnown("a part of the connector's schema has an address of its own")
    if isinstance(part.get("items", True), dict | bool):
        yield part.get("items")
    elif draft == Draft.V2020:
        raise UncheckableSchema("The value of 'items' MUST be a valid JSON Schema.")
    else:
        items = part["items"]
        yield from (*(items if isinstance(items, list) else ()), part.get("additionalItems"))
    if "if" in part and draft >= Draft.V7:
        yield from (part["if"], part.get("then"), part.get("else"))
    for keyword, value in part.items():
        reader = _READERS.get(keyword)
        if reader is not None and draft >= reader.since:
            yield from reader.parts(keyword, value)


def _pattern(value: JsonValue) -> None:
    """A pattern, or an object whose names are some."""
    for pattern in value if isinstance(value, dict) else (value,):
        try:
            if isinstance(pattern, str):
                java_pattern(pattern)
        except RefusedPattern as error:
            raise UncheckableSchema(f"{error} in the pattern {pattern}") from error


def step_of(value: JsonValue) -> float | None:
    """A number of `multipleOf` as a double. None for what is no number. Raises UncheckableSchema."""
    number = number_of(value)
    try:
        step = None if number is None else float(number)
        exact(step or 0)
    except (OverflowError, NoNumber) as error:
        raise UncheckableSchema("Infinite or NaN") from error
    return step


def _enumeration(value: JsonValue) -> None:
    for option in value if isinstance(value, list) else ():
        for item in option if isinstance(option, list) else (option,):
            step_of(item if isinstance(item, float) else None)


def _custom_words(value: JsonValue) -> None:
    """Texts that replace the validator's messages. Java throws on some that hold its marks."""
    words = value.values() if isinstance(value, dict) else ()
    if any(not isinstance(text, str) or "{" in text or "'" in text for text in words):
        raise NotKnown("the connector's schema has messages of its own, with marks in them")


class _Reader(NamedTuple):
    """What the validator reads in a keyword: whether its value is a schema, or a dict or list of some, and what it throws on."""

    is_schema: bool = False
    holds: type | None = None
    kinds: tuple[type, ...] = (object,)
    check: Callable[[JsonValue], object] | None = None
    since: Draft = Draft.V4
    is_followed: bool = True

    def parts(self, key: str, value: JsonValue) -> Iterator[JsonValue]:
        """The schemas in it. Raises what `load` raises."""
        if not self.is_followed:
            raise NotKnown(f"the connector's schema uses `{key}`")
        if not isinstance(value, self.kinds) or (isinstance(value, bool) and self.kinds == _NUMBERS):
            raise UncheckableSchema(f"{key} is not of the right type")
        if key == "prefixItems" and not value:
            raise UncheckableSchema("prefixItems MUST be a non-empty array of valid JSON Schemas.")
        if self.check is not None:
            self.check(value)
        if self.is_schema:
            yield value
        elif self.holds is dict and isinstance(value, dict):
            yield from value.values()
        elif self.holds is list and isinstance(value, list):
            yield from value


_NUMBERS = (int, float)
_OPTIONS = _Reader(holds=list, kinds=(list,))
_NAMED = _Reader(holds=dict)
_NEWER = ("unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef")
_READERS: Final = {
    **dict.fromkeys(("properties", "definitions", "dependencies"), _NAMED),
    **dict.fromkeys(("$defs", "dependentSchemas"), _NAMED._replace(since=Draft.V2019)),
    **dict.fromkeys(("additionalProperties", "not"), _Reader(is_schema=True)),
    **dict.fromkeys(("propertyNames", "contains"), _Reader(is_schema=True, since=Draft.V6)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _OPTIONS),
    **dict.fromkeys(("minimum", "maximum"), _Reader(kinds=_NUMBERS)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _Reader(kinds=_NUMBERS, since=Draft.V6)),
    **dict.fromkeys(_NEWER, _Reader(since=Draft.V2019, is_followed=False)),
    "patternProperties": _Reader(holds=dict, kinds=(dict,), check=_pattern),
    "type": _Reader(holds=list),
    "pattern": _Reader(check=lambda value: _pattern(value) if isinstance(value, str) else None),
    "multipleOf": _Reader(check=step_of),
    "enum": _Reader(check=_enumeration),
    "prefixItems": _OPTIONS._replace(since=Draft.V2020),
    "message": _Reader(check=_custom_words),
    "$recursiveAnchor": _Reader(kinds=(bool,)),
}
