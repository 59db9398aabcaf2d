"""Every rule has a record that says why it matters and how to fix what it finds."""

from __future__ import annotations

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

import reconciler
from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.rules import Rule, all_rules, diagnostic, explain_rule, near_rules
from reconciler.connectors.lint.subject import Subject
from reconciler.manifests import rules as input_rules
from reconciler.model.diagnostic import Severity

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


def test_rules_that_the_program_uses_are_those_that_have_a_record() -> None:
    used = set(chain.from_iterable(ids_in(source) for source in SOURCES))
    assert used == {rule.id for rule in all_rules()}


def test_no_two_rules_have_one_title() -> None:
    assert len({rule.title for rule in all_rules()}) == len(all_rules())


@pytest.mark.parametrize("facts", all_rules(), ids=lambda facts: facts.id)
def test_a_record_is_made_of_sentences(facts: Rule) -> None:
    assert RULE_ID.fullmatch(facts.id)
    assert facts.title
    assert not facts.title.endswith(".")
    for sentence in (facts.why, facts.fix):
        assert sentence.endswith(".")
        assert len(sentence.split()) > 2
        assert "\n" not in sentence
    assert facts.example
    assert facts.example.strip() == facts.example


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


def test_findings_are_sorted_and_each_is_told_once(make) -> None:  # type: ignore[no-untyped-def]
    found = [diagnostic("R501", where, message) for where, message in (("/b", "x"), ("/a", "y"), ("/b", "x"))]
    assert lint(Subject(make()), (lambda _: iter(found),)) == (found[1], found[0])
