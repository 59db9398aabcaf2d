"""The action on a runner of the test's own, with stand-ins for the programs that it starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from program import Project
from warm_program import PROGRAM
from workflows.workflow_runner import Runner, clean_environ

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "reconcile"


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    """The repository that a job has checked out: a project with one valid manifest."""
    root = tmp_path / "checkout"
    root.mkdir()
    project = Project(root)
    project.add()
    project.write(
        "reconciler.yaml",
        "version: 1\ndefaultEnvironment: sandbox\nenvironments: {sandbox: {api: sandbox}}\n",
    )
    return project


@pytest.fixture
def runner(tmp_path: Path, checkout: Project) -> Runner:
    """A runner on which nothing is installed yet."""
    temp = tmp_path / "temp folder"
    temp.mkdir()
    return Runner(ACTION, checkout.root, temp, clean_environ())


@pytest.fixture
def install_program(runner: Runner) -> Callable[[str | None], None]:
    """Put a shell script where the action installs the program; without a text, the real program."""

    def install(text: str | None = None) -> None:
        place = runner.temp / "reconciler" / "bin" / "reconciler"
        place.parent.mkdir(parents=True)
        if text is None:
            place.symlink_to(PROGRAM)
            return
        place.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
        place.chmod(0o755)

    return install
