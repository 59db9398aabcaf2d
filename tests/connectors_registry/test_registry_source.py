"""Which registry is meant, and what opening it gives: with a network, with a kept copy, with neither."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from connectors_registry.registry_doubles import (
    FAKER_ID,
    Behaviour,
    RegistryServer,
    answer,
    body_of,
    registry,
    saying,
    source,
    tagged,
)

from reconciler.connectors.registry.files import RegistryCache
from reconciler.connectors.registry.lookup import Collection, in_words
from reconciler.connectors.registry.source import (
    RegistryReader,
    RegistrySource,
    registry_source,
)
from reconciler.errors import InvalidInput, RefusedByServer, Unreachable, UnusableAnswer
from reconciler.model.diagnostic import Origin

Serve = Callable[[Behaviour], RegistryServer]
ORIGIN = Origin("option --registry", 0, 0)
DAY = 86_400.0


@pytest.fixture
def reader(tmp_path: Path) -> RegistryReader:
    return RegistryReader(RegistryCache(tmp_path / "cache"), now=lambda: 10 * DAY)


def later(reader: RegistryReader, seconds: float) -> RegistryReader:
    return replace(reader, now=lambda: 10 * DAY + seconds)


def at(server: RegistryServer) -> RegistrySource:
    return RegistrySource(server.url, url=server.url)


def names(opened: Collection | None) -> list[str] | None:
    return None if opened is None else [entry.name for entry in opened.registry.entries]


class Changing:
    """A registry whose content a test changes, with a tag of its own."""

    def __init__(self) -> None:
        self.name = "First"

    @property
    def behave(self) -> Behaviour:
        return tagged(lambda: body_of(source(name=self.name)), lambda: f'"{self.name}"')


@pytest.mark.parametrize("name", ["cloud", "oss"])
def test_an_edition_is_airbytes_public_registry(name: str) -> None:
    url = f"https://connectors.airbyte.com/files/registries/v0/{name}_registry.json"
    found = registry_source(name, Path(), origin=ORIGIN)
    assert (found, found.words) == (RegistrySource(name, url=url), f"the {name} registry")


@pytest.mark.parametrize(
    "url", ["https://mirror.example/r.json", "http://127.0.0.1:8/r", "http://localhost/r"]
)
def test_a_url_is_recorded_as_it_is(url: str) -> None:
    assert registry_source(url, Path(), origin=ORIGIN) == RegistrySource(url, url=url)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://mirror.example/r.json", "the address of the registry is not https"),
        ("ftp://mirror.example/r.json", "the address of the registry is not https"),
        ("file:///etc/passwd", "the registry is not a URL"),
        (
            "https://me:hunter2@mirror.example/r",
            "the address of the registry holds a login, a query or a fragment, which would be committed",
        ),
        (
            "https://mirror.example/r?token=hunter2",
            "the address of the registry holds a login, a query or a fragment, which would be committed",
        ),
        ("https://[", "the registry is not a URL"),
        ("https://a b/", "the registry is not a URL"),
        ("https://a:99999/", "the registry is not a URL"),
        ("sandbox", "the sandbox's connectors are built in: there is no registry to lock them from"),
        ("", "the registry has no name"),
        ("a\0b", "the registry has no name"),
    ],
)
def test_what_cannot_be_a_registry_is_refused_and_never_quoted(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        registry_source(text, Path(), origin=ORIGIN)
    [problem] = raised.value.problems
    ways = "write cloud, oss, the https address of a registry, or the path of a file"
    assert f"{problem.rule} {problem}" == f"R225 option --registry: {said}; {ways}"


@pytest.mark.parametrize(
    ("text", "recorded"),
    [
        ("registry.json", "registry.json"),
        ("./folder/../registry.json", "registry.json"),
        ("../registry.json", "../registry.json"),
        ("{root}/sub/registry.json", "sub/registry.json"),
        ("/elsewhere/registry.json", "/elsewhere/registry.json"),
        ("./cloud", "./cloud"),
        ("./sandbox", "./sandbox"),
    ],
)
def test_a_file_is_recorded_from_the_root_and_found_again_by_that(
    text: str, recorded: str, tmp_path: Path
) -> None:
    first = registry_source(text.format(root=tmp_path), tmp_path, origin=ORIGIN)
    again = registry_source(first.name, tmp_path, origin=ORIGIN)
    assert first.name == again.name == recorded
    assert again.path is not None
    assert first.path is not None
    assert again.path.resolve() == first.path.resolve()


def test_a_file_of_a_project_behind_a_link_is_recorded_from_the_root_too(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "link").symlink_to("project")
    through = registry_source(str(tmp_path / "link" / "registry.json"), tmp_path / "project", origin=ORIGIN)
    assert (through.name, through.is_of_this_machine) == ("registry.json", False)
    outside = registry_source(str(tmp_path / "registry.json"), tmp_path / "project", origin=ORIGIN)
    assert outside.is_of_this_machine


def test_a_file_is_opened_without_asking_anybody(reader: RegistryReader, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(body_of())
    found = RegistrySource("r.json", path=tmp_path / "r.json")
    assert names(reader.open(found)) == names(reader.open_offline(found)) == ["Crm"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "the registry could not be read: No such file or directory"),
        (b"<html>", "it is not JSON (from character 1 on)"),
        (b'{"sources": [], "sources": []}', "an object has the same key twice"),
        (b"[]", "it is no Connector Registry: it has no array `sources`"),
        (b"\xff", "it is not UTF-8"),
        (b"[" * 200 + b"]" * 200, "it is nested deeper than 100 levels"),
    ],
)
def test_a_file_that_is_no_registry_is_invalid_input(
    content: bytes | None, said: str, reader: RegistryReader, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "r.json").write_bytes(content)
    found = RegistrySource("r.json", path=tmp_path / "r.json")
    with pytest.raises(InvalidInput) as raised:
        reader.open(found)
    assert str(raised.value.problems[0]).startswith(f"r.json: {said}; give another: ")
    assert reader.open_offline(found) is None


def test_an_unchanged_registry_is_asked_for_and_taken_from_the_copy(
    reader: RegistryReader, serve: Serve
) -> None:
    server = serve(Changing().behave)
    first, second = reader.open(at(server)), later(reader, DAY).open(at(server))
    assert names(first) == names(second) == ["First"]
    assert (second.warnings, second.copy_age) == ((), None)
    assert [request.headers.get("if-none-match") for request in server.seen] == [None, '"First"']
    offline = later(reader, DAY + 60).open_offline(at(server))
    assert offline is not None
    assert offline.copy_age == 60  # confirmed by the second run, not as old as the first


def test_a_changed_registry_replaces_the_copy(reader: RegistryReader, serve: Serve) -> None:
    content = Changing()
    server = serve(content.behave)
    reader.open(at(server))
    content.name = "Second"
    assert names(reader.open(at(server))) == ["Second"]
    assert names(reader.open_offline(at(server))) == ["Second"]


def test_without_a_network_the_copy_is_used_and_its_age_told(reader: RegistryReader, serve: Serve) -> None:
    server = serve(Changing().behave)
    reader.open(at(server))
    server.stop()
    opened = later(reader, 3 * DAY + 7).open(at(server))
    assert names(opened) == ["First"]
    assert opened.copy_age == 3 * DAY + 7
    assert opened.notes == (
        (
            f"the registry at {server.url}: no connection to 127.0.0.1:{server.port}: connection refused; the copy that was "
            "read 3 days ago is used instead, and may be out of date"
        ),
    )


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_counts_as_no_network(reader: RegistryReader, serve: Serve, status: int) -> None:
    content = Changing()
    server = serve(content.behave)
    reader.open(at(server))
    server.behave = saying(answer(status))
    assert names(reader.open(at(server))) == ["First"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (answer(404), RefusedByServer),
        (answer(403), RefusedByServer),
        (answer(302, location="https://elsewhere.example/"), RefusedByServer),
        (answer(200, b"<html>"), UnusableAnswer),
        (answer(200, b"{}"), UnusableAnswer),
        (answer(200, json.dumps(registry(1)).encode()), UnusableAnswer),
    ],
)
def test_an_answer_that_says_something_else_is_an_error_and_leaves_the_copy_alone(
    data: bytes, error: type[Exception], reader: RegistryReader, serve: Serve
) -> None:
    server = serve(Changing().behave)
    reader.open(at(server))
    server.behave = saying(data)
    with pytest.raises(error):
        reader.open(at(server))
    assert names(reader.open_offline(at(server))) == ["First"]


def test_without_network_and_copy_it_is_an_error(reader: RegistryReader, serve: Serve) -> None:
    server = serve(Changing().behave)
    server.stop()
    with pytest.raises(Unreachable):
        reader.open(at(server))
    assert reader.open_offline(at(server)) is None


def test_a_spoiled_copy_is_not_asked_about_and_not_used(
    reader: RegistryReader, serve: Serve, tmp_path: Path
) -> None:
    server = serve(Changing().behave)
    reader.open(at(server))
    [file] = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes().replace(b"First", b"Other"))
    assert reader.open_offline(at(server)) is None
    assert names(reader.open(at(server))) == ["First"]
    assert server.seen[-1].headers.get("if-none-match") is None


def test_a_copy_that_this_version_does_not_take_is_downloaded_again(
    reader: RegistryReader, serve: Serve
) -> None:
    server = serve(Changing().behave)
    reader.cache.store(server.url, b"[]", '"First"', now=0.0)
    assert names(reader.open(at(server))) == ["First"]
    assert [request.headers.get("if-none-match") for request in server.seen] == ['"First"', None]


def test_a_copy_that_cannot_be_kept_is_told_and_no_error(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opened = RegistryReader(RegistryCache(tmp_path / "file" / "cache")).open(at(serve(Changing().behave)))
    assert names(opened) == ["First"]
    assert opened.notes == ("no copy was kept for later runs: Not a directory",)


def test_what_had_to_be_skipped_is_counted_and_named(reader: RegistryReader, serve: Serve) -> None:
    formless = source("airbyte/source-formless", sourceDefinitionId=FAKER_ID, spec={"documentationUrl": "x"})
    opened = reader.open(at(serve(saying(answer(200, body_of(source(), 1, formless))))))
    assert opened.notes[0].endswith(
        ": 2 of its entries cannot be used: sources[1] (it is not an object) and source-formless (its specification has no "
        "connectionSpecification)"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (10 * DAY, "10 days ago"),
    ],
)
def test_ages_are_told_in_one_unit(seconds: Any, words: str) -> None:
    assert in_words(seconds) == words
