"""`.json` files: RFC 8259 and nothing else, with places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifests.manifest_reading import ProjectOnDisk, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000.0),
        ("-0.5E-2", -0.005),
        ('{"a": [true, false, null], "b": {}, "c": []}', {"a": [True, False, None], "b": {}, "c": []}),
        ('"\\ud83d\\ude00 \\u00e9"', "😀 é"),
        ('{"no": "no", "1": 1}', {"no": "no", "1": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('"\u2028"', "\u2028"),
        (' \n\t[1]\r\n ', [1]),
    ],
)  # fmt: skip
def test_json_is_read_as_json(text: str, value: object) -> None:
    read = read_text(text, is_json=True)
    assert (read.values, read.problems) == ([value], [])


WRONG: dict[str, tuple[Any, str]] = {
    "duplicate key": ('{"a": 1,\n "a": 2}', '2:2: R012 the key "a" occurs twice; first at line 1, column 2; keep one of them'),
    "trailing comma in a list": ("[1,\n 2,\n]", "3:1: R006 a comma is in front of ], which JSON does not allow; remove the comma"),
    "trailing comma in an object": ('{"a": 1,}', "1:9: R006 a comma is in front of }, which JSON does not allow; remove the comma"),
    "NaN": ("[NaN]", "1:2: R006 not valid JSON: found `NaN` where a value or ] must be"),
    "infinity": ("[1, -Infinity]", "1:5: R006 not valid JSON: found `-Infinity` where a value must be"),
    "leading zero": ("[012]", "1:2: R006 not valid JSON: found `012` where a value or ] must be"),
    "bare fraction": ("[.5]", "1:2: R006 not valid JSON: found `.5` where a value or ] must be"),
    "unfinished fraction": ("[1.]", "1:2: R006 not valid JSON: found `1.` where a value or ] must be"),
    "bare key": ("{a: 1}", "1:2: R006 not valid JSON: found `a` where a key in double quotes or } must be"),
    "single quotes": ("['a']", "1:2: R006 not valid JSON: found `'a'` where a value or ] must be"),
    "comment": ("// x\n1", "1:1: R006 not valid JSON: found `//` where a value must be"),
    "missing colon": ('{"a" 1}', "1:6: R006 not valid JSON: found `1` where a colon must be"),
    "missing value": ('{"a": }', "1:7: R006 not valid JSON: found `}` where a value must be"),
    "missing comma": ("[1 2]", "1:4: R006 not valid JSON: found `2` where a comma or the closing bracket must be"),
    "wrong bracket": ("[1}", "1:3: R006 not valid JSON: found `}` where a comma or the closing bracket must be"),
    "key in a list": ('["a": 1]', "1:5: R006 not valid JSON: found `:` where a comma or the closing bracket must be"),
    "no end": ('{"a": [1,', "1:10: R006 the file ends where a value must follow"),
    "open string": ('["a\n"]', "1:4: R006 not valid JSON: invalid control character"),
    "bad escape": ('["\\x"]', "1:3: R006 not valid JSON: invalid \\escape"),
    "second value": ("1\n2", "2:1: R006 there is more text behind the JSON value"),
    "blank file": (" \n", "1:1: R007 the file is empty, or holds comments only; write a manifest, or remove the file"),
    "large integer": ("[9007199254740993]", ("1:2: R014 `9007199254740993` is beyond ±9007199254740991, the whole numbers that every "
                      "JSON reader keeps exactly; quote it if it is an identifier, or write a smaller number")),
    "large number": ("[1e999]", "1:2: R014 `1e999` is too large for a number; quote it, or write a smaller number"),
    "lone surrogate": ('{"a":\n "\\ud800"}', ("2:2: R008 half of a surrogate pair, which is no character; "
                       "write both halves, or the character itself")),
    "lone surrogate in a key": ('{"\\udc00": 1}', ("1:2: R008 half of a surrogate pair, which is no character; "
                                "write both halves, or the character itself")),
    "NUL": ('"\\u0000"', "1:1: R008 a NUL character, which Airbyte cannot store; remove it"),
    "not UTF-8": (b'{"a": "\xff"}', "1:8: R005 byte 0xff is not UTF-8; save the file as UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_json_is_refused_with_its_place(case: str) -> None:
    text, problem = WRONG[case]
    assert read_text(text, is_json=True).problems == [problem]


def test_tags_of_yaml_are_plain_text_in_json() -> None:
    assert read_text('{"!env": "!env HOME"}', is_json=True).values == [{"!env": "!env HOME"}]


@given(st.text(alphabet='{}[]:,"\\ \n01.-+eEtrufalsn\ud800é', max_size=30))
def test_exactly_the_json_that_python_reads_strictly_is_accepted(text: str) -> None:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    read = read_text(data, is_json=True)
    try:
        expected = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except ValueError:
        assert read.problems
    else:
        known = any(rule in problem for problem in read.problems for rule in ("R008", "R014"))
        assert known or (read.values, read.problems) == ([expected], [])


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)


def refuse(word: str) -> object:
    raise ValueError(word)


HEAD = '"apiVersion": "reconciler/v1", "kind": "SourceTemplate"'


@pytest.mark.parametrize(
    "text",
    [
        f'{{{HEAD}, "\\ud800": 1}}',
        f'{{{HEAD}, "metadata": {{"name": "m", "\\ud800": 1}}, "spec": {{}}}}',
        f'{{{HEAD}, "metadata": {{"name": "m"}}, "spec": {{"\\udfff": {{"\\ud800": "\\ud800"}}}}}}',
        '{"apiVersion": "\\ud800", "kind": "\\ud800", "spec": {"connector": "\\ud800", "partialDefaultConfig": {"\\ud800": 1}}}',
    ],
)
def test_half_a_character_is_a_problem_at_its_place_wherever_it_stands(
    text: str, project: ProjectOnDisk
) -> None:
    project.write("m.json", text)
    problems = project.problems()
    halves = sum(text.count(half) for half in ("\\ud800", "\\udfff"))
    assert len([problem for problem in problems if problem.startswith("R008 ")]) == halves
    assert not any("\ufffd" in problem for problem in problems)
    "".join(problems).encode()
