"""Looking up where a value stands."""

from __future__ import annotations

import time

import pytest
from manifests.manifest_reading import BLOW_UP_SECONDS, ProjectOnDisk, locate, manifest_text, read_text

TEXT = b"""\
first: 1
---
a:
  - b: [1, {c: 2}]
    "d/e~": x
  -
    - deep
? f
: &anchored {g: 3}
h: *anchored
"""


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ("", (3, 1), (3, 1)),
        ("/a", (4, 3), (3, 1)),
        ("/a/0", (4, 5), (4, 5)),
        ("/a/0/b", (4, 8), (4, 5)),
        ("/a/0/b/0", (4, 9), (4, 9)),
        ("/a/0/b/1/c", (4, 16), (4, 13)),
        ("/a/0/d~1e~0", (5, 13), (5, 5)),
        ("/a/1/0", (7, 7), (7, 7)),
        ("/f", (9, 3), (8, 3)),
        ("/f/g", (9, 17), (9, 14)),
        ("/h", (10, 4), (10, 1)),
        ("/h/g", (10, 4), (10, 4)),
        ("/a/7", (4, 3), (4, 3)),
        ("/a/0/nothing/here", (4, 5), (4, 5)),
        ("/nothing", (3, 1), (3, 1)),
    ],
)
def test_place_of_a_value_and_of_its_key(pointer: str, value: tuple[int, int], key: tuple[int, int]) -> None:
    assert (locate(TEXT, 1, pointer), locate(TEXT, 1, pointer, key=True)) == (value, key)


def test_first_of_two_equal_keys_is_meant() -> None:
    assert locate(b"a: 1\na: 2\n", 0, "/a") == (1, 4)


def test_place_in_json() -> None:
    assert locate(b'{"a":\n [1, {"b": true}]}', 0, "/a/1/b", is_json=True) == (2, 12)


def test_place_of_a_loaded_value_follows_includes(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: !include parts/p.yaml}"))
    project.write("parts/p.yaml", "x:\n  w: !include q.json\n")
    project.write("parts/q.json", '{"z":\n 1}')
    (manifest,) = project.load().manifests
    assert manifest.places is not None
    presets = "/spec/partialDefaultConfig"
    wanted = [*((presets + end, False) for end in ("", "/a", "/a/x", "/a/x/w/z")), (f"{presets}/a", True)]
    assert [str(manifest.places.origin(where, on_key=key)) for where, key in wanted] == [
        "manifests/m.yaml:6:25",
        "manifests/parts/p.yaml:1:1",
        "manifests/parts/p.yaml:2:3",
        "manifests/parts/q.json:2:2",
        "manifests/m.yaml:6:26",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: {", "1:5"),
        ("a: {\n", "2:1"),
        ("a:\n  - [1,", "2:8"),
        ('a: "x', "1:6"),
        ("a: {b:", "1:7"),
        ("a: 1\rb: \x07", "2:4"),
        ("a: 1\r\nb: \0", "2:4"),
        ("a: 1\rb: \u2028", "2:4"),
    ],
)
def test_place_of_a_syntax_error_is_inside_the_file(text: str, place: str) -> None:
    assert {problem.split(" ")[0] for problem in read_text(text).problems} == {f"{place}:"}


def test_places_of_many_manifests_in_one_file_follow_includes(project: ProjectOnDisk) -> None:
    project.write(
        "m.yaml", "---\n".join(manifest_text(f"m{n:02}", "{a: !include part.yaml}") for n in range(50))
    )
    project.write("part.yaml", "x: 1\n")
    places = [manifest.places for manifest in project.load().manifests if manifest.places is not None]
    assert [each.origin("/metadata/name").line for each in places] == [3 + 7 * n for n in range(50)]
    assert {str(each.origin("/spec/partialDefaultConfig/a/x")) for each in places} == {
        "manifests/part.yaml:1:4"
    }


def test_thousands_of_places_are_looked_up_in_time(project: ProjectOnDisk) -> None:
    names = [f"field_{number}" for number in range(8_000)]
    project.write("m.yaml", manifest_text("m", "", *(f"  {name}: [1, 2, 3]" for name in names)))
    (manifest,) = project.load().manifests
    assert manifest.places is not None
    before = time.process_time()
    for line, name in enumerate(names, 7):
        origin = manifest.places.origin(f"/spec/partialDefaultConfig/{name}/2")
        assert (origin.line, origin.column > 20) == (line, True)
    assert time.process_time() - before < BLOW_UP_SECONDS
