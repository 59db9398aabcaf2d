"""The lease against real git: who gets it, who loses it, and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from git_remote import BareRemote, git
from lease.lease_bench import NEEDED, TARGET, Bench, Clocks

from reconciler.errors import UnsafePlan
from reconciler.lease.lease import SKEW_SECONDS, SPARE_SECONDS
from reconciler.lease.record import lease_ref
from reconciler.lease.remote import GitRemote, without_addresses

REF = lease_ref(TARGET)
LIFETIME = NEEDED + SPARE_SECONDS


def test_lease_is_taken_renewed_and_given_back(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        assert lease.quiet_seconds == 0
        assert bench.remote.lease() == {
            "formatVersion": "1",
            "target": TARGET,
            "holder": lease._holder,
            "hint": "run 1",
            "acquired": "2026-11-23T10:00:00Z",
            "renewed": "2026-11-23T10:00:00Z",
            "expires": "2026-11-23T10:03:30Z",
            "number": 0,
            "carried": [],
            "released": False,
        }
        bench.clocks.pass_(60)
        await lease.renew()
        content = bench.remote.lease()
        assert (content["acquired"], content["renewed"]) == ("2026-11-23T10:00:00Z", "2026-11-23T10:01:00Z")
        assert (content["expires"], content["number"]) == ("2026-11-23T10:04:30Z", 1)
        await lease.release()
        assert bench.remote.leases() == {}

    bench.run(work)


def test_second_run_is_refused_with_who_since_and_until(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        await bench.lease(remote, "run 1").acquire()
        bench.clocks.pass_(30)
        other = bench.lease(remote, "run 2")
        with pytest.raises(UnsafePlan) as refused:
            await other.acquire()
        assert refused.value.message == (
            "another apply holds the lease for this organization: run 1, since 2026-11-23T10:00:00Z, until 2026-11-23T10:03:30Z"
        )
        object_id = bench.remote.leases()[REF]
        assert refused.value.help == (
            "wait for it and run again; a run that died blocks it until 2026-11-23T10:04:00Z "
            "(here it is 2026-11-23T10:00:30Z). Only if it is dead for sure: "
            f"git push --force-with-lease={REF}:{object_id} origin :{REF}"
        )
        await other.release()
        assert bench.remote.leases() == {REF: object_id}

    bench.run(work)


def test_command_that_a_refusal_names_removes_that_lease_and_no_later_one(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        with pytest.raises(UnsafePlan) as refused:
            await bench.lease(remote).acquire()
        command = refused.value.help.partition("for sure: git ")[2].split(" ")
        await lease.renew()
        with pytest.raises(AssertionError, match="stale info"):
            git(bench.root, *command)
        with pytest.raises(UnsafePlan) as refused:
            await bench.lease(remote).acquire()
        git(bench.root, *refused.value.help.partition("for sure: git ")[2].split(" "))
        assert bench.remote.leases() == {}

    bench.run(work)


def test_expired_lease_is_taken_over_and_everything_waits_for_what_its_holder_may_have_sent(
    bench: Bench,
) -> None:
    async def work(remote: GitRemote) -> None:
        dead, heir = bench.lease(remote, "dead"), bench.lease(remote, "heir")
        await dead.acquire()
        bench.clocks.pass_(LIFETIME + SKEW_SECONDS)
        with pytest.raises(UnsafePlan, match="another apply holds the lease"):
            await bench.lease(remote).acquire()
        bench.clocks.pass_(1)
        await heir.acquire()
        assert bench.remote.lease()["hint"] == "heir"
        assert heir.quiet_seconds == NEEDED
        bench.clocks.pass_(NEEDED - 1)
        with pytest.raises(UnsafePlan, match="not held yet"):
            await heir.renew()
        bench.clocks.pass_(1)
        assert heir.quiet_seconds == 0
        await heir.renew()
        with pytest.raises(UnsafePlan, match="the lease was lost: heir holds it since"):
            await dead.renew()

    bench.run(work)


def test_takeover_that_is_broken_off_in_its_wait_leaves_the_wait_to_the_next_run(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        await bench.lease(remote, "dead").acquire()
        bench.clocks.pass_(LIFETIME + SKEW_SECONDS + 1)
        heir = bench.lease(remote, "heir")
        await heir.acquire()
        await heir.release()
        assert bench.remote.lease()["hint"] == "heir"
        bench.clocks.pass_(NEEDED)
        await heir.release()
        assert bench.remote.leases() == {}

    bench.run(work)


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_whatever_the_other_clock_says_two_runs_never_both_hold_it(bench: Bench, days: int) -> None:
    """A clock that is ahead steals the lease; then the robbed run stops, and the thief waits before it lists."""

    async def work(remote: GitRemote) -> None:
        first = bench.lease(remote, "first")
        await first.acquire()
        await first.renew()
        second = bench.lease(remote, "second", Clocks(skew=timedelta(days=days)))
        with contextlib.suppress(UnsafePlan):
            await second.acquire()
        if days < 0:
            await first.renew()
            with pytest.raises(UnsafePlan, match="not held"):
                await second.renew()
        else:
            with pytest.raises(UnsafePlan, match="the lease was lost"):
                await first.renew()
            assert second.quiet_seconds == NEEDED

    bench.run(work)


def test_machine_that_stood_still_sends_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        swap = GitRemote.swap

        async def slept(self: GitRemote, ref: str, new: str | None, expected: str | None) -> str:
            why = await swap(self, ref, new, expected)
            bench.clocks.pass_(SPARE_SECONDS + 1)
            return why

        monkeypatch.setattr(GitRemote, "swap", slept)
        with pytest.raises(UnsafePlan, match=r"119 of 120 seconds left .* this machine stood still"):
            await lease.renew()

    bench.run(work)


def test_slow_run_keeps_a_lease_that_expired_unless_somebody_took_it(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        bench.clocks.pass_(10 * LIFETIME)
        await lease.renew()
        assert bench.remote.lease()["renewed"] == "2026-11-23T10:35:00Z"

    bench.run(work)


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", '{"formatVersion": "2"}', "[" * 3000, "\x1b[2J::error::x"]
)
def test_foreign_content_is_never_taken_over(bench: Bench, text: str) -> None:
    object_id = bench.remote.put(REF, text)
    with pytest.raises(UnsafePlan, match="holds no lease that this version can read") as refused:
        bench.try_to_acquire()
    assert f"{REF}:{object_id} origin" in refused.value.help
    assert bench.remote.leases() == {REF: object_id}


def test_ref_that_names_no_commit_is_never_taken_over(bench: Bench) -> None:
    blob = git(bench.remote.path, "hash-object", "-w", "--stdin", stdin="x" * 100_000)
    git(bench.remote.path, "update-ref", REF, blob)
    with pytest.raises(UnsafePlan, match="holds no lease that this version can read"):
        bench.try_to_acquire()
    assert bench.remote.leases() == {REF: blob}


@pytest.mark.parametrize("end", ["removed", "replaced", "garbage"])
def test_lease_that_was_taken_away_is_lost(bench: Bench, end: str) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        if end == "removed":
            git(bench.remote.path, "update-ref", "-d", REF)
        elif end == "garbage":
            bench.remote.put(REF, "x")
        else:
            git(bench.remote.path, "update-ref", "-d", REF)
            await bench.lease(remote, "run 2").acquire()
        before = bench.remote.leases()
        what = {
            "removed": "it was removed",
            "garbage": "something else is there",
            "replaced": "run 2 holds it since 2026-11-23T10:00:00Z",
        }
        with pytest.raises(UnsafePlan, match=f"the lease was lost: {what[end]}"):
            await lease.renew()
        await lease.release()
        assert bench.remote.leases() == before

    bench.run(work)


def test_rejecting_hook_of_the_server_is_told_in_its_words(bench: Bench) -> None:
    bench.remote.hook("pre-receive", "echo 'no leases on fridays' >&2; exit 1")
    with pytest.raises(UnsafePlan) as refused:
        bench.try_to_acquire()
    assert refused.value.message == (
        "git remote 'origin' did not accept the lease: [remote rejected] (pre-receive hook declined); "
        "remote: no leases on fridays"
    )
    assert "contents: write" in refused.value.help
    assert bench.remote.leases() == {}


def test_right_to_push_that_ends_during_a_run_stops_it_when_the_time_is_used_up(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        bench.remote.hook("pre-receive", "exit 1")
        bench.clocks.pass_(SPARE_SECONDS)
        await lease.renew()  # not extended, but read: still ours, with just enough time
        bench.clocks.pass_(1)
        with pytest.raises(
            UnsafePlan, match=r"119 of 120 seconds left .* could not be renewed .*hook declined"
        ):
            await lease.renew()
        with pytest.raises(UnsafePlan, match=r"could not be given back: .*hook declined"):
            await lease.release()

    bench.run(work)


def test_push_whose_answer_was_lost_counts_as_what_the_ref_says(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        bench.remote.hook(
            "post-receive", "kill -9 $PPID"
        )  # the ref is set, and the server dies before it says so
        lease = bench.lease(remote)
        await lease.acquire()
        assert bench.remote.lease()["number"] == 0
        await lease.renew()
        assert bench.remote.lease()["number"] == 1
        await lease.release()
        assert bench.remote.leases() == {}

    bench.run(work)


def test_run_that_is_stopped_during_the_push_gives_back_what_the_push_took(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        done = bench.remote.path / "done"
        bench.remote.hook("post-receive", f"test -e {done} || {{ : > {done}; exec sleep 1000; }}")
        lease = bench.lease(remote)
        taking = asyncio.ensure_future(lease.acquire())
        while not done.exists():  # noqa: ASYNC110 - the hook of another process
            await asyncio.sleep(0)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        assert list(bench.remote.leases()) == [REF]
        await lease.release()
        assert bench.remote.leases() == {}

    bench.run(work)


def test_remote_that_is_gone_stops_everything(bench: Bench) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        shutil.rmtree(bench.remote.path)
        with pytest.raises(
            UnsafePlan, match=r"could not be asked for the lease: .*does not appear to be a git repo"
        ):
            await lease.renew()
        with pytest.raises(UnsafePlan, match="could not be asked"):
            await bench.lease(remote).acquire()
        with pytest.raises(UnsafePlan, match="could not be asked"):
            await lease.release()

    bench.run(work)


def test_remote_that_never_answers_is_given_up(bench: Bench) -> None:
    bench.seconds = 0.5
    with socket.create_server(("127.0.0.1", 0)) as silent:
        git(bench.root, "remote", "set-url", "origin", f"git://127.0.0.1:{silent.getsockname()[1]}/x")
        with pytest.raises(UnsafePlan, match=r"could not be asked for the lease: no end within 0.5 seconds"):
            bench.try_to_acquire()


def test_password_in_the_address_of_the_remote_is_never_told(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    git(bench.root, "remote", "set-url", "origin", f"http://ada:hush-hush@127.0.0.1:{port}/x")
    with pytest.raises(UnsafePlan) as refused:
        bench.try_to_acquire()
    assert "hush-hush" not in refused.value.message + refused.value.help


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:PORT/hush-hush/x.git", "'http://127.0.0.1:PORT/***"),
        ("http://127.0.0.1:PORT/x.git?private_token=hush-hush", "'http://127.0.0.1:PORT/***"),
        ("http://127.0.0.1:PORT/x.git#hush-hush", "'http://127.0.0.1:PORT/***"),
        ("http://127.0.0.1:PORT/a b/hush-hush", "'http://127.0.0.1:PORT/***"),
        ("http://hush-hush@127.0.0.1:PORT/x.git", "'http://127.0.0.1:PORT/***"),
        ("ssh://hush-hush@127.0.0.1:PORT/hush-hush/x.git", ""),
        ("hush-hush@host.invalid:hush-hush/x.git", ""),
        ("git://127.0.0.1:PORT/hush-hush/x.git", "127.0.0.1"),
    ],
)
def test_no_part_of_the_address_of_a_remote_is_told_but_its_host(
    bench: Bench, address: str, told: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = str(unused.getsockname()[1])
    git(bench.root, "remote", "set-url", "origin", address.replace("PORT", port))
    with pytest.raises(UnsafePlan) as refused:
        bench.try_to_acquire()
    assert "hush" not in refused.value.message + refused.value.help
    assert told.replace("PORT", port) in refused.value.message


def test_words_of_a_remote_lose_what_they_repeat_of_its_address(bench: Bench) -> None:
    words = without_addresses(
        "remote: token hush hush-hush of acme/x is not valid, see https://help.example/hush-hush",
        ["https://host.example/acme/x?token=hush%2Dhush"],
    )
    assert words == "remote: token hush *** of ***/x is not valid, see https://help.example/***"


def test_words_of_a_remote_lose_every_password_and_are_cut(bench: Bench) -> None:
    bench.remote.hook(
        "pre-receive",
        "echo 'see https://ada:p@ss/w@host/x' >&2; head -c 5000 /dev/zero | tr '\\0' x >&2; exit 1",
    )
    with pytest.raises(UnsafePlan) as refused:
        bench.try_to_acquire()
    assert "see https://***/***" in refused.value.message
    assert "p@ss" not in refused.value.message
    assert len(refused.value.message) < 400


@contextlib.contextmanager
def daemon(folder: Path, *options: str) -> Iterator[int]:
    """`git daemon` on a port: a remote over a network, read-only unless the options say otherwise."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    command = [
        "git",
        "daemon",
        "--listen=127.0.0.1",
        f"--port={port}",
        f"--base-path={folder}",
        "--export-all",
    ]
    process = subprocess.Popen([*command, *options, str(folder)], stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
        yield port
    finally:
        process.terminate()
        process.wait()


def test_lease_over_a_network(bench: Bench, tmp_path: Path) -> None:
    async def work(remote: GitRemote) -> None:
        lease = bench.lease(remote)
        await lease.acquire()
        with pytest.raises(UnsafePlan, match="another apply holds the lease"):
            await bench.lease(remote).acquire()
        await lease.renew()
        await lease.release()
        assert bench.remote.leases() == {}

    with daemon(tmp_path, "--enable=receive-pack") as port:
        git(bench.root, "remote", "set-url", "origin", f"git://127.0.0.1:{port}/remote.git")
        bench.run(work)


def test_remote_that_may_only_be_read_is_refused(bench: Bench, tmp_path: Path) -> None:
    with daemon(tmp_path) as port:
        git(bench.root, "remote", "set-url", "origin", f"git://127.0.0.1:{port}/remote.git")
        with pytest.raises(
            UnsafePlan, match=r"did not accept the lease: .*access denied or repository not exported"
        ):
            bench.try_to_acquire()


@pytest.mark.parametrize(
    "kind", ["shallow", "single branch", "detached", "worktree", "subfolder", "partial", "sha256"]
)
def test_every_kind_of_checkout_takes_and_gives_back_and_is_left_untouched(tmp_path: Path, kind: str) -> None:
    options = ["--object-format=sha256"] if kind == "sha256" else []
    remote = BareRemote.create(tmp_path / "remote.git", *options)
    git(remote.path, "config", "uploadpack.allowFilter", "true")
    how = {"shallow": ["--depth=1"], "single branch": ["--single-branch"], "partial": ["--filter=blob:none"]}
    top = root = remote.checkout(tmp_path / "checkout", *how.get(kind, []))
    if kind == "detached":
        git(top, "checkout", "--quiet", "--detach")
    elif kind == "worktree":
        git(top, "worktree", "add", "--quiet", "--detach", str(tmp_path / "other"))
        root = tmp_path / "other"
    elif kind == "subfolder":
        root = top / "a" / "b"
        root.mkdir(parents=True)
    bench = Bench(remote, root)
    before = {p: p.read_bytes() if p.is_file() else b"" for p in sorted((top / ".git").rglob("*"))}

    async def work(opened: GitRemote) -> None:
        lease = bench.lease(opened)
        await lease.acquire()
        with pytest.raises(UnsafePlan, match="another apply holds the lease"):
            await bench.lease(opened).acquire()
        await lease.renew()
        await lease.release()

    bench.run(work)
    assert remote.leases() == {}
    assert {p: p.read_bytes() if p.is_file() else b"" for p in sorted((top / ".git").rglob("*"))} == before


def test_hooks_and_monitors_of_the_checkout_do_not_run(bench: Bench, tmp_path: Path) -> None:
    for name in ("pre-push", "reference-transaction", "post-index-change", "monitor"):
        file = bench.root / ".git" / "hooks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/ran\nexit 1\n", encoding="utf-8")
        file.chmod(0o755)
    git(bench.root, "config", "core.fsmonitor", str(bench.root / ".git" / "hooks" / "monitor"))
    bench.try_to_acquire()
    assert not (tmp_path / "ran").exists()
    assert list(bench.remote.leases()) == [REF]


