"""`reconciler init`, as a new user meets it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from program import Project

from reconciler.cli.console import Console
from reconciler.cli.init import start_project
from reconciler.connectors.registry.files import user_cache
from reconciler.connectors.registry.source import EDITIONS
from reconciler.starter import Ci

Tool = tuple[str, ...]
Git = Callable[..., str]

PROJECT_FILES = {
    "reconciler.yaml",
    ".gitignore",
    "manifests/sample-data.yaml",
    "connectors.lock.json",
    "schemas/manifest.schema.json",
    "schemas/project.schema.json",
}
PIPELINES = {f".github/workflows/reconciler-{name}.yml" for name in ("plan", "apply", "drift")}


def files(root: Path) -> set[str]:
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[0] not in (".git", ".reconciler")}


def test_an_empty_repository_becomes_a_whole_project(repository: Project, tool: Tool) -> None:
    told = repository.run("init", *tool)
    assert told.code == 0
    assert files(repository.root) == PROJECT_FILES | PIPELINES | {".pre-commit-config.yaml"}
    assert told.out.splitlines()[0] == f"10 files written in {repository.root}"


def test_what_is_written_is_valid_and_can_be_applied_at_once(repository: Project, tool: Tool) -> None:
    repository.run("init", *tool)
    assert repository.run("validate").code == 0
    assert "\nApplied: 1 created. " in repository.run("apply", "--yes").out
    assert repository.run("drift").code == 0


def test_a_second_run_changes_nothing_and_names_what_is_there(repository: Project, tool: Tool) -> None:
    repository.run("init", *tool)
    before = {name: (repository.root / name).read_bytes() for name in files(repository.root)}
    told = repository.run("init", *tool, "--branch", "other")
    assert told.code == 0
    assert {name: (repository.root / name).read_bytes() for name in files(repository.root)} == before
    assert told.out.splitlines()[:2] == [f"0 files written in {repository.root}", "8 files left as they are"]


@pytest.mark.parametrize("name", ["reconciler.yaml", ".gitignore", ".pre-commit-config.yaml"])
def test_a_file_that_exists_is_never_touched(repository: Project, tool: Tool, name: str) -> None:
    repository.write(name, "version: 1\n")
    told = repository.run("init", *tool)
    assert (told.code, (repository.root / name).read_text()) == (0, "version: 1\n")
    assert told.out.endswith(f"1 file left as it is\n  {name}\n")


def test_a_link_that_leads_nowhere_is_left_too(repository: Project, tool: Tool, tmp_path: Path) -> None:
    (repository.root / ".gitignore").symlink_to(tmp_path / "elsewhere")
    assert repository.run("init", *tool).code == 0
    assert not (tmp_path / "elsewhere").exists()


def test_a_project_with_manifests_gets_no_example(repository: Project, tool: Tool) -> None:
    repository.add("crm")
    repository.run("init", *tool)
    assert not (repository.root / "manifests" / "sample-data.yaml").exists()


def test_manifests_go_where_the_project_file_says(repository: Project, tool: Tool) -> None:
    repository.write("reconciler.yaml", "version: 1\nmanifests: config/templates\n")
    repository.run("init", *tool)
    example = (repository.root / "config" / "templates" / "sample-data.yaml").read_text()
    assert example.startswith("# yaml-language-server: $schema=../../schemas/manifest.schema.json\n")
    plan = yaml.safe_load((repository.root / ".github/workflows/reconciler-plan.yml").read_text())
    assert plan[True]["pull_request"]["paths"][0] == "config/templates/**"


def test_nothing_is_written_when_the_project_file_is_invalid(repository: Project, tool: Tool) -> None:
    repository.write("reconciler.yaml", "version: 2\n")
    assert repository.run("init", *tool).code == 3
    assert files(repository.root) == {"reconciler.yaml"}


def test_editor_line_of_every_file_leads_to_a_schema(repository: Project, tool: Tool) -> None:
    repository.run("init", *tool)
    for name in ("reconciler.yaml", "manifests/sample-data.yaml"):
        path = repository.root / name
        match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
        assert match is not None
        json.loads((path.parent / match[1]).read_text())


def test_a_project_in_a_folder_has_its_workflows_at_the_root(repository: Project, tool: Tool) -> None:
    told = repository.run("init", "config/air byte", *tool)
    assert told.code == 0
    own = {f"config/air byte/{name}" for name in PROJECT_FILES}
    assert files(repository.root) == own | PIPELINES | {".pre-commit-config.yaml"}
    plan = yaml.safe_load((repository.root / ".github/workflows/reconciler-plan.yml").read_text())
    assert plan["jobs"]["templates"]["with"]["directory"] == "config/air byte"
    assert plan[True]["pull_request"]["paths"] == [
        "config/air byte/manifests/**",
        "config/air byte/reconciler.yaml",
        "config/air byte/connectors.lock.json",
        ".github/workflows/reconciler-plan.yml",
    ]
    assert "Next, in config/air byte:" in told.err
    assert repository.run("validate", "-C", "config/air byte").code == 0


def test_pushes_to_the_default_branch_of_the_remote_are_applied(
    repository: Project, tool: Tool, git: Git
) -> None:
    git(repository.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/2.x")
    repository.run("init", *tool)
    assert applied_branches(repository) == ["release/2.x"]


def test_without_a_remote_main_is_taken_and_not_the_branch_of_the_day(
    repository: Project, tool: Tool, git: Git
) -> None:
    git(repository.root, "commit", "--quiet", "--allow-empty", "-m", "one")
    git(repository.root, "checkout", "--quiet", "-b", "feature")
    repository.run("init", *tool)
    assert applied_branches(repository) == ["main"]


def test_a_branch_that_has_no_commit_yet_is_the_default(repository: Project, tool: Tool, git: Git) -> None:
    git(repository.root, "symbolic-ref", "HEAD", "refs/heads/trunk")
    repository.run("init", *tool)
    assert applied_branches(repository) == ["trunk"]


def test_a_branch_can_be_named_and_is_matched_literally(repository: Project, tool: Tool) -> None:
    repository.run("init", *tool, "--branch", 'ma"in+[1]')
    assert applied_branches(repository) == ['ma"in\\+\\[1\\]']


def applied_branches(project: Project) -> list[str]:
    apply = yaml.safe_load((project.root / ".github/workflows/reconciler-apply.yml").read_text())
    branches: list[str] = apply[True]["push"]["branches"]
    return branches


def test_outside_git_everything_goes_into_the_directory(tmp_path: Path, tool: Tool) -> None:
    project = Project(tmp_path, {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert project.run("init", "new/one", *tool).code == 0
    assert files(tmp_path / "new" / "one") == PROJECT_FILES | PIPELINES | {".pre-commit-config.yaml"}
    assert applied_branches(Project(tmp_path / "new" / "one")) == ["main"]


def without_a_tool(project: Project) -> str:
    """`init` of a program that does not know where it comes from; what it says."""
    words = io.StringIO()
    assert start_project(Console(io.StringIO(), words), project.root, Ci.GITHUB, None) == 0
    return words.getvalue()


def test_unknown_tool_leaves_the_workflows_out_and_says_how_to_get_them(repository: Project) -> None:
    words = without_a_tool(repository)
    assert not (repository.root / ".github").exists()
    assert "reconciler init --tool-repository OWNER/NAME --tool-ref COMMIT\n" in words
    hook = yaml.safe_load((repository.root / ".pre-commit-config.yaml").read_text())["repos"][0]
    assert (hook["repo"], hook["hooks"][0]["entry"]) == ("local", "reconciler validate")


def test_workflows_can_be_added_later(repository: Project, tool: Tool) -> None:
    without_a_tool(repository)
    told = repository.run("init", *tool)
    assert files(repository.root) >= PIPELINES
    assert "gh variable set RECONCILER_ENVIRONMENT --body production" in told.err
    assert "gh variable set" in without_a_tool(repository)


def test_gitlab_includes_the_template_at_the_same_commit_as_the_tool(repository: Project, tool: Tool) -> None:
    repository.run("init", "--ci", "gitlab", *tool)
    document = yaml.safe_load((repository.root / ".gitlab-ci.yml").read_text())
    commit = tool[-1]
    (include,) = document["include"]
    assert include["remote"].endswith(f"/acme/tool/{commit}/ci-templates/gitlab.yml")
    assert document["variables"]["RECONCILER_COMMIT"] == commit
    assert not (repository.root / ".github").exists()


def test_a_pipeline_of_other_tools_is_left_and_what_it_needs_is_shown(
    repository: Project, tool: Tool
) -> None:
    repository.write(".gitlab-ci.yml", "build: {script: make}\n")
    told = repository.run("init", "--ci", "gitlab", *tool)
    assert (repository.root / ".gitlab-ci.yml").read_text() == "build: {script: make}\n"
    assert ".gitlab-ci.yml was there already. Add to it:\n" in told.err
    assert f"  RECONCILER_COMMIT: {tool[-1]}\n" in told.err


def test_no_pipelines_are_written_when_none_are_wanted(repository: Project, tool: Tool) -> None:
    repository.run("init", "--ci", "none", *tool)
    assert files(repository.root) == PROJECT_FILES | {".pre-commit-config.yaml"}


def test_steps_lead_from_the_sandbox_to_production_and_name_every_secret(
    repository: Project, tool: Tool
) -> None:
    err = repository.run("init", *tool).err
    order = [
        "reconciler apply --sandbox",
        "open a pull request",
        "gh secret set AIRBYTE_CLIENT_ID\n",
        "gh secret set AIRBYTE_CLIENT_SECRET\n",
        "gh secret set AIRBYTE_ORGANIZATION_ID\n",
        "reconciler connectors lock",
        "reconciler plan -e production",
        "gh variable set RECONCILER_ENVIRONMENT --body production",
    ]
    assert sorted(order, key=err.index) == order


def test_quiet_prints_the_list_only(repository: Project, tool: Tool) -> None:
    told = repository.run("init", "-q", *tool)
    assert (told.err, len(told.out.splitlines())) == ("", 11)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tool-repository", "acme/tool"), "--tool-repository and --tool-ref go together"),
        (("--tool-repository", "https://x/acme/tool", "--tool-ref", "0" * 40), "is not OWNER/NAME"),
        (("--tool-repository", "acme/tool", "--tool-ref", "v1.2.3"), "a tag or branch can be moved later"),
        (("--ci", "jenkins"), "'jenkins' is not one of"),
    ],
)
def test_a_wrong_command_line_writes_nothing(
    repository: Project, arguments: tuple[str, ...], said: str
) -> None:
    told = repository.run("init", *arguments)
    assert told.code == 64
    assert said in " ".join(told.err.split())
    assert files(repository.root) == set()


def test_a_place_that_cannot_be_written_is_told_in_words(repository: Project, tool: Tool) -> None:
    repository.write("schemas", "a file where a folder should be\n")
    told = repository.run("init", *tool)
    assert told.code == 1
    assert f"{repository.root}/schemas: could not be written: File exists" in told.err
    assert "Traceback" not in told.err


def test_example_s_connector_is_locked_from_the_registry_that_was_read_here_before(
    repository: Project, tool: Tool
) -> None:
    registry = {"sources": [registry_entry()], "destinations": []}
    user_cache(repository.environment).store(
        EDITIONS["cloud"], json.dumps(registry).encode(), None, now=1_700_000_000
    )
    repository.run("init", *tool)
    lock = json.loads((repository.root / "connectors.lock.json").read_text())
    assert (lock["source"], [entry["version"] for entry in lock["connectors"]]) == ("cloud", ["6.2.24"])
    told = repository.run("validate")
    assert (told.code, told.out) == (0, "Valid: 1 manifest read, no problems.\n")


def test_without_a_registry_the_example_is_locked_as_the_sandbox_knows_it(
    repository: Project, tool: Tool
) -> None:
    repository.run("init", *tool)
    lock = json.loads((repository.root / "connectors.lock.json").read_text())
    assert (lock["source"], [each["repository"] for each in lock["connectors"]]) == (
        "sandbox",
        ["airbyte/source-faker"],
    )
    assert repository.run("validate").out == "Valid: 1 manifest read, no problems.\n"


def test_first_lock_command_takes_the_registry_although_init_locked_from_the_sandbox(
    repository: Project, tool: Tool
) -> None:
    """The default is Airbyte Cloud's; no proxy listens, so that nothing is reached, and the error names what was asked for."""
    repository.run("init", *tool)
    repository.environment["HTTPS_PROXY"] = "http://127.0.0.1:9"
    told = repository.run("connectors", "lock")
    assert told.code == 1
    assert "/cloud_registry.json" in told.err


def registry_entry() -> dict[str, object]:
    return {
        "sourceDefinitionId": "dfd88b22-b603-4c3d-aad7-3701784586b1",
        "name": "Sample Data",
        "dockerRepository": "airbyte/source-faker",
        "dockerImageTag": "6.2.24",
        "spec": {"connectionSpecification": {"type": "object", "properties": {"count": {"type": "integer"}}}},
    }


def test_example_is_the_one_that_this_repository_applies_itself(repository: Project, tool: Tool) -> None:
    repository.run("init", *tool)
    own = Path(__file__).parents[2] / "manifests" / "sample-data.yaml"
    assert (repository.root / "manifests" / "sample-data.yaml").read_bytes() == own.read_bytes()


def test_schemas_are_those_of_this_program(repository: Project, tool: Tool) -> None:
    repository.run("init", *tool)
    for what in ("manifest", "project"):
        assert (repository.root / f"schemas/{what}.schema.json").read_text() == repository.run(
            "schema", what
        ).out
