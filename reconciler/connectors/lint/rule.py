"""One lint rule: its record and the function that finds its cases. A value; the rules themselves stand in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.connectors.lint.rule_facts import RuleFacts
from reconciler.connectors.lint.subject import Subject
from reconciler.model.advice import Advice

Check = Callable[[Subject], Iterator[Advice]]
"""Finds the cases of one rule in one manifest; stays silent about what the subject does not know."""


@dataclass(frozen=True)
class LintRule:
    """A record and its check; `check` yields advice of this rule only."""

    facts: RuleFacts
    check: Check