def test_settings_that_push_more_than_was_asked_change_nothing(bench: Bench) -> None:
    git(bench.root, "commit", "--quiet", "--allow-empty", "-m", "third")
    git(bench.root, "tag", "-a", "-m", "t", "v1")
    for name, value in (
        ("push.followTags", "true"),
        ("push.default", "matching"),
        ("push.gpgSign", "true"),
        ("remote.origin.push", "refs/heads/*:refs/heads/*"),
        ("remote.origin.fetch", "+refs/*:refs/*"),
        ("remote.origin.fetch", "+refs/*:refs/remotes/all/*"),
        ("fetch.prune", "true"),
    ):
        git(bench.root, "config", "--add", name, value)
    heads = ["for-each-ref", "--format=%(refname)%(objectname)", "refs/heads", "refs/tags"]
    refs = ["for-each-ref", "--format=%(refname)%(objectname)"]
    before = git(bench.remote.path, *heads), git(bench.root, *refs)
    bench.try_to_acquire()
    with pytest.raises(UnsafePlan, match="another apply holds the lease"):
        bench.try_to_acquire()
    assert (git(bench.remote.path, *heads), git(bench.root, *refs)) == before


def test_server_gets_no_credential_of_this_program(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRBYTE_CLIENT_SECRET", "hush-hush")
    monkeypatch.setenv("RECONCILER_VAR_X", "hush-hush")
    bench.remote.hook("pre-receive", f"env > {tmp_path}/seen")
    bench.try_to_acquire()
    assert "PATH=" in (tmp_path / "seen").read_text()
    assert "hush-hush" not in (tmp_path / "seen").read_text()


def test_folder_without_a_checkout_is_refused(tmp_path: Path) -> None:
    remote = BareRemote.create(tmp_path / "remote.git")
    outside = tmp_path / "outside"
    outside.mkdir()
    with pytest.raises(UnsafePlan, match="--lock git works in a checkout only: fatal: not a git repository"):
        Bench(remote, outside).try_to_acquire()


def test_bare_repository_among_the_files_of_a_checkout_is_not_believed(bench: Bench, tmp_path: Path) -> None:
    """A pull request can carry one: its config would name the remote, and commands."""
    inner = bench.root / "manifests"
    git(bench.root, "init", "--quiet", "--bare", str(inner))
    git(inner, "remote", "add", "origin", str(tmp_path / "attackers.git"))
    with pytest.raises(UnsafePlan, match="--lock git works in a checkout only"):
        Bench(bench.remote, inner).try_to_acquire()


def test_unknown_remote_is_refused_before_anything_is_asked(bench: Bench) -> None:
    bench.name = "upstream"
    with pytest.raises(UnsafePlan, match="this checkout has no git remote 'upstream'") as refused:
        bench.try_to_acquire()
    assert "--lock git:NAME" in refused.value.help


def test_remote_with_two_push_addresses_is_refused(bench: Bench, tmp_path: Path) -> None:
    for folder in (bench.remote.path, tmp_path / "mirror.git"):
        git(bench.root, "remote", "set-url", "--add", "--push", "origin", str(folder))
    with pytest.raises(UnsafePlan, match="pushes to several places"):
        bench.try_to_acquire()


def test_lease_is_read_where_it_is_written_when_a_remote_fetches_from_elsewhere(
    bench: Bench, tmp_path: Path
) -> None:
    """Else an expired one would stand for ever: its reader would see none there, and its writer be refused."""
    git(bench.root, "config", "remote.origin.url", str(BareRemote.create(tmp_path / "mirror.git").path))
    git(bench.root, "config", "remote.origin.pushurl", str(bench.remote.path))

    async def work(remote: GitRemote) -> None:
        await bench.lease(remote, "dead").acquire()
        bench.clocks.pass_(LIFETIME + SKEW_SECONDS + 1)
        await bench.lease(remote, "heir").acquire()
        assert bench.remote.lease()["hint"] == "heir"

    bench.run(work)


def test_another_remote_may_hold_the_lease(bench: Bench, tmp_path: Path) -> None:
    locks = BareRemote.create(tmp_path / "locks.git")
    git(bench.root, "remote", "add", "locks", str(locks.path))
    bench.name = "locks"
    bench.try_to_acquire()
    assert list(locks.leases()) == [REF]
    assert bench.remote.leases() == {}


def test_branch_whose_name_ends_like_the_lease_is_neither_believed_nor_touched(bench: Bench) -> None:
    """Where the lease is absent, git takes the branch for what the push means; the comparison then refuses it."""
    branch = f"refs/heads/{REF}"
    object_id = bench.remote.put(branch, "somebody's branch")
    with pytest.raises(UnsafePlan, match="did not accept the lease"):
        bench.try_to_acquire()
    assert bench.remote.leases() == {}
    assert git(bench.remote.path, "rev-parse", branch) == object_id
    bench.remote.put(REF, "x")
    with pytest.raises(UnsafePlan, match=f"^{REF} on git remote 'origin' holds no lease"):
        bench.try_to_acquire()
