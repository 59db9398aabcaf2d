"""The form that the customer sees, as a tree: in which order, under which heading, what is folded, what a log-in fills in. Pure.

As the embedded widget does it (platform v2.0.0: schemaToFormBlock, useBuildForm, OrderComparator, useGroupsAndSections,
useAuthentication) with the specification as the server returns it: groups first, then what is open before what is collapsed, numbered
before unnumbered, then by name. The list of questions in reports and the drawn form are both made from it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.oauth import OAuth, Path, oauth_of
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
    order_of,
    required_names,
    served,
    title_of,
)
from reconciler.model.json_value import JsonObject
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
    cards = []
    for group, found in groupby(_blocks(root, is_root=True), key=lambda block: group_of(block.schema)):
        held, title = list(found), titles.get(group, "")
        parts = tuple(part for block in held for part in _parts(block, login))
        # A constant is not drawn, and keeps its group from being folded as a whole.
        is_folded = bool(title) and not any(block.is_open for block in held)
        cards += [Card(title, parts, is_folded)] if parts else []
    return tuple(cards)


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
        if kind is Kind.FIELD or len(block.path) > MAX_DEPTH:
            parts.append(block)
        elif kind is Kind.CHOICE:
            parts.append(_choice(block, login))
        else:
            inside = _entry(block, login) if kind is Kind.LIST else _inside(block, login)
            # The widget shows nothing at all for an object without visible fields.
            if inside or kind is Kind.LIST:
                parts.append(block._replace(kind=kind, parts=inside))
    return parts


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


_PIECES = re.compile(r"\d+|\D", re.S)
# How ICU sorts what is neither a letter nor a digit, recorded with Intl.Collator of Node 20 (`tests/lint/browser_facts.json`).
_PUNCTUATION = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"

# A name as browsers compare it: digits as one number, then accents, then letter case.
_Weight = tuple[int, int, str]
_Natural = tuple[tuple[_Weight, ...], tuple[str, ...], tuple[bool, ...]]


def ordered_blocks(schema: JsonObject, *, is_root: bool = False) -> list[tuple[str, JsonObject]]:
    """The fields of an object that are not hidden, with their names. Constants are among them: they are not drawn, and have a place.

    Groups count at the root only. A field that is described as `true` has the empty schema.
    """
    required = required_names(schema)
    blocks = [(name, part if isinstance(part, dict) else {}) for name, part in served(schema)]
    blocks = [(name, block) for name, block in blocks if not is_hidden(block)]

    def place(block: tuple[str, JsonObject]) -> tuple[bool, bool, float, _Natural]:
        order, is_shown = order_of(block[1]), is_open(block[1], required=block[0] in required)
        by_name = natural(block[0]) if order is None else ((), (), ())
        return not is_shown, order is None, order or 0.0, by_name

    if len(blocks) > 1:
        blocks.sort(key=place)
    if is_root:
        ranks = _group_ranks(schema, [group_of(block) for _, block in blocks])
        blocks.sort(key=lambda block: ranks[group_of(block[1])])
    return blocks


def _group_ranks(schema: JsonObject, used: list[str]) -> dict[str, int]:
    """The listed groups, then the others by name. `advanced` is last even when it is listed.

    Without a list the fields that name no group come first, with one they are just a group called `default`.
    """
    groups = schema.get("groups")
    ids = [each.get("id") for each in objects(groups)] if isinstance(groups, list) else ["default"]
    known = {group: rank for rank, group in enumerate(ids) if isinstance(group, str)}
    in_order = sorted(
        dict.fromkeys(used),
        key=lambda group: (group == "advanced", known.get(group, len(ids)), natural(group)),
    )
    return {group: rank for rank, group in enumerate(in_order)}


@lru_cache(maxsize=4096)
def natural(text: str) -> _Natural:
    """How a browser sorts a name among others (`localeCompare` with `numeric`), close enough for Latin letters."""
    pieces = [
        _weigh(piece) for piece in _PIECES.findall(text) if unicodedata.category(piece[0]) not in {"Cc", "Cf"}
    ]
    primary = tuple(weight for weights, _, _ in pieces for weight in weights)
    return primary, tuple(marks for _, marks, _ in pieces), tuple(upper for _, _, upper in pieces)


@lru_cache(maxsize=1024)
def _weigh(piece: str) -> tuple[tuple[_Weight, ...], str, bool]:
    """What a character or a run of digits weighs: itself, its accents, whether it is a capital."""
    if piece[0].isdecimal():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in piece).lstrip("0")
        return ((1, len(digits), digits),), "", False
    plain = unicodedata.normalize("NFKD", piece)
    marks = "".join(char for char in plain if unicodedata.combining(char))
    letters = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return tuple(_letter(char) for char in letters), marks, piece != piece.lower()


def _letter(char: str) -> _Weight:
    if char in _PUNCTUATION:
        return 0, _PUNCTUATION.index(char), ""
    if unicodedata.category(char)[0] in "PSZ":
        return 0, len(_PUNCTUATION), char
    return (1, 1, char) if char.isdecimal() else (2, 0, char)
