"""Every rule of this program: what `reconciler explain` says, how severe a finding is, and how one is made. Pure.

The rules and their texts are data, in one file: `rules.json`. R0xx files and their syntax, R1xx a manifest's fields, R20x variables,
R21x includes and connectors, R22x the lock, R3xx the project file, R4xx what the server will answer, R5xx the form, R6xx secrets.
"""

from __future__ import annotations

import difflib
import json
import pkgutil
from dataclasses import dataclass
from functools import cache

from reconciler.model.diagnostic import Diagnostic, Severity

_MAX_SUGGESTIONS = 3


@dataclass(frozen=True)
class Rule:
    """One rule. `title` names the case, `why` says what it costs the customer or what the server does, `fix` what to write instead;
    `example` is a short piece of a manifest or of a command line.

    `severity` is that of its findings unless a single one is less or more certain.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    example: str


def diagnostic(
    rule: str,
    pointer: str,
    message: str,
    help: str = "",
    *,
    severity: Severity | None = None,
    on_key: bool = False,
) -> Diagnostic:
    """A finding of a rule at a JSON pointer from the manifest document's root; without `severity` it has the rule's."""
    return Diagnostic(pointer, rule, message, help, severity or _by_id()[rule].severity, on_key)


def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id."""
    return tuple(_by_id().values())


def explain_rule(rule_id: str) -> Rule | None:
    """The rule of this id, in any letter case; None when there is none."""
    return _by_id().get(rule_id.strip().upper())


def near_rules(rule_id: str) -> tuple[str, ...]:
    """Up to three ids that may have been meant, best first; () when nothing is near."""
    return tuple(difflib.get_close_matches(rule_id.strip().upper()[:20], _by_id(), _MAX_SUGGESTIONS, 0.7))


@cache
def _by_id() -> dict[str, Rule]:
    texts = json.loads(pkgutil.get_data(__package__, "rules.json") or b"{}")
    return {
        rule: Rule(
            rule,
            each["title"],
            Severity(each["severity"]),
            each["why"],
            each["fix"],
            "\n".join(each["example"]),
        )
        for rule, each in sorted(texts.items())
    }
