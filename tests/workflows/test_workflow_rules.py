"""What every workflow of this repository, and every workflow that `init` writes, must keep to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from workflows.workflow_runner import read_yaml

from reconciler.cli.ci.pipeline import OUTPUTS
from reconciler.starter import (
    Ci,
    Layout,
    Tool,
    pipeline_files,
)

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
ACTION_FILE = GITHUB / "actions" / "reconcile" / "action.yml"
ACTION = read_yaml(ACTION_FILE)
REUSABLE = {name: read_yaml(GITHUB / "workflows" / f"{name}.yml") for name in ("plan", "apply", "drift")}
WORKFLOWS = {path.name: read_yaml(path) for path in sorted((GITHUB / "workflows").glob("*.yml"))}
FILES = [*(GITHUB / "workflows").glob("*.yml"), ACTION_FILE]

OWN_ACTION = "$/.github/actions/reconcile"
ALLOWED = {
    "actions/checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "actions/setup-python": "5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
    "actions/upload-artifact": "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
}
TOOL = Tool("acme/tool", "0123456789abcdef0123456789abcdef01234567")


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The workflows of a project that `init` has started, by the name of the reusable one that each calls."""
    folder = tmp_path_factory.mktemp("callers")
    found = {}
    for file in pipeline_files(Layout(), TOOL, Ci.GITHUB):
        path = folder / Path(file.path).name
        path.write_text(file.text, encoding="utf-8")
        found[path.stem.removeprefix("reconciler-")] = read_yaml(path)
    return found


