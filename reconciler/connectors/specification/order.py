"""The fields of an object in the order of the widget's form. Pure.

As the embedded widget does it (platform v2.0.0: OrderComparator, useGroupsAndSections) with the specification as the server returns it:
groups first, then what is open before what is collapsed, numbered before unnumbered, then by name. Fields with the same number keep the
order in which the server returns them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from reconciler.connectors.specification.schema import (
    group_of,
    is_hidden,
    is_open,
    objects,
    order_of,
    required_names,
    served,
)
from reconciler.model.json_value import JsonObject

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
    if len(blocks) > 1:
        blocks.sort(key=lambda block: _place(*block, required=block[0] in required))
    if is_root:
        ranks = _group_ranks(schema, [group_of(block) for _, block in blocks])
        blocks.sort(key=lambda block: ranks[group_of(block[1])])
    return blocks


def _place(name: str, schema: JsonObject, *, required: bool) -> tuple[bool, bool, float, _Natural]:
    order = order_of(schema)
    by_name = natural(name) if order is None else ((), (), ())
    return not is_open(schema, required=required), order is None, order or 0.0, by_name


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
