"""However much two sides differ, the comparison takes no longer than it takes to read them, and the plan stays of a size."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from factories import form, live, manifest, state, target

from reconciler.model.json_value import JsonValue
from reconciler.model.template import Past
from reconciler.planning.compare import Mask, diff_values
from reconciler.planning.entry import Change, Operation, Status
from reconciler.planning.explain import MAX_LISTED
from reconciler.planning.plan import build_plan


def nested(levels: int, value: JsonValue, *, key: str | None = None) -> JsonValue:
    for _ in range(levels):
        value = [value] if key is None else {key: value}
    return value


def pairs(make: Any) -> tuple[JsonValue, JsonValue]:
    return make(0), make(1)


SLOW = {
    "many members far down": pairs(lambda x: nested(60, {f"k{n}": n + x for n in range(30_000)}, key="a")),
    "many items far down": pairs(lambda x: nested(60, [{"a": n + x} for n in range(1_500)])),
    "deep items": pairs(lambda x: {f"k{n}": [nested(60, n + i + x) for i in range(100)] for n in range(20)}),
    "many short arrays": pairs(lambda x: {f"k{n}": [x] for n in range(5_000)}),
    "arrays in arrays": pairs(
        lambda x: {f"k{n}": [[i * j + x for j in range(60)] for i in range(60)] for n in range(20)}
    ),
}


@pytest.mark.parametrize("case", SLOW)
def test_no_two_values_take_long_to_compare(case: str) -> None:
    desired, there = SLOW[case]
    before = time.process_time()
    changes = diff_values(desired, there)
    assert time.process_time() - before < 30
    assert changes
    assert diff_values(desired, desired) == ()


def test_a_member_that_differs_far_down_is_the_only_change() -> None:
    desired, there = nested(60, {"x": 1, "y": 2}, key="a"), nested(60, {"x": 1.0, "y": 3}, key="a")
    assert diff_values(desired, there) == (Change("/a" * 60 + "/y", Operation.REPLACE, 2, 3),)


def test_masking_a_deep_value_with_many_members_takes_no_longer_than_reading_it() -> None:
    value = nested(90, {f"k{n}": n for n in range(20_000)}, key="a")
    change = Change("/partialDefaultConfig/x", Operation.REMOVE, None, value)
    before = time.process_time()
    assert Mask(frozenset({("partialDefaultConfig", "y")})).apply(change) == change
    assert time.process_time() - before < 10


def test_plan_of_many_ambiguous_manifests_lists_a_hundred_candidates_of_each_and_says_so() -> None:
    manifests = [manifest(f"m{n:03}", presets={"a": n}, spec=form("T")) for n in range(150)]
    templates = [live(n, presets={"a": -1}, spec=form("T")) for n in range(150)]
    plan = build_plan(manifests, [state(*templates)], target())
    ambiguous, unmanaged = (plan.with_status(status) for status in (Status.AMBIGUOUS, Status.UNMANAGED))
    assert (len(ambiguous), len(unmanaged)) == (150, 150)
    assert {len(entry.candidates) for entry in ambiguous} == {MAX_LISTED}
    assert "... or one of 145 more: the JSON plan lists the first 100" in ambiguous[0].ways_out
    assert unmanaged[0].reason == (
        "no manifest claims it; it may be 'm000' or 'm001' or 'm002' or 'm003' or 'm004' or one of 145 more"
    )


@pytest.mark.parametrize("has_past", [False, True], ids=["without-git", "with-git"])
def test_two_thousand_drifted_manifests_of_one_connector_are_paired_in_seconds(has_past: bool) -> None:
    spec = form("T") if has_past else None
    manifests = [manifest(f"m{n:04}", presets={"a": n}, spec=spec or form(f"T{n}")) for n in range(2000)]
    applied = [replace(each, presets={"a": -1 - n}) for n, each in enumerate(manifests)]
    templates = [live(n, presets=each.presets, spec=each.form) for n, each in enumerate(applied)]
    past = Past((*manifests, *applied) if has_past else (), is_whole=has_past)
    before = time.process_time()
    plan = build_plan(manifests, [state(*templates)], target(), past=lambda: past)
    assert time.process_time() - before < 8
    assert plan.summary[Status.DRIFTED] == 2000
