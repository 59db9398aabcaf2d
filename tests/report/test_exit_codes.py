"""The exit code says the same as the report."""

from __future__ import annotations

from typing import Any

import pytest
from factories import CRM, form, live, manifest, state, target, template_id, unread

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.applying.safety import refusal_of
from reconciler.errors import UnsafePlan
from reconciler.model.template import LiveState, LiveTemplate
from reconciler.planning.entry import Plan, Selection, Status
from reconciler.planning.plan import build_plan
from reconciler.report.exit_code import apply_exit_code, plan_exit_code


def plan_on(held: LiveState, **options: Any) -> Plan:
    return build_plan([manifest(spec=form())], [held], target(), **options)


IN_SYNC = plan_on(state(live(1)))
MISSING = plan_on(state())
DRIFTED = plan_on(state(live(1, presets={"a": 1})))
DUPLICATE = plan_on(state(live(1), live(2)))
UNMANAGED = plan_on(state(live(1), live(2, connector=CRM)))
UNREAD = plan_on(state(live(1), unread=(unread(),)))
UNCOMPARED = build_plan([manifest()], [state(live(1))], target())
AMBIGUOUS = plan_on(state(live(1, presets={"a": 1}), live(2, presets={"a": 2})))


@pytest.mark.parametrize(
    ("plan", "usual", "with_findings"),
    [
        (IN_SYNC, 0, 0),
        (MISSING, 0, 2),
        (DRIFTED, 0, 2),
        (DUPLICATE, 0, 2),
        (UNMANAGED, 0, 0),
        (UNCOMPARED, 0, 2),
        (UNREAD, 4, 4),
        (AMBIGUOUS, 4, 4),
    ],
)
def test_plan_and_drift_exit_codes(plan: Plan, usual: int, with_findings: int) -> None:
    assert plan_exit_code(plan, findings_count=False) == usual
    assert plan_exit_code(plan, findings_count=True) == with_findings


def two_manifests(held: LiveState, *, other_form: bool = True) -> Plan:
    """`sample-data` selected, `other` of another connector left out."""
    other = manifest("other", connector=CRM, spec=form() if other_form else None)
    only = Selection(only=("sample-data",))
    return build_plan([manifest(spec=form()), other], [held], target(), selection=only)


@pytest.mark.parametrize(
    ("other", "drift"),
    [(live(2, connector=CRM), 0), (live(2, connector=CRM, presets={"a": 1}), 2), (live(2), 2)],
)
def test_drift_of_a_part_is_no_success_while_the_rest_is_not_in_sync(other: LiveTemplate, drift: int) -> None:
    plan = two_manifests(state(live(1), other))
    assert plan_exit_code(plan, findings_count=True, intends_creates=False) == drift


def test_a_form_outside_the_selection_that_was_not_compared_counts_too() -> None:
    plan = two_manifests(state(live(1), live(2, connector=CRM)), other_form=False)
    assert plan.uncompared_forms == plan.hidden_forms == 1
    assert plan_exit_code(plan, findings_count=True, intends_creates=False) == 2


def test_detailed_exit_code_of_a_plan_is_about_the_selection() -> None:
    assert plan_exit_code(two_manifests(state(live(1))), findings_count=True) == 0


def test_duplicate_of_a_selected_manifest_is_shown_and_counts() -> None:
    plan = plan_on(state(live(1), live(2)), selection=Selection(only=("sample-data",)))
    assert [entry.template_id for entry in plan.with_status(Status.DUPLICATE)] == [template_id(2)]
    assert plan_exit_code(plan, findings_count=True) == 2
    elsewhere = plan_on(state(live(1), live(2)), selection=Selection(only=("no",)))
    assert elsewhere.hidden == {Status.IN_SYNC: 1, Status.DUPLICATE: 1}


def test_candidates_of_a_selected_ambiguous_manifest_are_shown() -> None:
    held = state(live(1, presets={"a": 1}), live(2, presets={"a": 2}), live(3, connector=CRM))
    plan = plan_on(held, selection=Selection(paths=("manifests/sample-data.yaml",)))
    shown = plan.with_status(Status.UNMANAGED)
    assert [entry.template_id for entry in shown] == [template_id(1), template_id(2)]
    assert plan.hidden == {Status.UNMANAGED: 1}


def test_unread_template_outside_the_selection_still_refuses() -> None:
    plan = plan_on(state(live(1), unread=(unread(),)), selection=Selection(only=("sample-data",)))
    assert plan_exit_code(plan, findings_count=False) == 4
    assert refusal_of(plan, max_creates=10) is not None


def test_refusal_names_what_is_unknown_outside_the_selection() -> None:
    names = [f"Unread {number}" for number in range(2, 9)]
    held = state(live(1), unread=tuple(unread(number, name=f"Unread {number}") for number in range(2, 9)))
    whole, selection = refusal_of(plan_on(held), max_creates=10), Selection(only=("sample-data",))
    few = refusal_of(plan_on(state(live(1), unread=held.unread[:1]), selection=selection), max_creates=10)
    many = refusal_of(plan_on(held, selection=selection), max_creates=10)
    assert whole is not None
    assert few is not None
    assert many is not None
    assert whole.help.startswith("see the entries marked `?`; run again")
    assert "outside" not in whole.help
    assert "`?`" not in few.help
    assert few.help.startswith(
        "outside of the selection: 'Unread 2'; `reconciler plan` without a selection says"
    )
    assert f"outside of the selection: {', '.join(map(repr, names[:5]))} and 2 more;" in many.help


def applied(outcome: Outcome, equals: bool | None = None, **facts: Any) -> ApplyResult:
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


def test_form_that_was_not_compared_counts_beside_a_complete_apply_and_after_a_create() -> None:
    missing = build_plan([manifest()], [state()], target())
    created = Creation(missing.entries[0], Outcome.CREATED, template_id(1), True)
    for result in (ApplyResult(UNCOMPARED), ApplyResult(missing, (created,))):
        assert apply_exit_code(result, findings_count=False) == 0
        assert apply_exit_code(result, findings_count=True) == 2


def test_too_many_creates_are_refused_with_the_flag_to_paste() -> None:
    refusal = refusal_of(MISSING, max_creates=0)
    assert refusal is not None
    assert (refusal.message, refusal.help) == (
        "1 create planned, at most 0 allowed in one run",
        "if all of them are meant: --max-creates 1",
    )
