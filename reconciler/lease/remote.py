"""A git remote that compares and swaps: read one ref, read its object, replace or delete it if it is unchanged.

Commands run in the checkout, whose configuration holds the way to the remote and the credentials, but write their objects
elsewhere: the checkout is left as it was. It may be shallow, detached, a linked worktree or read-only.
Decisions rest on exit codes and on what the ref says afterwards, never on the words that git prints.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from reconciler.errors import UnsafePlan
from reconciler.lease.git import Finished, git_command, git_environment, run_command

NETWORK_SECONDS = 30.0
"""The longest that one command which talks to the remote may take."""

REMOTE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}")
"""A name of `git remote`. Never an option, and never a URL, which could hold a password."""

REACH_HELP = (
    "with --lock nothing is created without the lease; check that `git push` works here without a question "
    "(GitHub: `permissions: contents: write`, and a checkout that keeps its credentials)"
)

_LOCAL_SECONDS = 10.0
_OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REMOTE_LINE = re.compile(r"([^\t]*)\t(.*) \((fetch|push)\)(?: \[.*\])?")
_LONGEST_REASON = 300
_MOST_READ = 4000
_MOST_LINES = 4
_NOISE = (b"error: failed to push", b"hint:", b"Please make sure", b"and the repository exists")

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)([^\s/?#'\"]*)([^\s'\"]*)")
_SCP = re.compile(r"(?:[^\s/@:'\"]+@)([A-Za-z0-9.-]+)(:[^\s'\"]+)?")
_HOST = re.compile(r"[A-Za-z0-9.-]*(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_SHORTEST_SECRET = 4
"""Parts of an address with fewer characters are in too many words to be taken out of them."""


@dataclass(frozen=True)
class GitRemote:
    """One remote of one checkout. Made by `open_remote`, and usable while its context is open.

    `place` is where it is read: its name, or the URL that it pushes to where it fetches from another. A lease that is read
    elsewhere than it is written would exclude no other run. `addresses` are those that the remotes of the checkout push to, by name.
    They may hold secrets.
    """

    name: str
    place: str
    command: tuple[str, ...]
    root: Path
    environ: Mapping[str, str]
    seconds: float = NETWORK_SECONDS
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)

    def why_a_fork(self) -> str:
        """Why a lease here may not exclude other runs, as a sentence without its end. "" if nothing on this machine says so."""
        what, remote = _other_repository(self.name, self.addresses, self.environ)
        if not what:
            return ""
        way = f"git:{remote}" if remote else "git:REMOTE (first `git remote add REMOTE` that repository)"
        return (
            f"git remote {self.name!r} may be a fork: {what}. The lease keeps out only those who take it on the same repository: "
            f"use --lock {way}, or --lock git:{self.name} if everybody uses this one"
        )

    async def read(self, ref: str) -> str | None:
        """The object id that the ref has on the remote now. None when there is no such ref. UnsafePlan."""
        failure = f"git remote {self.name!r} could not be asked for the lease"
        out = await self._output(failure, "ls-remote", "--quiet", "--", self.place, ref)
        lines = (line.split("\t") for line in out.decode("utf-8", "replace").splitlines())
        found = [line[0] for line in lines if len(line) == 2 and line[1] == ref]  # patterns match tails too
        if found and not _OBJECT_ID.fullmatch(found[0]):
            raise UnsafePlan(f"git remote {self.name!r} gave no object id for the lease", help=REACH_HELP)
        return found[0] if found else None

    async def message(self, ref: str, object_id: str) -> str:
        """The message of the commit that the ref has. "" when it is no commit. UnsafePlan when it cannot be had."""
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-prune", "--refmap=")
        fetched = await self._run(*fetch, "--", self.place, ref)
        if not (await self._run("cat-file", "-t", object_id)).succeeded:
            failure = f"the lease on git remote {self.name!r} could not be read"
            raise UnsafePlan(f"{failure}: {self._reason(fetched)}", help=REACH_HELP)
        commit = await self._run("cat-file", "commit", object_id)
        return commit.out.partition(b"\n\n")[2].decode("utf-8", "replace") if commit.succeeded else ""

    async def write(self, message: str) -> str:
        """Make a commit without parent and files, here only. Its object id. UnsafePlan."""
        tree = await self._object("mktree")
        return await self._object("commit-tree", "-m", message, tree)

    async def swap(self, ref: str, new: str | None, expected: str | None) -> str:
        """Set the ref to `new` (None: delete it) if it still is `expected` (None: absent).

        "" when the remote did it, else git's reason. A reason leaves open whether it happened: only `read` knows.
        The comparison is atomic: git sends the expected id along, and the remote checks it under the ref's lock.
        """
        compare = f"--force-with-lease={ref}:{expected or ''}"
        quietly = ("push", "--porcelain", "--no-verify", "--no-progress")
        pushed = await self._run(*quietly, compare, self.name, f"{new or ''}:{ref}")
        return "" if pushed.succeeded else self._reason(pushed)

    async def _object(self, *arguments: str) -> str:
        failure = "git could not write the lease"
        object_id = (await self._output(failure, *arguments)).decode("ascii", "replace").strip()
        if not _OBJECT_ID.fullmatch(object_id):
            raise UnsafePlan(f"{failure}: it gave no object id", help=REACH_HELP)
        return object_id

    async def _output(self, failure: str, *arguments: str, help: str = REACH_HELP) -> bytes:
        finished = await self._run(*arguments)
        if not finished.succeeded:
            raise UnsafePlan(f"{failure}: {self._reason(finished)}", help=help)
        return finished.out

    async def _run(self, *arguments: str) -> Finished:
        command = (*self.command, *arguments)
        return await run_command(command, cwd=self.root, environ=self.environ, seconds=self.seconds)

    def _reason(self, finished: Finished) -> str:
        """Why a command failed, on one line: git's own reason and the remote's words, cut, without secrets of addresses."""
        if finished.trouble:
            return finished.trouble
        reasons = [line.split(b"\t")[-1] for line in finished.out.splitlines() if line.startswith(b"!\t")]
        words = [line for line in finished.err.splitlines() if line.strip() and not line.startswith(_NOISE)]
        lines = (*reasons, *words[-_MOST_LINES:])
        text = "; ".join(line.decode("utf-8", "replace").strip() for line in lines)
        if len(text) > _MOST_READ:
            text = text[:_MOST_READ].rpartition(" ")[0]  # no half of a secret
        text = without_addresses(text, (*self.addresses.values(), self.place))
        return text[:_LONGEST_REASON] or f"git ended with {finished.code}"


@contextlib.asynccontextmanager
async def open_remote(
    root: Path, name: str, *, environ: Mapping[str, str] = os.environ
) -> AsyncIterator[GitRemote]:
    """The remote `name` of the checkout that `root` is in. Connects to nothing yet.

    UnsafePlan: no git, no checkout, no such remote, or one that pushes to several places, where nothing is atomic.
    """
    # A checkout that tracks every ref would track the lease too, and keep a ref to an object that is gone.
    command = (*git_command(environ), "-c", f"remote.{name}.fetch=^refs/reconciler/*")
    local = GitRemote(name, name, command, root, git_environment(environ), _LOCAL_SECONDS)
    objects = await _objects_of(local)
    listed = (await local._output("git cannot list its remotes", "remote", "--verbose")).splitlines()
    remotes = [found.groups() for line in listed if (found := _REMOTE_LINE.fullmatch(os.fsdecode(line)))]
    place = _place_of(name, remotes)
    addresses = {remote: address for remote, address, use in remotes if use == "push"}
    try:
        scratch = tempfile.TemporaryDirectory(prefix="reconciler-lease-", ignore_cleanup_errors=True)
    except OSError as error:
        raise UnsafePlan(
            f"no temporary directory for the lease: {error.strerror}",
            help="set TMPDIR to a writable directory",
        ) from error
    with scratch as folder:
        aside = {"GIT_OBJECT_DIRECTORY": folder, "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects}
        environ = {**local.environ, **aside}
        yield replace(local, place=place, environ=environ, seconds=NETWORK_SECONDS, addresses=addresses)


async def _objects_of(remote: GitRemote) -> str:
    """Where the checkout keeps its objects, quoted as git reads it in a list that colons separate."""
    failure, way_out = "--lock git works in a checkout only", "run it where the manifests are checked out"
    query = ("rev-parse", "--is-inside-work-tree", "--git-path", "objects")
    answer, _, path = (await remote._output(failure, *query, help=way_out)).rstrip(b"\n").partition(b"\n")
    if answer != b"true":
        raise UnsafePlan(f"{failure}: this is no working tree", help=way_out)
    absolute = str((remote.root / os.fsdecode(path)).absolute())
    return '"' + absolute.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _place_of(name: str, remotes: Iterable[tuple[str, ...]]) -> str:
    """The remote's name if it fetches from where it pushes, else the URL that it pushes to. UnsafePlan."""
    uses = [(use, address) for remote, address, use in remotes if remote == name]
    pushes = [address for use, address in uses if use == "push"]
    if not pushes:
        raise UnsafePlan(
            f"this checkout has no git remote {name!r}",
            help="see `git remote`, and name one of them: --lock git:NAME",
        )
    if len(pushes) > 1:
        raise UnsafePlan(
            f"git remote {name!r} pushes to several places, so no lease on it is exclusive",
            help="name a remote with one push URL: --lock git:NAME",
        )
    return name if ("fetch", pushes[0]) in uses else pushes[0]


