"""`apply --lock git`: the real program, a served sandbox, a real git remote."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import factories
import pytest
from git_remote import SETTINGS, BareRemote, git
from program import Project, Server

from reconciler.lease.record import LeaseRecord, lease_ref, target_digest

LONG = 50.0
REFUSED = (
    "another apply holds the lease",
    "an earlier create is undecided",  # the journal of this directory tells what another run has announced
    "another run in this directory sent a create",
)


@pytest.fixture
def remote(production: Project) -> BareRemote:
    """The project is a checkout of this remote."""
    remote = BareRemote.create(production.root / "remote.git")
    git(production.root, "init", "--quiet")
    git(production.root, "remote", "add", "origin", str(remote.path))
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        production.environment[name] = SETTINGS[name]
    return remote


def ref_of(server: Server) -> str:
    return lease_ref(target_digest(server.url, factories.ORGANIZATION))


def put_lease(remote: BareRemote, server: Server, *, ends_in: timedelta) -> str:
    """A lease of somebody else."""
    now = datetime.now(UTC)
    target = target_digest(server.url, factories.ORGANIZATION)
    begun = now + ends_in - timedelta(minutes=3)
    record = LeaseRecord(target, "ab" * 16, "ada, process 1", begun, begun, now + ends_in, 0)
    return remote.put(ref_of(server), record.text)


def wait_for_lease(remote: BareRemote, process: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + LONG
    while not remote.leases():
        assert process.poll() is None
        assert time.monotonic() < give_up
        os.sched_yield()


def test_create_goes_out_under_a_lease_that_is_given_back(
    production: Project, server: Server, remote: BareRemote
) -> None:
    production.add()
    remote.hook("update", f'echo "$1 $2" >> {remote.path}/seen')
    told = production.run("apply", "--yes", "--lock", "git")
    assert (told.code, server.posts()) == (0, 1)
    assert told.err == f"Lease taken: {ref_of(server)} on git remote origin.\n"
    assert remote.leases() == {}
    pushes = (remote.path / "seen").read_text().splitlines()
    assert [line.split(" ")[0] for line in pushes] == [ref_of(server)] * 3  # taken, renewed, given back


@pytest.mark.parametrize(
    ("lock", "is_warned"), [("git", True), ("git:origin", False), ("git:upstream", False)]
)
def test_lease_on_a_fork_is_warned_of_unless_its_remote_is_named(
    production: Project, server: Server, remote: BareRemote, lock: str, is_warned: bool
) -> None:
    production.add()
    git(
        production.root,
        "remote",
        "add",
        "upstream",
        str(BareRemote.create(production.root / "main.git").path),
    )
    told = production.run("apply", "--yes", "--lock", lock)
    assert (told.code, server.posts()) == (0, 1)
    assert ("Warning: git remote 'origin' may be a fork: " in told.err) is is_warned
    assert f"on git remote {lock.partition(':')[2] or 'origin'}.\n" in told.err


def test_address_in_place_of_a_remote_is_refused_without_being_repeated(production: Project) -> None:
    told = production.run("apply", "--yes", "--lock", "git:https://ada:hush-hush@host.example/x")
    assert told.code == 64
    assert "hush" not in told.out + told.err


def test_run_with_nothing_to_create_needs_no_lease(production: Project, remote: BareRemote) -> None:
    production.add()
    assert production.run("apply", "--yes").code == 0
    git(production.root, "remote", "remove", "origin")
    told = production.run("apply", "--yes", "--lock", "git")
    assert (told.code, told.err) == (0, "")


def test_lease_of_another_run_refuses_with_exit_4(
    production: Project, server: Server, remote: BareRemote
) -> None:
    production.add()
    object_id = put_lease(remote, server, ends_in=timedelta(minutes=2))
    told = production.run("apply", "--yes", "--lock", "git", "-f", "json")
    assert (told.code, server.posts()) == (4, 0)
    (entry,) = (e for e in told.document["entries"] if e["status"] == "create")
    assert entry["outcome"] == "not-attempted"
    assert "another apply holds the lease for this organization: ada, process 1, since" in told.out
    assert remote.leases() == {ref_of(server): object_id}


def test_hostile_holder_cannot_write_to_the_terminal_or_the_runner(
    production: Project, server: Server, remote: BareRemote
) -> None:
    production.add()
    put_lease(remote, server, ends_in=timedelta(minutes=2))
    text = git(remote.path, "log", "-1", "--format=%B", ref_of(server))
    remote.put(ref_of(server), text.replace("ada, process 1", "\\u001b[2J\\n::error::x ##[error]y"))
    told = production.run("apply", "--yes", "--lock", "git")
    assert told.code == 4
    assert "\\x1b[2J" in told.out
    assert "\x1b" not in told.out + told.err
    assert "##[error]" not in told.out + told.err
    assert not any(line.lstrip().startswith("::") for line in (told.out + told.err).splitlines())


@pytest.mark.timeout(180)
def test_applies_at_once_create_each_manifest_once(
    production: Project, serve: Callable[..., Server], remote: BareRemote
) -> None:
    slow = serve(latency_seconds=0.2)
    production.environment["AIRBYTE_API_URL"] = slow.url
    for name in ("one", "two"):
        production.add(name, title=name)
    processes = [production.start("apply", "--yes", "--lock", "git") for _ in range(3)]
    ends = [(p.communicate(timeout=150), p.returncode) for p in processes]
    assert slow.posts() == 2
    assert len(slow.store.templates_of(factories.ORGANIZATION)) == 2
    for (out, _err), code in ends:
        assert code in {0, 4}
        assert any(words in out for words in REFUSED) == (code == 4)
    assert 0 in {code for _, code in ends}
    assert remote.leases() == {}


def test_apply_beside_a_running_one_exits_4(
    production: Project, serve: Callable[..., Server], remote: BareRemote
) -> None:
    slow = serve(latency_seconds=2)
    production.environment["AIRBYTE_API_URL"] = slow.url
    production.add()
    first = production.start("apply", "--yes", "--lock", "git")
    wait_for_lease(remote, first)
    first.send_signal(signal.SIGSTOP)
    second = production.run("apply", "--yes", "--lock", "git")
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=LONG)
    assert (first.returncode, second.code, slow.posts()) == (0, 4, 1)
    assert f", process {first.pid}, since" in second.out


def test_killed_run_leaves_its_lease_until_it_expires(
    production: Project, serve: Callable[..., Server], remote: BareRemote
) -> None:
    slow = serve(latency_seconds=1)
    production.environment["AIRBYTE_API_URL"] = slow.url
    production.add()
    process = production.start("apply", "--yes", "--lock", "git")
    wait_for_lease(remote, process)
    process.kill()
    process.communicate(timeout=LONG)
    left = remote.leases()
    told = production.run("apply", "--yes", "--lock", "git")
    assert told.code == 4
    assert "a run that died blocks it until" in told.out
    assert remote.leases() == left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_gives_the_lease_back(
    production: Project, serve: Callable[..., Server], remote: BareRemote, number: signal.Signals
) -> None:
    slow = serve(latency_seconds=1)
    production.environment["AIRBYTE_API_URL"] = slow.url
    production.add()
    process = production.start("apply", "--yes", "--lock", "git")
    wait_for_lease(remote, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=LONG)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert remote.leases() == {} or "Warning: the lease is held until" in err


def test_takeover_waits_and_may_be_interrupted_without_opening_the_way(
    production: Project, server: Server, remote: BareRemote
) -> None:
    production.add()
    put_lease(remote, server, ends_in=timedelta(minutes=-1))
    process = production.start("apply", "--yes", "--lock", "git")
    assert process.stderr is not None
    assert process.stderr.readline() == f"Lease taken: {ref_of(server)} on git remote origin.\n"
    waiting = process.stderr.readline()
    assert waiting.startswith("It was left behind by another apply. Waiting 62 seconds")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=LONG)
    assert (process.returncode, server.posts()) == (130, 0)
    assert "Warning: the lease is held until" in err
    assert f", process {process.pid}" in remote.lease()["hint"]


@pytest.mark.parametrize(("pushes", "created", "code"), [(1, 0, 4), (2, 1, 5)])
def test_lease_that_is_lost_during_a_run_stops_the_creates(
    production: Project, server: Server, remote: BareRemote, pushes: int, created: int, code: int
) -> None:
    """The first push takes the lease, each later one renews it before a create."""
    production.add("one", title="one")
    production.add("two", title="two")
    remote.hook(
        "post-receive",
        f'echo x >> {remote.path}/count; [ "$(wc -l < {remote.path}/count)" != {pushes} ] '
        f"|| git update-ref -d {ref_of(server)}",
    )
    told = production.run("apply", "--yes", "--lock", "git")
    assert (told.code, server.posts()) == (code, created)
    assert "the lease was lost: it was removed" in told.out
    assert told.out.count("- not-attempted") == 2 - created


def test_project_that_is_no_checkout_creates_nothing(production: Project, server: Server) -> None:
    production.add()
    production.environment["GIT_CEILING_DIRECTORIES"] = str(production.root.parent)
    told = production.run("apply", "--yes", "--lock", "git")
    assert (told.code, server.posts()) == (4, 0)
    assert "--lock git works in a checkout only" in told.out


@pytest.mark.parametrize("value", ["", "svn", "git:", "git:-x", "git:https://u:p@h/x", "git:a b", "GIT"])
def test_other_locks_are_a_wrong_command_line(project: Project, value: str) -> None:
    told = project.run("apply", "--sandbox", "--yes", "--lock", value)
    assert told.code == 64
