"""Started inside somebody else's checkout, the program runs nothing from there, reads nothing it was not told to, and stays offline."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from program import Project
from warm_program import PROGRAM

from reconciler.sandbox import DEFAULT_CLIENT_ID

TRAP = "import os, sys\nopen(os.environ['TRAP'], 'a').write(__name__ + '\\n')\n"
MODULES = (
    "httpx",
    "httpcore",
    "h11",
    "yaml",
    "json",
    "pydantic",
    "pydantic_core",
    "click",
    "sitecustomize",
    "usercustomize",
    "conftest",
    "deepdiff",
    "starlette",
    "uvicorn",
    "asyncio",
    "ssl",
    "socket",
    "re",
    "typing_extensions",
    "setup",
    "encodings",
    "codecs",
    "idna",
    "certifi",
)
OFFLINE = (
    ("--help",),
    ("--version",),
    ("validate",),
    ("validate", "-v", "-f", "json"),
    ("new", "source-faker"),
    ("schema", "manifest"),
    ("schema", "plan"),
    ("schema", "manifest", "--connector", "source-faker"),
    ("explain", "R102"),
    ("connectors", "show", "source-faker"),
    ("connectors", "search", "faker"),
    ("plan", "--help"),
)
# Runs the program and writes down what it does with the outside: audit events cannot be avoided by code in the same process.
WATCHED = """\
import os, sys
events = open(os.environ["WATCH"], "a", buffering=1)
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.system", "os.posix_spawn", "os.fork", "ctypes.", "urllib.")):
        print(event, arguments[1:], file=events)
    if event == "open" and isinstance(arguments[0], str) and any(part in arguments[0] for part in ("netrc", ".env", "pytest.ini", ".git/")):
        print(event, arguments[0], file=events)
class Watched(type(os.environ)):
    def _told(self, name):
        if isinstance(name, str) and name.startswith(("AIRBYTE_CLIENT", "AIRBYTE_BEARER", "GITHUB_TOKEN", "AWS_")):
            print("environ", name, file=events)
    def __getitem__(self, name):
        self._told(name)
        return super().__getitem__(name)
    def get(self, name, default=None):
        self._told(name)
        return super().get(name, default)
os.environ.__class__ = Watched
sys.addaudithook(watch)
sys.argv = ["reconciler", *sys.argv[1:]]
from reconciler.cli import main
main()
"""


@pytest.fixture
def hostile(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A valid project among traps."""
    project.add()
    for name in MODULES:
        project.write(f"{name}.py", TRAP)
    project.write("reconciler/__init__.py", TRAP)
    project.write("reconciler/__main__.py", TRAP)
    project.write("reconciler/cli/__init__.py", TRAP + "def main(): sys.exit('from the checkout')\n")
    project.write("trap.pth", "import os; open(os.environ['TRAP'], 'a').write('pth')\n")
    project.write("setup.cfg", "[metadata]\nname = evil\n")
    project.write(".pydistutils.cfg", "[install]\nprefix = /nowhere\n")
    project.write("pytest.ini", "[pytest]\naddopts = -p evil\n")
    project.write("pyvenv.cfg", "home = /nowhere\n")
    project.write(".env", "AIRBYTE_API_URL=http://evil.example/v1\nAIRBYTE_BEARER_TOKEN=from-dot-env\n")
    project.write(".netrc", "default login evil password evil\n")
    project.environment = {"TRAP": str(tmp_path_factory.mktemp("trap") / "sprung"), "HOME": str(project.root)}
    return project


def sprung(project: Project) -> str:
    trap = Path(project.environment["TRAP"])
    return trap.read_text() if trap.exists() else ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "-v"),
        ("plan", "--sandbox"),
        ("apply", "--sandbox", "--yes"),
        ("new", "source-faker"),
        ("--help",),
    ],
)
def test_console_script_imports_nothing_from_the_directory_it_is_started_in(
    hostile: Project, arguments: tuple[str, ...]
) -> None:
    told = hostile.run(*arguments)
    assert told.code == 0, told.err
    assert sprung(hostile) == ""


def test_credentials_are_not_taken_from_files_of_the_checkout(hostile: Project) -> None:
    hostile.environment |= {"AIRBYTE_ORGANIZATION_ID": "7c60d51f-b44e-4682-87d6-449835ea4de6"}
    told = hostile.run("plan")
    assert told.code == 1
    assert "no credentials in the environment" in told.err
    assert "evil" not in told.err


