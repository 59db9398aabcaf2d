"""Where this program comes from, as far as a workflow has to know it: a GitHub repository and one commit. Pure.

A workflow that runs with credentials names the exact commit of the tool. An installation from git remembers it
(`direct_url.json`, as the Python packaging standard has it); one from a directory remembers the directory.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
COMMIT = re.compile(r"[0-9a-f]{40}")

_ON_GITHUB = re.compile(
    r"(?:https?://(?:[^@/]*@)?|(?:ssh://)?git@)github\.com[:/](?P<repository>[^/]+/[^/]+?)(?:\.git)?/?"
)
_ARCHIVE = re.compile(
    r"(?P<repository>https://github\.com/[^/]+/[^/]+)/archive/(?P<commit>[0-9a-f]{40})\.(?:tar\.gz|zip)"
)


@dataclass(frozen=True)
class Tool:
    """The tool at one commit: `repository` is `owner/name` on GitHub, `commit` 40 hexadecimal digits."""

    repository: str
    commit: str


def repository_of(url: str) -> str | None:
    """`owner/name` of a git URL on GitHub, in any of its spellings; None for a URL that leads elsewhere."""
    match = _ON_GITHUB.fullmatch(url)
    return match["repository"] if match and REPOSITORY.fullmatch(match["repository"]) else None


def installed_from(direct_url: str | None) -> Tool | Path | None:
    """What the text of `direct_url.json` says: the tool, a directory that it was installed from, or nothing of use."""
    document = _document(direct_url)
    url, vcs = document.get("url"), document.get("vcs_info")
    if not isinstance(url, str):
        return None
    if isinstance(vcs, dict):
        return _tool(repository_of(url), vcs.get("commit_id"))
    if isinstance(document.get("dir_info"), dict):
        return _directory(url)
    archive = _ARCHIVE.fullmatch(url)
    return _tool(repository_of(archive["repository"]), archive["commit"]) if archive else None


def _document(text: str | None) -> dict[str, object]:
    try:
        document = json.loads(text or "{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _tool(repository: str | None, commit: object) -> Tool | None:
    if repository is None or not isinstance(commit, str) or not COMMIT.fullmatch(commit):
        return None
    return Tool(repository, commit)


def _directory(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" and parts.netloc in ("", "localhost") else None
