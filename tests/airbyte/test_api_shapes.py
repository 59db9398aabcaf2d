"""Answers of the documented shape become values; every other answer is an error, never an empty list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories import ORGANIZATION, template_id

from reconciler.airbyte.answers import (
    parse_created,
    parse_token,
)
from reconciler.airbyte.api import ListedTemplate
from reconciler.airbyte.public import public_rules
from reconciler.errors import UnusableAnswer
from reconciler.http.message import Answer
from reconciler.model.template import SOURCE_TEMPLATE

ROUTES = public_rules("https://api.example.com/v1")
(LIST,) = ROUTES.lists(ORGANIZATION)
GET = ROUTES.get(ORGANIZATION, template_id(1), SOURCE_TEMPLATE)
TOKEN = ROUTES.login(ORGANIZATION, "id", "secret")
FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"


def answer(body: Any, **headers: str) -> Answer:
    return Answer(200, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def listing(*items: Any, **envelope: Any) -> Answer:
    return answer({"data": list(items), **envelope})


def item(number: int, **members: Any) -> dict[str, Any]:
    return {"id": template_id(number), "name": "Sample Data", "icon": "i", **members}


def document(**members: Any) -> dict[str, Any]:
    return {
        **item(1),
        "sourceDefinitionId": FAKER_ID,
        "configTemplateSpec": {"connectionSpecification": {}},
        "partialDefaultConfig": {"seed": 1},
        **members,
    }


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in document().items() if key != name}


def test_list_is_sorted_by_id_and_ids_are_lower_case() -> None:
    listed = ROUTES.parse_list(LIST, listing(item(2), {"id": template_id(1).upper(), "name": "B", "x": 1}))
    assert listed == (ListedTemplate(template_id(1), "B"), ListedTemplate(template_id(2), "Sample Data"))


def test_an_empty_list_is_an_answer_too() -> None:
    assert ROUTES.parse_list(LIST, listing()) == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is not JSON (from character 1 on)"),
        (b"<html>", "it is not JSON (from character 1 on)"),
        (b"null", "it is not a JSON object"),
        (b"[]", "it is not a JSON object"),
        (b"{}", "it has no `data` list"),
        ({"data": None}, "it has no `data` list"),
        ({"data": {}}, "it has no `data` list"),
        ({"data": [None]}, "item 0 of `data` is not an object"),
        ({"data": [item(1), {}]}, "`id` of item 1 of `data` is not a UUID"),
        ({"data": [item(1, id="../../x")]}, "`id` of item 0 of `data` is not a UUID"),
        ({"data": [item(1, id=template_id(1) + "\n")]}, "`id` of item 0 of `data` is not a UUID"),
        ({"data": [item(1, name=None)]}, "`name` of item 0 of `data` is not a text"),
        ({"data": [item(1), item(1)]}, "it lists a template id twice"),
        (b'{"data": [], "data": []}', "an object has the same key twice"),
        (b'{"data": [NaN]}', "it holds NaN or Infinity"),
    ],
)
def test_misshapen_list_is_an_error_and_never_empty(body: Any, reason: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        ROUTES.parse_list(LIST, answer(body))
    expected = f"GET /v1/config_templates/sources gave an answer that cannot be used: {reason}"
    assert caught.value.message == expected
    assert "<host>/api/public/v1" in caught.value.help


@pytest.mark.parametrize(
    "kind", ["text/html", "text/plain; charset=utf-8", "application/jsonp", "application/xml"]
)
def test_an_answer_of_another_type_is_not_believed_even_if_it_looks_like_json(kind: str) -> None:
    with pytest.raises(UnusableAnswer, match="its Content-Type is not JSON"):
        ROUTES.parse_list(LIST, answer({"data": []}, **{"content-type": kind}))


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/hal+json"]
)
def test_json_is_known_by_its_type(kind: str) -> None:
    assert ROUTES.parse_list(LIST, answer({"data": []}, **{"content-type": kind})) == ()


def test_template_is_read_with_unknown_members_ignored() -> None:
    template = ROUTES.parse_template(GET, answer(document(id=template_id(1).upper(), new=1)), template_id(1))
    assert (template.id, template.name, template.connector_id) == (template_id(1), "Sample Data", FAKER_ID)
    assert (template.presets, template.form) == ({"seed": 1}, {"connectionSpecification": {}})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (document(id=template_id(2)), f"it is the template {template_id(2)}, another one than was asked for"),
        (without("id"), "`id` of it is not a UUID"),
        (without("name"), "`name` of it is not a text"),
        (without("sourceDefinitionId"), "`sourceDefinitionId` of it is not a UUID"),
        (document(sourceDefinitionId="faker"), "`sourceDefinitionId` of it is not a UUID"),
        (without("partialDefaultConfig"), "`partialDefaultConfig` is not an object"),
        (document(partialDefaultConfig=[]), "`partialDefaultConfig` is not an object"),
        (document(configTemplateSpec=None), "`configTemplateSpec` is not an object"),
        ({"data": document()}, "`id` of it is not a UUID"),
    ],
)
def test_misshapen_template_is_an_error(body: Any, reason: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        ROUTES.parse_template(GET, answer(body), template_id(1))
    expected = (
        f"GET /v1/config_templates/sources/{template_id(1)} gave an answer that cannot be used: {reason}"
    )
    assert caught.value.message == expected


@pytest.mark.parametrize("body", [b"", {}, {"id": None}, {"id": 1}, {"id": "x"}, [{"id": template_id(1)}]])
def test_a_created_template_has_a_uuid(body: Any) -> None:
    assert parse_created(LIST, answer({"id": template_id(1).upper()})) == template_id(1)
    with pytest.raises(UnusableAnswer):
        parse_created(LIST, answer(body))


@pytest.mark.parametrize(
    ("expires_in", "life"), [(900, 900.0), (10**399, 1e9), (2.5, 2.5), (0, None), (True, None), ("9", None)]
)
def test_token_life_is_taken_when_it_is_a_positive_number(expires_in: Any, life: float | None) -> None:
    token = parse_token(TOKEN, answer({"access_token": "t", "expires_in": expires_in}))
    assert (token.value, token.expires_in) == ("t", life)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "its `access_token` is missing or not made of visible ASCII characters"),
        ({"access_token": ""}, "its `access_token` is missing or not made of visible ASCII characters"),
        ({"access_token": "hush\n"}, "its `access_token` is missing or not made of visible ASCII characters"),
        (
            {"access_token": "hush hush"},
            "its `access_token` is missing or not made of visible ASCII characters",
        ),
        ({"access_token": "hüsh"}, "its `access_token` is missing or not made of visible ASCII characters"),
        ({"access_token": "t", "token_type": "mac"}, "its `token_type` is not Bearer"),
    ],
)
def test_unfit_token_is_refused_without_showing_it(body: Any, reason: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        parse_token(TOKEN, answer(body))
    expected = f"POST /v1/applications/token gave an answer that cannot be used: {reason}"
    assert caught.value.message == expected


def test_token_repr_shows_nothing() -> None:
    assert "hush" not in repr(parse_token(TOKEN, answer({"access_token": "hush"})))
