"""What the README shows is what the program prints."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from program import Project

from reconciler.report.exit_code import ExitCode

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture
def example(tmp_path: Path) -> Project:
    """A copy of this repository's own manifests and project file."""
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    shutil.copy(ROOT / "reconciler.yaml", tmp_path)
    return Project(tmp_path)


def block_after(mark: str, text: str = README) -> str:
    """The fenced block that follows a comment in the README."""
    after = text.split(f"<!-- {mark} -->\n", 1)[1]
    return after.split("```", 2)[1].split("\n", 1)[1]


def update(mark: str, printed: str) -> None:
    """With UPDATE_GOLDEN set: write the block anew; the test then fails once, against the text it started with."""
    if os.environ.get("UPDATE_GOLDEN"):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        head, tail = text.split(f"<!-- {mark} -->\n", 1)
        new = tail.replace(block_after(mark, text), printed, 1)
        (ROOT / "README.md").write_text(f"{head}<!-- {mark} -->\n{new}", encoding="utf-8")


def test_example_manifests_are_applied_on_the_sandbox_and_then_in_sync(example: Project) -> None:
    applied = example.run("apply", "--sandbox", "--yes")
    assert (applied.code, applied.err) == (0, "")
    assert "warning" not in applied.out
    told = example.run("drift", "--sandbox")
    assert told.code == 0
    assert told.out.endswith("Up to date: 4 in sync.\n")


def test_examples_of_the_agent_api_are_applied_and_then_in_sync(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "examples" / "agents", tmp_path / "agents", ignore=shutil.ignore_patterns(".reconciler")
    )
    project = Project(tmp_path / "agents")
    line = block_after("command: agents").split()
    applied = project.run(*line[line.index("apply") :])
    assert (applied.code, applied.err) == (0, "")
    assert "warning" not in applied.out
    told = project.run("drift", "--sandbox")
    assert (told.code, told.out.splitlines()[-1]) == (0, "Up to date: 4 in sync.")


def test_example_project_is_valid(example: Project) -> None:
    told = example.run("validate").out
    assert told.startswith("Valid: 4 manifests read, no problems, 4 verdicts not known")


def test_plan_in_the_readme_is_what_the_program_prints(example: Project) -> None:
    example.run("apply", "--sandbox", "--yes", "--only", "sample-data", "--only", "google-drive")
    manifest = example.root / "manifests" / "sample-data.yaml"
    manifest.write_text(manifest.read_text().replace("default: 5000", "default: 1000"))
    shutil.rmtree(example.root / "manifests" / "crm")
    printed = example.run("plan", "--sandbox").out
    update("plan", printed)
    assert UUID.sub("ID", printed) == UUID.sub("ID", block_after("plan"))


def test_problems_in_the_readme_are_what_the_program_prints(example: Project) -> None:
    example.write("manifests/crm/hubspot.yaml", block_after("broken manifest"))
    printed = example.run("validate", "manifests/crm").out
    update("problems", printed)
    assert printed == block_after("problems")


def test_every_exit_code_stands_in_the_readme() -> None:
    table = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert table == {int(code) for code in ExitCode}


def test_every_command_stands_in_the_readme(example: Project) -> None:
    listed = re.findall(r"^  ([a-z]+)  ", example.run("--help").out.split("Commands:")[1], re.MULTILINE)
    assert listed
    assert [name for name in listed if f"| `{name}" not in README] == []


def test_every_test_that_the_security_page_names_is_there() -> None:
    named = re.findall(
        r"`((?:tests/)?[\w/]*test_\w+\.py)(?:::(\w+))?`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    )
    assert named
    for file, function in named:
        (found,) = [path for path in (ROOT / "tests").rglob(Path(file).name) if str(path).endswith(file)]
        assert not function or f"def {function}(" in found.read_text(encoding="utf-8"), (file, function)


def test_every_scenario_and_test_function_that_the_security_page_names_is_there() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert [place for place in re.findall(r"`(tests/[\w/-]+)`", page) if not (ROOT / place).is_dir()] == []
    named = re.findall(r"`(test_\w+)`", page)
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert [name for name in named if f"def {name}(" not in tests] == []


@pytest.mark.parametrize(
    "page", ["README.md", "SECURITY.md", "docs/agents.md", "docs/architecture.md", "docs/reference.md"]
)
def test_every_link_between_the_documents_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", (ROOT / page).read_text(encoding="utf-8"))
    for path, heading in links:
        goal = (ROOT / page).parent / path
        assert goal.is_file(), path
        headings = re.findall(r"^#+ (.+)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
        assert not heading or heading in [each.lower().replace(" ", "-") for each in headings], heading
