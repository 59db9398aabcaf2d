"""What the customer is asked: the fields of the form in its order, what is preset, and what inference drops."""

from __future__ import annotations

from typing import Any

import pytest
from verdict.verdict_forms import Make, form

from reconciler.connectors.verdict.verdict import questions_of
from reconciler.model.template import Manifest
from reconciler.model.verdict import Ask, Asked, AskOption

TEXT: Any = {"type": "string"}


def asked(manifest: Manifest) -> Asked:
    found = questions_of(manifest)
    assert found is not None
    return found


def names(manifest: Manifest) -> list[str]:
    return [field.path.removeprefix("/") for field in asked(manifest).fields]


def test_facts_of_a_field(of_connector: Make) -> None:
    fields: Any = {
        "count": {"title": "Count", "type": "integer", "order": 0},
        "key": {"type": "string", "airbyte_secret": True, "order": 1},
        "bare": {"order": 2},
        "maybe": {"type": ["null", "string"], "title": " Maybe ", "order": 3},
        "keys": {"type": "array", "items": {"type": "string", "airbyte_secret": True}, "order": 4},
    }
    assert asked(of_connector(None, {}, form(fields, ["count", "key"]))).fields == (
        Ask("/count", "Count", "integer", required=True, secret=False),
        Ask("/key", "key", "string", required=True, secret=True),
        Ask("/bare", "bare", None, required=False, secret=False),
        Ask("/maybe", "Maybe", "string", required=False, secret=False),
        Ask("/keys", "keys", "array", required=False, secret=True),
    )


def test_titles_are_those_of_the_form_with_every_blank_inside(of_connector: Make) -> None:
    option = {"title": " By  key\n", "type": "object", "properties": {"kind": {"const": "key"}}}
    fields: Any = {
        "a": {"type": "string", "title": " Count  x\nof y "},
        "b": {"type": "object", "title": "How  so", "oneOf": [option]},
    }
    choice, count = asked(of_connector(None, {}, form(fields, []))).fields
    assert (count.title, choice.title) == ("Count  x\nof y", "How  so")
    assert [each.title for each in choice.options] == ["By  key"]


def test_a_word_that_is_no_type_is_not_told_as_one(of_connector: Make) -> None:
    fields: Any = {"a": {"type": "\x1b[31m\t"}, "b": {"type": ["String", "null", "integer"]}}
    assert [field.type for field in asked(of_connector(None, {}, form(fields, []))).fields] == [
        None,
        "integer",
    ]


def test_required_fields_come_first_then_numbers_then_names(of_connector: Make) -> None:
    fields: Any = {
        "z2": TEXT,
        "z10": TEXT,
        "Beta": TEXT,
        "late": {**TEXT, "order": 9},
        "early": {**TEXT, "order": 1.0},
        "half": {**TEXT, "order": 1.5},
        "yes": {**TEXT, "order": True},
        "needed": TEXT,
        "needed_first": {**TEXT, "order": 5},
    }
    assert names(of_connector(None, {}, form(fields, ["needed", "needed_first"]))) == [
        "needed_first",
        "needed",
        "early",
        "late",
        "Beta",
        "half",
        "yes",
        "z2",
        "z10",
    ]


def test_open_fields_stand_among_the_required_ones(of_connector: Make) -> None:
    choice: Any = {"oneOf": [{"properties": {"k": {"const": "x"}}}], "order": 2}
    fields: Any = {
        "optional": {**TEXT, "order": 0},
        "shown": {**TEXT, "always_show": True, "order": 1},
        "choice": choice,
        "group": {"type": "object", "properties": {"inner": TEXT}, "order": 3},
        "needed": {**TEXT, "order": 4},
    }
    expected = ["shown", "choice", "group/inner", "needed", "optional"]
    assert names(of_connector(None, {}, form(fields, ["needed"]))) == expected


def test_groups_order_the_root(of_connector: Make) -> None:
    fields: Any = {
        "none": {**TEXT, "order": 0},
        "other": {**TEXT, "group": "x"},
        "second": {**TEXT, "group": "auth"},
        "first": {**TEXT, "group": "main"},
    }
    spec = form(fields, groups=[{"id": "main"}, {"id": "auth"}, {"title": "no id"}, "auth"])
    assert names(of_connector(None, {}, spec)) == ["first", "second", "none", "other"]


def test_hidden_fields_and_constants_are_not_asked(of_connector: Make) -> None:
    fields: Any = {
        "hidden": {**TEXT, "airbyte_hidden": True},
        "fixed": {"const": "x"},
        "single": {"enum": ["x"], "default": "x"},
        "open": {"enum": ["x"]},
        "several": {"enum": ["x", "y"], "default": "x"},
        "empty_object": {"type": "object"},
        "hidden_object": {"type": "object", "airbyte_hidden": True, "properties": {"a": TEXT}},
    }
    assert names(of_connector(None, {}, form(fields))) == ["open", "several"]


