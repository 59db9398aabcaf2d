"""One comment of ours on a pull request, whoever else writes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from github.github_double import HEAD, JOB_TOKEN, READ, Account, State, answered

from reconciler.github.comments import Did, Marker, Posted, put_comment, says_the_same
from reconciler.github.refusals import NotAllowed

if TYPE_CHECKING:
    from github.conftest import Desk

PERSON = {"login": "mallory", "type": "User"}


def body(text: str = "plan", environment: str = "production", **facts: str) -> str:
    return f"{Marker('plan', environment, '.', facts).line}\n{text}"


def put(
    desk: Desk, text: str, *, environment: str = "production", create: bool = True, head: str = HEAD
) -> Posted:
    key = Marker("plan", environment).key
    return desk.do(
        lambda g: put_comment(g, 7, text, matches=lambda m: m.key == key, create=create, head=head)
    )


def test_first_comment_is_created_and_then_edited_in_place(desk: Desk, state: State) -> None:
    state.pull()
    assert put(desk, body("one")).did is Did.CREATED
    assert put(desk, body("two")).did is Did.EDITED
    assert state.bodies() == [body("two")]


def test_equal_comment_is_left_alone_even_when_the_run_is_another(desk: Desk, state: State) -> None:
    state.pull()
    put(desk, body("see https://github.example/a/b/actions/runs/1/attempts/1"))
    posted = put(desk, body("see https://github.example/a/b/actions/runs/22/attempts/3") + "\n")
    assert posted.did is Did.UNCHANGED
    assert state.comments[0].edits == 0


def test_line_ends_make_no_difference() -> None:
    assert says_the_same("a\r\nb\r\n", "a\nb")
    assert not says_the_same("a\nb", "a\nc")


def test_comment_is_found_on_any_page(desk: Desk, state: State) -> None:
    state.pull()
    for _ in range(120):
        state.comment(7, "chatter", PERSON)
    put(desk, body("one"))
    for _ in range(120):
        state.comment(7, "chatter", PERSON)
    assert put(desk, body("two")).did is Did.EDITED
    assert [b for b in state.bodies() if b != "chatter"] == [body("two")]


def test_copied_marker_of_somebody_else_is_left_alone(desk: Desk, state: State) -> None:
    state.pull()
    state.comment(7, body("fake"), PERSON)
    state.comment(7, body("fake")).user = None
    assert put(desk, body("real")).did is Did.CREATED
    assert state.bodies() == [body("fake"), body("fake"), body("real")]


def test_each_environment_has_its_own_comment(desk: Desk, state: State) -> None:
    state.pull()
    put(desk, body("one", "production"))
    put(desk, body("two", "staging -->"), environment="staging -->")
    put(desk, body("three", "staging -->"), environment="staging -->")
    assert state.bodies() == [body("one", "production"), body("three", "staging -->")]


def test_older_run_never_overwrites_a_newer_one(desk: Desk, state: State) -> None:
    state.pull(head="f" * 40)
    put(desk, body("new"), head="f" * 40)
    assert put(desk, body("old"), head=HEAD).did is Did.OUTDATED
    assert state.bodies() == [body("new")]


def test_older_run_creates_nothing_either(desk: Desk, state: State) -> None:
    state.pull(head="f" * 40)
    assert put(desk, body("old"), head=HEAD).did is Did.OUTDATED
    assert state.bodies() == []


def test_no_changes_is_said_only_where_a_comment_was(desk: Desk, state: State) -> None:
    state.pull()
    assert put(desk, body("nothing"), create=False).did is Did.ABSENT
    assert state.bodies() == []
    put(desk, body("changes"))
    assert put(desk, body("nothing"), create=False).did is Did.EDITED
    assert state.bodies() == [body("nothing")]


def test_of_several_the_oldest_is_kept_and_the_others_point_to_it(desk: Desk, state: State) -> None:
    state.pull()
    for text in ("a", "b", "c"):
        state.comment(7, body(text))
    posted = put(desk, body("now"))
    assert (posted.did, posted.superseded) == (Did.EDITED, 2)
    assert state.bodies() == [body("now"), *[f"Superseded: see {posted.url}."] * 2]
    assert put(desk, body("now")).did is Did.UNCHANGED


def test_read_only_token_is_told_apart_and_changes_nothing(desk: Desk, state: State) -> None:
    state.pull()
    state.accounts[JOB_TOKEN] = Account(permissions=READ)
    with pytest.raises(NotAllowed) as caught:
        put(desk, body())
    assert "add `pull-requests: write`" in caught.value.help
    assert state.bodies() == []


def test_locked_conversation_is_a_refusal_not_a_fault(desk: Desk, state: State) -> None:
    state.pull(locked=True)
    with pytest.raises(NotAllowed, match="locked"):
        put(desk, body())


def test_comment_that_was_deleted_meanwhile_is_told(desk: Desk, state: State) -> None:
    state.pull()
    put(desk, body("one"))
    state.on("PATCH", "comments", answered(404, "Not Found"))
    with pytest.raises(NotAllowed):
        put(desk, body("two"))
