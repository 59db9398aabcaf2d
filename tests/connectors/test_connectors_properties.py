"""Properties of the pure rules over any JSON: nothing is mutated, nothing crashes, normal forms are stable."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.server.create import (
    MergeFailed,
    evaluate_create,
    merge_presets,
    mock_document,
    stored_presets,
)
from reconciler.connectors.server.forms import (
    InferenceFailed,
    UnparsableSpecification,
    infer_form,
    parse_specification,
    served_specification,
)
from reconciler.connectors.server.java_pattern import java_search
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.server.schema_check import check_against
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.specification.secrets import form_secret_pointers, looks_secret, secret_pointers
from reconciler.model.json_value import JsonObject, pointer_segments

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 50)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.text(max_size=5)
)
KEYWORDS = (
    "type", "properties", "required", "oneOf", "anyOf", "items", "default", "examples", "format",
    "pattern", "enum", "const", "minimum", "additionalProperties", "airbyte_secret",
    "connectionSpecification", "advanced_auth", "oauth_config_specification", "predicate_key",
    "documentationUrl", "supportsDBT", "supported_destination_sync_modes", "$ref", "$schema", "a", "b",
    "credentials",
)  # fmt: skip
WORDS = st.sampled_from(
    ["object", "string", "array", "integer", "null", "a", "b", "date", "#", "#/properties/a", "append"]
)
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYWORDS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYWORDS), VALUES, max_size=6)
SPECIFICATIONS = st.sampled_from(
    [c.specification or {} for c in builtin_catalogue()]
) | st.fixed_dictionaries(
    {
        "connectionSpecification": st.fixed_dictionaries(
            {"type": st.just("object"), "properties": OBJECTS, "required": st.lists(WORDS)}
        )
    }
)


@given(OBJECTS)
def test_serving_twice_changes_nothing_and_the_argument_stays(specification: JsonObject) -> None:
    before = copy.deepcopy(specification)
    served = served_specification(specification)
    assert specification == before
    assert served_specification(served) == served


@given(VALUES)
def test_parsing_gives_the_value_itself_or_refuses(value: Any) -> None:
    with contextlib.suppress(UnparsableSpecification):
        assert parse_specification(value) is value


@given(SPECIFICATIONS, VALUES)
def test_an_inferred_form_is_a_fixed_point_of_serving_and_mutates_nothing(
    specification: Any, presets: Any
) -> None:
    before = copy.deepcopy((specification, presets))
    try:
        form = infer_form(specification, presets)
    except InferenceFailed:
        form = {}
    else:
        assert served_specification(form) == form
    assert (specification, presets) == before


@given(OBJECTS, OBJECTS)
def test_a_merge_keeps_every_top_level_name_and_mutates_nothing(
    presets: JsonObject, mock: JsonObject
) -> None:
    before = copy.deepcopy((presets, mock))
    try:
        merge = merge_presets(presets, mock)
    except MergeFailed:
        merge = None
    assert (presets, mock) == before
    if merge is not None:
        assert merge.stored.keys() == presets.keys()
        assert merge.validated.keys() == presets.keys() | mock.keys()
        for name, value in merge.stored.items():
            assert value in (presets[name], merge.validated[name])
            assert isinstance(presets[name], dict) or value == presets[name]


@given(VALUES)
def test_any_schema_has_a_mock(schema: Any) -> None:
    before = copy.deepcopy(schema)
    mock_document(schema)
    assert schema == before


@given(VALUES, VALUES)
def test_any_document_can_be_held_against_any_schema(instance: Any, schema: Any) -> None:
    before = copy.deepcopy((instance, schema))
    try:
        messages = check_against(instance, schema)
    except (UncheckableSchema, NotKnown):
        messages = ()
    assert list(messages) == [message for message in messages if message.startswith("$")]
    assert len(set(messages)) == len(messages)
    assert (instance, schema) == before


@given(SPECIFICATIONS | st.none(), VALUES, VALUES | st.just(ABSENT))
def test_every_create_has_an_answer_and_mutates_nothing(specification: Any, presets: Any, form: Any) -> None:
    before = copy.deepcopy((specification, presets))
    evaluation = evaluate_create(specification, presets, form)
    assert (specification, presets) == before
    assert (evaluation.status == 200) == (evaluation.stored_presets is not None)
    assert (evaluation.status == 422) == bool(evaluation.messages)


@given(SPECIFICATIONS, OBJECTS)
def test_what_an_accepted_create_stores_is_what_stored_presets_foretell(
    specification: Any, presets: Any
) -> None:
    evaluation = evaluate_create(specification, presets)
    if evaluation.stored_form is not None:
        assert stored_presets(evaluation.stored_form, presets) == evaluation.stored_presets
        assert (
            stored_presets(served_specification(evaluation.stored_form), presets) == evaluation.stored_presets
        )


@given(VALUES, OBJECTS)
def test_secret_pointers_lead_somewhere(value: Any, schema: JsonObject) -> None:
    for found, root in ((secret_pointers(value, [schema]), value), (form_secret_pointers(schema), schema)):
        for text in found:
            target: Any = root
            for segment in pointer_segments(text):
                target = target[int(segment)] if isinstance(target, list) else target[segment]


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_pattern_and_no_name_crashes(pattern: str, text: str) -> None:
    assert java_search(pattern, text) in (True, False, None)
    assert looks_secret(text) in (True, False)


@given(st.text(alphabet="[]^-&|~\\pQEZz{}()?<>=!*+a1.", max_size=12))
def test_no_pattern_of_special_characters_crashes_or_warns(pattern: str) -> None:
    assert java_search(pattern, "a1") in (True, False, None)