def test_objects_are_told_as_paths_each_field_required_by_its_own_object(of_connector: Make) -> None:
    server: Any = {"type": "object", "required": ["host"], "properties": {"port": TEXT, "host": TEXT}}
    fields = asked(of_connector(None, {}, form({"a/b": server}, []))).fields
    assert [(field.path, field.required) for field in fields] == [("/a~1b/host", True), ("/a~1b/port", False)]


def test_a_choice_is_one_question_with_its_options(of_connector: Make) -> None:
    auth: Any = {
        "title": "Auth",
        "oneOf": [
            {"title": "Token", "required": ["token"], "properties": {"kind": {"const": "t"}, "token": TEXT}},
            {"properties": {"kind": {"const": "none"}}},
            {"properties": {}},
            {"title": "Gone", "airbyte_hidden": True},
            True,
        ],
    }
    assert asked(of_connector(None, {}, form({"auth": auth}))).fields == (
        Ask(
            "/auth",
            "Auth",
            "oneOf",
            required=True,
            secret=False,
            options=(
                AskOption("Token", (Ask("/auth/token", "token", "string", required=True, secret=False),)),
                AskOption("none"),
                AskOption("option 3"),
            ),
        ),
    )


def test_a_choice_at_the_root_is_one_question_too(of_connector: Make) -> None:
    spec: Any = {"connectionSpecification": {"type": "object", "oneOf": [{"title": "A"}, {"title": "B"}]}}
    (field,) = asked(of_connector(None, {}, spec)).fields
    assert (field.path, field.title, field.required) == ("", "configuration", True)
    assert [option.title for option in field.options] == ["A", "B"]


def test_what_a_log_in_fills_in_is_marked_in_its_own_option_only(built_in: Make) -> None:
    drive = asked(built_in("source-google-drive"))
    (auth,) = (field for field in drive.fields if field.type == "oneOf")
    by_login = {
        field.path: (option.title, field.by_login) for option in auth.options for field in option.fields
    }
    assert by_login == {
        "/credentials/client_id": ("Authenticate via Google (OAuth)", True),
        "/credentials/client_secret": ("Authenticate via Google (OAuth)", True),
        "/credentials/refresh_token": ("Authenticate via Google (OAuth)", True),
        "/credentials/service_account_info": ("Service Account Key Authentication", False),
    }


def test_a_log_in_does_not_fill_in_a_field_that_is_always_shown(of_connector: Make) -> None:
    output: Any = {
        "properties": {
            "t": {"path_in_connector_config": ["token"]},
            "u": {"path_in_connector_config": ["user"]},
        }
    }
    auth: Any = {"oauth_config_specification": {"complete_oauth_output_specification": output}}
    spec = {**form({"token": TEXT, "user": {**TEXT, "always_show": True}}), "advanced_auth": auth}
    fields = asked(of_connector(None, {}, spec)).fields
    assert {field.path: field.by_login for field in fields} == {"/token": True, "/user": False}


def test_without_a_form_the_inferred_one_asks_and_optional_fields_are_dropped(built_in: Make) -> None:
    faker = asked(built_in("source-faker", {"seed": 1}))
    assert faker == Asked(
        (), preset=("/seed",), dropped=("/always_updated", "/count", "/parallelism", "/records_per_slice")
    )


def test_nothing_hidden_is_called_dropped(of_connector: Make) -> None:
    fields: Any = {"hidden": {**TEXT, "airbyte_hidden": True}, "fixed": {"const": 1}, "free": TEXT}
    assert asked(of_connector(form(fields, []))).dropped == ("/free",)


def test_a_preset_that_is_asked_all_the_same_is_not_called_preset(built_in: Make) -> None:
    presets = {"credentials": {"auth_type": "Client"}, "folder_url": "x", "streams": []}
    assert asked(built_in("source-google-drive", presets)).preset == ("/folder_url", "/streams")


def test_the_own_form_may_leave_part_of_an_object_to_the_preset(built_in: Make) -> None:
    presets = {"credentials": {"client_id": "x", "client_secret": "x"}, "empty": {}}
    token: Any = {"type": "object", "properties": {"refresh_token": TEXT}}
    found = asked(built_in("source-google-drive", presets, form({"credentials": token})))
    assert [field.path for field in found.fields] == ["/credentials/refresh_token"]
    assert found.preset == ("/credentials/client_id", "/credentials/client_secret", "/empty")
    assert found.dropped == ()


@pytest.mark.parametrize("repository", ["source-airtable"])
def test_a_form_that_cannot_be_inferred_asks_nothing_that_is_known(built_in: Make, repository: str) -> None:
    assert questions_of(built_in(repository)) is None


def test_without_form_and_specification_the_questions_are_not_known(of_connector: Make) -> None:
    assert questions_of(of_connector(None)) is None


def test_a_bare_schema_in_place_of_a_form_asks_nothing_that_is_known(of_connector: Make) -> None:
    assert questions_of(of_connector(None, {}, {"type": "object", "properties": {"a": TEXT}})) is None
