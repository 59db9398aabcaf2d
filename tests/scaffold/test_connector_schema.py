"""The manifest's schema for one connector: good presets pass in an editor, wrong ones do not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.scaffold.scaffold import scaffold_manifest
from reconciler.manifests.connector_schema import connector_manifest_schema
from reconciler.manifests.schema import manifest_schema
from reconciler.model.template import Connector

Make = Callable[..., Connector]

BUILTIN = builtin_catalogue().connectors
DRAFTS: Any = (Draft7Validator, Draft202012Validator)
# What both drafts know, and mean alike.
SHARED = {
    "$schema", "title", "description", "default", "examples", "type", "enum", "const", "format", "pattern",
    "properties", "patternProperties", "additionalProperties", "required", "propertyNames", "minProperties", "maxProperties",
    "items", "contains", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "allOf", "anyOf", "oneOf", "not", "if", "then", "else",
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "region": {"type": "string", "enum": ["eu", "us"]},
    "days": {"type": "integer", "minimum": 1},
    "token": {
        "type": "string",
        "airbyte_secret": True,
        "pattern": "^x",
        "examples": ["x-1"],
        "description": "Yours.",
    },
    "login": {
        "type": "object",
        "oneOf": [
            {
                "required": ["kind", "key"],
                "properties": {
                    "kind": {"type": "string", "const": "key"},
                    "key": {"type": "string", "airbyte_secret": True},
                },
            },
            {"required": ["kind"], "properties": {"kind": {"type": "string", "const": "none"}}},
        ],
    },
}


def problems(schema: Any, presets: Any, connector: str = "source-crm") -> list[str]:
    """Where both drafts find something wrong with these presets."""
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "SourceTemplate",
        "metadata": {"name": "crm"},
        "spec": {"connector": connector, "partialDefaultConfig": presets},
    }
    found = [sorted(error.json_path for error in draft(schema).iter_errors(document)) for draft in DRAFTS]
    assert found[0] == found[1]
    return found[0]


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema."""
    if isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key in ("properties", "patternProperties"):
                parts = list(value.values())
            elif key in ("allOf", "anyOf", "oneOf"):
                parts = value
            else:
                parts = (
                    [value]
                    if key
                    in (
                        "items",
                        "additionalProperties",
                        "not",
                        "if",
                        "then",
                        "else",
                        "contains",
                        "propertyNames",
                    )
                    else []
                )
            for part in parts:
                yield from nodes(part)


@pytest.mark.parametrize(
    "presets",
    [
        {},
        {"region": "eu"},
        {"days": 30, "login": {"kind": "none"}},
        {"login": {"kind": "key"}},
        {"unheard_of": 1},
    ],
)
def test_good_presets_pass_whole_or_in_part(crm: Make, presets: Any) -> None:
    assert problems(connector_manifest_schema(crm(FIELDS, required=["region", "token"])), presets) == []


@pytest.mark.parametrize(
    ("presets", "place"),
    [
        ({"region": "mars"}, "$.spec.partialDefaultConfig.region"),
        ({"days": "30"}, "$.spec.partialDefaultConfig.days"),
        ({"days": 0}, "$.spec.partialDefaultConfig.days"),
        ({"login": {"kind": "other"}}, "$.spec.partialDefaultConfig.login"),
        ([], "$.spec.partialDefaultConfig"),
    ],
)
def test_wrong_presets_do_not_pass(crm: Make, presets: Any, place: str) -> None:
    assert problems(connector_manifest_schema(crm(FIELDS)), presets) == [place]


@pytest.mark.parametrize(
    "variable", ["RECONCILER_VAR_X", {"name": "RECONCILER_VAR_X", "type": "integer", "default": 3}]
)
@pytest.mark.parametrize("name", ["region", "days", "token"])
def test_a_variable_passes_for_a_field_of_any_type(crm: Make, name: str, variable: Any) -> None:
    """Editors see what is behind the tag `!env`."""
    assert problems(connector_manifest_schema(crm(FIELDS)), {name: variable}) == []


@pytest.mark.parametrize(
    "variable", ["CRM_DAYS", {"name": "CRM_DAYS"}, {"name": "RECONCILER_VAR_X", "type": "int"}, {}]
)
def test_what_no_variable_can_be_does_not_pass(crm: Make, variable: Any) -> None:
    schema = connector_manifest_schema(crm(FIELDS))
    assert problems(schema, {"days": variable}) == ["$.spec.partialDefaultConfig.days"]


def test_a_connector_that_forbids_unknown_fields_forbids_them_in_presets(crm: Make) -> None:
    schema = connector_manifest_schema(crm(FIELDS, additionalProperties=False))
    assert problems(schema, {"regoin": "eu"}) == ["$.spec.partialDefaultConfig"]


