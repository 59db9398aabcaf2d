"""A connection specification as the form that the widget makes of it. Pure; never raises, whatever the specification says.

Order, what is hidden, what is collapsed, which choices cannot be built and what a log-in fills in are decided in `connectors` for the
lint rules and the list of questions too; here they become the parts of one form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from reconciler.connectors.lint.form_build import build_problems, shared_constants
from reconciler.connectors.lint.place import constants, is_marked_secret, members, objects, texts
from reconciler.connectors.verdict.asks_login import Login, login_of
from reconciler.connectors.verdict.asks_order import (
    group_of,
    is_always_shown,
    is_choice,
    is_open,
    is_shown,
    ordered_fields,
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
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, escape_segment, same_json

_SCHEMA = "connectionSpecification"
_MAX_DEPTH = 24
_TOO_DEEP = "Deeper levels are not shown here."

_Path = tuple[str, ...]


@dataclass(frozen=True)
class _Spot:
    """Where in the form: `path` in the configuration, `place` with the options chosen on the way."""

    login: Login
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
    spot = _Spot(login=login_of(form))
    title = text_of(schema.get("title"))
    if is_choice(schema):
        sections = (Section((_choice(spot, schema, required=True),)),)
        return Form(title, (Card("", sections),), trouble=_trouble(schema))
    cards = tuple(_cards(spot, schema))
    button = _button_at_the_top(spot.login, schema)
    return Form(title, (*button, *cards), trouble=_trouble(schema))


def _trouble(schema: JsonObject) -> str:
    if schema.get("type") != "object":
        return "the form is not `type: object`"
    for _, path, problem in build_problems(schema):
        return f"{'.'.join(path) or 'the form'}: {problem}"
    return ""


def _button_at_the_top(login: Login, schema: JsonObject) -> tuple[Card, ...]:
    """The log-in that belongs to no option of a choice."""
    holder: JsonValue = schema
    for name in login.key[:-1]:
        holder = members(holder).get(name) if isinstance(holder, dict) else None
    if not login.paths or (login.key and isinstance(holder, dict) and is_choice(holder)):
        return ()
    return (Card("", (Section((LoginButton("(log-in)"),)),)),)


def _cards(spot: _Spot, schema: JsonObject) -> Iterator[Card]:
    titles = {group.get("id"): text_of(group.get("title")) for group in _groups(schema)}
    fields = ordered_fields(schema, is_root=True)
    for group, found in groupby(fields, key=lambda pair: group_of(pair[1])):
        title = titles.get(group, "") if group is not None else ""
        sections = _sections(spot, schema, list(found))
        if len(sections) == 1 and sections[0].is_optional and title:
            yield Card("", (replace(sections[0], title=title),))
        elif sections:
            yield Card(title, sections)


def _groups(schema: JsonObject) -> list[JsonObject]:
    return [group for group in objects(schema.get("groups")) if isinstance(group.get("id"), str)]


def _inner(spot: _Spot, schema: JsonObject) -> tuple[Section, ...]:
    return _sections(spot, schema, ordered_fields(schema))


def _sections(spot: _Spot, schema: JsonObject, fields: list[tuple[str, JsonObject]]) -> tuple[Section, ...]:
    """The fields that are open, then those that are collapsed; in both, log-in fields stand together."""
    required = frozenset(texts(schema.get("required")))
    sections = []
    for opened in (True, False):
        parts = [
            part
            for name, field in fields
            if is_open(field, required=name in required) is opened
            for part in _parts(spot.member(name, field), field, required=name in required)
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
    by_login = spot.path in spot.login.paths and not is_always_shown(schema)
    for part in _plain_parts(spot, schema, required=required):
        yield FilledByLogin(part.place, (part,)) if by_login else part


def _plain_parts(spot: _Spot, schema: JsonObject, *, required: bool) -> Iterator[Part]:
    items = schema.get("items")
    if len(spot.path) > _MAX_DEPTH:
        yield Field(spot.place, Words(spot.name, note=_TOO_DEEP), required, Control.TEXT)
    elif is_choice(schema):
        yield _choice(spot, schema, required=required)
    elif schema.get("type") == "object":
        sections = _inner(spot, schema)
        if sections:  # the widget shows nothing at all for an object without visible fields
            yield Group(spot.place, words_of(spot.name, schema, hides=spot.is_secret), sections)
    elif schema.get("type") == "array" and isinstance(items, dict) and items.get("type") == "object":
        yield _item_list(spot, schema, items, required=required)
    else:
        yield field_of(spot.place, spot.name, schema, required=required, is_secret=spot.is_secret)


def _item_list(spot: _Spot, schema: JsonObject, items: JsonObject, *, required: bool) -> ItemList:
    inside = replace(spot, path=(*spot.path, "*"), place=f"{spot.place}/*")
    sections = (
        (Section((_choice(inside, items, required=True),)),) if is_choice(items) else _inner(inside, items)
    )
    return ItemList(spot.place, words_of(spot.name, schema, hides=spot.is_secret), required, sections)


def _choice(spot: _Spot, schema: JsonObject, *, required: bool) -> Choice:
    """A selector. The widget takes an option for an object, whatever type it names."""
    every = objects(schema.get("oneOf"))
    shown = [option for option in every if is_shown({**option, "type": "object"})]
    return Choice(
        place=spot.place,
        words=words_of(spot.name or "configuration", schema, hides=spot.is_secret),
        required=required,
        is_radio=schema.get("display_type") == "radio",
        options=tuple(_option(spot, option, number) for number, option in enumerate(shown, 1)),
        chosen=_chosen(schema, every, shown),
    )


def _chosen(schema: JsonObject, every: list[JsonObject], shown: list[JsonObject]) -> int | None:
    """The option whose constant is the default, else the first; None when that one is hidden."""
    keys = shared_constants(every)
    default = schema.get("default")
    first = every[:1]
    if keys and default:
        first = [option for option in every if same_json(constants(option)[keys[0]], default)][:1] or first
    return next((index for index, option in enumerate(shown) if first and option is first[0]), None)


def _option(spot: _Spot, option: JsonObject, number: int) -> Option:
    fixed = constants(option)
    name = next((shown_value(value) for value in fixed.values()), "") or f"option {number}"
    place = f"{spot.place}[{canonical_json(fixed) if fixed else number}]"
    login = spot.login.within(spot.path, option)
    inside = replace(spot, place=place, login=login)
    sections = _inner(inside, option)
    if login.paths and login.key and login.key[:-1] == spot.path:
        sections = (Section((LoginButton(f"{place}(log-in)"),)), *sections)
    return Option(place, words_of(name, option, hides=spot.is_secret), sections)
