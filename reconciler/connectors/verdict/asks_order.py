"""The order in which Airbyte's form shows its fields, and which it does not show. Pure.

As the form of the embedded widget does it (platform v2.0, OrderComparator and useGroupsAndSections): groups first, then
what is open before what is collapsed, numbered before unnumbered, then by name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from reconciler.connectors.lint.place import members, texts
from reconciler.model.json_value import JsonObject, JsonValue

_DIGITS = re.compile(r"(\d+)")
_MAX_DIGITS = 300
_MAX_FLOAT = sys.float_info.max

# How names are compared: runs of digits as numbers, letters without case.
_Natural = tuple[tuple[bool, int, str], ...]


def ordered_fields(schema: JsonObject, *, is_root: bool = False) -> list[tuple[str, JsonObject]]:
    """The visible fields of an object schema with their names, in the order of the form.

    Groups count at the root only. A field that is described as `true` has the empty schema.
    """
    required = frozenset(texts(schema.get("required")))
    fields = [(name, value if isinstance(value, dict) else {}) for name, value in members(schema).items()]
    shown = [(name, field) for name, field in fields if is_shown(field)]
    if len(shown) < 2:
        return shown
    if is_root and any("group" in field for _, field in shown):
        ranks = _group_ranks(schema, (field for _, field in shown))
        return sorted(
            shown, key=lambda pair: (ranks[group_of(pair[1])], *_place(*pair, required=pair[0] in required))
        )
    return sorted(shown, key=lambda pair: _place(*pair, required=pair[0] in required))


def is_shown(schema: JsonValue) -> bool:
    """Whether the form shows a field at all: neither hidden nor a constant."""
    if not isinstance(schema, dict):
        return True
    if _is_set(schema.get("airbyte_hidden")):
        return False
    return is_choice(schema) or schema.get("type") == "object" or not _is_constant(schema)


def is_choice(schema: JsonObject) -> bool:
    """Whether the form shows a selector: any `oneOf` with options, whatever else the field says."""
    options = schema.get("oneOf")
    return isinstance(options, list) and bool(options)


def is_always_shown(schema: JsonObject) -> bool:
    """Whether an optional field stands among the open ones."""
    return _is_set(schema.get("always_show"))


def is_open(schema: JsonObject, *, required: bool) -> bool:
    """Whether a field stands among the open ones; the others are collapsed under "Optional fields"."""
    return required or is_choice(schema) or schema.get("type") == "object" or is_always_shown(schema)


def _is_constant(schema: JsonObject) -> bool:
    """A `const`, or an enumeration of one value that is the default."""
    enum = schema.get("enum")
    is_single = isinstance(enum, list) and len(enum) == 1 and schema.get("default") is not None
    return "const" in schema or is_single


def _place(name: str, schema: JsonObject, *, required: bool) -> tuple[bool, bool, float, _Natural]:
    order = _order(schema.get("order"))
    return not is_open(schema, required=required), order is None, order or 0.0, _natural(name)


def _order(value: JsonValue) -> float | None:
    """A whole number; anything else is no order, as is one beyond every float."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not -_MAX_FLOAT <= value <= _MAX_FLOAT
    ):
        return None
    return float(value) if isinstance(value, int) or value.is_integer() else None


def _natural(text: str) -> _Natural:
    if text.isalpha():
        return ((True, 0, text.lower()),)
    return tuple(_natural_part(part) for part in _DIGITS.split(text.lower()) if part)


def _natural_part(part: str) -> tuple[bool, int, str]:
    """A run of digits as a number; one of thousands, which Python refuses to convert, as text."""
    is_number = part.isdecimal() and len(part) <= _MAX_DIGITS
    return not is_number, int(part) if is_number else 0, part


def group_of(schema: JsonObject) -> str | None:
    """The id of the group (a card of the form) that a top-level field names; None without one."""
    group = schema.get("group")
    return group if isinstance(group, str) else None


def _group_ranks(schema: JsonObject, fields: Iterable[JsonObject]) -> dict[str | None, int]:
    """Named groups in the order of `groups`, then those it does not name, then the fields without a group."""
    listed = schema.get("groups")
    known = (
        [group.get("id") for group in listed if isinstance(group, dict)] if isinstance(listed, list) else []
    )
    named = {group for group in map(group_of, fields) if group is not None}
    declared = [group for group in known if isinstance(group, str)]
    order = [*declared, *sorted(named.difference(declared), key=_natural)]
    ranks: dict[str | None, int] = {group: rank for rank, group in enumerate(dict.fromkeys(order))}
    ranks[None] = len(ranks)
    return ranks


def _is_set(value: JsonValue) -> bool:
    """JavaScript's truth, which is what the form asks: an empty list or object is true there."""
    return isinstance(value, list | dict) or bool(value)
