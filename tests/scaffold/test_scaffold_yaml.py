"""Values as YAML that the strict reader takes for exactly these values, and comments that nothing can break out of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.scaffold.yaml_text import (
    WIDTH,
    explained,
    is_key,
    is_writable,
    member_lines,
    offered,
    one_line,
)
from reconciler.manifests.document import NoSubstitutions
from reconciler.manifests.limits import Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import read_documents
from reconciler.model.json_value import JsonValue, canonical_json

NO_TAGS = NoSubstitutions("R0", ("a variable", ""), ("an include", ""))
"""A tag that came about from a text would be refused here."""


def strictly_read(text: str) -> JsonValue:
    log = ProblemLog("x.yaml")
    documents = read_documents(text.encode(), log, NO_TAGS, Budget(), is_json=False)
    assert log.problems() == ()
    (document,) = documents
    return document.value


AMBIGUOUS = [
    "yes",
    "No",
    "on",
    "y",
    "012",
    "0x1F",
    "1e3",
    "1:20",
    "1_000",
    "2024-01-01",
    "~",
    "null",
    "",
    "<<",
    "=",
    ".inf",
]
BREAKING = [
    "a: b",
    "a #b",
    "- a",
    "? a",
    "--- a",
    "...",
    "*a",
    "&a",
    "!env X",
    "%TAG",
    "@a",
    "`a",
    "[a",
    "{a",
    "|",
    ">",
    "'",
    '"',
]
SPACED = [
    " a",
    "a ",
    "a  b",
    "a\n",
    "\na",
    "a\n\n b",
    "\ta",
    "a\r\nb",
    "\x85",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\x00"[:0],
]
TEXTS = st.sampled_from([*AMBIGUOUS, *BREAKING, *SPACED, "word " * 60, ("x y\n " * 50)]) | st.text(
    max_size=200
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(TEXTS, VALUES)
def test_whatever_is_written_is_read_back_as_the_same_value(key: str, value: Any) -> None:
    if is_key(key) and is_writable(value):
        text = "\n".join(member_lines(key, value, 0)) + "\n"
        assert canonical_json(strictly_read(text)) == canonical_json({key: value})


@given(TEXTS)
def test_no_text_breaks_out_of_a_comment(text: str) -> None:
    lines = explained(text, 2, further=2)
    assert all(line.startswith("  ##") and line.isprintable() for line in lines)
    assert strictly_read("\n".join(["a: 1", *lines, "b: 2", ""])) == {"a": 1, "b": 2}


@pytest.mark.parametrize("text", [*AMBIGUOUS, *BREAKING])
def test_text_that_yaml_could_take_for_something_else_is_quoted(text: str) -> None:
    assert member_lines("k", text, 0)[0][3] in "\"'"


def test_ordinary_text_needs_no_quotes() -> None:
    assert member_lines("start_date", "Replicate from (UTC)", 2) == ["  start_date: Replicate from (UTC)"]


def test_patterns_are_written_without_doubled_backslashes() -> None:
    assert member_lines("k", r"^\d{4}$", 0) == [r"k: '^\d{4}$'"]


@pytest.mark.parametrize(
    "value",
    ["\0", "\ud800", 2**53, -(2**53), float("inf"), float("nan"), {"k" * 201: 1}, [{"a": "\0"}], {"\0": 1}],
)
def test_what_no_manifest_can_hold_is_not_writable(value: Any) -> None:
    assert not is_writable(value)


@pytest.mark.parametrize("value", [2**53 - 1, 1e308, 1e-7, {"k" * 200: [None, True]}, ""])
def test_what_a_manifest_can_hold_is_writable(value: Any) -> None:
    assert is_writable(value)
    assert canonical_json(strictly_read("\n".join(member_lines("v", value, 0)))) == canonical_json(
        {"v": value}
    )


def test_nesting_is_writable_up_to_its_limit_only() -> None:
    value: JsonValue = []
    for _ in range(23):
        value = [value]
    assert is_writable(value)
    assert not is_writable([value])


@pytest.mark.parametrize("text", ["many words " * 40, "many  words " * 40, "line one\nline two " * 30])
def test_long_text_is_wrapped(text: str) -> None:
    lines = member_lines("description", text.strip(), 6)
    assert len(lines) > 3
    assert max(map(len, lines)) <= WIDTH + 1


def test_long_lists_are_wrapped() -> None:
    values: list[JsonValue] = [f"value-{number}" for number in range(60)]
    lines = member_lines("enum", values, 4)
    assert max(map(len, lines)) <= WIDTH
    assert strictly_read("\n".join(line[4:] for line in lines)) == {"enum": values}


@given(TEXTS, VALUES)
def test_an_offer_is_one_line_and_a_member_once_its_mark_is_taken_away(key: str, value: Any) -> None:
    if is_key(key) and is_writable(value):
        line = offered(key, value, 2, end=",")
        assert line.startswith("  # ")
        assert len(line.splitlines()) == 1
        text = f"a: {{\n  {line[4:]}\n  }}\n"
        assert canonical_json(strictly_read(text)) == canonical_json({"a": {key: value}})


def test_control_and_invisible_characters_are_spelled_out() -> None:
    assert one_line("a\x1b[31m\u202eb\n\tc\u2028d") == "a\\u001b[31m\\u202eb c d"
