"""What else strict YAML refuses: whole messages with their places, and that reading goes on as far as it can."""

from __future__ import annotations

import pytest
from manifests.manifest_reading import read_text

from reconciler.manifests import syntax


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers: the slow one serves where PyYAML was built without libyaml."""
    if request.param == "pure Python":
        monkeypatch.setattr(syntax, "_parser", syntax._PureParser)
    return str(request.param)


TAGS = "remove it, or quote the value if it is text; the only tags are !env and !include, and only values take them"
ANCHOR = "define the anchor first, outside of itself; quote the value if it is text"
REFUSED = {
    "duplicate key": ("a: 1\nb: 2\n'a': 3\n", ['3:1: R012 the key "a" occurs twice; first at line 1, column 1; keep one of them']),
    "duplicate key in a flow": ("{a: 1, a: 2}", ['1:8: R012 the key "a" occurs twice; first at line 1, column 2; keep one of them']),
    "list as a key": ("? [a]\n: b\n", ["1:3: R011 a key that is not text; write the key as text on one line"]),
    "core tag": ("a: !!int 1", [
        "1:4: R013 the tag `!!int` is not known here; " + TAGS]),
    "foreign tag on a list": ("a: !set [b]", [
        "1:4: R013 the tag `!set` is not known here; " + TAGS]),
    "python tag": ("a: !!python/object/apply:os.system [ls]", [
        "1:4: R013 the tag `!!python/object/apply:os.system` is not known here; " + TAGS]),
    "tag on a key": ("!x a: b", [
        "1:1: R013 the tag `!x` is not known here; " + TAGS]),
    "include of a mapping": ("a: !include {b: c}", ["1:4: R013 !include takes a path; write it as !include path.yaml"]),
    "alias without an anchor": ("a: *b", [
        "1:4: R015 the alias *b has no finished anchor &b above it; " + ANCHOR]),
    "alias inside its own anchor": ("a: &b [*b]", [
        "1:8: R015 the alias *b has no finished anchor &b above it; " + ANCHOR]),
    "anchor used twice": ("a: &b 1\nc: &b 2", ["2:4: R015 the anchor &b is used twice in this document; give each anchor its own name"]),
    "NUL by an escape": ('a: "\\0"', ["1:4: R008 a NUL character, which Airbyte cannot store; remove it"]),
    "NUL in a key": ('"\\0": a', ["1:1: R008 a NUL character, which Airbyte cannot store; remove it"]),
    "empty file": ("", ["1:1: R007 the file is empty, or holds comments only; write a manifest, or remove the file"]),
    "comments only": ("# a\n", ["1:1: R007 the file is empty, or holds comments only; write a manifest, or remove the file"]),
    "empty document in front": ("---\n---\na: 1\n", ["2:1: R007 the document is empty; write a manifest, or remove the `---`"]),
    "empty document between": ("a: 1\n---\n# b\n---\nc: 1\n", ["4:1: R007 the document is empty; write a manifest, or remove the `---`"]),
    "two empty documents at the end": ("a: 1\n---\n---\n", ["3:1: R007 the document is empty; write a manifest, or remove the `---`"]),
    "nothing but empty documents": ("---\n", ["2:1: R007 the document is empty; write a manifest, or remove the `---`"]),
    "null at the end": ("a: 1\n--- null\n", []),
    "tag directive": ("%TAG !e! tag:e.org,2000:\n---\na: !e!b c", [
        "1:1: R009 a %TAG directive; remove it; the only tags are !env and !include"]),
}  # fmt: skip


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("case", REFUSED)
def test_refused_yaml_says_where_and_what_to_do(case: str) -> None:
    text, problems = REFUSED[case]
    assert read_text(text).problems == problems


SYNTAX = {
    "tab": ("a:\n\tb: 1", ("2:1: R006 not valid YAML: found character that cannot start any token while scanning for the next "
            "token; indent with spaces, not tabs")),
    "reserved character": ("a: @b", ("1:4: R006 not valid YAML: found character that cannot start any token while scanning for the "
                           "next token; quote values that start with @")),
    "colon in a value": ("a: b: c", ("1:5: R006 not valid YAML: mapping values are not allowed in this context; "
                         "quote values that hold a colon followed by a blank")),
    "open bracket": ("a: [b\nc: d", ("2:2: R006 not valid YAML: did not find expected ',' or ']' while parsing a flow sequence "
                     "that began at line 1; quote values that hold a colon followed by a blank")),
    "open quotes": ("a: 'b\n", ("2:1: R006 not valid YAML: found unexpected end of stream while scanning a quoted scalar "
                    "that began at line 1")),
    "lone surrogate": ('a: "\\ud800"', ("1:7: R006 not valid YAML: found invalid Unicode character escape code while parsing "
                       "a quoted scalar; write the value in single quotes, or each backslash twice: in double quotes a backslash begins "
                       "an escape")),
    "text behind a document": ("a: 1\n...\nb", "3:1: R006 not valid YAML: did not find expected <document start>"),
    "unknown version": ("%YAML 1.3\n---\na: 1", "1:1: R006 not valid YAML: found incompatible YAML document"),
}  # fmt: skip


@pytest.mark.parametrize("case", SYNTAX)
def test_syntax_error_says_where_it_is_and_where_it_began(case: str) -> None:
    text, problem = SYNTAX[case]
    assert read_text(text).problems == [problem]


@pytest.mark.usefixtures("parser")
def test_lone_surrogate_never_becomes_a_value() -> None:
    read = read_text('a: "\\ud800"')
    assert read.problems
    assert all(document.spoiled for document in read.documents)


def test_whole_surrogate_pair_is_not_called_half_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """libyaml refuses every surrogate by itself."""
    monkeypatch.setattr(syntax, "_parser", syntax._PureParser)
    assert read_text('a: "x \\ud83d\\ude00"').problems == [
        '1:4: R008 a surrogate pair, whose halves YAML does not join; write the character itself, or "\\U0001F600"'
    ]


@pytest.mark.parametrize("depth", [100, 1_000, 100_000])
@pytest.mark.parametrize("text", ["[", "{", "- ", "[{a: ", "[\n"])
def test_nesting_is_told_as_nesting_however_deep_it_is(text: str, depth: int) -> None:
    (problem,) = read_text(text * depth).problems
    assert problem.endswith(": R016 nested more than 64 deep; flatten it")


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    "end", ["---\n", "---", "--- # the last\n", "---\n# nothing\n", "---\n\n", "...\n---\n"]
)
def test_a_last_line_that_begins_another_document_begins_nothing(end: str) -> None:
    read = read_text(f"a: 1\n---\nb: 2\n{end}")
    assert (read.values, read.problems) == ([{"a": 1}, {"b": 2}], [])


BYTES = {
    "latin-1": (b"a: caf\xe9\nb: 1", "1:7: R005 byte 0xe9 is not UTF-8; save the file as UTF-8"),
    "third line": ("a: é\nb: 1\nc: é".encode() + b"\xff", "3:5: R005 byte 0xff is not UTF-8; save the file as UTF-8"),
    "encoded surrogate": (b"a: \xed\xa0\x80", "1:4: R005 byte 0xed is not UTF-8; save the file as UTF-8"),
    "UTF-16": ("a: 1".encode("utf-16"), "1:1: R005 the file is UTF-16; save it as UTF-8"),
    "UTF-32": ("a: 1".encode("utf-32"), "1:1: R005 the file is UTF-32; save it as UTF-8"),
    "UTF-32, big end first": (b"\0\0\xfe\xff" + "a: 1".encode("utf-32-be"), "1:1: R005 the file is UTF-32; save it as UTF-8"),
    "UTF-16 without a mark": ("a: 1".encode("utf-16-le"), "1:2: R008 a NUL character; save the file as UTF-8 text"),
    "NUL": (b"a: 1\nb: \0", "2:4: R008 a NUL character; save the file as UTF-8 text"),
    "escape character": (b"a: \x1b[0m", ("1:4: R008 the character U+001B is not allowed in YAML; "
                         "remove it, or write it as an escape in double quotes")),
    "line separator": ("a: b\u2028c".encode(), ("1:5: R008 U+2028 ends a line in YAML 1.1 and is an ordinary character in "
                       'YAML 1.2; write "\\u2028" inside double quotes')),
    "next line": ("a: 1\nb: c\x85".encode(), ("2:5: R008 U+0085 ends a line in YAML 1.1 and is an ordinary character in "
                  'YAML 1.2; write "\\u0085" inside double quotes')),
}  # fmt: skip


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("case", BYTES)
def test_unreadable_bytes_are_named_with_their_place(case: str) -> None:
    data, problem = BYTES[case]
    assert read_text(data).problems == [problem]


@pytest.mark.usefixtures("parser")
def test_byte_order_mark_of_utf_8_is_no_problem_and_shifts_no_column() -> None:
    read = read_text(b"\xef\xbb\xbfa: no")
    assert read.problems == [
        '1:4: R010 `no` is false in YAML 1.1 and text in YAML 1.2; quote it ("no") or write false'
    ]


@pytest.mark.usefixtures("parser")
def test_columns_count_characters_and_not_bytes() -> None:
    (problem,) = read_text("{日本: é, b: no}").problems
    assert problem.startswith("1:12: R010 `no`")


@pytest.mark.usefixtures("parser")
def test_every_problem_of_a_file_is_reported_at_once() -> None:
    read = read_text("a: no\na: !x 1\nc: [1_0, ~]\n---\nd: 012\n---\ne: f: g\n")
    assert [problem.split(" ")[:2] for problem in read.problems] == [
        ["1:4:", "R010"],
        ["2:1:", "R012"],
        ["2:4:", "R013"],
        ["3:5:", "R010"],
        ["3:10:", "R010"],
        ["5:4:", "R010"],
        ["7:5:", "R006"],
    ]


@pytest.mark.usefixtures("parser")
def test_documents_in_front_of_a_syntax_error_are_kept() -> None:
    read = read_text("a: 1\n---\nb: 2\n---\nc: d: e\n")
    assert read.values == [{"a": 1}, {"b": 2}]


@pytest.mark.usefixtures("parser")
def test_origin_of_a_document_is_its_first_key() -> None:
    read = read_text("# x\na: 1\n---\n\n  {b: 2}\n--- text\n")
    assert [(str(document.origin), document.origin.document) for document in read.documents] == [
        ("m.yaml:2:1", 0),
        ("m.yaml:5:4", 1),
        ("m.yaml:6:1", 2),
    ]


@pytest.mark.usefixtures("parser")
def test_alias_is_a_copy_that_shares_nothing() -> None:
    (value,) = read_text("a: &x {b: [1]}\nc: *x\n").values
    assert value == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert value["a"]["b"] is not value["c"]["b"]  # type: ignore[call-overload,index]


@pytest.mark.usefixtures("parser")
def test_anchor_ends_with_its_document() -> None:
    (problem,) = read_text("a: &x 1\n---\nb: *x\n").problems
    assert problem.startswith("3:4: R015 the alias *x has no finished anchor")


@pytest.mark.usefixtures("parser")
def test_alias_of_a_refused_value_is_not_judged_again() -> None:
    read = read_text("a: &x no\nb: *x\n")
    assert len(read.problems) == 1
    assert read.documents[0].spoiled == {"/a", "/b"}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_yaml_directive_of_a_known_version_changes_nothing(version: str) -> None:
    read = read_text(f"%YAML {version}\n---\na: text\n")
    assert (read.values, read.problems) == ([{"a": "text"}], [])


def test_no_message_shows_more_than_sixty_characters_of_a_value() -> None:
    (problem,) = read_text("a: 1" + "0" * 5000).problems
    assert len(problem) < 250


def test_key_with_control_characters_is_shown_escaped() -> None:
    (problem,) = read_text('"a\\e[31m\\n": 1\n"a\\e[31m\\n": 2').problems
    assert 'the key "a\\x1b[31m\\n" occurs twice' in problem


ESCAPES = (
    "write the value in single quotes, or each backslash twice: in double quotes a backslash begins an escape"
)
COLLECTION = (
    "a value that starts with [ is a list, and one that starts with { an object: quote it if it is text"
)
BRACES = "quote it; if it means a variable, write !env RECONCILER_VAR_..., the only substitution there is"
BLOCK = "a value that starts with > or | goes on below: quote it if it is text"
PAIRS = "put the whole value into one pair of quotes; inside single quotes, write each ' twice"
FLOW = "inside { } and [ ], quote values that hold one of { } [ ] or a comma"
HASH = "quote values that hold a # behind a blank: it begins a comment"
COLON = "quote values that hold a colon followed by a blank"
CURES = {
    r'"^\d+$"': ESCAPES, r'{p: "^\d+$"}': ESCAPES, r'"C:\Users"': ESCAPES, r'"a\p{L}"': ESCAPES, r'"\x1"': ESCAPES,
    "*": "quote values that start with *", "*.csv": "quote values that start with *", "*a.csv": "quote values that start with *",
    "[*, x]": "quote values that start with *", "& b": "quote values that start with &", "&Tom": "quote values that start with &",
    "@x": "quote values that start with @", "[a, @x]": "quote values that start with @", "`x`": "quote values that start with `",
    "%x%": "quote values that start with %", "!x!y z": "quote values that start with !", "#fff": "quote values that start with #",
    "- x": "quote values that start with - and a blank", "? x": "quote values that start with ? and a blank",
    "Note: this": COLON, "{desc: Note: it, b: 1}": COLON, "don't: x": COLON, "{u: b, v: a #b}": HASH,
    "{{ x }}": BRACES, "{b: {{ x }}}": BRACES, "{b: ${X}}": BRACES, "[${X}, b]": BRACES,
    "[0-9]+$": COLLECTION, "{a: 1} b": COLLECTION, "{p: [0-9]+}": COLLECTION, "{p: ^[a-z]{2,3}$}": FLOW, ", x": FLOW,
    "> 5": BLOCK, ">=5": BLOCK, "|x": BLOCK, '"b" c': PAIRS, "'it's'": PAIRS, '""x""': PAIRS,
}  # fmt: skip


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("value", CURES)
def test_what_quotes_would_cure_says_so_once(value: str) -> None:
    (problem,) = read_text(f"key: {value}").problems
    assert problem.split(": ", 1)[1].partition("; ")[2] == CURES[value]


@pytest.mark.parametrize("text", ["a: [b, c", "a: {b: 1", "a:\n- b\nc", 'a: "b'])
def test_what_quotes_would_not_cure_says_nothing_of_them(text: str) -> None:
    (problem,) = read_text(text).problems
    assert "quote values" not in problem
    assert ";" not in problem
