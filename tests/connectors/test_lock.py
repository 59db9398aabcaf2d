"""Reading connectors.lock.json."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.connectors.registry.lock import read_lock
from reconciler.connectors.server.work import MOST_SPECIFICATION
from reconciler.errors import InvalidInput
from reconciler.model.template import Connector

FILE = "connectors.lock.json"
HELP = "write the file again with `reconciler connectors lock`"


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "DFD88B22-b603-4c3d-aad7-3701784586b1",
        "type": "source",
        "repository": "airbyte/source-faker",
        "name": "Sample Data",
        "version": "6.2.24",
        "digest": "sha256:00",
        "spec": {"connectionSpecification": {}},
        **changes,
    }


def lock(*entries: Any, **changes: Any) -> str:
    return json.dumps(
        {"formatVersion": "1", "source": "oss", "connectors": list(entries), **changes}, indent=1
    )


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as raised:
        read_lock(text, FILE)
    return [f"{problem.rule} {problem}" for problem in raised.value.problems]


def test_sources_become_connectors_with_short_repository_and_lower_case_id() -> None:
    assert read_lock(lock(entry()), FILE) == (
        Connector(
            id="dfd88b22-b603-4c3d-aad7-3701784586b1",
            repository="source-faker",
            name="Sample Data",
            version="6.2.24",
            specification={"connectionSpecification": {}},
        ),
    )


def test_destinations_are_read_too() -> None:
    assert len(read_lock(lock(entry(type="destination")), FILE)) == 1


def test_an_empty_lock_is_fine() -> None:
    assert read_lock(lock(), FILE) == ()


def test_text_that_is_no_json_is_reported_with_its_place() -> None:
    [problem] = problems_of('{"formatVersion":\n  oops}')
    assert problem == f"R220 {FILE}:2:3: not JSON: Expecting value; {HELP}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', 'the key "a" occurs twice in one object'),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": -Infinity}', "-Infinity is not a JSON number"),
        ('{"a": 1e999}', "a number is out of range"),
        (f'{{"a": {"9" * 401}}}', "an integer has more than 400 digits"),
        ('{"a": "\\ud800"}', "a text holds half of a surrogate pair"),
        ("[" * 101 + "]" * 101, "it is nested deeper than 100 levels"),
        ('{"a":' * 300 + "1" + "}" * 300, "it is nested deeper than 100 levels"),
        ("[" * 100_000, "it is nested deeper than 100 levels"),
        (f'{{"{"k" * 99}": 1, "{"k" * 99}": 2}}', f'the key "{"k" * 60}" occurs twice in one object'),
    ],
)
def test_json_that_only_a_lax_reader_takes_is_refused(text: str, reason: str) -> None:
    assert problems_of(text) == [f"R220 {FILE}:1:1: {reason}; {HELP}"]


def test_a_specification_may_be_as_deep_as_a_reader_bears_and_hold_long_integers() -> None:
    levels = 100 - 4  # the lock, its list, the entry, its specification
    deep = json.loads("[" * levels + "1" * 400 + "]" * levels)
    (connector,) = read_lock(lock(entry(spec={"x": deep})), FILE)
    assert connector.specification == {"x": deep}
    assert "it is nested deeper than 100 levels" in problems_of(lock(entry(spec={"x": [deep]})))[0]


@pytest.mark.parametrize("text", ["[]", "null", "1"])
def test_a_lock_is_an_object(text: str) -> None:
    assert problems_of(text) == [f"R221 {FILE}:1:1: the lock must be a JSON object; {HELP}"]


def test_another_format_version_is_refused_before_anything_else() -> None:
    text = '{\n "formatVersion": "2",\n "surprise": 1\n}'
    assert problems_of(text) == [f'R222 {FILE}:2:19: formatVersion must be "1", not "2"; {HELP}']


def test_a_missing_format_version_is_refused() -> None:
    assert problems_of("{}") == [f'R222 {FILE}:1:1: formatVersion must be "1", not null; {HELP}']


def test_every_wrong_member_is_reported_at_once_with_its_place() -> None:
    text = lock(entry(id="x", version=1, nmae="y", spec=[]), "no object")
    assert problems_of(text) == [
        f'R221 {FILE}:6:10: "id" must be a UUID; {HELP}',
        f'R221 {FILE}:10:15: "version" must be a text that is not empty; {HELP}',
        f'R221 {FILE}:12:12: "spec" must be an object; {HELP}',
        f'R221 {FILE}:13:12: unknown field "nmae"; did you mean "name"?; {HELP}',
        f"R221 {FILE}:15:3: a connector must be an object; {HELP}",
    ]


def test_missing_members_are_reported_at_their_object() -> None:
    broken = entry()
    del broken["name"]
    assert problems_of(lock(broken)) == [f'R221 {FILE}:5:3: "name" is missing; {HELP}']


def test_the_same_connector_twice_is_refused() -> None:
    text = lock(entry(), entry(id=entry()["id"].lower()))
    assert problems_of(text) == [
        f"R223 {FILE}:17:10: connector dfd88b22-b603-4c3d-aad7-3701784586b1 occurs twice; {HELP}"
    ]


def test_integer_of_thousands_of_digits_is_a_problem_not_a_crash() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_lock('{"formatVersion": ' + "9" * 5000 + "}", "connectors.lock.json")
    assert [p.message for p in caught.value.problems] == ["an integer has more than 400 digits"]


def test_a_specification_is_read_up_to_a_size_and_not_beyond() -> None:
    # The specification, the schema and the list are one value each, and one for each of their members.
    at_limit = {"connectionSpecification": {"enum": [1] * ((MOST_SPECIFICATION - 5) // 2)}}
    assert len(read_lock(lock(entry(spec=at_limit)), FILE)) == 1
    at_limit["connectionSpecification"]["enum"].append(1)
    (problem,) = problems_of(lock(entry(spec=at_limit)))
    assert problem == (
        f'R221 {FILE}:12:12: "spec" is larger than that of any connector (50,000 values); {HELP}'
    )
