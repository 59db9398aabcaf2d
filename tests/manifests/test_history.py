"""Earlier revisions of manifests, read from a real git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from manifests.manifest_reading import FAKER, manifest_text

from reconciler.cli.checkout import git_in
from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests import history
from reconciler.manifests.history import ManifestHistory

ELSEWHERE = "8C60D51F-b44e-4682-87d6-449835ea4de6"


class Repository:
    """A project in a repository of its own, or in a folder of one."""

    def __init__(self, root: Path, folder: str = "") -> None:
        self.top, self.root = root, root / folder
        (self.root / "manifests").mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        names = [part for key in ("name", "email") for part in ("-c", f"user.{key}=t@example.com")]
        subprocess.run(["git", *names, *arguments], cwd=self.top, check=True, capture_output=True)

    def commit(self, name: str, text: str | None) -> None:
        """One file as it is from now on; None removes it."""
        path = self.root / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink() if text is None else path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", name)

    def history(self, root: Path | None = None, **environ: str) -> ManifestHistory:
        return ManifestHistory(git_in(root or self.root), ("manifests",), Catalogue([FAKER]), environ)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def said(repository: Repository, **environ: Any) -> tuple[list[tuple[str, str, object]], bool]:
    past = repository.history(**environ).past()
    return sorted((m.name, m.origin.file, m.presets.get("seed")) for m in past.revisions), past.is_whole


def test_every_revision_of_every_file_is_read_also_of_files_that_are_gone(repository: Repository) -> None:
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    repository.commit("a.yaml", manifest_text("a", "{seed: 2}"))
    repository.commit(
        "deep/b.json",
        '{"apiVersion": "reconciler/v1", "kind": "SourceTemplate", "metadata": {"name": "b"},'
        '"spec": {"connector": "source-faker", "partialDefaultConfig": {"seed": 3}}}',
    )
    repository.commit("deep/b.json", None)
    assert said(repository) == (
        [("a", "manifests/a.yaml", 1), ("a", "manifests/a.yaml", 2), ("b", "manifests/deep/b.json", 3)],
        True,
    )


def test_revisions_of_both_sides_of_a_merge_are_read(repository: Repository) -> None:
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit("a.yaml", manifest_text("a", "{seed: 2}"))
    repository.git("checkout", "--quiet", "main")
    repository.commit("a.yaml", manifest_text("a", "{seed: 3}"))
    repository.git("merge", "--quiet", "-X", "ours", "side", "-m", "merged")
    assert [seed for _, _, seed in said(repository)[0]] == [1, 2, 3]


def test_project_in_a_folder_of_the_repository_names_its_files_as_today(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "tools/airbyte")
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/x.yaml").write_text(manifest_text("not-ours"))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "another project")
    assert said(repository) == ([("a", "manifests/a.yaml", 1)], True)


def test_without_a_repository_or_a_commit_nothing_is_known(tmp_path: Path, repository: Repository) -> None:
    assert said(repository) == ([], False)
    past = ManifestHistory(git_in(tmp_path), ("manifests",), Catalogue(()), {}).past()
    assert (past.revisions, past.is_whole) == ((), False)


def test_shallow_clone_is_not_the_whole_past(repository: Repository, tmp_path: Path) -> None:
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    repository.commit("a.yaml", manifest_text("a", "{seed: 2}"))
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.top}", str(tmp_path / "clone"))
    past = repository.history(tmp_path / "clone").past()
    assert ([m.presets["seed"] for m in past.revisions], past.is_whole) == ([2], False)


def test_revision_that_is_no_sound_manifest_was_never_applied(repository: Repository) -> None:
    repository.commit("a.yaml", "a: [")
    repository.commit("a.yaml", manifest_text("a", "{seed: no}"))
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    repository.commit(".hidden.yaml", manifest_text("hidden"))
    repository.commit("notes.md", "text")
    assert said(repository) == ([("a", "manifests/a.yaml", 1)], True)


def test_revision_with_an_include_or_an_unset_variable_is_not_known(repository: Repository) -> None:
    repository.commit("a.yaml", manifest_text("a", "{seed: !env RECONCILER_VAR_SEED}"))
    assert said(repository, RECONCILER_VAR_SEED="7") == ([("a", "manifests/a.yaml", "7")], True)
    assert said(repository) == ([], False)
    repository.commit("a.yaml", manifest_text("a", "!include part.yaml"))
    assert said(repository, RECONCILER_VAR_SEED="7")[1] is False


def test_revisions_are_read_once_however_often_a_run_plans(repository: Repository) -> None:
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    known = repository.history()
    first = known.past()
    repository.commit("a.yaml", manifest_text("a", "{seed: 2}"))
    assert known.past() is first
    assert [m.presets for m in first.revisions] == [{"seed": 1}]


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_REVISIONS", 1), ("MAX_BYTES", 200), ("MAX_FILE_BYTES", 100)]
)
def test_past_beyond_the_limits_is_not_whole(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    repository.commit("a.yaml", manifest_text("a", "{seed: 1}"))
    repository.commit("a.yaml", manifest_text("a", "{seed: 2}"))
    assert said(repository)[1] is True
    monkeypatch.setattr(history, limit, value)
    revisions, is_whole = said(repository)
    assert (len(revisions) < 2, is_whole) == (True, False)


def test_organizations_are_those_that_any_revision_names(repository: Repository) -> None:
    repository.commit("a.yaml", manifest_text("a", "{}", f"organizationId: {ELSEWHERE}"))
    repository.commit("a.yaml", manifest_text("a", "{}"))
    assert repository.history().organizations() == {ELSEWHERE.lower()}
