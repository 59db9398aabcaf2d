"""Schedules from seeds, and the smallest script that still breaks a promise."""

from __future__ import annotations

import random

from attack.attack_faults import CREATE, GET, KINDS, LIST, ROUTES, SILENT_LISTS, TOKEN, Fault
from attack.attack_server import public_server
from attack.attack_world import Scenario, ServerOf, Violation, attack

_SOONEST = {TOKEN: 2, LIST: 6, GET: 5, CREATE: 3}
"""Faults fall on the first few requests of a route: a run has few."""

_KINDS_OF = {route: tuple(name for name, kind in KINDS.items() if route in kind.routes) for route in ROUTES}


def script_of(seed: int) -> tuple[Scenario, tuple[Fault, ...]]:
    """The scenario and the faults of a seed; always the same ones."""
    chance = random.Random(seed)
    manifests = chance.randint(1, 4)
    scenario = Scenario(
        manifests=manifests,
        stored=chance.choice((0, 0, chance.randint(0, manifests))),
        stranger=chance.random() < 0.3,
        runs=chance.randint(1, 3),
    )
    faults: dict[tuple[int, str, int], Fault] = {}
    for _ in range(chance.randint(1, 6)):
        fault = _fault(chance, scenario.runs)
        faults.setdefault((fault.run, fault.route, fault.nth), fault)
    return scenario, _possible(tuple(faults.values()))


def _fault(chance: random.Random, runs: int) -> Fault:
    # Creates matter most: every second fault meets one.
    route = chance.choice((CREATE, CREATE, CREATE, LIST, LIST, GET, TOKEN))
    kind = chance.choice(_KINDS_OF[route])
    few = KINDS[kind].lags or kind == "late"
    amount = chance.randint(1, 12) if few else chance.randrange(1 << 20)
    return Fault(chance.randrange(runs), route, chance.randrange(_SOONEST[route]), kind, amount)


_FALSE_REFUSALS = ("401-after", "429-after")


def _possible(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """At most one thing for each run that is false and looks true where a create is decided: a list that leaves
    something out, or a "refused before processing" for what was stored.

    Two of them that agree are the truth for every client.
    """
    kept: list[Fault] = []
    for fault in faults:
        if _is_false(fault) and any(k.run == fault.run and _is_false(k) for k in kept):
            continue
        kept.append(fault)
    return tuple(kept)


def _is_false(fault: Fault) -> bool:
    return fault.kind in _FALSE_REFUSALS or (fault.route == LIST and fault.kind in SILENT_LISTS)


def violation_of(scenario: Scenario, faults: tuple[Fault, ...], server: ServerOf = public_server) -> str:
    """How the promise is broken by this script; "" when it holds."""
    try:
        attack(scenario, faults, server)
    except Violation as violation:
        return str(violation)
    return ""


def smallest(
    scenario: Scenario, faults: tuple[Fault, ...], server: ServerOf = public_server
) -> tuple[Fault, ...]:
    """The faults that are needed: each is dropped while the promise stays broken without it."""
    index = 0
    while index < len(faults):
        fewer = faults[:index] + faults[index + 1 :]
        if violation_of(scenario, fewer, server):
            faults = fewer
        else:
            index += 1
    return faults


def pasteable(seed: int, scenario: Scenario, faults: tuple[Fault, ...], violation: str) -> str:
    """A failing seed as a test that can be pasted."""
    lines = [
        f"seed {seed}: {violation}",
        "",
        f"def test_seed_{seed}() -> None:",
        f"    attack({scenario!r}, (",
        *(f"        {fault!r}," for fault in faults),
        "    ))",
    ]
    return "\n".join(lines)