def test_package_offers_no_way_to_start_that_would_search_the_directory_first(tmp_path: Path) -> None:
    """`python -m` puts the current directory first, and whatever it finds there runs before any line of ours could object."""
    told = subprocess.run(
        [sys.executable, "-m", "reconciler", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert "cannot be directly executed" in told.stderr


def watched(project: Project, tmp_path: Path, *arguments: str) -> list[str]:
    """What a run did with the outside."""
    watch = tmp_path / "watch"
    environment = {
        "PATH": os.environ["PATH"],
        "WATCH": str(watch),
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "AIRBYTE_CLIENT_ID": "\x01",
        "AIRBYTE_CLIENT_SECRET": "not\na\x01header",
        "AIRBYTE_BEARER_TOKEN": "both are set",
        "AIRBYTE_API_URL": "not a url",
        "HTTPS_PROXY": "not a proxy",
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, *arguments],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return watch.read_text().splitlines() if watch.exists() else []


@pytest.mark.parametrize("arguments", OFFLINE, ids=" ".join)
def test_offline_commands_open_no_socket_start_no_process_and_read_no_credential(
    project: Project, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    project.add(presets="{seed: 5}")
    assert watched(project, tmp_path, *arguments) == []


def test_watch_sees_what_an_online_command_does(project: Project, tmp_path: Path) -> None:
    project.add()
    events = watched(project, tmp_path, "plan", "--sandbox")
    assert any(event.startswith("socket.") for event in events)


@pytest.mark.parametrize(
    "file", ["reconciler.yaml", "connectors.lock.json", "manifests/a.yaml", "manifests/included.yaml"]
)
@pytest.mark.parametrize(
    "kind", ["fifo", "socket", "/dev/zero", "/dev/tty", "/proc/self/environ", "outside", "loop", "folder"]
)
def test_what_is_no_regular_file_of_the_project_is_refused_and_never_waited_for(
    project: Project, tmp_path_factory: pytest.TempPathFactory, file: str, kind: str
) -> None:
    project.add()
    if file == "manifests/included.yaml":
        project.add(presets="!include included.yaml")
    path = project.root / file
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("apiVersion: reconciler/v1\nhush-hush-hush: [\n")
    with socket.socket(socket.AF_UNIX) as listener:
        match kind:
            case "fifo":
                os.mkfifo(path)
            case "socket":
                here = os.getcwd()
                os.chdir(path.parent)  # the name of a socket is short
                listener.bind(path.name)
                os.chdir(here)
            case "outside":
                path.symlink_to(outside)
            case "loop":
                path.symlink_to(path.name)
            case "folder":
                path.mkdir()
            case _:
                path.symlink_to(kind)
        project.environment["RECONCILER_CANARY"] = "hush-hush-hush"
        told = project.run("validate")
    is_skipped = file == "manifests/a.yaml" and kind == "folder"
    assert told.code == (0 if is_skipped else 3), told.err + told.out
    assert "hush" not in told.out + told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "path",
    [
        "../outside.yaml",
        "/etc/hostname.yaml",
        "sub/../../outside.yaml",
        "link/outside.yaml",
        "LINK/../../outside.yaml",
        "./link.yaml",
        "a\\0.yaml",
    ],
)
def test_include_never_leaves_the_manifest_directory(project: Project, path: str) -> None:
    project.write("outside.yaml", "hush: hush-hush\n")
    project.add(presets=f'!include "{path}"')
    (project.root / "manifests" / "link").symlink_to("..")
    (project.root / "manifests" / "link.yaml").symlink_to("../outside.yaml")
    (project.root / "manifests" / "sub").mkdir()
    told = project.run("validate")
    assert told.code == 3
    assert "hush" not in told.out + told.err


def test_sandbox_folder_that_is_a_link_is_refused(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    project.add()
    (project.root / ".reconciler").symlink_to(elsewhere)
    told = project.run("plan", "--sandbox")
    assert told.code == 4
    assert ".reconciler is a link" in told.err
    assert list(elsewhere.iterdir()) == []


SANDBOX_FILES = (".gitignore", "sandbox.db", "sandbox.db-journal", "sandbox.db-wal", "sandbox.db-shm")


@pytest.mark.parametrize("leads_somewhere", [False, True])
@pytest.mark.parametrize("name", SANDBOX_FILES)
def test_links_in_the_sandbox_folder_are_refused(
    project: Project, tmp_path_factory: pytest.TempPathFactory, name: str, leads_somewhere: bool
) -> None:
    victim = tmp_path_factory.mktemp("elsewhere") / "victim"
    if leads_somewhere:
        victim.write_bytes(b"")
    project.add()
    link = project.root / ".reconciler" / name
    link.parent.mkdir()
    link.symlink_to(victim)
    told = project.run("plan", "--sandbox")
    assert told.code == 1, told.err
    assert told.err.startswith(
        f"Error: .reconciler/{name} is a link, which is not followed: this program would write to somewhere else\n"
        "  remove it, or "
    )
    assert link.is_symlink()
    assert (victim.read_bytes() if leads_somewhere else victim.exists()) in (b"", False)


def test_a_pipe_in_place_of_the_sandbox_is_refused_and_never_waited_for(project: Project) -> None:
    project.add()
    (project.root / ".reconciler").mkdir()
    os.mkfifo(project.root / ".reconciler" / "sandbox.db")
    told = project.run("plan", "--sandbox")
    assert told.code == 1
    assert "the sandbox's state .reconciler/sandbox.db cannot be used: not a regular file" in told.err


def test_project_file_sends_credentials_nowhere_but_to_a_secure_address(project: Project) -> None:
    """What a pull request could write: each is refused before any connection."""
    project.add()
    project.environment = {"AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID, "AIRBYTE_CLIENT_SECRET": "hush-hush-hush"}
    for url in (
        "http://evil.example/v1",
        "https://api.airbyte.com@evil.example/v1",
        "file:///etc/passwd",
        "https://evil.example/v1?x=y",
        "//evil.example",
    ):
        project.write(
            "reconciler.yaml",
            f"version: 1\nenvironments:\n  a:\n    url: {json.dumps(url)}\n    organizationId: 7c60d51f-b44e-4682-87d6-449835ea4de6\n",
        )
        told = project.run("plan")
        assert told.code == 3, told.err
        assert "R3" in told.err


def test_program_is_started_by_the_console_script() -> None:
    assert PROGRAM.is_file()
