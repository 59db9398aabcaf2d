"""What changed between two versions of a connector's specification, in words, by what it means for the form. Pure.

`adds required `region`; removes `old`; `count` is now required; enum of `size` gains `xl``: what breaks templates and
forms comes first, texts and layout come last and as numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from operator import itemgetter
from typing import TypeAlias

from reconciler.connectors.registry.spec_change_keywords import keyword_changes, place
from reconciler.connectors.registry.spec_change_words import listed, quoted
from reconciler.connectors.specification.nodes import Role
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.outline import Part, form_parts
from reconciler.connectors.specification.schema import members, required_names
from reconciler.model.json_value import JsonObject, same_json

MAX_SENTENCES = 20
_LAYOUT = ("order", "always_show", "group", "groups", "display_type", "multiline")
_TEXTS = ("description", "examples")


class _Weight(IntEnum):
    """In which order sentences stand."""

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
    """Short sentences without a stop at the end, the weightiest first; at most `max_sentences`, then `and N more`.

    `old` and `new` are whole specifications. () exactly when they mean the same. The same for any order of keys. Defaults and
    the like of secret fields are not shown.
    """
    if same_json(old, new):
        return ()
    sentences = sorted(
        (*_form_sentences(old, new), *_oauth_sentences(old, new), *_other_sentences(old, new)),
        key=itemgetter(0),
    )
    words = [text for _, text in sentences] or ["changes in places that no form shows"]
    if len(words) > max_sentences:
        words = [*words[:max_sentences], f"and {len(words) - max_sentences} more"]
    return tuple(words)


def _form_sentences(old: JsonObject, new: JsonObject) -> Iterator[_Sentence]:
    before = {part.key: part for part in form_parts(old)}
    after = {part.key: part for part in form_parts(new)}
    for part in _outermost(after, before):
        yield _added(part)
    for part in _outermost(before, after):
        yield _Weight.REMOVES, _removed(part)
    both = [(before[key], part) for key, part in after.items() if key in before]
    for was, now in both:
        yield from _part_sentences(was, now)
    yield from _counted(both)


def _outermost(parts: dict[tuple[str, ...], Part], others: dict[tuple[str, ...], Part]) -> Iterator[Part]:
    """Parts that the others lack, without those that are inside such a part."""
    return (part for key, part in parts.items() if key not in others and (not key or key[:-1] in others))


def _added(part: Part) -> _Sentence:
    if part.role is Role.OPTION:
        return _Weight.ADDS, f"{place(part.parent)} gains the option {quoted(part.label)}"
    if part.role is Role.FORM:
        return _Weight.ADDS, "adds the form"
    if part.role is Role.ITEMS:
        return _Weight.ADDS, f"says now what the items of {place(part.parent)} are"
    secret = " (secret)" if part.is_secret else ""
    if part.required:
        return _Weight.ADDS_REQUIRED, f"adds required {quoted(part.path)}{secret}"
    return _Weight.ADDS, f"adds optional {quoted(part.path)}{secret}"


def _removed(part: Part) -> str:
    if part.role is Role.OPTION:
        return f"{place(part.parent)} loses the option {quoted(part.label)}"
    if part.role is Role.FORM:
        return "removes the form"
    if part.role is Role.ITEMS:
        return f"no longer says what the items of {place(part.parent)} are"
    return f"removes {quoted(part.path)}"


def _part_sentences(old: Part, new: Part) -> Iterator[_Sentence]:
    name = place(new.path)
    if new.role is Role.FIELD and old.required != new.required:
        yield _Weight.REQUIRED, f"{name} is now {'required' if new.required else 'optional'}"
    if ("required" in old.schema) != ("required" in new.schema):
        # The server's inference fails for a form without the list, even an empty one (platform v1.7).
        gained = "now has a list" if "required" in new.schema else "has no list"
        yield _Weight.KEYWORD, f"{name} {gained} of required fields"
    elif _named_only(old) != _named_only(new):
        yield _Weight.OTHER, f"{name} requires other fields that it does not describe"
    for text in keyword_changes(old, new):
        yield _Weight.KEYWORD, text


def _named_only(part: Part) -> frozenset[str]:
    """Names that are required and not described: no part stands for them."""
    return required_names(part.schema) - members(part.schema).keys()


def _counted(both: Iterable[tuple[Part, Part]]) -> Iterator[_Sentence]:
    """Changes that matter to readers only, as numbers."""
    texts = layout = 0
    for old, new in both:
        texts += _differs(old, new, _TEXTS)
        layout += _differs(old, new, _LAYOUT)
    for number, what in ((texts, "descriptions or examples"), (layout, "place or look")):
        if number:
            yield _Weight.COUNTED, f"{what} of {number} {'part' if number == 1 else 'parts'} changed"


def _differs(old: Part, new: Part, keywords: tuple[str, ...]) -> bool:
    cut_old, cut_new = (
        {word: part.schema[word] for word in keywords if word in part.schema} for part in (old, new)
    )
    return not same_json(cut_old, cut_new)


def _oauth_sentences(old: JsonObject, new: JsonObject) -> Iterator[_Sentence]:
    before, after = oauth_of(old), oauth_of(new)
    if before is None and after is not None:
        fills = f", which fills {_names(after.filled)}" if after.fills else ""
        yield _Weight.OAUTH, f"adds OAuth{fills}"
    elif before is not None and after is None:
        yield _Weight.OAUTH, "removes OAuth"
    elif before is not None and after is not None and before != after:
        yield from ((_Weight.OAUTH, text) for text in _oauth_changes(before, after))
    elif not same_json(old.get("advanced_auth"), new.get("advanced_auth")):
        yield _Weight.OAUTH, "details of OAuth changed"


def _oauth_changes(old: OAuth, new: OAuth) -> Iterator[str]:
    for verb, lost, gained in (
        ("fills", old.filled, new.filled),
        ("needs from its app", old.app_needs, new.app_needs),
    ):
        more, less = sorted(set(gained) - set(lost)), sorted(set(lost) - set(gained))
        if more:
            yield f"OAuth now also {verb} {_names(more)}"
        if less:
            yield f"OAuth no longer {verb} {_names(less)}"
    if old.condition != new.condition:
        when = f"only when {new.condition}" if new.condition else "whatever is chosen"
        yield f"OAuth applies now {when}"
    if old.flow != new.flow:
        yield f"OAuth is now {quoted(new.flow)}, not {quoted(old.flow)}"


def _names(names: Iterable[str]) -> str:
    return listed(map(quoted, names))


def _other_sentences(old: JsonObject, new: JsonObject) -> Iterator[_Sentence]:
    """Members of the specification beside its form and OAuth, such as documentationUrl."""
    for key in sorted((old.keys() | new.keys()) - {"connectionSpecification", "advanced_auth"}):
        if key not in old:
            yield _Weight.OTHER, f"adds {quoted(key)} to the specification"
        elif key not in new:
            yield _Weight.OTHER, f"removes {quoted(key)} from the specification"
        elif not same_json(old[key], new[key]):
            yield _Weight.OTHER, f"{quoted(key)} of the specification changed"
