"""The manifest directory as one desired state."""

from __future__ import annotations

import gc

from manifest_reading import ProjectOnDisk, manifest_text

from reconciler.model.problem import Severity

FORM = "partialUserConfigSpec: {connectionSpecification: {type: object, title: %s}}"


def test_manifests_are_sorted_by_name_whatever_their_files(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text("c", "{seed: 3}") + "---\n" + manifest_text("a", "{seed: 1}"))
    project.write("b.yaml", manifest_text("b", "{seed: 2}"))
    loaded = project.load()
    assert [(m.name, str(m.origin), m.origin.document) for m in loaded.manifests] == [
        ("a", "manifests/a.yaml:8:1", 1),
        ("b", "manifests/b.yaml:1:1", 0),
        ("c", "manifests/a.yaml:1:1", 0),
    ]
    assert (loaded.problems, loaded.secrets, loaded.files) == ((), (), 2)


def test_second_manifest_of_a_name_is_an_error_that_names_the_first(project: ProjectOnDisk) -> None:
    project.write("a.yaml", "\n" + manifest_text("x", "{seed: 1}"))
    project.write("b.yaml", manifest_text("x", "{seed: 2}") + "---\n" + manifest_text("x", "{seed: 3}"))
    first = 'the name "x" is taken by the manifest at manifests/a.yaml:2:1; give each manifest its own name'
    assert project.problems() == [
        f"R106 manifests/b.yaml:3:18: {first}",
        f"R106 manifests/b.yaml:10:18: {first}",
    ]


def test_name_of_a_manifest_with_problems_is_taken_too(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text("x", "[]"))
    project.write("b.yaml", manifest_text("x"))
    assert [problem[:4] for problem in project.problems()] == ["R104", "R106"]


def test_manifests_that_ask_for_the_same_template_are_a_warning(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text("a", "{b: 1, c: 2.0}", FORM % "T"))
    project.write("b.yaml", manifest_text("b", "{c: 2, b: 1}", FORM % "T"))
    loaded = project.load()
    (problem,) = loaded.problems
    assert (str(problem), problem.rule, problem.severity) == (
        (
            'manifests/b.yaml:3:18: asks for the same template as "a" at manifests/a.yaml:1:1; '
            "customers would see it twice; remove one, or make them different"
        ),
        "R107",
        Severity.WARNING,
    )
    assert [manifest.name for manifest in loaded.manifests] == ["a", "b"]


def test_manifests_that_differ_in_one_part_are_no_warning(project: ProjectOnDisk) -> None:
    organization = "organizationId: 7c60d51f-b44e-4682-87d6-449835ea4de6"
    variants = [
        manifest_text("a", "{v: 1}"),
        manifest_text("b", "{v: '1'}"),
        manifest_text("c", "{v: true}"),
        manifest_text("d", "{v: 1}", FORM % "T"),
        manifest_text("e", "{v: 1}", organization),
        manifest_text("f", "{v: 1}").replace("source-faker", "abcdef00-0000-4000-8000-000000000001"),
    ]
    project.write("a.yaml", "---\n".join(variants))
    assert project.problems() == []


def test_many_warnings_do_not_become_an_error(project: ProjectOnDisk) -> None:
    project.write("a.yaml", "---\n".join(manifest_text(f"m{number:03}") for number in range(150)))
    problems = project.load().problems
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert len(problems) == 101
    assert problems[-1].message == "and 49 more problems in this file"


def test_error_behind_many_warnings_is_still_an_error(project: ProjectOnDisk) -> None:
    texts = [manifest_text(f"m{number:03}") for number in range(150)]
    project.write("a.yaml", "---\n".join([*texts, texts[0].replace("spec", "sepc")]))
    assert project.load().problems[-1].severity is Severity.ERROR


def test_error_in_front_of_many_warnings_is_still_an_error(project: ProjectOnDisk) -> None:
    """The hundred told are warnings, too; the error is among those that are only counted."""
    same = [manifest_text(f"m{number:03}") for number in range(102)]
    wrong = same[0].replace("spec", "sepc")
    project.write(
        "a.yaml", "---\n".join([*same, wrong, *(manifest_text(f"x{number:03}") for number in range(9))])
    )
    assert project.load().problems[-1].severity is Severity.ERROR


def test_only_manifests_without_any_error_are_returned(project: ProjectOnDisk) -> None:
    project.write(
        "a.yaml", "---\n".join([manifest_text("a"), manifest_text("b", "{x: no}"), manifest_text("c", "1")])
    )
    assert [manifest.name for manifest in project.load().manifests] == ["a"]


def test_loading_twice_gives_the_same(project: ProjectOnDisk) -> None:
    project.write("b/a.yaml", manifest_text("a", "{x: no}"))
    project.write("a.yaml", manifest_text("a", "{x: 1}"))
    assert project.load() == project.load()


def test_garbage_collector_is_left_as_it_was(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text())
    assert gc.isenabled()
    project.load()
    assert gc.isenabled()
    gc.disable()
    try:
        project.load()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_windows_line_ends_change_neither_places_nor_values(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text("a", '{t: "x"}', "templateId: x").replace("\n", "\r\n"))
    assert [problem.split(": ")[0] for problem in project.problems()] == ["R105 manifests/a.yaml:7:15"]
