"""The hook that other repositories use: it starts the real program, for the files that matter."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from program import PROGRAM, Project

from reconciler.cli.workspace import LOCK_FILE
from reconciler.manifests.files import SUFFIXES
from reconciler.manifests.project import PROJECT_FILE

ROOT = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_entry_is_a_command_that_installing_this_package_provides(tmp_path: Path) -> None:
    program, *arguments = shlex.split(HOOK["entry"])
    scripts: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert program in scripts
    assert PROGRAM.name == program
    project = Project(tmp_path)
    project.add()
    assert project.run(*arguments).code == 0
    project.add(title="[")
    assert project.run(*arguments).code == 3


def test_the_whole_project_is_judged_in_one_run() -> None:
    assert HOOK["language"] == "python"
    assert HOOK["pass_filenames"] is False
    assert HOOK["require_serial"] is True


@pytest.mark.parametrize(
    "file",
    [PROJECT_FILE, LOCK_FILE, "manifests/a/b c.YML", *(f"manifests/crm{suffix}" for suffix in SUFFIXES)],
)
def test_it_runs_for_everything_that_validate_reads(file: str) -> None:
    assert re.search(HOOK["files"], file)


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "manifests/notes.txt",
        "manifests/crm.yaml.bak",
        "docs/manifests/a.yaml",
        "sub/reconciler.yaml",
        "connectors.lock.jsonx",
    ],
)
def test_it_does_not_run_for_other_files(file: str) -> None:
    assert not re.search(HOOK["files"], file)
