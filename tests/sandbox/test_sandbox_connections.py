"""Connection templates: created, never seen again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Client = Any
DEV_NULL = "a7bcc9d8-13b3-4e49-b80d-d020b90045e3"
PATH = "/config_templates/connections"


def body_of(client: Client, **members: Any) -> dict[str, Any]:
    return {
        "organizationId": client.settings.organizations[0],
        "destinationName": "Warehouse",
        "destinationActorDefinitionId": DEV_NULL,
        "destinationConfiguration": {"anything": [1]},
        **members,
    }


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"schedule": {"scheduleType": "manual"}},
        {"schedule": {"scheduleType": "cron", "cronExpression": "0 15 * * * ? UTC"}},
        {
            "namespaceDefinitionType": "source",
            "nonBreakingChangesPreference": "disable",
            "syncOnCreate": False,
        },
        {"prefix": None, "destinationConfiguration": None},
    ],
)
def test_a_connection_template_is_created_with_200_and_an_id(client: Client, members: Any) -> None:
    answer = client("POST", PATH, json=body_of(client, **members))
    assert answer.status_code == 200
    assert list(answer.json()) == ["id"]


def test_two_destinations_may_have_one_name(client: Client) -> None:
    answers = [client("POST", PATH, json=body_of(client)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    "expression", [None, "", "0 * * * * ? *", "* 0 * * * ?", "0 0 * * *", "60 0 * * * ?", "0 0 $ * * ?"]
)
def test_a_cron_schedule_wants_plain_seconds_and_with_a_year_plain_minutes(
    client: Client, expression: str | None
) -> None:
    schedule = {"scheduleType": "cron", "cronExpression": expression}
    answer = client("POST", PATH, json=body_of(client, schedule=schedule))
    assert answer.status_code == 400
    assert answer.json()["title"] == "bad-request"


@pytest.mark.parametrize(
    "members",
    [
        {"destinationName": None},
        {"destinationActorDefinitionId": "x"},
        {"namespaceDefinitionType": "other"},
        {"syncOnCreate": "yes"},
        {"schedule": {"scheduleType": "daily"}},
        {"schedule": "cron"},
    ],
)
def test_a_body_that_cannot_be_bound_gets_an_error_id(client: Client, members: Any) -> None:
    answer = client("POST", PATH, json=body_of(client, **members))
    assert (answer.status_code, list(answer.json())) == (422, ["errorId"])


def test_a_locked_destination_may_be_named_here_and_nowhere_else(
    make_client: Callable[..., Client], catalogue_with: Callable[..., Any]
) -> None:
    identity = "00000000-0000-4000-8000-00000000000d"
    client = make_client(connectors=catalogue_with(identity, {}, repository="acme/destination-crm"))
    body = body_of(client, destinationActorDefinitionId=identity)
    assert client("POST", PATH, json=body).status_code == 200
    assert client.create(connector=identity).status_code == 404


def test_a_source_definition_is_no_destination(client: Client) -> None:
    faker = "dfd88b22-b603-4c3d-aad7-3701784586b1"
    answer = client("POST", PATH, json=body_of(client, destinationActorDefinitionId=faker))
    assert answer.status_code == 404
    assert answer.json()["data"] == {"resourceType": "STANDARD_DESTINATION_DEFINITION", "resourceId": faker}


def test_connection_templates_never_move_but_need_the_entitlement(make_client: Callable[..., Client]) -> None:
    client = make_client(moved=True)
    assert client("POST", PATH, json=body_of(client)).status_code == 200
    client = make_client(entitled=False)
    assert client("POST", PATH, json=body_of(client)).status_code == 403


def test_a_nul_character_is_a_500(client: Client) -> None:
    assert client("POST", PATH, json=body_of(client, prefix="\x00")).status_code == 500
