"""Where `--write` may go: nothing but a report of this program is replaced, and what cannot work is refused before anything is sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from program import Project, Server

from reconciler.cli.options import FORMATS, FORMATS_OF
from reconciler.cli.report_files import obstacle

REGISTRY = """{"sources": [{"sourceDefinitionId": "dfd88b22-b603-4c3d-aad7-3701784586b1", "name": "Sample Data",
 "dockerRepository": "airbyte/source-faker", "dockerImageTag": "6.2.24", "spec": {"connectionSpecification": {"type": "object"}}}],
 "destinations": []}"""
LOST = "it holds something other than a report of this program, and that would be lost; choose another file, or remove that one first"
INPUT = "it would be in the directory of manifests; choose another folder"


def refused(project: Project, write: str) -> str:
    """What a refused `apply` says of this goal; it changed nothing in the project."""
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    told = project.run("apply", "--yes", "--write", write)
    assert (told.code, told.out) == (64, "")
    assert {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()} == before
    return told.err


@pytest.mark.parametrize(
    ("goal", "why"),
    [
        ("manifests/sample-data.yaml", INPUT),
        ("manifests/new.json", INPUT),
        ("manifests/deep/report.html", INPUT),
        ("linked/new.json", INPUT),
        ("reconciler.yaml", "it is read by this program, not written; choose another name"),
        ("connectors.lock.json", "it is read by this program, not written; choose another name"),
        ("source.py", LOST),
        ("link.py", LOST),
        ("package.json", LOST),
        (".git/config", LOST),
        ("missing/report.json", "there is no folder 'ROOT/missing'; make it first"),
        ("source.py/report.json", "there is no folder 'ROOT/source.py'; make it first"),
        ("manifests", "it is a directory; name a file"),
        ("n" * 250, "File name too long; choose another name"),
        ("n" * 300, "File name too long; choose another name"),
    ],
)
@pytest.mark.parametrize("form", ["json", "text"])
def test_goal_of_a_report_is_refused_before_anything_is_created(
    production: Project, server: Server, goal: str, why: str, form: str
) -> None:
    production.add()
    production.write("source.py", "print('hello')\n")
    production.write("package.json", '{"formatVersion": 1, "name": "x"}')
    production.write(".git/config", "[core]\n")
    (production.root / "link.py").symlink_to("source.py")
    (production.root / "linked").symlink_to("manifests")
    told = refused(production, f"{form}={goal}")
    assert told.endswith(f"Error: --write {form}={goal}: {why.replace('ROOT', str(production.root))}\n")
    assert server.requests() == []


def test_manifests_directory_is_the_one_that_the_project_file_names(production: Project) -> None:
    production.write("templates/a.yaml", "")
    project_file = production.root / "reconciler.yaml"
    project_file.write_text(project_file.read_text() + "manifests: templates\n")
    assert INPUT in refused(production, "json=templates/r.json")


def test_project_that_keeps_its_manifests_beside_everything_else_may_have_reports_there(
    tmp_path: Path,
) -> None:
    def why(name: str) -> str:
        return obstacle(tmp_path / name, manifests=tmp_path, inputs=(tmp_path / "reconciler.yaml",))

    assert (why("report.md"), why("report.json")) == ("", INPUT)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "nothing can be written into the folder" in obstacle(tmp_path / "r.json", manifests=tmp_path / "m")


def test_new_and_empty_files_are_fine(production: Project) -> None:
    production.add()
    production.write("empty.json", "")
    told = production.run("apply", "--yes", "--write", "json=empty.json", "--write", "text=new.txt")
    assert told.code == 0


@pytest.mark.parametrize(
    "command",
    [
        "plan --sandbox",
        "drift --sandbox",
        "apply --sandbox",
        "apply --sandbox --yes",
        "plan --sandbox -e sandbox",
        "plan -e nowhere",
        "plan --only nothing",
        "plan broken.yaml --sandbox",
        "validate",
        "validate -v",
        "validate broken.yaml",
        "doctor --sandbox",
        "doctor -e nowhere",
        "connectors search faker",
        "connectors search nothing-like-it",
        "connectors show source-faker",
        "connectors show nothing-like-it",
        "connectors lock --registry registry.json",
        "connectors lock --registry nothing.json",
        "connectors lock --check --registry registry.json",
    ],
)
def test_every_report_is_replaced_by_the_next(project: Project, command: str) -> None:
    project.add()
    project.write("broken.yaml", "kind: Nothing\n")
    project.write("registry.json", REGISTRY)
    forms = FORMATS_OF.get(command.split(maxsplit=1)[0], FORMATS)
    goals = {form: project.root / f"report.{form}" for form in forms}
    writes = [part for form, goal in goals.items() for part in ("--write", f"{form}={goal}")]
    first = project.run(*command.split(), *writes)
    for form, goal in goals.items():
        if goal.exists():
            assert obstacle(goal, manifests=project.root / "manifests") == "", (form, goal.read_text()[:300])
    assert project.run(*command.split(), *writes).code in (first.code, 0)


def test_page_of_preview_and_plan_file_of_ci_replace_nothing_else(project: Project) -> None:
    project.add()
    project.write("index.html", '<!doctype html>\n<html lang="en"><head></head></html>')
    told = project.run("preview", "--sandbox", "-o", "index.html")
    assert (told.code, told.err.splitlines()[-1]) == (64, f"Error: -o index.html: {LOST}")
    for _ in range(2):
        assert project.run("preview", "--sandbox", "-o", "forms.html").code == 0
    told = project.run("ci", "plan", "--sandbox", "--plan-file", "manifests/plan.json")
    assert (told.code, told.err.splitlines()[-1]) == (64, f"Error: --plan-file manifests/plan.json: {INPUT}")
    assert not (project.root / "manifests" / "plan.json").exists()
