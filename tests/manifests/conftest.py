"""A project directory for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifests.manifest_reading import ProjectOnDisk


@pytest.fixture
def project(tmp_path: Path) -> ProjectOnDisk:
    (tmp_path / "manifests").mkdir()
    return ProjectOnDisk(tmp_path)
