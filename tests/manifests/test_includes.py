"""`!include`: inside the manifest directory, as strict as everything else, never a manifest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from manifests.manifest_reading import ProjectOnDisk, manifest_text

HOLDER = manifest_text("m", "{a: !include part.yaml}")


def test_fragment_stands_where_it_is_included(project: ProjectOnDisk) -> None:
    project.write(
        "m.yaml",
        manifest_text("m", "!include parts/presets.yaml", "partialUserConfigSpec: !include parts/form.json"),
    )
    project.write("parts/presets.yaml", "a: !include deeper/list.yml\n")
    project.write("parts/deeper/list.yml", "- 1\n- text\n")
    project.write("parts/form.json", '{"connectionSpecification": {"type": "object"}}')
    loaded = project.load()
    assert loaded.problems == ()
    assert loaded.manifests[0].presets == {"a": [1, "text"]}
    assert loaded.manifests[0].form == {"connectionSpecification": {"type": "object"}}
    assert loaded.files == 4


def test_one_fragment_may_serve_many_manifests(project: ProjectOnDisk) -> None:
    project.write("part.yaml", "x: 1\n")
    project.write("m.yaml", HOLDER)
    project.write("o.yaml", manifest_text("o", "{b: !include part.yaml, c: !include ./part.yaml}"))
    assert [manifest.presets for manifest in project.load().manifests] == [
        {"a": {"x": 1}},
        {"b": {"x": 1}, "c": {"x": 1}},
    ]


def test_variables_of_a_fragment_are_remembered_in_the_manifest(project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": "hush-hush"}
    project.write("m.yaml", manifest_text("m", "{a: &p !include part.yaml, b: *p}"))
    project.write("part.yaml", "c: [!env RECONCILER_VAR_A]\n")
    (manifest,) = project.load().manifests
    assert manifest.variable_pointers == {
        "/spec/partialDefaultConfig/a/c/0",
        "/spec/partialDefaultConfig/b/c/0",
    }


def test_problems_of_a_fragment_are_told_once_and_with_its_own_places(project: ProjectOnDisk) -> None:
    project.write("part.yaml", "x: 1\nz: no\n")
    project.write("m.yaml", HOLDER)
    project.write("o.yaml", manifest_text("o", "{b: !include part.yaml, c: !include part.yaml}"))
    assert project.problems() == [
        'R010 manifests/part.yaml:2:4: `no` is false in YAML 1.1 and text in YAML 1.2; quote it ("no") or write false'
    ]


def test_wrong_field_inside_a_fragment_is_placed_in_the_fragment(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{}", "partialUserConfigSpec: !include form.yaml"))
    project.write(
        "form.yaml", "connectionSpecification:\n  properties:\n    v: {type: string, default: 1.10}\n"
    )
    assert project.problems() == [
        'R108 manifests/form.yaml:3:32: `1.10` is a number beside `type: string`; quote it: "1.10"'
    ]


def test_hidden_fragment_can_be_included(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: !include .shared/part.yaml}"))
    project.write(".shared/part.yaml", "x: 1\n")
    assert (project.problems(), project.load().files) == ([], 1)


def test_file_that_nobody_includes_is_an_error(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text())
    project.write("part.yaml", "x: 1\n")
    (problem,) = project.problems()
    assert problem.startswith(
        "R101 manifests/part.yaml:1:1: not a manifest (it has neither apiVersion nor kind), and no manifest "
    )


def test_fragment_of_a_file_that_cannot_be_read_to_its_end_is_not_blamed(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: b: c, d: !include part.yaml, e: !include 'other.yaml'}"))
    project.write("part.yaml", "x: 1\n")
    project.write("other.yaml", "x: no\n")
    assert [problem.split(" ")[:2] for problem in project.problems()] == [
        ["R006", "manifests/m.yaml:6:30:"],
        ["R010", "manifests/other.yaml:1:4:"],
    ]


ABOUT = "paths are relative to manifests/sub/m.yaml"
INSIDE = "includes are read inside the manifest directory only"
REFUSED = {
    "missing": ("nothing.yaml", f"R210 {{}}: nothing.yaml: there is no such file; {ABOUT}"),
    "outside": ("../../outside.yaml", f"R003 {{}}: ../../outside.yaml leaves the manifest directory; {INSIDE}"),
    "outside and missing": ("../../../x.yaml", f"R003 {{}}: ../../../x.yaml leaves the manifest directory; {INSIDE}"),
    "outside by a link": ("link.yaml", f"R003 {{}}: link.yaml leaves the manifest directory; {INSIDE}"),
    "absolute": ("/etc/hosts.yaml", "R210 {}: /etc/hosts.yaml is an absolute path; write it relative to manifests/sub/m.yaml"),
    "another suffix": ("../part.txt", 'R210 {}: "../part.txt" is not the path of a .yaml, .yml, .json file; write !include path.yaml'),
    "nothing": ("''", 'R210 {}: "" is not the path of a .yaml, .yml, .json file; write !include path.yaml'),
    "itself": ("m.yaml", "R210 {}: m.yaml includes itself; remove one of the includes"),
    "a directory": ("folder.yaml", "R210 {}: folder.yaml: not a regular file; remove it, or name it otherwise"),
    "a pipe": ("pipe.yaml", "R210 {}: pipe.yaml: not a regular file; remove it, or name it otherwise"),
    "a manifest": ("other.yaml", "R211 {}: manifests/sub/other.yaml is a manifest itself; include fragments without apiVersion and kind"),
    "two documents": ("two.yaml", "R210 {}: manifests/sub/two.yaml holds 2 documents; include files with one document each"),
    "a long name": ("x" * 5000 + ".yaml", f"R210 {{}}: {'x' * 57}...: cannot be read; {ABOUT}"),
}  # fmt: skip


@pytest.fixture
def corpus(project: ProjectOnDisk, tmp_path: Path) -> ProjectOnDisk:
    (tmp_path / "outside.yaml").write_text("secret: 1\n")
    project.write("part.txt", "x: 1\n")
    project.write("sub/other.yaml", manifest_text("other", "{seed: 7}"))
    project.write("sub/.two.yaml", "a: 1\n---\nb: 1\n")
    sub = project.directory / "sub"
    (sub / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (sub / "folder.yaml").mkdir()
    os.mkfifo(sub / "pipe.yaml")
    return project


@pytest.mark.parametrize("case", REFUSED)
def test_include_that_cannot_be_followed_says_why(case: str, corpus: ProjectOnDisk) -> None:
    path, problem = REFUSED[case]
    problem = problem.replace("two.yaml", ".two.yaml")
    corpus.write("sub/m.yaml", manifest_text("m", f"{{a: !include {path.replace('two.yaml', '.two.yaml')}}}"))
    place = "manifests/sub/m.yaml:6:29"
    assert problem.format(place) in corpus.problems()
    assert [manifest.name for manifest in corpus.load().manifests] == ["other"]


def test_includes_in_a_circle_end(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: !include b.yaml}"))
    project.write("b.yaml", "c: !include c.yaml\n")
    project.write("c.yaml", "b: !include b.yaml\n")
    assert (
        "R210 manifests/c.yaml:1:4: b.yaml includes a file that includes this one; remove one of the includes"
        in project.problems()
    )


def test_include_cannot_be_a_key(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{!include part.yaml : 1}"))
    assert project.problems()[0].startswith(
        "R013 manifests/m.yaml:6:26: the tag `!include` is not known here"
    )


def test_file_given_alone_includes_from_its_own_directory_only(project: ProjectOnDisk) -> None:
    alone = project.write(
        "sub/m.yaml", manifest_text("m", "{a: !include part.yaml, b: !include ../part.yaml}")
    )
    project.write("sub/part.yaml", "x: 1\n")
    project.write("part.yaml", "x: 1\n")
    assert project.problems(alone) == [
        (
            "R003 manifests/sub/m.yaml:6:52: ../part.yaml leaves the manifest directory; "
            "includes are read inside the manifest directory only"
        )
    ]
