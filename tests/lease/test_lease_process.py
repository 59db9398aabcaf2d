"""A child process that hangs, floods, asks or leaves something behind ends all the same."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from reconciler.errors import UnsafePlan
from reconciler.lease.git import OUTPUT_LIMIT, Finished, run_command

LONG = 50.0


def shell(script: str, cwd: Path, *, seconds: float = LONG) -> Finished:
    return asyncio.run(run_command(("/bin/sh", "-c", script), cwd=cwd, environ=os.environ, seconds=seconds))


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def wait_until_dead(pid: int) -> None:
    give_up = time.monotonic() + LONG
    while is_alive(pid):
        assert time.monotonic() < give_up
        os.sched_yield()


def test_code_and_both_streams_are_told(tmp_path: Path) -> None:
    assert shell("echo out; echo err >&2; exit 3", tmp_path) == Finished(3, b"out\n", b"err\n")


def test_command_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    told = shell("sleep 1000 & echo $! > child; wait", tmp_path, seconds=0.5)
    assert (told.code, told.trouble) == (None, "no end within 0.5 seconds")
    wait_until_dead(int((tmp_path / "child").read_text()))


def test_flood_is_cut_off(tmp_path: Path) -> None:
    told = shell("cat /dev/zero", tmp_path)
    assert told.code is None
    assert len(told.out) <= OUTPUT_LIMIT + 65536


def test_child_in_the_background_that_keeps_a_stream_open_is_not_waited_for(tmp_path: Path) -> None:
    told = shell("setsid sleep 1000 & echo $! > child; echo done", tmp_path)
    os.kill(int((tmp_path / "child").read_text()), 9)
    assert told == Finished(0, b"done\n")


def test_nobody_can_be_asked(tmp_path: Path) -> None:
    told = shell("read answer || echo nothing; (: < /dev/tty) 2> /dev/null || echo no terminal", tmp_path)
    assert told.out == b"nothing\nno terminal\n"


def test_cancelled_wait_kills_the_command(tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    async def cancelled() -> None:
        task = asyncio.ensure_future(
            run_command(
                ("/bin/sh", "-c", "echo $$ > pid.new; mv pid.new pid; exec sleep 1000"),
                cwd=tmp_path,
                environ=os.environ,
                seconds=LONG,
            )
        )
        while not pid.exists():  # noqa: ASYNC110 - written by another process
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert not is_alive(int(pid.read_text()))


def test_program_that_cannot_be_started_is_an_error_of_the_lease(tmp_path: Path) -> None:
    with pytest.raises(UnsafePlan, match="git could not be started: No such file or directory"):
        asyncio.run(run_command(("/no/such/git",), cwd=tmp_path, environ={}, seconds=LONG))
