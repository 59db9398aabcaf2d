"""A sample of the fault schedules on the Agent API. All of them are in the part `attack`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from agents.agent_attack import agents, ways_of
from agents.agent_ways import Ways
from attack.attack_faults import CREATE, Fault
from attack.attack_schedules import script_of, violation_of
from attack.attack_server import Attackable
from attack.attack_world import LONG, Account, Attacked, Scenario, attack


def test_everything_is_created_in_the_first_run_and_in_sync_in_the_next_whatever_the_server_does() -> None:
    for seed in range(4):
        server = agents(ways_of(seed))
        first, *others = attack(Scenario(manifests=4, stored=1, stranger=True), (), server)
        assert first is not None
        outcomes = [e.get("outcome") for e in first.document["entries"] if e["status"] == "create"]
        assert outcomes == ["created"] * 3
        assert all(o is not None and o.document["summary"]["in-sync"] == 4 for o in others)


def test_few_schedules_break_no_promise() -> None:
    for seed in range(5):
        assert violation_of(*script_of(seed), agents(ways_of(seed))) == ""


@pytest.mark.parametrize("kind", ["reset-after", "502-after", "429", "401", "lag", "late", "drip-slowly"])
def test_create_that_meets_a_fault_is_told_truly_and_sent_once(kind: str) -> None:
    attack(Scenario(manifests=2), (Fault(0, CREATE, 0, kind, 3),), agents(Ways(strangers=True)))


def test_list_item_without_an_owner_stops_every_create_and_says_why(tmp_path: Path) -> None:
    """It may be the organization's own. The answer has it, or the person who lists it under `unmanaged`."""

    async def applied(server: Attackable) -> tuple[Account | None, int]:
        proxy = server.proxy()
        async with proxy.listening() as url:
            account = await Attacked(server, proxy, server.manifests[:2], tmp_path).apply(url, LONG)
        return account, sum(seen.route == CREATE for seen in proxy.seen)

    with agents(Ways(strangers=True, unowned=True))() as server:
        account, creates = asyncio.run(applied(server))
    assert account is not None
    assert (account.code, creates) == (4, 0)
    assert "no `organization_id`" in str(account.document["entries"])
