"""The program in forks, for the many runs of this room; projects of single tests are `program.Project`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Project
from warm_program import WarmProgram


@pytest.fixture(scope="session")
def forks() -> Iterator[WarmProgram]:
    """One warm process for the whole session."""
    with WarmProgram(str(Path(__file__).with_name("forking_program.py"))) as program:
        yield program


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)
