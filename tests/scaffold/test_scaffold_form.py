"""Fields of the form: as the specification says, changed only where Airbyte's test of the form would fail."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.connectors.scaffold.form import FormNode, form_node
from reconciler.connectors.scaffold.samples import fits
from reconciler.connectors.server.create import mock_document


def required(schema: Any, name: str = "field") -> FormNode:
    return form_node(name, schema, is_required=True)


def optional(schema: Any, name: str = "field") -> FormNode:
    return form_node(name, schema, is_required=False)


def test_a_sound_field_stays_as_it_is() -> None:
    schema: Any = {"title": "Region", "type": "string", "enum": ["eu", "us"], "default": "eu", "order": 3}
    assert required(schema) == FormNode(schema, (), is_mockable=True)


def test_keywords_that_no_form_knows_are_left_behind() -> None:
    assert required({"type": "string", "tittle": "x", "desciption": "y", "title": "Key"}).schema == {
        "title": "Key",
        "type": "string",
    }


def test_a_field_without_a_title_gets_one_from_its_name() -> None:
    node = required(
        {"type": "object", "properties": {"api_url": {"type": "string", "title": " "}}}, "my_account"
    )
    assert node.schema["title"] == "My account"
    assert node.schema["properties"] == {"api_url": {"title": "Api url", "type": "string"}}


def test_an_enumeration_gets_a_valid_first_example_and_no_default() -> None:
    node = required({"title": "R", "type": "string", "enum": ["eu", "us"]})
    assert node.schema["examples"] == ["eu"]
    assert "default" not in node.schema
    assert node.is_mockable
    assert node.notes == ("field: the first example is a valid value, since Airbyte tests the form with it",)


def test_a_pattern_descriptor_that_is_no_value_makes_room_for_an_example() -> None:
    node = required(
        {
            "title": "Start",
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "pattern_descriptor": "YYYY-MM-DD",
            "examples": ["YYYY-MM-DD", "2021-05-17"],
        }
    )
    assert node.schema["examples"] == ["2021-05-17", "YYYY-MM-DD"]
    assert "pattern_descriptor" not in node.schema
    assert node.notes[0].startswith('field: pattern_descriptor "YYYY-MM-DD" is left out')


def test_optional_fields_are_not_mended_because_airbyte_does_not_test_them() -> None:
    schema: Any = {"title": "R", "type": "string", "enum": ["eu", "us"], "pattern_descriptor": "two letters"}
    assert optional(schema) == FormNode(schema, (), is_mockable=False)


def test_members_that_are_not_required_are_not_mended() -> None:
    inner: Any = {"title": "R", "type": "string", "enum": ["eu", "us"]}
    node = required(
        {"title": "O", "type": "object", "properties": {"a": inner, "b": inner}, "required": ["b"]}
    )
    assert node.schema["properties"] == {"b": {**inner, "examples": ["eu"]}, "a": inner}


@pytest.mark.parametrize("keyword", ["default", "examples", "enum", "const"])
def test_no_value_of_a_secret_is_written(keyword: str) -> None:
    value: Any = ["hunter2"] if keyword in ("examples", "enum") else "hunter2"
    secret: Any = {"title": "Key", "type": "string", "airbyte_secret": True, keyword: value}
    around: Any = {"title": "O", "type": "object", "properties": {"key": secret}, "required": ["key"]}
    around["default"] = {"key": "hunter2"}
    option: Any = {"title": "C", "type": "object", "oneOf": [around]}
    for schema in (secret, around, option, {"title": "L", "type": "array", "items": around}):
        assert "hunter2" not in str(required(schema))
        assert "hunter2" not in str(optional(schema))


def test_a_secret_with_a_pattern_is_tested_with_a_made_up_descriptor() -> None:
    node = required(
        {"title": "K", "type": "string", "airbyte_secret": True, "pattern": "^(sandbox|live)_.+$"}
    )
    assert node.schema["pattern_descriptor"] == "sandbox_a"
    assert node.is_mockable
    assert len(node.notes) == 1


def choice(*options: Any, **rest: Any) -> Any:
    return {"title": "Login", "type": "object", "oneOf": list(options), **rest}


def option(kind: str, *required: str, **properties: Any) -> Any:
    return {
        "title": kind,
        "required": list(required),
        "properties": {"type": {"type": "string", "const": kind}, **properties},
    }


def test_constants_become_defaults_so_that_the_test_of_the_form_passes() -> None:
    node = required(choice(option("oauth", "type"), option("key", "type")))
    first: Any = node.schema["oneOf"]
    assert first[0]["properties"]["type"] == {"type": "string", "const": "oauth", "default": "oauth"}
    assert node.is_mockable


def test_an_enumeration_of_one_counts_as_a_constant() -> None:
    kind: Any = {"type": "string", "enum": ["oauth"], "title": "T"}
    node = required(choice({"title": "O", "required": ["type"], "properties": {"type": kind}}))
    options: Any = node.schema["oneOf"]
    assert options[0]["properties"]["type"]["default"] == "oauth"


def test_what_tells_options_apart_becomes_required_when_the_test_needs_it() -> None:
    schema = choice(option("oauth"), option("key"))
    node = required(schema)
    options: Any = node.schema["oneOf"]
    assert [each["required"] for each in options] == [["type"], ["type"]]
    assert fits(mock_document(node.schema), schema)
    assert node.notes == (
        "field: type is required in every option, so that Airbyte's test can tell them apart",
    )


def test_an_option_that_passes_is_put_first() -> None:
    impossible = option("bad", "type", "n", n={"type": "integer", "maximum": 5})
    node = required(choice(impossible, option("good", "type")))
    options: Any = node.schema["oneOf"]
    assert [each["title"] for each in options] == ["good", "bad"]
    assert node.notes == (
        "field: the order of the options is changed: Airbyte tests the form with the first",
    )


def test_a_default_that_is_no_valid_value_is_left_out_with_a_note() -> None:
    node = optional({"title": "P", "type": "object", "default": "Public Web"})
    assert "default" not in node.schema
    assert node.notes == ('field: default "Public Web" is left out, since it is no valid value',)


@pytest.mark.parametrize(
    ("constants", "default", "is_kept"),
    [
        (("loose", "strict"), "strict", True),
        ((1, 2), 2, True),
        ((False, True), False, True),
        (("", "x"), "", True),
        ((True, False), 1, False),
        (("loose", "strict"), "Strict", False),
    ],
)
def test_a_default_that_names_an_option_by_its_constant_is_kept(
    constants: tuple[Any, ...], default: Any, is_kept: bool
) -> None:
    key: Any = {"type": "string", "airbyte_secret": True, "const": "hunter2"}
    options = [{"properties": {"mode": {"const": each}, "key": key}} for each in constants]
    for node in (optional, required):
        schema = node(choice(*options, default=default)).schema
        assert ("default" in schema) == is_kept
        assert schema.get("default", default) is default
        assert "default" not in node(choice(*options, default="hunter2")).schema


def test_numbers_beside_a_text_type_are_written_as_text() -> None:
    node = optional(
        {"title": "V", "type": "string", "default": 1.1, "examples": [2, True], "enum": [1.1, "x"]}
    )
    assert node.schema["examples"] == ["2", "true"]
    assert node.schema["enum"] == ["1.1", "x"]


def test_a_list_of_types_is_reduced_to_the_one_that_has_a_field() -> None:
    assert required({"title": "T", "type": ["null", "string"]}).schema["type"] == "string"


def test_items_of_a_list_borrow_the_examples_of_the_list() -> None:
    node = required(
        {
            "title": "Repositories",
            "type": "array",
            "examples": ["acme/crm"],
            "items": {"type": "string", "pattern": "^[a-z]+/[a-z]+$"},
        }
    )
    items: Any = node.schema["items"]
    assert items["examples"] == ["acme/crm"]
    assert node.is_mockable


def test_what_cannot_be_mended_says_so() -> None:
    assert not required({"title": "N", "type": "integer", "enum": [1, 7]}).is_mockable


def test_malformed_schemas_are_read_as_far_as_they_go() -> None:
    node = required(
        {"type": "object", "required": True, "properties": {"a": 1, "b": {"type": "string"}}, "oneOf": "x"}
    )
    assert node.schema == {
        "title": "Field",
        "type": "object",
        "properties": {"b": {"title": "B", "type": "string"}},
    }


def test_very_deep_schemas_are_cut() -> None:
    schema: Any = {"type": "string", "title": "deepest"}
    for _ in range(40):
        schema = {"type": "object", "properties": {"a": schema}}
    assert "deepest" not in str(optional(schema))
