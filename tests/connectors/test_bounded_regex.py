"""An expression is answered as Python's own matcher answers it, and in a time that none can blow up."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.connectors.server import bounded_regex
from reconciler.connectors.server.bounded_regex import BoundedRegex
from reconciler.connectors.server.java_regex import java_search

PIECES = (
    "a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", "$", "(a)", "(?:b|ab)", "(a|)", "a*", "b+?", "a?",
    "(ab){0,2}", "a{2}", "(?=a)", "(?!b)", "(?<=a)",
    "(?<!b)", "(?:a*b)*", "(a|b)+", "(?:a+)+", "(|a){3}", "(a?){2,}", "|", r"\.", "(?:^a)?", "(?:a|b$)*",
    "(?:[ab]+[^c])*", "(?>a+)", "a*+", r"(?<=a\b)",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), st.text("ab.1\n ", max_size=9))
def test_following_all_ways_at_once_finds_what_the_matcher_finds(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    regex = BoundedRegex(pattern, re.ASCII)
    expected = re.search(pattern, text, re.ASCII) is not None
    assert regex.finds(text) in (expected, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded_regex, "_FEW_WAYS", 0)
        followed = regex.finds(text)
    assume(followed is not None)
    assert followed is expected


@pytest.mark.parametrize("flags", ["(?i)", "(?m)", "(?s)", "(?im)"])
@given(st.text("aB\n", max_size=6))
def test_flags_hold_when_all_ways_are_followed(flags: str, text: str) -> None:
    pattern = f"{flags}^(A|b.)*b$"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded_regex, "_FEW_WAYS", 0)
        assert BoundedRegex(pattern, re.ASCII).finds(text) is (re.search(pattern, text, re.ASCII) is not None)


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
    ("(" * 90 + "a+" + ")+" * 90 + "b", "a" * 50),
    (r"(a+)\1+$", "a" * 5_000 + "!"), ("(?>(a+)+)b", "a" * 60), ("(a++)+b", "a" * 60), ("(?i:(a+)+)$", "a" * 60 + "!"),
    ("[" + "a-b" * 3_000 + "]+c", "a" * 9_000),
    ("a" * 1_000_000, "a"), ("(?:" * 50_000, "a"), ("(?:" + "y|" * 3_000 + "x)*z", "y" * 9_000),
)  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), HOSTILE, ids=[pattern[:24] for pattern, _ in HOSTILE])
def test_no_expression_takes_long_and_none_is_answered_wrongly(pattern: str, text: str) -> None:
    before = time.process_time()
    found = java_search(pattern, text)
    assert time.process_time() - before < 5
    assert found in (False, None) or pattern.startswith(("(a*)*", "(x|y)*"))
