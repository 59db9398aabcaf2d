"""Lint and guard over any JSON: they never raise, never change their input, and never show a value."""

from __future__ import annotations

import copy
from typing import Any

import factories
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.rules import explain_rule
from reconciler.connectors.lint.secret_guard import secret_guard
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.secrets import secret_pointers
from reconciler.model.diagnostic import Severity
from reconciler.model.json_value import JsonObject, pointer_segments
from reconciler.model.template import Connector

WORDS = st.sampled_from(
    [
        "object",
        "string",
        "array",
        "integer",
        "a",
        "b",
        "date",
        "^a+$",
        "#",
        "#/properties/a",
        "api_key",
        "x" * 3,
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 50)
    | st.floats(allow_nan=False, width=16)
    | st.text(max_size=4)
)
KEYWORDS = st.sampled_from(
    (
        "type", "properties", "required", "oneOf", "anyOf", "allOf", "items", "default", "examples", "format", "pattern", "enum",
        "const", "minimum", "exclusiveMinimum", "maxLength", "additionalProperties", "patternProperties", "airbyte_secret",
        "airbyte_hidden", "order", "title", "tittle", "$ref", "definitions", "not", "if", "advanced_auth", "predicate_key",
        "oauth_config_specification", "complete_oauth_output_specification", "complete_oauth_server_output_specification",
        "complete_oauth_server_input_specification", "path_in_connector_config", "connectionSpecification", "a", "b", "api_key",
        "deprecated", "description",
    )
)  # fmt: skip
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=25,
)
OBJECTS = st.dictionaries(KEYWORDS | st.text(max_size=3), VALUES, max_size=6)
SCHEMAS = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": OBJECTS, "required": st.lists(WORDS)},
    optional={
        "oneOf": VALUES,
        "allOf": VALUES,
        "additionalProperties": VALUES,
        "$ref": WORDS,
        "definitions": OBJECTS,
    },
)
SPECIFICATIONS = (
    st.fixed_dictionaries({"connectionSpecification": SCHEMAS | VALUES}, optional={"advanced_auth": VALUES})
    | OBJECTS
    | st.sampled_from([connector.specification or {} for connector in builtin_catalogue()])
)


@settings(max_examples=3 * settings().max_examples)
@given(st.none() | SPECIFICATIONS, st.none() | SPECIFICATIONS, OBJECTS, st.booleans())
def test_any_manifest_can_be_checked_and_stays_as_it_is(
    specification: Any, form: Any, presets: JsonObject, as_variable: bool
) -> None:
    variables = frozenset({"/spec/partialDefaultConfig/a"}) if as_variable else frozenset[str]()
    connector = Connector(factories.CRM.id, "source-crm", specification=specification)
    manifest = factories.manifest(connector=connector, presets=presets, spec=form, variables=variables)
    before = copy.deepcopy((specification, form, presets))
    found = (*lint(Subject(manifest)), *secret_guard(Subject(manifest)))
    assert (specification, form, presets) == before
    assert found == (*lint(Subject(manifest)), *secret_guard(Subject(manifest)))
    for advice in found:
        assert explain_rule(advice.rule) is not None
        assert advice.pointer.startswith("/spec/")
        assert advice.message


@settings(max_examples=3 * settings().max_examples)
@given(SPECIFICATIONS)
@example(
    {
        "connectionSpecification": {
            "type": "object",
            "oneOf": [{"airbyte_secret": True}],
            "definitions": {"type": {"default": "01"}},
        }
    }
)
def test_nothing_that_a_connector_publishes_is_a_secret_of_the_form_that_repeats_it(published: Any) -> None:
    connector = Connector(factories.CRM.id, specification=published)
    manifest = factories.manifest(connector=connector, spec=published)
    assert [each for each in secret_guard(Subject(manifest)) if each.severity is Severity.ERROR] == []


@given(SCHEMAS, OBJECTS)
def test_every_text_at_a_secret_position_is_told_of(schema: Any, presets: JsonObject) -> None:
    """Against another reading of the same specification: where secret_paths masks, the guard is not silent."""
    connector = Connector(factories.CRM.id, specification={"connectionSpecification": schema})
    manifest = factories.manifest(connector=connector, presets=_salted(presets))
    told = {
        advice.pointer.removeprefix("/spec/partialDefaultConfig")
        for advice in secret_guard(Subject(manifest))
    }
    for pointer in secret_pointers(manifest.presets, [schema]):
        value: Any = manifest.presets
        for segment in pointer_segments(pointer):
            value = value[int(segment)] if isinstance(value, list) else value[segment]
        if isinstance(value, str):
            assert pointer in told


def _salted(value: Any) -> Any:
    """The value with texts that no specification holds and nobody takes for a placeholder."""
    if isinstance(value, dict):
        return {key: _salted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_salted(item) for item in value]
    return f"S3cr3t!{value}" if isinstance(value, str) else value


@given(SCHEMAS)
def test_nodes_of_a_form_stand_where_their_pointers_say(schema: Any) -> None:
    for node in Node(schema, "").walk():
        value: Any = schema
        for segment in pointer_segments(node.pointer):
            value = value[int(segment)] if isinstance(value, list) else value[segment]
        assert value is node.schema
