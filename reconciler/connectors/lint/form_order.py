"""What Airbyte's form makes of the members of an object: which are shown, which are open, and in which order. Pure.

As the form of the embedded widget does it (platform v2.0.0: schemaToFormBlock, OrderComparator, useGroupsAndSections) with the
specification as the server returns it: groups first, then what is open before what is collapsed, numbered before unnumbered, then by name.
Fields with the same number keep the order in which the server returns them.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from reconciler.connectors.lint.place import fixed, is_marked_secret, served, texts
from reconciler.connectors.server.absent import ABSENT
from reconciler.model.json_value import JsonObject, JsonValue

_MAX_FLOAT = sys.float_info.max
_DEFAULT = "default"
_ADVANCED = "advanced"
_PIECES = re.compile(r"\d+|\D", re.S)
# How ICU sorts what is neither a letter nor a digit, recorded with Intl.Collator of Node 20 (`tests/lint/browser_facts.json`).
_PUNCTUATION = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"

# A name as browsers compare it: digits as one number, then accents, then letter case.
_Weight = tuple[int, int, str]
_Natural = tuple[tuple[_Weight, ...], tuple[str, ...], tuple[bool, ...]]


def ordered_fields(schema: JsonObject, *, is_root: bool = False) -> list[tuple[str, JsonObject]]:
    """The visible fields of an object schema with their names, in the order of the form."""
    return [(name, field) for name, field in ordered_blocks(schema, is_root=is_root) if is_shown(field)]


def ordered_blocks(schema: JsonObject, *, is_root: bool = False) -> list[tuple[str, JsonObject]]:
    """`ordered_fields` with the constants among them: they are not drawn, and still have a place.

    Groups count at the root only. A field that is described as `true` has the empty schema.
    """
    required = frozenset(texts(schema.get("required")))
    blocks = [(name, part if isinstance(part, dict) else {}) for name, part in served(schema)]
    blocks = [(name, block) for name, block in blocks if not is_hidden(block)]
    if len(blocks) > 1:
        blocks.sort(key=lambda block: _place(*block, required=block[0] in required))
    if is_root:
        ranks = _group_ranks(schema, [group_of(block) for _, block in blocks])
        blocks.sort(key=lambda block: ranks[group_of(block[1])])
    return blocks


def is_shown(schema: JsonValue) -> bool:
    """Whether the form shows a field at all: neither hidden nor a constant."""
    if not isinstance(schema, dict):
        return True
    return not is_hidden(schema) and (not _is_single(schema) or fixed(schema) is ABSENT)


def takes_secret(schema: JsonObject) -> bool:
    """Whether what is typed into a field, or into an entry of its list, is marked secret."""
    items = schema.get("items")
    return is_marked_secret(schema) or (isinstance(items, dict) and is_marked_secret(items))


def is_hidden(schema: JsonObject) -> bool:
    """Whether a field or an option is marked `airbyte_hidden`."""
    return is_set(schema.get("airbyte_hidden"))


def is_choice(schema: JsonObject) -> bool:
    """Whether the form shows a selector: any `oneOf` with options, whatever else the field says."""
    options = schema.get("oneOf")
    return isinstance(options, list) and bool(options)


def is_group(schema: JsonObject) -> bool:
    """Whether the form shows the fields of an object in its place."""
    return schema.get("type") == "object" and not is_choice(schema)


def is_item_list(schema: JsonObject) -> bool:
    """Whether the form shows a list of objects."""
    items = schema.get("items")
    is_list = schema.get("type") == "array" and isinstance(items, dict) and items.get("type") == "object"
    return is_list and not is_choice(schema)


def is_always_shown(schema: JsonObject) -> bool:
    """Whether an optional field stands among the open ones."""
    return is_set(schema.get("always_show"))


def is_open(schema: JsonObject, *, required: bool) -> bool:
    """Whether a field stands among the open ones; the others are collapsed under "Optional fields"."""
    is_part = is_choice(schema) or is_group(schema) or fixed(schema) is not ABSENT
    return required or is_part or is_always_shown(schema)


def is_set(value: JsonValue) -> bool:
    """JavaScript's truth, which is what the form asks: an empty list or object is true there."""
    return isinstance(value, list | dict) or bool(value)


def group_of(schema: JsonObject) -> str:
    """The id of the group (a card of the form) of a top-level field: `default` for one that names none."""
    group = schema.get("group")
    return group if isinstance(group, str) and group else _DEFAULT


def order_of(schema: JsonObject) -> float | None:
    """The number that a field is sorted by: a whole one; anything else is no order, as is one beyond every float."""
    value = schema.get("order")
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not -_MAX_FLOAT <= value <= _MAX_FLOAT
    ):
        return None
    return float(value) if isinstance(value, int) or value.is_integer() else None


def _is_single(schema: JsonObject) -> bool:
    return not (is_choice(schema) or is_group(schema) or is_item_list(schema))


def _place(name: str, schema: JsonObject, *, required: bool) -> tuple[bool, bool, float, _Natural]:
    order = order_of(schema)
    by_name = natural(name) if order is None else ((), (), ())
    return not is_open(schema, required=required), order is None, order or 0.0, by_name


def _group_ranks(schema: JsonObject, used: list[str]) -> dict[str, int]:
    """The listed groups, then the others by name; `advanced` is last even when it is listed.

    Without a list the fields that name no group come first; with one they are just a group called `default`.
    """
    listed = schema.get("groups")
    ids = (
        [group.get("id") for group in listed if isinstance(group, dict)]
        if isinstance(listed, list)
        else [_DEFAULT]
    )
    known = {group: rank for rank, group in enumerate(ids) if isinstance(group, str)}
    in_order = sorted(
        dict.fromkeys(used),
        key=lambda group: (group == _ADVANCED, known.get(group, len(ids)), natural(group)),
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
    if char.isdecimal():
        return 1, 1, char
    return 2, 0, char
