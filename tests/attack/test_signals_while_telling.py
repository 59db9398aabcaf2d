"""From the first create until the account is out, no signal loses it; and a person gets out of a program whose reader is gone."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from attack.attack_process import APPLY, Place, is_whole, place
from program import Project

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
NAMES = tuple(f"m{number}" for number in range(6))
F_SETPIPE_SZ = 1031


def unread(at: Place) -> subprocess.Popen[str]:
    """An apply whose files are written, and whose stdout is full because nobody reads it."""
    process = at.project.start(*APPLY)
    assert process.stdout is not None
    fcntl.fcntl(process.stdout, F_SETPIPE_SZ, 4096)
    wait_for(at.report)
    return process


def wait_for(file: Path) -> None:
    """Until it is there and its writer has gone on to the next thing."""
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def ids(at: Place) -> list[str]:
    return [row for manifest in at.world.manifests for row in at.world.rows_of(manifest)]


@BOTH
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_signal_while_nobody_reads_is_noted_and_names_what_was_created(
    tmp_path: Path, number: signal.Signals, unbuffered: str
) -> None:
    with place(tmp_path, *NAMES) as at:
        at.project.environment["PYTHONUNBUFFERED"] = unbuffered
        process = unread(at)
        process.send_signal(number)
        told = line_of(process)
        assert all(each in told for each in ids(at))
        out, err = process.communicate(timeout=20)
        assert (process.returncode, at.rows()) == (0, [1] * 6)
        assert json.loads(out)["result"]["exitCode"] == 0
        assert err == ""


@BOTH
def test_second_signal_ends_a_program_that_nobody_reads(tmp_path: Path, number: signal.Signals) -> None:
    with place(tmp_path, *NAMES) as at:
        process = unread(at)
        process.send_signal(number)
        told = line_of(process)
        assert all(each in told for each in ids(at))
        process.send_signal(number)
        assert process.wait(20) == 130
        assert line_of(process) == (
            "Ended by a second signal before everything was reported; `reconciler plan` shows what is on the server now.\n"
        )
        assert is_whole(at.report)
        process.communicate(timeout=20)


@BOTH
def test_pipe_without_a_reader_keeps_no_file_from_being_written(
    tmp_path: Path, number: signal.Signals
) -> None:
    with place(tmp_path, "alpha") as at:
        os.mkfifo(tmp_path / "pipe")
        process = at.project.start("apply", "--yes", "--write", "text=pipe", "--write", "json=report.json")
        wait_for(at.report)
        process.send_signal(number)
        told = line_of(process)
        assert ids(at)[0] in told
        assert "A second signal ends the program without its reports." in told
        assert is_whole(at.report)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, at.rows()) == (130, "", [1])
        assert "nothing was sent" not in told + err


@BOTH
def test_plan_that_nobody_reads_ends_at_the_first_signal(tmp_path: Path, number: signal.Signals) -> None:
    project = Project(tmp_path)
    for name in NAMES:
        project.add(name, title=name)
    process = project.start("plan", "--sandbox", "-f", "json", "--write", "json=plan.json")
    assert process.stdout is not None
    fcntl.fcntl(process.stdout, F_SETPIPE_SZ, 4096)
    wait_for(tmp_path / "plan.json")
    process.send_signal(number)
    assert process.wait(20) == 130
    _, err = process.communicate(timeout=20)
    assert err.strip() == "Interrupted; no template was created."
    assert json.loads((tmp_path / "plan.json").read_text())["summary"]["create"] == 6
