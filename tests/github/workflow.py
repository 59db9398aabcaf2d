"""The program as a step of a workflow: a project, the runner's environment and files, and the GitHub it talks to.

It runs in this process, from the command line to the exit code; `is_subprocess` starts the console script in its place.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from github.github_double import HEAD, JOB_TOKEN, REPOSITORY, Served, State
from program import Project, Run, Server

from reconciler.cli.console import Console
from reconciler.cli.group import exit_code

BASE = "b" * 40


@dataclass(frozen=True)
class Step:
    """What one call left behind."""

    run: Run
    summary: str
    outputs: dict[str, str]

    @property
    def code(self) -> int:
        return self.run.code

    @property
    def annotations(self) -> list[str]:
        """The commands that the runner shows, outside the silenced part."""
        head, _, rest = self.run.out.partition("::stop-commands::")
        token, _, rest = rest.partition("\n")
        _, _, tail = rest.partition(f"::{token}::\n") if token else ("", "", "")
        return [line for line in (head + tail).splitlines() if line.startswith(("::error", "::warning"))]


@dataclass
class Workflow:
    """One job after the other in one repository."""

    project: Project
    served: Served
    server: Server
    folder: Path
    token: str = JOB_TOKEN
    steps: int = 0
    is_subprocess: bool = False

    @property
    def state(self) -> State:
        return self.served.state

    def pull_request(
        self, *arguments: str, number: int = 7, head: str = HEAD, repo: str | None = REPOSITORY, **env: Any
    ) -> Step:
        """`ci plan` in a run on pull_request."""
        full = None if repo is None else {"full_name": repo}
        payload = {"pull_request": {"number": number, "head": {"sha": head, "repo": full}}}
        return self.step("pull_request", payload, ("plan", *arguments), GITHUB_REF_NAME="7/merge", **env)

    def push(self, *arguments: str, sha: str = BASE, **env: str) -> Step:
        """`ci apply` in a run on push to main."""
        return self.step("push", self._repository(), ("apply", *arguments), GITHUB_SHA=sha, **env)

    def schedule(self, *arguments: str, **env: str) -> Step:
        """`ci drift` in a scheduled run."""
        return self.step("schedule", self._repository(), ("drift", *arguments), **env)

    def _repository(self) -> dict[str, Any]:
        return {"repository": {"default_branch": "main"}}

    def call(self, *arguments: str) -> Run:
        """One call of the program in the project."""
        if self.is_subprocess:
            return self.project.run(*arguments)
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.project.root)
            for name, value in self.project.environment.items():
                patch.setenv(name, value)
            console = Console(out, err)
            try:
                code = exit_code(console, list(arguments))
            finally:
                console.signals.restore()
        return Run(code, out.getvalue(), err.getvalue())

    def step(self, event: str, payload: object, arguments: tuple[str, ...], **env: str) -> Step:
        """One call in a run of this event."""
        before = dict(self.project.environment)
        files = self.prepare(event, payload, **env)
        try:
            run = self.call("ci", *arguments)
        finally:
            self.project.environment = before
        return Step(run, _text(files["summary"]), outputs_of(files["output"]))

    def prepare(self, event: str, payload: object, **env: str) -> dict[str, Path]:
        """Put the runner's variables into the project's environment. Gives the step's files."""
        self.steps += 1
        files = {name: self.folder / f"{name}-{self.steps}" for name in ("event", "output", "summary")}
        files["event"].write_text(json.dumps(payload), encoding="utf-8")
        self.folder.joinpath("temp").mkdir(exist_ok=True)
        self.project.environment |= {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.served.url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(files["event"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_REF_NAME": "main",
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": str(self.steps),
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": BASE,
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_TOKEN": self.token,
            "GITHUB_WORKSPACE": str(self.project.root),
            "RUNNER_TEMP": str(self.folder / "temp"),
            **env,
        }
        return files


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def outputs_of(path: Path) -> dict[str, str]:
    """The outputs in a step's file."""
    pairs = (line.partition("=") for line in _text(path).splitlines())
    return {name: value for name, _, value in pairs}
