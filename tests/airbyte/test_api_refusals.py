"""Error answers become errors with the server's useful words and a next step."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from factories import ORGANIZATION, template_id

from reconciler.airbyte.api import NewTemplate
from reconciler.airbyte.calls import Call
from reconciler.airbyte.public import REFUSALS, public_rules
from reconciler.airbyte.refusals import refusal
from reconciler.errors import EndpointMoved, RefusedByServer, UnusableAnswer
from reconciler.http.message import Answer
from reconciler.model.template import SOURCE_TEMPLATE

ROUTES = public_rules("https://api.example.com/v1")
(LIST,) = ROUTES.lists(ORGANIZATION)
GET = ROUTES.get(ORGANIZATION, template_id(1), SOURCE_TEMPLATE)
CREATE = ROUTES.create(ORGANIZATION, NewTemplate("dfd88b22-b603-4c3d-aad7-3701784586b1", {}))
NOW = 1_800_000_000.0
URLS = "a self-managed platform's API is at <host>/api/public/v1"
GONE = (
    "there are no configuration templates at this url. Airbyte Cloud (api.airbyte.com, also where no url is set) has them in the Agent API"
    " at api.airbyte.ai: set `api: agents` for the environment. A self-managed platform has them from 1.7 to 2.1, and lost them if it was"
    " upgraded to 2.2 or later: point the environment at a platform that has them, at <host>/api/public/v1. `reconciler doctor` looks for"
    " the API that answers"
)


def refused(call: Call, status: int, body: Any = b"", **headers: str) -> RefusedByServer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal(REFUSALS, call, Answer(status, named, data), now=NOW)


def document(status: int, message: str | None = None, **members: Any) -> dict[str, Any]:
    base = {"status": status, "type": "about:blank", "title": "a title", "detail": "a detail", "data": None}
    return {**base, "data": None if message is None else {"message": message}, **members}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (document(422, "the message"), "the message"),
        (document(422), "a detail"),
        (document(422, detail=None), "a title"),
        ({"message": "Unauthorized"}, "Unauthorized"),
        ({"errorId": "e-1"}, "errorId e-1"),
        (document(500, " ", detail="", title=None), ""),
    ],
)
def test_the_most_useful_sentence_of_a_problem_document_is_found(body: Any, text: str) -> None:
    problem = REFUSALS.problem(json.dumps(body).encode())
    assert problem is not None
    assert problem.text == text


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'"text"', b'{"a": 1}', b"[" * 5000])
def test_what_is_no_problem_document_is_not_taken_for_one(body: bytes) -> None:
    assert REFUSALS.problem(body) is None


def test_refusal_names_method_path_status_and_the_servers_words() -> None:
    error = refused(CREATE, 422, document(422, "json schema validation failed.\nErrors: $.x: string found"))
    assert error.message == (
        "POST /v1/config_templates/sources answered 422: json schema validation failed. Errors: $.x: string found"
    )
    assert (
        error.help == "the server's validation refused the template: correct the manifest as the message says"
    )
    assert (error.method, error.path, error.status) == ("POST", "/v1/config_templates/sources", 422)


def test_moved_organization_is_told_where_it_lives_now() -> None:
    error = refused(LIST, 301, document(301, type="error:embedded/endpoint-moved"))
    assert isinstance(error, EndpointMoved)
    assert error.message == (
        "GET /v1/config_templates/sources answered 301: this organization now lives on api.airbyte.ai, Airbyte's Agent API"
    )
    assert error.help == (
        "set `api: agents` for the environment: `reconciler doctor` prints the lines for reconciler.yaml"
    )


@pytest.mark.parametrize(
    ("location", "goal"),
    [
        ("https://evil.example/?token=hush", "to evil.example"),
        ("//other.example/x", "to other.example"),
        ("/login?next=hush", "within the same host"),
        ("http://[bad", "within the same host"),
        (None, "without a Location"),
    ],
)
def test_redirect_is_reported_with_its_host_only(location: str | None, goal: str) -> None:
    error = refused(LIST, 302, b"", **({} if location is None else {"location": location}))
    assert not isinstance(error, EndpointMoved)
    assert error.message == (
        f"GET /v1/config_templates/sources answered 302, a redirect {goal}; redirects are never followed"
    )
    assert error.help == f"set the url to the address that answers by itself; {URLS}"


@pytest.mark.parametrize("kind", ["error:license/entitlement", None])
def test_missing_entitlement_has_its_own_next_step(kind: str | None) -> None:
    body = document(403, type=kind, title="License Entitlement Error", detail="Not entitled.")
    error = refused(CREATE, 403, body)
    assert error.message == (
        "POST /v1/config_templates/sources answered 403: License Entitlement Error: Not entitled."
    )
    assert error.help == (
        "Airbyte Embedded is not enabled for this organization, or the connector is not: ask Airbyte;"
        " self-managed platforms need an Enterprise licence with Embedded"
    )


@pytest.mark.parametrize((("call", "role")), [(LIST, "READER"), (GET, "READER"), (CREATE, "ADMIN")])
def test_missing_role_is_named_with_the_organization(call: Call, role: str) -> None:
    error = refused(call, 403, {"message": "Forbidden"})
    assert error.message == f"{call} answered 403: Forbidden"
    assert error.help == (
        f"the application needs the role ORGANIZATION_{role} in organization {ORGANIZATION}: check both"
    )


def test_missing_list_route_names_both_causes() -> None:
    error = refused(LIST, 404, b"<html>Not found</html>")
    assert error.message == "GET /v1/config_templates/sources answered 404"
    assert error.help == GONE


def test_a_web_page_in_place_of_the_list_names_both_causes_too() -> None:
    page = Answer(200, {"content-type": "text/html"}, b"<!doctype html>")
    with pytest.raises(UnusableAnswer) as caught:
        ROUTES.parse_list(LIST, page)
    assert caught.value.help == GONE


@pytest.mark.parametrize("status", [400, 401, 405, 408, 409, 413, 415, 418, 422, 429, 500, 502, 503])
def test_every_refusal_has_a_next_step(status: int) -> None:
    assert refused(CREATE, status).help


def test_hostile_text_is_cut_and_escaped() -> None:
    error = refused(LIST, 500, document(500, "a\x1b[31m\u202eb\x00" + "x" * 5000))
    text = error.message.removeprefix("GET /v1/config_templates/sources answered 500: ")
    assert text.startswith("a\\x1b[31m\\u202eb\\x00")
    assert text.endswith("x...")
    assert len(text) < 540
    assert text.isprintable()


def test_known_secrets_are_hidden_before_the_text_is_cut() -> None:
    answer = Answer(400, {}, json.dumps(document(400, "x" * 495 + "hushhush")).encode())
    error = refusal(REFUSALS, LIST, answer, now=NOW, hide=lambda text: text.replace("hushhush", "***"))
    assert "hus" not in error.message


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The local time of the machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "999999999"}, 999_999_999.0),
        ({"retry-after": "1000000000"}, inf),
        pytest.param({"retry-after": "9" * 64_000}, inf, id="64 KiB of nines"),
        pytest.param({"retry-after": "0" * 64_000 + "7"}, 7.0, id="64 KiB of noughts and a seven"),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 15 Jan 2027 07:59:00 GMT"}, 0.0),
        (
            {"retry-after": "Mon, 01 Jan 2035 00:00:09 GMT", "date": "Mon, 01 Jan 2035 00:00:00 GMT"},
            9.0,
        ),
        ({"retry-after": "Fri, 99 Jan 2027 08:00:30 GMT"}, None),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:30"}, 30.0),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:30 -0000"}, 30.0),
        ({"retry-after": "Fri, 15 Jan 2027 09:00:30 +0100"}, 30.0),
        (
            {"retry-after": "Mon, 01 Jan 2035 00:00:09", "date": "Mon, 01 Jan 2035 00:00:00 GMT"},
            9.0,
        ),
    ],
)
@pytest.mark.usefixtures("zone")
def test_retry_after_is_understood_in_both_forms_wherever_the_run_is(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert Answer(429, headers).retry_after(now=NOW) == seconds


def test_a_wait_beyond_a_minute_becomes_the_next_step() -> None:
    error = refused(LIST, 429, b"", retry_after="300")
    assert (
        error.help == "the server asks to wait 300 s, and a run waits at most 60 s: start it again after that"
    )
