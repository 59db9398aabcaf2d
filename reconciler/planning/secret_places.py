"""Places of secrets as patterns, values without them, and how a server gives them back. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.json_value import JsonValue, escape_segment, pointer_segments

Pattern = tuple[str, ...]
"""The segments of a path, array indexes as `*`: two arrays are seldom aligned."""
_MASKED = re.compile(r".*\*\*.*|[^\w\s]*|\W?(?:hidden|redacted|masked|secret|sensitive)\W?", re.I | re.S)
_REFERENCES = ("_secret", "_secret_id", "secretId", "secret_id")


def pattern_of(place: str) -> Pattern:
    """The pattern of a JSON pointer."""
    return tuple(segment_of(segment) for segment in pointer_segments(place))


def segment_of(segment: str) -> str:
    """A pointer's segment in a pattern."""
    return "*" if segment.isdigit() else segment


def children(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """The members of an object, or the items of an array, by their segments in a pointer."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(index), item) for index, item in enumerate(value))


def secret_names(value: JsonValue, is_described: Callable[[str], bool], path: Pattern) -> Iterator[Pattern]:
    """The places below `path` with a name that looks secret, unless a specification describes a field of that name."""
    for segment, item in children(value):
        below = (*path, segment_of(segment))
        if isinstance(value, dict) and looks_secret(segment) and not is_described(segment):
            yield below
        else:
            yield from secret_names(item, is_described, below)


def described_names(schema: JsonValue) -> Iterator[str]:
    """The names of all fields that a specification describes, at any depth."""
    for segment, item in children(schema):
        if segment == "properties" and isinstance(item, dict):
            yield from item
        yield from described_names(item)


def without_secrets(
    value: JsonValue, path: Pattern, secret: frozenset[Pattern], where: str, hidden: list[str]
) -> Iterator[JsonValue]:
    """The value without its secrets, and their pointers added to `hidden`. Nothing where nothing else is left."""
    if path in secret:
        hidden.append(where)
    elif isinstance(value, dict):
        left = {
            key: cut
            for key, item in value.items()
            for cut in without_secrets(
                item, (*path, segment_of(key)), secret, f"{where}/{escape_segment(key)}", hidden
            )
        }
        if left or not value or len(path) == 1:
            yield left
    elif isinstance(value, list):
        items = [
            [*without_secrets(item, (*path, "*"), secret, f"{where}/{index}", hidden)]
            for index, item in enumerate(value)
        ]
        yield [each[0] if each else None for each in items]
    else:
        yield value


def given_back(value: JsonValue) -> str:
    """How the server gives back a secret, from the value that it gives, in words that hold nothing of it."""
    if value is None:
        return "does not give {them} back"
    if isinstance(value, dict) and any(name in value for name in _REFERENCES):
        return "gives {them} back as a reference"
    is_masked = isinstance(value, str) and _MASKED.fullmatch(value) is not None
    return "gives {them} back masked" if is_masked else "gives {them} back in clear"
