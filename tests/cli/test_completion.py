"""Completion, in the shells themselves and as they ask for it."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from program import Project, Run, Server
from warm_program import PROGRAM

PROJECT = """\
version: 1
environments:
  production: {organizationId: 00000000-0000-4000-8000-00000000000a}
  staging: {organizationId: 00000000-0000-4000-8000-00000000000b}
"""
SHELLS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        'eval "$(_RECONCILER_COMPLETE=bash_source reconciler)"',
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -Uz compinit && compinit -D -u && eval "$(_RECONCILER_COMPLETE=zsh_source reconciler)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "_RECONCILER_COMPLETE=fish_source reconciler | source"),
}
_AROUND_THE_LINE = "'\x01echo '<"
"""Keys that turn the completed line into an echo of itself: a quote at its end, then at its beginning."""


def completed(project: Project, *words: str, **environment: str) -> list[str]:
    """What bash would be offered for the last of these words."""
    told = asked(project, *words, **environment)
    assert (told.code, told.err) == (0, "")
    return [line.partition(",")[2] for line in told.out.splitlines() if line]


def asked(project: Project, *words: str, **environment: str) -> Run:
    line = ("reconciler", *words)
    project.environment |= {
        "_RECONCILER_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(line),
        "COMP_CWORD": str(len(line) - 1),
        **environment,
    }
    return project.run()


class Terminal:
    """An interactive shell behind a terminal, as a person has it."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._side, other = pty.openpty()
        environment = {
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            "ZDOTDIR": str(folder),
        }
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            preexec_fn=lambda: os.login_tty(other),  # noqa: PLW1509 - without threads
        )
        os.close(other)
        self.seen = ""

    def send(self, keys: str) -> None:
        os.write(self._side, keys.encode())

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Read until the text is on the screen, then forget what was there."""
        until = time.monotonic() + seconds
        while text not in self.seen:
            left = until - time.monotonic()
            assert left > 0, f"no {text!r} in {self.seen!r}"
            if select.select([self._side], [], [], left)[0]:
                self.seen += os.read(self._side, 4096).decode(errors="replace")
        self.seen = ""

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._side)


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_a_command_and_names_of_the_project(project: Project, shell: str) -> None:
    command, setup = SHELLS[shell]
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    project.write("reconciler.yaml", PROJECT)
    project.add("customer-data")
    terminal = Terminal(command, project.root)
    try:
        terminal.send(f"{setup}; echo re''ady\n")
        terminal.wait_for("ready")
        for typed, whole in (
            ("reconciler connec", "reconciler connectors"),
            ("reconciler plan -e prod", "reconciler plan -e production"),
            ("reconciler preview cust", "reconciler preview customer-data"),
            ("reconciler new source-stri", "reconciler new source-stripe"),
        ):
            terminal.send(f"{typed}\t{_AROUND_THE_LINE}\n")
            terminal.wait_for(f"\n<{whole} ")
    finally:
        terminal.close()


def test_commands_and_options_are_offered(project: Project) -> None:
    assert completed(project, "pl") == ["plan"]
    assert completed(project, "connectors", "") == ["lock", "search", "show"]
    assert completed(project, "ci", "") == ["plan", "apply", "drift"]
    assert completed(project, "plan", "--san") == ["--sandbox"]


def test_names_of_the_project_are_offered_from_wherever_it_is(project: Project) -> None:
    project.write("here/reconciler.yaml", PROJECT)
    project.write("here/manifests/a.yaml", "metadata: {name: first}\n---\nmetadata:\n  name: second\n")
    project.write("here/manifests/deep/b.json", json.dumps({"metadata": {"name": "third"}}))
    for where in (("-C", "here", "plan"), ("plan", "-C", "here")):
        assert completed(project, *where, "-e", "") == ["production", "sandbox", "staging"]
        assert completed(project, *where, "--only", "") == ["first", "second", "third"]
    assert completed(project, "-C", "here", "-e", "s") == ["sandbox", "staging"]


def test_connectors_of_the_lock_and_of_the_catalogue_are_offered(project: Project) -> None:
    project.write("connectors.lock.json", json.dumps({"connectors": [{"repository": "acme/source-stock"}]}))
    for command in (("new",), ("connectors", "show"), ("schema", "--connector")):
        assert completed(project, *command, "source-st") == ["source-stock", "source-stripe"]


def test_rules_are_offered_in_any_letter_case(project: Project) -> None:
    assert "R110" in completed(project, "explain", "r11")


@pytest.mark.parametrize("file", ["reconciler.yaml", "connectors.lock.json", "manifests/a.yaml"])
@pytest.mark.parametrize("content", ["{", "a: !b c\n\x01", "[" * 5_000])
def test_a_broken_project_is_completed_without_a_word(project: Project, file: str, content: str) -> None:
    project.add("whole")
    project.write(file, content)
    assert completed(project, "plan", "--only", "wh") == ["whole"]
    assert completed(project, "plan", "-e", "sand") == ["sandbox"]
    assert completed(project, "new", "source-stri") == ["source-stripe"]


def test_a_failure_of_the_completion_itself_is_silent(project: Project) -> None:
    for environment in ({"COMP_CWORD": "one"}, {"_RECONCILER_COMPLETE": "ksh_source"}):
        told = asked(project, "plan", **environment)
        assert (told.code, told.out, told.err) == (1, "", "")


def test_a_name_that_a_shell_would_run_is_not_offered(project: Project) -> None:
    project.add("harmless")
    for number, name in enumerate(("$(touch pwned)", "a;b", "*", "-rf", "two words", "x\\ny", "`id`", "a,b")):
        project.write(f"manifests/{number}.yaml", f'metadata: {{name: "{name}"}}')
    assert completed(project, "plan", "--only", "") == ["harmless"]


def test_completion_asks_no_server_and_loads_no_client(production: Project, server: Server) -> None:
    production.add()
    told = asked(production, "apply", "--only", "", PYTHONPROFILEIMPORTTIME="1")
    assert "sample-data" in told.out
    assert "reconciler.cli.completion" in told.err
    assert not [line for line in told.err.splitlines() if line.endswith((" httpx", "manifests.credentials"))]
    assert server.requests() == []
