"""A remote and a checkout of it for each test, and git without the settings of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from git_remote import SETTINGS, BareRemote
from lease.lease_bench import Bench


@pytest.fixture(autouse=True)
def own_git_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the git settings of the machine that runs the tests."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, SETTINGS[name])
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    remote = BareRemote.create(tmp_path / "remote.git")
    return Bench(remote, remote.checkout(tmp_path / "checkout"))
