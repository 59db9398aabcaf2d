"""A real git remote: a bare repository in a folder, checkouts of it, and what stands on its refs."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.com",
    "GIT_COMMITTER_NAME": "somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.com",
}


def git(cwd: Path, *arguments: str, stdin: str = "") -> str:
    """What git prints, stripped; fails the test when git fails."""
    told = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env={**os.environ, **SETTINGS},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


@dataclass(frozen=True)
class BareRemote:
    """The remote, seen from the server's side."""

    path: Path

    @classmethod
    def create(cls, folder: Path, *options: str) -> BareRemote:
        """A remote with two commits on `main`."""
        folder.mkdir()
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", *options)
        tree = git(folder, "mktree")
        first = git(folder, "commit-tree", "-m", "first", tree)
        second = git(folder, "commit-tree", "-m", "second", "-p", first, tree)
        git(folder, "update-ref", "refs/heads/main", second)
        return cls(folder)

    def checkout(self, folder: Path, *arguments: str) -> Path:
        """A clone of it."""
        git(self.path.parent, "clone", "--quiet", *arguments, f"file://{self.path}", str(folder))
        return folder

    def leases(self) -> dict[str, str]:
        """Object id by lease ref."""
        lines = git(self.path, "for-each-ref", "--format=%(refname) %(objectname)", "refs/reconciler/")
        return dict(line.split(" ") for line in lines.splitlines())

    def lease(self) -> dict[str, Any]:
        """The content of the only lease."""
        (object_id,) = self.leases().values()
        content: dict[str, Any] = json.loads(git(self.path, "log", "-1", "--format=%B", object_id))
        return content

    def put(self, ref: str, text: str) -> str:
        """Make the ref a commit with this message, whatever stood there."""
        object_id = git(self.path, "commit-tree", git(self.path, "mktree"), stdin=text)
        git(self.path, "update-ref", ref, object_id)
        return object_id

    def hook(self, name: str, script: str) -> None:
        """A hook of the server."""
        file = self.path / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)
