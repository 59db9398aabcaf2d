"""What changed in one field that both versions have: type, values, bounds, and everything else by name. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.registry.spec_change_words import listed, quoted, valued
from reconciler.connectors.specification.outline import Part
from reconciler.connectors.specification.schema import COMBINED
from reconciler.model.json_value import JsonValue, canonical_json, same_json

# Told by words of their own, or by the parts below.
_TOLD_ELSEWHERE = frozenset({
    "properties", "required", "items", *COMBINED,
    "type", "enum", "airbyte_secret", "airbyte_hidden",
    "description", "examples", "order", "always_show", "group", "groups", "display_type", "multiline",
})  # fmt: skip
_NAMES = {
    "default": "default",
    "const": "fixed value",
    "pattern": "pattern",
    "pattern_descriptor": "pattern descriptor",
    "format": "format",
    "title": "title",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive minimum",
    "exclusiveMaximum": "exclusive maximum",
    "multipleOf": "step",
    "minLength": "shortest length",
    "maxLength": "longest length",
    "minItems": "smallest number of items",
    "maxItems": "largest number of items",
    "additionalProperties": "additionalProperties",
}
_VALUES = ("default", "const")


def place(path: str) -> str:
    """A part in a sentence: `` `count` ``, or `the form`."""
    return quoted(path) if path else "the form"


def keyword_changes(old: Part, new: Part) -> Iterator[str]:
    """One sentence for each keyword of a part that means something else now. Values of secret fields are not shown."""
    name = place(new.path)
    yield from _flag_changes(old, new, name)
    if not same_json(_type(old), _type(new)):
        yield f"type of {name} changed from {_type_words(old)} to {_type_words(new)}"
    is_secret = old.is_secret or new.is_secret
    yield from _enum_changes(old, new, name, is_secret=is_secret)
    for keyword in sorted((old.schema.keys() | new.schema.keys()) - _TOLD_ELSEWHERE):
        yield from _value_change(old, new, keyword, name, is_secret=is_secret)


def _flag_changes(old: Part, new: Part, name: str) -> Iterator[str]:
    if old.is_secret != new.is_secret:
        yield f"{name} is {'now' if new.is_secret else 'no longer'} secret"
    if old.is_hidden != new.is_hidden:
        yield f"{name} is {'now' if new.is_hidden else 'no longer'} hidden from the form"


def _type(part: Part) -> JsonValue:
    """The type; a list of types is a set."""
    kind = part.schema.get("type")
    return sorted(kind, key=canonical_json) if isinstance(kind, list) else kind


def _type_words(part: Part) -> str:
    kind = _type(part)
    if kind is None:
        return "none"
    return " or ".join(map(valued, kind)) if isinstance(kind, list) else valued(kind)


def _enum_changes(old: Part, new: Part, name: str, *, is_secret: bool) -> Iterator[str]:
    was, now = old.schema.get("enum"), new.schema.get("enum")
    if same_json(was, now):
        return
    if is_secret:
        yield f"enum of {name} changed"
    elif not isinstance(was, list) and isinstance(now, list):
        yield f"{name} allows now only {listed(map(valued, now))}"
    elif isinstance(was, list) and not isinstance(now, list):
        yield f"{name} is no longer limited to an enum"
    elif isinstance(was, list) and isinstance(now, list):
        yield f"enum of {name} {_enum_words(was, now)}"
    else:
        yield f"enum of {name} changed"


def _enum_words(was: list[JsonValue], now: list[JsonValue]) -> str:
    before, after = (dict(zip(map(canonical_json, values), values, strict=True)) for values in (was, now))
    gained = [valued(value) for key, value in after.items() if key not in before]
    lost = [valued(value) for key, value in before.items() if key not in after]
    words = [f"{verb} {listed(values)}" for verb, values in (("gains", gained), ("loses", lost)) if values]
    return " and ".join(words) or "is in another order"


def _value_change(old: Part, new: Part, keyword: str, name: str, *, is_secret: bool) -> Iterator[str]:
    if (
        keyword in old.schema
        and keyword in new.schema
        and same_json(old.schema[keyword], new.schema[keyword])
    ):
        return
    word = _NAMES.get(keyword)
    if word is None:
        yield f"{quoted(keyword)} of {name} changed"
    elif is_secret and keyword in _VALUES:
        yield f"{word} of {name} changed"
    elif keyword not in old.schema:
        yield f"{word} of {name} is now {valued(new.schema[keyword])}"
    elif keyword not in new.schema:
        yield f"{name} loses its {word} {valued(old.schema[keyword])}"
    else:
        yield f"{word} of {name} changed from {valued(old.schema[keyword])} to {valued(new.schema[keyword])}"
