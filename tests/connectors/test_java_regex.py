"""Searching as Java does, and in a time that no expression can blow up."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import finds, java_pattern, java_search
from reconciler.connectors.server.work import NotKnown, TooMuchWork, Work

PIECES = (
    "a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", "(a)", "(?:b|ab)", "(a|)", "a*", "b+?", "a?",
    "(ab){0,2}", "a{2}", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", "(?:a*b)*", "(a|b)+", "(?:a+)+", "(|a){3}",
    "(a?){2,}", "|", r"\.", "(?:^a)?", "(?:[ab]+[^c])*", r"(?<=a\b)", "(?i:A)", "(?!(?:ab)+1)", "(?<!ab)",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.text("ab.1 ", max_size=9))
def test_following_all_ways_at_once_finds_what_a_backtracking_matcher_finds(
    pieces: list[str], text: str
) -> None:
    pattern = "".join(pieces)
    expected = re.search(pattern, text, re.ASCII) is not None
    # Pythons disagree about \B and \b in the empty text.
    assert java_search(pattern, text) in (expected, None if not text else expected)


REAL = (
    (r"^https?://[\w.-]+(:\d+)?(/[\w.-]+)*/?$", "https://api.example.com:8080/a/b-c/d.e/", True),
    (r"^https?://[\w.-]+(:\d+)?(/[\w.-]+)*/?$", "https://api.example.com:8080/a/b-c/d e/", False),
    (r"^([\w.-]+/(\*|[\w.-]+(?<!\.git))\s+)*[\w.-]+/(\*|[\w.-]+(?<!\.git))$", "airbytehq/airbyte airbytehq/*  other/repo", True),
    (r"^([\w.-]+/(\*|[\w.-]+(?<!\.git))\s+)*[\w.-]+/(\*|[\w.-]+(?<!\.git))$", "airbytehq/airbyte.git other/repo", False),
    (r"^\w+=(?:[\w,:*]|%20)+(&(?!key)\w+=(?:[\w,:*]|%20)+)*$", "a=b%20c&d=e,f:*&g=h", True),
    (r"^\w+=(?:[\w,:*]|%20)+(&(?!key)\w+=(?:[\w,:*]|%20)+)*$", "a=b%20c&key=e,f:*&g=h", False),
)  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "found"), REAL)
def test_patterns_of_real_connectors_are_decided(pattern: str, text: str, found: bool) -> None:
    assert java_search(pattern, text) is found


HOSTILE = (
    ("(a+)+$", "a" * 60 + "!"), ("^(a|a)*$", "a" * 60 + "!"), ("^(a?){60}a{60}$", "a" * 59),
    (".*.*.*.*.*.*.*x", "a" * 5_000), (r"\s+$", " " * 500_000 + "x"),
    ("(?:(?:a*)*)*b", "a" * 10_000), ("(.*)*=", "a" * 100_000), (r"(\w+\s?)*!", "word " * 20_000),
    ("(?=(a+)+$)b", "a" * 60 + "!"), ("(a*)*" * 500, "a" * 100),
    ("((a{0,99}){0,99}){0,99}b", "a" * 3_000), ("a{9999}{9999}b", "a" * 500), ("(x|y)*" * 2_000, "xy" * 50),
    ("(" * 90 + "a+" + ")+" * 90 + "b", "a" * 50), ("[" * 5_000, "a"), ("a{2147483647}", "a" * 100_000),
    (r"(a+)\1+$", "a" * 5_000 + "!"), ("(?>(a+)+)b", "a" * 60), ("(a++)+b", "a" * 60), ("(?i:(a+)+)$", "a" * 60 + "!"),
    ("[" + "a-b" * 3_000 + "]+c", "a" * 9_000),
    ("a" * 1_000_000, "a"), ("(?:" * 50_000, "a"), ("(?:" + "y|" * 3_000 + "x)*z", "y" * 9_000),
    ("(?m)" + "^(?:a+\r?\n?)*$" * 200 + "b", "a\r\n" * 9_000), ("(?x)" + "(?:a# c\n* )*" * 500 + "b", "a" * 5_000),
    (r"(?iuU)(?:\b\w*\s?)*" * 50 + "!", "\xe9\u212a " * 5_000),
)  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), HOSTILE, ids=[pattern[:24] for pattern, _ in HOSTILE])
def test_no_expression_takes_long_and_none_is_answered_wrongly(pattern: str, text: str) -> None:
    before = time.process_time()
    found = java_search(pattern, text)
    assert time.process_time() - before < 5
    assert found in (False, None) or pattern.startswith(("(a*)*", "(x|y)*"))


def test_a_search_ends_with_the_steps_of_its_check() -> None:
    with pytest.raises(TooMuchWork):
        finds("(?:a|b)*c", "ab" * 5_000, Work(1_000))


@pytest.mark.parametrize(
    "pattern", [r"\p{Sideways}", "(?x)a{1 }", "(?i-x)a", "(?d)a", r"\N{DIGIT ONE}", "(?<=(a+)b)c"]
)
def test_what_java_may_refuse_is_not_known_for_any_text(pattern: str) -> None:
    with pytest.raises(NotKnown):
        finds(pattern, "", Work())


@pytest.mark.parametrize("pattern", ["(?P<name>x)", "(?q)x", "(?iq)[xyz]"])
def test_a_group_that_java_does_not_have_is_refused_also_beside_the_letter_x(pattern: str) -> None:
    with pytest.raises(RefusedPattern):
        java_pattern(pattern)
