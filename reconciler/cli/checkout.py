"""What git says about a directory. Asks git and nothing else. Where there is no git or no repository, the answer is None."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

_SECONDS = 10.0


def top_directory(directory: Path) -> Path | None:
    """The root of the work tree that a directory is in, without links in its path. None outside of one."""
    top = _git(directory, "rev-parse", "--show-toplevel")
    return Path(os.path.realpath(top)) if top else None


def default_branch(directory: Path) -> str | None:
    """The branch that the remote calls its default, else `main` or `master` if there is one, else the current one.

    A new repository has a current branch before it has a commit.
    """
    remote = _git(directory, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if remote:
        return remote.partition("/")[2]
    heads = _git(
        directory, "for-each-ref", "--format=%(refname:short)", "refs/heads/main", "refs/heads/master"
    )
    if heads:
        return heads.splitlines()[0]
    return _git(directory, "symbolic-ref", "--quiet", "--short", "HEAD")


def origin_and_commit(directory: Path) -> tuple[str, str] | None:
    """The URL of the remote `origin` and the id of the current commit, for the root of a work tree only."""
    top = top_directory(directory)
    if top is None or top != Path(os.path.realpath(directory)):
        return None
    url, commit = _git(directory, "remote", "get-url", "origin"), _git(directory, "rev-parse", "HEAD")
    return (url, commit) if url and commit else None


def git_in(directory: Path) -> Callable[[Sequence[str], bytes], bytes | None]:
    """A function that runs git in a directory with arguments and input, and gives its output. None when it fails, takes too long,
    or there is none. Paths in arguments mean themselves, whatever characters they hold.
    """
    return lambda arguments, sent: _run(directory, ("--literal-pathspecs", *arguments), sent)


def _git(directory: Path, *arguments: str) -> str | None:
    """What git prints, without the line break at its end. None when it fails or prints nothing."""
    output = _run(directory, arguments, b"")
    return os.fsdecode(output).rstrip("\n") or None if output else None


def _run(directory: Path, arguments: Sequence[str], sent: bytes) -> bytes | None:
    git = shutil.which("git")
    if git is None:
        return None
    # GIT_DIR and its like, as hooks have them, would answer for another repository. Nothing is fetched on the way.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - git, with arguments of our own and a directory after -C
            [git, "-C", str(directory), *arguments],
            env=environ | {"GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"},
            input=sent,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
