"""The composite action for real: installs this checkout with its pinned dependencies, then plans, applies and checks drift.

Not part of the suite, because it needs a network: `PYTHONPATH=tests python tests/workflows/run_action.py`.
Exits 1 when anything is not as it has to be.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from workflows.workflow_runner import Runner, StepRun, clean_environ

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Install, plan, apply and compare on the sandbox, in an empty project that `init` has started."""
    with tempfile.TemporaryDirectory() as folder:
        temp, workspace = Path(folder) / "temp", Path(folder) / "checkout"
        temp.mkdir()
        workspace.mkdir()
        runner = Runner(ROOT / ".github" / "actions" / "reconcile", workspace, temp, clean_environ())
        step(runner, "Install", command="plan")
        start_project(runner)
        plan = step(runner, "Run", command="plan")
        expect(plan.outputs["creates"] == "1", "the plan has one create")
        applied = step(runner, "Run", command="apply", **{"expect-digest": plan.outputs["plan-digest"]})
        expect(applied.outputs["created"] == "1", "one template was created")
        drift = step(runner, "Run", command="drift")
        expect(drift.outputs["exit-code"] == "0", "nothing has drifted")


def start_project(runner: Runner) -> None:
    import subprocess

    program = runner.temp / "reconciler" / "bin" / "reconciler"
    subprocess.run(
        [program, "init", "-q", "--ci", "none"], cwd=runner.workspace, check=True, env=runner.environ
    )


def step(runner: Runner, name: str, **inputs: str) -> StepRun:
    """One step; its output is shown, and anything but success ends this program."""
    done = runner.run(name, inputs)
    sys.stdout.write(done.out + done.err)
    expect(done.code == 0, f"step {name} {inputs.get('command', '')} succeeds")
    return done


def expect(holds: bool, words: str) -> None:
    """Say what was checked; exit 1 when it does not hold."""
    sys.stdout.write(f"{'ok  ' if holds else 'FAIL'}  {words}\n")
    if not holds:
        sys.exit(1)


if __name__ == "__main__":
    main()
