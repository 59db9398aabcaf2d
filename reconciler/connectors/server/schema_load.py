"""What the server's validator does with a schema before it looks at a document: it reads every keyword of every part. Pure.

networknt 1.5.2 throws on some malformed keywords, wherever they stand, and the server turns that into a 500. Others it ignores;
those are left to schema_check. What cannot be followed here raises NotKnown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Final

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import java_pattern
from reconciler.connectors.server.java_text import NoNumber, exact
from reconciler.connectors.server.java_uri import is_uri_reference
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
    for keyword, value in part.items():
        since, reader = _READERS.get(keyword, (Draft.V4, None))
        if reader is not None and draft >= since:
            yield from reader(keyword, value, part, draft)


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
    if not is_uri_reference(address):
        raise UncheckableSchema("the `$id` is not a valid address")


# Takes a keyword, its value, the schema it stands in and the dialect; gives the schemas in it.
_Reader = Callable[[str, JsonValue, JsonObject, Draft], Iterable[JsonValue]]


def _schema(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    return (value,)


def _values(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else ()


def _schemas(key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    if not isinstance(value, list):
        raise UncheckableSchema(f"{key} is not an array")
    return value


def _expressions(key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    if not isinstance(value, dict):
        raise UncheckableSchema(f"{key} must be an object node")
    for name in value:
        _compile(name)
    return value.values()


def _pattern(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    if isinstance(value, str):
        _compile(value)
    return ()


def _compile(expression: str) -> None:
    try:
        java_pattern(expression)
    except RefusedPattern as error:
        raise UncheckableSchema(f"{error} in the pattern {expression}") from error


def _type(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    return value if isinstance(value, list) else ()


def _number(key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UncheckableSchema(f"{key} value is not a number")
    return ()


def _step(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    step_of(value)
    return ()


def step_of(value: JsonValue) -> float | None:
    """A number of `multipleOf` as the validator reckons with it: as a double; None for what is no number. Raises
    UncheckableSchema.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        exact(step := float(value))
    except (OverflowError, NoNumber) as error:
        raise UncheckableSchema("Infinite or NaN") from error
    return step


def _enumeration(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    for item in value if isinstance(value, list) else ():
        for number in item if isinstance(item, list) else (item,):
            if isinstance(number, float):
                _decimal(number)
    return ()


def _decimal(number: float) -> None:
    try:
        exact(number)
    except NoNumber as error:
        raise UncheckableSchema(str(error)) from error


def _items(key: str, value: JsonValue, part: JsonObject, draft: Draft) -> Iterable[JsonValue]:
    if isinstance(value, dict | bool):
        return (value,)
    if draft == Draft.V2020:
        raise UncheckableSchema(f"The value of '{key}' MUST be a valid JSON Schema.")
    return [*(value if isinstance(value, list) else ()), part.get("additionalItems")]


def _prefix_items(key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    if not isinstance(value, list) or not value:
        raise UncheckableSchema(f"The value of '{key}' MUST be a non-empty array of valid JSON Schemas.")
    return value


def _branches(_key: str, _value: JsonValue, part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    return [part[key] for key in ("if", "then", "else") if key in part]


def _custom_words(_key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    """Texts that replace the validator's messages; Java throws on some that hold its marks."""
    for words in value.values() if isinstance(value, dict) else ():
        for text in words.values() if isinstance(words, dict) else (words,):
            if isinstance(text, str) and ("{" in text or "'" in text):
                raise NotKnown("the connector's schema has messages of its own, with marks in them")
    return ()


def _unknown(key: str, _value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    raise NotKnown(f"the connector's schema uses `{key}`")


def _flag(key: str, value: JsonValue, _part: JsonObject, _draft: Draft) -> Iterable[JsonValue]:
    if not isinstance(value, bool):
        raise UncheckableSchema(f"The value of a {key} must be a Boolean literal")
    return ()


_NEWER = ("unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef")
_READERS: Final[dict[str, tuple[Draft, _Reader]]] = {
    **dict.fromkeys(("properties", "definitions", "dependencies"), (Draft.V4, _values)),
    **dict.fromkeys(("$defs", "dependentSchemas"), (Draft.V2019, _values)),
    **dict.fromkeys(("additionalProperties", "not"), (Draft.V4, _schema)),
    **dict.fromkeys(("propertyNames", "contains"), (Draft.V6, _schema)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), (Draft.V4, _schemas)),
    **dict.fromkeys(("minimum", "maximum"), (Draft.V4, _number)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (Draft.V6, _number)),
    **dict.fromkeys(_NEWER, (Draft.V2019, _unknown)),
    "patternProperties": (Draft.V4, _expressions),
    "pattern": (Draft.V4, _pattern),
    "type": (Draft.V4, _type),
    "multipleOf": (Draft.V4, _step),
    "enum": (Draft.V4, _enumeration),
    "items": (Draft.V4, _items),
    "prefixItems": (Draft.V2020, _prefix_items),
    "if": (Draft.V7, _branches),
    "message": (Draft.V4, _custom_words),
    "$recursiveAnchor": (Draft.V4, _flag),
}
