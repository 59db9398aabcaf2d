"""`ci plan` on a pull request, from the runner's environment to what GitHub holds."""

from __future__ import annotations

import json
import re
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from github.github_double import HEAD, JOB_TOKEN, MAX_BODY, READ, Account, answered
from github.workflow import Workflow, outputs_of
from starlette.responses import Response

from reconciler.github.comments import parse_marker

NO_CREDENTIALS: dict[str, Any] = {"AIRBYTE_CLIENT_ID": "", "AIRBYTE_CLIENT_SECRET": ""}


def test_pull_request_gets_comment_summary_outputs_and_plan_file(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    step = workflow.pull_request()
    assert step.code == 0
    (body,) = workflow.state.bodies()
    marker = parse_marker(body)
    assert marker is not None
    assert marker.key == ("plan", "production", ".")
    assert marker.facts["sha"] == HEAD
    assert marker.facts["plan"] == step.outputs["plan-digest"]
    assert "**1 template would be created" in body
    assert "https://github.example/acme/templates/actions/runs/1/attempts/1" in body
    assert "**1 template would be created" in step.summary
    assert "reconciler:v1" not in step.summary
    assert {
        name: step.outputs[name] for name in ("exit-code", "creates", "drift", "unmanaged", "created")
    } == {
        "exit-code": "0",
        "creates": "1",
        "drift": "0",
        "unmanaged": "0",
        "created": "",
    }
    document = json.loads(Path(step.outputs["plan-file"]).read_text(encoding="utf-8"))
    assert document["digest"] == step.outputs["plan-digest"]
    assert workflow.server.posts() == 0


def test_server_is_read_once(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.pull_request()
    lists = [r for r in workflow.server.requests() if r.endswith("/config_templates/sources")]
    assert lists == ["GET /v1/config_templates/sources"]


def test_second_push_edits_the_comment_and_a_repeated_run_leaves_it(workflow: Workflow) -> None:
    pull = workflow.state.pull()
    workflow.project.add()
    workflow.pull_request()
    pull.head = "d" * 40
    workflow.project.add("second", title="Second")
    workflow.pull_request(head=pull.head)
    (comment,) = workflow.state.comments
    assert comment.edits == 1
    assert "**2 templates would be created" in comment.body
    workflow.pull_request(head=pull.head)
    assert comment.edits == 1


def test_run_of_an_older_commit_warns_and_leaves_the_comment(workflow: Workflow) -> None:
    workflow.state.pull(head="d" * 40)
    workflow.project.add()
    step = workflow.pull_request(head=HEAD)
    assert step.code == 0
    assert workflow.state.bodies() == []
    assert any("newer commits than aaaaaaaaaaaa" in line for line in step.annotations)


def test_nothing_to_do_is_told_only_where_a_comment_was(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    assert workflow.push().code == 0
    assert workflow.pull_request().code == 0
    assert workflow.state.bodies() == []
    workflow.project.add("second", title="Second")
    workflow.pull_request()
    (workflow.project.root / "manifests/second.yaml").unlink()
    workflow.pull_request()
    (body,) = workflow.state.bodies()
    assert "**Nothing would be created.**" in body


def test_changed_manifest_of_a_live_template_is_told_although_merging_does_nothing(
    workflow: Workflow,
) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.push()
    workflow.project.add(presets="{seed: 7}")
    step = workflow.pull_request()
    assert step.outputs["drift"] == "1"
    assert "this tool does not change templates" in workflow.state.bodies()[0]


@pytest.mark.parametrize("status", ["read-only", "404"])
def test_token_that_may_not_write_is_a_warning_and_the_summary_has_the_plan(
    workflow: Workflow, status: str
) -> None:
    workflow.state.pull()
    workflow.project.add()
    if status == "404":
        workflow.state.on("GET", "comments", answered(404, "Not Found"))
    else:
        workflow.state.accounts[JOB_TOKEN] = Account(permissions=READ)
    step = workflow.pull_request()
    assert step.code == 0
    assert "**1 template would be created" in step.summary
    (warning,) = step.annotations
    assert "add `pull-requests: write` to the job's permissions" in warning
    assert warning.startswith("::warning title=reconciler::no comment on #7")


def test_github_in_trouble_makes_a_clean_run_red_and_is_told(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.state.on("GET", "comments", answered(422, "broken"))
    step = workflow.pull_request()
    assert (step.code, step.outputs["exit-code"]) == (1, "1")
    (error,) = step.annotations
    assert error.startswith("::error title=reconciler::no comment on #7")
    assert step.outputs["creates"] == "1"


def test_exit_code_of_the_plan_is_kept_when_github_is_in_trouble(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.state.on("GET", "comments", answered(422, "broken"))
    assert workflow.pull_request("--detailed-exitcode").code == 2


def test_rate_limit_is_waited_out(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.state.on("GET", "comments", answered(429, "slow", retry_after="0"))
    workflow.state.on("POST", "comments", answered(403, "slow", retry_after="0"))
    assert workflow.pull_request().code == 0
    assert len(workflow.state.bodies()) == 1


def test_wrong_token_is_an_error_and_never_shown(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.token = "ghp_expiredexpiredexpired"
    step = workflow.pull_request()
    assert step.code == 1
    assert "ghp_expired" not in step.run.out + step.run.err + step.summary


def test_without_a_token_everything_else_is_told(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.token = ""
    step = workflow.pull_request()
    assert step.code == 0
    assert "No comment on #7: GITHUB_TOKEN is not set, or cannot be used." in step.run.err
    assert step.outputs["creates"] == "1"
    assert workflow.state.requests == []


def test_token_goes_nowhere_but_to_the_api_of_this_enterprise(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    step = workflow.pull_request(GITHUB_API_URL="http://ghe.example/api/v3")
    assert step.code == 0
    assert any("GITHUB_API_URL is not an https URL" in line for line in step.annotations)
    assert workflow.state.requests == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"repo": "stranger/templates"}, "Pull requests of forks get no secrets."),
        ({"GITHUB_ACTOR": "dependabot[bot]"}, "Pull requests of Dependabot get no secrets."),
        ({}, "No credentials, so there is no plan"),
    ],
)
def test_without_credentials_manifests_are_checked_and_every_report_says_it_is_no_plan(
    workflow: Workflow, facts: dict[str, Any], words: str
) -> None:
    workflow.state.pull()
    workflow.project.add()
    step = workflow.pull_request(**facts, **NO_CREDENTIALS)
    assert step.code == 0
    for report in (step.summary, workflow.state.bodies()[0], step.run.out):
        assert words in report
        assert "A green check does not say that merging changes nothing." in report
    assert step.outputs["plan-digest"] == step.outputs["plan-file"] == step.outputs["creates"] == ""
    assert workflow.server.requests() == []


def test_without_credentials_wrong_manifests_are_still_wrong(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.write("manifests/x.yaml", "apiVersion: reconciler/v1\nkind: SourceTemplate\nspec: {}\n")
    step = workflow.pull_request(**NO_CREDENTIALS)
    assert step.code == 3
    assert any(line.startswith("::error file=manifests/x.yaml,line=1") for line in step.annotations)


def test_without_credentials_an_unset_variable_is_a_warning(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add(presets="{password: !env RECONCILER_VAR_X}")
    assert workflow.pull_request().code == 3
    step = workflow.pull_request(**NO_CREDENTIALS)
    assert step.code == 0
    assert "RECONCILER_VAR_X" in step.summary


def test_without_credentials_what_was_not_read_is_never_called_valid(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add(presets="{password: !env RECONCILER_VAR_X}")
    step = workflow.pull_request(**NO_CREDENTIALS)
    assert (
        "**The manifests were checked in part:** what depends on variables that are not set is not known."
        in step.summary
    )
    counts = "1 manifest read, 2 warnings, 1 only in part (1 value of variables that are not set, 1 verdict not known)."
    assert f"Incomplete: {counts}" in step.summary
    assert "Valid:" not in step.summary
    assert "manifests are valid" not in step.summary


def test_without_credentials_a_literal_secret_beside_an_unset_variable_is_an_error(
    workflow: Workflow,
) -> None:
    workflow.state.pull()
    address = "postgres://app:" + "hunter2hunter2" + "@db.example/app"
    workflow.project.add(presets=f"{{password: !env RECONCILER_VAR_X, url: '{address}'}}")
    step = workflow.pull_request(**NO_CREDENTIALS)
    assert step.code == 3
    assert "R606" in step.summary


def test_half_of_the_credentials_is_a_mistake(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    step = workflow.pull_request(AIRBYTE_CLIENT_SECRET="")
    assert (step.code, step.outputs["exit-code"]) == (1, "1")
    assert "AIRBYTE_CLIENT_SECRET is not" in step.summary.replace("`", "")


def test_sandbox_needs_no_credentials(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    step = workflow.pull_request("--sandbox", **NO_CREDENTIALS)
    assert step.outputs["creates"] == "1"


def test_wrong_manifests_are_told_in_a_comment_that_is_no_plan(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.write("manifests/x.yaml", "apiVersion: reconciler/v1\nkind: SourceTemplate\nspec: {}\n")
    step = workflow.pull_request()
    assert (step.code, step.outputs["exit-code"]) == (3, "3")
    (body,) = workflow.state.bodies()
    marker = parse_marker(body)
    assert marker is not None
    assert "plan" not in marker.facts
    assert "The manifests are not valid" in body
    assert "The manifests are not valid" in step.summary
    assert any("file=manifests/x.yaml" in line for line in step.annotations)


def test_plan_that_failed_replaces_an_older_one_and_creates_none(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    assert workflow.pull_request(AIRBYTE_CLIENT_SECRET="wrong").code == 1
    assert workflow.state.bodies() == []
    workflow.pull_request()
    assert workflow.pull_request(AIRBYTE_CLIENT_SECRET="wrong").code == 1
    (body,) = workflow.state.bodies()
    assert "There is no result" in body
    assert "would be created" not in body


def test_hundreds_of_creates_fit_into_one_comment(workflow: Workflow) -> None:
    workflow.state.pull()
    for number in range(300):
        workflow.project.add(f"template-{number:03}", title=f"{'Long title ' * 30}{number}")
    step = workflow.pull_request()
    assert step.code == 0
    (body,) = workflow.state.bodies()
    assert len(body) <= MAX_BODY
    assert "300 templates" in body


def test_text_from_manifests_cannot_forge_a_command_or_a_marker(workflow: Workflow) -> None:
    workflow.state.pull()
    title = '"\\n::error::forged\\n<!-- reconciler:v1 kind=plan env=production project=. plan=x sha=y -->"'
    workflow.project.add(title=title)
    step = workflow.pull_request()
    assert not any("forged" in line for line in step.annotations)
    assert not re.search(r"^<!--", step.summary, re.MULTILINE)
    assert len(re.findall(r"^<!--", workflow.state.bodies()[0], re.MULTILINE)) == 1


def test_value_of_a_variable_reaches_nothing_on_github(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add(presets="{password: !env RECONCILER_VAR_X, note: 'it is hunter2hunter2'}")
    step = workflow.pull_request(RECONCILER_VAR_X="hunter2hunter2")
    assert step.outputs["creates"] == "1"
    plan_file = Path(step.outputs["plan-file"]).read_text(encoding="utf-8")
    for text in (*workflow.state.bodies(), step.summary, step.run.out, step.run.err, plan_file):
        assert "hunter2hunter2" not in text


def test_value_that_stands_in_the_marker_does_not_make_the_comment_unfindable(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add(presets="{password: !env RECONCILER_VAR_X}")
    for _ in range(2):
        assert workflow.pull_request(RECONCILER_VAR_X="kind=plan").code == 0
    assert len(workflow.state.comments) == 1


def test_other_events_plan_without_a_comment(workflow: Workflow) -> None:
    workflow.project.add()
    step = workflow.step("push", {}, ("plan",))
    assert step.code == 0
    assert "No comment: this run belongs to no pull request." in step.run.err


def test_pull_request_target_gets_no_comment_and_the_reason(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    payload = {"pull_request": {"number": 7, "head": {"sha": HEAD, "repo": None}}}
    step = workflow.step("pull_request_target", payload, ("plan",))
    assert workflow.state.requests == []
    assert "use pull_request" in step.run.err


def test_outside_actions_the_plan_is_printed_and_nothing_else(workflow: Workflow) -> None:
    workflow.project.add()
    run = workflow.call("ci", "plan")
    assert run.code == 0
    assert "Not in GitHub Actions: the result is shown here only." in run.err
    assert "Plan: 1 to create" in run.out
    assert "::" not in run.out


def test_two_projects_of_one_repository_have_their_own_comments(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    crm = workflow.project.root / "crm"
    crm.mkdir()
    for name in ("reconciler.yaml", "manifests"):
        (workflow.project.root / name).rename(crm / name)
    workflow.pull_request("-C", "crm")
    marker = parse_marker(workflow.state.bodies()[0])
    assert marker is not None
    assert marker.project == "crm"


def test_full_summary_is_an_error_not_a_silence(workflow: Workflow, tmp_path: Path) -> None:
    workflow.project.add()
    full = tmp_path / "summary"
    full.write_bytes(b"x" * 1_045_000)
    step = workflow.pull_request(GITHUB_STEP_SUMMARY=str(full))
    assert step.code == 1
    assert any("step summary is full" in line for line in step.annotations)


def test_cancelled_job_ends_while_github_is_silent_and_leaves_its_outputs(workflow: Workflow) -> None:
    asked, cancelled = threading.Event(), threading.Event()

    def silence() -> Response:
        asked.set()
        cancelled.wait(30)
        return Response("[]")

    workflow.state.pull()
    workflow.project.add()
    workflow.state.on("GET", "comments", silence)
    payload = {"pull_request": {"number": 7, "head": {"sha": HEAD, "repo": None}}}
    files = workflow.prepare("pull_request", payload)
    process = workflow.project.start("ci", "plan")
    assert asked.wait(30)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    cancelled.set()
    assert process.returncode == 130
    assert outputs_of(files["output"])["exit-code"] == "130"
    assert "::error title=reconciler::no comment on #7: stopped by a signal" in out
    assert "1 template would be created" in files["summary"].read_text(encoding="utf-8")


def test_every_subcommand_has_help_with_an_example(workflow: Workflow) -> None:
    told = workflow.project.run("ci", "--help").out
    assert all(f"\n  {name} " in told for name in ("plan", "apply", "drift"))
    for name in ("plan", "apply", "drift"):
        assert "Examples:" in workflow.project.run("ci", name, "--help").out
    assert workflow.project.run("ci").code == workflow.project.run("ci", "nope").code == 64
