"""The program in a process of its own, forked from one that has imported everything: most of a short run is imports.

A run has its own process, folder, environment, streams and exit code, as if started from a shell. Tests of start-up, of
signals and of the interpreter's switches start the console script itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("reconciler")
LIBRARIES = ("httpx", "pydantic", "starlette.applications", "starlette.routing", "sqlite3", "asyncio")
READ_AT_START = ("PYTHON", "LC_", "LANG")
"""Variables that the interpreter has read before the fork."""


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str


class WarmProgram:
    """Starts runs one after the other."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def run(self, arguments: list[str], *, cwd: Path, env: dict[str, str], seconds: float) -> Ended:
        """One run, to its end. Kills it, and raises TimeoutError, when it takes longer."""
        with (
            open(os.devnull) as nothing,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            request = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env}).encode()
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
            return Ended(os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode())

    def _number(self) -> int:
        data = self._socket.recv(8, socket.MSG_WAITALL)
        if len(data) < 8:
            raise RuntimeError(f"the process that starts runs has ended: {self._process.wait()}")
        return int.from_bytes(data)


_started: dict[int, WarmProgram] = {}


def run_warm(arguments: list[str], *, cwd: Path, env: dict[str, str], seconds: float) -> Ended:
    """A run, in a process forked from the one of this test process."""
    if os.getpid() not in _started:
        _started[os.getpid()] = WarmProgram()
    return _started[os.getpid()].run(arguments, cwd=cwd, env=env, seconds=seconds)


def is_read_at_start(name: str) -> bool:
    """Whether a variable cannot change any more after the interpreter has started."""
    return name.startswith(READ_AT_START)


def _serve(connection: socket.socket) -> None:
    """Forks a child for each request. Returns in the child, which then is the program."""
    while True:
        head, streams, _, _ = socket.recv_fds(connection, 4, 3)
        if not head:
            os._exit(0)
        request = json.loads(connection.recv(int.from_bytes(head), socket.MSG_WAITALL))
        pid = os.fork()
        if pid == 0:
            _become(request, streams, connection)
            return
        for number in streams:
            os.close(number)
        connection.sendall(pid.to_bytes(8))
        connection.sendall(os.waitpid(pid, 0)[1].to_bytes(8))


def _become(request: dict[str, object], streams: list[int], connection: socket.socket) -> None:
    for target, number in enumerate(streams):
        os.dup2(number, target)
        os.close(number)
    connection.close()
    os.chdir(str(request["cwd"]))
    environment = request["env"]
    assert isinstance(environment, dict)
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)
    arguments = request["arguments"]
    assert isinstance(arguments, list)
    sys.argv = [str(PROGRAM), *arguments]


if __name__ == "__main__":
    import gc
    import importlib
    import pkgutil

    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # as the program's own start-up does
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    for library in LIBRARIES:
        importlib.import_module(library)
    import reconciler
    from reconciler.cli import main

    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        importlib.import_module(module.name)
    gc.freeze()

    _serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(main())  # type: ignore[func-returns-value]
