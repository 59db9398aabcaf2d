"""Every answer of the sandbox has the shape that the vendor's contract promises (restated here, cut to what is required)."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

Client = Any
UUID = {"type": "string", "format": "uuid", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
ID_ONLY = {"type": "object", "required": ["id"], "properties": {"id": UUID}}
LIST_ITEM = {
    "type": "object",
    "required": ["id", "name", "icon"],
    "properties": {"id": UUID, "name": {"type": "string"}, "icon": {"type": "string"}},
}
SHAPES: dict[str, Any] = {
    "token": {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in"],
        "properties": {
            "access_token": {"type": "string"},
            "token_type": {"enum": ["Bearer"]},
            "expires_in": {"type": "integer"},
        },
    },
    "list": {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "array", "items": LIST_ITEM}},
    },
    "template": {
        "type": "object",
        "required": [
            *LIST_ITEM["required"],
            "sourceDefinitionId",
            "configTemplateSpec",
            "partialDefaultConfig",
        ],
        "properties": {
            **LIST_ITEM["properties"],
            "sourceDefinitionId": UUID,
            "configTemplateSpec": {"type": "object"},
            "partialDefaultConfig": {"type": "object"},
        },
    },
    "created": ID_ONLY,
    "updated": ID_ONLY,
    "connection": ID_ONLY,
}
PROBLEM = {
    "type": "object",
    "required": ["status", "type", "title", "detail", "documentationUrl", "data"],
    "properties": {"status": {"type": "integer"}, "title": {"type": "string"}, "type": {"type": "string"}},
}


def scenario(client: Client) -> dict[str, Any]:
    """One of everything, by the name of its shape."""
    credentials = {"client_id": client.settings.client_id, "client_secret": client.settings.client_secret}
    connection = {
        "organizationId": client.settings.organizations[0],
        "destinationName": "W",
        "destinationActorDefinitionId": min(client.settings.destinations),
        "destinationConfiguration": {},
    }
    created = client.create({"count": 1})
    return {
        "token": client("POST", "/applications/token", data=credentials),
        "created": created,
        "list": client.listed(),
        "template": client.read(created.json()["id"]),
        "updated": client.patch(created.json()["id"], partialDefaultConfig={}),
        "connection": client("POST", "/config_templates/connections", json=connection),
    }


@pytest.mark.parametrize("name", SHAPES)
def test_every_success_has_the_promised_shape_and_nothing_beside_it(client: Client, name: str) -> None:
    answer = scenario(client)[name]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    jsonschema.validate(answer.json(), SHAPES[name])
    assert sorted(answer.json()) == sorted(SHAPES[name]["properties"])


def test_every_business_error_is_a_problem_document_of_its_own_status(client: Client) -> None:
    hubspot = "36c891d9-4bd9-43ac-bad2-10e12756272c"
    unknown = "00000000-0000-4000-8000-0000000000ff"
    answers = [
        client.create(connector=hubspot),
        client.create(connector=unknown),
        client.create([]),
        client.create(organizationId=unknown),
        client.read(unknown),
        client.listed("x"),
    ]
    assert [answer.status_code for answer in answers] == [422, 404, 500, 403, 500, 500]
    for answer in answers:
        jsonschema.validate(answer.json(), PROBLEM)
        assert answer.json()["status"] == answer.status_code
        assert answer.headers["content-type"] == "application/json"
