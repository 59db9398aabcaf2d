"""The texts of `reconciler init`, and what is filled into them. `texts/` holds them, with `<<name>>` where something is filled in.

Does not belong here: choosing paths, writing files (`cli`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.resources import files as package_files
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

EXAMPLE_CONNECTOR = "source-faker"
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
COMMIT = re.compile(r"[0-9a-f]{40}")

_ON_GITHUB = re.compile(
    r"(?:https?://(?:[^@/]*@)?|(?:ssh://)?git@)github\.com[:/](?P<repository>[^/]+/[^/]+?)(?:\.git)?/?"
)
_ARCHIVE = re.compile(r"(.+)/archive/([0-9a-f]{40})\.(?:tar\.gz|zip)")
_SLOT = re.compile(r"<<(\w+)>>")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FILTER_SIGNS = re.compile(r"([\\*?+!\[\]])")


class Ci(StrEnum):
    """Which pipelines are written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


PIPELINES = {
    Ci.GITHUB: tuple(f".github/workflows/reconciler-{name}.yml" for name in ("plan", "apply", "drift")),
    Ci.GITLAB: (".gitlab-ci.yml",),
    Ci.NONE: (),
}
"""Where `pipeline_files` go."""


@dataclass(frozen=True)
class Tool:
    """This program at one commit: `repository` is `owner/name` on GitHub, `commit` 40 hexadecimal digits."""

    repository: str
    commit: str


@dataclass(frozen=True)
class Layout:
    """`directory` is the project's folder, from the repository's root. `manifests` is their folder, from the project's. "." is the folder
    itself.

    `branch` is the one whose pushes are applied.
    """

    directory: str = "."
    manifests: str = "manifests"
    branch: str = "main"

    def within(self, path: str) -> str:
        """A path of the project as seen from the repository's root."""
        return (PurePosixPath(self.directory) / path).as_posix()


@dataclass(frozen=True)
class StarterFile:
    """One file: its path from the repository's root, its text, and what it is for, in a few words.

    `is_shared`: other tools have their part in a file of this name.
    """

    path: str
    text: str
    about: str
    is_shared: bool = False


def tool_at(url: str, commit: object) -> Tool | None:
    """The tool of a git URL on GitHub, in any of its spellings. None for a URL that leads elsewhere and for no whole commit."""
    match = _ON_GITHUB.fullmatch(url)
    repository = REPOSITORY.fullmatch(match["repository"]) if match else None
    is_whole = isinstance(commit, str) and COMMIT.fullmatch(commit)
    return Tool(repository[0], str(commit)) if repository and is_whole else None


def installed_from(direct_url: str | None) -> Tool | Path | None:
    """What the text of `direct_url.json` says: the tool, a directory that it was installed from, or nothing of use."""
    try:
        document = json.loads(direct_url or "{}")
    except ValueError:
        return None
    url = document.get("url") if isinstance(document, dict) else None
    if not isinstance(url, str):
        return None
    if isinstance(document.get("vcs_info"), dict):
        return tool_at(url, document["vcs_info"].get("commit_id"))
    if isinstance(document.get("dir_info"), dict):
        parts = urlsplit(url)
        is_here = parts.scheme == "file" and parts.netloc in ("", "localhost")
        return Path(unquote(parts.path)) if is_here else None
    archive = _ARCHIVE.fullmatch(url)
    return tool_at(archive[1], archive[2]) if archive else None


def project_files(layout: Layout) -> Iterator[StarterFile]:
    """The project file and what git need not see."""
    project = layout.within("reconciler.yaml")
    yield StarterFile(project, _text("reconciler.yaml"), "environments: sandbox, production")
    yield StarterFile(layout.within(".gitignore"), _text("gitignore"), "the local sandbox")


def example_manifest(layout: Layout) -> StarterFile:
    """A valid manifest that every part of can be tried with."""
    up = [".."] * len(PurePosixPath(layout.manifests).parts)
    text = _text("sample-data.yaml", schema=PurePosixPath(*up, "schemas").as_posix())
    return StarterFile(
        layout.within(f"{layout.manifests}/sample-data.yaml"), text, "an example, to be replaced"
    )


def hook_file(layout: Layout, tool: Tool | None) -> StarterFile:
    """The pre-commit configuration: the tool's own hook, or without a repository the program that is installed."""
    name, slots = ("pre-commit.yaml", asdict(tool)) if tool else ("pre-commit-local.yaml", {})
    text = _text(name, **slots, directory=quoted(layout.directory))
    return StarterFile(".pre-commit-config.yaml", text, "validates before every commit", is_shared=True)


def pipeline_files(layout: Layout, tool: Tool, ci: Ci) -> Iterator[StarterFile]:
    """The pipelines, which run the tool at exactly this commit."""
    slots = {**asdict(tool), "directory": quoted(layout.directory)}
    if ci is Ci.GITLAB:
        text = _text("gitlab-ci.yml", **slots)
        yield StarterFile(PIPELINES[ci][0], text, "plan, apply and drift", is_shared=True)
        return
    slots["branch"] = quoted(escaped_filter(layout.branch))
    about = (
        "a pull request shows the plan",
        f"a push to {layout.branch} applies it",
        "once a day, as an issue",
    )
    for path, words in zip(PIPELINES[ci], about, strict=False):
        name = PurePosixPath(path).name.replace("reconciler", "github")
        yield StarterFile(path, _text(name, **slots, paths=_watched(layout, path)), words)


def next_steps(layout: Layout, tool: Tool | None, ci: Ci, *, place: str, has_pipelines: bool) -> str:
    """What a person does after `init`, in the order in which it is safe: the sandbox first, production last.

    `place` is the project's directory as the user names it, "." for the current one.
    """
    name = f"next-{ci}.txt" if has_pipelines else "next-no-pipelines.txt"
    option = "" if ci is Ci.GITHUB else f"--ci {ci} "
    steps = _text(name, place="" if place == "." else f", in {place}", branch=layout.branch, option=option)
    return steps if tool is None or ci is Ci.NONE else steps + _text("next-tool.txt", **asdict(tool))


def _watched(layout: Layout, pipeline: str) -> str:
    """The `paths` of a workflow: what a plan depends on, and the workflow itself."""
    manifests, *own = (
        escaped_filter(layout.within(name))
        for name in (layout.manifests, "reconciler.yaml", "connectors.lock.json")
    )
    return quoted(["**" if manifests == "." else f"{manifests}/**", *own, pipeline])


def escaped_filter(text: str) -> str:
    """Text as a filter pattern of GitHub that matches it literally."""
    return _FILTER_SIGNS.sub(r"\\\1", text)


def quoted(value: str | list[str]) -> str:
    """A value as YAML, on one line: JSON is YAML, but for the few characters that YAML wants escaped."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _text(name: str, **slots: str) -> str:
    """A text with its slots filled, in one pass: what is filled in is not looked at again."""
    text = package_files(__package__).joinpath("texts", name).read_text(encoding="utf-8")
    return _SLOT.sub(lambda match: slots[match[1]], text)
