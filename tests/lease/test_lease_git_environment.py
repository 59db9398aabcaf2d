"""What git gets to see, and which git that is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import UnsafePlan
from reconciler.lease.git import git_command, git_environment


def test_git_sees_no_credential_of_this_program_and_no_setting_that_moves_it() -> None:
    environ = {
        "PATH": "/usr/bin",
        "HOME": "/home/ada",
        "AIRBYTE_CLIENT_SECRET": "hush",
        "RECONCILER_VAR_X": "hush",
        "GIT_DIR": "/elsewhere",
        "GIT_INDEX_FILE": "x",
        "GIT_OBJECT_DIRECTORY": "x",
        "GIT_NAMESPACE": "x",
        "GIT_TRACE_CURL": "1",
        "GIT_ASKPASS": "/usr/bin/ask",
        "GIT_CONFIG_PARAMETERS": "'core.hooksPath=x'",
        "GIT_SSH_COMMAND": "ssh -i key",
        "GIT_SSL_CAINFO": "ca.pem",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.extraheader",
        "GIT_CONFIG_VALUE_0": "AUTHORIZATION: basic x",
    }
    seen = git_environment(environ)
    assert {k: v for k, v in seen.items() if environ.get(k) == v} == {
        name: environ[name]
        for name in environ
        if name in {"PATH", "HOME"}
        or name.startswith(("GIT_SSH", "GIT_SSL", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY", "GIT_CONFIG_VALUE"))
    }
    assert seen["GIT_ASKPASS"] == ""
    assert seen["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"GIT_DIR", "GIT_TRACE_CURL", "GIT_NAMESPACE", "GIT_CONFIG_PARAMETERS"} & set(seen)
    assert "hush" not in str(seen)


def test_git_is_never_taken_from_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "git").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        (folder / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    path = os.pathsep.join((".", "bin", "", os.environ["PATH"]))
    assert git_command({"PATH": path})[0] == git_command(os.environ)[0]
    assert git_environment({"PATH": path})["PATH"] == os.environ["PATH"]


def test_machine_without_git_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UnsafePlan, match="git is not installed"):
        git_command({"PATH": str(tmp_path)})
