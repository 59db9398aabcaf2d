"""The composite action's own shell, run with the runner's flags."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from program import Project
from workflows.workflow_runner import SHELL, Runner, read_yaml

Install = Callable[..., None]
ECHO = 'printf "%s\\n" "$@"'


def test_command_environment_and_directory_reach_the_program(
    runner: Runner, install_program: Install
) -> None:
    install_program(ECHO)
    told = runner.run("Run", {"command": "plan", "environment": "production", "directory": "a b"})
    assert told.out.splitlines() == ["ci", "plan", "--chdir", "a b", "--environment", "production"]


def test_without_an_environment_the_project_file_decides(runner: Runner, install_program: Install) -> None:
    install_program(ECHO)
    assert runner.run("Run", {"command": "drift"}).out.splitlines() == ["ci", "drift", "--chdir", "."]


def test_digest_and_page_are_passed_on_when_given(runner: Runner, install_program: Install) -> None:
    install_program(ECHO)
    told = runner.run("Run", {"command": "apply", "expect-digest": "sha256:1", "html": "/t/p.html"})
    assert told.out.splitlines()[4:] == ["--expect-digest", "sha256:1", "--write", "html=/t/p.html"]
    both = runner.run("Run", {"command": "apply", "expect-digest": "sha256:1 reviewed"})
    assert both.out.splitlines()[4:] == ["--expect-digest", "sha256:1", "--expect-digest", "reviewed"]
    neither = runner.run("Run", {"command": "apply", "expect-digest": " "})
    assert neither.out.splitlines()[4:] == []


@pytest.mark.parametrize("command", ["", "--help", "plan; id", "validate", "plan apply"])
def test_command_other_than_the_three_is_refused(
    runner: Runner, install_program: Install, command: str
) -> None:
    install_program(ECHO)
    told = runner.run("Run", {"command": command})
    assert (told.code, told.out) == (64, "")
    assert told.err == "command has to be plan, apply or drift\n"


@pytest.mark.parametrize(
    "value", ["$(touch owned)", "`touch owned`", "'; touch owned; '", "-e\nx", "${PATH}", "*"]
)
def test_inputs_are_never_read_as_shell(runner: Runner, install_program: Install, value: str) -> None:
    install_program('printf "%s\\0" "$@"')
    told = runner.run("Run", {"command": "plan", "environment": value, "directory": value})
    assert told.out.split("\0")[3:6] == [value, "--environment", value]
    assert not (runner.workspace / "owned").exists()


def test_credentials_go_into_the_environment_and_not_into_the_arguments(
    runner: Runner, install_program: Install
) -> None:
    install_program(
        'printf "%s\\n" "$*" "$AIRBYTE_CLIENT_ID" "$AIRBYTE_CLIENT_SECRET" "$AIRBYTE_BEARER_TOKEN" "$GITHUB_TOKEN"'
    )
    inputs = {"client-id": "i", "client-secret": "s", "bearer-token": "b", "github-token": "g"}
    told = runner.run("Run", {"command": "plan", **inputs})
    assert told.out.splitlines() == ["ci plan --chdir .", "i", "s", "b", "g"]


def test_variables_are_exported_whatever_their_values_hold(runner: Runner, install_program: Install) -> None:
    install_program('printf "%s|" "$RECONCILER_VAR_A" "$RECONCILER_VAR_b2" "${INPUT_VARIABLES-unset}"')
    variables = (
        "RECONCILER_VAR_A=a=b $HOME `id` \"q\" 'r'\r\n\n  \nRECONCILER_VAR_b2=\nRECONCILER_VAR_b2= two "
    )
    told = runner.run("Run", {"command": "plan", "variables": variables})
    assert told.out == "a=b $HOME `id` \"q\" 'r'| two |unset|"


@pytest.mark.parametrize(
    "line",
    ["PATH=/tmp", "RECONCILER_VAR_=x", "RECONCILER_VAR_A", "AIRBYTE_API_URL=hush", "x RECONCILER_VAR_A=hush"],
)
def test_a_variable_of_another_name_is_refused_and_not_shown(
    runner: Runner, install_program: Install, line: str
) -> None:
    install_program(ECHO)
    told = runner.run("Run", {"command": "plan", "variables": f"RECONCILER_VAR_OK=1\n{line}\n"})
    assert (told.code, told.out) == (64, "")
    assert told.err == "variables, line 2: write RECONCILER_VAR_NAME=value\n"


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 130])
def test_exit_code_of_the_program_is_the_step_s(runner: Runner, install_program: Install, code: int) -> None:
    install_program(f"exit {code}")
    assert runner.run("Run", {"command": "plan"}).code == code


def test_the_program_is_the_process_that_the_runner_signals(runner: Runner, install_program: Install) -> None:
    install_program('trap "echo heard; exit 130" INT; echo $$; while :; do sleep 0.05; done')
    script = next(s for s in read_yaml(runner.action / "action.yml")["runs"]["steps"] if s["name"] == "Run")[
        "run"
    ]
    file = runner.temp / "step.sh"
    file.write_text(script, encoding="utf-8")
    environ = {
        **runner.environ,
        "INPUT_COMMAND": "plan",
        "GITHUB_ACTION_PATH": str(runner.action),
        "RUNNER_TEMP": str(runner.temp),
    }
    process = subprocess.Popen(
        [*SHELL, file],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert int(process.stdout.readline()) == process.pid
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert (out, process.returncode) == ("heard\n", 130)


def test_plan_of_the_real_program_sets_outputs_summary_and_plan_file(
    runner: Runner, install_program: Install
) -> None:
    install_program()
    page = runner.temp / "plan.html"
    told = runner.run("Run", {"command": "plan", "environment": "sandbox", "html": str(page)})
    assert told.code == 0, told.err
    assert (told.outputs["exit-code"], told.outputs["creates"], told.outputs["drift"]) == ("0", "1", "0")
    plan = json.loads(Path(told.outputs["plan-file"]).read_text(encoding="utf-8"))
    assert plan["digest"] == told.outputs["plan-digest"]
    assert "sample-data" in told.summary
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_apply_and_drift_of_the_real_program_on_the_sandbox(runner: Runner, install_program: Install) -> None:
    install_program()
    digest = runner.run("Run", {"command": "plan"}).outputs["plan-digest"]
    applied = runner.run("Run", {"command": "apply", "expect-digest": digest})
    assert (applied.code, applied.outputs["created"]) == (0, "1")
    drift = runner.run("Run", {"command": "drift"})
    assert (drift.code, drift.outputs["exit-code"], drift.outputs["creates"]) == (0, "0", "0")
    assert drift.outputs["unmanaged"] == "1"


def test_drift_that_is_found_fails_the_step(
    runner: Runner, install_program: Install, checkout: Project
) -> None:
    install_program()
    runner.run("Run", {"command": "apply"})
    checkout.add(presets="{seed: 7}")
    told = runner.run("Run", {"command": "drift"})
    assert (told.code, told.outputs["exit-code"], told.outputs["drift"]) == (2, "2", "1")


def test_apply_of_another_plan_than_the_expected_one_creates_nothing(
    runner: Runner, install_program: Install
) -> None:
    install_program()
    told = runner.run("Run", {"command": "apply", "expect-digest": f"sha256:{'0' * 64}"})
    assert (told.code, told.outputs["exit-code"]) == (4, "4")
    assert runner.run("Run", {"command": "plan"}).outputs["creates"] == "1"


def test_without_credentials_manifests_are_checked_offline(
    runner: Runner, install_program: Install, checkout: Project
) -> None:
    install_program()
    organization = "7c60d51f-b44e-4682-87d6-449835ea4de6"
    checkout.write(
        "reconciler.yaml", f"version: 1\nenvironments: {{production: {{organizationId: {organization}}}}}\n"
    )
    told = runner.run("Run", {"command": "plan", "html": str(runner.temp / "plan.html")})
    assert (told.code, told.outputs["plan-file"], told.outputs["plan-digest"]) == (0, "", "")
    assert "nothing was compared" in told.summary.lower() + told.out.lower()
    assert "nothing was compared" in (runner.temp / "plan.html").read_text(encoding="utf-8")


def test_a_manifest_that_the_server_would_refuse_fails_the_step(
    runner: Runner, install_program: Install, checkout: Project
) -> None:
    install_program()
    checkout.write("manifests/broken.yaml", "apiVersion: reconciler/v1\nkind: SourceTemplate\n")
    told = runner.run("Run", {"command": "plan"})
    assert (told.code, told.outputs["exit-code"]) == (3, "3")
    assert "::error file=manifests/broken.yaml,line=1" in told.out
