"""Schema validation in the server's words."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.connectors.server import schema_check
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown


def check_against(value: Any, schema: Any) -> tuple[str, ...]:
    return schema_check.check_against(value, schema)


@pytest.mark.parametrize(
    ("schema", "instance", "messages"),
    [
        ({"required": ["x"]}, {}, ["$: required property 'x' not found"]),
        ({"type": "integer"}, "a", ["$: string found, integer expected"]),
        ({"type": "string"}, True, ["$: boolean found, string expected"]),
        ({"type": ["string", "null"]}, 1.5, ["$: number found, [string, null] expected"]),
        ({"type": "wrong"}, {}, ["$: object found, unknown expected"]),
        ({"properties": {"a": {"type": "array"}}}, {"a": None}, ["$.a: null found, array expected"]),
        ({"properties": {"a": {"const": "X"}}}, {"a": "Y"}, ["$.a: must be the constant value 'X'"]),
        (
            {"enum": ["a", 1, None, {"b": [2]}]},
            "c",
            ['$: does not have a value in the enumeration ["a", 1, null, {"b":[2]}]'],
        ),
        ({"enum": "a"}, "a", ["$: does not have a value in the enumeration [none]"]),
        ({"pattern": "^a$"}, "b", ["$: does not match the regex pattern ^a$"]),
        ({"minimum": 1}, 0, ["$: must have a minimum value of 1"]),
        ({"maximum": 1.5}, 2, ["$: must have a maximum value of 1.5"]),
        ({"exclusiveMinimum": 1}, 1, ["$: must have an exclusive minimum value of 1"]),
        ({"exclusiveMaximum": 1}, 1, ["$: must have an exclusive maximum value of 1"]),
        ({"multipleOf": 2}, 3, ["$: must be multiple of 2"]),
        ({"minLength": 2}, "a", ["$: must be at least 2 characters long"]),
        ({"maxLength": 5000}, "a" * 5001, ["$: must be at most 5,000 characters long"]),
        ({"minItems": 1}, [], ["$: must have at least 1 items but found 0"]),
        ({"maxItems": 1}, [1, 2], ["$: must have at most 1 items but found 2"]),
        ({"minProperties": 1}, {}, ["$: must have at least 1 properties"]),
        ({"maxProperties": 0}, {"a": 1}, ["$: must have at most 0 properties"]),
        ({"uniqueItems": True}, [1, 1], ["$: must have only unique items in the array"]),
        ({"not": {"type": "string"}}, "a", ['$: must not be valid to the schema {"type":"string"}']),
        (
            {"contains": {"const": 1}},
            [2],
            ['$: does not contain an element that passes these validations: {"const":1}'],
        ),
        ({"dependencies": {"a": ["b"]}}, {"a": 1}, ["$: has an error with dependencies {a=[b]}"]),
        ({"properties": {"a": False}}, {"a": 1}, ["$.a: schema for 'a' is false"]),
        ({"items": {"type": "string"}}, ["a", 1], ["$[1]: integer found, string expected"]),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"a": 1, "b": 1, "c": 1},
            [
                "$: property 'b' is not defined in the schema and the schema does not allow additional properties",
                "$: property 'c' is not defined in the schema and the schema does not allow additional properties",
            ],
        ),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}, ["$.a: integer found, string expected"]),
        (
            {"patternProperties": {"^x": {"type": "string"}}},
            {"x1": 1, "y": 1},
            ["$.x1: integer found, string expected"],
        ),
        (
            {"$ref": "#/definitions/a", "definitions": {"a": {"type": "null"}}},
            1,
            ["$: integer found, null expected"],
        ),
        ({"if": {"const": 1}, "then": False}, 1, ["$: schema for 'then' is false"]),
        (
            {"items": [{}], "additionalItems": False},
            [1, 2],
            [
                "$: index '1' is not defined in the schema and the schema does not allow additional items",
            ],
        ),
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            [
                "$: property 'ab' name is not valid: must be at most 1 characters long",
            ],
        ),
        ({"maxLength": 3_000_000_000}, "", ["$: must be at most -1,294,967,296 characters long"]),
        ({"const": [1]}, [1.0], ["$: must be the constant value ''"]),
    ],
)
def test_message_of_each_keyword(schema: Any, instance: Any, messages: list[str]) -> None:
    assert list(check_against(instance, schema)) == messages


@pytest.mark.parametrize(
    ("schema", "instance"),
    [
        ({"type": "integer"}, 1.0),
        ({"type": "number"}, 1),
        ({"type": "any"}, []),
        ({"type": "string", "nullable": True}, None),
        ({"const": 1}, 1.0),
        ({"enum": [1.0]}, 1),
        ({"pattern": "b"}, "abc"),
        ({"uniqueItems": True}, [1, 1.0]),
        ({"enum": [[1]]}, [1.0]),
        ({"enum": ["a"], "nullable": True}, None),
        ({"type": "object", "nullable": "true", "oneOf": [{"type": "object"}]}, None),
        ({"format": "made-up"}, "x"),
        ({"format": "date"}, 5),
        ({"required": True}, {}),
        ({"required": "a"}, {}),
        ({"properties": []}, {"a": 1}),
        ({"properties": {"a": None}}, {"a": 1}),
        ({"properties": {"a": "text"}}, {"a": 1}),
        ({"minLength": "5"}, "a"),
        ({"uniqueItems": "yes"}, [1, 1]),
        ({"pattern": 5}, "a"),
        ({"multipleOf": 0}, 3),
        ({"additionalProperties": False}, {"#comment": 1}),
        (True, 1),
        ("no schema", 1),
        (None, 1),
    ],
)
def test_what_the_validator_lets_pass(schema: Any, instance: Any) -> None:
    assert check_against(instance, schema) == ()


def test_a_boolean_is_no_number_and_true_is_not_one() -> None:
    assert check_against(True, {"type": "number"}) == ("$: boolean found, number expected",)
    assert check_against(True, {"const": 1}) == ("$: must be the constant value '1'",)


def test_one_of_without_a_match_lists_what_each_option_missed() -> None:
    options = [{"required": ["a"]}, {"properties": {"k": {"const": "x"}}}]
    assert check_against({"c": {"k": "y"}}, {"properties": {"c": {"oneOf": options}}}) == (
        "$.c: must be valid to one and only one schema, but 0 are valid",
        "$.c: required property 'a' not found",
        "$.c.k: must be the constant value 'x'",
    )


def test_one_of_with_two_matches_names_the_first_two() -> None:
    options = [{"type": "null"}, {"type": "integer"}, {"minimum": 0}, {}]
    assert check_against(1, {"oneOf": options}) == (
        "$: integer found, null expected",
        "$: must be valid to one and only one schema, but 2 are valid with indexes '1, 2'",
    )


def test_any_of_speaks_through_its_options_only() -> None:
    assert check_against(1, {"anyOf": [{"type": "string"}, {"type": "null"}]}) == (
        "$: integer found, null expected",
        "$: integer found, string expected",
    )


def test_order_does_not_depend_on_the_order_of_keys() -> None:
    one = {"properties": {"b": {"type": "null"}, "a": {"type": "null"}}, "required": ["z", "y"]}
    other = {"required": ["y", "z"], "properties": {"a": {"type": "null"}, "b": {"type": "null"}}}
    instance = {"a": 1, "b": 1}
    assert check_against(instance, one) == check_against(instance, other)


@pytest.mark.parametrize("draft", ["draft-04/schema#", "draft-06/schema#", "draft-07/schema#"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_old_drafts_assert_formats(scheme: str, draft: str) -> None:
    schema = {"$schema": f"{scheme}://json-schema.org/{draft}", "format": "date"}
    assert check_against("x", schema) == (
        "$: does not match the date pattern must be a valid RFC 3339 full-date",
    )


@pytest.mark.parametrize("draft", ["draft/2019-09/schema", "draft/2020-12/schema"])
def test_new_drafts_take_formats_for_notes(draft: str) -> None:
    assert check_against("x", {"$schema": f"https://json-schema.org/{draft}", "format": "date"}) == ()


@pytest.mark.parametrize("name", [None, 7, ["draft-04"], {}])
def test_without_a_known_dialect_it_is_draft_seven(name: Any) -> None:
    schema = {"$schema": name, "if": {"const": 1}, "then": {"const": 2}}
    assert check_against(1, schema) == ("$: must be the constant value '2'",)


def test_draft_four_knows_boolean_limits_and_no_const() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "minimum": 1,
        "exclusiveMinimum": True,
        "const": 9,
    }
    assert check_against(1, schema) == ("$: must have a minimum value of 1",)
    assert check_against(2, schema) == ()


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"$schema": "https://json-schema.org/draft/2020-12/schema", "format": "date"}}},
        {"$schema": "https://example.com/my-dialect"},
        {"$ref": "https://schemas.example.test/never-fetched.json"},
        {"$ref": "http://json-schema.org/draft-07/schema#"},
        {"properties": {"a": {"$id": "http://example.com/part"}}},
        {"notAllowed": ["a"]},
        {"$id": "not a uri"},
        {"$ref": "#"},
        {"$ref": "other.json"},
        {"pattern": r"\p{IsGreek}"},
        {"propertyNames": {"pattern": r"(a)\1"}},
    ],
)
def test_what_cannot_be_followed_is_not_known(schema: Any) -> None:
    with pytest.raises(NotKnown):
        check_against({"a": "x"}, schema)


def test_a_part_that_cannot_be_followed_counts_only_where_a_document_gets_there() -> None:
    schema = {"properties": {"a": {"pattern": r"^(a)\1$"}, "b": {"$ref": "https://example.com/x"}}}
    assert check_against({"c": 1}, schema) == ()
    assert check_against({"a": 1}, schema) == ()


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": {}},
        {"anyOf": "x"},
        {"allOf": None},
        {"minimum": "1"},
        {"maximum": True},
        {"exclusiveMinimum": True},
        {"$ref": "#/nowhere"},
        {"multipleOf": float("inf")},
        {"properties": {"a": {"id": "x"}}},
        {"$schema": "x y"},
        {"properties": {"a": {"pattern": "["}}},
        {"patternProperties": []},
        {"definitions": {"unused": {"oneOf": {}}}},
    ],
)
def test_a_schema_that_the_validator_throws_on(schema: Any) -> None:
    with pytest.raises(UncheckableSchema):
        check_against(1, schema)


EVERY_KEYWORD: dict[str, Any] = {
    "type": "null", "enum": ["x"], "const": "x", "pattern": "^x$", "format": "date", "minimum": 10**9, "maximum": -(10**9),
    "exclusiveMinimum": 10**9, "exclusiveMaximum": -(10**9), "multipleOf": 10**9, "minLength": 10**6, "maxLength": 0,
    "minItems": 10**6, "maxItems": 0, "minProperties": 10**6, "maxProperties": 0, "required": ["x"], "uniqueItems": True,
    "additionalProperties": False, "items": False, "contains": {"const": 1}, "propertyNames": {"maxLength": 0},
    "not": {}, "oneOf": [{}, {}], "anyOf": [{"type": "null"}], "allOf": [False], "if": {}, "then": False,
    "dependencies": {"k": ["x"]}, "patternProperties": {"": False}, "$ref": "#/definitions/never",
}  # fmt: skip


@pytest.mark.parametrize(
    "value", ["hunter2", ["hunter2"] * 2, {"k": "hunter2"}, 424242.5, [424242.5], {"k": [424242.5]}]
)
@pytest.mark.parametrize("draft", ["draft-04/schema#", "draft-07/schema#", "draft/2020-12/schema"])
@pytest.mark.parametrize("keyword", EVERY_KEYWORD)
def test_no_message_quotes_a_value_of_the_document(keyword: str, draft: str, value: Any) -> None:
    part = {keyword: EVERY_KEYWORD[keyword], **({"then": False} if keyword == "if" else {})}
    schema = {
        "$schema": f"http://json-schema.org/{draft}",
        "properties": {"a": part},
        "definitions": {"never": False},
    }
    told = " ".join(check_against({"a": value}, schema))
    assert "hunter2" not in told
    assert "424242" not in told


def test_a_schema_may_follow_many_references() -> None:
    schema = {"definitions": {"x": {"type": "string"}}, "items": {"allOf": [{"$ref": "#/definitions/x"}] * 3}}
    assert check_against(["a"] * 5_000, schema) == ()


@pytest.mark.parametrize(
    ("step", "number", "is_met"),
    [
        (0.1, 0.3, True),
        (0.1, 0.35, False),
        (3, 9.0, True),
        (3, 10, False),
        (-1, 1.5, False),
        (5e-324, 1e308, True),
    ],
)
def test_multiples_are_reckoned_in_decimal(step: float, number: float, is_met: bool) -> None:
    assert (check_against(number, {"multipleOf": step}) == ()) is is_met


def test_a_number_too_long_for_a_double_throws_where_a_multiple_is_asked_for() -> None:
    with pytest.raises(UncheckableSchema):
        check_against(10**399, {"multipleOf": 3})
