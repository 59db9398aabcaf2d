"""The rules that decide, before anything is sent, whether a plan may be carried out at all. Pure."""

from __future__ import annotations

from reconciler.errors import InvalidInput, ReconcilerError, UnsafePlan
from reconciler.planning.entry import Plan, Status


def refusal_of(plan: Plan, *, max_creates: int) -> ReconcilerError | None:
    """Why this plan may not be applied; None when it may.

    A plan without creates sends nothing and is never refused for their number. What was hidden by `--only`
    blocks where it could make a create wrong: a template that could not be read may be any manifest's.
    """
    unknown = plan.summary[Status.UNKNOWN] + plan.hidden.get(Status.UNKNOWN, 0)
    if unknown:
        return UnsafePlan(
            f"{_count(unknown, 'entry is', 'entries are')} unknown: nothing is created while a template is unread, a "
            "binding is broken or an earlier create is undecided",
            help="see the entries marked `?`; run again once they can be read, are fixed or decided",
        )
    ambiguous = plan.summary[Status.AMBIGUOUS]
    if ambiguous:
        return UnsafePlan(
            f"{_count(ambiguous, 'manifest is', 'manifests are')} ambiguous: a create could make a duplicate that nothing can remove",
            help="see the entries marked `!`: paste one of the `templateId` lines, or list what is not ours under `unmanaged`",
        )
    if plan.create_errors:
        return InvalidInput(plan.create_errors)
    creates = plan.summary[Status.CREATE]
    if creates > max_creates:
        return UnsafePlan(
            f"{_count(creates, 'create', 'creates')} planned, at most {max_creates} allowed in one run",
            help=f"if all of them are meant: --max-creates {creates}",
        )
    return None


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
