"""`--format` and `--write`: every rendering of one result, as a user asks for them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from program import Project, Server

CREATES = "**1 template would be created:** `sample-data`."


def test_one_run_reads_the_server_once_for_all_its_reports(production: Project, server: Server) -> None:
    production.add()
    production.run("plan", "-e", "production")
    once = server.requests()
    run = production.run(
        *("plan", "-e", "production", "--format", "github", "--write", "markdown=plan.md"),
        *("--write", "json=plan.json", "--write", "text=plan.txt", "--write", "github=plan.github"),
    )
    assert run.code == 0
    assert server.requests()[len(once) :] == once
    document = json.loads((production.root / "plan.json").read_text())
    markdown = (production.root / "plan.md").read_text()
    assert CREATES in markdown
    assert document["digest"] in markdown
    assert (production.root / "plan.txt").read_text() in run.out


def test_github_output_silences_the_text_and_commands_at_file_and_line(project: Project) -> None:
    project.add()
    project.write("embedded/manifests/bad.yaml", "apiVersion: reconciler/v1\nkind: Nothing\n")
    project.environment["GITHUB_WORKSPACE"] = str(project.root)
    run = project.run("validate", "-C", "embedded", "-f", "github", "--sandbox")
    first, *_ = run.out.splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", first)
    assert token is not None
    silent, _, commands = run.out.partition(f"\n::{token[1]}::\n")
    assert "Invalid" in silent
    assert run.code == 3
    assert commands.startswith("::error file=embedded/manifests/bad.yaml,line=")


def test_two_runs_never_use_the_same_token(project: Project) -> None:
    project.add()
    first, second = (project.run("plan", "--sandbox", "-f", "github").out.splitlines()[0] for _ in range(2))
    assert first != second


def test_annotations_in_a_file_are_commands_too(project: Project) -> None:
    project.write("manifests/bad.yaml", "kind: Nothing\n")
    project.run("validate", "--sandbox", "--write", "github=lines.txt")
    assert "\n::error file=manifests/bad.yaml," in (project.root / "lines.txt").read_text()


def test_invalid_manifests_are_told_in_the_format_that_was_asked_for(project: Project) -> None:
    project.write("manifests/bad.yaml", "kind: Nothing\n")
    (project.root / "plan.md").write_text("### Plan for `sandbox`\n")
    run = project.run("plan", "--sandbox", "-f", "github", "--write", "markdown=plan.md")
    assert run.code == 3
    assert run.out.startswith("::error file=manifests/bad.yaml,")
    assert "`manifests/bad.yaml:1:" in (project.root / "plan.md").read_text()


def test_a_broken_project_file_is_a_failure_of_the_test_report(project: Project) -> None:
    project.add()
    project.write("reconciler.yaml", "version: 99\n")
    run = project.run("validate", "--write", "junit=report.xml")
    assert run.code == 3
    (suite,) = ET.parse(project.root / "report.xml").getroot()
    assert suite.get("failures") != "0"


def test_validate_gives_a_test_report(project: Project) -> None:
    project.add("good")
    project.write("manifests/bad.yaml", "kind: Nothing\n")
    run = project.run("validate", "--sandbox", "-f", "junit")
    (suite,) = ET.fromstring(run.out)
    assert [case.get("name") for case in suite if case.find("failure") is None] == ["good"]
    assert suite.get("failures") != "0"


def test_apply_tells_the_new_id_in_markdown(project: Project) -> None:
    project.add()
    run = project.run("apply", "--sandbox", "--yes", "-f", "markdown", "--write", "json=result.json")
    (entry,) = (
        e for e in json.loads((project.root / "result.json").read_text())["entries"] if "outcome" in e
    )
    assert f"template `{entry['templateId']}`" in run.out
    assert "**1 template created and read back equal to the manifest.**" in run.out


def test_drift_is_told_to_an_operator_not_to_a_reviewer(project: Project) -> None:
    project.add()
    run = project.run("drift", "--sandbox", "-f", "markdown")
    assert run.code == 2
    assert run.out.startswith("### Drift in `sandbox`")
    assert "**1 manifest has no live template.**" in run.out


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        (
            {"GITHUB_SERVER_URL": "https://ghe.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"},
            "https://ghe.example/o/r/actions/runs/7",
        ),
        ({"CI_JOB_URL": "https://gitlab.example/o/r/-/jobs/7"}, "https://gitlab.example/o/r/-/jobs/7"),
    ],
)
def test_markdown_links_the_run_that_made_it(project: Project, variables: dict[str, str], url: str) -> None:
    project.add()
    project.environment.update(variables)
    assert f"[See the run](<{url}>)" in project.run("plan", "--sandbox", "-f", "markdown").out


@pytest.mark.parametrize("arguments", [("-f", "junit"), ("--write", "junit=x.xml")])
def test_a_format_that_a_command_cannot_give_is_a_usage_error_that_says_which_it_can(
    project: Project, arguments: tuple[str, ...]
) -> None:
    run = project.run("plan", "--sandbox", *arguments)
    assert run.code == 64
    for form in ("text", "json", "markdown", "github"):
        assert form in run.err
    assert not (project.root / "x.xml").exists()


def test_every_offered_format_is_given() -> None:
    from reconciler.cli.options import FORMATS_OF, Options
    from reconciler.cli.renderings import apply_renderings, plan_renderings, validation_renderings
    from reconciler.report.view import Validation

    anything: object = None
    rendered = {
        "validate": validation_renderings(Validation(()), Options()),
        "plan": plan_renderings(anything, Options()),  # type: ignore[arg-type]
        "drift": plan_renderings(anything, Options(), is_drift=True),  # type: ignore[arg-type]
        "apply": apply_renderings(anything, Options(), text=str, code=0),  # type: ignore[arg-type]
    }
    assert {command: tuple(renderings) for command, renderings in rendered.items()} == FORMATS_OF
