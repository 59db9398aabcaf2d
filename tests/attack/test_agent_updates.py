"""Every edit of a manifest on every kind of server: an update is applied and true, or it stops the run and is shown.

In this process. `agents/test_updates_are_judged.py` tries some of them through the program.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from agents.agent_attack import AttackedAgents
from agents.agent_edits import EDITS, WAYS, Edit, is_held
from agents.agent_place import FAKER, POSTGRES, agent_server
from agents.agent_ways import SOURCES
from attack.attack_faults import CREATE, GET, KINDS, LIST, TOKEN, UPDATE, Fault
from attack.attack_world import LONG, SHORT, Account, Attacked
from factories import manifest

from reconciler.model.target import Policy
from reconciler.model.template import CONNECTION_TEMPLATE, Connector, Manifest

PASSWORD = "canary-c0ffee-of-the-warehouse"


def wanted(edit: Edit, spec: dict[str, Any]) -> Manifest:
    """The manifest that says this."""
    if edit.kind == SOURCES:
        made = manifest(connector=Connector(FAKER, "source-faker", "Sample Data"))
        return replace(made, presets=spec.get("partialDefaultConfig", {}), settings=_settings(spec))
    presets = {
        name: PASSWORD if name == "password" else value
        for name, value in spec.get("destinationConfig", {}).items()
    }
    made = manifest(
        "warehouse",
        connector=Connector(POSTGRES, "destination-postgres", "Postgres"),
        presets=presets,
        variables=frozenset({"/spec/destinationConfig/password"}),
    )
    settings = {"destinationName": "Warehouse", **_settings(spec)}
    return replace(made, kind=CONNECTION_TEMPLATE, settings=settings)


def _settings(spec: dict[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in spec.items() if n not in ("partialDefaultConfig", "destinationConfig")}


async def edited(
    root: Path, edit: Edit, ways: dict[str, Any], faults: tuple[Fault, ...] = ()
) -> tuple[Attacked, list[Account | None]]:
    """The manifest is created, edited, applied before these faults (of run 1), and applied once more."""
    server = agent_server(**ways)
    attacked = AttackedAgents(server, Policy.CREATE_UPDATE)
    proxy = attacked.proxy()
    proxy.faults = list(faults)
    async with proxy.listening() as url:
        world = Attacked(attacked, proxy, (wanted(edit, edit.before),), root)
        first = await world.apply(url, LONG)
        assert first is not None
        assert first.code == 0, first
        server.ledger.clear()
        world.manifests = (wanted(edit, edit.after),)
        accounts = []
        for run in (1, 2):
            proxy.run = run
            accounts.append(await world.apply(url, SHORT if faults and run == 1 else LONG))
        return world, accounts


def judge(world: Attacked, edit: Edit, account: Account | None) -> None:
    """What one run said against what the server holds after it."""
    server = world.server
    assert isinstance(server, AttackedAgents)
    assert list(server.problems()) == []
    assert PASSWORD not in str(account)
    (row,) = server.server.rows.values()
    if account is None:
        return
    entry = next((e for e in account.document.get("entries", ()) if e["origin"]), None)
    if account.code == 0:
        assert is_held(edit, row.members), (row.members, entry)
    if entry is not None and entry["status"] == "in-sync":
        assert is_held(edit, row.members), (row.members, entry)
    if entry is not None and entry.get("equalsManifest"):
        assert is_held(edit, row.members), (row.members, entry)
    if account.code and entry is not None:
        assert entry.get("serverChanges") or entry.get("detail") or entry["reason"]


@pytest.mark.parametrize("edit", EDITS)
def test_update_means_the_same_to_the_run_and_to_the_server(tmp_path: Path, edit: str) -> None:
    for number, ways in enumerate(WAYS):
        root = tmp_path / str(number)
        root.mkdir()
        world, (changed, again) = asyncio.run(edited(root, EDITS[edit], ways))
        assert isinstance(world.server, AttackedAgents)
        server = world.server.server
        assert changed is not None
        assert again is not None
        patches = [entry for entry in server.ledger if entry.method == "PATCH"]
        first, *later = (frozenset(patch.body) - {"propagate"} for patch in patches)
        assert first == EDITS[edit].sent
        assert all(sent <= first for sent in later)
        (row,) = server.rows.values()
        holds = is_held(EDITS[edit], row.members)
        judge(world, EDITS[edit], again)
        assert (changed.code == 0) == holds, (ways, changed, row.members)
        assert len(patches) == (1 if holds else 2), (ways, patches)
        assert (again.code == 0) == holds, (ways, again)


# Nothing that a PATCH meets makes a template, and the kinds below make one up.
UPDATE_KINDS = tuple(
    name
    for name, kind in KINDS.items()
    if CREATE in kind.routes and not kind.lags and kind.how != "foreign" and "id" not in name.split("-")
)


def update_script(seed: int) -> tuple[str, dict[str, Any], tuple[Fault, ...]]:
    """An edit, the switches of a server, and the faults of runs 1 and 2; always the same ones for a seed."""
    chance = random.Random(f"updates {seed}")
    faults: dict[tuple[int, str, int], Fault] = {}
    for _ in range(chance.randint(1, 4)):
        route = chance.choice((UPDATE, UPDATE, GET, LIST, TOKEN))
        kinds = UPDATE_KINDS if route == UPDATE else [n for n, kind in KINDS.items() if route in kind.routes]
        fault = Fault(
            chance.randint(1, 2), route, chance.randrange(4), chance.choice(kinds), chance.randint(1, 12)
        )
        if route == UPDATE:
            fault = replace(fault, nth=0)
        is_lie = KINDS[fault.kind].silent and any(KINDS[f.kind].silent for f in faults.values())
        if not is_lie:
            faults.setdefault((fault.run, route, fault.nth), fault)
    return chance.choice(list(EDITS)), chance.choice(WAYS), tuple(faults.values())


async def scheduled(root: Path, edit: Edit, ways: dict[str, Any], faults: tuple[Fault, ...]) -> None:
    """Two runs that meet faults, and two that meet none, each judged when it ends."""
    server = agent_server(**ways)
    attacked = AttackedAgents(server, Policy.CREATE_UPDATE)
    proxy = attacked.proxy()
    proxy.faults = list(faults)
    async with proxy.listening() as url:
        world = Attacked(attacked, proxy, (wanted(edit, edit.before),), root)
        assert (created := await world.apply(url, LONG)) is not None
        assert created.code == 0, created
        server.ledger.clear()
        world.manifests = (wanted(edit, edit.after),)
        for run in (1, 2, 3, 4):
            proxy.run, before = run, len(server.ledger)
            account = await world.apply(url, SHORT if run < 3 else LONG)
            judge(world, edit, account)
            refused_falsely = any(f.run == run and f.kind in ("401-after", "429-after") for f in faults)
            assert len(server.ledger) - before <= 1 + refused_falsely + (run > 1)  # and a late one of before
            assert {entry.method for entry in server.ledger} <= {"PATCH"}
            if run == 3:
                await proxy.flush()
        (row,) = server.rows.values()
        assert account is not None
        assert (account.code == 0) == is_held(edit, row.members), (account, row.members)


@pytest.mark.timeout(600)
def test_no_schedule_makes_an_update_untrue(seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        edit, ways, faults = update_script(seed)
        root = tmp_path / str(seed)
        root.mkdir()
        try:
            asyncio.run(scheduled(root, EDITS[edit], ways, faults))
        except AssertionError as error:
            pytest.fail(f"seed {seed}: {edit}, {ways}, {faults}: {error}")


FAULTS = (
    *(
        Fault(1, UPDATE, 0, kind, 5)
        for kind in ("reset", "reset-after", "502", "502-after", "429", "401", "hang")
    ),
    *(
        Fault(1, UPDATE, 0, kind, 5)
        for kind in ("empty-200", "html-200-after", "stop-after", "kill-after", "409")
    ),
    *(
        Fault(1, GET, nth, kind, 5)
        for nth in (0, 1, 2)
        for kind in ("reset", "404", "corrupt", "other-template")
    ),
    *(Fault(1, LIST, nth, kind, 5) for nth in (0, 1, 2, 3) for kind in ("shrunk", "html-200", "close")),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.kind} of {f.route} {f.nth}")
@pytest.mark.parametrize("edit", ["a preset changes", "another host", "a whitelist goes"])
def test_update_that_meets_a_fault_tells_the_truth_and_the_next_run_completes_it(
    tmp_path: Path, edit: str, fault: Fault
) -> None:
    world, (first, again) = asyncio.run(edited(tmp_path, EDITS[edit], {}, (fault,)))
    judge(world, EDITS[edit], again)
    assert again is not None
    assert isinstance(world.server, AttackedAgents)
    (row,) = world.server.server.rows.values()
    assert (again.code, is_held(EDITS[edit], row.members)) == (0, True), (first, again)
    assert not [seen for seen in world.proxy.seen if seen.run > 0 and seen.route == CREATE]
    assert len([e for e in world.server.server.ledger if e.method == "PATCH"]) <= 2
