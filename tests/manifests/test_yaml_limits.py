"""Every limit, at it and one past it; and hostile input, which must cost neither time nor the process."""

from __future__ import annotations

import time

import pytest
from manifests.hostile_files import HOSTILE, HOSTILE_JSON, MIB
from manifests.manifest_reading import BLOW_UP_SECONDS, ProjectOnDisk, manifest_text, read_text

from reconciler.manifests.limits import (
    MAX_ALIAS_NODES,
    MAX_DEPTH,
    MAX_DOCUMENTS,
    MAX_EVENTS,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_INCLUDES,
    MAX_KEY_LENGTH,
    MAX_PROBLEMS_PER_FILE,
    MAX_REPEATED_TEXT,
    MAX_TAG_DIRECTIVES,
    MAX_VALUES,
    MAX_VARIABLE_TEXT,
    MAX_VARIABLES,
)


@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: "[" * depth + "]" * depth,
        lambda depth: "- " * (depth - 1) + "[]",
        lambda depth: '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1),
        lambda depth: "".join(f"{' ' * level}a:\n" for level in range(depth - 1)) + " " * depth + "{}",
    ],
)
def test_nesting_of_64_is_read_and_65_is_refused(nested) -> None:  # type: ignore[no-untyped-def]
    assert read_text(nested(MAX_DEPTH)).problems == []
    (problem,) = read_text(nested(MAX_DEPTH + 1)).problems
    assert "R016 nested more than 64 deep; flatten it" in problem


def test_alias_cannot_nest_deeper_than_64() -> None:
    half = MAX_DEPTH // 2
    inner = "[" * half + "]" * half
    assert read_text(f"- &a {inner}\n- {'[' * (half - 1)}*a{']' * (half - 1)}\n").problems == []
    (problem,) = read_text(f"- &a {inner}\n- {'[' * half}*a{']' * half}\n").problems
    assert "R016 nested more than 64 deep" in problem


