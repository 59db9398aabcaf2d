"""Repositories to start projects in, and the program started there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from program import Project

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def git() -> Callable[..., str]:
    """git with an identity; `git(directory, ...)` gives what it prints."""

    def run(directory: Path, *arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=directory, check=True, capture_output=True, text=True
        ).stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Project:
    """An empty git repository; no registry was ever read on its machine."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch", "main")
    return Project(root, {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)})


@pytest.fixture
def tool() -> tuple[str, ...]:
    """The options that say where the tool comes from."""
    return ("--tool-repository", "acme/tool", "--tool-ref", COMMIT)
