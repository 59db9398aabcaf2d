"""One git command as a child process: bounded in time and output, unable to ask anybody, killed with all its children.

The operator's environment and the checkout's own `.git/config` are trusted. CI or a person wrote them, and they hold the
credentials and the transport. A pull request cannot change them, because git tracks no `.git`. The files of the checkout are not
trusted: no repository is taken from among them (`safe.bareRepository`), and no relative entry of PATH is searched.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import UnsafePlan

OUTPUT_LIMIT = 1024 * 1024
"""Bytes that a command may print on one stream. A remote that sends more is cut off."""

_LOOK_SECONDS = 0.2
"""How often an ended command is noticed whose pipe a process in the background still holds open, as ssh does."""

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.interactive=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "i18n.commitEncoding=UTF-8",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.pushOption=",
    "push.recurseSubmodules=no",
    "safe.bareRepository=explicit",
)
"""Nothing of the checkout's hooks, no upkeep in the background, no question, no more than the one ref."""

_FOREIGN = ("GIT_", "AIRBYTE_", "RECONCILER_")
"""Not passed on: this program's credentials, and git's variables that name another repository or make it trace credentials."""

_KEPT = re.compile(
    "GIT_(ALLOW_PROTOCOL|CONFIG_(COUNT|KEY_|VALUE_|GLOBAL|SYSTEM|NOSYSTEM)|HTTP_|PROXY_|SSH|SSL_"
    "|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)"
)
"""Passed on all the same: how to reach the remote, and how far up to look for the checkout."""

_OURS = {
    "LC_ALL": "C",
    "GCM_INTERACTIVE": "never",
    "GIT_ASKPASS": "",  # empty, not absent: an absent one falls back to SSH_ASKPASS
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS_REQUIRE": "never",
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "reconciler"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "noreply@reconciler.invalid"),
}


def git_command(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The start of every command line. UnsafePlan when there is no git."""
    program = shutil.which("git", path=_search_path(environ))
    if program is None:
        raise UnsafePlan(
            "git is not installed, so the lease cannot be taken", help="install git, or run without --lock"
        )
    return (program, *(part for setting in _SETTINGS for part in ("-c", setting)))


def git_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of every command: the operator's, without what is not git's business."""
    passed = {n: v for n, v in environ.items() if not n.startswith(_FOREIGN) or _KEPT.match(n)}
    return passed | _OURS | {"PATH": _search_path(environ)}


def _search_path(environ: Mapping[str, str]) -> str:
    """PATH without relative entries, which would be looked up in the checkout."""
    entries = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if os.path.isabs(entry))


@dataclass(frozen=True)
class Finished:
    """How a command ended. `code` is None when it was killed, and `trouble` then says why."""

    code: int | None
    out: bytes = b""
    err: bytes = b""
    trouble: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether it ended by itself and with 0."""
        return self.code == 0


async def run_command(
    arguments: Sequence[str], *, cwd: Path, environ: Mapping[str, str], seconds: float
) -> Finished:
    """Run it to its end, for at most `seconds`. `arguments[0]` is an absolute path. Stdin is empty.

    The command gets a session of its own: it has no terminal to ask at, and a Ctrl-C meant for this program does not reach it.
    A thread waits for it, so that cancelling this call kills it at once. UnsafePlan when it cannot be started.
    """
    process = _started(arguments, cwd, environ)
    waiting = asyncio.ensure_future(asyncio.to_thread(_collect, process, seconds))
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        _kill(process)
        await asyncio.wait({waiting})
        raise


def _started(arguments: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - fixed words, checked names and object ids
            arguments,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise UnsafePlan(
            f"git could not be started: {error.strerror}",
            help="the lease of --lock git needs git; nothing was sent",
        ) from error


def _collect(process: subprocess.Popen[bytes], seconds: float) -> Finished:
    """Read both streams until the end. Kill after `seconds` or too much output. Blocks."""
    out, err = bytearray(), bytearray()
    with process, selectors.DefaultSelector() as selector:
        for stream, content in ((process.stdout, out), (process.stderr, err)):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, content)
        trouble = _fill(process, selector, time.monotonic() + seconds)
        if trouble:
            _kill(process)
            return Finished(None, bytes(out), bytes(err), f"{trouble} {seconds:g} seconds")
        return Finished(process.wait(), bytes(out), bytes(err))


def _fill(process: subprocess.Popen[bytes], selector: selectors.BaseSelector, deadline: float) -> str:
    """Read into the buffers. "" at the end, else why the command has to be killed."""
    while selector.get_map() or process.poll() is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return "no end within"
        ended = process.poll() is not None
        ready = selector.select(0 if ended else min(left, _LOOK_SECONDS))
        if ended and not ready:
            break
        for key, _ in ready:
            chunk = os.read(key.fd, 65536)
            if not chunk:
                selector.unregister(key.fileobj)
            key.data.extend(chunk)
            if len(key.data) > OUTPUT_LIMIT:
                return "more output than a lease needs within"
    return ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the command and what it started. Nothing happens if it has ended."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