def jobs(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from workflow["jobs"].values()


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in jobs(workflow):
        yield from job.get("steps", ())


def runs_of_the_action(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for step in steps(workflow) if step.get("uses") == OWN_ACTION]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_action_is_known_and_pinned_by_its_commit(file: Path) -> None:
    used = re.findall(r"uses: (.+)", file.read_text(encoding="utf-8"))
    foreign = [text for text in used if text != OWN_ACTION]
    assert [text for text in foreign if text not in {f"{name}@{pin}" for name, pin in ALLOWED.items()}] == []


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_no_expression_stands_in_a_script(file: Path) -> None:
    document = read_yaml(file)
    all_steps = document["runs"]["steps"] if "runs" in document else list(steps(document))
    assert [step["run"] for step in all_steps if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_rights_are_asked_for_by_each_job_and_by_nothing_else(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {}
    assert all(job["permissions"].get("contents") == "read" for job in jobs(workflow))
    assert all(int(job["timeout-minutes"]) <= 30 for job in jobs(workflow))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_runs_foreign_code_with_rights(name: str) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(WORKFLOWS[name]["on"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_checkout_leaves_its_token_behind(name: str) -> None:
    checkouts = [
        step for step in steps(WORKFLOWS[name]) if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkouts
    assert [step["with"]["persist-credentials"] for step in checkouts] == ["false"] * len(checkouts)


def test_checkouts_of_manifests_have_the_whole_history() -> None:
    """Earlier revisions decide whose a live template is."""
    for name in ("plan.yml", "apply.yml", "drift.yml"):
        checkouts = [s for s in steps(WORKFLOWS[name]) if s.get("uses", "").startswith("actions/checkout@")]
        assert [step["with"]["fetch-depth"] for step in checkouts] == ["0"] * len(checkouts)


def test_rights_to_write_are_the_comment_and_the_issue_only() -> None:
    writes = {
        name: sorted(
            {right for job in jobs(workflow) for right, kind in job["permissions"].items() if kind == "write"}
        )
        for name, workflow in REUSABLE.items()
    }
    assert writes == {"plan": ["pull-requests"], "apply": ["pull-requests"], "drift": ["issues"]}


def test_the_three_take_the_same_inputs_and_secrets() -> None:
    calls = {name: workflow["on"]["workflow_call"] for name, workflow in REUSABLE.items()}
    assert {frozenset(call["secrets"]) for call in calls.values()} == {frozenset(calls["plan"]["secrets"])}
    assert set(calls["apply"]["inputs"]) - set(calls["plan"]["inputs"]) == {"expect-digest"}
    assert set(calls["drift"]["inputs"]) == set(calls["plan"]["inputs"])


@pytest.mark.parametrize("name", REUSABLE)
def test_every_secret_is_optional_so_that_a_fork_still_gets_an_answer(name: str) -> None:
    secrets = REUSABLE[name]["on"]["workflow_call"]["secrets"]
    assert {spec["required"] for spec in secrets.values()} == {"false"}


@pytest.mark.parametrize("name", REUSABLE)
def test_the_action_gets_inputs_that_it_has_and_gives_outputs_that_it_has(name: str) -> None:
    found = runs_of_the_action(REUSABLE[name])
    assert found
    assert all(set(step["with"]) <= set(ACTION["inputs"]) for step in found)
    text = (GITHUB / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"steps\.\w+\.outputs\.([\w-]+)", text)) <= set(ACTION["outputs"])


def test_the_action_gives_every_output_that_the_program_sets() -> None:
    assert set(ACTION["outputs"]) == {"exit-code", *OUTPUTS}


@pytest.mark.parametrize("name", REUSABLE)
def test_every_read_credential_is_one_that_callers_can_pass(name: str) -> None:
    text = (GITHUB / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"secrets\.(\w+)", text)) == set(REUSABLE[name]["on"]["workflow_call"]["secrets"])


def test_an_apply_is_never_stopped_halfway_and_one_runs_at_a_time() -> None:
    concurrency = REUSABLE["apply"]["jobs"]["apply"]["concurrency"]
    assert concurrency["cancel-in-progress"] == "false"
    assert "inputs.directory" not in concurrency["group"]
    assert "github.ref" not in concurrency["group"]


def test_no_other_job_waits_in_the_group_of_apply() -> None:
    groups = [job["concurrency"]["group"] for workflow in REUSABLE.values() for job in jobs(workflow)]
    assert len(groups) == 4
    assert len({group.split("${{")[0] for group in groups}) == 4


def test_filling_the_sandbox_can_create_nowhere_else() -> None:
    fill, compare = runs_of_the_action(REUSABLE["drift"])
    assert (fill["with"]["command"], fill["with"]["environment"]) == ("apply", "sandbox")
    assert not {"client-id", "client-secret", "bearer-token", "github-token"} & set(fill["with"])
    assert compare["with"]["command"] == "drift"


def test_only_apply_applies() -> None:
    commands = {
        name: [step["with"]["command"] for step in runs_of_the_action(workflow)]
        for name, workflow in REUSABLE.items()
    }
    assert commands == {"plan": ["plan"], "apply": ["plan", "apply"], "drift": ["apply", "drift"]}


def test_callers_run_the_reusable_workflows_at_one_commit(callers: dict[str, Any]) -> None:
    used = {name: [job["uses"] for job in jobs(caller)] for name, caller in callers.items()}
    assert used == {
        name: [f"{TOOL.repository}/.github/workflows/{name}.yml@{TOOL.commit}"] for name in REUSABLE
    }


@pytest.mark.parametrize("name", REUSABLE)
def test_callers_pass_what_is_asked_for_and_no_more(callers: dict[str, Any], name: str) -> None:
    call = REUSABLE[name]["on"]["workflow_call"]
    (job,) = jobs(callers[name])
    required = {name for name, spec in call["inputs"].items() if spec.get("required") == "true"}
    assert required <= set(job["with"]) <= set(call["inputs"])
    assert job["secrets"] == {secret: f"${{{{ secrets.{secret} }}}}" for secret in call["secrets"]}


@pytest.mark.parametrize("name", REUSABLE)
def test_callers_grant_exactly_what_the_jobs_ask_for(callers: dict[str, Any], name: str) -> None:
    (job,) = jobs(callers[name])
    asked: dict[str, str] = {}
    for each in jobs(REUSABLE[name]):
        asked |= each["permissions"]
    assert callers[name]["permissions"] == {}
    assert job["permissions"] == asked


@pytest.mark.parametrize("name", REUSABLE)
def test_everything_is_on_the_sandbox_until_somebody_says_otherwise(
    callers: dict[str, Any], name: str
) -> None:
    (job,) = jobs(callers[name])
    assert job["with"]["environment"] == "${{ vars.RECONCILER_ENVIRONMENT || 'sandbox' }}"
    chosen = "${{ inputs.environment || vars.RECONCILER_ENVIRONMENT || 'sandbox' }}"
    environments = [step["with"]["environment"] for step in runs_of_the_action(REUSABLE[name])]
    assert [text for text in environments if text not in (chosen, "sandbox")] == []


def test_dependabot_knows_every_place_with_pins() -> None:
    updates = read_yaml(GITHUB / "dependabot.yml")["updates"]
    places = {update["package-ecosystem"]: update["directories"] for update in updates}
    assert places == {
        "github-actions": ["/", "/.github/actions/*"],
        "pip": ["/", "/.github/actions/reconcile"],
    }
    assert all(int(update["cooldown"]["default-days"]) >= 7 for update in updates)
