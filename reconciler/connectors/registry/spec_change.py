"""What changed between two versions of a connector's specification, in words, by what it means for the form. Pure.

`adds required `region`; removes `old`; `count` is now required; enum of `size` gains `xl``: what breaks templates and
forms comes first, texts and layout come last and as numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from operator import itemgetter
from typing import TypeAlias

from reconciler.connectors.specification.nodes import Role
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.outline import Part, form_parts
from reconciler.connectors.specification.schema import COMBINED, members, required_names
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, same_json
from reconciler.model.text import listed, short_text

MAX_SENTENCES = 20
_MOST_LISTED = 6
_COUNTED = {
    "descriptions or examples": ("description", "examples"),
    "place or look": ("order", "always_show", "group", "groups", "display_type", "multiline"),
}
# Described by the sentences of their own, or by the parts below.
_ELSEWHERE = frozenset({
    "properties", "required", "items", *COMBINED, "type", "enum", "airbyte_secret", "airbyte_hidden",
    *(keyword for keywords in _COUNTED.values() for keyword in keywords),
})  # fmt: skip
# Keywords whose values are shown, by what people call them.
_NAMES = {
    "const": "fixed value", "pattern_descriptor": "pattern descriptor", "exclusiveMinimum": "exclusive minimum",
    "exclusiveMaximum": "exclusive maximum", "multipleOf": "step", "minLength": "shortest length",
    "maxLength": "longest length", "minItems": "smallest number of items", "maxItems": "largest number of items",
    **{name: name for name in (
        "default", "pattern", "format", "title", "minimum", "maximum", "additionalProperties",
    )},
}  # fmt: skip
_VALUES = ("default", "const")


class _Weight(IntEnum):
    """In which order sentences come."""

    ADDS_REQUIRED = 0
    REMOVES = 1
    REQUIRED = 2
    KEYWORD = 3
    OAUTH = 4
    ADDS = 5
    OTHER = 6
    COUNTED = 7


_Sentence: TypeAlias = tuple[_Weight, str]


def describe_change(
    old: JsonObject, new: JsonObject, *, max_sentences: int = MAX_SENTENCES
) -> tuple[str, ...]:
    """Short sentences without a stop at the end, the weightiest first. At most `max_sentences`, then `and N more`.

    `old` and `new` are whole specifications. () exactly when they mean the same. The same for any order of keys. Defaults and
    the like of secret fields are not shown.
    """
    if same_json(old, new):
        return ()
    found = (*_form_sentences(old, new), *_oauth_sentences(old, new), *_other_sentences(old, new))
    words = [text for _, text in sorted(found, key=itemgetter(0))]
    words = words or ["changes in places that no form shows"]
    if len(words) > max_sentences:
        words = [*words[:max_sentences], f"and {len(words) - max_sentences} more"]
    return tuple(words)


def quoted(text: str) -> str:
    """A name or a piece of text in a sentence: `` `region` ``."""
    return f"`{short_text(text)}`"


def _valued(value: JsonValue) -> str:
    """A JSON value. Text is shown as it is, everything else as JSON."""
    return quoted(value if isinstance(value, str) else canonical_json(value))


def _some(words: Iterable[str]) -> str:
    return listed(words, _MOST_LISTED)


def _place(path: str) -> str:
    return quoted(path) if path else "the form"


def _form_sentences(old: JsonObject, new: JsonObject) -> Iterator[_Sentence]:
    before = {part.key: part for part in form_parts(old)}
    after = {part.key: part for part in form_parts(new)}
    yield from (_moved(part, came=True) for part in _outermost(after, before))
    yield from (_moved(part, came=False) for part in _outermost(before, after))
    both = [(before[key], part) for key, part in after.items() if key in before]
    for was, now in both:
        yield from _required_sentences(was, now)
        yield from ((_Weight.KEYWORD, text) for text in _keyword_changes(was, now))
    for what, keywords in _COUNTED.items():
        number = sum(_differs(was, now, keywords) for was, now in both)
        if number:
            yield _Weight.COUNTED, f"{what} of {number} {'part' if number == 1 else 'parts'} changed"


def _outermost(parts: dict[tuple[str, ...], Part], others: dict[tuple[str, ...], Part]) -> Iterator[Part]:
    """Parts that the others lack, without those that are inside such a part."""
    return (part for key, part in parts.items() if key not in others and (not key or key[:-1] in others))


def _moved(part: Part, *, came: bool) -> _Sentence:
    weight = _Weight.ADDS if came else _Weight.REMOVES
    verb, parent = "adds" if came else "removes", _place(part.parent)
    if part.role is Role.OPTION:
        return weight, f"{parent} {'gains' if came else 'loses'} the option {quoted(part.label)}"
    if part.role is Role.FORM:
        return weight, f"{verb} the form"
    if part.role is Role.ITEMS:
        return weight, f"{'says now' if came else 'no longer says'} what the items of {parent} are"
    if not came:
        return weight, f"removes {quoted(part.path)}"
    secret = " (secret)" if part.is_secret else ""
    if part.required:
        return _Weight.ADDS_REQUIRED, f"adds required {quoted(part.path)}{secret}"
    return weight, f"adds optional {quoted(part.path)}{secret}"


def _required_sentences(old: Part, new: Part) -> Iterator[_Sentence]:
    name = _place(new.path)
    if new.role is Role.FIELD and old.required != new.required:
        yield _Weight.REQUIRED, f"{name} is now {'required' if new.required else 'optional'}"
    if ("required" in old.schema) != ("required" in new.schema):
        # The server's inference fails for a form without the list, even an empty one (platform v1.7).
        gained = "now has a list" if "required" in new.schema else "has no list"
        yield _Weight.KEYWORD, f"{name} {gained} of required fields"
    elif _named_only(old) != _named_only(new):
        yield _Weight.OTHER, f"{name} requires other fields that it does not describe"


def _named_only(part: Part) -> frozenset[str]:
    """Names that are required and not described: no part is made of them."""
    return required_names(part.schema) - members(part.schema).keys()


def _differs(old: Part, new: Part, keywords: tuple[str, ...]) -> bool:
    was, now = ({word: part.schema[word] for word in keywords if word in part.schema} for part in (old, new))
    return not same_json(was, now)


def _keyword_changes(old: Part, new: Part) -> Iterator[str]:
    """One sentence for each keyword of a part that means something else now. Values of secret fields are not shown."""
    name, is_secret = _place(new.path), old.is_secret or new.is_secret
    if old.is_secret != new.is_secret:
        yield f"{name} is {'now' if new.is_secret else 'no longer'} secret"
    if old.is_hidden != new.is_hidden:
        yield f"{name} is {'now' if new.is_hidden else 'no longer'} hidden from the form"
    if not same_json(_type(old), _type(new)):
        yield f"type of {name} changed from {_type_words(old)} to {_type_words(new)}"
    was, now = old.schema.get("enum"), new.schema.get("enum")
    if not same_json(was, now):
        yield _enum_change(was, now, name, is_secret=is_secret)
    for keyword in sorted((old.schema.keys() | new.schema.keys()) - _ELSEWHERE):
        if _differs(old, new, (keyword,)):
            yield _value_change(old.schema, new.schema, keyword, name, is_secret=is_secret)


def _type(part: Part) -> JsonValue:
    """The type. A list of types is a set."""
    kind = part.schema.get("type")
    return sorted(kind, key=canonical_json) if isinstance(kind, list) else kind


def _type_words(part: Part) -> str:
    kind = _type(part)
    if kind is None:
        return "none"
    return " or ".join(map(_valued, kind)) if isinstance(kind, list) else _valued(kind)


def _enum_change(was: JsonValue, now: JsonValue, name: str, *, is_secret: bool) -> str:
    if is_secret or not (isinstance(was, list) or isinstance(now, list)):
        return f"enum of {name} changed"
    if not isinstance(was, list):
        return f"{name} allows now only {_some(map(_valued, now if isinstance(now, list) else []))}"
    if not isinstance(now, list):
        return f"{name} is no longer limited to an enum"
    before, after = (dict(zip(map(canonical_json, values), values, strict=True)) for values in (was, now))
    gained = [_valued(value) for key, value in after.items() if key not in before]
    lost = [_valued(value) for key, value in before.items() if key not in after]
    words = [f"{verb} {_some(values)}" for verb, values in (("gains", gained), ("loses", lost)) if values]
    return f"enum of {name} {' and '.join(words) or 'is in another order'}"


def _value_change(old: JsonObject, new: JsonObject, keyword: str, name: str, *, is_secret: bool) -> str:
    word = _NAMES.get(keyword)
    if word is None:
        return f"{quoted(keyword)} of {name} changed"
    if is_secret and keyword in _VALUES:
        return f"{word} of {name} changed"
    if keyword not in old:
        return f"{word} of {name} is now {_valued(new[keyword])}"
    if keyword not in new:
        return f"{name} loses its {word} {_valued(old[keyword])}"
    return f"{word} of {name} changed from {_valued(old[keyword])} to {_valued(new[keyword])}"


def _oauth_sentences(old: JsonObject, new: JsonObject) -> Iterator[_Sentence]:
    before, after = oauth_of(old), oauth_of(new)
    if before is None and after is not None:
        fills = f", which fills {_some(map(quoted, after.filled))}" if after.fills else ""
        yield _Weight.OAUTH, f"adds OAuth{fills}"
    elif before is not None and after is None:
        yield _Weight.OAUTH, "removes OAuth"
    elif before is not None and after is not None and before != after:
        yield from ((_Weight.OAUTH, text) for text in _oauth_changes(before, after))
    elif not same_json(old.get("advanced_auth"), new.get("advanced_auth")):
        yield _Weight.OAUTH, "details of OAuth changed"


def _oauth_changes(old: OAuth, new: OAuth) -> Iterator[str]:
    for verb, was, now in (
        ("fills", old.filled, new.filled),
        ("needs from its app", old.app_needs, new.app_needs),
    ):
        more, less = sorted(set(now) - set(was)), sorted(set(was) - set(now))
        if more:
            yield f"OAuth now also {verb} {_some(map(quoted, more))}"
        if less:
            yield f"OAuth no longer {verb} {_some(map(quoted, less))}"
    if old.condition != new.condition:
        when = f"only when {new.condition}" if new.condition else "whatever is chosen"
        yield f"OAuth applies now {when}"
    if old.flow != new.flow:
        yield f"OAuth is now {quoted(new.flow)}, not {quoted(old.flow)}"


def _other_sentences(old: JsonObject, new: JsonObject) -> Iterator[_Sentence]:
    """Members of the specification beside its form and OAuth, such as documentationUrl."""
    for key in sorted((old.keys() | new.keys()) - {"connectionSpecification", "advanced_auth"}):
        name = quoted(key)
        if key not in old or key not in new:
            did = f"adds {name} to" if key in new else f"removes {name} from"
            yield _Weight.OTHER, f"{did} the specification"
        elif not same_json(old[key], new[key]):
            yield _Weight.OTHER, f"{name} of the specification changed"
