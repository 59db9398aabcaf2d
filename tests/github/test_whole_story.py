"""A manifest's way from a branch to customers, and drift's way from somebody's edit to its end: with a real git repository, the
console script as each job's step, a GitHub and an Airbyte on ports.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import factories
import pytest
from github.github_double import Pull
from github.workflow import Step, Workflow
from program import MANIFEST, Project

from reconciler.github.comments import parse_marker


@dataclass
class Repository:
    """A clone that somebody works in, and fresh checkouts for each job, as runners make them."""

    folder: Path
    workflow: Workflow
    jobs: int = 0

    def git(self, *arguments: str, at: Path | None = None) -> str:
        identity = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=at or self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def checkout(self, *merged: str) -> str:
        """A runner's fresh checkout: main, or GitHub's merge commit of main and a branch. Gives the commit."""
        self.jobs += 1
        place = self.folder.parent / f"runner-{self.jobs}" / "checkout"
        self.git("clone", "--quiet", "--branch", "main", str(self.folder), str(place))
        for branch in merged:
            self.git("merge", "--quiet", "--no-ff", "--no-edit", f"origin/{branch}", at=place)
        self.workflow.project = Project(place, self.workflow.project.environment)
        return self.git("rev-parse", "HEAD", at=place)

    def plan(self, pull: Pull, branch: str) -> Step:
        """The job on pull_request."""
        sha = self.checkout(branch)
        return self.workflow.pull_request(number=pull.number, head=pull.head, GITHUB_SHA=sha)

    def merge(self, pull: Pull, branch: str) -> str:
        """Somebody presses "Squash and merge"."""
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--squash", branch)
        pull.merge_commit_sha = self.commit(f"Merge #{pull.number}")
        pull.merged_at = self.workflow.state.now
        return pull.merge_commit_sha

    def apply(self) -> Step:
        """The job on push to main."""
        return self.workflow.push(sha=self.checkout())

    def drift(self) -> Step:
        """The job on schedule."""
        return self.workflow.schedule(GITHUB_SHA=self.checkout())

    def branch(self, name: str, number: int, *, title: str, presets: str) -> Pull:
        """Somebody writes a manifest on a branch and opens a pull request."""
        self.git("checkout", "--quiet", "-b", name, "main")
        path = self.folder / "manifests/sample-data.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(MANIFEST.format(name="sample-data", title=title, presets=presets), encoding="utf-8")
        return self.workflow.state.pull(number, head=self.commit(name))


@pytest.fixture
def repository(workflow: Workflow, tmp_path: Path) -> Repository:
    """A repository with a project file and nothing else."""
    workflow.is_subprocess = True
    folder = tmp_path / "work"
    folder.mkdir()
    made = Repository(folder, workflow)
    made.git("init", "--quiet", "--initial-branch", "main")
    shutil.copy(workflow.project.root / "reconciler.yaml", folder)
    made.commit("Project file")
    return made


def somebody_edits_the_live_template(workflow: Workflow) -> str:
    """In the sandbox's own database, past every API. Gives the template's id."""
    (row,) = workflow.server.store.templates_of(factories.ORGANIZATION)
    workflow.server.store.update_template(replace(row, presets='{"seed": 8}'))
    return row.id


def test_from_branch_to_customers_and_from_drift_to_its_end(repository: Repository) -> None:
    workflow, state = repository.workflow, repository.workflow.state

    pull = repository.branch("add-sample-data", 7, title="Sample data", presets="{seed: 1}")
    planned = repository.plan(pull, "add-sample-data")
    assert (planned.code, planned.outputs["creates"]) == (0, "1")
    (comment,) = state.bodies(7)
    assert "1 template would be created" in comment
    assert workflow.server.posts() == 0

    repository.merge(pull, "add-sample-data")
    applied = repository.apply()
    assert (applied.code, applied.outputs["created"], workflow.server.posts()) == (0, "1", 1)
    assert applied.outputs["plan-digest"] == planned.outputs["plan-digest"]
    assert applied.annotations == []
    _, account = state.bodies(7)
    assert workflow.server.store.templates_of(factories.ORGANIZATION)[0].id in account
    assert (repository.drift().code, state.drift_issues()) == (0, [])

    template = somebody_edits_the_live_template(workflow)
    found = repository.drift()
    assert (found.code, found.outputs["drift"]) == (2, "1")
    (issue,) = state.drift_issues()
    assert template in issue.body
    assert "/partialDefaultConfig/seed" in issue.body
    assert repository.drift().code == 2
    assert state.bodies(issue.number) == []

    fix = repository.branch("follow-live", 8, title="Sample data", presets="{seed: 8}")
    assert repository.plan(fix, "follow-live").outputs["drift"] == "0"
    assert state.bodies(8) == []
    repository.merge(fix, "follow-live")
    assert repository.apply().outputs["created"] == "0"
    assert repository.drift().code == 0
    assert issue.state == "closed"
    assert "In sync again" in state.bodies(issue.number)[-1]

    assert workflow.server.posts() == 1
    assert len([i for i in state.issues.values() if not i.is_pull]) == 1
    assert all(parse_marker(body) is not None for body in (*state.bodies(7), issue.body))
