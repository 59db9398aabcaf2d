"""Seeded schedules of faults against the real client on the Agent API, with other switches for each seed: at most one template for
each manifest, nothing that the contract forbids, and no untrue word.

As `test_fault_schedules.py`, with the same options.
"""

from __future__ import annotations

import pytest
from agents.agent_attack import agents, ways_of
from agents.agent_ways import Ways
from attack.attack_faults import CREATE, GET, KINDS, LIST, TOKEN, Fault
from attack.attack_schedules import pasteable, script_of, smallest, violation_of
from attack.attack_world import Scenario, attack

COMMON = ((TOKEN, 0), (LIST, 0), (LIST, 1), (LIST, 2), (LIST, 3), (GET, 0), (CREATE, 0), (CREATE, 1))


def test_no_schedule_leads_to_a_second_template_or_an_untrue_account(seeds: range) -> None:
    for seed in seeds:
        (scenario, faults), server = script_of(seed), agents(ways_of(seed))
        violation = violation_of(scenario, faults, server)
        if violation:
            needed = smallest(scenario, faults, server)
            told = violation_of(scenario, needed, server) or violation
            pytest.fail(f"{ways_of(seed)}\n{pasteable(seed, scenario, needed, told)}")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_fault_alone_at_each_place_of_a_run_breaks_no_promise(kind: str) -> None:
    for route, nth in COMMON:
        if route in KINDS[kind].routes:
            attack(Scenario(manifests=2), (Fault(0, route, nth, kind, 3),), agents(Ways(strangers=True)))


@pytest.mark.parametrize("seed", range(12))
def test_runs_without_faults_create_everything_in_the_first_whatever_the_server_does(seed: int) -> None:
    first, *others = attack(Scenario(manifests=4, stored=1, stranger=True), (), agents(ways_of(seed)))
    assert first is not None
    assert [e.get("outcome") for e in first.document["entries"] if e["status"] == "create"] == ["created"] * 3
    assert all(o is not None and o.document["summary"]["in-sync"] == 4 for o in others)


def test_the_oracle_sees_a_template_that_is_stored_twice() -> None:
    violation = violation_of(Scenario(manifests=1), (Fault(0, CREATE, 0, "replayed"),), agents(Ways()))
    assert "alpha was stored 2 times" in violation
