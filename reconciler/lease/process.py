"""One git command as a child process: bounded in time and output, unable to ask anybody, killed with all its children.

A thread does the waiting, so that the event loop stays free and a cancelled wait kills the child at once. Must not
know what the commands mean.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reconciler.errors import UnsafePlan

OUTPUT_LIMIT = 1024 * 1024
"""Bytes that a command may print on one stream; a remote that sends more is cut off."""

_LOOK_SECONDS = 0.2
"""How often an ended command is noticed whose pipe a process in the background still holds open (ssh does that)."""


@dataclass(frozen=True)
class Finished:
    """How a command ended. `code` is None when it was killed; `trouble` then says why."""

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
    """Run it to its end, for at most `seconds`. `arguments[0]` is an absolute path; stdin is empty.

    The command gets a session of its own: no terminal to ask at, and a Ctrl-C meant for this program does not reach
    it. Cancelling kills it. UnsafePlan when it cannot be started.
    """
    child = _started(arguments, cwd, environ)
    waiting = asyncio.ensure_future(asyncio.to_thread(child.collect, seconds))
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        child.kill()
        await asyncio.wait({waiting})
        raise


def _started(arguments: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> _Child:
    try:
        process = subprocess.Popen(  # noqa: S603 - fixed words, checked names and object ids
            arguments,
            cwd=cwd,
            env=dict(environ),
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
    return _Child(process)


@dataclass(frozen=True)
class _Child:
    process: subprocess.Popen[bytes]

    def collect(self, seconds: float) -> Finished:
        """Read both streams until the end; kill after `seconds` or too much output. Blocks."""
        with self.process as process, selectors.DefaultSelector() as selector:
            taken: dict[IO[bytes], bytearray] = {}
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    taken[stream] = bytearray()
                    selector.register(stream, selectors.EVENT_READ, taken[stream])
            trouble = self._read(selector, time.monotonic() + seconds)
            if trouble:
                self.kill()
            out, err = (bytes(content) for content in taken.values())
            code = process.wait()
            return Finished(None if trouble else code, out, err, trouble and f"{trouble} {seconds:g} seconds")

    def _read(self, selector: selectors.BaseSelector, deadline: float) -> str:
        """Fill the buffers; "" at the end, else why the command has to be killed."""
        while selector.get_map() or self.process.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return "no end within"
            ended = self.process.poll() is not None
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

    def kill(self) -> None:
        """End the command and what it started. Nothing happens if it has ended."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
