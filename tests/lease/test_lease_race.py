"""Two processes that want one lease at the same instant, again and again: one gets it."""

from __future__ import annotations

import asyncio
import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from lease.lease_bench import Bench

from reconciler.errors import UnsafePlan
from reconciler.lease.lease import Lease
from reconciler.lease.remote import open_remote

ROUNDS = 20
PROCESSES = 2


def target(number: int) -> str:
    return f"{number:032x}" * 2


async def outcome(lease: Lease) -> str:
    """ "" for the one who gets it, else the words of the refusal."""
    try:
        await lease.acquire()
        await lease.renew()
    except UnsafePlan as refused:
        return refused.message
    return ""


def race(
    root: Path, name: str, start: Barrier, told: multiprocessing.SimpleQueue[tuple[str, int, str]]
) -> None:
    """Every round: wait for the other, take the lease of the round, prove it."""

    async def rounds() -> None:
        async with open_remote(root, "origin") as remote:
            for number in range(ROUNDS):
                lease = Lease(remote, target(number), name, 60)
                start.wait()
                told.put((name, number, await outcome(lease)))

    asyncio.run(rounds())


@pytest.mark.timeout(300)
def test_exactly_one_of_two_processes_gets_each_lease(bench: Bench, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(PROCESSES, timeout=250), context.SimpleQueue()
    other = bench.remote.checkout(tmp_path / "other")
    processes = [
        context.Process(target=race, args=(root, name, start, told))
        for root, name in ((bench.root, "one"), (other, "two"))
    ]
    for process in processes:
        process.start()
    outcomes = [told.get() for _ in range(ROUNDS * PROCESSES)]
    for process in processes:
        process.join()
    winners = {number: name for name, number, refusal in outcomes if not refusal}
    losers = [(number, refusal) for _, number, refusal in outcomes if refusal]
    assert len(losers) == len(winners) == ROUNDS
    for number, refusal in losers:
        assert refusal.startswith(
            f"another apply holds the lease for this organization: {winners[number]}, since"
        )
    assert len(bench.remote.leases()) == ROUNDS
