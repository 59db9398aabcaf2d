"""Two creates of one manifest reached the server: the copy is a duplicate, and never another manifest's template."""

from __future__ import annotations

import factories
import pytest
from factories import form, manifest, state, stored, target, template_id

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
