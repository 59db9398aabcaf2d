"""One sandbox for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from faulty_sandbox import World

from reconciler.sandbox.store import open_store


@pytest.fixture
def world() -> Iterator[World]:
    with closing(open_store(None)) as store:
        yield World(store)
