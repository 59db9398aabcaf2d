"""The exit code says the same as the report."""

from __future__ import annotations

import pytest
from factories import CRM, form, live, manifest, state, target, template_id, unread

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.applying.safety import refusal_of
from reconciler.errors import UnsafePlan
from reconciler.model.template import LiveState
from reconciler.planning.entry import Plan, Selection, Status
from reconciler.planning.plan import build_plan
from reconciler.report.exit_code import apply_exit_code, plan_exit_code


def plan_on(held: LiveState, **options: Selection) -> Plan:
    return build_plan([manifest(spec=form())], [held], target(), **options)


IN_SYNC = plan_on(state(live(1)))
MISSING = plan_on(state())
DRIFTED = plan_on(state(live(1, presets={"a": 1})))
DUPLICATE = plan_on(state(live(1), live(2)))
UNMANAGED = plan_on(state(live(1), live(2, connector=CRM)))
UNREAD = plan_on(state(live(1), unread=(unread(),)))
AMBIGUOUS = plan_on(state(live(1, presets={"a": 1}), live(2, presets={"a": 2})))


@pytest.mark.parametrize(
    ("plan", "usual", "with_findings"),
    [
        (IN_SYNC, 0, 0),
        (MISSING, 0, 2),
        (DRIFTED, 0, 2),
        (DUPLICATE, 0, 2),
        (UNMANAGED, 0, 0),
        (UNREAD, 4, 4),
        (AMBIGUOUS, 4, 4),
    ],
)
def test_plan_and_drift_exit_codes(plan: Plan, usual: int, with_findings: int) -> None:
    assert plan_exit_code(plan, findings_count=False) == usual
    assert plan_exit_code(plan, findings_count=True) == with_findings


def test_unread_template_outside_the_selection_still_refuses() -> None:
    plan = plan_on(state(live(1), unread=(unread(),)), selection=Selection(only=("sample-data",)))
    assert plan_exit_code(plan, findings_count=False) == 4
    assert refusal_of(plan, max_creates=10) is not None


def applied(outcome: Outcome, equals: bool | None = None, **facts: bool) -> ApplyResult:
    (entry,) = MISSING.with_status(Status.CREATE)
    return ApplyResult(MISSING, (Creation(entry, outcome, template_id(1), equals, **facts),))


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (ApplyResult(IN_SYNC), 0),
        (applied(Outcome.CREATED, True), 0),
        (applied(Outcome.RECOVERED, True), 0),
        (applied(Outcome.CREATED, False), 5),
        (applied(Outcome.CREATED, None), 5),
        (applied(Outcome.UNKNOWN), 5),
        (applied(Outcome.REJECTED), 1),
        (applied(Outcome.NOT_ATTEMPTED), 1),
        (applied(Outcome.NOT_ATTEMPTED, unsafe=True), 4),
        (applied(Outcome.NOT_ATTEMPTED, True), 0),
        (refused(MISSING, UnsafePlan("no")), 4),
        (ApplyResult(MISSING, interrupted=True), 130),
    ],
)
def test_apply_exit_codes(result: ApplyResult, code: int) -> None:
    assert apply_exit_code(result, findings_count=False) == code


def test_rejection_beside_a_created_template_is_applied_in_part() -> None:
    (entry,) = MISSING.with_status(Status.CREATE)
    result = ApplyResult(
        MISSING, (Creation(entry, Outcome.CREATED, template_id(1), True), Creation(entry, Outcome.REJECTED))
    )
    assert apply_exit_code(result, findings_count=False) == 5


def test_drift_beside_a_complete_apply_counts_only_on_request() -> None:
    assert apply_exit_code(ApplyResult(DRIFTED), findings_count=False) == 0
    assert apply_exit_code(ApplyResult(DRIFTED), findings_count=True) == 2


def test_too_many_creates_are_refused_with_the_flag_to_paste() -> None:
    refusal = refusal_of(MISSING, max_creates=0)
    assert refusal is not None
    assert (refusal.message, refusal.help) == (
        "1 create planned, at most 0 allowed in one run",
        "if all of them are meant: --max-creates 1",
    )
