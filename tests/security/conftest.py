"""The program in forks, for the many runs of this room; projects of single tests are `program.Project`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from program import Project


@dataclass
class Forks:
    """The other side of `forking_program`."""

    process: subprocess.Popen[str]

    def run(self, **order: Any) -> int:
        """The exit code of one run."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline())["code"])


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """One warm process for the whole session."""
    script = Path(__file__).with_name("forking_program.py")
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Forks(process)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)
