"""Where a project lies in its repository, and how its paths are written into workflows and hooks. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FILTER_SIGNS = re.compile(r"([\\*?+!\[\]])")


@dataclass(frozen=True)
class Layout:
    """`directory` is the project's folder in the repository and `manifests` the manifests' folder in the project, both "."
    for the same place; `branch` is the one whose pushes are applied.
    """

    directory: str = "."
    manifests: str = "manifests"
    branch: str = "main"

    def within(self, path: str) -> str:
        """A path of the project as seen from the repository's root."""
        return (PurePosixPath(self.directory) / path).as_posix()

    @property
    def schema(self) -> str:
        """The folder of the editor's schemas as seen from a manifest."""
        return (PurePosixPath(*[".."] * len(PurePosixPath(self.manifests).parts)) / "schemas").as_posix()

    def watched(self, *others: str) -> str:
        """The `paths` of a workflow: what a plan depends on, and `others`, which are paths of the repository."""
        manifests = escaped_filter((PurePosixPath(self.directory) / self.manifests).as_posix())
        own = (escaped_filter(self.within(name)) for name in ("reconciler.yaml", "connectors.lock.json"))
        return quoted(["**" if manifests == "." else f"{manifests}/**", *own, *others])


def escaped_filter(text: str) -> str:
    """Text as a filter pattern of GitHub that matches it literally."""
    return _FILTER_SIGNS.sub(r"\\\1", text)


def quoted(value: str | list[str]) -> str:
    """A value as YAML, on one line: JSON is YAML, but for the few characters that YAML wants escaped."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
