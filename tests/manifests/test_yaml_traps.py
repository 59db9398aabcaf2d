"""Scalars without quotes: each is what YAML 1.1, YAML 1.2 and JSON agree on, or an error. In every position."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from manifests.manifest_reading import read_text

from reconciler.manifests.scalars import REFUSED, explain_plain, plain_value

TEXT = [
    "word", "two words", "null-ish", "yesterday", "nope", "only", "of", "Nil", "None", "undefined",
    "1.2.3", "1.2.3-rc1", "v1", "08:30", "0.0.0.0", "10.0.0.0/8", "2024-01", "2024-1-1", "01-02-2024",
    "12e", "e12", "0x", "0xZZ", "0o8", "1-1", "--1", "+", ".", "..",  "-.", "a=b", "=b", "<", "<a",
    "$ref", "/path", "http://x.y/z", "7c60d51f-b44e-4682-87d6-449835ea4de6", "é", "日本", "a#b",  "infinity",
    "nan", "inf", "NaN", "1_0_a", "0b2", "truely", "1 2", "12:60", "1:2:3x",
]  # fmt: skip
JSON_LITERALS = ["true", "false", "null", "0", "-0", "1", "-1", "42", "9007199254740991", "-9007199254740991",
                 "0.5", "-0.5", "1.10", "1.0", "1.5e+3", "2.5E-3", "123456.789"]  # fmt: skip
TRAPS = {
    # text: (what YAML 1.1 says, what YAML 1.2 says)
    "no": ("false", "text"), "No": ("false", "text"), "NO": ("false", "text"),
    "yes": ("true", "text"), "Yes": ("true", "text"), "YES": ("true", "text"),
    "on": ("true", "text"), "On": ("true", "text"), "ON": ("true", "text"),
    "off": ("false", "text"), "Off": ("false", "text"), "OFF": ("false", "text"),
    "y": ("true", "text"), "Y": ("true", "text"), "n": ("false", "text"), "N": ("false", "text"),
    "nO": ("false (to readers that ignore case)", "text"), "yEs": ("true (to readers that ignore case)", "text"),
    "True": ("true", "true"), "TRUE": ("true", "true"), "False": ("false", "false"), "FALSE": ("false", "false"),
    "tRUE": ("true (to readers that ignore case)", "text"),
    "Null": ("null", "null"), "NULL": ("null", "null"), "~": ("null", "null"),
    "012": ("the number 10", "the number 12"), "0777": ("the number 511", "the number 777"),
    "007": ("the number 7", "the number 7"), "08": ("text", "the number 8"), "-012": ("the number -10", "the number -12"),
    "0o7": ("text", "the number 7"), "0x1F": ("the number 31", "the number 31"), "0xff": ("the number 255", "the number 255"),
    "-0x1F": ("the number -31", "text"), "0b101": ("the number 5", "text"),
    "1_000": ("the number 1000", "text"), "1_000.5": ("the number 1000.5", "text"), "0x_F": ("the number 15", "text"),
    "+1": ("the number 1", "the number 1"), "+1.5": ("the number 1.5", "the number 1.5"), "+0": ("the number 0", "the number 0"),
    "12:30": ("the number 750", "text"), "12:30:45": ("the number 45045", "text"), "-1:30": ("the number -90", "text"),
    "1:30.5": ("the number 90.5", "text"), "190:20:30": ("the number 685230", "text"),
    ".5": ("the number 0.5", "the number 0.5"), "-.5": ("the number -0.5", "the number -0.5"), "1.": ("the number 1", "the number 1"),
    "-1.": ("the number -1", "the number -1"), "00.5": ("the number 0.5", "the number 0.5"), "01.5": ("the number 1.5", "the number 1.5"),
    "1e3": ("text", "the number 1000"), "1E3": ("text", "the number 1000"), "1e+3": ("text", "the number 1000"),
    "1.5e3": ("text", "the number 1500"), "-1e-2": ("text", "the number -0.01"), "1.e+3": ("the number 1000", "the number 1000"),
    "2024-01-01": ("a date", "text"), "2001-12-14t21:59:43.10-05:00": ("a date", "text"),
    "2001-12-14 21:59:43.10 -5": ("a date", "text"), "2024-01-01T00:00:00Z": ("a date", "text"),
    ".nan": ("not-a-number", "not-a-number"), ".NaN": ("not-a-number", "not-a-number"), ".inf": ("infinity", "infinity"),
    "-.inf": ("infinity", "infinity"), "+.INF": ("infinity", "infinity"), "=": ("a default-value mark", "text"),
    "<<": ("a merge of another mapping", "text"),
}  # fmt: skip

POSITIONS = {
    "value in a block": ("key: {}\n", "/key", "1:6"),
    "value in a flow": ("{{key: {} }}\n", "/key", "1:7"),
    "item in a block": ("- {}\n", "/0", "1:3"),
    "item in a flow": ("[{} ]\n", "/0", "1:2"),
}
KEY_POSITIONS = {
    "key in a block": ("{}: x\n", "1:1"),
    "key in a flow": ("{{ {} : x }}\n", "1:3"),
}


def test_the_trap_table_is_long() -> None:
    assert len(TRAPS) >= 60


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("text", [*TEXT, *JSON_LITERALS])
def test_agreed_scalar_is_read_as_both_versions_read_it(text: str, position: str) -> None:
    template, _, _ = POSITIONS[position]
    read = read_text(template.format(text))
    expected = json.loads(text) if text in JSON_LITERALS else text
    value: Any = read.values[0]
    found = value[0] if isinstance(value, list) else value["key"]
    assert (found, type(found), read.problems) == (expected, type(expected), [])


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("text", TRAPS)
def test_trap_as_a_value_is_an_error_with_both_readings(text: str, position: str) -> None:
    template, pointer, place = POSITIONS[position]
    read = read_text(template.format(text))
    first, second = TRAPS[text]
    meaning = (
        f"{first} in YAML 1.1 and {second} in YAML 1.2"
        if first != second
        else f"{first}, which JSON cannot write like this"
    )
    (problem,) = read.problems
    assert problem.startswith(f'{place}: R010 `{text}` is {meaning}; quote it ("{text}")')
    assert read.documents[0].spoiled == {pointer}


@pytest.mark.parametrize("position", KEY_POSITIONS)
@pytest.mark.parametrize("text", TRAPS)
def test_trap_as_a_key_is_an_error_with_both_readings(text: str, position: str) -> None:
    template, place = KEY_POSITIONS[position]
    read = read_text(template.format(text))
    first, second = TRAPS[text]
    meaning = f"{first} in YAML 1.1 and {second} in YAML 1.2" if first != second else first
    fix = "write the keys of that mapping out" if text == "<<" else f'quote it ("{text}")'
    assert read.problems == [f"{place}: R011 the key `{text}` is {meaning}, and keys must be text; {fix}"]


@pytest.mark.parametrize("position", KEY_POSITIONS)
@pytest.mark.parametrize("text", JSON_LITERALS)
def test_json_literal_as_a_key_is_an_error(text: str, position: str) -> None:
    template, place = KEY_POSITIONS[position]
    (problem,) = read_text(template.format(text)).problems
    assert problem.startswith(f"{place}: R011 the key `{text}` is ")
    assert problem.endswith(f', and keys must be text; quote it ("{text}")')


@pytest.mark.parametrize("position", KEY_POSITIONS)
@pytest.mark.parametrize("text", TEXT)
def test_agreed_text_as_a_key_is_a_key(text: str, position: str) -> None:
    template, _ = KEY_POSITIONS[position]
    read = read_text(template.format(text))
    assert (read.values, read.problems) == ([{text: "x"}], [])


@pytest.mark.parametrize("quotes", ['"', "'"])
@pytest.mark.parametrize("text", [*TRAPS, *JSON_LITERALS, ""])
def test_quotes_make_text_of_everything(text: str, quotes: str) -> None:
    quoted = f"{quotes}{text}{quotes}"
    read = read_text(f"{quoted}: {quoted}")
    assert (read.values, read.problems) == ([{text: text}], [])


@pytest.mark.parametrize("style", ["|-", ">-"])
@pytest.mark.parametrize("text", ["no", "012", "2024-01-01", "~"])
def test_block_scalars_are_text(text: str, style: str) -> None:
    read = read_text(f"key: {style}\n  {text}\n")
    assert (read.values, read.problems) == ([{"key": text}], [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("key:\n", '1:5: R010 there is no value here, which YAML reads as null; write null, "" or a value'),
        ("- \n- a\n", '1:2: R010 there is no value here, which YAML reads as null; write null, "" or a value'),
        ("{a: , b: 1}", '1:5: R010 there is no value here, which YAML reads as null; write null, "" or a value'),
        ("? \n: a", '1:2: R011 there is no key in front of this colon; write a key, or "" for the empty one'),
        ("a: 9007199254740992", ("1:4: R014 `9007199254740992` is beyond ±9007199254740991, the whole numbers that every JSON "
         "reader keeps exactly; quote it if it is an identifier, or write a smaller number")),
        ("a: 1.0e+400", "1:4: R014 `1.0e+400` is too large for a number; quote it, or write a smaller number"),
        ("a: !!str 1", ("1:4: R013 the tag `!!str` is not known here; remove it, or quote the value if it is text; "
         "the only tags are !env and !include, and only values take them")),
    ],
)  # fmt: skip
def test_other_traps_say_what_to_write(text: str, problem: str) -> None:
    assert read_text(text).problems == [problem]


def test_fix_names_every_json_value_that_may_have_been_meant() -> None:
    assert explain_plain("012")[2] == 'quote it ("012") or write 10 or write 12'
    assert explain_plain("no")[2] == 'quote it ("no") or write false'
    assert explain_plain("2024-01-01")[2] == 'quote it ("2024-01-01")'


# The core schema, copied from the tables of YAML 1.2.2 chapter 10.3.2, as an oracle of its own.
CORE_NOT_TEXT = re.compile(
    r"null|Null|NULL|~||true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)
SCALARS = st.one_of(
    st.text("0123456789._-+eE:xob", min_size=1, max_size=10),
    st.text("yesnoffYESNOFFtrualTRUALl~=<", min_size=1, max_size=5),
    st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}Z?)?", fullmatch=True),
)


@given(SCALARS)
def test_nothing_is_accepted_that_pyyaml_or_the_core_schema_reads_otherwise(text: str) -> None:
    try:
        by_1_1 = yaml.safe_load(f"[{text} ]")[0]
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(by_1_1, dict):
        return  # a colon made a mapping of it
    value = plain_value(text)
    if value is REFUSED:
        return
    if isinstance(value, str):
        assert (by_1_1, CORE_NOT_TEXT.fullmatch(text)) == (text, None)
    else:
        assert (by_1_1, type(by_1_1)) == (value, type(value))
        assert json.loads(text) == value


@given(st.from_regex(r"[-+]?[0-9_]{1,6}(\.[0-9]{0,4})?([eE][-+]?[0-9]{1,3})?", fullmatch=True))
def test_a_number_that_is_told_to_be_written_otherwise_is_taken_when_it_is(text: str) -> None:
    if plain_value(text) is REFUSED:
        for way in re.findall(r"write (\S+?)(?: or|$)", explain_plain(text)[2]):
            assert plain_value(way) is not REFUSED
