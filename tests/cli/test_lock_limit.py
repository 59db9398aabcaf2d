"""The connector lock is read up to its limit and not one byte further."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.errors import InvalidInput
from reconciler.manifests.desired import LOCK_FILE, MAX_LOCK_BYTES, read_catalogue
from reconciler.model.target import Api, Dialect

LOCK = b'{"formatVersion": "1", "source": "cloud", "connectors": []}'


def test_a_lock_of_64_mib_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    lock = tmp_path / LOCK_FILE
    lock.write_bytes(LOCK + b" " * (MAX_LOCK_BYTES - len(LOCK)))
    assert len(read_catalogue(tmp_path, Api.SANDBOX, Dialect.PUBLIC)) == len(builtin_catalogue())
    with lock.open("ab") as stream:
        stream.write(b" ")
    with pytest.raises(InvalidInput) as raised:
        read_catalogue(tmp_path, Api.SANDBOX)
    assert [f"{problem.rule} {problem}" for problem in raised.value.problems] == [
        "R220 connectors.lock.json:1:1: the connector lock is larger than 64 MiB"
    ]
