"""Every rule that this program has, in one catalogue: looked up by `explain`, and by whoever checks severities. Pure.

The tables stand with the rules; a new table is added here, and a test fails as long as a rule is without its record.
"""

from __future__ import annotations

import difflib
from functools import cache
from itertools import chain

from reconciler.connectors.lint.lint import LINT_RULES
from reconciler.connectors.lint.rule import RuleFacts
from reconciler.connectors.lint.rule_catalogue_input import FILE_RULES, MANIFEST_RULES
from reconciler.connectors.lint.rule_catalogue_project import LOCK_RULES, PROJECT_RULES, REFERENCE_RULES
from reconciler.connectors.lint.secret_guard import SECRET_RULES
from reconciler.connectors.verdict.rules import VERDICT_RULES

_MAX_SUGGESTIONS = 3


def all_rules() -> tuple[RuleFacts, ...]:
    """Every rule, sorted by id."""
    return tuple(_by_id().values())


def explain_rule(rule_id: str) -> RuleFacts | None:
    """The rule of this id, in any letter case; None when there is none."""
    return _by_id().get(rule_id.strip().upper())


def near_rules(rule_id: str) -> tuple[str, ...]:
    """Up to three ids that may have been meant, best first; () when nothing is near."""
    return tuple(difflib.get_close_matches(rule_id.strip().upper()[:20], _by_id(), _MAX_SUGGESTIONS, 0.7))


@cache
def _by_id() -> dict[str, RuleFacts]:
    tables = (
        FILE_RULES,
        MANIFEST_RULES,
        REFERENCE_RULES,
        LOCK_RULES,
        PROJECT_RULES,
        VERDICT_RULES,
        tuple(rule.facts for rule in LINT_RULES),
        SECRET_RULES,
    )
    return {facts.id: facts for facts in sorted(chain.from_iterable(tables), key=lambda facts: facts.id)}
