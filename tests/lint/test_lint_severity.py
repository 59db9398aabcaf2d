"""The project's own severities, and what may not be changed; repeats of the verdict."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.rules import apply_severities, severity_refusal
from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Manifest

TITLE = Diagnostic("/a", "R505", "no title", severity=Severity.WARNING)
TYPE = Diagnostic("/b/type", "R521", "another type")
STORED = Diagnostic("/c", "R603", "stored in clear", severity=Severity.WARNING)
SECRET = Diagnostic("/d", "R601", "a literal secret")


def test_without_overrides_nothing_changes() -> None:
    assert apply_severities((TITLE, SECRET), {}) == ((TITLE, SECRET), 0)


def test_what_is_ignored_is_counted() -> None:
    assert apply_severities((TITLE, TYPE, TITLE, STORED), {"R505": "ignore", "R603": "ignore"}) == (
        (TYPE,),
        3,
    )


def test_severities_are_raised_and_lowered() -> None:
    kept, suppressed = apply_severities(
        (TITLE, TYPE, STORED), {"R505": "error", "R521": "warning", "R603": "error"}
    )
    assert [(advice.rule, advice.severity) for advice in kept] == [
        ("R505", Severity.ERROR),
        ("R521", Severity.WARNING),
        ("R603", Severity.ERROR),
    ]
    assert suppressed == 0


def test_an_error_of_a_rule_that_only_warns_otherwise_stays() -> None:
    certain = Diagnostic("/c", "R603", "certain this time", severity=Severity.ERROR)
    assert apply_severities((certain,), {"R603": "ignore"}) == ((certain,), 0)


@pytest.mark.parametrize(("rule", "choice", "verb"), [
    ("R601", "ignore", "ignored"),
    ("R602", "warning", "made a warning"),
    ("R606", "ignore", "ignored"),
    ("R420", "ignore", "ignored"),
    ("R402", "warning", "made a warning"),
])  # fmt: skip
def test_facts_cannot_be_ignored_or_lowered(rule: str, choice: str, verb: str) -> None:
    refusal = severity_refusal(rule, choice)
    assert refusal is not None
    assert refusal.message.startswith(f"{rule} (")
    assert refusal.message.endswith(f") cannot be {verb}: a create cannot be undone, and git keeps secrets")
    assert refusal.help.startswith("remove the setting; ")


@pytest.mark.parametrize(("rule", "choice", "message", "mend"), [
    ("R555", "ignore", 'there is no rule "R555"', "did you mean R5"),
    ("r505", "ignore", 'there is no rule "r505"', "did you mean R505?"),
    ("title", "ignore", 'there is no rule "title"', "`reconciler explain` lists all rules"),
    ("R505", "info", 'the severity of R505 cannot be "info"', "write error, warning or ignore"),
    ("R102", "ignore", "R102 (unknown field) is no lint rule: without it the input cannot be read", "remove the setting; only"),
])  # fmt: skip
def test_other_overrides_that_are_not_followed(rule: str, choice: str, message: str, mend: str) -> None:
    refusal = severity_refusal(rule, choice)
    assert refusal is not None
    assert (refusal.place, refusal.rule, refusal.message) == (f"/rules/{rule}", "R304", message)
    assert refusal.help.startswith(mend)


@pytest.mark.parametrize(
    ("rule", "choice"), [("R505", "ignore"), ("R521", "ignore"), ("R601", "error"), ("R604", "ignore")]
)
def test_overrides_that_are_followed(rule: str, choice: str) -> None:
    assert severity_refusal(rule, choice) is None


FORM = {
    "type": "object",
    "properties": {"x": {"title": "X", "type": "string"}, "y": {"title": "Y", "type": "integer"}},
}
SPEC = {
    "type": "object",
    "required": ["z"],
    "properties": {"y": {"type": "string"}, "z": {"type": "string"}},
}
PROPERTIES = "/spec/partialUserConfigSpec/connectionSpecification/properties"


def test_what_the_verdict_says_at_the_same_place_is_not_said_twice(make: Callable[..., Manifest]) -> None:
    wanted = make(FORM, spec=SPEC, presets={"w": 1})
    verdict = (
        Diagnostic(f"{PROPERTIES}/x", "R404", "refused"),
        Diagnostic(f"{PROPERTIES}/y", "R405", "refused"),
        Diagnostic("/spec/connector", "R402", "refused"),
        Diagnostic("/spec/partialDefaultConfig/w", "R401", "refused"),
    )
    alone = [each.rule for each in lint(Subject(wanted))]
    assert alone == ["R530", "R523", "R520", "R521"]
    assert lint(Subject(wanted, named=verdict)) == ()
    elsewhere = (
        Diagnostic(f"{PROPERTIES}/v", "R404", "refused"),
        Diagnostic(f"{PROPERTIES}/v", "R405", "refused"),
    )
    assert [each.rule for each in lint(Subject(wanted, named=elsewhere))] == alone
