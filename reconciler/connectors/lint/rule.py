"""A lint rule, and what is known about any rule: the one record from which `explain`, advice and severities are made. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Diagnostic, Severity


@dataclass(frozen=True)
class RuleFacts:
    """One rule. `why` says in one sentence what it costs the customer or what the server does, `mend` in one sentence what to
    write instead; `example` is a short piece of a manifest or of a command line, its lines ended by `\\n` but the last.

    `severity` is what its advice has unless a single finding is less or more certain.
    """

    id: str
    title: str
    severity: Severity
    why: str
    mend: str
    example: str

    def advice(
        self,
        pointer: str,
        message: str,
        help: str = "",
        *,
        severity: Severity | None = None,
        on_key: bool = False,
    ) -> Diagnostic:
        """A finding of this rule at a JSON pointer from the manifest document's root."""
        return Diagnostic(pointer, self.id, message, help, severity or self.severity, on_key)


Check = Callable[[Subject], Iterator[Diagnostic]]
"""Finds the cases of one rule in one manifest; stays silent about what the subject does not know."""


@dataclass(frozen=True)
class LintRule:
    """A record and its check; `check` yields advice of this rule only."""

    facts: RuleFacts
    check: Check
