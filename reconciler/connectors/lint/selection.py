"""Which findings are shown and how severe they are: the project's own severities, and not more than anybody reads. Pure.

Lint is opinion and can be changed. What the server will refuse or destroy (R4xx) and secrets in git (R6xx) are facts: their errors stay
errors, because a create cannot be taken back and git forgets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from reconciler.connectors.lint.rules import Rule, explain_rule, near_rules
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin, Severity, SeverityChoice

MAX_FINDINGS = 100
"""As many as are shown of one file when it is read."""

_CHOICES: tuple[SeverityChoice, ...] = get_args(SeverityChoice)
_PROJECT_FILE = Origin("reconciler.yaml", 0, 0)
_FACTS = ("R4", "R6")
_CHANGEABLE = ("R4", "R5", "R6")


@dataclass(frozen=True)
class SeverityRefusal:
    """An override that is not followed: for which rule, why, and what to do instead."""

    rule: str
    message: str
    help: str


def severity_refusal(rule_id: str, choice: str) -> SeverityRefusal | None:
    """Why this override is not followed; None when it is."""
    rule = explain_rule(rule_id)
    if rule is None or rule.id != rule_id:
        near = [rule.id] if rule is not None else list(near_rules(rule_id))
        meant = f"did you mean {' or '.join(near)}?" if near else "`reconciler explain` lists all rules"
        return SeverityRefusal(rule_id, f'there is no rule "{rule_id[:40]}"', meant)
    if choice not in _CHOICES:
        message = f'the severity of {rule_id} cannot be "{choice[:40]}"'
        return SeverityRefusal(rule_id, message, f"write {', '.join(_CHOICES[:-1])} or {_CHOICES[-1]}")
    if not rule_id.startswith(_CHANGEABLE):
        message = f"{rule_id} ({rule.title}) is no lint rule: without it the input cannot be read"
        help_text = "remove the setting; only R4xx, R5xx and R6xx have severities"
        return SeverityRefusal(rule_id, message, help_text)
    if choice != "error" and _is_fact(rule):
        verb = "ignored" if choice == "ignore" else "made a warning"
        message = (
            f"{rule_id} ({rule.title}) cannot be {verb}: a create cannot be undone, and git keeps secrets"
        )
        return SeverityRefusal(rule_id, message, f"remove the setting; {rule.fix[0].lower()}{rule.fix[1:]}")
    return None


def _is_fact(rule: Rule) -> bool:
    return rule.id.startswith(_FACTS) and rule.severity is Severity.ERROR


def apply_severities(
    found: tuple[Diagnostic, ...], overrides: Mapping[str, SeverityChoice]
) -> tuple[tuple[Diagnostic, ...], int]:
    """The findings with the project's severities, in their order, and how many were ignored.

    Raises InvalidInput with a problem for each override that is not followed, whether or not its rule has found anything.
    """
    refusals = [
        each for rule, choice in sorted(overrides.items()) if (each := severity_refusal(rule, choice))
    ]
    if refusals:
        raise InvalidInput(tuple(Diagnostic(_PROJECT_FILE, "R304", r.message, r.help) for r in refusals))
    kept = tuple(changed for each in found if (changed := _changed(each, overrides)) is not None)
    return kept, len(found) - len(kept)


def _changed(found: Diagnostic, overrides: Mapping[str, SeverityChoice]) -> Diagnostic | None:
    choice = overrides.get(found.rule)
    # A warning of such a rule can be an error in a single case, and that case stays.
    if choice is None or (found.rule.startswith(_FACTS) and found.severity is Severity.ERROR):
        return found
    return None if choice == "ignore" else replace(found, severity=Severity(choice))


def bounded(found: tuple[Diagnostic, ...], most: int = MAX_FINDINGS) -> tuple[Diagnostic, ...]:
    """The first `most` findings, errors before warnings, in their order; the rest as a number in a last one.

    At least one error is always shown. That last one is an error when any that it counts is one, so nothing is milder for
    being long.
    """
    if len(found) <= most:
        return found
    by_weight = sorted(range(len(found)), key=lambda at: (found[at].severity is not Severity.ERROR, at))
    number = max(most, int(found[by_weight[0]].severity is Severity.ERROR))
    shown, others = sorted(by_weight[:number]), by_weight[number:]
    if not others:
        return found
    message = f"and {len(others)} more {'finding' if len(others) == 1 else 'findings'} in this manifest"
    pointer = found[shown[-1]].pointer if shown else ""
    # Sorted by weight: the first of the others is an error if any is.
    severity = found[others[0]].severity
    last = Diagnostic(pointer, "R999", message, "correct those above first", severity)
    return (*(found[at] for at in shown), last)
