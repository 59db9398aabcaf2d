"""Regular expressions and names as a real JavaScript engine judged them (`record_browser_facts.js` records them again)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.lint.browser_regex import letters_in_browsers, refusal_of_browsers
from reconciler.connectors.specification.form import natural

FACTS = json.loads(Path(__file__).with_name("browser_facts.json").read_text(encoding="utf-8"))


def test_the_recorded_facts_hold_patterns_of_both_kinds() -> None:
    verdicts = list(FACTS["patterns"].values())
    assert min(verdicts.count(True), verdicts.count(False)) > 150


@pytest.mark.parametrize("pattern", FACTS["patterns"])
def test_a_pattern_is_refused_exactly_when_the_engine_refuses_it(pattern: str) -> None:
    assert (refusal_of_browsers(pattern) == "") is FACTS["patterns"][pattern]


@given(st.text("ab()[]{}<>?:=!*+|^$\\-,.0123kxucdDpP😀", max_size=30))
def test_every_text_is_judged_in_few_words(pattern: str) -> None:
    assert len(refusal_of_browsers(pattern)) < 80


def test_a_long_pattern_with_many_groups_is_judged_without_recursion() -> None:
    assert refusal_of_browsers("(" * 20_000 + ")" * 20_000) == ""
    assert refusal_of_browsers("[" * 100_000) == "a `[` is not closed"


def test_letters_are_named_once_and_a_written_backslash_is_none() -> None:
    assert letters_in_browsers(r"\A\p{L}\p{L}\\z\z") == (r"\A", r"\p", r"\z")
    assert letters_in_browsers(r"^\d\p$") == ()


def test_names_are_sorted_as_the_engine_sorts_them() -> None:
    names = list(FACTS["names"])
    random.Random(7).shuffle(names)
    assert sorted(names, key=natural) == FACTS["names"]
