"""Where the tool comes from, and how a project's paths are written for others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.cli.checkout import default_branch, origin_and_commit, top_directory
from reconciler.starter import (
    PIPELINES,
    Ci,
    Layout,
    Tool,
    escaped_filter,
    hook_file,
    installed_from,
    pipeline_files,
    tool_at,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOOL = Tool("acme/tool", COMMIT)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/tool",
        "https://github.com/acme/tool.git",
        "https://github.com/acme/tool/",
        "https://x-access-token:hush@github.com/acme/tool.git",
        "ssh://git@github.com/acme/tool.git",
        "git@github.com:acme/tool.git",
    ],
)
def test_repository_is_known_in_every_spelling(url: str) -> None:
    assert tool_at(url, COMMIT) == TOOL


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.com/acme/tool",
        "https://github.com.evil.example/acme/tool",
        "https://github.com/acme",
        "/srv/tool",
        "https://github.com/acme/tool/tree/main",
        "https://github.com/acme/..",
        "https://github.com/a b/tool",
        "",
    ],
)
def test_url_that_leads_elsewhere_is_no_repository(url: str) -> None:
    assert tool_at(url, COMMIT) is None


def test_installation_from_git_remembers_repository_and_commit() -> None:
    vcs = {"vcs": "git", "requested_revision": "v1", "commit_id": COMMIT}
    document = {"url": "https://github.com/acme/tool.git", "vcs_info": vcs}
    assert installed_from(json.dumps(document)) == TOOL


def test_installation_from_an_archive_of_one_commit_remembers_it() -> None:
    document = {"url": f"https://github.com/acme/tool/archive/{COMMIT}.tar.gz", "archive_info": {}}
    assert installed_from(json.dumps(document)) == TOOL


def test_installation_from_a_directory_remembers_the_directory() -> None:
    document = {"url": "file:///home/me/my%20tool", "dir_info": {"editable": True}}
    assert installed_from(json.dumps(document)) == Path("/home/me/my tool")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no json",
        "[]",
        "{}",
        '{"url": 1}',
        '{"url": "https://github.com/acme/tool/archive/main.zip", "archive_info": {}}',
        '{"url": "https://github.com/acme/tool", "vcs_info": {"commit_id": "main"}}',
        '{"url": "file://host/x", "dir_info": {}}',
    ],
)
def test_installation_that_does_not_say_is_unknown(text: str | None) -> None:
    assert installed_from(text) is None


def test_clone_says_where_it_is_from_only_at_its_root(tmp_path: Path, git: Callable[..., str]) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "one")
    assert origin_and_commit(tmp_path) is None
    git(tmp_path, "remote", "add", "origin", "git@github.com:acme/tool.git")
    (tmp_path / "inside").mkdir()
    assert origin_and_commit(tmp_path) == ("git@github.com:acme/tool.git", git(tmp_path, "rev-parse", "HEAD"))
    assert origin_and_commit(tmp_path / "inside") is None


def test_git_of_a_hook_does_not_answer_for_another_directory(
    tmp_path: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "--quiet", "--initial-branch", name)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "one" / ".git"))
    assert top_directory(tmp_path / "two") == tmp_path / "two"
    assert default_branch(tmp_path / "two") == "two"


def test_directory_outside_of_git_has_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (top_directory(tmp_path), default_branch(tmp_path), origin_and_commit(tmp_path)) == (
        None,
        None,
        None,
    )


@given(st.text(min_size=1))
def test_filter_pattern_matches_its_own_text_only(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", escaped_filter(text), flags=re.DOTALL) == text
    assert not re.search(r"(?<!\\)[*?+!\[\]]", escaped_filter(text).replace("\\\\", ""))


@example(name="\ufffe")
@example(name="\u2028\ufeff\U0001f600")
@given(
    name=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(
        lambda t: "/" not in t and t not in (".", "..")
    )
)
def test_any_directory_and_branch_give_readable_files(name: str) -> None:
    import yaml

    layout = Layout(directory=name, branch=name)
    texts = [file.text for ci in Ci for file in pipeline_files(layout, TOOL, ci)]
    for text in [*texts, hook_file(layout, TOOL).text, hook_file(layout, None).text]:
        document = yaml.safe_load(text)
        assert "<<" not in text.replace(name, "")
        job = document.get("jobs", {}).get("templates")
        assert job is None or job["with"]["directory"] == name


def test_pipelines_are_where_they_are_looked_for() -> None:
    for ci in Ci:
        assert tuple(file.path for file in pipeline_files(Layout(), TOOL, ci)) == PIPELINES[ci]


def test_what_is_written_holds_no_script_and_one_commit() -> None:
    for ci in (Ci.GITHUB, Ci.GITLAB):
        for file in pipeline_files(Layout(), TOOL, ci):
            assert not re.search(r"^\s*(run|script):", file.text, re.MULTILINE)
            assert COMMIT in file.text
