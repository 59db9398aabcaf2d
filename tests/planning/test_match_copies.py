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


def test_equal_manifests_each_take_one_of_equal_templates() -> None:
    alpha, again = manifest("alpha", spec=form("Alpha")), manifest("again", spec=form("Alpha"))
    assert statuses(alpha, again, copies_of=alpha) == {"alpha": Status.IN_SYNC, "again": Status.IN_SYNC}
