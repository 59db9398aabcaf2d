"""The real process is stopped at every point of an apply, and started again at once: one template for each manifest, and
whoever could still speak told the truth. What no list can decide is decided by a person.

The faulty server knows the points, for it sees the requests; the program has no hook for this.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from attack.attack_faults import CREATE, GET, LIST, TOKEN, Fault
from attack.attack_process import APPLY, Place, is_whole, place
from attack.attack_world import Account, check_run

POINTS = {
    "before the token": (TOKEN, 0, "stop-before"),
    "before the first list": (LIST, 0, "stop-before"),
    "after the plan's list": (LIST, 0, "stop-and-answer"),
    "after the list that authorises a create": (LIST, 1, "stop-and-answer"),
    "before the create is forwarded": (CREATE, 0, "stop-before"),
    "after the create was stored, before its answer": (CREATE, 0, "stop-after"),
    "during the answer to the create": (CREATE, 0, "stop-inside"),
    "during the reading back": (GET, 0, "stop-after"),
    "between two creates": (LIST, 2, "stop-after"),
    "during the second create": (CREATE, 1, "stop-after"),
    "after the last look": (LIST, 3, "stop-and-answer"),
}
SPEAKING = (
    "before the token",
    "after the list that authorises a create",
    "during the answer to the create",
    "during the reading back",
    "between two creates",
)


def stopped(at: Place, number: signal.Signals, point: str) -> subprocess.Popen[str]:
    """Start an apply that gets this signal at this point."""
    route, nth, kind = POINTS[point]
    at.proxy.faults = [Fault(0, route, nth, kind)]
    process = at.project.start(*APPLY)
    at.proxy.on_signal = lambda _: os.kill(process.pid, number)
    return process


@pytest.mark.parametrize("point", POINTS)
def test_killed_apply_is_completed_by_the_next_one_without_a_second_template(
    tmp_path: Path, point: str
) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        process = stopped(at, signal.SIGKILL, point)
        process.communicate(timeout=40)
        assert process.returncode == -signal.SIGKILL
        check_run(at.world, None, 0)
        assert not at.report.exists()
        complete(at)
        assert at.rows() == [1, 1]


def complete(at: Place) -> None:
    """Apply until nothing is left, and say that it was not created where the server holds nothing and the run asks."""
    for _ in range(3):
        told = at.apply()
        if told.code == 0:
            return
        assert told.code == 4
        (open_create,) = at.world.journal().intents
        wanted = next(m for m in at.world.manifests if m.name == open_create.name)
        assert at.world.rows_of(wanted) == []
        assert f"`reconciler resolve {open_create.name} -e production --not-created`" in json.dumps(
            told.document
        )
        assert at.project.run("resolve", open_create.name, "--not-created").code == 0
    raise AssertionError("it was never complete")


@pytest.mark.parametrize("lists", [1, 6, 12])
def test_killed_apply_whose_template_the_list_shows_late_is_started_again_at_once_and_creates_no_second_one(
    tmp_path: Path, lists: int
) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        at.proxy.faults = [Fault(0, CREATE, 0, "lag-and-kill", lists)]
        process = at.project.start(*APPLY)
        at.proxy.on_signal = lambda _: os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=40)
        codes = [at.apply().code for _ in range(lists + 1)]
        assert set(codes) == {4, 0} if lists > 1 else codes[-1] == 0
        assert (codes[-1], at.rows()) == (0, [1, 1])


def test_apply_that_is_killed_again_and_again_creates_nothing_twice(tmp_path: Path) -> None:
    with place(tmp_path, "alpha", "beta", "gamma") as at:
        for run in range(6):
            at.proxy.run = run
            at.proxy.faults = [
                Fault(run, CREATE, 0, ("kill-after", "kill-before", "lag-and-kill")[run % 3], 4)
            ]
            process = at.project.start(*APPLY)
            at.proxy.on_signal = lambda _, p=process: os.kill(p.pid, signal.SIGKILL)  # type: ignore[misc]
            process.communicate(timeout=40)
            check_run(at.world, None, run)
        at.proxy.faults = []
        for _ in range(4):
            at.apply()
        complete(at)
        assert at.rows() == [1, 1, 1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("point", SPEAKING)
def test_interrupted_apply_tells_what_it_sent(tmp_path: Path, point: str, number: signal.Signals) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        told = told_after(at, stopped(at, number, point))
        assert told.code == 130
        complete(at)
        assert at.rows() == [1, 1]


def test_interrupted_create_that_is_never_answered_is_unknown(tmp_path: Path) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        told = told_after(at, stopped(at, signal.SIGTERM, "after the create was stored, before its answer"))
        alpha, beta = told.document["entries"]
        assert (told.code, alpha["outcome"], beta["outcome"]) == (130, "unknown", "not-attempted")
        assert "interrupted while the create was under way" in alpha["detail"]
        assert at.apply().code == 0
        assert at.rows() == [1, 1]


def told_after(at: Place, process: subprocess.Popen[str]) -> Account:
    """The account of an interrupted run, held against the server's; what the file says is what stdout says."""
    out, err = process.communicate(timeout=40)
    assert "Traceback" not in err
    account = Account(process.returncode, json.loads(out))
    check_run(at.world, account, 0)
    assert not at.report.exists() or at.report.read_text() == out
    if account.has_plan:
        assert at.report.exists()
        assert account.document["result"]["interrupted"] is True
    return account


@pytest.mark.parametrize("milliseconds", [0, 3, 6, 10, 15])
def test_process_that_dies_while_it_reports_leaves_the_old_report_or_the_new_one(
    tmp_path: Path, milliseconds: int
) -> None:
    with place(tmp_path, "alpha") as at:
        at.report.write_text('{"formatVersion": "1", "error": {}}')
        process = at.project.start(*APPLY)
        at.proxy.watch = after_the_last_look(lambda: killed_late(process, milliseconds / 1000))
        process.communicate(timeout=40)
        assert is_whole(at.report)
        at.proxy.watch = None
        assert at.apply().code == 0
        assert at.rows() == [1]


def killed_late(process: subprocess.Popen[str], seconds: float) -> None:
    import threading

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)

    threading.Timer(seconds, kill).start()


def after_the_last_look(action: Callable[[], None]) -> Callable[..., None]:
    def watch(seen: object) -> None:
        if getattr(seen, "route", "") == LIST and getattr(seen, "nth", 0) == 2:
            action()

    return watch
