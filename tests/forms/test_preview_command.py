"""`reconciler preview`, as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from forms.page_reading import faults, read
from program import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("reconciler.yaml", "version: 1\nenvironments:\n  sandbox: {api: sandbox}\n")
    project.add("sample-data")
    return project


def test_the_forms_of_all_manifests_are_written_to_one_page(project: Project) -> None:
    project.add("second", title="Second form")
    told = project.run("preview", "--sandbox", "-o", "forms.html")
    assert (told.code, told.out, told.err) == (0, "", "Wrote forms.html: 2 forms.\n")
    page = (project.root / "forms.html").read_text(encoding="utf-8")
    assert faults(page) == []
    assert [each.text for each in read(page).with_class("form-title")] == ["Sample data", "Second form"]


def test_names_and_globs_choose_among_manifests(project: Project) -> None:
    for name in ("crm-one", "crm-two"):
        project.add(name, title=name)
    page = read(project.run("preview", "crm-*").out)
    assert [each.text for each in page.with_class("entry-name")] == ["crm-one", "crm-two"]


def test_presets_are_shown_as_fixed_and_secret_ones_masked(project: Project) -> None:
    project.add("keyed", presets="{seed: 7, api_key: !env RECONCILER_VAR_KEY}")
    project.environment["RECONCILER_VAR_KEY"] = "k1"
    out = project.run("preview", "keyed", "--sandbox").out
    fixed = read(out).with_class("presets")[0].text
    assert "seed7" in fixed
    assert "api_key(sensitive)" in fixed
    assert "k1" not in fixed


def test_a_name_that_no_manifest_has_is_an_error_and_nothing_is_written(project: Project) -> None:
    told = project.run("preview", "sample-data", "nobody", "-o", "forms.html")
    assert told.code == 3
    assert "argument nobody: error R110: no manifest has this name; check the name" in told.err
    assert not (project.root / "forms.html").exists()


def test_a_file_that_cannot_be_read_is_an_error_and_nothing_is_written(project: Project) -> None:
    project.write("manifests/broken.yaml", "kind: [")
    told = project.run("preview", "-o", "forms.html")
    assert told.code == 3
    assert "manifests/broken.yaml:1" in told.err
    assert not (project.root / "forms.html").exists()


def test_a_secret_in_a_manifest_is_an_error_and_on_no_page(project: Project) -> None:
    project.add("leak", presets="{note: 'ghp_" + "a1B2" * 9 + "'}")
    told = project.run("preview", "leak")
    assert told.code == 3
    assert told.out == ""


def test_a_form_that_the_widget_cannot_build_is_shown_with_its_error(project: Project) -> None:
    project.write(
        "manifests/torn.yaml",
        "apiVersion: reconciler/v1\nkind: SourceTemplate\nmetadata: {name: torn}\nspec:\n  connector: source-faker\n"
        "  partialDefaultConfig: {}\n  partialUserConfigSpec:\n    connectionSpecification:\n      type: object\n"
        "      properties:\n        login: {type: object, oneOf: [{title: A}, {title: B}]}\n",
    )
    told = project.run("preview", "torn", "-o", "forms.html")
    assert told.code == 3
    assert "R502" in told.err
    assert "The customer sees an error instead of this form" in (project.root / "forms.html").read_text()


def test_a_connector_that_is_not_locked_is_said_so_on_the_page(project: Project) -> None:
    project.write(
        "manifests/open.yaml",
        "apiVersion: reconciler/v1\nkind: SourceTemplate\nmetadata: {name: open}\n"
        "spec: {connector: source-stripe, partialDefaultConfig: {}}\n",
    )
    told = project.run("preview", "open")
    assert told.code == 0
    assert "is not in connectors.lock.json" in read(told.out).with_class("notice")[0].text


def test_only_a_page_is_written(project: Project) -> None:
    told = project.run("preview", "-o", "manifests/sample-data.yaml")
    assert told.code == 64
    assert "end the name in .html or .htm" in told.err


def test_plan_apply_and_drift_are_written_as_pages_too(project: Project) -> None:
    for command, heading in (
        ("plan", "Plan for sandbox"),
        ("apply", "Apply to sandbox"),
        ("drift", "Drift for sandbox"),
    ):
        more = ("--yes",) if command == "apply" else ()
        project.run(command, "--sandbox", "--write", f"html={command}.html", *more)
        page = (project.root / f"{command}.html").read_text(encoding="utf-8")
        assert faults(page) == []
        assert [each.text for each in read(page).named("h1")] == [heading]
