"""`install.sh`: what it asks Python and pip for. `run_action.py` beside this file runs it for real, with a network."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from workflows.workflow_runner import Runner

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "reconcile"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

FAKE_PYTHON = """\
#!/bin/bash
echo "$(basename "$0") $*" >> {log}
case "$*" in
  *sys.version_info*) exit {too_old} ;;
  *--version*) echo "Python 3.10.1" ;;
  *"{fails_on}"*) exit 9 ;;
  *venv*) mkdir -p "${{@: -1}}/bin"; cp "$0" "${{@: -1}}/bin/python" ;;
esac
"""


@pytest.fixture
def asked(runner: Runner, tmp_path: Path) -> Path:
    """A Python that notes down how it is called."""
    return fake_python(runner, tmp_path)


def fake_python(runner: Runner, tmp_path: Path, *, too_old: int = 0, fails_on: str = "never") -> Path:
    log, folder = tmp_path / "asked", tmp_path / "programs"
    folder.mkdir()
    log.touch()
    python = folder / "python3"
    python.write_text(FAKE_PYTHON.format(log=log, too_old=too_old, fails_on=fails_on))
    python.chmod(0o755)
    runner.environ["PATH"] = f"{folder}:{runner.environ['PATH']}"
    return log


def test_every_python_ignores_the_checkout_it_is_started_in(runner: Runner, asked: Path) -> None:
    assert runner.run("Install", {"command": "plan"}).code == 0
    calls = asked.read_text().splitlines()
    assert len(calls) == 4
    assert all(call.startswith(("python3 -I ", "python -I ")) for call in calls)


def test_dependencies_are_pinned_wheels_and_the_tool_is_this_checkout(runner: Runner, asked: Path) -> None:
    runner.run("Install", {"command": "plan"})
    dependencies, tool = asked.read_text().splitlines()[2:]
    isolated = "python -I -m pip --isolated --disable-pip-version-check --no-input install --quiet"
    assert dependencies == f"{isolated} --require-hashes --only-binary :all: -r {ACTION}/requirements.txt"
    assert tool == f"{isolated} --no-index --no-deps --no-build-isolation {ACTION}/../../.."


def test_environment_is_made_anew_in_the_runner_s_temporary_folder(runner: Runner, asked: Path) -> None:
    runner.run("Install", {"command": "plan"})
    assert asked.read_text().splitlines()[1] == f"python3 -I -m venv --clear {runner.temp}/reconciler"


def test_old_python_is_told_in_words(runner: Runner, tmp_path: Path) -> None:
    fake_python(runner, tmp_path, too_old=1)
    told = runner.run("Install", {"command": "plan"})
    assert told.code == 1
    assert (
        told.err
        == "Python 3.11 or later is needed, and python3 is Python 3.10.1. Set python-version, or install one.\n"
    )


@pytest.mark.parametrize(("fails_on", "calls"), [("-m venv", 2), ("--require-hashes", 3), ("--no-index", 4)])
def test_whatever_fails_ends_the_installation(
    runner: Runner, tmp_path: Path, fails_on: str, calls: int
) -> None:
    log = fake_python(runner, tmp_path, fails_on=fails_on)
    assert runner.run("Install", {"command": "plan"}).code == 9
    assert len(log.read_text().splitlines()) == calls


def requirements(text: str) -> dict[str, Requirement]:
    lines = [
        line.removesuffix("\\").strip()
        for line in text.splitlines()
        if line and not line.startswith((" ", "#"))
    ]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


WANTED = requirements((ACTION / "requirements.in").read_text(encoding="utf-8"))
PINNED = requirements((ACTION / "requirements.txt").read_text(encoding="utf-8"))


def test_requirements_are_those_of_the_project() -> None:
    named = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    assert {str(requirement) for requirement in WANTED.values()} == {str(Requirement(text)) for text in named}


def test_every_requirement_is_pinned_to_a_version_that_satisfies_it() -> None:
    assert WANTED.keys() <= PINNED.keys()
    for name, pinned in PINNED.items():
        ((operator, version),) = [(s.operator, s.version) for s in pinned.specifier]
        assert operator == "=="
        assert WANTED.get(name, pinned).specifier.contains(version)


def test_every_pin_has_hashes_and_no_address() -> None:
    text = (ACTION / "requirements.txt").read_text(encoding="utf-8")
    blocks = text.split("==")[1:]
    assert len(blocks) == len(PINNED)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
