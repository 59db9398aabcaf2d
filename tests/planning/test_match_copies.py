"""Two creates of one manifest reached the server: the copy is a duplicate, and never another manifest's template."""

from __future__ import annotations

import factories
import pytest
from factories import FAKER, form, manifest, state, stored, target, template_id

from reconciler.model.connector import Connector
from reconciler.model.template import Manifest
from reconciler.planning.entry import Status
from reconciler.planning.plan import build_plan


def statuses(*manifests: Manifest, copies_of: Manifest) -> dict[str | None, str]:
    live = state(stored(copies_of, 1), stored(copies_of, 2), organization=factories.ORGANIZATION)
    plan = build_plan(manifests, [live], target())
    return {e.name if e.origin else e.template_id: str(e.status) for e in plan.entries}


@pytest.mark.parametrize("title", ["Beta", "Alpha"])
def test_copy_of_a_template_is_a_duplicate_and_not_the_drifted_template_of_another_manifest(
    title: str,
) -> None:
    alpha = manifest("alpha", spec=form("Alpha"))
    beta = manifest("beta", spec=form(title), presets={"seed": 1})
    assert statuses(alpha, beta, copies_of=alpha) == {
        "alpha": Status.IN_SYNC,
        "beta": Status.AMBIGUOUS,
        template_id(2): Status.DUPLICATE,
    }


def test_way_out_of_a_copy_does_not_offer_it_as_another_manifests_own_without_saying_what_it_is() -> None:
    alpha, beta = manifest("alpha", spec=form("Alpha")), manifest("beta", spec=form("Beta"))
    live = state(stored(alpha, 1), stored(alpha, 2), organization=factories.ORGANIZATION)
    (entry,) = build_plan([alpha, beta], [live], target()).with_status(Status.AMBIGUOUS)
    assert entry.name == "beta"
    assert entry.reason == (
        "a live template equals that of manifest 'alpha': a copy of it, or this manifest's own from before it was changed"
    )
    assert entry.ways_out == (
        f"if it is this manifest's own, bind it: add `templateId: {template_id(2)}` under `spec` in manifests/beta.yaml:1",
        "if it is a copy, list it under `unmanaged` in reconciler.yaml: this manifest is then created",
    )


def test_two_equal_templates_of_a_form_that_is_not_known_are_one_and_its_duplicate() -> None:
    quick = manifest("quick")
    live = state(
        stored(manifest(spec=form()), 1),
        stored(manifest(spec=form()), 2),
        organization=factories.ORGANIZATION,
    )
    plan = build_plan([quick], [live], target())
    assert {e.template_id: e.status for e in plan.entries} == {
        template_id(1): Status.IN_SYNC,
        template_id(2): Status.DUPLICATE,
    }


def test_equal_manifests_each_take_one_of_equal_templates() -> None:
    alpha, again = manifest("alpha", spec=form("Alpha")), manifest("again", spec=form("Alpha"))
    assert statuses(alpha, again, copies_of=alpha) == {"alpha": Status.IN_SYNC, "again": Status.IN_SYNC}


def test_create_that_would_repeat_a_template_of_another_manifest_is_ambiguous() -> None:
    """`b` is bound to the template that `a` made: created, `a` would be there twice."""
    a = manifest("a", spec=form("A"))
    b = manifest("b", spec=form("B"), template=template_id(1))
    live = state(stored(a, 1), organization=factories.ORGANIZATION)
    (entry,) = build_plan([a, b], [live], target()).with_status(Status.AMBIGUOUS)
    assert (entry.name, entry.candidates) == ("a", (template_id(1),))
    assert entry.reason == (
        f"live template {template_id(1)} equals this manifest and belongs to manifest 'b': a create would repeat it"
    )
    assert entry.ways_out == (
        "if it is this manifest's own: take it from 'b' (manifests/b.yaml:1), where `templateId` names it",
        "if a second one is wanted: add `allowSecond: <the reason>` under `spec` in manifests/a.yaml:1",
    )


@pytest.mark.parametrize("second", ["a", "b"])
def test_second_template_that_a_manifest_asks_for_is_created_beside_the_first(second: str) -> None:
    manifests = [
        manifest(name, spec=form(), allow_second="a tile for the EU" if name == second else "")
        for name in "ab"
    ]
    live = state(stored(manifests[0], 1), organization=factories.ORGANIZATION)
    plan = build_plan(manifests, [live], target())
    assert [entry.name for entry in plan.with_status(Status.CREATE)] == [second]
    assert len(plan.with_status(Status.IN_SYNC)) == 1


MOVED = Connector("00000000-0000-4000-8000-0000000000f2", "source-faker", "Sample Data")


def test_connector_with_a_new_definition_id_is_not_created_beside_its_old_template() -> None:
    """The registry gave the repository another id, and so the lock did: the equal template has the old one."""
    old, moved = manifest("quick", spec=form()), manifest("quick", spec=form(), connector=MOVED)
    live = state(stored(old, 1), organization=factories.ORGANIZATION)
    (entry,) = build_plan([moved], [live], target()).with_status(Status.AMBIGUOUS)
    assert entry.reason == (
        "one live template of a connector named 'Sample Data' could be this manifest, made for another definition id "
        f"({FAKER.id}) than the manifest's ({MOVED.id})"
    )
    assert entry.ways_out == (
        f"if it is this manifest's own: write `connector: {FAKER.id}`, its definition id, in manifests/quick.yaml:1",
        f"if a new one is wanted: list {template_id(1)} under `unmanaged` in reconciler.yaml; this manifest is then created",
    )
    plan = build_plan([moved], [live], target(unmanaged=(template_id(1),)))
    assert [entry.name for entry in plan.with_status(Status.CREATE)] == ["quick"]


def test_another_connector_of_the_same_name_is_no_doubt_where_nothing_is_alike() -> None:
    """Names are not unique in the registry: two different sources are called Customer.io."""
    other = manifest(
        "quick", presets={"seed": 1}, spec=form("Other", count={"type": "integer"}), connector=MOVED
    )
    live = state(stored(manifest("first", spec=form()), 1), organization=factories.ORGANIZATION)
    assert [e.name for e in build_plan([other], [live], target()).with_status(Status.CREATE)] == ["quick"]


def test_equal_template_of_another_definition_id_is_a_doubt_whatever_the_connectors_are_called() -> None:
    renamed = Connector(MOVED.id, "source-faker", "Fake Data")
    asks = form(count={"type": "integer"})
    moved = manifest("quick", spec=asks, connector=renamed)
    live = state(stored(manifest("quick", spec=asks), 1), organization=factories.ORGANIZATION)
    assert [e.name for e in build_plan([moved], [live], target()).with_status(Status.AMBIGUOUS)] == ["quick"]
