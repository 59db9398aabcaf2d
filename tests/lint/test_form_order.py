"""The order in which the widget shows the fields of an object, whatever the order in the manifest is."""

from __future__ import annotations

import random
from typing import Any

import pytest

from reconciler.connectors.specification.form import ordered_blocks
from reconciler.connectors.specification.schema import is_shown


def order(properties: dict[str, Any], *, is_root: bool = False, **schema: Any) -> list[str]:
    names = list(properties)
    random.Random(3).shuffle(names)
    shuffled = {name: properties[name] for name in names}
    blocks = ordered_blocks({"properties": shuffled, **schema}, is_root=is_root)
    return [name for name, block in blocks if is_shown(block)]


def grouped(*groups: str | None) -> dict[str, Any]:
    """Fields called as their groups; `none` for the one that names no group."""
    return {group or "none": {"group": group} if group else {} for group in groups}


def test_fields_of_one_order_come_as_the_server_keeps_them_by_length_and_then_by_bytes() -> None:
    fields = {name: {"order": 1} for name in ("zz", "B", "a", "abc", "é")}
    assert order(fields) == ["B", "a", "zz", "é", "abc"]


def test_names_that_are_array_indexes_come_first_among_fields_of_one_order() -> None:
    fields = {name: {"order": 1} for name in ("b", "10", "9", "01", "4294967295")}
    assert order(fields) == ["9", "10", "b", "01", "4294967295"]


def test_what_is_open_comes_before_what_is_collapsed_and_numbered_before_unnumbered() -> None:
    fields = {
        "optional": {"order": 0},
        "unnumbered": {},
        "needed": {"order": 9},
        "shown": {"always_show": True, "order": 2},
        "choice": {"oneOf": [{}], "order": 3},
        "object": {"type": "object", "order": 4},
        "half": {"order": 1.5},
        "text": {"order": "1"},
    }
    expected = ["shown", "choice", "object", "needed", "optional", "half", "text", "unnumbered"]
    assert order(fields, required=["needed"]) == expected


def test_without_a_list_of_groups_the_fields_without_one_come_first_and_advanced_last() -> None:
    fields = grouped("advanced", "g10", "g2", None, "b")
    assert order(fields, is_root=True) == ["none", "b", "g2", "g10", "advanced"]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], ["auth", "none", "g2", "advanced"]),
        (["advanced", "g2"], ["g2", "auth", "none", "advanced"]),
        (["default", "auth"], ["none", "auth", "g2", "advanced"]),
        (["auth", "g2", "auth"], ["g2", "auth", "none", "advanced"]),
    ],
)
def test_with_a_list_the_others_are_sorted_and_advanced_is_last_even_when_it_is_listed(
    listed: list[str], expected: list[str]
) -> None:
    groups: list[Any] = [{"id": name} for name in listed]
    fields = grouped("advanced", "auth", None, "g2")
    assert order(fields, is_root=True, groups=[*groups, {"title": "no id"}, "text"]) == expected


def test_inside_of_an_object_groups_have_no_effect() -> None:
    assert order(grouped("advanced", "b", None)) == ["advanced", "b", "none"]


def test_hidden_fields_and_constants_are_left_out_and_an_object_with_a_constant_is_not() -> None:
    fields = {
        "hidden": {"airbyte_hidden": True},
        "false": {"const": False},
        "null": {"const": None},
        "one": {"enum": [0], "default": 0},
        "open": {"enum": [0], "default": None},
        "object": {"type": "object", "const": {}},
        "list": {"type": "array", "items": {"type": "object"}, "const": []},
    }
    assert order(fields) == ["list", "object", "open"]
