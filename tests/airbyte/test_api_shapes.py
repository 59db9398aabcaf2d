"""Answers of the documented shape become values; every other answer is an error, never an empty list."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from factories import ORGANIZATION, template_id

from reconciler.airbyte.api import ListedTemplate
from reconciler.airbyte.http_answer import Answer
from reconciler.airbyte.routes import parse_base_url
from reconciler.airbyte.shapes import parse_created, parse_list, parse_template, parse_token
from reconciler.errors import UnusableAnswer

ROUTES = parse_base_url("https://api.example.com/v1")
LIST = ROUTES.list_templates(ORGANIZATION)
GET = ROUTES.get_template(ORGANIZATION, template_id(1))
TOKEN = ROUTES.token(ORGANIZATION, "id", "secret")
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
    listed = parse_list(LIST, listing(item(2), {"id": template_id(1).upper(), "name": "B", "x": 1}))
    assert listed == (ListedTemplate(template_id(1), "B"), ListedTemplate(template_id(2), "Sample Data"))


def test_an_empty_list_is_an_answer_too() -> None:
    assert parse_list(LIST, listing()) == ()


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
        parse_list(LIST, answer(body))
    expected = f"GET /v1/config_templates/sources gave an answer that cannot be used: {reason}"
    assert caught.value.message == expected
    assert "https://api.airbyte.com/v1" in caught.value.help


@pytest.mark.parametrize(
    "name",
    [
        "next",
        "nextPageToken",
        "next_page_token",
        "cursor",
        "hasMore",
        "has_more",
        "total",
        "totalCount",
        "count",
        "page",
        "pageSize",
        "offset",
        "limit",
        "pagination",
        "_links",
        "@nextLink",
    ],
)
def test_an_envelope_that_speaks_of_pages_may_be_partial(name: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        parse_list(LIST, listing(item(1), **{name: None}))
    assert caught.value.message.endswith(
        f"it may be partial: it carries `'{name}'`, which this version does not know"
    )


def test_an_unknown_envelope_member_without_a_word_of_pages_passes() -> None:
    assert len(parse_list(LIST, listing(item(1), requestId="x"))) == 1


@pytest.mark.parametrize(
    "envelope",
    [
        {"error": "timeout"},
        {"Errors": None},
        {"status": "partial"},
        {"isTruncated": "true"},
        {"meta": {"p": 1}},
        {"ok": False},
        {"warning": "x"},
        {"@odata.nextLink": "x"},
        {"pages": 2},
        {"code": "500"},
    ],
)
def test_an_envelope_that_speaks_of_trouble_or_holds_more_is_not_believed(envelope: dict[str, Any]) -> None:
    with pytest.raises(UnusableAnswer, match="it may be partial: it carries"):
        parse_list(LIST, listing(**envelope))


@pytest.mark.parametrize(
    "headers",
    [
        {"content-range": "items 0-19/57"},
        {"x-next-page": "2"},
        {"x-total-count": "57"},
        {"x-has-more": "true"},
    ],
)
def test_a_header_that_speaks_of_pages_may_mean_a_partial_list(headers: dict[str, str]) -> None:
    with pytest.raises(UnusableAnswer, match="it may be partial: it"):
        parse_list(LIST, answer({"data": []}, **headers))


def test_a_header_that_counts_what_is_there_passes() -> None:
    assert len(parse_list(LIST, answer({"data": [item(1)]}, **{"x-total-count": "1"}))) == 1


@pytest.mark.parametrize(
    "kind", ["text/html", "text/plain; charset=utf-8", "application/jsonp", "application/xml"]
)
def test_an_answer_of_another_type_is_not_believed_even_if_it_looks_like_json(kind: str) -> None:
    with pytest.raises(UnusableAnswer, match="its Content-Type is not JSON"):
        parse_list(LIST, answer({"data": []}, **{"content-type": kind}))


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/hal+json"]
)
def test_json_is_known_by_its_type(kind: str) -> None:
    assert parse_list(LIST, answer({"data": []}, **{"content-type": kind})) == ()


@pytest.mark.parametrize(
    "link", ['<https://x/?p=2>; rel="next"', "<a>; rel=prev, <b>; rel=next", "<b>;REL='NEXT'"]
)
def test_a_link_to_a_next_page_may_mean_a_partial_list(link: str) -> None:
    with pytest.raises(UnusableAnswer, match="may be partial: its Link header names a next page"):
        parse_list(LIST, answer({"data": []}, link=link))


@pytest.mark.parametrize("link", ["rel=", "rel = ", "=' ", "rel;", '"rel=next', "<a>;", "next "])
def test_a_link_header_of_any_kind_is_read_in_linear_time(link: str) -> None:
    """A pattern over the whole header took eight seconds for one of 64 KiB, and no deadline ends that."""
    start = time.perf_counter()
    with contextlib.suppress(UnusableAnswer):
        parse_list(LIST, answer({"data": []}, link=(link * 64_000)[:64_000]))
    assert time.perf_counter() - start < 1.0


def test_other_links_pass() -> None:
    assert parse_list(LIST, answer({"data": []}, link="<https://docs/next>; rel=help")) == ()


def test_template_is_read_with_unknown_members_ignored() -> None:
    template = parse_template(GET, answer(document(id=template_id(1).upper(), new=1)), template_id(1))
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
        parse_template(GET, answer(body), template_id(1))
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
