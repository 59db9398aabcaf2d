"""Every rule has a record that says why it matters and how to fix what it finds."""

from __future__ import annotations

import ast
import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

import reconciler
from reconciler.connectors.lint.lint import LINT_RULES, lint
from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.rule_catalogue import all_rules, explain_rule, near_rules
from reconciler.connectors.lint.secret_guard import SECRET_RULES
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.verdict.rules import VERDICT_RULES
from reconciler.manifests import rules as input_rules
from reconciler.model.diagnostic import Diagnostic, Severity

RULE_ID = re.compile(r"R\d{3}")
SOURCES = sorted(Path(reconciler.__file__).parent.rglob("*.py"))


def ids_in(source: Path) -> set[str]:
    """The rule ids that stand as texts of their own in a module."""
    constants = (
        node.value
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    )
    return {value for value in constants if isinstance(value, str) and RULE_ID.fullmatch(value)}


def test_every_rule_of_the_manifests_has_a_record() -> None:
    ids = {value for name, value in vars(input_rules).items() if name.isupper()}
    assert ids - {facts.id for facts in all_rules()} == set()


def test_every_rule_id_anywhere_in_the_program_has_a_record() -> None:
    used = set(chain.from_iterable(ids_in(source) for source in SOURCES))
    assert used - {facts.id for facts in all_rules()} == set()


def test_no_id_is_given_out_twice() -> None:
    given = [rule.facts.id for rule in LINT_RULES]
    given += [facts.id for facts in (*SECRET_RULES, *VERDICT_RULES)]
    assert [rule for rule, number in Counter(given).items() if number > 1] == []
    assert len({facts.title for facts in all_rules()}) == len(all_rules())


@pytest.mark.parametrize("facts", all_rules(), ids=lambda facts: facts.id)
def test_a_record_is_made_of_sentences(facts: RuleFacts) -> None:
    assert RULE_ID.fullmatch(facts.id)
    assert facts.title
    assert not facts.title.endswith(".")
    for sentence in (facts.why, facts.mend):
        assert sentence.endswith(".")
        assert len(sentence.split()) > 2
        assert "\n" not in sentence
    assert facts.example.strip() == facts.example
    assert facts.example


def test_rules_are_found_in_any_letter_case() -> None:
    facts = explain_rule(" r601 ")
    assert facts is not None
    assert (facts.id, facts.severity) == ("R601", Severity.ERROR)


def test_an_unknown_rule_is_none_and_has_near_misses() -> None:
    assert explain_rule("R5050") is None
    assert "R505" in near_rules("R5050")
    assert near_rules("hello") == ()


def test_rules_are_sorted_by_id() -> None:
    ids = [facts.id for facts in all_rules()]
    assert ids == sorted(ids)
    assert ids[0] == "R001"


def test_advice_is_sorted_and_each_finding_told_once(make) -> None:  # type: ignore[no-untyped-def]
    facts = LINT_RULES[0].facts
    twice = LintRule(
        facts, lambda _: iter((facts.advice("/b", "x"), facts.advice("/a", "y"), facts.advice("/b", "x")))
    )
    assert lint(Subject(make()), (twice,)) == (Diagnostic("/a", "R501", "y"), Diagnostic("/b", "R501", "x"))
