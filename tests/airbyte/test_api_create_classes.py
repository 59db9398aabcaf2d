"""The table of create outcomes: only what is proved is called refused or unsent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories import ORGANIZATION, template_id

from reconciler.airbyte.api import (
    CreateAnswer,
    Created,
    NewTemplate,
    Rejected,
    Throttled,
    Unauthorized,
    Unclear,
    Unsent,
)
from reconciler.airbyte.client import created
from reconciler.airbyte.public import REFUSALS, public_rules
from reconciler.airbyte.refusals import classify_answer, classify_failure
from reconciler.errors import EndpointMoved, Unreachable, UnusableAnswer
from reconciler.http.message import Answer

CREATE = public_rules("https://h/v1").create(
    ORGANIZATION, NewTemplate("dfd88b22-b603-4c3d-aad7-3701784586b1", {})
)
PROBLEM = {"status": 0, "type": "about:blank", "title": "t", "detail": "d", "data": None}
HTML = b"<html>an error page</html>"


def classified(status: int, body: Any = None, **headers: str) -> CreateAnswer:
    data = body if isinstance(body, bytes) else json.dumps(body or PROBLEM).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Answer(status, named, data)
    return classify_answer(REFUSALS, CREATE, answer, created, now=1_800_000_000.0)


def test_a_uuid_with_status_200_is_the_only_success() -> None:
    assert classified(200, {"id": template_id(7).upper()}) == Created(template_id(7))


@pytest.mark.parametrize("body", [b"", HTML, b"{}", b"null", {"id": "x"}, {"id": None}, b'{"id": "', [1]])
def test_200_without_a_usable_id_is_unclear(body: Any) -> None:
    answer = classified(200, body)
    assert isinstance(answer, Unclear)
    assert isinstance(answer.error, UnusableAnswer)


@pytest.mark.parametrize("status", [400, 403, 405, 413, 415])
@pytest.mark.parametrize("body", [PROBLEM, HTML, b""])
def test_complete_refusals_before_the_insert_are_rejections(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Rejected)


def test_moved_endpoint_is_a_rejection_and_says_so() -> None:
    answer = classified(301, {**PROBLEM, "type": "error:embedded/endpoint-moved"})
    assert isinstance(answer, Rejected)
    assert isinstance(answer.error, EndpointMoved)


VALIDATOR = "json schema validation failed when comparing the data to the json schema. \nErrors: $.a: b"


@pytest.mark.parametrize(
    "body",
    [{**PROBLEM, "data": {"message": VALIDATOR}}, {**PROBLEM, "detail": VALIDATOR}, {"errorId": "e"}],
)
def test_422_of_the_validator_and_for_an_unreadable_body_are_rejections(body: Any) -> None:
    assert isinstance(classified(422, body), Rejected)


@pytest.mark.parametrize(
    "body",
    [PROBLEM, HTML, b"", {**PROBLEM, "data": {"message": "connection closed"}}, b'{"errorId": "e'],
)
def test_every_other_422_is_unclear_because_the_database_is_read_again_after_the_insert(body: Any) -> None:
    assert isinstance(classified(422, body), Unclear)


@pytest.mark.parametrize("status", [404, 409])
@pytest.mark.parametrize("body", [PROBLEM, {"errorId": "e"}, HTML, b"", b"{}", b'{"status": 404'])
def test_answers_that_may_come_after_the_insert_are_unclear(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Unclear)


@pytest.mark.parametrize(
    "status",
    [201, 202, 204, 206, 299, 300, 301, 302, 303, 304, 307, 308, 402, 406, 408, 410, 418, 425, 451, 499],
)
@pytest.mark.parametrize("body", [{"id": template_id(1)}, PROBLEM, b""])
def test_every_other_answer_is_unclear(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Unclear)


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 599])
def test_a_server_error_is_unclear_because_the_row_may_be_stored(status: int) -> None:
    assert isinstance(classified(status, PROBLEM, retry_after="1"), Unclear)


def test_refused_token_is_its_own_class() -> None:
    assert isinstance(classified(401, HTML), Unauthorized)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 5.0),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
        ({"retry_after": "60"}, 60.0),
        ({"retry_after": "61"}, None),
        ({"retry_after": "Fri, 15 Jan 2027 08:01:01 GMT"}, None),
        ({"retry_after": "nonsense"}, 5.0),
    ],
)
def test_throttled_create_tells_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    answer = classified(429, PROBLEM, **headers)
    assert isinstance(answer, Throttled)
    assert answer.wait_seconds == seconds


def test_a_connection_that_was_never_made_is_unsent() -> None:
    error = Unreachable("m", method="POST", path="/p", sent=False)
    assert classify_failure(error) == Unsent(error)


def test_a_connection_that_broke_is_unclear() -> None:
    error = Unreachable("m", method="POST", path="/p", sent=True)
    assert classify_failure(error) == Unclear(error)


def test_an_answer_that_cannot_be_read_is_unclear() -> None:
    error = UnusableAnswer("m", method="POST", path="/p", status=422)
    assert classify_failure(error) == Unclear(error)
