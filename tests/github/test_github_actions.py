"""What the runner's environment and the event's payload are taken for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.github.actions import Actions, PullRequest, read_actions
from reconciler.model.credentials import url_mistake

HEAD = "b" * 40


def environ(tmp_path: Path, payload: object, **more: str) -> dict[str, str]:
    event = tmp_path / "event.json"
    event.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "acme/templates",
        "GITHUB_SHA": "c" * 40,
        "GITHUB_REF_NAME": "7/merge",
        "GITHUB_RUN_ID": "42",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_SERVER_URL": "https://github.example",
    } | more


def pull(number: Any = 7, sha: Any = HEAD, repo: Any = "acme/templates") -> dict[str, Any]:
    full = None if repo is None else {"full_name": repo}
    return {"pull_request": {"number": number, "head": {"sha": sha, "repo": full}, "title": "::error::x"}}


def test_outside_actions_nothing_is_known_and_nothing_is_wrong() -> None:
    assert read_actions({}) == Actions()


def test_pull_request_event_names_the_head_of_its_branch(tmp_path: Path) -> None:
    actions = read_actions(environ(tmp_path, pull()))
    assert actions.pull_request == PullRequest(7, HEAD, is_fork=False)
    assert actions.run == "42.2"
    assert actions.run_url == "https://github.example/acme/templates/actions/runs/42/attempts/2"
    assert actions.notes == ()


@pytest.mark.parametrize("repo", ["stranger/templates", None])
def test_branch_elsewhere_or_gone_is_a_fork(tmp_path: Path, repo: str | None) -> None:
    found = read_actions(environ(tmp_path, pull(repo=repo))).pull_request
    assert found is not None
    assert found.is_fork


def test_letter_case_of_the_repository_makes_no_fork(tmp_path: Path) -> None:
    found = read_actions(environ(tmp_path, pull(repo="Acme/Templates"))).pull_request
    assert found is not None
    assert not found.is_fork


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        {},
        {"pull_request": 1},
        pull(number="7"),
        pull(number=True),
        pull(number=-1),
        pull(number=2**60),
        pull(sha="HEAD"),
        pull(sha="b" * 39),
        pull(sha=f"{HEAD}\n"),
        pull(sha=["b"]),
    ],
)
def test_payload_that_is_not_githubs_gives_no_pull_request(tmp_path: Path, payload: object) -> None:
    actions = read_actions(environ(tmp_path, payload))
    assert actions.pull_request is None
    assert len(actions.notes) <= 1


def test_missing_payload_file_is_told(tmp_path: Path) -> None:
    variables = environ(tmp_path, {}, GITHUB_EVENT_PATH=str(tmp_path / "none"))
    assert read_actions(variables).notes == (
        "the event's payload (GITHUB_EVENT_PATH) cannot be read as a JSON object",
    )


@pytest.mark.parametrize("event", ["push", "pull_request_target", "schedule", "issue_comment"])
def test_other_events_have_no_pull_request_to_comment_on(tmp_path: Path, event: str) -> None:
    assert read_actions(environ(tmp_path, pull(), GITHUB_EVENT_NAME=event)).pull_request is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_REPOSITORY", "acme/../x"),
        ("GITHUB_REPOSITORY", "acme/.."),
        ("GITHUB_REPOSITORY", "acme/a?b"),
        ("GITHUB_SHA", "main"),
        ("GITHUB_RUN_ID", "1/../2"),
        ("GITHUB_API_URL", "http://api.github.com"),
        ("GITHUB_SERVER_URL", "javascript:alert(1)"),
    ],
)
def test_variable_that_is_not_githubs_is_left_out_with_a_note(tmp_path: Path, name: str, value: str) -> None:
    (note,) = read_actions(environ(tmp_path, pull(), **{name: value})).notes
    assert note.startswith(name)
    assert value not in note


def test_dependabot_is_known_by_its_actor(tmp_path: Path) -> None:
    assert read_actions(environ(tmp_path, pull(), GITHUB_ACTOR="dependabot[bot]")).is_dependabot
    assert not read_actions(environ(tmp_path, pull(), GITHUB_ACTOR="dependabot")).is_dependabot


def test_tag_is_no_branch(tmp_path: Path) -> None:
    variables = environ(tmp_path, {}, GITHUB_EVENT_NAME="push", GITHUB_REF_NAME="v1", GITHUB_REF_TYPE="tag")
    assert read_actions(variables).branch is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://api.github.com", True),
        ("https://ghe.example/api/v3", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:1", True),
        ("http://ghe.example", False),
        ("https://u:p@ghe.example", False),
        ("https://ghe.example?x=1", False),
        ("https://ghe.example#f", False),
        ("https://ghe example", False),
        ("https://[", False),
        ("https://ghe.example:port", False),
        ("https:///x", False),
        ("https://ghe\\.example", False),
    ],
)
def test_token_may_travel_to_https_or_this_machine_only(url: str, *, safe: bool) -> None:
    assert (url_mistake(url) == "") is safe
