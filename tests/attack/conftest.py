"""How long to attack: `--attack-seeds=2000`, or ATTACK_SEEDS=2000 where the option does not fit (a run of the whole suite)."""

from __future__ import annotations

import os

import pytest

SEEDS = 200
"""Schedules in CI: some twenty seconds on one core."""

CHUNK = 10
"""Seeds in one test: few tests, and none near the time limit."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--attack-seeds", type=int, default=None, help=f"number of fault schedules (default: {SEEDS})"
    )
    parser.addoption("--attack-first", type=int, default=0, help="the first seed (default: 0)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" not in metafunc.fixturenames:
        return
    number = metafunc.config.getoption("attack_seeds", None) or int(os.environ.get("ATTACK_SEEDS", SEEDS))
    first = metafunc.config.getoption("attack_first", 0)
    starts = range(first, first + number, CHUNK)
    chunks = [range(start, min(start + CHUNK, first + number)) for start in starts]
    metafunc.parametrize("seeds", chunks, ids=[f"{chunk.start}-{chunk.stop - 1}" for chunk in chunks])


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
