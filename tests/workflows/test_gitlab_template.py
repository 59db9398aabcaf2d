"""The GitLab template: which job runs when, and its scripts run by a shell against the sandbox."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from program import Project
from warm_program import PROGRAM
from workflows.workflow_runner import clean_environ, read_yaml

ROOT = Path(__file__).parents[2]
TEMPLATE = read_yaml(ROOT / "ci-templates" / "gitlab.yml")
JOBS = {
    name.removeprefix("reconciler:"): job for name, job in TEMPLATE.items() if name.startswith("reconciler:")
}

INSTALL = f'mkdir -p "$1/bin" && ln -s {PROGRAM} "$1/bin/reconciler"\n'


@dataclass
class Pipeline:
    """A job's machine: the project that was checked out, and the repository that the tool comes from."""

    project: Project
    environ: dict[str, str]

    def run(self, job: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A job's scripts in one shell, as GitLab runs them."""
        base, own = TEMPLATE[".reconciler"], JOBS[job]
        text = "\n".join([*base["before_script"], *own["script"]])
        environ = {**self.environ, **TEMPLATE["variables"], **base["variables"], **variables}
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", text],
            cwd=self.project.root,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def git(directory: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=directory, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def pipeline(checkout: Project, tmp_path: Path) -> Pipeline:
    """The tool's repository has an `install.sh` that puts the program of this test run into place."""
    source = tmp_path / "tool"
    install = source / ".github" / "actions" / "reconcile" / "install.sh"
    install.parent.mkdir(parents=True)
    install.write_text(INSTALL, encoding="utf-8")
    git(source, "init", "--quiet")
    git(source, "add", ".")
    git(source, "commit", "--quiet", "-m", "one")
    environ = {
        **clean_environ(),
        "RECONCILER_REPOSITORY": source.as_uri(),
        "RECONCILER_COMMIT": git(source, "rev-parse", "HEAD"),
        "CI_PROJECT_DIR": str(checkout.root),
        "TMPDIR": str(tmp_path),
    }
    return Pipeline(checkout, environ)


def starts(job: dict[str, Any], **variables: str) -> bool:
    """Whether a job's rules let it run; knows the two operators that ours use."""

    def holds(text: str) -> bool:
        if text.startswith("("):
            return any(holds(part) for part in text.strip("()").split(" || "))
        left, _, right = text.partition(" == ")
        return value(left) == value(right)

    def value(text: str) -> str:
        return variables.get(text[1:], "") if text.startswith("$") else text.strip('"')

    return any(all(holds(part) for part in rule["if"].split(" && ")) for rule in job["rules"])


MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_DEFAULT_BRANCH": "main"}
PUSH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
BRANCH = {**PUSH, "CI_COMMIT_BRANCH": "feature"}
SCHEDULE = {**PUSH, "CI_PIPELINE_SOURCE": "schedule"}
TAG = {"CI_PIPELINE_SOURCE": "push", "CI_DEFAULT_BRANCH": "main"}


@pytest.mark.parametrize(
    ("variables", "started"),
    [(MERGE_REQUEST, {"plan"}), (PUSH, {"apply"}), (BRANCH, set()), (SCHEDULE, {"drift"}), (TAG, set())],
)
def test_each_pipeline_starts_its_own_job(variables: dict[str, str], started: set[str]) -> None:
    assert {name for name, job in JOBS.items() if starts(job, **variables)} == started


def test_plan_leaves_reports_and_counts(pipeline: Pipeline) -> None:
    done = pipeline.run("plan")
    assert done.returncode == 0, done.stderr
    root = pipeline.project.root
    assert json.loads((root / "reconciler-counts.json").read_text()) == {
        "create": 1,
        "update": 0,
        "delete": 0,
    }
    assert "sample-data" in (root / "plan.md").read_text()
    assert json.loads((root / "plan.json").read_text())["summary"]["create"] == 1
    assert (root / "reconciler-validate.xml").read_text().startswith("<?xml")
    kept = {*JOBS["plan"]["artifacts"]["paths"], *JOBS["plan"]["artifacts"]["reports"].values()}
    assert kept == {"plan.md", "plan.json", "reconciler-validate.xml", "reconciler-counts.json"}


def test_invalid_manifests_fail_the_plan_and_leave_the_report(pipeline: Pipeline) -> None:
    pipeline.project.write("manifests/broken.yaml", "apiVersion: reconciler/v1\nkind: SourceTemplate\n")
    done = pipeline.run("plan")
    assert done.returncode == 3
    assert "broken.yaml" in (pipeline.project.root / "reconciler-validate.xml").read_text()


def test_plan_without_credentials_says_that_nothing_was_compared(pipeline: Pipeline) -> None:
    pipeline.project.write("reconciler.yaml", "version: 1\nenvironments: {production: {api: public}}\n")
    done = pipeline.run("plan", RECONCILER_ENVIRONMENT="production")
    assert done.returncode == 0, done.stderr
    assert "nothing was compared" in done.stdout
    assert not (pipeline.project.root / "plan.json").exists()


def test_apply_creates_and_leaves_its_account(pipeline: Pipeline) -> None:
    done = pipeline.run("apply")
    assert done.returncode == 0, done.stderr
    document = json.loads((pipeline.project.root / "apply.json").read_text())
    assert [entry.get("outcome") for entry in document["entries"] if entry["status"] == "create"] == [
        "created"
    ]


def test_drift_on_a_fresh_sandbox_is_clean(pipeline: Pipeline) -> None:
    done = pipeline.run("drift")
    assert done.returncode == 0, done.stderr
    assert (pipeline.project.root / "drift.md").is_file()


def test_an_environment_called_sandbox_is_never_a_server(pipeline: Pipeline) -> None:
    pipeline.project.write(
        "reconciler.yaml",
        "version: 1\nenvironments:\n  sandbox: {api: public, url: 'http://127.0.0.1:9/v1', "
        "organizationId: 7c60d51f-b44e-4682-87d6-449835ea4de6}\n",
    )
    done = pipeline.run("drift", AIRBYTE_CLIENT_ID="id", AIRBYTE_CLIENT_SECRET="hush")
    assert done.returncode == 3
    assert "`--sandbox` would reach a real server" in done.stderr


@pytest.mark.parametrize("commit", ["", "main", "v1.0.0", "0123abc"])
def test_a_tool_that_can_move_is_refused(pipeline: Pipeline, commit: str) -> None:
    done = pipeline.run("plan", RECONCILER_COMMIT=commit)
    assert done.returncode == 64
    assert done.stderr.startswith("RECONCILER_COMMIT has to be a full commit id")


def test_directory_of_the_project_may_be_any(pipeline: Pipeline) -> None:
    root = pipeline.project.root
    (root / "a b").mkdir()
    os.rename(root / "manifests", root / "a b" / "manifests")
    os.rename(root / "reconciler.yaml", root / "a b" / "reconciler.yaml")
    assert pipeline.run("plan", RECONCILER_DIRECTORY="a b").returncode == 0
    assert (root / "plan.json").is_file()


def test_one_apply_runs_at_a_time_and_is_not_interrupted() -> None:
    job = JOBS["apply"]
    assert (job["interruptible"], job["resource_group"]) == (
        "false",
        "reconciler-apply-$RECONCILER_ENVIRONMENT",
    )
    assert [name for name, each in JOBS.items() if "resource_group" in each] == ["apply"]
