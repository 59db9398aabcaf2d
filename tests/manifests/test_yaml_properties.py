"""Laws of reading: what JSON can say survives, places are found again, and nothing at all raises."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests.manifest_reading import BLOW_UP_SECONDS, ProjectOnDisk, locate, manifest_text, read_text

from reconciler.manifests.limits import MAX_SAFE_INTEGER
from reconciler.model.json_value import JsonValue, escape_segment

NO_SURROGATES = st.characters(exclude_categories=["Cs"])
# As block YAML: without what only escapes can say in both versions of YAML.
BLOCK_TEXT = st.text(
    NO_SURROGATES.filter(lambda char: char.isprintable() and char not in "\x85\u2028\u2029\ufeff"),
    max_size=12,
)
JSON_TEXT = st.text(NO_SURROGATES.filter(lambda char: char != "\0"), max_size=12)


def json_values(text: st.SearchStrategy[str]) -> st.SearchStrategy[JsonValue]:
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER),
        st.floats(allow_nan=False, allow_infinity=False),
        text,
        st.sampled_from(
            ["no", "012", "~", "1.10", "2024-01-01", "=", "<<", "true", "1e3", "", " x ", "- a", "a: b", "#"]
        ),
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=12,
    )


class BlockDumper(yaml.SafeDumper):
    """Quotes all text, and writes numbers as JSON does where YAML 1.1 agrees."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def agreed_number(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    digits = repr(number)
    if "e" in digits and "." not in digits:
        digits = digits.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", digits)


BlockDumper.add_representer(str, quoted)
BlockDumper.add_representer(float, agreed_number)


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equal, types included: 1 is neither true nor 1.0."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@given(json_values(JSON_TEXT))
def test_every_json_value_written_as_json_is_read_back(value: JsonValue) -> None:
    read = read_text(json.dumps(value), is_json=True)
    assert read.problems == []
    assert same(read.values[0], value)


@given(json_values(JSON_TEXT))
def test_json_within_yaml_is_read_as_the_same_value_or_refused(value: JsonValue) -> None:
    """Refused only where YAML 1.1 reads a number of JSON as text (`1e-05`), or a raw control character or key is no YAML."""
    read = read_text(json.dumps(value, ensure_ascii=True))
    if not read.problems:
        assert same(read.values[0], value)
    assert all("R010" in problem or "R006" in problem or "R011" in problem for problem in read.problems)


@given(json_values(BLOCK_TEXT))
def test_every_json_value_written_as_block_yaml_is_read_back(value: JsonValue) -> None:
    text = yaml.dump(value, Dumper=BlockDumper, allow_unicode=True, default_flow_style=False, width=10**6)
    read = read_text(text)
    assert read.problems == []
    assert same(read.values[0], value)


def pointers(value: JsonValue, where: str = "") -> list[tuple[str, JsonValue]]:
    found = [(where, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += pointers(item, f"{where}/{escape_segment(key)}")
    return found


@given(json_values(BLOCK_TEXT), st.booleans())
def test_every_value_is_found_at_its_place(value: JsonValue, is_json: bool) -> None:
    """What stands at the place, read for itself, begins with the value."""
    text = (
        json.dumps(value, indent=1, ensure_ascii=False)
        if is_json
        else yaml.dump(value, Dumper=BlockDumper, allow_unicode=True, width=10**6)
    )
    lines = text.split("\n")
    for pointer, expected in pointers(value):
        line, column = locate(text.encode(), 0, pointer, is_json=is_json)
        here = lines[line - 1][column - 1 :]
        if isinstance(expected, str):
            assert here.startswith('"')
        elif isinstance(expected, bool) or expected is None:
            assert here.startswith(json.dumps(expected))
        elif isinstance(expected, dict | list) and (is_json or not expected):
            assert here[0] == ("{" if isinstance(expected, dict) else "[")


@given(json_values(BLOCK_TEXT))
def test_every_key_is_found_at_its_place(value: JsonValue) -> None:
    text = json.dumps(value, ensure_ascii=False)
    for pointer, _ in pointers(value):
        holder, _, _ = pointer.rpartition("/")
        line, column = locate(text.encode(), 0, pointer, key=True, is_json=True)
        parent = dict(pointers(value)).get(holder)
        if pointer and isinstance(parent, dict):
            assert (line, text[column - 1]) == (1, '"')


def never_raises(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = ProjectOnDisk(Path(folder))
        project.write(name, data)
        before = time.process_time()
        loaded = project.load()
        assert time.process_time() - before < BLOW_UP_SECONDS
        assert loaded.manifests or loaded.problems


@given(st.binary(max_size=200), st.sampled_from(["m.yaml", "m.json"]))
def test_random_bytes_are_a_manifest_or_a_problem(data: bytes, name: str) -> None:
    never_raises(data, name)


@given(st.text("-?:,[]{}#&*!|>'\"%@` \n\tab01~=<\\é", max_size=60))
def test_random_yaml_is_a_manifest_or_a_problem(text: str) -> None:
    never_raises(text.encode(), "m.yaml")


SEED = (
    manifest_text("m", '{a: [1, "x", {b: null}]}', "organizationId: 7c60d51f-b44e-4682-87d6-449835ea4de6", "partialUserConfigSpec:")
    + "    connectionSpecification: &form {type: object, properties: {a: {type: string, default: '1'}}}\n"
)  # fmt: skip
PIECES = [
    b"no", b": ", b"- ", b"---\n", b"\n", b"{", b"}", b"[", b"]", b"null", b"!env X", b"!include m.yaml", b"*form",
    b"&form ", b"\t", b"\xff", b"\0", b"'", b'"', b"spec:\n", b"1e3", b"kind: ConnectionTemplate\n", b"#", b"  ",
]  # fmt: skip


@settings(max_examples=2 * settings().max_examples)
@given(st.data())
def test_mutated_manifests_are_a_manifest_or_a_problem(data: st.DataObject) -> None:
    text = SEED.encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from([b"", *PIECES])) + text[end:]
    never_raises(text, "m.yaml")


def test_the_seed_of_the_mutations_is_sound(project: ProjectOnDisk) -> None:
    project.write("m.yaml", SEED)
    assert project.problems() == []
