"""Answers of the Agent API become values; what is unknown in them changes nothing, what is wrong in them is an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories import ORGANIZATION, template_id
from hypothesis import given
from hypothesis import strategies as st

from reconciler.airbyte.agents import agents_rules
from reconciler.airbyte.api import ListedTemplate, TemplateChange
from reconciler.airbyte.calls import Call
from reconciler.errors import UnusableAnswer
from reconciler.http.message import Answer
from reconciler.model.template import CONNECTION_TEMPLATE, SOURCE_TEMPLATE

RULES = agents_rules("https://api.example.com/api/v1")
SOURCES, CONNECTIONS = RULES.lists(ORGANIZATION)
GET = RULES.get(ORGANIZATION, template_id(1), SOURCE_TEMPLATE)
GET_CONNECTION = RULES.get(ORGANIZATION, template_id(1), CONNECTION_TEMPLATE)
FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"
OTHER = "11111111-2222-4333-8444-555555555555"


def answer(body: Any, **headers: str) -> Answer:
    return Answer(200, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def item(number: int = 1, **members: Any) -> dict[str, Any]:
    named = {"id": template_id(number), "name": "Mine", "icon": None, "actor_definition_id": FAKER}
    return {**named, "organization_id": ORGANIZATION, **members}


def connection(number: int = 1, **members: Any) -> dict[str, Any]:
    named = {"id": template_id(number), "organization_id": ORGANIZATION, "destination_name": "Warehouse"}
    return {**named, "destination_definition_id": FAKER, "destination_config": {}, **members}


def detailed(**members: Any) -> dict[str, Any]:
    named = {"id": template_id(1), "name": "Mine", "source_definition_id": FAKER}
    return {**named, "user_config_spec": {}, "partial_default_config": {"a": 1}, **members}


def listed(*items: Any, is_own: bool = True, **envelope: Any) -> tuple[ListedTemplate, ...]:
    return RULES.parse_list(SOURCES, answer({"data": list(items), **envelope}), is_own=is_own)


MINE = ListedTemplate(template_id(1), "Mine", SOURCE_TEMPLATE, FAKER)


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize("key", ["actor_definition_id", "source_definition_id"])
def test_either_name_of_the_definition_is_read(key: str) -> None:
    assert listed({**without(item(), "actor_definition_id"), key: FAKER.upper()}) == (MINE,)
    body = {**without(detailed(), "source_definition_id"), key: FAKER.upper()}
    assert RULES.parse_template(GET, answer(body), template_id(1)).connector_id == FAKER


@pytest.mark.parametrize("key", ["destination_definition_id", "destination_actor_definition_id"])
def test_either_name_of_the_destinations_definition_is_read(key: str) -> None:
    body = {**without(connection(), "destination_definition_id"), key: FAKER}
    assert RULES.parse_template(GET_CONNECTION, answer(body), template_id(1)).connector_id == FAKER


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "it is not JSON (from character 1 on)"),
        ({"data": None}, "it has no `data` list"),
        ({"data": [None]}, "item 0 of `data` is not an object"),
        ({"data": [item(id="x")]}, "`id` of item 0 of `data` is not a UUID"),
        ({"data": [item(name=None)]}, "`name` of item 0 of `data` is not a text"),
        ({"data": [item(), without(item(2), "actor_definition_id")]},
         "`actor_definition_id` of item 1 of `data` is not a UUID"),
        ({"data": [item(organization_id="mine")]}, "`organization_id` of item 0 of `data` is not a UUID"),
        ({"data": [item(), item()]}, "it lists a template id twice"),
        ({"data": [item(), item(name="Another", organization_id=None)]}, "it lists a template id twice"),
        ({"data": [item()], "next_page_token": "x"}, "it may be partial: it carries `'next_page_token'`, which says that there is more"),
        ({"data": [item()], "total": 2}, "it may be partial: it carries `'total'`, which says that there is more"),
    ],
)  # fmt: skip
def test_misshapen_list_is_an_error_and_never_empty(body: Any, reason: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        RULES.parse_list(SOURCES, answer(body), is_own=True)
    assert caught.value.message == (
        f"GET /api/v1/integrations/templates/sources gave an answer that cannot be used: {reason}"
    )


def test_whose_a_template_is_decides_about_the_list() -> None:
    strange = [item(2, organization_id=None), item(3, organization_id=OTHER)]
    assert listed(item(organization_id=ORGANIZATION.upper()), *strange, is_own=False) == (MINE,)
    assert listed(*strange) == ()
    assert listed(item(2, organization_id=None), is_own=False) == ()
    with pytest.raises(UnusableAnswer, match=f"it lists templates of organization {OTHER}, and none of"):
        listed(*strange, is_own=False)


def test_a_template_without_an_owner_is_listed_with_a_doubt() -> None:
    (found,) = listed(without(item(), "organization_id"))
    assert (found.id, found.doubt != "") == (template_id(1), True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (detailed(id=template_id(2)), f"it is the template {template_id(2)}, another one than was asked for"),
        (without(detailed(), "source_definition_id"), "`actor_definition_id` of it is not a UUID"),
        (detailed(partial_default_config=None), "`partial_default_config` is not an object"),
        (detailed(name=None), "`name` of it is not a text"),
        (detailed(tags="eu"), "`tags` is not a list of texts"),
        (detailed(tags=[1]), "`tags` is not a list of texts"),
        (detailed(customization=[]), "`customization` is not an object"),
    ],
)
def test_misshapen_template_is_an_error(body: Any, reason: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        RULES.parse_template(GET, answer(body), template_id(1))
    assert caught.value.message.endswith(f"gave an answer that cannot be used: {reason}")


def test_a_connection_template_of_another_organization_is_not_ours() -> None:
    with pytest.raises(UnusableAnswer, match=f"it belongs to organization {OTHER}"):
        RULES.parse_template(GET_CONNECTION, answer(connection(organization_id=OTHER)), template_id(1))


@pytest.mark.parametrize("tooltip", ["Ask", {"api_key": "Ask"}, None, 5])
def test_tooltips_of_every_shape_and_a_form_of_none_are_read(tooltip: Any) -> None:
    body = detailed(auth_tooltip=tooltip, connector_name="faker", user_config_spec=None)
    template = RULES.parse_template(GET, answer(body), template_id(1))
    assert (template.name, template.form) == ("faker", {})
    assert template.settings == {"name": "Mine", "mode": "REPLICATION", "tags": []}


@pytest.mark.parametrize(
    "hosting", [{"data_hosting_type": "airbyte_hosted"}, {"data_hosting_type": None}, {}]
)
def test_a_template_without_a_destination_of_its_own_is_hosted_by_airbyte(hosting: dict[str, Any]) -> None:
    body = {**without(without(connection(), "destination_definition_id"), "destination_config"), **hosting}
    template = RULES.parse_template(GET_CONNECTION, answer(body), template_id(1))
    assert (template.connector_id, template.presets) == ("", {})
    assert template.settings["dataHostingType"] == "airbyte_hosted"


KNOWN = {"id", "name", "icon", "organization_id", "connector_name", "tags", "customization", "mode"}
KNOWN |= {"source_definition_id", "actor_definition_id", "user_config_spec", "partial_default_config"}
KNOWN |= {"data_hosting_type", "cron_expression", "sync_on_create", "non_breaking_changes_preference"}
KNOWN |= {"destination_name", "destination_config", "destination_definition_id"}
unknown_names = st.from_regex(r"[a-z]+(_[a-z]+)*", fullmatch=True).filter(lambda name: name not in KNOWN)
unknown = st.dictionaries(
    unknown_names, st.none() | st.text() | st.integers() | st.just({"a": [1]}), max_size=4
)


@given(unknown)
def test_unknown_members_of_templates_and_items_change_nothing(more: dict[str, Any]) -> None:
    assert listed({**more, **item()}) == (MINE,)
    customization = {"stream_selection_mode": "all", "stream_customizations": {"s": {"cursor_field": ["a"]}}}
    plain = detailed(customization=customization)
    inside = {
        **more,
        "stream_selection_mode": "all",
        "stream_customizations": {"s": {**more, "cursor_field": ["a"]}},
    }
    news = {"runtime_mode": None, "supports_context_store": False, "is_experimental": True, "icon": "i"}
    grown = {**more, **plain, **news, "customization": inside, "updated_at": "2026-11-30T10:00:00Z"}
    templates = [RULES.parse_template(GET, answer(body), template_id(1)) for body in (plain, grown)]
    assert templates[0] == templates[1]
    both = [
        RULES.parse_template(GET_CONNECTION, answer(body), template_id(1))
        for body in (connection(), {**more, **connection()})
    ]
    assert both[0] == both[1]


@given(
    st.dictionaries(
        st.sampled_from(["a_b", "aB", "A-b", "", "_x", "x_", "ä_ö"]), st.just(["f_g", "fG"]), max_size=4
    )
)
def test_names_of_streams_and_fields_stay_as_they_are(streams: dict[str, Any]) -> None:
    stored = {"stream_customizations": {name: {"cursor_field": fields} for name, fields in streams.items()}}
    template = RULES.parse_template(GET, answer(detailed(customization=stored)), template_id(1))
    read = template.settings["customization"]
    assert read == {
        "streamCustomizations": {name: {"cursorField": fields} for name, fields in streams.items()}
    }
    again = RULES.update(
        ORGANIZATION, TemplateChange(template_id(1), SOURCE_TEMPLATE, {"customization": read})
    )
    assert json.loads(again.body or b"") == {"customization": stored}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([FAKER, ORGANIZATION, template_id(1)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(KNOWN)), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
changed = st.dictionaries(st.sampled_from(sorted(KNOWN)), values, max_size=3)


@given(changed, st.sampled_from([SOURCES, CONNECTIONS]))
def test_every_list_is_a_value_or_an_error_about_the_answer(change: dict[str, Any], call: Call) -> None:
    body = {**(item() if call is SOURCES else connection()), **change}
    try:
        found = RULES.parse_list(call, answer({"data": [body]}), is_own=True)
    except UnusableAnswer:
        return
    assert len(found) == (body.get("organization_id") == ORGANIZATION)


@given(changed, st.sampled_from([GET, GET_CONNECTION]))
def test_every_template_is_a_value_or_an_error_about_the_answer(change: dict[str, Any], call: Call) -> None:
    body = {**(detailed() if call is GET else connection()), **change}
    try:
        template = RULES.parse_template(call, answer(body), template_id(1))
    except UnusableAnswer:
        return
    assert template.id == body["id"]
    presets, form, settings = template.members
    assert {type(each) for each in (presets, form, settings)} == {dict}
