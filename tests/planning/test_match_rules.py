"""Which manifest is paired with which live template, and what becomes of the rest."""

from __future__ import annotations

from factories import CRM, form, live, manifest, state, stored, target, template_id, unread

from reconciler.model.template import LiveState, Manifest
from reconciler.planning.entry import Entry, Plan, Rule, Status
from reconciler.planning.plan import build_plan

COUNT = {"type": "integer", "title": "Count"}


def plan_of(*manifests: Manifest, on: LiveState, unmanaged: tuple[str, ...] = ()) -> Plan:
    return build_plan(manifests, [on], target(unmanaged=unmanaged))


def only(plan: Plan, status: Status) -> Entry:
    (entry,) = plan.with_status(status)
    return entry


def test_manifest_without_any_live_template_of_its_connector_is_to_be_created() -> None:
    entry = only(plan_of(manifest(spec=form()), on=state(live(connector=CRM))), Status.CREATE)
    assert entry.name == "sample-data"
    assert entry.template_id is None


def test_equal_template_is_in_sync_whatever_its_id() -> None:
    entry = only(plan_of(manifest(spec=form()), on=state(live(7))), Status.IN_SYNC)
    assert (entry.template_id, entry.matched_by) == (template_id(7), Rule.CONTENT)


def test_bound_id_wins_over_an_equal_template() -> None:
    bound = manifest(spec=form(), presets={"seed": 1}, template=template_id(1))
    plan = plan_of(bound, on=state(live(1), live(2, presets={"seed": 1})))
    entry = only(plan, Status.DRIFTED)
    assert (entry.template_id, entry.matched_by) == (template_id(1), Rule.ID)


def test_bound_id_that_is_not_on_the_server_is_unknown_and_never_created() -> None:
    entry = only(plan_of(manifest(spec=form(), template=template_id(5)), on=state()), Status.UNKNOWN)
    assert entry.reason == (
        f"spec.templateId {template_id(5)} is not on the server; a bound manifest is never created again under another id"
    )


def test_bound_id_of_another_connector_is_unknown_and_the_template_stays_unmanaged() -> None:
    plan = plan_of(manifest(spec=form(), template=template_id(1)), on=state(live(1, connector=CRM)))
    assert f"belongs to connector 'Crm' ({CRM.id})" in only(plan, Status.UNKNOWN).reason
    assert only(plan, Status.UNMANAGED).template_id == template_id(1)


def test_second_manifest_bound_to_the_same_id_is_unknown() -> None:
    plan = plan_of(
        manifest("a", template=template_id(1)), manifest("b", template=template_id(1)), on=state(live(1))
    )
    assert (
        only(plan, Status.UNKNOWN).reason
        == f"spec.templateId {template_id(1)} is named by manifest 'a' already"
    )


def test_manifest_bound_to_an_id_declared_unmanaged_is_unknown() -> None:
    plan = plan_of(manifest(template=template_id(1)), on=state(live(1)), unmanaged=(template_id(1),))
    assert "is listed under `unmanaged`" in only(plan, Status.UNKNOWN).reason


def test_edited_template_is_found_again_by_its_form_title() -> None:
    wanted = manifest("a", spec=form("A", count=COUNT))
    plan = plan_of(wanted, on=state(live(1, spec=form("A")), live(2, spec=form("B"))))
    entry = only(plan, Status.DRIFTED)
    assert (entry.template_id, entry.matched_by) == (template_id(1), Rule.TITLE)
    assert only(plan, Status.UNMANAGED).template_id == template_id(2)


def test_title_that_stands_twice_on_the_server_decides_nothing() -> None:
    plan = plan_of(
        manifest(spec=form("A", count=COUNT)),
        on=state(live(1, spec=form("A")), live(2, spec=form("A"), presets={"x": 1})),
    )
    entry = only(plan, Status.AMBIGUOUS)
    assert entry.candidates == (template_id(1), template_id(2))
    assert (
        f"bind it: add `templateId: {template_id(1)}` under `spec` in manifests/sample-data.yaml:1"
        in entry.ways_out
    )


def test_form_that_is_not_known_takes_no_template_that_has_the_title_of_another_manifest() -> None:
    """Most presets are empty: by them alone a new manifest would take an edited one's template, and that be created twice."""
    edited, new = manifest("customers", spec=form("Customers", count=COUNT)), manifest("quick")
    there = live(1, spec=form("Customers"))
    assert only(plan_of(edited, on=state(there)), Status.DRIFTED).matched_by is Rule.TITLE
    plan = plan_of(edited, new, on=state(there))
    assert only(plan, Status.DRIFTED).name == "customers"
    entry = only(plan, Status.AMBIGUOUS)
    assert (entry.name, entry.candidates) == ("quick", (template_id(1),))
    assert entry.reason == (
        f"live template {template_id(1)} has the presets of this manifest and is paired with manifest 'customers' by title or "
        "connector only; which manifest it belongs to is not known without this manifest's form"
    )
    assert entry.ways_out == (
        "run `reconciler connectors lock`: with the connector's specification the forms are compared",
        (
            f"if it belongs to 'customers': add `templateId: {template_id(1)}` under `spec` in manifests/customers.yaml:1; "
            "this one is then created"
        ),
        "if it belongs to this manifest: add that line in manifests/quick.yaml:1",
    )


