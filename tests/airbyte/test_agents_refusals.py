"""What the Agent API's error answers mean, in both of their shapes: only what is proved counts as refused."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from factories import ORGANIZATION, template_id
from hypothesis import given
from hypothesis import strategies as st

from reconciler.airbyte.agents import agents_rules
from reconciler.airbyte.agents_refusals import REFUSALS
from reconciler.airbyte.api import (
    CreateAnswer,
    Created,
    NewTemplate,
    Rejected,
    Throttled,
    Unauthorized,
    Unclear,
)
from reconciler.airbyte.calls import Call
from reconciler.airbyte.client import created
from reconciler.airbyte.refusals import classify_answer, refusal
from reconciler.http.message import Answer
from reconciler.model.template import SOURCE_TEMPLATE

RULES = agents_rules("https://api.example.com/api/v1")
FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"
TOKEN = RULES.login(ORGANIZATION, "id", "secret")
LIST, CONNECTIONS = RULES.lists(ORGANIZATION)
GET = RULES.get(ORGANIZATION, template_id(1), SOURCE_TEMPLATE)
CREATE = RULES.create(ORGANIZATION, NewTemplate(FAKER, {}))
HTML = b"<html>an error page</html>"


def classified(status: int, body: Any = None, **headers: str) -> CreateAnswer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify_answer(REFUSALS, CREATE, Answer(status, named, data), created, now=1_800_000_000.0)


def told(call: Call, status: int, body: Any) -> tuple[str, str]:
    """Message and help."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    error = refusal(REFUSALS, call, Answer(status, {}, data), now=0.0)
    return error.message, error.help


FIELD = {
    "field": "partial_default_config",
    "message": "unknown member x",
    "error_code": "value_error",
    "details": None,
}
LOC = {"loc": ["body", "name"], "msg": "Input should be a valid string", "type": "string_type", "input": 5}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"message": "no", "errors": []}, "no"),
        ({"message": None, "errors": [FIELD]}, "partial_default_config: unknown member x"),
        ({"message": "invalid", "errors": [FIELD]}, "invalid: partial_default_config: unknown member x"),
        ({"message": "same", "errors": [{"field": None, "message": "same"}]}, "same"),
        ({"message": "same", "errors": [{"field": "a", "message": "same"}]}, "a: same"),
        ({"errors": [{"userPresentableMessage": "for you", "message": "internal"}]}, "for you"),
        ({"errors": [{"error": "text"}, FIELD]}, "text; partial_default_config: unknown member x"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [LOC, {"loc": ["query", "tags", 0], "msg": "too long", "type": "t"}]},
         "body.name: Input should be a valid string; query.tags.0: too long"),
        ({"detail": ["a", "b"]}, "a; b"),
        ({"error": "denied"}, "denied"),
        ({"message": {"text": "x"}, "errors": "many", "detail": {"a": 1}}, ""),
        ({"message": " ", "errors": [None, 3, [], {}]}, ""),
    ],
)  # fmt: skip
def test_both_error_shapes_are_told_in_one_sentence(body: Any, text: str) -> None:
    problem = REFUSALS.problem(json.dumps(body).encode())
    assert problem is not None
    assert problem.text == text


@pytest.mark.parametrize("body", [b"", HTML, b"[]", b"{}", b'"text"', b'{"id": 1}', b"[" * 5000])
def test_what_is_no_error_of_the_agent_api_is_not_taken_for_one(body: bytes) -> None:
    assert REFUSALS.problem(body) is None


SPECIFY = "You are a member of several organizations. Specify target organization with the X-Organization-Id header."


@pytest.mark.parametrize("call", [TOKEN, LIST, GET, CREATE])
@pytest.mark.parametrize("body", [{"message": SPECIFY, "errors": []}, {"detail": SPECIFY}])
def test_the_wish_for_an_organization_is_told_with_the_way_out(call: Call, body: Any) -> None:
    message, help_text = told(call, 400, body)
    assert message == f"{call} answered 400: {SPECIFY}"
    assert help_text == (
        f"the credentials reach several organizations, and X-Organization-Id: {ORGANIZATION}, which was sent, chose none of them:"
        " check organizationId, and that no proxy removes the header"
    )


@pytest.mark.parametrize(
    ("call", "status", "help_text"),
    [
        (LIST, 404, "set `api: public` for the environment"),
        (CONNECTIONS, 404, "set `api: public` for the environment"),
        (TOKEN, 404, "check the url; the Agent API is at https://api.airbyte.ai/api/v1"),
        (TOKEN, 403, "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"),
        (LIST, 403, f"the credentials may not do this in organization {ORGANIZATION}"),
        (GET, 404, "start the run again"),
        (CREATE, 404, "the server does not know this connector"),
        (CREATE, 409, "a template of this name may exist already"),
        (CREATE, 422, "correct the manifest as the message says"),
    ],
)
def test_each_refusal_has_its_next_step(call: Call, status: int, help_text: str) -> None:
    assert help_text in told(call, status, {"detail": "x"})[1]


@pytest.mark.parametrize("status", [200, 201])
def test_a_uuid_with_a_success_is_a_created_template(status: int) -> None:
    body = {"id": template_id(7).upper(), "name": "n", "source_definition_id": FAKER, "new": 1}
    assert classified(status, body) == Created(template_id(7))


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("body", [b"", HTML, {}, {"id": "x"}, {"data": {"id": template_id(1)}}])
def test_a_success_without_a_usable_id_is_unclear(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Unclear)