def test_aliases_may_repeat_10_000_values_in_a_document() -> None:
    anchored = f"- &a [{', '.join('x' * 99)}]\n"  # 100 values: the list and its items
    at_limit = anchored + "- *a\n" * (MAX_ALIAS_NODES // 100)
    assert read_text(at_limit).problems == []
    assert read_text(f"{at_limit}---\n{at_limit}").problems == []
    (problem,) = read_text(at_limit + "- *a\n").problems
    assert problem == (
        "102:3: R015 aliases repeat more than 10,000 values in one document; write less with aliases"
    )


def test_aliases_may_repeat_1_mib_of_text_in_a_file() -> None:
    anchored = f"- &a {{kk: {'x' * 1022}}}\n"  # 1,024 characters: the key and the text
    at_limit = anchored + "- *a\n" * (MAX_REPEATED_TEXT // 1024)
    assert read_text(at_limit).problems == []
    (problem,) = read_text(at_limit + "- *a\n").problems
    assert (
        problem == "1026:3: R015 aliases repeat more than 1 MiB of text in one file; write less with aliases"
    )
    half = anchored + "- *a\n" * (MAX_REPEATED_TEXT // 2048)
    assert read_text(f"{half}---\n{half}").problems == []
    assert len(read_text(f"{half}---\n{half}- *a\n").problems) == 1


def test_billion_laughs_are_refused() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{previous}'] * 10)}]\n"
        for previous, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (problem,) = read_text(text).problems
    assert "R015 aliases repeat more than 10,000 values" in problem


def test_a_file_may_hold_40_000_values() -> None:
    flow = "[" + "x," * (MAX_VALUES - 2) + "x]"
    assert read_text(flow).problems == []
    (problem,) = read_text(flow.replace("]", ",x]")).problems
    assert "R004 more than 40,000 values in one file; split the file" in problem


def test_a_file_may_hold_2_000_documents() -> None:
    at_limit = "---\na: 1\n" * MAX_DOCUMENTS
    read = read_text(at_limit)
    assert (len(read.documents), read.problems) == (MAX_DOCUMENTS, [])
    beyond = read_text(f"{at_limit}---\na: [never read\n")
    assert len(beyond.documents) == MAX_DOCUMENTS
    assert beyond.problems == ["4001:1: R004 more than 2,000 documents in one file; split the file"]


def test_a_file_may_take_250_000_events_of_the_parser() -> None:
    """Only wrong input takes so many: of two equal keys, the second is two events and no value."""
    keys = (MAX_EVENTS - 6) // 2  # the stream, the document and the mapping begin and end
    told = keys - 1 - MAX_PROBLEMS_PER_FILE
    last = "101:1: R999 and {} more problems in this file; correct those above first"
    assert read_text("k: 1\n" * keys).problems[-1] == last.format(told)
    # One pair more is one repetition more, and the limit itself; of many more, those behind the limit are not read.
    assert read_text("k: 1\n" * (keys + 1)).problems[-1] == last.format(told + 2)
    beyond = read_text("k: 1\n" * (keys + 1_000))
    assert (beyond.documents, beyond.problems[-1]) == ((), last.format(told + 3))


def test_keys_have_at_most_1_024_characters() -> None:
    assert read_text(f"? {'k' * MAX_KEY_LENGTH}\n: 1\n").problems == []
    (problem,) = read_text(f"? {'k' * (MAX_KEY_LENGTH + 1)}\n: 1\n").problems
    assert problem == "1:3: R011 a key of more than 1,024 characters; shorten it"


def test_a_file_may_use_1_000_variables() -> None:
    text = "- !env RECONCILER_VAR_A\n" * MAX_VARIABLES
    assert read_text(text, RECONCILER_VAR_A="v").problems == []
    (problem,) = read_text(text + "- !env RECONCILER_VAR_A\n", RECONCILER_VAR_A="v").problems
    assert problem == "1001:3: R004 more than 1,000 variables in one file; split the file"


def test_variables_of_a_file_have_1_mib_together() -> None:
    text = "- !env RECONCILER_VAR_A\n" * (MAX_VARIABLE_TEXT // 65_536)
    value = "v" * 65_536
    assert read_text(text, RECONCILER_VAR_A=value).problems == []
    (problem,) = read_text(
        text + "- !env RECONCILER_VAR_B\n", RECONCILER_VAR_A=value, RECONCILER_VAR_B="v"
    ).problems
    assert problem == "17:3: R004 variables of more than 1 MiB in one file; split the file"


def test_tag_directives_are_counted_before_the_parser_sees_them() -> None:
    def directives(number: int) -> str:
        return "".join(f"%TAG !a{index}! t\n" for index in range(number)) + "---\na: 1\n"

    (few,) = read_text(directives(MAX_TAG_DIRECTIVES)).problems
    assert "R009 a %TAG directive" in few
    (many,) = read_text(directives(MAX_TAG_DIRECTIVES + 1)).problems
    assert "R009 too many %TAG directives" in many


@pytest.mark.parametrize(
    ("problems", "last"), [(MAX_PROBLEMS_PER_FILE, None), (MAX_PROBLEMS_PER_FILE + 1, "1 more problem")]
)
def test_a_hundred_problems_of_a_file_are_told_and_the_rest_is_counted(
    problems: int, last: str | None
) -> None:
    read = read_text("- no\n" * problems)
    told = [problem for problem in read.problems if "R010" in problem]
    assert len(told) == MAX_PROBLEMS_PER_FILE
    expected = [] if last is None else [f"100:3: R999 and {last} in this file; correct those above first"]
    assert [problem for problem in read.problems if "R010" not in problem] == expected


def test_files_of_1_mib_are_read_and_larger_ones_are_not(project: ProjectOnDisk) -> None:
    text = manifest_text()
    padded = text + "#" * (MAX_FILE_BYTES - len(text))
    project.write("m.yaml", padded)
    assert project.problems() == []
    project.write("m.yaml", padded + "#")
    assert project.problems() == ["R004 manifests/m.yaml:1:1: larger than 1 MiB; split the file"]


def test_2_000_files_are_read_and_more_are_refused(project: ProjectOnDisk) -> None:
    for number in range(MAX_FILES):
        project.write(f"{number:05}.yaml", manifest_text(f"m{number}", f"{{seed: {number}}}"))
    loaded = project.load()
    assert (len(loaded.manifests), loaded.files, loaded.problems) == (MAX_FILES, MAX_FILES, ())
    project.write("99999.yaml", manifest_text("last"))
    assert project.problems() == [
        "R004 manifests/99999.yaml: more than 2,000 manifest files; put several manifests into one file"
    ]


def test_a_file_may_include_200_others(project: ProjectOnDisk) -> None:
    project.write("part.yaml", "text\n")
    parts = ["!include part.yaml"] * MAX_INCLUDES
    project.write("m.yaml", manifest_text("m", f"{{a: [{', '.join(parts)}]}}"))
    assert project.problems() == []
    project.write("m.yaml", manifest_text("m", f"{{a: [{', '.join([*parts, parts[0]])}]}}"))
    (problem,) = project.problems()
    assert problem.startswith("R210 manifests/m.yaml:6:")
    assert problem.endswith("more than 200 includes for one file; put several fragments into one")


def test_includes_of_a_file_have_1_mib_together(project: ProjectOnDisk) -> None:
    half = MAX_FILE_BYTES // 2
    project.write("half.yaml", "a: 1\n" + "#" * (half - 5))
    project.write("m.yaml", manifest_text("m", "{a: !include half.yaml, b: !include half.yaml}"))
    assert project.problems() == []
    project.write("half.yaml", "a: 1\n" + "#" * (half - 4))
    assert project.problems() == [
        "R004 manifests/m.yaml:6:52: includes of more than 1 MiB for one file; include less"
    ]


def test_fragments_share_the_limits_of_the_file_that_includes_them(project: ProjectOnDisk) -> None:
    project.write("part.yaml", "[" + "x," * 40_000 + "x]")
    project.write(
        "m.yaml", manifest_text("m", "{a: !include part.yaml, b: !include part.yaml, c: !include part.yaml}")
    )
    assert (
        "R004 manifests/part.yaml:1:80003: more than 40,000 values in one file; split the file"
        in project.problems()
    )


def test_fragments_do_not_renew_the_budget_of_aliases(project: ProjectOnDisk) -> None:
    project.write("part.yaml", "- &a [" + "x, " * 99 + "x]\n" + "- *a\n" * 50)
    parts = ", ".join(["!include part.yaml"] * 2)
    project.write("m.yaml", manifest_text("m", f"{{a: [{parts}]}}"))
    (problem,) = project.problems()
    assert problem == (
        "R015 manifests/part.yaml:51:3: aliases repeat more than 10,000 values in one document; write less with aliases"
    )


def test_fragments_count_the_depth_of_the_place_that_includes_them(project: ProjectOnDisk) -> None:
    room = MAX_DEPTH - 3  # manifest, spec, partialDefaultConfig
    project.write("m.yaml", manifest_text("m", "{a: !include part.yaml}"))
    project.write("part.yaml", "[" * room + "]" * room)
    assert project.problems() == []
    project.write("part.yaml", "[" * (room + 1) + "]" * (room + 1))
    assert project.problems() == ["R016 manifests/part.yaml:1:62: nested more than 64 deep; flatten it"]


def seconds_to_load(project: ProjectOnDisk, name: str, data: bytes) -> float:
    assert len(data) <= MIB
    project.write(name, data)
    before = time.process_time()
    loaded = project.load()
    seconds = time.process_time() - before
    assert len(loaded.problems) <= MAX_PROBLEMS_PER_FILE + 2
    assert all(len(str(problem)) < 2_000 for problem in loaded.problems)
    return seconds


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_yaml_costs_less_than_two_seconds(case: str, project: ProjectOnDisk) -> None:
    project.write("part.yaml", "a: 1\n")
    assert seconds_to_load(project, "hostile.yaml", HOSTILE[case]) < BLOW_UP_SECONDS


@pytest.mark.parametrize("case", HOSTILE_JSON)
def test_hostile_json_costs_less_than_two_seconds(case: str, project: ProjectOnDisk) -> None:
    assert seconds_to_load(project, "hostile.json", HOSTILE_JSON[case]) < BLOW_UP_SECONDS
