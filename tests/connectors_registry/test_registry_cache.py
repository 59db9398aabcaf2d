"""Copies of registries: kept for the user alone, and worth nothing once they are not as they were written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from reconciler.connectors.registry.files import (
    Copy,
    RegistryCache,
    Unreadable,
    read_bounded,
    user_cache,
    write_whole,
)

URL = "https://registry.example/r.json"
BODY = b'{"sources": []}\n\nmore'


@pytest.fixture
def cache(tmp_path: Path) -> RegistryCache:
    return RegistryCache(tmp_path / "cache")


def file_of(cache: RegistryCache) -> Path:
    assert cache.folder is not None
    [file] = cache.folder.iterdir()
    return file


def test_what_was_stored_is_read_for_its_own_url_only(cache: RegistryCache) -> None:
    cache.store(URL, BODY, '"v1"', now=1_000.0)
    assert cache.read(URL) == Copy(BODY, '"v1"', 1_000.0)
    assert cache.read(URL + "x") is None


def test_a_copy_without_a_tag_is_kept_too(cache: RegistryCache) -> None:
    cache.store(URL, b"", None, now=1.0)
    assert cache.read(URL) == Copy(b"", None, 1.0)


def test_only_the_user_may_read_a_copy(cache: RegistryCache) -> None:
    cache.store(URL, BODY, None, now=1.0)
    file = file_of(cache)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_confirming_makes_a_copy_young_again(cache: RegistryCache) -> None:
    cache.store(URL, BODY, None, now=1.0)
    cache.confirm(URL, now=5.0)
    assert cache.read(URL) == Copy(BODY, None, 5.0)


def test_confirming_what_is_gone_is_no_error(cache: RegistryCache) -> None:
    cache.confirm(URL, now=5.0)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b"sources", b"Sources"),
        lambda data: b"",
        lambda data: b"\n" + data,
        lambda data: b"[" * 100_000,
        lambda data: data.replace(b'"formatVersion": "1"', b'"formatVersion": "0"'),
        lambda data: data.replace(b'{"format', b'x{"format'),
        lambda data: os.urandom(100),
    ],
)
def test_a_spoiled_copy_counts_as_not_there(cache: RegistryCache, spoil: object) -> None:
    cache.store(URL, BODY, '"v1"', now=1.0)
    file = file_of(cache)
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
    assert cache.read(URL) is None
    cache.store(URL, BODY, '"v2"', now=1.0)
    assert cache.read(URL) == Copy(BODY, '"v2"', 1.0)


def test_without_a_place_nothing_is_kept() -> None:
    nowhere = RegistryCache(None)
    nowhere.store(URL, BODY, None, now=1.0)
    assert nowhere.read(URL) is None


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, Path("/c/airbyte-template-reconciler")),
        ({"XDG_CACHE_HOME": "", "HOME": "/h"}, Path("/h/.cache/airbyte-template-reconciler")),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, Path("/h/.cache/airbyte-template-reconciler")),
        ({"HOME": "relative"}, None),
        ({}, None),
    ],
)
def test_the_folder_follows_the_xdg_specification(environ: dict[str, str], folder: Path | None) -> None:
    assert user_cache(environ) == RegistryCache(folder)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * 100)
    assert read_bounded(file, limit=100) == b"x" * 100
    with pytest.raises(Unreadable, match="is larger than"):
        read_bounded(file, limit=99)


def test_a_pipe_a_folder_and_a_wrong_name_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none", tmp_path / "a\0b", Path("/dev/zero")):
        with pytest.raises(Unreadable):
            read_bounded(path)


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("f", b"old")]
