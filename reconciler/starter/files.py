"""The files of a new project, filled in. Reads its own package's texts and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files as package_files

from reconciler.starter.layout import Layout, escaped_filter, quoted
from reconciler.starter.tool import Tool

WORKFLOWS = ("plan", "apply", "drift")
EXAMPLE_CONNECTOR = "source-faker"

_GITLAB_PATH = ".gitlab-ci.yml"
_SLOT = re.compile(r"<<(\w+)>>")


class Ci(StrEnum):
    """Which pipelines are written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


@dataclass(frozen=True)
class StarterFile:
    """One file: its path from the repository's root, its text, and what it is for, in a few words.

    `is_shared`: other tools have their part in a file of this name.
    """

    path: str
    text: str
    about: str
    is_shared: bool = False


def project_files(layout: Layout) -> Iterator[StarterFile]:
    """The project file and what git need not see."""
    yield StarterFile(
        layout.within("reconciler.yaml"), _text("reconciler.yaml"), "environments: sandbox, production"
    )
    yield StarterFile(layout.within(".gitignore"), _text("gitignore"), "the local sandbox")


def example_manifest(layout: Layout) -> StarterFile:
    """A valid manifest that every part of can be tried with."""
    path = layout.within(f"{layout.manifests}/sample-data.yaml")
    return StarterFile(path, _text("sample-data.yaml", schema=layout.schema), "an example, to be replaced")


def hook_file(layout: Layout, tool: Tool | None) -> StarterFile:
    """The pre-commit configuration: the tool's own hook, or without a repository the program that is installed."""
    slots = {"directory": quoted(layout.directory)}
    if tool is None:
        text = _text("pre-commit-local.yaml", slots)
    else:
        text = _text("pre-commit.yaml", slots, repository=tool.repository, commit=tool.commit)
    return StarterFile(".pre-commit-config.yaml", text, "validates before every commit", is_shared=True)


def pipeline_paths(ci: Ci) -> tuple[str, ...]:
    """Where `pipeline_files` go."""
    if ci is Ci.GITHUB:
        return tuple(_workflow_path(name) for name in WORKFLOWS)
    return (_GITLAB_PATH,) if ci is Ci.GITLAB else ()


def pipeline_files(layout: Layout, tool: Tool, ci: Ci) -> Iterator[StarterFile]:
    """The pipelines, which run the tool at exactly this commit."""
    slots = {"repository": tool.repository, "commit": tool.commit, "directory": quoted(layout.directory)}
    if ci is Ci.GITLAB:
        yield StarterFile(
            _GITLAB_PATH, _text("gitlab-ci.yml", slots), "plan, apply and drift", is_shared=True
        )
    if ci is not Ci.GITHUB:
        return
    about = {
        "plan": "a pull request shows the plan",
        "apply": f"a push to {layout.branch} applies it",
        "drift": "once a day, as an issue",
    }
    for name in WORKFLOWS:
        path = _workflow_path(name)
        branch = quoted(escaped_filter(layout.branch))
        yield StarterFile(
            path,
            _text(f"github-{name}.yml", slots, paths=layout.watched(path), branch=branch),
            about[name],
        )


def _workflow_path(name: str) -> str:
    return f".github/workflows/reconciler-{name}.yml"


def _text(name: str, slots: Mapping[str, str] | None = None, /, **more: str) -> str:
    """A text with its slots filled, in one pass: what is filled in is not looked at again."""
    values = {**(slots or {}), **more}
    text = package_files(__package__).joinpath("texts", name).read_text(encoding="utf-8")
    return _SLOT.sub(lambda match: values[match[1]], text)
