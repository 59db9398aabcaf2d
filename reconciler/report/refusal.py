"""What stands between a plan and its creates, told before anybody tries. Pure; the rules are `apply`'s own (`applying.safety`)."""

from __future__ import annotations

from reconciler.applying.safety import refusal_of
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.planning.entry import Plan, Status
from reconciler.report.wording import count


def refusal_words(plan: Plan) -> str:
    """`apply would refuse this plan (exit 4): why; what to do`; "" for a plan that it would carry out.

    The number of creates is judged by the environment's limit: `plan` has no other.
    """
    refusal = refusal_of(plan, max_creates=plan.target.max_creates)
    if refusal is None:
        return ""
    why = "; ".join(part for part in (_why(plan, refusal), refusal.help) if part)
    return f"apply would refuse this plan (exit {refusal.exit_code}): {why}"


def _why(plan: Plan, refusal: ReconcilerError) -> str:
    if not isinstance(refusal, InvalidInput):
        return refusal.message
    creates = plan.with_status(Status.CREATE)
    wrong = sum(entry.assessed is not None and bool(entry.assessed.errors) for entry in creates)
    return f"there are errors in {wrong} of {count(len(creates), 'planned template')}; correct them at the entries"
