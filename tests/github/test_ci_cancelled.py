"""A cancelled `ci` command ends, whatever it was doing: nothing is created afterwards, and GitHub is asked nothing more."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github.github_double import HEAD
from github.workflow import Workflow, outputs_of
from program import Run
from starlette.responses import Response

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


class Silence:
    """GitHub says nothing until the test is over."""

    def __init__(self) -> None:
        self.is_asked, self.is_over = threading.Event(), threading.Event()

    def __call__(self) -> Response:
        self.is_asked.set()
        self.is_over.wait(40)
        return Response("[]")


@pytest.fixture
def silence() -> Iterator[Silence]:
    silent = Silence()
    yield silent
    silent.is_over.set()


def cancelled(
    workflow: Workflow, silence: Silence, number: signal.Signals, event: str, *arguments: str
) -> tuple[Run, dict[str, Path]]:
    """Start the command, send the signal while GitHub is silent, wait for the end."""
    payload: dict[str, Any] = {"repository": {"default_branch": "main"}}
    if event == "pull_request":
        payload["pull_request"] = {"number": 7, "head": {"sha": HEAD, "repo": None}}
    files = workflow.prepare(event, payload)
    process = workflow.project.start("ci", *arguments)
    assert silence.is_asked.wait(30)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    return Run(process.returncode, out, err), files


@BOTH
@pytest.mark.parametrize("demand", [(), ("--expect-digest", "reviewed")], ids=["any plan", "reviewed plan"])
def test_apply_that_is_cancelled_while_the_review_is_looked_up_creates_nothing(
    workflow: Workflow, silence: Silence, number: signal.Signals, demand: tuple[str, ...]
) -> None:
    workflow.project.add()
    workflow.state.on("GET", "commits", silence)
    run, files = cancelled(workflow, silence, number, "push", "apply", *demand)
    assert (run.code, workflow.server.posts()) == (130, 0)
    assert "stopped by a signal; nothing was sent" in run.err
    assert outputs_of(files["output"])["exit-code"] == "130"
    assert "stopped by a signal; nothing was sent" in files["summary"].read_text(encoding="utf-8")
    assert len(workflow.state.requests) == 1
    assert not [path for path in workflow.server.requests() if "config_templates" in path]


@BOTH
def test_apply_that_is_cancelled_while_it_comments_has_told_its_creates(
    workflow: Workflow, silence: Silence, number: signal.Signals
) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.pull_request()
    pull = workflow.state.pulls[7]
    pull.merged_at, pull.merge_commit_sha = workflow.state.now, "b" * 40
    workflow.state.on("POST", "comments", silence)
    run, files = cancelled(workflow, silence, number, "push", "apply")
    assert (run.code, workflow.server.posts()) == (130, 1)
    assert "::error title=reconciler::no comment on #7: stopped by a signal" in run.out
    outputs = outputs_of(files["output"])
    assert (outputs["exit-code"], outputs["created"]) == ("130", "1")
    assert "nothing was sent" not in run.out + run.err
    assert workflow.state.requests[-1].startswith("POST")


@BOTH
@pytest.mark.parametrize(("event", "command"), [("pull_request", "plan"), ("schedule", "drift")])
def test_cancelled_plan_and_drift_keep_their_result_and_ask_nothing_more(
    workflow: Workflow, silence: Silence, number: signal.Signals, event: str, command: str
) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.state.on("GET", "comments|issues", silence)
    run, files = cancelled(workflow, silence, number, event, command)
    assert run.code in {130, 2}
    assert "stopped by a signal" in run.out
    outputs = outputs_of(files["output"])
    assert (outputs["exit-code"], outputs["creates"]) == (str(run.code), "1")
    asked = [path for path in workflow.state.requests if "graphql" not in path]
    assert len(asked) == 1


def test_answer_that_comes_with_the_signal_lets_nothing_go_on(workflow: Workflow, silence: Silence) -> None:
    """The answer may be there when the signal is looked at: the next step must see the signal all the same."""
    from reconciler.applying.stopping import StopRequest
    from reconciler.cli.console import Console
    from reconciler.cli.server import run_async

    console = Console()

    async def answered_meanwhile(stop: StopRequest) -> str:
        signal.raise_signal(signal.SIGINT)
        return "the answer"

    async def asked_again(stop: StopRequest) -> bool:
        return stop.is_requested

    try:
        assert run_async(console, answered_meanwhile) == "the answer"
        assert run_async(console, asked_again) is True
    finally:
        console.signals.restore()
