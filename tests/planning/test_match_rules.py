"""What no single scenario shows (`test_scenarios.py` has the rules): organizations, and how many forms were not compared."""

from __future__ import annotations

from factories import CRM, form, live, manifest, state, stored, target, template_id

from reconciler.model.template import LiveState, Manifest
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.planning.plan import build_plan

COUNT = {"type": "integer", "title": "Count"}


def plan_of(*manifests: Manifest, on: LiveState, unmanaged: tuple[str, ...] = ()) -> Plan:
    return build_plan(manifests, [on], target(unmanaged=unmanaged))


def only(plan: Plan, status: Status) -> Entry:
    (entry,) = plan.with_status(status)
    return entry


def test_a_form_that_there_is_nothing_to_compare_with_is_no_form_that_was_not_compared() -> None:
    plan = plan_of(manifest("new"), manifest("gone", template=template_id(7)), on=state())
    create, unknown = only(plan, Status.CREATE), only(plan, Status.UNKNOWN)
    assert not [note for note in (*create.notes, *unknown.notes) if "not compared" in note]
    assert plan.uncompared_forms == 0


def test_forms_not_compared_are_as_many_as_the_notes_about_it() -> None:
    held = state(live(1, spec=form("A")), live(2, spec=form("B")), live(3, connector=CRM, presets={"a": 1}))
    plan = plan_of(manifest("torn"), manifest("moved", connector=CRM), on=held)
    assert {entry.status for entry in plan.entries if entry.origin} == {Status.AMBIGUOUS, Status.DRIFTED}
    assert plan.uncompared_forms == sum("not compared" in note for e in plan.entries for note in e.notes) == 2


def test_each_organization_is_matched_by_itself() -> None:
    elsewhere = "8c60d51f-b44e-4682-87d6-449835ea4de6"
    there = manifest("there", spec=form(), organization=elsewhere)
    plan = build_plan(
        [manifest("here", spec=form()), there], [state(live(1)), state(organization=elsewhere)], target()
    )
    assert [(e.name, e.status) for e in plan.entries] == [("here", Status.IN_SYNC), ("there", Status.CREATE)]


def test_plan_of_an_applied_manifest_is_in_sync() -> None:
    wanted = manifest(spec=form(count=COUNT), presets={"seed": 1.0})
    assert [e.status for e in plan_of(wanted, on=state(stored(wanted, 1))).entries] == [Status.IN_SYNC]