def test_the_manifest_must_name_this_connector(crm: Make) -> None:
    schema = connector_manifest_schema(crm(FIELDS))
    for name in ("source-crm", "airbyte/source-crm", "00000000-0000-4000-8000-0000000000c1"):
        assert problems(schema, {}, name) == []
    assert problems(schema, {}, "source-other") == ["$.spec.connector"]


def test_secrets_say_that_they_are_not_to_be_preset(crm: Make) -> None:
    spec: Any = connector_manifest_schema(crm(FIELDS))["properties"]
    token = spec["spec"]["properties"]["partialDefaultConfig"]["properties"]["token"]
    assert token["anyOf"][0] == {
        "type": "string",
        "description": "Do not preset: a secret, to be asked from the customer. Airbyte stores presets in clear. Yours.",
    }


def test_without_a_specification_presets_are_free() -> None:
    schema = connector_manifest_schema(Connector("00000000-0000-4000-8000-0000000000c1", "acme/source-crm"))
    assert problems(schema, {"anything": 1}, "acme/source-crm") == []
    assert problems(schema, 1, "acme/source-crm") == ["$.spec.partialDefaultConfig"]


@pytest.mark.parametrize("connector", BUILTIN, ids=lambda connector: connector.repository)
def test_only_keywords_that_both_drafts_share_are_used(connector: Connector) -> None:
    schema: Any = connector_manifest_schema(connector)
    for draft in DRAFTS:
        draft.check_schema(schema)
    assert {key for node in nodes(schema) for key in node} <= SHARED
    assert "$ref" not in json.dumps(schema)


@pytest.mark.parametrize("connector", BUILTIN, ids=lambda connector: connector.repository)
def test_a_scaffold_passes_its_connectors_schema(connector: Connector) -> None:
    document = yaml.safe_load(scaffold_manifest(connector, name="mine"))
    for draft in DRAFTS:
        assert list(draft(connector_manifest_schema(connector)).iter_errors(document)) == []


def test_the_examples_of_this_repository_pass_their_connectors_schemas() -> None:
    files = sorted((Path(__file__).parents[2] / "manifests").rglob("*.yaml"))
    assert files
    for file in files:
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            connector = builtin_catalogue().resolve(document["spec"]["connector"])
            assert connector is not None
            assert list(Draft7Validator(connector_manifest_schema(connector)).iter_errors(document)) == []


def test_everything_but_connector_and_presets_is_as_in_the_general_schema(crm: Make) -> None:
    own: Any = connector_manifest_schema(crm(FIELDS))
    general: Any = manifest_schema()["$defs"]
    assert own["required"] == general["SourceTemplateManifest"]["required"]
    assert own["properties"]["metadata"] == general["MetadataModel"]
    spec = own["properties"]["spec"]
    assert set(spec["properties"]) == set(general["SourceTemplateSpec"]["properties"])
    assert spec["properties"]["partialUserConfigSpec"] == general["FormModel"]


def test_a_choice_at_the_root_asks_for_nothing_either(crm: Make) -> None:
    kind: Any = {"type": "string", "const": "a"}
    schema = connector_manifest_schema(crm({}, oneOf=[{"required": ["kind"], "properties": {"kind": kind}}]))
    assert problems(schema, {}) == []
    assert problems(schema, {"kind": "b"}) == ["$.spec.partialDefaultConfig"]


@pytest.mark.parametrize("pattern", [r"\p{L}+", r"(?i)abc", r"\A[a-z]+\z", "a++", "(", "[a-z&&[^b]]"])
def test_patterns_that_editors_read_otherwise_are_left_out(crm: Make, pattern: str) -> None:
    schema = connector_manifest_schema(crm({"a": {"type": "string", "pattern": pattern}}))
    assert problems(schema, {"a": "Ä"}) == []


@given(st.text(alphabet="[]^-&|~a-z\\(){}?*+<:=!", max_size=12))
def test_no_pattern_is_passed_on_that_cannot_be_read(pattern: str) -> None:
    specification: Any = {"connectionSpecification": {"properties": {"a": {"pattern": pattern}}}}
    schema = connector_manifest_schema(Connector("id", "source-x", "X", None, specification))
    for each in nodes(schema):
        re.compile(each.get("pattern", ""))


JUNK: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.text(max_size=4)
    | st.lists(st.integers(), max_size=2)
    | st.just({})
)
WORDS = sorted(SHARED | {"dependencies", "$ref", "definitions", "airbyte_secret", "id", "additionalItems"})
SCHEMAS: Any = st.recursive(
    JUNK,
    lambda inner: st.dictionaries(st.sampled_from(WORDS), inner | st.lists(inner, max_size=2), max_size=5),
)


@given(SCHEMAS)
def test_malformed_specifications_give_sound_schemas(specification: Any) -> None:
    connector = Connector("id", "source-x", "X", None, {"connectionSpecification": specification})
    schema = connector_manifest_schema(connector)
    for draft in DRAFTS:
        draft.check_schema(schema)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