def without_addresses(text: str, known: Iterable[str] = ()) -> str:
    """The text with `***` for every part of an address that may be a secret: deploy tokens are in user, path and query.

    Of an address only scheme and host stay, of a known one no part but its host stays anywhere. A path on this machine is no
    secret.
    """
    text = _SCP.sub(lambda found: f"***@{found[1]}{':***' if found[2] else ''}", _URL.sub(_masked_url, text))
    for secret in sorted({part for address in known for part in _secrets_of(address)}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _masked_url(found: re.Match[str]) -> str:
    scheme, authority, rest = found.groups()
    host = authority.rpartition("@")[2]
    # A password may hold a slash. Then what looks like the host is a part of it.
    host = host if _HOST.fullmatch(host) and "@" not in rest else "***"
    return scheme + host + ("/***" if rest.strip("/") else "")


def _secrets_of(address: str) -> set[str]:
    """User, password, and every part of path, query and fragment, as written and decoded."""
    scheme, _, rest = _with_scheme(address).partition("://")
    if not rest or scheme == "file":
        return set()
    user, _, place = rest.rpartition("@")
    host = re.split(r"[/?#]", place, maxsplit=1)[0]
    pieces = re.split(r"[/?&#;:@+]", f"{user}/{place.removeprefix(host).removesuffix('.git')}")
    values = [piece.partition("=")[2] or piece.rstrip("=") for piece in pieces]
    parts = {part for piece in (user, *pieces, *values) for part in (piece, unquote(piece))}
    return {part for part in parts if len(part) >= _SHORTEST_SECRET and part != host}


def _with_scheme(address: str) -> str:
    """`user@host:path` as a URL. A URL and a path on this machine stay as they are."""
    return re.sub(r"^((?:[^/@]*@)?[^/@:]{2,}):(?!/)", r"ssh://\1/", address)


def repository_of(address: str) -> str:
    """The same text for all spellings of one repository's address: neither scheme, user, port, case nor `.git` matter."""
    host_and_path = re.sub(
        r"^[a-z][a-z0-9+.-]*://(?:[^/]*@)?([^/:]*)(?::\d+)?(?=/)", r"\1", _with_scheme(address).lower()
    )
    return re.sub(r"/+", "/", host_and_path).rstrip("/").removesuffix(".git")


def _other_repository(
    name: str, addresses: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[str, str | None]:
    """Why the remote `name` may be a fork, and the remote of the other repository if it has one here. "" if nothing says so.

    What is known on this machine: a remote `upstream`, as forks have it, and the repository that a pipeline of GitHub or GitLab
    says that it runs for.
    """
    own = repository_of(addresses[name]) if name in addresses else ""
    others = {repository_of(address): other for other, address in addresses.items()}
    others.pop(own, None)
    pipeline = (environ.get("GITHUB_REPOSITORY", "") or environ.get("CI_PROJECT_PATH", "")).lower()
    if pipeline and "/" in own and not own.startswith("/") and not f"/{own}".endswith(f"/{pipeline}"):
        remote = next((o for repository, o in others.items() if repository.endswith(f"/{pipeline}")), None)
        return "the repository of this pipeline is another one", remote
    if own and "upstream" in others.values():
        return "git remote 'upstream' is another repository", "upstream"
    return "", None
