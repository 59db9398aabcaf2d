"""A git remote as a place that compares and swaps: read one ref, read its object, replace or delete it if it is unchanged.

Commands run in the checkout, because its configuration holds the way to the remote and the credentials, but write their
objects elsewhere: the checkout is left as it was. It may be shallow, detached, a linked worktree or read-only.
Decisions rest on exit codes and on what the ref says afterwards, never on the words that git prints.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from reconciler.errors import UnsafePlan
from reconciler.lease.address import other_repository, without_addresses
from reconciler.lease.environment import git_command, git_environment
from reconciler.lease.process import Finished, run_command

NETWORK_SECONDS = 30.0
"""The longest that one command which talks to the remote may take."""

REMOTE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}")
"""A name of `git remote`; never an option, and never a URL, which could hold a password."""

_LOCAL_SECONDS = 10.0
_DATES = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_WORDS = 300
_MOST_READ = 4000
_MOST_LINES = 4
_NOISE = (b"error: failed to push", b"hint:", b"Please make sure", b"and the repository exists")

REACH_HELP = (
    "with --lock nothing is created without the lease; check that `git push` works here without a question "
    "(GitHub: `permissions: contents: write`, and a checkout that keeps its credentials)"
)


@dataclass(frozen=True)
class GitRemote:
    """One remote of one checkout. Made by `open_remote`; valid while its context is.

    `place` is where it is read: its name, or the URL that it pushes to where it fetches from another. A lease that is read
    elsewhere than it is written would be nobody's for ever. `addresses` are those that the remotes of the checkout push to, by
    name; they may hold secrets.
    """

    name: str
    place: str
    command: tuple[str, ...]
    root: Path
    environ: Mapping[str, str]
    seconds: float = NETWORK_SECONDS
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)

    def words_of(self, told: Finished) -> str:
        """Why a command failed, on one line: git's own reason and the remote's words, cut, without secrets of addresses."""
        if told.trouble:
            return told.trouble
        reasons = [line.split(b"\t")[-1] for line in told.out.splitlines() if line.startswith(b"!\t")]
        said = [line for line in told.err.splitlines() if line.strip() and not line.startswith(_NOISE)]
        lines = (line.decode("utf-8", "replace").strip() for line in (*reasons, *said[-_MOST_LINES:]))
        said_at_all = "; ".join(lines)
        if len(said_at_all) > _MOST_READ:
            said_at_all = said_at_all[:_MOST_READ].rpartition(" ")[0]  # no half of a secret
        text = without_addresses(said_at_all, (*self.addresses.values(), self.place))
        return text[:_LONGEST_WORDS] or f"git ended with {told.code}"

    def why_a_fork(self) -> str:
        """Why a lease here may exclude nobody, as a sentence without its end; "" if nothing on this machine says so."""
        found = (
            other_repository(self.name, self.addresses, self.environ) if self.name in self.addresses else None
        )
        if found is None:
            return ""
        other, remote = found
        way = (
            f"--lock git:{remote}"
            if remote
            else "--lock git:REMOTE (first `git remote add REMOTE` that repository)"
        )
        return (
            f"git remote {self.name!r} may be a fork: {other}. The lease keeps out only those who take it on the same repository: "
            f"use {way}, or --lock git:{self.name} if everybody uses this one"
        )

    async def read(self, ref: str) -> str | None:
        """The object id that the ref has on the remote now; None when there is no such ref. UnsafePlan."""
        told = await self._run("ls-remote", "--quiet", "--", self.place, ref)
        if not told.succeeded:
            raise UnsafePlan(
                f"git remote {self.name!r} could not be asked for the lease: {self.words_of(told)}",
                help=REACH_HELP,
            )
        lines = (line.split("\t") for line in told.out.decode("utf-8", "replace").splitlines())
        found = [line[0] for line in lines if len(line) == 2 and line[1] == ref]  # patterns match tails too
        if not found:
            return None
        if not _OBJECT_ID.fullmatch(found[0]):
            raise UnsafePlan(f"git remote {self.name!r} gave no object id for the lease", help=REACH_HELP)
        return found[0]

    async def message(self, ref: str, object_id: str) -> str:
        """The message of the commit that the ref has; "" when it is no commit. UnsafePlan when it cannot be had."""
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-prune", "--refmap=")
        fetched = await self._run(*fetch, "--", self.place, ref)
        told = await self._run("cat-file", "-t", object_id)
        if not told.succeeded:
            raise UnsafePlan(
                f"the lease on git remote {self.name!r} could not be read: {self.words_of(fetched)}",
                help=REACH_HELP,
            )
        told = await self._run("cat-file", "commit", object_id)
        return told.out.partition(b"\n\n")[2].decode("utf-8", "replace") if told.succeeded else ""

    async def write(self, message: str, when: datetime) -> str:
        """Make a commit without parent and files, here only; its object id. UnsafePlan."""
        tree = await self._object("mktree")
        return await self._object("commit-tree", "-m", message, tree, when=when)

    async def swap(self, ref: str, new: str | None, expected: str | None) -> str:
        """Set the ref to `new` (None: delete it) if it still is `expected` (None: absent).

        "" when the remote did it. Otherwise why not, in words; that leaves open whether it happened: `read` tells.
        The comparison is atomic: git sends the expected id along, and the remote checks it under the ref's lock.
        """
        told = await self._run(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-progress",
            f"--force-with-lease={ref}:{expected or ''}",
            self.name,
            f"{new or ''}:{ref}",
        )
        return "" if told.succeeded else self.words_of(told)

    async def _object(self, *arguments: str, when: datetime | None = None) -> str:
        dated = {} if when is None else dict.fromkeys(_DATES, f"@{int(when.timestamp())} +0000")
        told = await self._run(*arguments, environ={**self.environ, **dated})
        object_id = told.out.decode("ascii", "replace").strip()
        if not told.succeeded or not _OBJECT_ID.fullmatch(object_id):
            raise UnsafePlan(f"git could not write the lease: {self.words_of(told)}", help=REACH_HELP)
        return object_id

    async def _run(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Finished:
        return await run_command(
            (*self.command, *arguments), cwd=self.root, environ=environ or self.environ, seconds=self.seconds
        )


@contextlib.asynccontextmanager
async def open_remote(
    root: Path, name: str, *, environ: Mapping[str, str] = os.environ
) -> AsyncIterator[GitRemote]:
    """The remote `name` of the checkout that `root` is in. Talks to nobody yet.

    UnsafePlan: no git, no checkout, no such remote, or one that pushes to several places, where nothing is atomic.
    """
    # A checkout that tracks every ref would track the lease too, and keep a ref to an object that is gone.
    command = (*git_command(environ), "-c", f"remote.{name}.fetch=^refs/reconciler/*")
    local = GitRemote(name, name, command, root, git_environment(environ), _LOCAL_SECONDS)
    objects = await _objects_of(local)
    place = await _push_place(local)
    addresses = await _addresses_of(local)
    with _scratch() as scratch:
        aside = {"GIT_OBJECT_DIRECTORY": str(scratch), "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(objects)}
        yield replace(
            local,
            place=place,
            environ={**local.environ, **aside},
            seconds=NETWORK_SECONDS,
            addresses=addresses,
        )


async def _objects_of(remote: GitRemote) -> Path:
    """Where the checkout keeps its objects."""
    told = await remote._run("rev-parse", "--is-inside-work-tree", "--git-path", "objects")
    answer, _, path = told.out.decode("utf-8", "surrogateescape").rstrip("\n").partition("\n")
    if not told.succeeded or answer != "true":
        what = remote.words_of(told) if not told.succeeded else "this is no working tree"
        raise UnsafePlan(
            f"--lock git works in a checkout only: {what}", help="run it where the manifests are checked out"
        )
    return (remote.root / path).absolute()


async def _push_place(remote: GitRemote) -> str:
    """The remote's name if it fetches from where it pushes, else the URL that it pushes to. UnsafePlan."""
    told = await remote._run("remote", "get-url", "--push", "--all", remote.name)
    if not told.succeeded:
        raise UnsafePlan(
            f"this checkout has no git remote {remote.name!r}: {remote.words_of(told)}",
            help="see `git remote`, and name one of them: --lock git:NAME",
        )
    if told.out.count(b"\n") != 1:
        raise UnsafePlan(
            f"git remote {remote.name!r} pushes to several places, so no lease on it is exclusive",
            help="name a remote with one push URL: --lock git:NAME",
        )
    fetched = await remote._run("remote", "get-url", remote.name)
    return (
        remote.name if fetched.out == told.out else told.out.decode("utf-8", "surrogateescape").rstrip("\n")
    )


async def _addresses_of(remote: GitRemote) -> dict[str, str]:
    """What each remote of the checkout pushes to."""
    told = await remote._run("remote", "--verbose")
    lines = told.out.decode("utf-8", "surrogateescape").splitlines()
    found = (re.fullmatch(r"([^\t]*)\t(.*) \(push\)", line) for line in lines)
    return {line[1]: line[2] for line in found if line is not None}


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="reconciler-lease-", ignore_cleanup_errors=True)
    except OSError as error:
        raise UnsafePlan(
            f"no temporary directory for the lease: {error.strerror}",
            help="set TMPDIR to a writable directory",
        ) from error
    with folder as name:
        yield Path(name)


def _quoted(path: Path) -> str:
    """A path for a list that colons separate, as git quotes it."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
