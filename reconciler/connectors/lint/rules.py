"""Every rule of this program: what `reconciler explain` says, how a finding is made, and how severe it is for a project. Pure.

The rules and their texts are data, in one file: `rules.json`. R0xx files and their syntax, R1xx a manifest's fields, R20x variables,
R21x includes and connectors, R22x the lock, R3xx the project file, R4xx what the server will answer, R5xx the form, R6xx secrets.

Lint is opinion and can be changed. What the server will refuse or destroy (R4xx) and secrets in git (R6xx) are facts: their errors stay
errors, because a create cannot be taken back and git forgets nothing.
"""

from __future__ import annotations

import difflib
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from reconciler.model.diagnostic import Diagnostic, Severity, SeverityChoice
from reconciler.model.json_value import escape_segment

MAX_FINDINGS = 100
"""As many as are shown of one file when it is read."""

_CHOICES = ("error", "warning", "ignore")
_FACTS = ("R4", "R6")
_CHANGEABLE = ("R4", "R5", "R6")


@dataclass(frozen=True)
class Rule:
    """One rule. `title` names the case, `why` says what it costs the customer or what the server does, `fix` what to write instead.
    `example` is a short piece of a manifest or of a command line. `severity` is that of a finding that does not say otherwise.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    example: str

    @property
    def is_fact(self) -> bool:
        """Whether its errors stay errors."""
        return self.id.startswith(_FACTS) and self.severity is Severity.ERROR


@cache
def _by_id() -> dict[str, Rule]:
    texts = json.loads(pkgutil.get_data(__package__, "rules.json") or b"{}")
    return {
        rule: Rule(
            rule, it["title"], Severity(it["severity"]), it["why"], it["fix"], "\n".join(it["example"])
        )
        for rule, it in sorted(texts.items())
    }


def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id."""
    return tuple(_by_id().values())


def explain_rule(rule_id: str) -> Rule | None:
    """The rule of this id, in any letter case. None when there is none."""
    return _by_id().get(rule_id.strip().upper())


def near_rules(rule_id: str) -> tuple[str, ...]:
    """Up to three ids that may have been meant, best first. () when nothing is near."""
    return tuple(difflib.get_close_matches(rule_id.strip().upper()[:20], _by_id(), 3, 0.7))


def diagnostic(
    rule: str,
    pointer: str,
    message: str,
    help: str = "",
    *,
    severity: Severity | None = None,
    on_key: bool = False,
) -> Diagnostic:
    """A finding of a rule at a JSON pointer from the manifest document's root. Without `severity` it has the rule's."""
    return Diagnostic(pointer, rule, message, help, severity or _by_id()[rule].severity, on_key)


def severity_refusal(rule_id: str, choice: str) -> Diagnostic | None:
    """Why the project file cannot give a rule this severity, at the setting's JSON pointer. None when it can."""
    rule = explain_rule(rule_id)
    if rule is None or rule.id != rule_id:
        near = rule.id if rule is not None else " or ".join(near_rules(rule_id))
        message = f'there is no rule "{rule_id[:40]}"'
        help_text = f"did you mean {near}?" if near else "`reconciler explain` lists all rules"
    elif choice not in _CHOICES:
        message = f'the severity of {rule_id} cannot be "{choice[:40]}"'
        help_text = f"write {', '.join(_CHOICES[:-1])} or {_CHOICES[-1]}"
    elif not rule_id.startswith(_CHANGEABLE):
        message = f"{rule_id} ({rule.title}) is no lint rule: without it the input cannot be read"
        help_text = "remove the setting; only R4xx, R5xx and R6xx have severities"
    elif choice != "error" and rule.is_fact:
        verb = "ignored" if choice == "ignore" else "made a warning"
        why = "a create cannot be undone, and git keeps secrets"
        message = f"{rule_id} ({rule.title}) cannot be {verb}: {why}"
        help_text = f"remove the setting; {rule.fix[0].lower()}{rule.fix[1:]}"
    else:
        return None
    return Diagnostic(f"/rules/{escape_segment(rule_id)}", "R304", message, help_text, on_key=True)


def apply_severities(
    found: tuple[Diagnostic, ...], overrides: Mapping[str, SeverityChoice]
) -> tuple[tuple[Diagnostic, ...], int]:
    """The findings with the project's severities, in their order, and how many were ignored."""
    kept = []
    for each in found:
        choice = overrides.get(each.rule)
        # A warning of such a rule can be an error in a single case, and that case stays.
        if choice is None or (each.rule.startswith(_FACTS) and each.severity is Severity.ERROR):
            kept.append(each)
        elif choice != "ignore":
            kept.append(replace(each, severity=Severity(choice)))
    return tuple(kept), len(found) - len(kept)


def bounded(found: tuple[Diagnostic, ...], most: int = MAX_FINDINGS) -> tuple[Diagnostic, ...]:
    """The first `most` findings, errors before warnings, in their order. The rest as a number in a last one.

    At least one error is always shown. The last one is an error when any that it counts is one: nothing is milder for being long.
    """
    by_weight = sorted(range(len(found)), key=lambda at: (found[at].severity is not Severity.ERROR, at))
    has_error = bool(found) and found[by_weight[0]].severity is Severity.ERROR
    number = max(most, int(has_error))
    shown, others = sorted(by_weight[:number]), by_weight[number:]
    if not others:
        return found
    message = f"and {len(others)} more {'finding' if len(others) == 1 else 'findings'} in this manifest"
    pointer, severity = found[shown[-1]].pointer if shown else "", found[others[0]].severity
    last = Diagnostic(pointer, "R999", message, "correct those above first", severity)
    return (*(found[at] for at in shown), last)