def test_form_that_is_not_known_is_created_beside_templates_that_are_surely_others() -> None:
    bound = manifest("customers", spec=form("Customers", count=COUNT), template=template_id(1))
    assert only(plan_of(bound, manifest("quick"), on=state(live(1))), Status.CREATE).name == "quick"
    equal = manifest("customers", spec=form("Customers"))
    plan = plan_of(equal, manifest("quick"), on=state(live(1, spec=form("Customers"))))
    assert only(plan, Status.CREATE).name == "quick"
    other = manifest("customers", spec=form("Customers", count=COUNT))
    plan = plan_of(other, manifest("quick", presets={"seed": 1}), on=state(live(1, spec=form("Customers"))))
    assert only(plan, Status.CREATE).name == "quick"


def test_equal_presets_pair_a_form_that_is_not_known() -> None:
    plan = plan_of(
        manifest("quick"), manifest("a", spec=form("A", count=COUNT)), on=state(live(1, spec=form("Any")))
    )
    entry = only(plan, Status.IN_SYNC)
    assert (entry.name, entry.matched_by) == ("quick", Rule.CONTENT)
    assert only(plan, Status.CREATE).name == "a"


def test_unread_template_takes_the_ground_from_a_pair_whose_forms_were_not_compared() -> None:
    plan = plan_of(manifest("quick"), on=state(live(1), unread=(unread(2),)))
    assert [(e.status, e.name) for e in plan.entries if e.origin] == [(Status.UNKNOWN, "quick")]


def test_last_manifest_and_last_template_of_a_connector_are_a_pair() -> None:
    entry = only(plan_of(manifest(spec=form("New")), on=state(live(1, spec=form("Old")))), Status.DRIFTED)
    assert entry.matched_by is Rule.CONNECTOR


def test_two_manifests_and_one_unequal_template_are_all_ambiguous() -> None:
    plan = plan_of(
        manifest("a", spec=form("A")), manifest("b", spec=form("B")), on=state(live(1, spec=form("C")))
    )
    assert [e.name for e in plan.with_status(Status.AMBIGUOUS)] == ["a", "b"]
    assert only(plan, Status.UNMANAGED).reason == "no manifest claims it; it may be 'a' or 'b'"


def test_second_equal_template_is_a_duplicate_of_the_first() -> None:
    plan = plan_of(manifest(spec=form()), on=state(live(1), live(2)))
    assert only(plan, Status.IN_SYNC).template_id == template_id(1)
    duplicate = only(plan, Status.DUPLICATE)
    assert duplicate.template_id == template_id(2)
    assert duplicate.reason == f"equal to template {template_id(1)} of manifest 'sample-data'"


def test_equal_manifests_take_one_equal_template_each() -> None:
    plan = plan_of(manifest("a", spec=form()), manifest("b", spec=form()), on=state(live(1), live(2)))
    assert [e.status for e in plan.entries] == [Status.IN_SYNC, Status.IN_SYNC]


def test_template_declared_unmanaged_is_left_out_before_matching() -> None:
    plan = plan_of(manifest(spec=form()), on=state(live(1)), unmanaged=(template_id(1),))
    assert [e.status for e in plan.entries] == [Status.CREATE]


def test_unread_template_makes_an_unmatched_manifest_unknown_never_create() -> None:
    plan = plan_of(manifest(spec=form()), on=state(unread=(unread(),)))
    assert [e.status for e in plan.entries] == [Status.UNKNOWN, Status.UNKNOWN]


def test_unread_template_leaves_pairs_by_content_alone() -> None:
    plan = plan_of(manifest(spec=form()), on=state(live(1), unread=(unread(2),)))
    assert only(plan, Status.IN_SYNC).template_id == template_id(1)


def test_unread_template_of_the_same_connector_takes_the_ground_from_a_pair_by_title() -> None:
    plan = plan_of(manifest(spec=form(count=COUNT)), on=state(live(1), unread=(unread(2),)))
    assert [(e.status, e.template_id) for e in plan.entries if e.origin] == [(Status.UNKNOWN, None)]
    assert only(plan, Status.UNMANAGED).template_id == template_id(1)


def test_unread_template_with_the_name_of_another_connector_does_not_matter() -> None:
    known = (live(1), live(3, connector=CRM), unread(2, name=CRM.name))
    plan = plan_of(manifest(spec=form(count=COUNT)), on=state(*known[:2], unread=known[2:]))
    assert only(plan, Status.DRIFTED).template_id == template_id(1)


def test_unread_template_with_a_name_that_nothing_read_bears_may_be_of_any_connector() -> None:
    """Its connector may have been renamed between the list, which has the old name, and the answers, which have the new one."""
    plan = plan_of(
        manifest("a", spec=form(count=COUNT)),
        manifest("b", connector=CRM),
        on=state(live(1), live(3, connector=CRM), unread=(unread(2, name="The old name"),)),
    )
    assert {entry.name for entry in plan.with_status(Status.UNKNOWN)} == {"a", "b", "The old name"}


def test_manifest_bound_to_an_unread_template_shares_its_entry() -> None:
    plan = plan_of(manifest(template=template_id(9)), on=state(unread=(unread(9),)))
    assert [(e.name, e.template_id) for e in plan.entries] == [("sample-data", template_id(9))]


def test_form_that_is_not_known_matches_by_presets_and_says_so() -> None:
    plan = plan_of(manifest(presets={"a": 1}), on=state(live(1, presets={"a": 1})))
    entry = only(plan, Status.IN_SYNC)
    (note,) = entry.notes
    assert note == (
        "the form was not compared: the specification of Sample Data is not in connectors.lock.json; "
        "run `reconciler connectors lock`"
    )
    assert plan.uncompared_forms == 1


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


def test_form_that_is_not_known_never_picks_one_of_two_templates() -> None:
    plan = plan_of(manifest(), on=state(live(1, spec=form("A")), live(2, spec=form("B"))))
    assert only(plan, Status.AMBIGUOUS).candidates == (template_id(1), template_id(2))


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
