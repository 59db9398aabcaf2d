"""Runs a composite action as GitHub's runner does: the steps' shell text with the runner's own flags, inputs and files.

Knows only the expressions that ours uses: `${{ inputs.NAME }}` and `${{ steps.ID.outputs.NAME }}`. Anything else is an error.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
"""What `shell: bash` means to the runner; the step's text follows as a file."""

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def read_yaml(path: Path) -> Any:
    """A YAML document with every scalar as text: `on` stays `on`."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@dataclass(frozen=True)
class StepRun:
    """How a step ended, and what it set."""

    code: int
    out: str
    err: str
    outputs: dict[str, str]
    summary: str


@dataclass
class Runner:
    """A runner's machine: `temp` is RUNNER_TEMP, `workspace` the checkout that the job works on."""

    action: Path
    workspace: Path
    temp: Path
    environ: dict[str, str]

    def run(self, step_name: str, inputs: dict[str, str]) -> StepRun:
        """One step of the action, by name."""
        document = read_yaml(self.action / "action.yml")
        known = {name: spec.get("default", "") for name, spec in document["inputs"].items()}
        assert set(inputs) <= set(known), "an input that the action does not have"
        step = next(s for s in document["runs"]["steps"] if s["name"] == step_name)
        return self._run(step, {**known, **inputs})

    def _run(self, step: dict[str, Any], inputs: dict[str, str]) -> StepRun:
        script, output, summary = (self.temp / name for name in ("step.sh", "output", "summary"))
        script.write_text(step["run"], encoding="utf-8")
        for file in (output, summary):
            file.write_text("")
        environ = {
            **self.environ,
            **{name: _evaluated(value, inputs) for name, value in step.get("env", {}).items()},
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self.temp),
        }
        assert step["shell"] == "bash"
        done = subprocess.run(
            [*SHELL, script],
            cwd=self.workspace,
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return StepRun(
            done.returncode,
            done.stdout,
            done.stderr,
            read_outputs(output),
            summary.read_text(encoding="utf-8"),
        )


def clean_environ() -> dict[str, str]:
    """What a job's machine has by itself: no credentials, no Python settings."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "CI": "true"}


def read_outputs(file: Path) -> dict[str, str]:
    """The outputs that a step set, one `name=value` a line."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def _evaluated(value: str, inputs: dict[str, str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        context, _, name = match[1].partition(".")
        assert context == "inputs", f"an expression that this runner does not know: {match[0]}"
        return inputs[name]

    return _EXPRESSION.sub(replaced, value)
