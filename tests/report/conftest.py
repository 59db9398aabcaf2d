"""Golden files: what people read, kept beside the tests. `UPDATE_GOLDEN=1 pytest` writes them anew; read the diff."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

_DIGEST = re.compile(r"sha256:([0-9a-f]+)")
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    def check(name: str, text: str) -> None:
        """Digests are masked: they change with every fact that goes into them, and have tests of their own."""
        file = GOLDEN / name
        text = _DIGEST.sub(lambda match: "sha256:" + "0" * len(match[1]), text)
        if os.environ.get("UPDATE_GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{name} differs; UPDATE_GOLDEN=1 writes it anew"

    return check
