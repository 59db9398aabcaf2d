"""What the server's validator does with a schema before it looks at a document: it reads every keyword of every part. Pure.

networknt 1.5.2 throws on some malformed keywords, wherever they are, and the server turns that into a 500. Others it ignores;
those are left to schema_check. What cannot be followed here raises NotKnown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Final

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import java_pattern
from reconciler.connectors.server.java_uri import parsed_uri
from reconciler.connectors.server.java_values import NoNumber, exact, number_of
from reconciler.connectors.server.work import NotKnown, Work
from reconciler.model.json_value import JsonObject, JsonValue


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
# Where the server pretends that a schema came from: relative addresses begin there.
_HOME = "file:///app/"


def draft_of(schema: JsonValue, otherwise: Draft = Draft.V7) -> Draft:
    """The dialect that `$schema` names. Raises UncheckableSchema for an address that leads nowhere, NotKnown for one that the
    server would load.
    """
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
    """Goes through a schema, or the part of one that a reference leads to, as the validator does when it reads it.

    Raises UncheckableSchema where it throws, else NotKnown when something in it cannot be followed, and TooMuchWork.
    """
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


def _parts(part: JsonObject, draft: Draft, *, is_root: bool) -> Iterator[JsonValue]:
    """The schemas within a schema. Raises what `load` raises."""
    if not is_root and draft_of(part, draft) != draft:
        raise NotKnown("a part of the connector's schema names a dialect of its own")
    _check_identity(part, draft, is_root=is_root)
    if isinstance(part.get("items", True), dict | bool):
        yield part.get("items")
    elif draft == Draft.V2020:
        raise UncheckableSchema("The value of 'items' MUST be a valid JSON Schema.")
    else:
        yield from (*_listed("items", part["items"]), part.get("additionalItems"))
    if "if" in part and draft >= Draft.V7:
        yield from (part["if"], part.get("then"), part.get("else"))
    for keyword, value in part.items():
        since, reader = _READERS.get(keyword, (Draft.V4, None))
        if reader is not None and draft >= since:
            yield from reader(keyword, value)


def _check_identity(part: JsonObject, draft: Draft, *, is_root: bool) -> None:
    """`id` and `$id`: what they do to addresses is not followed, so that only harmless ones pass."""
    if draft > Draft.V4 and "id" in part:
        raise UncheckableSchema("No suitable validator for id")
    identity = part.get("id" if draft == Draft.V4 else "$id")
    if not isinstance(identity, str) or (identity.startswith("#") and identity != "#"):
        return
    if not is_root:
        raise NotKnown("a part of the connector's schema has an address of its own")
    address = identity if identity.endswith("#") else identity.partition("#")[0]
    if ":" not in address:
        address = f"file://{address}" if address.startswith("/") else f"{_HOME}{address}"
    if parsed_uri(address) is None:
        raise UncheckableSchema("the `$id` is not a valid address")


def _one(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    return (value,)


def _members(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else ()


def _listed(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    return value if isinstance(value, list) else ()


def _options(key: str, value: JsonValue) -> Iterable[JsonValue]:
    if not isinstance(value, list):
        raise UncheckableSchema(f"{key} is not an array")
    return value


def _first_items(key: str, value: JsonValue) -> Iterable[JsonValue]:
    if not isinstance(value, list) or not value:
        raise UncheckableSchema(f"The value of '{key}' MUST be a non-empty array of valid JSON Schemas.")
    return value


def _expressions(key: str, value: JsonValue) -> Iterable[JsonValue]:
    if not isinstance(value, dict):
        raise UncheckableSchema(f"{key} must be an object node")
    for name in value:
        _pattern(key, name)
    return value.values()


def _pattern(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    try:
        if isinstance(value, str):
            java_pattern(value)
    except RefusedPattern as error:
        raise UncheckableSchema(f"{error} in the pattern {value}") from error
    return ()


def _number(key: str, value: JsonValue) -> Iterable[JsonValue]:
    if number_of(value) is None:
        raise UncheckableSchema(f"{key} value is not a number")
    return ()


def _step(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    step_of(value)
    return ()


def step_of(value: JsonValue) -> float | None:
    """A number of `multipleOf` as the validator calculates with it: as a double; None for what is no number. Raises
    UncheckableSchema.
    """
    number = number_of(value)
    try:
        step = None if number is None else float(number)
        exact(step or 0)
    except (OverflowError, NoNumber) as error:
        raise UncheckableSchema("Infinite or NaN") from error
    return step


def _enumeration(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    for option in value if isinstance(value, list) else ():
        for item in option if isinstance(option, list) else (option,):
            _step("enum", item if isinstance(item, float) else None)
    return ()


def _custom_words(_key: str, value: JsonValue) -> Iterable[JsonValue]:
    """Texts that replace the validator's messages; Java throws on some that hold its marks."""
    for words in _members("message", value):
        if any(mark in str(words) for mark in ("{", "'")):
            raise NotKnown("the connector's schema has messages of its own, with marks in them")
    return ()


def _unknown(key: str, _value: JsonValue) -> Iterable[JsonValue]:
    raise NotKnown(f"the connector's schema uses `{key}`")


def _flag(key: str, value: JsonValue) -> Iterable[JsonValue]:
    if not isinstance(value, bool):
        raise UncheckableSchema(f"The value of a {key} must be a Boolean literal")
    return ()


_Reader = Callable[[str, JsonValue], Iterable[JsonValue]]
_READERS: Final[dict[str, tuple[Draft, _Reader]]] = {
    **dict.fromkeys(("properties", "definitions", "dependencies"), (Draft.V4, _members)),
    **dict.fromkeys(("$defs", "dependentSchemas"), (Draft.V2019, _members)),
    **dict.fromkeys(("additionalProperties", "not"), (Draft.V4, _one)),
    **dict.fromkeys(("propertyNames", "contains"), (Draft.V6, _one)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), (Draft.V4, _options)),
    **dict.fromkeys(("minimum", "maximum"), (Draft.V4, _number)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (Draft.V6, _number)),
    **dict.fromkeys(
        ("unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"), (Draft.V2019, _unknown)
    ),
    "patternProperties": (Draft.V4, _expressions),
    "pattern": (Draft.V4, _pattern),
    "type": (Draft.V4, _listed),
    "multipleOf": (Draft.V4, _step),
    "enum": (Draft.V4, _enumeration),
    "prefixItems": (Draft.V2020, _first_items),
    "message": (Draft.V4, _custom_words),
    "$recursiveAnchor": (Draft.V4, _flag),
}
"""What the validator reads in a keyword, and since when: it takes the keyword and its value, and gives the schemas in it."""
