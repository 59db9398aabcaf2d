"""The one drift issue of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from github.github_double import JOB_TOKEN, READ, Account, Issue, State, answered, days_ago

from reconciler.github.comments import Marker
from reconciler.github.drift_issue import LABEL, Did, Findings, Reported, report_clean, report_findings
from reconciler.github.refusals import NotAllowed

if TYPE_CHECKING:
    from github.conftest import Desk

PERSON = {"login": "mallory", "type": "User"}


def marker(found: str = "none", environment: str = "production", kind: str = "drift") -> Marker:
    return Marker(kind, environment, ".", {"findings": found})


def findings(found: str = "a", environment: str = "production", text: str = "") -> Findings:
    mark = marker(found, environment)
    note = marker(found, environment, "drift-note")
    return Findings(
        mark, f"Drift in {environment}", f"{mark.line}\nfound {found}{text}", f"{note.line}\nnow {found}"
    )


def drift(desk: Desk, found: str = "a", environment: str = "production", text: str = "") -> Reported:
    return desk.do(lambda g: report_findings(g, findings(found, environment, text)))


def clean(desk: Desk, environment: str = "production") -> Reported:
    mark, note = marker("none", environment), marker("none", environment, "drift-note")
    return desk.do(lambda g: report_clean(g, mark, f"{note.line}\nclean", f"{mark.line}\nok"))


def test_drift_opens_one_issue_with_its_label(desk: Desk, state: State) -> None:
    reported = drift(desk)
    (issue,) = state.drift_issues()
    assert (reported.did, reported.number) == (Did.OPENED, issue.number)
    assert issue.labels == [LABEL]
    assert issue.title == "Drift in production"
    assert state.labels[LABEL] == "d93f0b"


def test_same_drift_is_not_told_again(desk: Desk, state: State) -> None:
    drift(desk)
    state.requests.clear()
    assert drift(desk).did is Did.UNCHANGED
    assert state.writes() == []


def test_other_values_of_the_same_findings_are_edited_in_without_a_comment(desk: Desk, state: State) -> None:
    number = drift(desk).number
    assert drift(desk, "a", text=" seed 8").did is Did.UPDATED
    assert state.issues[number].body.endswith("seed 8")
    assert state.bodies(number) == []


def test_changed_findings_are_told_once_in_a_comment(desk: Desk, state: State) -> None:
    number = drift(desk).number
    drift(desk, "b")
    drift(desk, "b")
    assert [body.split("\n")[1] for body in state.bodies(number)] == ["now b"]
    assert state.issues[number].body.endswith("found b")


def test_clean_closes_with_a_comment_and_then_nothing_is_left_to_do(desk: Desk, state: State) -> None:
    number = drift(desk).number
    assert clean(desk).did is Did.CLOSED
    assert (state.issues[number].state, state.issues[number].state_reason) == ("closed", "completed")
    assert [body.split("\n")[1] for body in state.bodies(number)] == ["clean"]
    state.requests.clear()
    assert clean(desk).did is Did.NOTHING
    assert state.writes() == []


@pytest.mark.parametrize(("days", "did"), [(13, Did.REOPENED), (15, Did.OPENED)])
def test_drift_that_returns_within_two_weeks_reopens_its_issue(
    desk: Desk, state: State, days: int, did: Did
) -> None:
    first = drift(desk).number
    clean(desk)
    state.issues[first].closed_at = days_ago(state, days)
    reported = drift(desk)
    assert reported.did is did
    assert (reported.number == first) is (did is Did.REOPENED)
    assert len(state.drift_issues()) == 1


def test_issue_that_somebody_closed_while_drift_stays_is_reopened(desk: Desk, state: State) -> None:
    number = drift(desk).number
    state.issues[number].state, state.issues[number].closed_at = "closed", state.now
    assert drift(desk).did is Did.REOPENED
    assert state.bodies(number)[0].endswith("now a")


def test_last_closed_issue_is_the_one_reopened(desk: Desk, state: State) -> None:
    first = drift(desk).number
    clean(desk)
    state.issues[first].closed_at = days_ago(state, 20)
    second = drift(desk).number
    clean(desk)
    state.issues[first].closed_at = days_ago(state, 3)
    assert drift(desk).number == second


def test_each_environment_has_its_own_issue(desk: Desk, state: State) -> None:
    drift(desk, environment="production")
    drift(desk, environment="staging")
    clean(desk, environment="staging")
    assert [issue.title for issue in state.drift_issues()] == ["Drift in production"]


def test_of_several_the_oldest_is_kept_and_the_others_closed_with_a_pointer(desk: Desk, state: State) -> None:
    first = drift(desk).number
    copies = [state.number() for _ in range(2)]
    for number in copies:
        state.issues[number] = Issue(
            number, Account().user, "Drift", state.issues[first].body, [LABEL], state.now
        )
    reported = drift(desk)
    assert (reported.number, reported.doubles) == (first, tuple(copies))
    assert [issue.number for issue in state.drift_issues()] == [first]
    assert f"#{first}" in state.bodies(copies[0])[0]


def test_persons_issue_with_our_label_or_our_marker_is_left_alone(desk: Desk, state: State) -> None:
    theirs = [
        Issue(1, PERSON, "Mine", "our drift", [LABEL], state.now),
        Issue(2, PERSON, "Copied", findings().body, [LABEL], state.now),
        Issue(3, Account().user, "No label", findings().body, [], state.now),
    ]
    state.issues |= {issue.number: issue for issue in theirs}
    assert drift(desk).did is Did.OPENED
    assert clean(desk).did is Did.CLOSED
    assert [issue.state for issue in theirs] == ["open"] * 3


def test_pull_request_with_label_and_marker_is_no_issue(desk: Desk, state: State) -> None:
    state.pull()
    state.issues[7].labels, state.issues[7].body = [LABEL], findings().body
    state.issues[7].user = Account().user
    assert drift(desk).number != 7


def test_issue_of_a_maintainers_token_is_taken_over_by_the_jobs_own(desk: Desk, state: State) -> None:
    number = drift(desk).number
    state.issues[number].user, state.issues[number].association = PERSON, "MEMBER"
    assert drift(desk).did is Did.UNCHANGED


def test_issues_switched_off_are_a_refusal_with_the_setting_to_change(desk: Desk, state: State) -> None:
    state.issues_enabled = False
    with pytest.raises(NotAllowed) as caught:
        drift(desk)
    assert caught.value.status == 410
    assert "switch them on" in caught.value.help


def test_token_without_the_permission_opens_nothing(desk: Desk, state: State) -> None:
    state.accounts[JOB_TOKEN] = Account(permissions=READ)
    with pytest.raises(NotAllowed) as caught:
        drift(desk)
    assert "add `issues: write`" in caught.value.help
    assert state.drift_issues() == []


def test_issue_that_github_strips_of_its_label_is_closed_again(desk: Desk, state: State) -> None:
    state.accounts[JOB_TOKEN] = Account(may_label=False)
    reported = drift(desk)
    assert (reported.did, reported.unlabelled) == (Did.CLOSED, True)
    assert state.drift_issues() == []


def test_label_that_exists_or_appears_meanwhile_is_no_trouble(desk: Desk, state: State) -> None:
    state.on("GET", "labels", answered(404))
    state.labels[LABEL] = "000000"
    assert drift(desk).did is Did.OPENED
    assert state.labels[LABEL] == "000000"


def test_issue_is_opened_once_when_the_answer_was_lost(desk: Desk, state: State) -> None:
    state.on("POST", "/issues$", answered(502), after=True)
    reported = drift(desk)
    assert [issue.number for issue in state.drift_issues()] == [reported.number]


def test_comment_comes_before_the_edit_that_would_silence_it(desk: Desk, state: State) -> None:
    number = drift(desk).number
    state.on("PATCH", "/issues/", *[answered(422, "no")])
    with pytest.raises(Exception, match="422"):
        drift(desk, "b")
    assert drift(desk, "b").did is Did.UPDATED
    assert [body.split("\n")[1] for body in state.bodies(number)] == ["now b", "now b"]
