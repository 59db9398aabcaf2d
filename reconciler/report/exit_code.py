"""The exit code of a run, computed from the same value as its report. Pure."""

from __future__ import annotations

from enum import IntEnum

from reconciler.applying.outcome import ApplyResult, Outcome
from reconciler.applying.safety import RefusalCode
from reconciler.planning.entry import Plan, Status
from reconciler.report.view import Validation, refusals_of


class ExitCode(IntEnum):
    """Every exit code this program has. 64 is a wrong command line (click's own 2 would read as findings)."""

    DONE = 0
    FAILED = 1
    FINDINGS = 2
    INVALID = 3
    REFUSED = 4
    PARTIAL = 5
    USAGE = 64
    INTERRUPTED = 130


FINDINGS = (Status.CREATE, Status.UPDATE, Status.DRIFTED, Status.DUPLICATE)
"""Statuses that make exit 2."""


def plan_exit_code(plan: Plan, *, findings_count: bool, intends_creates: bool = True) -> ExitCode:
    """The exit code of `plan` and `drift`. A plan with unknown or ambiguous entries is refused, whatever else it found. So is one that
    would create a second template of one definition, unless it intends no creates.

    `findings_count` is True for `drift` and `--detailed-exitcode`: something to create, drifted or duplicate gives 2, and so does
    a form or an organization that was not compared. So does, for `drift` alone, what a selection left out and is not in sync.
    Unmanaged templates are not findings: Airbyte mixes its own defaults into every list.
    """
    codes = {refusal.code for refusal in refusals_of(plan)}
    if RefusalCode.UNKNOWN in codes or RefusalCode.AMBIGUOUS in codes:
        return ExitCode.REFUSED
    if intends_creates and RefusalCode.SECOND in codes:
        return ExitCode.REFUSED
    if intends_creates and RefusalCode.ERRORS in codes:
        return ExitCode.INVALID
    found = plan.not_compared or bool(plan.with_status(*FINDINGS))
    left_out = 0 if intends_creates else plan.hidden_findings
    return ExitCode.FINDINGS if findings_count and (found or left_out) else ExitCode.DONE


def validation_exit_code(validation: Validation) -> ExitCode:
    """The exit code of `validate`: 3 on any error."""
    return ExitCode.INVALID if validation.errors else ExitCode.DONE


def apply_exit_code(result: ApplyResult, *, findings_count: bool) -> ExitCode:
    """The exit code of `apply`: 0 only if every planned create and update is on the server and equal to its manifest."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.refusal is not None:
        return ExitCode(result.refusal.exit_code)
    if all(creation.is_settled for creation in result.creations):
        return ExitCode.FINDINGS if findings_count and _leaves_findings(result) else ExitCode.DONE
    if result.with_outcome(Outcome.UNKNOWN) or any(creation.is_on_server for creation in result.creations):
        return ExitCode.PARTIAL
    return ExitCode.REFUSED if any(creation.unsafe for creation in result.creations) else ExitCode.FAILED


def _leaves_findings(result: ApplyResult) -> bool:
    summary = result.plan.summary
    compared = all(creation.entry.form_compared for creation in result.creations)
    return (
        bool(summary[Status.DRIFTED] or summary[Status.DUPLICATE] or result.plan.not_compared)
        or bool(result.displaced)
        or not compared
    )
