"""A lease on a fork excludes nobody who takes it elsewhere: what is known of that here is a warning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from git_remote import git
from lease.lease_bench import Bench

from reconciler.lease.remote import GitRemote, open_remote, repository_of

MAIN = "https://github.com/acme/templates"
FORK = "git@github.com:jane/templates.git"


def warning(bench: Bench, remotes: Mapping[str, str], name: str = "origin", **environ: str) -> str:
    """What is said before a lease on `name` is taken in a checkout with these remotes."""
    git(bench.root, "remote", "remove", "origin")
    for remote, address in remotes.items():
        git(bench.root, "remote", "add", remote, address)
    opened: list[GitRemote] = []

    async def look() -> None:
        async with open_remote(bench.root, name, environ={"PATH": "/usr/bin:/bin", **environ}) as remote:
            opened.append(remote)

    asyncio.run(look())
    return opened[0].why_a_fork()


def test_remote_upstream_beside_origin_is_named_with_the_way_out(bench: Bench) -> None:
    assert warning(bench, {"origin": FORK, "upstream": MAIN}) == (
        "git remote 'origin' may be a fork: git remote 'upstream' is another repository. The lease keeps out only those who take it "
        "on the same repository: use --lock git:upstream, or --lock git:origin if everybody uses this one"
    )


def test_two_folders_are_two_repositories(bench: Bench) -> None:
    assert "--lock git:upstream" in warning(
        bench, {"origin": "/srv/jane.git", "upstream": "file:///srv/main.git"}
    )


@pytest.mark.parametrize("variable", ["GITHUB_REPOSITORY", "CI_PROJECT_PATH"])
def test_pipeline_of_another_repository_is_named(bench: Bench, variable: str) -> None:
    assert "REMOTE (first `git remote add REMOTE`" in warning(
        bench, {"origin": FORK}, **{variable: "acme/templates"}
    )
    assert "use --lock git:main" in warning(
        bench, {"origin": FORK, "main": MAIN}, **{variable: "Acme/Templates"}
    )


@pytest.mark.parametrize(
    ("remotes", "environ"),
    [
        ({"origin": MAIN}, {}),
        ({"origin": MAIN, "backup": "/srv/backup.git"}, {}),
        ({"origin": MAIN + ".git/", "upstream": "ssh://git@GitHub.com:22/acme/templates"}, {}),
        ({"origin": MAIN}, {"GITHUB_REPOSITORY": "acme/templates"}),
        ({"origin": "/srv/main.git"}, {"GITHUB_REPOSITORY": "acme/templates"}),
    ],
)
def test_nothing_is_said_where_nothing_speaks_of_a_fork(
    bench: Bench, remotes: dict[str, str], environ: dict[str, str]
) -> None:
    assert warning(bench, remotes, **environ) == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/acme/templates",
        "https://token@github.com/acme/templates.git",
        "https://GitHub.com:443/Acme/templates/",
        "ssh://git@github.com/acme/templates.git",
        "git@github.com:acme/templates",
        "github.com:acme/templates.git",
    ],
)
def test_spellings_of_one_repository_are_one(address: str) -> None:
    assert repository_of(address) == "github.com/acme/templates"
