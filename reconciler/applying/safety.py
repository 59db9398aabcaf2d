"""The rules that decide, before anything is sent, whether a plan may be carried out at all. Pure.

The only place that says what stops an apply, in which order, and why: `apply` ends by the first refusal, reports show all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import InvalidInput, ReconcilerError, UnsafePlan
from reconciler.planning.entry import Entry, Plan, Status


class RefusalCode(StrEnum):
    """Why nothing may be created, in the order of the checks."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    ERRORS = "errors"
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class Refusal:
    """One reason to create nothing. `number` counts what it is about, `entries` are those of it that the plan shows: what a selection
    hides counts too where it may be any manifest's template. `error` is what an apply ends with.
    """

    code: RefusalCode
    number: int
    entries: tuple[Entry, ...]
    error: ReconcilerError


def refusals(plan: Plan, *, max_creates: int) -> tuple[Refusal, ...]:
    """Everything that keeps the creates of this plan from being sent, the first reason first. () when it may be applied.

    A plan without creates sends nothing and is never refused for their number.
    """
    return tuple(_refusals(plan, max_creates))


def refusal_of(plan: Plan, *, max_creates: int) -> ReconcilerError | None:
    """Why this plan may not be applied. None when it may."""
    return next((refusal.error for refusal in _refusals(plan, max_creates)), None)


def _refusals(plan: Plan, max_creates: int) -> Iterator[Refusal]:
    unknown = plan.summary[Status.UNKNOWN] + plan.hidden.get(Status.UNKNOWN, 0)
    if unknown:
        error = UnsafePlan(
            f"{_count(unknown, 'entry is', 'entries are')} unknown: nothing is created while a template is unread, a "
            "binding is broken or an earlier create is undecided",
            help="see the entries marked `?`; run again once they can be read, are fixed or decided",
        )
        yield Refusal(RefusalCode.UNKNOWN, unknown, plan.with_status(Status.UNKNOWN), error)
    ambiguous = plan.with_status(Status.AMBIGUOUS)
    if ambiguous:
        error = UnsafePlan(
            f"{_count(len(ambiguous), 'manifest is', 'manifests are')} ambiguous: a create could make a duplicate that nothing "
            "can remove",
            help="see the entries marked `!`: paste one of the `templateId` lines, or list what is not ours under `unmanaged`",
        )
        yield Refusal(RefusalCode.AMBIGUOUS, len(ambiguous), ambiguous, error)
    creates = plan.with_status(Status.CREATE)
    wrong = tuple(entry for entry in creates if entry.assessed is not None and entry.assessed.errors)
    if wrong:
        yield Refusal(RefusalCode.ERRORS, len(wrong), wrong, InvalidInput(plan.create_errors))
    if len(creates) > max_creates:
        error = UnsafePlan(
            f"{_count(len(creates), 'create', 'creates')} planned, at most {max_creates} allowed in one run",
            help=f"if all of them are meant: --max-creates {len(creates)}",
        )
        yield Refusal(RefusalCode.TOO_MANY, len(creates), creates, error)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
