"""The plain part of the validator says what the whole one says."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.server.schema_drafts import draft_violations
from reconciler.connectors.server.schema_plain import NotPlain, plain_violations
from reconciler.connectors.server.schema_violation import by_place
from reconciler.connectors.server.tolerated_schema import UncheckableSchema, tolerated_schema
from reconciler.model.json_value import JsonObject

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
NAMES = ("a", "b", "x1")
INSTANCES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 2.5, "a", "b", "1970-01-01", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(
    ["object", "array", "string", "number", "integer", "boolean", "null", "any", "?", ["string", "null"]]
)


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    options = st.lists(inner, max_size=3)
    members = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    small = st.integers(0, 3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "nullable": st.booleans(),
            "required": st.lists(st.sampled_from(NAMES), max_size=2),
            "enum": st.lists(INSTANCES, max_size=2),
            "const": INSTANCES,
            "pattern": st.sampled_from(["a", "^b$", "[", "^$"]),
            "format": st.sampled_from(["date", "made-up"]),
            "minimum": st.integers(-2, 2),
            "maximum": st.sampled_from([1, 1.5]),
            "exclusiveMinimum": st.sampled_from([0, True]),
            "exclusiveMaximum": st.sampled_from([2]),
            "minLength": small,
            "maxLength": small,
            "minItems": small,
            "maxItems": small,
            "minProperties": small,
            "maxProperties": small,
            "properties": members,
            "patternProperties": st.dictionaries(st.sampled_from(["^x", "["]), inner, max_size=1),
            "additionalProperties": st.booleans() | inner,
            "items": inner | options,
            "oneOf": options,
            "anyOf": options,
            "allOf": options,
            "not": inner,
            "uniqueItems": st.booleans(),
        },
    )


SCHEMAS = st.recursive(st.booleans() | st.just({}), _schemas, max_leaves=6)


@given(INSTANCES, SCHEMAS)
def test_plain_and_whole_validator_agree(instance: Any, schema: Any) -> None:
    tolerated = tolerated_schema(schema)
    try:
        plain = by_place(plain_violations(instance, tolerated))
    except NotPlain:
        return
    assert plain == by_place(draft_violations(instance, tolerated, DRAFT_7))


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("$ref", "#"),
        ("not", {}),
        ("if", {}),
        ("contains", {}),
        ("dependencies", {}),
        ("propertyNames", {}),
        ("multipleOf", 2),
        ("exclusiveMinimum", True),
    ],
)
def test_what_the_plain_validator_does_not_know_it_leaves_alone(keyword: str, value: Any) -> None:
    with pytest.raises(NotPlain):
        plain_violations(1, {"type": "null", keyword: value})


def test_a_limit_that_is_no_number_still_ends_in_an_error_of_the_schema() -> None:
    with pytest.raises(UncheckableSchema):
        draft_violations(1, {"exclusiveMinimum": True}, DRAFT_7)


def test_ordinary_connectors_are_judged_without_the_validation_library() -> None:
    program = (
        "import sys\n"
        "from reconciler.connectors.builtin import builtin_catalogue\n"
        "from reconciler.connectors.server.rules import evaluate_create\n"
        "print(sorted({evaluate_create(c.specification, {}).status for c in builtin_catalogue()}))\n"
        "print('jsonschema' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[200, 422, 500]\nFalse\n"
