"""The manifest directory as one desired state."""

from __future__ import annotations

import gc

import pytest
from manifests.manifest_reading import ProjectOnDisk, manifest_text

from reconciler.connectors.catalogue import Catalogue
from reconciler.connectors.lint.rules import explain_rule
from reconciler.manifests.problem_log import ProblemLog
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.template import Connector

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


def test_manifests_that_ask_for_the_same_template_are_an_error(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text("a", "{b: 1, c: 2.0}", FORM % "T"))
    project.write("b.yaml", manifest_text("b", "{c: 2, b: 1}", FORM % "T"))
    assert project.problems() == [
        (
            'R107 manifests/b.yaml:3:18: asks for the same template as "a" at manifests/a.yaml:1:1; '
            "remove one, make them different, or write `allowSecond: <the reason>` under `spec` of one"
        )
    ]


def test_explain_gives_equal_manifests_the_severity_that_they_are_reported_with(
    project: ProjectOnDisk,
) -> None:
    project.write("a.yaml", manifest_text("a"))
    project.write("b.yaml", manifest_text("b"))
    (problem,) = project.load().problems
    facts = explain_rule(problem.rule)
    assert facts is not None
    assert (problem.rule, facts.severity) == ("R107", problem.severity)


def test_form_that_is_inferred_here_and_written_out_there_is_the_same_form(project: ProjectOnDisk) -> None:
    schema = {"type": "object", "required": [], "properties": {}, "title": "Shop"}
    shop = Connector(
        "abcdef00-0000-4000-8000-000000000001",
        "source-shop",
        specification={"connectionSpecification": schema},
    )
    project.catalogue = Catalogue([shop])
    inferred = manifest_text("a").replace("source-faker", "source-shop")
    for title, found in (("Shop", ["R107"]), ("Store", [])):
        form = "partialUserConfigSpec: {connectionSpecification: {type: object, required: [], properties: {}, title: %s}}"
        written = manifest_text("b", "{}", form % title).replace("source-faker", "source-shop")
        project.write("a.yaml", f"{inferred}---\n{written}")
        assert [problem[:4] for problem in project.problems()] == found


@pytest.mark.parametrize("number", [0, 1])
def test_manifest_that_says_why_may_be_a_second_one(project: ProjectOnDisk, number: int) -> None:
    texts = [manifest_text("a"), manifest_text("b")]
    texts[number] = manifest_text("ab"[number], "{}", "allowSecond: a tile for the EU")
    project.write("a.yaml", "---\n".join(texts))
    loaded = project.load()
    assert (loaded.problems, [m.allow_second for m in loaded.manifests][number]) == ((), "a tile for the EU")
    project.write("b.yaml", manifest_text("c"))
    assert [problem[:4] for problem in project.problems()] == ["R107"]


def test_reason_for_a_second_template_is_not_blank(project: ProjectOnDisk) -> None:
    project.write("a.yaml", manifest_text("a", "{}", "allowSecond: ' '"))
    assert project.problems() == [
        (
            "R105 manifests/a.yaml:7:16: spec.allowSecond is empty; write the reason why a second template is wanted, or remove the line"
        )
    ]


def test_manifests_that_differ_in_one_part_are_different(project: ProjectOnDisk) -> None:
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


@pytest.mark.parametrize("error_at", [None, 3, 120])
def test_problems_that_are_only_counted_are_an_error_if_one_of_them_is(error_at: int | None) -> None:
    log = ProblemLog("a.yaml")
    for number in range(150):
        severity = Severity.ERROR if number == error_at else Severity.WARNING
        log.keep(Diagnostic(Origin("a.yaml", number + 1, 1), "R107", "same", severity=severity))
    problems = log.problems()
    assert (len(problems), problems[-1].message) == (101, "and 50 more problems in this file")
    assert problems[-1].severity is (Severity.ERROR if error_at == 120 else Severity.WARNING)


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
