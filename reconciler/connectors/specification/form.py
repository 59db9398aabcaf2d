"""The form that the customer sees, as a tree: in which order, under which heading, what is folded, what a log-in fills in. Pure.

As the embedded widget does it (platform v2.0.0: schemaToFormBlock, useBuildForm, useGroupsAndSections, useAuthentication). The list of
questions in reports and the drawn form are both made from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.oauth import OAuth, Path, oauth_of
from reconciler.connectors.specification.order import ordered_blocks
from reconciler.connectors.specification.schema import (
    Kind,
    constant,
    constants,
    group_of,
    is_hidden,
    is_marked_secret,
    is_open,
    is_set,
    kind_of,
    members,
    objects,
    options_of,
    required_names,
    shared_constants,
    title_of,
)
from reconciler.model.json_value import JsonObject, same_json
from reconciler.model.template import connection_schema

AnyPart = TypeVar("AnyPart")
MAX_DEPTH = 24
"""A deeper field is in the tree, and what is in it is not."""

_LOGIN = "(log-in)"
# A log-in that belongs to no field is an object without fields to the widget, before all others of its group (useBuildForm).
_LOGIN_BLOCK: JsonObject = {"type": "object", "order": -(2**53)}


class FormPart(NamedTuple):
    """One part. `path` is its position in the configuration, `name` what it is called without a title.

    `is_open` is False for what is folded under "Optional fields". `is_secret` says that it is a secret, or in one. `by_login` that a
    log-in fills it in where one is offered. `parts` are those inside: the options of a choice, the fields of one entry of a list.
    """

    kind: Kind
    schema: JsonObject
    path: Path = ()
    name: str = ""
    is_required: bool = True
    is_open: bool = True
    is_secret: bool = False
    by_login: bool = False
    parts: tuple[FormPart, ...] = ()

    @property
    def title(self) -> str:
        """What the customer reads."""
        return title_of(self.schema) or self.name


class Card(NamedTuple, Generic[AnyPart]):
    """A top-level group. `title` is "" for one without. `is_folded`: all of it is folded under its title."""

    title: str
    parts: tuple[AnyPart, ...]
    is_folded: bool = False


def form_cards(form: JsonObject) -> tuple[Card[FormPart], ...]:
    """The form of a whole specification, in its order. () where there is none, or nothing is asked."""
    schema = connection_schema(form)
    if schema is None:
        return ()
    titles = {str(each.get("id")): title_of(each) for each in objects(schema.get("groups"))}
    root, login = FormPart(Kind.GROUP, schema), oauth_of(form) or OAuth()
    if kind_of(schema) is Kind.CHOICE:
        choice = _choice(root._replace(name="configuration"), login)
        return (Card(titles.get(group_of(schema), ""), (choice,)),)
    if login.fills and not login.key:
        root = root._replace(schema={**schema, "properties": {**members(schema), _LOGIN: _LOGIN_BLOCK}})
    return tuple(_cards(_blocks(root, is_root=True), titles, login))


def _cards(blocks: list[FormPart], titles: dict[str, str], login: OAuth) -> Iterator[Card[FormPart]]:
    for group, found in groupby(blocks, key=lambda block: group_of(block.schema)):
        held, title = list(found), titles.get(group, "")
        parts = tuple(part for block in held for part in _parts(block, login))
        if parts:
            # A constant is not drawn, and keeps its group from being folded as a whole.
            yield Card(title, parts, is_folded=bool(title) and not any(block.is_open for block in held))


def _blocks(around: FormPart, *, is_root: bool = False) -> list[FormPart]:
    """The fields of an object in the order of the form, constants among them. Not yet looked into."""
    required, blocks = required_names(around.schema), []
    for name, schema in ordered_blocks(around.schema, is_root=is_root):
        is_required, is_secret = name in required, around.is_secret or is_marked_secret(schema)
        opened = is_open(schema, required=is_required)
        blocks.append(
            FormPart(Kind.FIELD, schema, (*around.path, name), name, is_required, opened, is_secret)
        )
    return blocks


def _inside(around: FormPart, login: OAuth) -> tuple[FormPart, ...]:
    return tuple(part for block in _blocks(around) for part in _parts(block, login))


def _parts(block: FormPart, login: OAuth) -> list[FormPart]:
    """A block, after the log-in when the log-in belongs to it: mostly to the constant that distinguishes its options."""
    schema, kind, parts = block.schema, kind_of(block.schema), []
    is_key = schema is _LOGIN_BLOCK or (block.path == login.key and kind is not Kind.CHOICE)
    if login.fills and is_key:
        parts.append(block._replace(kind=Kind.LOGIN))
    is_shown = kind is not Kind.FIELD or constant(schema) is ABSENT  # hidden ones are no blocks
    if is_shown and schema is not _LOGIN_BLOCK:
        if block.path in login.fills and not is_set(schema.get("always_show")):
            block = block._replace(by_login=True)
        parts += _drawn(block, kind if len(block.path) <= MAX_DEPTH else Kind.FIELD, login)
    return parts


def _drawn(block: FormPart, kind: Kind, login: OAuth) -> list[FormPart]:
    if kind is Kind.CHOICE:
        return [_choice(block, login)]
    if kind is Kind.GROUP:
        inside = _inside(block, login)
        # The widget shows nothing at all for an object without visible fields.
        return [block._replace(kind=kind, parts=inside)] if inside else []
    return [block._replace(kind=kind, parts=_entry(block, login)) if kind is Kind.LIST else block]


def _entry(block: FormPart, login: OAuth) -> tuple[FormPart, ...]:
    """What one entry of a list asks. A list of choices shows no entry, because none can be added."""
    items = block.schema.get("items")
    if not isinstance(items, dict) or kind_of(items) is Kind.CHOICE or is_hidden(items):
        return ()
    return _inside(block._replace(schema=items, path=(*block.path, "*")), login)


def _choice(block: FormPart, login: OAuth) -> FormPart:
    """A selector. The widget takes an option for an object, whatever type it names."""
    shown = [option for option in options_of(block.schema) if not is_hidden(option)]
    options = tuple(_option(block, option, number, login) for number, option in enumerate(shown, 1))
    return block._replace(kind=Kind.CHOICE, parts=options)


def _option(block: FormPart, schema: JsonObject, number: int, login: OAuth) -> FormPart:
    texts = (value for value in constants(schema).values() if isinstance(value, str) and value)
    name = "" if title_of(schema) else next(texts, f"option {number}")
    option = FormPart(Kind.OPTION, schema, block.path, name, is_secret=block.is_secret)
    within = login.within(block.path, schema)
    parts = _inside(option, within)
    if within.fills and not within.key and not block.path:
        parts = (option._replace(kind=Kind.LOGIN, name=""), *parts)
    return option._replace(parts=parts)


def chosen_option(choice: JsonObject) -> int | None:
    """The index, among those that are not hidden, of the option that a choice opens with: the one whose constant is the choice's
    default, else the first.

    None when that one is hidden, or its constant is filled with another default. useBuildForm (setDefaultValues), ConditionSection.
    """
    every, default = options_of(choice), choice.get("default")
    key = next(iter(shared_constants(every)), None)
    if key is None:
        return None
    named = (one for one in every if is_set(default) and same_json(constants(one)[key], default))
    first = next(named, every[0])
    deciding = members(first)[key]
    value = deciding.get("default", constants(first)[key]) if isinstance(deciding, dict) else None
    shown = [option for option in every if not is_hidden(option)]
    return next((at for at, option in enumerate(shown) if same_json(constants(option)[key], value)), None)
