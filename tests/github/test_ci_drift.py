"""`ci drift` on a schedule: one issue, and when it is left alone."""

from __future__ import annotations

from dataclasses import replace

import factories
import pytest
from github.github_double import JOB_TOKEN, READ, Account, answered
from github.workflow import Workflow

from reconciler.cli.ci.drift import findings_fingerprint
from reconciler.planning.plan import build_plan


@pytest.fixture
def synced(workflow: Workflow) -> Workflow:
    """A project whose one template is live."""
    workflow.project.add()
    workflow.push()
    return workflow


def drifted(workflow: Workflow, seed: int = 7) -> None:
    """Make the manifest differ from what is live."""
    workflow.project.add(presets=f"{{seed: {seed}}}")


def test_drift_is_one_issue_from_its_opening_to_its_end(synced: Workflow) -> None:
    state = synced.state
    assert synced.schedule().code == 0
    assert state.writes() == []
    drifted(synced)
    step = synced.schedule()
    assert (step.code, step.outputs["exit-code"], step.outputs["drift"]) == (2, "2", "1")
    (issue,) = state.drift_issues()
    assert issue.title == "Drift: Airbyte templates of production differ from git"
    assert "/partialDefaultConfig/seed" in issue.body
    drifted(synced, 8)
    synced.schedule()
    assert state.bodies(issue.number) == []
    synced.project.add(presets="{seed: 8, records_per_slice: 5}")
    synced.schedule()
    (news,) = state.bodies(issue.number)
    assert "What differs now" in news
    synced.project.add()
    assert synced.schedule().code == 0
    assert issue.state == "closed"
    assert "In sync again" in state.bodies(issue.number)[-1]
    drifted(synced)
    synced.schedule()
    assert issue.state == "open"
    assert len([i for i in state.issues.values() if not i.is_pull]) == 1


def test_unmanaged_template_opens_no_issue(synced: Workflow) -> None:
    (ours,) = synced.server.store.templates_of(factories.ORGANIZATION)
    by_hand = replace(ours, id=factories.template_id(1), presets='{"seed": 1}')
    synced.server.store.insert_template(by_hand)
    step = synced.schedule()
    assert (step.code, step.outputs["unmanaged"]) == (0, "1")
    assert synced.state.drift_issues() == []


def test_issue_stays_open_while_a_form_is_not_compared(synced: Workflow) -> None:
    drifted(synced)
    synced.schedule()
    (issue,) = synced.state.drift_issues()
    manifest = synced.project.add()
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.partition("  partialUserConfigSpec:")[0], encoding="utf-8")
    step = synced.schedule()
    assert (step.code, step.outputs["drift"], step.outputs["not-compared"]) == (2, "0", "1")
    assert issue.state == "open"
    assert "**1 form was not compared.**" in issue.body
    assert "#### Equal presets, form not compared: 1 template" in issue.body
    assert "What differs now" in synced.state.bodies(issue.number)[-1]
    assert "reconciler connectors lock" in issue.body
    assert "reconciler connectors lock" in step.run.out
    assert any("1 form not compared: sample-data" in line for line in step.annotations)
    manifest.write_text(text, encoding="utf-8")
    assert synced.schedule().code == 0
    assert issue.state == "closed"


def test_another_organization_that_is_not_read_is_news() -> None:
    there = build_plan([factories.manifest()], [factories.state()], factories.target())
    told = {
        findings_fingerprint(replace(there, unread_organizations=ids)) for ids in ((), ("a",), ("a", "b"))
    }
    assert len(told) == 3


def test_incomplete_read_neither_opens_nor_closes(synced: Workflow) -> None:
    drifted(synced)
    synced.schedule()
    (issue,) = synced.state.drift_issues()
    body = issue.body
    bound = synced.project.root / "manifests/sample-data.yaml"
    text = bound.read_text(encoding="utf-8")
    missing = "  templateId: 00000000-0000-4000-8000-0000000000aa\n"
    bound.write_text(text.replace("spec:\n", f"spec:\n{missing}", 1), encoding="utf-8")
    step = synced.schedule()
    assert step.code == 4
    assert any("not complete" in line for line in step.annotations)
    assert (issue.state, issue.body) == ("open", body)
    synced.state.issues.clear()
    assert synced.schedule().code == 4
    assert synced.state.drift_issues() == []


def test_failed_run_neither_opens_nor_closes(synced: Workflow) -> None:
    drifted(synced)
    synced.schedule()
    synced.project.add()
    step = synced.schedule(AIRBYTE_CLIENT_SECRET="wrong")
    assert (step.code, step.outputs["exit-code"]) == (1, "1")
    assert "The drift issue was left as it is." in step.run.err
    assert len(synced.state.drift_issues()) == 1


@pytest.mark.parametrize("why", ["off", "forbidden"])
def test_issue_that_may_not_be_written_is_a_warning_and_the_exit_code_is_drifts_own(
    synced: Workflow, why: str
) -> None:
    if why == "off":
        synced.state.issues_enabled = False
    else:
        synced.state.accounts[JOB_TOKEN] = Account(permissions=READ)
    drifted(synced)
    step = synced.schedule()
    assert step.code == 2
    assert any(line.startswith("::warning title=reconciler::no drift issue") for line in step.annotations)
    assert "/partialDefaultConfig/seed" in step.summary


def test_github_in_trouble_turns_no_failed_run_green_and_a_clean_one_red(synced: Workflow) -> None:
    synced.state.on("GET", "/issues$", answered(422, "broken"))
    assert synced.schedule().code == 1
    drifted(synced)
    synced.state.on("GET", "/issues$", answered(422, "broken"))
    assert synced.schedule().code == 2


def test_run_on_another_branch_leaves_the_issue_alone(synced: Workflow) -> None:
    drifted(synced)
    step = synced.schedule(GITHUB_REF_NAME="feature")
    assert step.code == 2
    assert synced.state.writes() == []
    assert "the branch feature" in step.run.err


def test_run_on_a_pull_request_leaves_the_issue_alone(synced: Workflow) -> None:
    drifted(synced)
    payload = {"pull_request": {"number": 7, "head": {"sha": "a" * 40}}}
    assert synced.step("pull_request", payload, ("drift",)).code == 2
    assert synced.state.writes() == []


def test_several_open_issues_become_one(synced: Workflow) -> None:
    drifted(synced)
    synced.schedule()
    (first,) = synced.state.drift_issues()
    number = synced.state.number()
    synced.state.issues[number] = type(first)(**{**vars(first), "number": number})
    step = synced.schedule()
    assert [issue.number for issue in synced.state.drift_issues()] == [first.number]
    assert any("several drift issues were open" in line for line in step.annotations)


def test_issue_that_lost_its_label_is_told_and_closed(synced: Workflow) -> None:
    synced.state.accounts[JOB_TOKEN] = Account(may_label=False)
    drifted(synced)
    step = synced.schedule()
    assert step.code == 2
    assert any("dropped its label" in line for line in step.annotations)


def test_hundreds_of_findings_fit_into_one_issue(synced: Workflow) -> None:
    for number in range(300):
        synced.project.add(f"template-{number:03}", title=f"{'Long title ' * 30}{number}")
    step = synced.schedule()
    (issue,) = synced.state.drift_issues()
    assert len(issue.body) <= 65_536
    assert step.outputs["creates"] == "300"
