"""The rules that decide, before anything is sent, whether a plan may be carried out at all. Pure.

The only place that says what stops an apply, in which order, and why: `apply` ends by the first refusal, reports show all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import InvalidInput, ReconcilerError, UnsafePlan
from reconciler.model.text import listed, short_text
from reconciler.planning.entry import Entry, Plan, Status

_MAX_NAMED = 5
"""Unknown entries outside of the selection that a refusal names. The rest is a number."""


class RefusalCode(StrEnum):
    """Why nothing may be created, in the order of the checks."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    SECOND = "second"
    ERRORS = "errors"
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class Refusal:
    """One reason to create nothing. `number` counts all entries that cause it, hidden ones too. `entries` are those of them that the
    plan shows. `error` is what an apply ends with.
    """

    code: RefusalCode
    number: int
    entries: tuple[Entry, ...]
    error: ReconcilerError


def refusals(plan: Plan, *, max_creates: int) -> tuple[Refusal, ...]:
    """Everything that keeps the creates of this plan from being sent, the first reason first. () when it may be applied.

    A plan that sends nothing is never refused for a number.
    """
    return tuple(_refusals(plan, max_creates))


def refusal_of(plan: Plan, *, max_creates: int) -> ReconcilerError | None:
    """Why this plan may not be applied. None when it may."""
    return next((refusal.error for refusal in _refusals(plan, max_creates)), None)


def _refusals(plan: Plan, max_creates: int) -> Iterator[Refusal]:
    unknown = plan.summary[Status.UNKNOWN] + len(plan.hidden_unknown)
    if unknown:
        error = UnsafePlan(
            f"{_count(unknown, 'entry is', 'entries are')} unknown: nothing is created while a template is unread, a "
            "binding is broken or an earlier create is undecided",
            help=_where_unknown(plan),
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
    seconds = tuple(entry for entry in creates if is_refused_second(entry))
    if seconds:
        error = UnsafePlan(
            f"{_count(len(seconds), 'create', 'creates')} would make a second template of one definition: apps that create "
            "connectors by definition or by type fail from then on",
            help="if a second one is wanted: add `allowSecond: <reason>` under `spec`; else remove the manifest, or bind it to "
            "the template that is there with `templateId`",
        )
        yield Refusal(RefusalCode.SECOND, len(seconds), seconds, error)
    wrong = tuple(entry for entry in creates if entry.assessed is not None and entry.assessed.errors)
    if wrong:
        yield Refusal(RefusalCode.ERRORS, len(wrong), wrong, InvalidInput(plan.create_errors))
    sent = plan.to_send
    if len(sent) > max_creates:
        error = UnsafePlan(
            f"{planned_words(plan)} planned, at most {max_creates} allowed in one run",
            help=f"if all of them are meant: --max-creates {len(sent)}",
        )
        yield Refusal(RefusalCode.TOO_MANY, len(sent), sent, error)


def _where_unknown(plan: Plan) -> str:
    """Where the unknown entries are: what a selection hides is named here, because no report shows it."""
    places = ["see the entries marked `?`"] if plan.summary[Status.UNKNOWN] else []
    if plan.hidden_unknown:
        names = listed([repr(short_text(name)) for name in plan.hidden_unknown], _MAX_NAMED)
        places.append(
            f"outside of the selection: {names}; `reconciler plan` without a selection says why, and what to do"
        )
    return "; ".join((*places, "run again once they can be read, are fixed or decided"))


def is_refused_second(entry: Entry) -> bool:
    """Whether a create would make a second template where that breaks apps, and its manifest does not say that it is wanted."""
    return entry.is_second and not (entry.manifest is not None and entry.manifest.allow_second)


def planned_words(plan: Plan) -> str:
    """`2 creates`, `1 update`, or `2 creates and 1 update`."""
    numbers = [
        (len(plan.with_status(status)), one, many)
        for status, one, many in ((Status.CREATE, "create", "creates"), (Status.UPDATE, "update", "updates"))
    ]
    return " and ".join(_count(*each) for each in numbers if each[0]) or "0 creates"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
