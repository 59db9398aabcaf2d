"""The hook that other repositories use: it starts the real program, before every commit."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from git_remote import SETTINGS, git
from program import Project
from warm_program import PROGRAM

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


def test_the_whole_project_is_judged_in_one_run_before_every_commit() -> None:
    assert HOOK["always_run"] is True
    assert "files" not in HOOK
    assert HOOK["language"] == "python"
    assert HOOK["pass_filenames"] is False
    assert HOOK["require_serial"] is True


def committed(folder: Path) -> tuple[int, str]:
    """A commit of everything, with the hooks of the repository: its exit code and its words."""
    environment = {**os.environ, **SETTINGS, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"}
    git(folder, "add", "--all")
    told = subprocess.run(
        ["git", "commit", "--message", "x"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode, told.stdout + told.stderr


def test_commit_that_only_deletes_an_included_part_is_validated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pre_commit")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    project = Project(tmp_path / "project")
    manifest = project.add(presets="!include part.yml")
    part = project.write("manifests/part.yml", "{}\n")
    local = {key: value for key, value in HOOK.items() if key != "description"} | {"language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    project.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    git(project.root, "init", "--quiet")
    hook = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(hook, cwd=project.root, env={**os.environ, **SETTINGS}, capture_output=True, check=True)
    assert committed(project.root)[0] == 0
    part.unlink()
    code, words = committed(project.root)
    assert code == 1
    assert f"manifests/{manifest.name}:" in words
