"""The exit code of a run, computed from the same value as its report.

0 done   1 failed   2 findings   3 invalid input   4 refused for safety   5 applied in part, or unknown   130
interrupted
"""

from __future__ import annotations

from enum import IntEnum

from reconciler.applying.outcome import ApplyResult, Outcome
from reconciler.planning.entry import Plan, Status


class ExitCode(IntEnum):
    """Every exit code this program has; 64 is a wrong command line (click's own 2 would read as findings)."""

    DONE = 0
    FAILED = 1
    FINDINGS = 2
    INVALID = 3
    REFUSED = 4
    PARTIAL = 5
    USAGE = 64
    INTERRUPTED = 130


_FINDINGS = (Status.CREATE, Status.DRIFTED, Status.DUPLICATE)


def plan_exit_code(plan: Plan, *, findings_count: bool, intends_creates: bool = True) -> ExitCode:
    """The exit code of `plan` and `drift`. A plan with unknown or ambiguous entries is refused, whatever else
    it found.

    `findings_count` is True for `drift` and `--detailed-exitcode`: something to create, drifted or duplicate
    gives 2. Unmanaged templates are not findings: Airbyte mixes its own defaults into every list.
    """
    summary = plan.summary
    if summary[Status.UNKNOWN] or plan.hidden.get(Status.UNKNOWN, 0) or summary[Status.AMBIGUOUS]:
        return ExitCode.REFUSED
    if intends_creates and plan.create_errors:
        return ExitCode.INVALID
    if findings_count and any(summary[status] for status in _FINDINGS):
        return ExitCode.FINDINGS
    return ExitCode.DONE


def apply_exit_code(result: ApplyResult, *, findings_count: bool) -> ExitCode:
    """The exit code of `apply`: 0 only if every planned create is on the server and equal to its manifest."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.refusal is not None:
        return ExitCode(result.refusal.exit_code)
    if all(creation.is_settled for creation in result.creations):
        drift = result.plan.summary[Status.DRIFTED] or result.plan.summary[Status.DUPLICATE]
        return ExitCode.FINDINGS if findings_count and drift else ExitCode.DONE
    if result.with_outcome(Outcome.UNKNOWN) or any(creation.is_on_server for creation in result.creations):
        return ExitCode.PARTIAL
    return ExitCode.REFUSED if any(creation.unsafe for creation in result.creations) else ExitCode.FAILED
