"""Seeded schedules of faults against the real client: at most one template for each manifest, and no untrue word.

200 seeds by default. For a long run, on both cores:

    python -m pytest tests/attack/test_fault_schedules.py --attack-seeds=2000 -n 2

`--attack-first=N` starts at another seed; ATTACK_SEEDS=2000 does the same as the option when the whole suite runs. A
seed that fails prints the smallest script that still fails, as a test to paste into `test_found_by_schedules.py`.
"""

from __future__ import annotations

import pytest
from attack.attack_faults import CREATE, GET, KINDS, LIST, ROUTES, TOKEN, Fault
from attack.attack_schedules import pasteable, script_of, smallest, violation_of
from attack.attack_world import Scenario, attack

COMMON = ((TOKEN, 0), (LIST, 0), (LIST, 1), (GET, 0), (CREATE, 0))


def test_no_schedule_leads_to_a_second_template_or_an_untrue_account(seeds: range) -> None:
    for seed in seeds:
        scenario, faults = script_of(seed)
        violation = violation_of(scenario, faults)
        if violation:
            needed = smallest(scenario, faults)
            pytest.fail(pasteable(seed, scenario, needed, violation_of(scenario, needed) or violation))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_fault_alone_at_each_place_of_a_run_breaks_no_promise(kind: str) -> None:
    for route, nth in COMMON:
        if route in KINDS[kind].routes:
            attack(Scenario(manifests=2), (Fault(0, route, nth, kind, 3),))


def test_schedules_are_the_same_every_time_and_use_every_kind_on_every_route() -> None:
    assert script_of(7) == script_of(7)
    used = {(fault.route, fault.kind) for seed in range(6000) for fault in script_of(seed)[1]}
    assert used == {(route, name) for route in ROUTES for name, kind in KINDS.items() if route in kind.routes}


def test_runs_without_faults_create_everything_in_the_first() -> None:
    first, *others = attack(Scenario(manifests=4, stored=1, stranger=True), ())
    assert first is not None
    assert [e.get("outcome") for e in first.document["entries"] if e["status"] == "create"] == ["created"] * 3
    assert all(o is not None and o.document["summary"]["in-sync"] == 4 for o in others)


def test_the_oracle_sees_a_template_that_is_stored_twice() -> None:
    """Something on the way delivers the create twice: no client can prevent it, the run has to say it."""
    violation = violation_of(Scenario(manifests=1), (Fault(0, CREATE, 0, "replayed"),))
    assert "alpha was stored 2 times" in violation