VALIDATED: list[Any] = [
    {"detail": [LOC]},
    {"detail": [LOC, {"loc": ["body", "mode"], "msg": "m", "type": "t"}]},
    {"message": "invalid", "errors": [FIELD]},
    {"message": None, "errors": [FIELD, {"field": "name", "message": "m"}]},
]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("body", VALIDATED)
def test_the_validation_of_the_request_is_a_rejection(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Rejected)


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        HTML,
        {},
        {"message": "could not be saved", "errors": []},
        {"detail": "could not be saved"},
        {"detail": []},
        {"detail": [LOC, "could not be saved"]},
        {"detail": [{"loc": ["response", "id"], "msg": "m", "type": "t"}]},
        {"detail": [{"loc": [["body"]], "msg": "m"}]},
        {"message": "invalid", "errors": [FIELD, {"field": None, "message": "timeout"}]},
        {"message": "invalid", "errors": [{"field": "", "message": "m"}]},
    ],
)
def test_a_bad_request_that_names_no_part_of_the_request_is_unclear(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Unclear)


TAKEN = [
    "A template named Mine already exists",
    "name is already taken",
    "duplicate key value violates unique constraint",
    "Conflict",
    "The name must be unique",
    "this name is already in use",
]


@pytest.mark.parametrize("status", [400, 403, 409, 413, 422])
@pytest.mark.parametrize("text", TAKEN)
def test_a_name_conflict_is_unclear_whatever_the_status_and_shape(status: int, text: str) -> None:
    shapes: list[Any] = [
        {"message": text, "errors": []},
        {"message": "invalid", "errors": [{**FIELD, "message": text}]},
        {"errors": [{"field": "name", "userPresentableMessage": text}]},
        {"detail": text},
        {"detail": [{"loc": ["body", "name"], "msg": text, "type": "t"}]},
    ]
    for body in shapes:
        answer = classified(status, body)
        assert isinstance(answer, Unclear)
        assert answer.error.help.startswith("a template of this name may exist already")


@pytest.mark.parametrize("status", [403, 405, 413, 415])
@pytest.mark.parametrize("body", [{"message": "Forbidden", "errors": []}, {"detail": "no"}, HTML, b""])
def test_a_refusal_of_sender_method_size_or_type_is_a_rejection(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Rejected)


def test_a_request_without_an_organization_stored_nothing() -> None:
    assert isinstance(classified(400, {"detail": SPECIFY}), Rejected)
    assert isinstance(classified(500, {"detail": SPECIFY}), Unclear)


@pytest.mark.parametrize(
    "status",
    [202, 204, 206, 299, 301, 302, 307, 402, 404, 406, 408, 409, 410, 418, 425, 451, 500, 502, 503, 504],
)
@pytest.mark.parametrize(
    "body", [{"id": template_id(1)}, {"detail": [LOC]}, {"message": "x", "errors": [FIELD]}, b""]
)
def test_every_other_answer_is_unclear(status: int, body: Any) -> None:
    assert isinstance(classified(status, body), Unclear)


def test_a_refused_token_and_a_limit_may_be_tried_once_more() -> None:
    assert isinstance(classified(401, {"detail": "x"}), Unauthorized)
    answer = classified(429, {"message": "slow down", "errors": []}, retry_after="7")
    assert isinstance(answer, Throttled)
    assert answer.wait_seconds == 7.0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(TAKEN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
items = st.fixed_dictionaries(
    {},
    optional={
        "field": json_values,
        "loc": json_values | st.lists(st.sampled_from(["body", "query", "x", 0]), max_size=3),
        "msg": json_values,
        "message": json_values,
        "userPresentableMessage": json_values,
        "error": json_values,
        "new": json_values,
    },
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "message": json_values,
        "errors": st.lists(items | json_values, max_size=3) | json_values,
        "detail": st.lists(items | json_values, max_size=3) | json_values,
        "error": json_values,
        "unknown": json_values,
    },
)


@given(bodies, st.sampled_from([400, 403, 404, 409, 422, 500]))
def test_every_error_body_becomes_one_line_and_a_class(body: Any, status: int) -> None:
    message, help_text = told(CREATE, status, body)
    assert not {unicodedata.category(character) for character in message} & {"Cc", "Cf", "Zl", "Zp"}
    assert len(message) < 620
    assert help_text
    assert isinstance(classified(status, body), Rejected | Unclear)


@given(bodies, json_values)
def test_unknown_members_of_an_error_change_nothing(body: Any, more: Any) -> None:
    assert REFUSALS.problem(json.dumps({**body, "zzz": more}).encode()) == REFUSALS.problem(
        json.dumps(body).encode()
    )


@given(bodies, st.sampled_from([400, 422]))
def test_a_rejection_of_values_always_names_parts_of_the_request_and_no_taken_name(
    body: Any, status: int
) -> None:
    if isinstance(classified(status, body), Rejected):
        lists = [value for value in (body.get("errors"), body.get("detail")) if isinstance(value, list)]
        named = [item for each in lists for item in each]
        assert named
        assert all(isinstance(item, dict) and (item.get("field") or item.get("loc")) for item in named)
        assert not any(taken in told(CREATE, status, body)[0] for taken in TAKEN)
