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
_ARCHIVE = re.compile(r"(.+)/archive/([0-9a-f]{40})\.(?:tar\.gz|zip)")


@dataclass(frozen=True)
class Tool:
    """The tool at one commit: `repository` is `owner/name` on GitHub, `commit` 40 hexadecimal digits."""

    repository: str
    commit: str


def tool_at(url: str, commit: object) -> Tool | None:
    """The tool of a git URL on GitHub, in any of its spellings; None for a URL that leads elsewhere and for no whole commit."""
    match = _ON_GITHUB.fullmatch(url)
    is_known = match and REPOSITORY.fullmatch(match["repository"])
    if match is None or not is_known or not isinstance(commit, str) or not COMMIT.fullmatch(commit):
        return None
    return Tool(match["repository"], commit)


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
