"""Settings of the whole suite: a clean environment for every test, and property tests that do not depend on
the machine's speed.
"""

from __future__ import annotations

import os
import signal
import threading

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile(
    "long", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# What starts tests in the background (`nohup`, a shell's `&`) ignores these signals, and so would every program that they start.
if threading.current_thread() is threading.main_thread():
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, targets, variables or CI markers of the machine that runs the tests."""
    for name in list(os.environ):
        if name.startswith(("AIRBYTE_", "RECONCILER_", "GITHUB_", "GITLAB_", "CI_")) or name in {
            "CI",
            "NO_COLOR",
            "FORCE_COLOR",
        }:
            monkeypatch.delenv(name)
