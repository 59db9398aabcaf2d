"""The project's own severities: which rules may be raised, lowered or ignored, and doing it. Pure.

Lint is opinion and can be changed. What the server will refuse or destroy (R4xx) and secrets in git (R6xx) are facts: their errors stay
errors, because a create cannot be taken back and git forgets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.connectors.lint.rule import RuleFacts
from reconciler.connectors.lint.rule_catalogue import explain_rule, near_rules
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin, Severity, SeverityChoice

SEVERITY_CHOICES: tuple[SeverityChoice, ...] = ("error", "warning", "ignore")
_PROJECT_FILE = "reconciler.yaml"
_WRONG_SETTING = "R304"
_FACTS = ("R4", "R6")
_CHANGEABLE = ("R4", "R5", "R6")


@dataclass(frozen=True)
class SeverityRefusal:
    """An override that is not followed: for which rule, why, and what to do instead."""

    rule: str
    message: str
    help: str


def severity_refusal(rule_id: str, choice: str) -> SeverityRefusal | None:
    """Why this override is not followed; None when it is. For whoever reads the project file and knows the line."""
    facts = explain_rule(rule_id)
    if facts is None or facts.id != rule_id:
        near = [facts.id] if facts is not None else list(near_rules(rule_id))
        mend = f"did you mean {' or '.join(near)}?" if near else "`reconciler explain` lists all rules"
        return SeverityRefusal(rule_id, f'there is no rule "{rule_id[:40]}"', mend)
    if choice not in SEVERITY_CHOICES:
        message = f'the severity of {rule_id} cannot be "{choice[:40]}"'
        return SeverityRefusal(
            rule_id, message, f"write {', '.join(SEVERITY_CHOICES[:-1])} or {SEVERITY_CHOICES[-1]}"
        )
    if not rule_id.startswith(_CHANGEABLE):
        message = f"{rule_id} ({facts.title}) is no lint rule: without it the input cannot be read"
        return SeverityRefusal(
            rule_id, message, "remove the setting; only R4xx, R5xx and R6xx have severities"
        )
    if choice != "error" and _is_fact(facts):
        verb = "ignored" if choice == "ignore" else "made a warning"
        message = (
            f"{rule_id} ({facts.title}) cannot be {verb}: a create cannot be undone, and git keeps secrets"
        )
        return SeverityRefusal(
            rule_id, message, f"remove the setting; {facts.mend[0].lower()}{facts.mend[1:]}"
        )
    return None


def apply_severities(
    advice: tuple[Diagnostic, ...], overrides: Mapping[str, SeverityChoice]
) -> tuple[tuple[Diagnostic, ...], int]:
    """The advice with the project's severities, in its order, and how many findings were ignored.

    Raises InvalidInput with a problem for each override that is not followed, whether or not its rule has found anything.
    """
    refusals = [
        refusal for rule, choice in sorted(overrides.items()) if (refusal := severity_refusal(rule, choice))
    ]
    if refusals:
        origin = Origin(_PROJECT_FILE, 0, 0)
        raise InvalidInput(tuple(Diagnostic(origin, _WRONG_SETTING, r.message, r.help) for r in refusals))
    kept = tuple(changed for each in advice if (changed := _changed(each, overrides)) is not None)
    return kept, len(advice) - len(kept)


def _changed(advice: Diagnostic, overrides: Mapping[str, SeverityChoice]) -> Diagnostic | None:
    choice = overrides.get(advice.rule)
    # A warning of such a rule can be an error in a single case, and that case stays.
    if choice is None or (advice.rule.startswith(_FACTS) and advice.severity is Severity.ERROR):
        return advice
    return None if choice == "ignore" else replace(advice, severity=Severity(choice))


def _is_fact(facts: RuleFacts) -> bool:
    return facts.id.startswith(_FACTS) and facts.severity is Severity.ERROR
