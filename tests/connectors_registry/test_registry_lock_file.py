"""The lock as text: stable bytes, digests, and what can still be saved from a broken one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from connectors_registry.registry_doubles import CRM_ID, FAKER_ID, destination, entry, specification

from reconciler.connectors.registry.lock import (
    Lock,
    lock_text,
    read_lock,
    read_lock_file,
    salvaged_source,
)
from reconciler.connectors.registry.registry import ConnectorType, spec_digest
from reconciler.errors import InvalidInput
from reconciler.model.template import Connector

FILE = "connectors.lock.json"
HELP = "write the file again with `reconciler connectors lock`"
FAKER = entry(
    "airbyte/source-faker", id=FAKER_ID, name="Sample Data", specification=specification(a={"type": "string"})
)
DESTINATION = entry(
    "airbyte/destination-x", id=destination()["destinationDefinitionId"], type=ConnectorType.DESTINATION
)


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def read(text: str) -> Lock:
    return read_lock_file(text, FILE)


def test_the_file_is_what_the_documentation_says_byte_for_byte() -> None:
    spec: Any = {"b": 1.0, "a": "\u202e é"}
    assert lock_text("cloud", [entry(specification=spec)]) == (
        "{\n"
        '  "formatVersion": "1",\n'
        '  "source": "cloud",\n'
        '  "connectors": [\n'
        "    {\n"
        f'      "id": "{CRM_ID}",\n'
        '      "type": "source",\n'
        '      "repository": "airbyte/source-crm",\n'
        '      "name": "Crm",\n'
        '      "version": "1.0.0",\n'
        f'      "digest": "{spec_digest(spec)}",\n'
        '      "spec": {\n'
        '        "a": "\\u202e \\u00e9",\n'
        '        "b": 1.0\n'
        "      }\n"
        "    }\n"
        "  ]\n"
        "}\n"
    )


def test_order_of_connectors_and_of_keys_does_not_change_a_byte() -> None:
    turned = entry(
        "airbyte/source-faker", id=FAKER_ID, name="Sample Data", specification=shuffled(FAKER.specification)
    )
    assert lock_text("oss", [FAKER, entry()]) == lock_text("oss", [entry(), turned])


def test_what_was_written_is_read_again_destinations_included() -> None:
    text = lock_text("oss", [FAKER, entry(), DESTINATION])
    assert read(text) == Lock(text, "oss", (DESTINATION, entry(), FAKER))


def test_the_other_commands_read_what_was_written() -> None:
    [crm, _, faker] = read_lock(lock_text("oss", [FAKER, entry(), DESTINATION]), FILE)
    assert faker == Connector(FAKER_ID, "source-faker", "Sample Data", "1.0.0", FAKER.specification)
    assert crm == entry().connector()


@pytest.mark.parametrize("file", ["builtin.lock.json", "destinations.lock.json"])
def test_the_digests_are_those_of_the_built_in_locks(file: str) -> None:
    from importlib import resources

    text = resources.files("reconciler.connectors").joinpath(file).read_text("utf-8")
    assert read(text).problems == ()


def test_the_digest_ignores_key_order_and_the_spelling_of_numbers() -> None:
    assert spec_digest({"a": 1, "b": 2}) == spec_digest({"b": 2.0, "a": 1})
    assert spec_digest({"a": 1}) != spec_digest({"a": True})


def test_an_edited_specification_is_told_at_its_digest() -> None:
    text = lock_text("oss", [FAKER, entry()]).replace('"string"', '"integer"')
    line = next(n for n, each in enumerate(text.split("\n"), 1) if spec_digest(FAKER.specification) in each)
    [problem] = read(text).problems
    assert f"{problem.rule} {problem}" == (
        f"R224 {FILE}:{line}:17: the digest of source-faker does not fit its specification: one was edited by hand; {HELP}"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":\n  oops}', f"{FILE}:2:3: not JSON: Expecting value; {HELP}"),
        ("[]", f"{FILE}:1:1: the lock must be a JSON object; {HELP}"),
        ("9" * 5000, f"{FILE}:1:1: an integer has more than 400 digits; {HELP}"),
        ("[" * 300 + "]" * 300, f"{FILE}:1:1: it is nested deeper than 100 levels; {HELP}"),
        ('{"formatVersion": "1", "source": "x", "connectors": [], "x": "\\ud800"}', None),
    ],
)
def test_a_lock_that_is_none_is_invalid_input_with_its_place(text: str, said: str | None) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(text)
    assert said is None or [str(problem) for problem in raised.value.problems] == [said]


def test_a_specification_nested_beyond_reason_is_refused_not_followed() -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"a": deep}
    with pytest.raises(InvalidInput) as raised:
        read(json.dumps({"formatVersion": "1", "source": "x", "connectors": [deep]}))
    assert raised.value.problems


def test_the_source_of_a_lock_with_a_merge_conflict_is_still_known() -> None:
    text = lock_text("oss", [FAKER]).replace('  "connectors"', '<<<<<<< HEAD\n  "connectors"')
    with pytest.raises(InvalidInput):
        read(text)
    assert salvaged_source(text) == "oss"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '  "source": "cloud",\n  "source": "oss",\n',
        '      "source": "a field of a specification"\n',
        '  "source": "",\n',
        '  "source": "\\x",\n',
    ],
)
def test_an_unclear_source_is_none(text: str) -> None:
    assert salvaged_source(text) is None
