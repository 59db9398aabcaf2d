"""The program in a process of its own, forked from one that has imported everything: most of a short run is imports.

A run has its own process, folder, environment, streams and exit code, as if started from a shell. Tests of start-up, of
signals and of the interpreter's switches start the console script itself.

This file is also the script that forks. Another script can call `serve` with what it does in a child before the program starts.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

PROGRAM = Path(sys.executable).with_name("reconciler")
LIBRARIES = ("httpx", "starlette.applications", "starlette.routing", "sqlite3", "asyncio")
READ_AT_START = ("PYTHON", "LC_", "LANG")
"""Variables that the interpreter has read before the fork."""


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: bytes
    err: bytes


class WarmProgram:
    """Starts runs one after the other, by a script that calls `serve`."""

    def __init__(self, script: str = __file__) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, script, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()
        self._process.wait()

    def run(
        self, arguments: list[str], *, cwd: Path, env: dict[str, str], seconds: float, **more: object
    ) -> Ended:
        """One run, to its end. Kills it, and raises TimeoutError, when it takes longer. `more` is for the script."""
        with (
            open(os.devnull) as nothing,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            request = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env, **more}).encode()
            self._socket.settimeout(seconds)
            streams = [nothing.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(self._socket, [len(request).to_bytes(4) + request], streams)
            pid = self._number()
            try:
                status = self._number()
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._number()
                raise
            for file in (out, err):
                file.seek(0)
            return Ended(os.waitstatus_to_exitcode(status), out.read(), err.read())

    def _number(self) -> int:
        data = self._socket.recv(8, socket.MSG_WAITALL)
        if len(data) < 8:
            raise RuntimeError(f"the process that starts runs has ended: {self._process.wait()}")
        return int.from_bytes(data)


_idle: list[WarmProgram] = []


def run_warm(arguments: list[str], *, cwd: Path, env: dict[str, str], seconds: float) -> Ended:
    """A run, in a process forked from one of this test process that has nothing else to do: runs of several threads are at once."""
    try:
        program = _idle.pop()
    except IndexError:
        program = WarmProgram()
    try:
        return program.run(arguments, cwd=cwd, env=env, seconds=seconds)
    finally:
        _idle.append(program)


def is_read_at_start(name: str) -> bool:
    """Whether a variable cannot change any more after the interpreter has started."""
    return name.startswith(READ_AT_START)


def serve(prepare: Callable[[dict[str, Any]], None] = lambda _request: None) -> None:
    """Forks a child for each request that comes through the socket. Each child prepares itself and becomes the program."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    _import_everything()
    while True:
        head, streams, _, _ = socket.recv_fds(connection, 4, 3)
        if not head:
            os._exit(0)
        request = json.loads(connection.recv(int.from_bytes(head), socket.MSG_WAITALL))
        pid = os.fork()
        if pid == 0:
            connection.close()
            _become(request, streams)
            prepare(request)
            break
        for number in streams:
            os.close(number)
        connection.sendall(pid.to_bytes(8))
        connection.sendall(os.waitpid(pid, 0)[1].to_bytes(8))
    from reconciler.cli import main

    try:
        main()
    except Exception:  # noqa: BLE001 - no run may end so, and code 1 has a meaning of its own
        traceback.print_exc()
        os._exit(99)


def _import_everything() -> None:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # as the program's own start-up does
    for library in LIBRARIES:
        importlib.import_module(library)
    import reconciler

    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        importlib.import_module(module.name)
    gc.freeze()


def _become(request: dict[str, Any], streams: list[int]) -> None:
    for target, number in enumerate(streams):
        os.dup2(number, target)
        os.close(number)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = [str(PROGRAM), *request["arguments"]]


if __name__ == "__main__":
    serve()
