"""`ci apply` after a merge: the account on the pull request, and what was reviewed against what is applied."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from github.github_double import HEAD, JOB_TOKEN, READ, Account, answered, days_ago
from github.workflow import BASE, Workflow, outputs_of
from warm_program import PROGRAM

from reconciler.github.comments import Marker, parse_marker


def merge(workflow: Workflow, sha: str = BASE, number: int = 7) -> None:
    pull = workflow.state.pulls[number]
    pull.merged_at, pull.merge_commit_sha = workflow.state.now, sha


@pytest.fixture
def reviewed(workflow: Workflow) -> Workflow:
    """A pull request with one new manifest, planned and merged."""
    workflow.state.pull()
    workflow.project.add()
    workflow.pull_request()
    merge(workflow)
    return workflow


def markers(workflow: Workflow) -> list[Marker]:
    found = [parse_marker(body) for body in workflow.state.bodies()]
    return [marker for marker in found if marker is not None and marker.kind == "apply"]


def test_merged_pull_request_hears_what_was_created(reviewed: Workflow) -> None:
    step = reviewed.push()
    assert step.code == 0
    assert reviewed.server.posts() == 1
    created = [e.template_id for e in reviewed.server.store.ledger() if e.method == "POST" and e.template_id]
    _, body = reviewed.state.bodies()
    assert str(created[0]) in body
    assert str(created[0]) in step.summary
    assert (step.outputs["exit-code"], step.outputs["creates"], step.outputs["created"]) == ("0", "1", "1")
    assert step.annotations == []


def test_plan_of_the_same_manifests_has_the_same_digest_on_both_sides_of_the_merge(
    reviewed: Workflow,
) -> None:
    plan = parse_marker(reviewed.state.bodies()[0])
    assert plan is not None
    assert reviewed.push().outputs["plan-digest"] == plan.facts["plan"]


def test_repeated_step_of_one_run_has_one_comment(reviewed: Workflow) -> None:
    reviewed.push()
    reviewed.steps -= 1
    reviewed.project.add("second", title="Second")
    reviewed.push()
    assert len(markers(reviewed)) == 1


def test_second_run_of_the_commit_has_nothing_to_add_and_is_no_surprise(reviewed: Workflow) -> None:
    reviewed.push()
    again = reviewed.push()
    assert again.code == 0
    assert again.annotations == []
    assert len(markers(reviewed)) == 1


def test_run_that_mends_a_failed_one_says_so(reviewed: Workflow) -> None:
    reviewed.project.add("second", title="Second")
    assert reviewed.push("--max-creates", "1").code == 4
    assert [marker.facts["exit"] for marker in markers(reviewed)] == ["4"]
    assert reviewed.push().code == 0
    assert [marker.facts["exit"] for marker in markers(reviewed)] == ["4", "0"]


def test_another_merge_in_between_is_a_warning_that_says_what_moved(reviewed: Workflow) -> None:
    reviewed.project.add("second", title="Second")
    step = reviewed.push()
    assert step.code == 0
    (warning,) = step.annotations
    assert "not the plan reviewed in #7: manifests changed (another change was merged) since then" in warning
    assert "manifests changed" in step.summary
    assert "manifests changed" in reviewed.state.bodies()[1]


def test_server_that_moved_since_the_review_is_a_warning(reviewed: Workflow) -> None:
    other = reviewed.project.add("other", title="Other")
    reviewed.push(sha="c" * 40)
    other.unlink()
    (reviewed.project.root / "manifests/sample-data.yaml").touch()
    step = reviewed.push()
    assert any("templates on the server changed since then" in line for line in step.annotations)


def test_expected_digest_that_is_not_the_one_of_now_creates_nothing(reviewed: Workflow) -> None:
    step = reviewed.push("--expect-digest", f"sha256:{'0' * 64}")
    assert (step.code, step.outputs["exit-code"], step.outputs["created"]) == (4, "4", "0")
    assert reviewed.server.posts() == 0
    assert "Nothing was created" in reviewed.state.bodies()[1]


def test_expected_digest_is_applied(reviewed: Workflow) -> None:
    plan = parse_marker(reviewed.state.bodies()[0])
    assert plan is not None
    assert reviewed.push("--expect-digest", plan.facts["plan"]).code == 0
    assert reviewed.server.posts() == 1


def test_reviewed_plan_and_a_digest_may_be_demanded_together(reviewed: Workflow) -> None:
    plan = parse_marker(reviewed.state.bodies()[0])
    assert plan is not None
    both = ("--expect-digest", "reviewed", "--expect-digest")
    assert reviewed.push(*both, f"sha256:{'0' * 64}").code == 4
    reviewed.project.add("second", title="Second")
    now = reviewed.call("plan", "-f", "json").document["digest"]
    assert reviewed.push(*both, now).code == 4
    (reviewed.project.root / "manifests/second.yaml").unlink()
    assert reviewed.server.posts() == 0
    assert reviewed.push(*both, plan.facts["plan"]).code == 0


def test_reviewed_plan_may_be_demanded(reviewed: Workflow) -> None:
    reviewed.project.add("second", title="Second")
    assert reviewed.push("--expect-digest", "reviewed").code == 4
    assert reviewed.server.posts() == 0
    (reviewed.project.root / "manifests/second.yaml").unlink()
    assert reviewed.push("--expect-digest", "reviewed").code == 0
    assert reviewed.server.posts() == 1
    assert reviewed.push("--expect-digest", "reviewed").code == 0


def test_reviewed_plan_that_does_not_exist_creates_nothing(workflow: Workflow) -> None:
    workflow.project.add()
    step = workflow.push("--expect-digest", "reviewed")
    assert (step.code, step.outputs["exit-code"]) == (4, "4")
    assert "no reviewed plan" in step.summary
    assert workflow.server.posts() == 0


def test_commit_that_was_pushed_after_the_plan_was_never_reviewed(reviewed: Workflow) -> None:
    reviewed.state.pulls[7].head = "e" * 40
    step = reviewed.push()
    assert step.code == 0
    assert any("was merged without a plan" in line for line in step.annotations)
    assert reviewed.push("--expect-digest", "reviewed").code == 4


def test_copied_plan_comment_of_somebody_else_is_no_review(workflow: Workflow) -> None:
    workflow.state.pull()
    merge(workflow)
    workflow.project.add()
    forged = Marker("plan", "production", ".", {"plan": f"sha256:{'0' * 64}", "sha": HEAD}).line
    workflow.state.comment(7, forged, {"login": "mallory", "type": "User"})
    step = workflow.push()
    assert any("#7 has no plan comment" in line for line in step.annotations)


MALLORY = {"login": "mallory", "type": "User"}
BOT = Account().user


def forged(workflow: Workflow, *names: str) -> str:
    """The plan comment with the digests of what a push would apply now: a second manifest that nobody reviewed."""
    workflow.project.add("second", title="Second")
    document = workflow.call("plan", "-f", "json").document
    now = {"plan": document["digest"], **document["digests"]}
    marker = parse_marker(workflow.state.comments[0].body)
    assert marker is not None
    facts = {**marker.facts, **{name: now[name] for name in names}}
    return replace(marker, facts=facts).line + workflow.state.comments[0].body.removeprefix(marker.line)


def test_plan_comment_that_somebody_edited_is_no_review(reviewed: Workflow) -> None:
    comment = reviewed.state.comments[0]
    comment.edit(forged(reviewed, "plan", "manifests", "live"), MALLORY, days_ago(reviewed.state, 1))
    told = "#7 was edited by mallory at "
    step = reviewed.push("--expect-digest", "reviewed")
    assert (step.code, reviewed.server.posts()) == (4, 0)
    assert told in step.run.out
    assert "edited by mallory" in step.summary
    plain = reviewed.push()
    assert plain.code == 0
    assert any(told in line and "was not compared with it" in line for line in plain.annotations)


def test_person_with_the_bots_name_is_not_the_bot(reviewed: Workflow) -> None:
    comment = reviewed.state.comments[0]
    namesake = {"login": "github-actions", "type": "User"}
    comment.edit(comment.body, namesake, days_ago(reviewed.state, 1))
    step = reviewed.push("--expect-digest", "reviewed")
    assert (step.code, reviewed.server.posts()) == (4, 0)
    assert "edited by github-actions at" in step.run.err


def test_plan_comment_that_was_written_after_the_merge_is_no_review(reviewed: Workflow) -> None:
    late = reviewed.state.now + timedelta(seconds=1)
    reviewed.state.comments[0].edit(forged(reviewed, "plan", "manifests", "live"), BOT, late)
    step = reviewed.push("--expect-digest", "reviewed")
    assert (step.code, reviewed.server.posts()) == (4, 0)
    assert "after the merge: nobody reviewed it" in step.run.err
    reviewed.state.comments[0].edited_at, reviewed.state.comments[0].created_at = None, late
    assert reviewed.push("--expect-digest", "reviewed").code == 4


@pytest.mark.parametrize("forgery", [("plan",), ("plan", "live"), ("plan", "manifests")])
def test_digests_that_are_not_of_one_plan_are_refused_whoever_wrote_them(
    reviewed: Workflow, forgery: tuple[str, ...]
) -> None:
    reviewed.project.add("third", title="Third")
    reviewed.push(sha="c" * 40)
    posts = reviewed.server.posts()
    reviewed.state.comments[0].edit(forged(reviewed, *forgery), BOT, days_ago(reviewed.state, 1))
    step = reviewed.push("--expect-digest", "reviewed")
    assert (step.code, reviewed.server.posts()) == (4, posts)
    assert "the digests in the plan comment are not of one plan: the comment was edited" in step.run.out


def test_workflow_with_our_token_can_write_the_review(reviewed: Workflow) -> None:
    """A limit that SECURITY.md names."""
    text = forged(reviewed, "plan", "manifests", "live")
    reviewed.state.comments[0].edit(text, BOT, days_ago(reviewed.state, 1))
    assert reviewed.push("--expect-digest", "reviewed").code == 0


def test_apply_by_hand_asks_for_no_branch(workflow: Workflow) -> None:
    """A limit that SECURITY.md names."""
    workflow.project.add()
    workflow.prepare("merge_group", {"repository": {"default_branch": "main"}}, GITHUB_REF_NAME="feature")
    assert workflow.call("apply", "--yes").code == 0
    assert workflow.server.posts() == 1


def test_our_own_edits_before_the_merge_are_the_review(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    workflow.pull_request()
    workflow.project.add("second", title="Second")
    workflow.pull_request()
    assert workflow.state.comments[0].edits == 1
    merge(workflow)
    step = workflow.push("--expect-digest", "reviewed")
    assert (step.code, step.annotations, workflow.server.posts()) == (0, [], 2)


def test_where_github_does_not_name_the_editor_that_is_said(reviewed: Workflow) -> None:
    reviewed.state.accounts[JOB_TOKEN] = Account(graphql=False)
    comment = reviewed.state.comments[0]
    comment.edit(comment.body, MALLORY, days_ago(reviewed.state, 1))
    comment.created_at = days_ago(reviewed.state, 2)
    step = reviewed.push("--expect-digest", "reviewed")
    assert (step.code, reviewed.server.posts()) == (0, 1)
    (warning,) = step.annotations
    assert "GitHub does not say who edited the plan comment of #7 last at " in warning


def test_comment_that_was_never_changed_is_ours_without_asking_who_edited_it(reviewed: Workflow) -> None:
    reviewed.state.accounts[JOB_TOKEN] = Account(graphql=False)
    step = reviewed.push("--expect-digest", "reviewed")
    assert (step.code, step.annotations) == (0, [])


def test_push_without_a_pull_request_is_told_in_the_summary_only(workflow: Workflow) -> None:
    workflow.project.add()
    step = workflow.push()
    assert step.code == 0
    assert "created and read back equal" in step.summary
    assert workflow.state.writes() == []


def test_open_or_foreign_pull_requests_with_the_commit_hear_nothing(workflow: Workflow) -> None:
    workflow.state.pull(7, commits=(BASE,))
    other = workflow.state.pull(8, commits=(BASE,), base="release")
    other.merged_at = workflow.state.now
    workflow.project.add()
    workflow.push()
    assert workflow.state.comments == []


def test_rebase_merge_is_found_by_its_branch(workflow: Workflow) -> None:
    workflow.state.pull(7, commits=(BASE,)).merged_at = workflow.state.now
    workflow.project.add()
    workflow.push()
    assert len(workflow.state.bodies(7)) == 1


def test_pull_request_whose_merge_made_the_commit_hears_of_it_not_one_that_carried_it_on(
    workflow: Workflow,
) -> None:
    state = workflow.state
    made = state.pull(7, merge_commit_sha=BASE)
    made.merged_at = days_ago(state, 1)
    state.pull(8, commits=(BASE,)).merged_at = state.now
    workflow.project.add()
    workflow.push()
    assert (len(state.bodies(7)), state.bodies(8)) == (1, [])


def test_comment_that_may_not_be_written_changes_nothing(reviewed: Workflow) -> None:
    reviewed.state.accounts[JOB_TOKEN] = Account(permissions=READ)
    step = reviewed.push()
    assert (step.code, reviewed.server.posts()) == (0, 1)
    assert any("add `pull-requests: write`" in line for line in step.annotations)


def test_comment_that_was_lost_makes_a_red_run_and_the_template_stays(reviewed: Workflow) -> None:
    reviewed.state.on("POST", "comments", answered(422, "broken"))
    step = reviewed.push()
    assert (step.code, step.outputs["created"], reviewed.server.posts()) == (1, "1", 1)
    assert reviewed.push().code == 0
    assert reviewed.server.posts() == 1


def test_github_that_cannot_be_asked_for_the_review_does_not_stop_the_push(reviewed: Workflow) -> None:
    reviewed.state.on("GET", "/pulls$", answered(422, "no commit"))
    step = reviewed.push()
    assert (step.code, reviewed.server.posts()) == (1, 1)
    assert any("no look at the reviewed plan" in line for line in step.annotations)


def test_what_is_not_merged_is_not_applied(workflow: Workflow) -> None:
    workflow.state.pull()
    workflow.project.add()
    payload = {"pull_request": {"number": 7, "head": {"sha": HEAD, "repo": None}}}
    step = workflow.step("pull_request", payload, ("apply",))
    assert step.code == 4
    assert workflow.server.requests() == []
    assert workflow.step("pull_request", payload, ("apply", "--sandbox")).code == 0


@pytest.mark.parametrize(
    ("event", "branch"),
    [
        ("merge_group", "gh-readonly-queue/main/pr-7-" + "a" * 40),
        ("issue_comment", "main"),
        ("workflow_run", "main"),
        ("pull_request_target", "main"),
        ("repository_dispatch", "main"),
        ("schedule", "main"),
        ("release", "v1"),
        ("push", "feature"),
        ("push", "mai"),
        ("workflow_dispatch", "feature"),
        ("", "main"),
    ],
)
def test_only_a_push_or_a_manual_start_on_the_default_branch_may_create(
    workflow: Workflow, event: str, branch: str
) -> None:
    workflow.project.add()
    payload = {"repository": {"default_branch": "main"}}
    step = workflow.step(event, payload, ("apply",), GITHUB_REF_NAME=branch)
    assert (step.code, step.outputs["exit-code"]) == (4, "4")
    assert "only a push to main and a manual start on it may create" in step.run.err
    assert "`applyBranches` of an environment" in step.run.err
    assert "may create" in step.summary
    assert workflow.server.requests() == []


def test_tag_is_no_branch_and_an_event_without_a_default_branch_creates_nothing(workflow: Workflow) -> None:
    workflow.project.add()
    assert workflow.push(GITHUB_REF_TYPE="tag").code == 4
    step = workflow.step("push", {}, ("apply",))
    assert step.code == 4
    assert "the default branch (which the event does not name)" in step.run.err
    assert workflow.server.requests() == []


def test_manual_start_on_the_default_branch_creates(workflow: Workflow) -> None:
    workflow.project.add()
    payload = {"repository": {"default_branch": "main"}}
    assert workflow.step("workflow_dispatch", payload, ("apply",)).code == 0
    assert workflow.server.posts() == 1


@pytest.mark.parametrize(("branch", "code"), [("release/2", 0), ("prod", 0), ("main", 4), ("releases", 4)])
def test_an_environment_may_name_its_branches(workflow: Workflow, branch: str, code: int) -> None:
    workflow.project.add()
    file = workflow.project.root / "reconciler.yaml"
    file.write_text(f"{file.read_text()}    applyBranches: [prod, release/*]\n")
    assert workflow.push(GITHUB_REF_NAME=branch).code == code


@pytest.mark.parametrize(
    ("source", "branch", "code"),
    [
        ("push", "main", 0),
        ("web", "main", 0),
        ("push", "feature", 4),
        ("merge_request_event", "", 4),
        ("schedule", "main", 4),
        ("trigger", "main", 4),
        ("parent_pipeline", "main", 4),
        ("", "main", 4),
    ],
)
def test_gitlab_creates_for_the_same_runs(workflow: Workflow, source: str, branch: str, code: int) -> None:
    workflow.project.add()
    workflow.project.environment |= {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main"}
    workflow.project.environment |= {"CI_PIPELINE_SOURCE": source, "CI_COMMIT_BRANCH": branch}
    told = workflow.call("ci", "apply")
    assert (told.code, workflow.server.posts()) == (code, 0 if code else 1)


def test_outside_of_any_pipeline_the_call_is_the_consent(workflow: Workflow) -> None:
    workflow.project.add()
    assert workflow.call("ci", "apply").code == 0
    assert workflow.server.posts() == 1


def test_plan_file_of_the_same_run_is_applied_exactly(workflow: Workflow) -> None:
    workflow.project.add()
    plan = workflow.step("push", {}, ("plan",)).outputs["plan-file"]
    assert workflow.push(plan).code == 0
    assert workflow.server.posts() == 1
    workflow.project.add("second", title="Second")
    assert workflow.push(plan).code == 4


def test_without_credentials_nothing_is_applied(workflow: Workflow) -> None:
    workflow.project.add()
    step = workflow.push(AIRBYTE_CLIENT_ID="", AIRBYTE_CLIENT_SECRET="")
    assert (step.code, step.outputs["exit-code"]) == (1, "1")
    assert "no credentials in the environment" in step.summary


@pytest.mark.parametrize("digest", ["latest", "sha256:abc", "sha256:" + "G" * 64, ""])
def test_wrong_digest_is_a_wrong_command_line(workflow: Workflow, digest: str) -> None:
    assert workflow.push("--expect-digest", digest).code == 64


def test_outputs_name_the_exit_code_that_a_lost_stdout_makes(reviewed: Workflow) -> None:
    files = reviewed.prepare("push", {"repository": {"default_branch": "main"}})
    with open("/dev/full", "w", encoding="utf-8") as full:
        code = subprocess.run(
            [PROGRAM, "ci", "apply"],
            cwd=reviewed.project.root,
            env={**os.environ, **reviewed.project.environment},
            stdout=full,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=60,
        ).returncode
    assert (code, outputs_of(files["output"])["exit-code"], reviewed.server.posts()) == (1, "1", 1)
    assert [marker.facts["exit"] for marker in markers(reviewed)] == ["1"]


def test_report_on_github_that_cannot_be_made_loses_nothing_else(
    reviewed: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result so large that its Markdown does not fit into memory."""

    def too_large(*_: object, **__: object) -> str:
        raise MemoryError

    monkeypatch.setattr("reconciler.report.markdown.apply_markdown", too_large)
    step = reviewed.push()
    assert (step.code, step.outputs["exit-code"], step.outputs["created"]) == (1, "1", "1")
    assert "read back equal" in step.run.out
    assert "::error title=reconciler::no step summary: internal error (MemoryError)" in step.run.out
    assert "::error title=reconciler::no comment on #7: internal error (MemoryError)" in step.run.out
