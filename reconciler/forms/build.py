"""A connection specification as the form that the widget makes of it. Pure; never raises, whatever the specification says.

Order, what is hidden, what is collapsed, which choices cannot be built and what a log-in fills in are decided in `connectors` for the
lint rules and the list of questions too; here they become the parts of one form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from reconciler.connectors.lint.buildable import build_problems
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.order import ordered_blocks
from reconciler.connectors.specification.schema import (
    constants,
    group_of,
    is_always_shown,
    is_choice,
    is_group,
    is_hidden,
    is_item_list,
    is_marked_secret,
    is_open,
    is_set,
    is_shown,
    members,
    objects,
    shared_constants,
    texts,
)
from reconciler.forms.control import field_of, shown_value, text_of, words_of
from reconciler.forms.parts import (
    Card,
    Choice,
    Control,
    Field,
    FilledByLogin,
    Form,
    Group,
    ItemList,
    LoginButton,
    Option,
    Part,
    Section,
    Words,
)
from reconciler.model.json_value import JsonObject, canonical_json, escape_segment, same_json

_SCHEMA = "connectionSpecification"
_MAX_DEPTH = 24
_TOO_DEEP = "Deeper levels are not shown here."
_LOGIN = "(log-in)"
# A log-in that belongs to no field is an object without fields to the widget, before all others of its group (useBuildForm).
_LOGIN_BLOCK: JsonObject = {"type": "object", "order": -(2**53)}

_Path = tuple[str, ...]


@dataclass(frozen=True)
class _Spot:
    """Where in the form: `path` in the configuration, `place` with the options chosen on the way."""

    login: OAuth
    path: _Path = ()
    place: str = ""
    is_secret: bool = False

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""

    def member(self, name: str, schema: JsonObject) -> _Spot:
        secret = self.is_secret or is_marked_secret(schema)
        return replace(
            self, path=(*self.path, name), place=f"{self.place}/{escape_segment(name)}", is_secret=secret
        )


def build_form(form: JsonObject) -> Form:
    """The form of a whole specification, without presets. `trouble` says why the widget shows an error instead."""
    schema = form.get(_SCHEMA)
    if not isinstance(schema, dict):
        return Form("", trouble="there is no connectionSpecification")
    spot = _Spot(login=oauth_of(form) or OAuth())
    title = text_of(schema.get("title"))
    if is_choice(schema):
        sections = (Section((_choice(spot, schema, required=True),)),)
        card = Card(_group_titles(schema).get(group_of(schema), ""), sections)
        return Form(title, (card,), trouble=_trouble(schema))
    return Form(title, tuple(_cards(spot, schema)), trouble=_trouble(schema))


def _trouble(schema: JsonObject) -> str:
    if schema.get("type") != "object":
        return "the form is not `type: object`"
    for problem in build_problems(schema):
        if not problem.is_local:
            return f"{'.'.join(problem.path) or 'the form'}: {problem.reason}"
    return ""


def _cards(spot: _Spot, schema: JsonObject) -> Iterator[Card]:
    titles = _group_titles(schema)
    if spot.login.fills and not spot.login.key:
        schema = {**schema, "properties": {**members(schema), _LOGIN: _LOGIN_BLOCK}}
    for group, found in groupby(ordered_blocks(schema, is_root=True), key=lambda block: group_of(block[1])):
        blocks, title = list(found), titles.get(group, "")
        sections = _sections(spot, schema, blocks)
        required = frozenset(texts(schema.get("required")))
        if (
            title
            and sections
            and not any(is_open(block, required=name in required) for name, block in blocks)
        ):
            yield Card("", (replace(sections[0], title=title),))
        elif sections:
            yield Card(title, sections)


def _group_titles(schema: JsonObject) -> dict[str, str]:
    groups = [(group.get("id"), text_of(group.get("title"))) for group in objects(schema.get("groups"))]
    return {name: title for name, title in groups if isinstance(name, str)}


def _inner(spot: _Spot, schema: JsonObject) -> tuple[Section, ...]:
    return _sections(spot, schema, ordered_blocks(schema))


def _sections(spot: _Spot, schema: JsonObject, blocks: list[tuple[str, JsonObject]]) -> tuple[Section, ...]:
    """The fields that are open, then those that are collapsed; in both, log-in fields stand together."""
    required = frozenset(texts(schema.get("required")))
    sections = []
    for opened in (True, False):
        parts = [
            part
            for name, block in blocks
            if is_open(block, required=name in required) is opened
            for part in _parts(spot.member(name, block), block, required=name in required)
        ]
        if parts:
            sections.append(Section(tuple(_together(parts)), is_optional=not opened))
    return tuple(sections)


def _together(parts: list[Part]) -> Iterator[Part]:
    for is_filled, found in groupby(parts, key=lambda part: isinstance(part, FilledByLogin)):
        if not is_filled:
            yield from found
            continue
        filled = [part for part in found if isinstance(part, FilledByLogin)]
        yield FilledByLogin(filled[0].place, tuple(each for part in filled for each in part.parts))


def _parts(spot: _Spot, schema: JsonObject, *, required: bool) -> Iterator[Part]:
    """A block, after the log-in when the log-in belongs to it: mostly to the constant that tells options apart."""
    if schema is _LOGIN_BLOCK or (spot.login.fills and spot.path == spot.login.key and not is_choice(schema)):
        yield LoginButton(f"{spot.place}(log-in)")
    if not is_shown(schema):
        return
    by_login = spot.path in spot.login.fills and not is_always_shown(schema)
    for part in _plain_parts(spot, schema, required=required):
        yield FilledByLogin(part.place, (part,)) if by_login else part


def _plain_parts(spot: _Spot, schema: JsonObject, *, required: bool) -> Iterator[Part]:
    if len(spot.path) > _MAX_DEPTH:
        yield Field(spot.place, Words(spot.name, note=_TOO_DEEP), required, Control.TEXT)
    elif is_choice(schema):
        yield _choice(spot, schema, required=required)
    elif is_group(schema):
        sections = _inner(spot, schema)
        if sections:  # the widget shows nothing at all for an object without visible fields
            yield Group(spot.place, sections)
    elif is_item_list(schema):
        yield _item_list(spot, schema, required=required)
    else:
        yield field_of(spot.place, spot.name, schema, required=required, is_secret=spot.is_secret)


def _item_list(spot: _Spot, schema: JsonObject, *, required: bool) -> ItemList:
    """A list of objects. One of choices shows no entry, because none can be added."""
    inside = replace(spot, path=(*spot.path, "*"), place=f"{spot.place}/*")
    items = schema.get("items")
    shows = isinstance(items, dict) and not is_choice(items) and not is_hidden(items)
    sections = _inner(inside, items) if isinstance(items, dict) and shows else ()
    return ItemList(spot.place, words_of(spot.name, schema, hides=spot.is_secret), required, sections)


def _choice(spot: _Spot, schema: JsonObject, *, required: bool) -> Choice:
    """A selector. The widget takes an option for an object, whatever type it names."""
    every = objects(schema.get("oneOf"))
    shown = [option for option in every if not is_hidden(option)]
    return Choice(
        place=spot.place,
        words=words_of(spot.name or "configuration", schema, hides=spot.is_secret),
        required=required,
        is_radio=schema.get("display_type") == "radio",
        options=tuple(_option(spot, option, number) for number, option in enumerate(shown, 1)),
        chosen=_chosen(schema, every, shown),
    )


def _chosen(schema: JsonObject, every: list[JsonObject], shown: list[JsonObject]) -> int | None:
    """The option that the form opens with: the one whose constant is the choice's default, else the first.

    None when that one is hidden, or its constant is filled with another default. useBuildForm (setDefaultValues), ConditionSection.
    """
    key = next(iter(shared_constants(every)), None)
    if key is None:
        return None
    default = schema.get("default")
    named = [option for option in every if is_set(default) and same_json(constants(option)[key], default)]
    deciding = members((named or every)[0])[key]
    value = (
        deciding.get("default", constants((named or every)[0])[key]) if isinstance(deciding, dict) else None
    )
    return next((at for at, option in enumerate(shown) if same_json(constants(option)[key], value)), None)


def _option(spot: _Spot, option: JsonObject, number: int) -> Option:
    fixed = constants(option)
    name = next((shown_value(value) for value in fixed.values()), "") or f"option {number}"
    place = f"{spot.place}[{canonical_json(fixed) if fixed else number}]"
    inside = replace(spot, place=place, login=spot.login.within(spot.path, option))
    sections = _inner(inside, option)
    if inside.login.fills and not spot.path and not inside.login.key:
        sections = (Section((LoginButton(f"{place}(log-in)"),)), *sections)
    return Option(place, words_of(name, option, hides=spot.is_secret), sections)
