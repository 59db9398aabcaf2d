"""Tokens, roles, entitlement, the moved flag, and paths that do not exist."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.target import SANDBOX_ORGANIZATION_ID
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store, open_store

Client = Any
CREDENTIALS = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}
FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
UNKNOWN_ID = "00000000-0000-4000-8000-0000000000ff"
HEADER = "X-Airbyte-Organization-Id"


def claims_of(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


@pytest.mark.parametrize("grant", [{}, {"grant-type": "client_credentials"}, {"grant_type": "anything"}])
@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_token_is_had_by_json_or_form_and_the_grant_is_ignored(
    client: Client, encoding: str, grant: Any
) -> None:
    answer = client("POST", "/applications/token", **{encoding: {**CREDENTIALS, **grant}})
    assert answer.status_code == 200
    assert {**answer.json(), "access_token": "..."} == {
        "access_token": "...",
        "token_type": "Bearer",
        "expires_in": 900,
    }


def test_the_token_says_itself_when_it_ends(make_client: Callable[..., Client]) -> None:
    client = make_client(token_lifetime_seconds=60)
    answer = client("POST", "/applications/token", json=CREDENTIALS).json()
    assert answer["expires_in"] == 60
    assert claims_of(answer["access_token"])["exp"] == int(client.now) + 60


def test_the_internal_endpoint_answers_the_token_only(client: Client) -> None:
    answer = client("POST", "http://sandbox.invalid/api/v1/applications/token", json=CREDENTIALS)
    assert list(answer.json()) == ["access_token"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {**CREDENTIALS, "client_secret": "wrong"},
        {"client_id": DEFAULT_CLIENT_ID},
        {**CREDENTIALS, "client_id": 1},
    ],
)
def test_wrong_credentials_are_a_400_without_a_problem_document(client: Client, body: Any) -> None:
    answer = client("POST", "/applications/token", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Bad Request"
    assert "title" not in answer.json()


def test_a_token_works_until_the_second_it_ends(make_client: Callable[..., Client]) -> None:
    client = make_client(token_lifetime_seconds=60)
    client.now += 59
    assert client.listed().status_code == 200
    client.now += 1
    assert client.listed().status_code == 401


def tampered(token: str) -> str:
    head, claims, signature = token.split(".")
    longer = (
        base64.urlsafe_b64encode(json.dumps({**claims_of(token), "exp": 9e9}).encode()).decode().rstrip("=")
    )
    return f"{head}.{longer}.{signature}" if claims else token


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "Bearer",
        lambda _: "Bearer a.b.c",
        lambda h: h.replace("Bearer", "Basic"),
        lambda h: f"Bearer {tampered(h[7:])}",
    ],
)
def test_without_a_good_token_everything_is_401(client: Client, change: Callable[[str], str]) -> None:
    client.headers["Authorization"] = change(client.headers["Authorization"])
    answer = client.listed()
    assert answer.status_code == 401
    assert answer.json()["message"] == "Unauthorized"
    assert answer.headers["content-type"] == "application/json"


def test_a_token_of_another_state_is_no_token_here(client: Client) -> None:
    with open_store(None) as other:
        stranger = type(client)(other, SandboxSettings()).login()
    assert client("GET", "/config_templates/sources", headers=stranger.headers).status_code == 401


def test_a_get_that_names_no_organization_is_403_whatever_the_query_says(client: Client) -> None:
    del client.headers[HEADER]
    answer = client.listed()
    assert answer.status_code == 403
    assert answer.json()["message"] == "Forbidden"


@pytest.mark.parametrize("member", ["organizationId", "organization_id"])
def test_the_body_of_a_get_can_name_the_organization(client: Client, member: str) -> None:
    del client.headers[HEADER]
    query = {"organizationId": SANDBOX_ORGANIZATION_ID}
    body = {member: SANDBOX_ORGANIZATION_ID}
    assert client("GET", "/config_templates/sources", params=query, json=body).status_code == 200


def test_the_header_counts_more_than_the_body(client: Client) -> None:
    client.headers[HEADER] = UNKNOWN_ID
    assert client.create().status_code == 403


def test_a_foreign_organization_is_403(client: Client) -> None:
    client.headers[HEADER] = UNKNOWN_ID
    assert client.listed().status_code == 403


def test_the_organization_of_a_post_comes_from_its_body(client: Client) -> None:
    del client.headers[HEADER]
    assert client.create().status_code == 200


def test_an_instance_admin_needs_to_name_no_organization(make_client: Callable[..., Client]) -> None:
    client = make_client(role="instance-admin")
    del client.headers[HEADER]
    assert client.listed().status_code == 200
    assert client.read(DEFAULT_TEMPLATE_ID).status_code == 200


@pytest.mark.parametrize(
    ("role", "reading", "writing"),
    [
        ("instance-admin", 200, 200),
        ("admin", 200, 200),
        ("editor", 200, 403),
        ("reader", 200, 403),
        ("none", 403, 403),
    ],
)
def test_what_each_role_may_do(
    make_client: Callable[..., Client], role: str, reading: int, writing: int
) -> None:
    identity = make_client().created()
    client = make_client(role=role)
    assert [client.listed().status_code, client.read(identity).status_code] == [reading, reading]
    assert [client.create().status_code, client.patch(identity).status_code] == [writing, writing]


def test_without_entitlement_all_but_the_list_is_403(make_client: Callable[..., Client]) -> None:
    identity = make_client().created()
    client = make_client(entitled=False)
    assert client.listed().status_code == 200
    for answer in (client.create(), client.read(identity), client.patch(identity)):
        assert answer.status_code == 403
        problem = answer.json()
        assert (problem["title"], problem["type"]) == (
            "License Entitlement Error",
            "error:license/entitlement",
        )
        assert problem["data"]["entitlement"] == "CONFIG_TEMPLATE_ENDPOINTS"


def test_an_unknown_organization_in_the_body_is_not_entitled(client: Client) -> None:
    answer = client.create(organizationId=UNKNOWN_ID)
    assert answer.status_code == 403
    assert answer.json()["data"] == {"entitlement": "CONFIG_TEMPLATE_ENDPOINTS", "resourceId": UNKNOWN_ID}


def test_a_moved_organization_gets_a_301_without_location_before_the_entitlement(
    make_client: Callable[..., Client],
) -> None:
    identity = make_client().created()
    client = make_client(moved=True, entitled=False)
    for answer in (client.listed(), client.create(), client.patch(identity)):
        assert answer.status_code == 301
        assert "location" not in answer.headers
        assert answer.json() == {
            "status": 301,
            "type": "error:embedded/endpoint-moved",
            "title": "Airbyte Embedded Endpoint Moved",
            "detail": "This endpoint has moved for your organization.",
            "documentationUrl": "https://api.airbyte.ai/api/v1/redoc",
            "data": None,
        }


def test_reading_one_is_moved_after_the_load_and_never_for_a_default(
    make_client: Callable[..., Client],
) -> None:
    identity = make_client().created()
    client = make_client(moved=True)
    assert client.read(identity).status_code == 301
    assert client.read(DEFAULT_TEMPLATE_ID).status_code == 200
    assert client.read(UNKNOWN_ID).status_code == 500
    assert make_client(moved=True, entitled=False).read(identity).status_code == 403


@pytest.mark.parametrize("base_url", ["http://sandbox.invalid/v1", "http://sandbox.invalid/api/public/v1"])
def test_both_prefixes_lead_to_the_same_place(client: Client, base_url: str) -> None:
    client.base_url = base_url
    client.login()
    assert client.read(client.created()).status_code == 200
    health = client("GET", "/health", headers={"Authorization": ""})
    assert (health.status_code, health.text) == (200, "Successful operation")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/config_templates/sources/", 404),
        ("DELETE", f"/config_templates/sources/{DEFAULT_TEMPLATE_ID}", 405),
        ("GET", "/config_templates/connections", 405),
        ("GET", "/applications/token", 405),
    ],
)
def test_what_does_not_exist_is_answered_by_the_framework(
    client: Client, method: str, path: str, status: int
) -> None:
    answer = client(method, path)
    assert answer.status_code == status
    assert answer.json()["_links"] == {"self": [{"href": f"/v1{path}", "templated": False}]}


def test_latency_is_waited_for_before_each_answer(
    make_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def remember(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("reconciler.sandbox.app.asyncio.sleep", remember)
    client = make_client(latency_seconds=0.25)
    client.listed()
    assert waits == [0.25, 0.25]


def test_settings_do_not_show_the_secret() -> None:
    assert DEFAULT_CLIENT_SECRET not in repr(SandboxSettings())


def test_the_ledger_knows_every_request_and_what_each_create_stored(client: Client, store: Store) -> None:
    identity = client.created({"count": 3})
    client.listed()
    client("GET", "/nothing")
    token, create, listing, nothing = store.ledger()
    assert (token.method, token.path, token.status) == ("POST", "/v1/applications/token", 200)
    assert token.body is None
    assert (create.method, create.path, create.status, create.template_id) == (
        "POST",
        "/v1/config_templates/sources",
        200,
        identity,
    )
    assert json.loads(create.body or "") == {
        "organizationId": SANDBOX_ORGANIZATION_ID,
        "actorDefinitionId": FAKER_ID,
        "partialDefaultConfig": {"count": 3},
    }
    assert (listing.method, listing.path, listing.template_id) == (
        "GET",
        "/v1/config_templates/sources",
        None,
    )
    assert (nothing.path, nothing.status) == ("/v1/nothing", 404)
