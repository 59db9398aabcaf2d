"""Every remedy is true: applied to the manifest, it takes the problem away, and in the end the server accepts."""

from __future__ import annotations

from typing import Any

import pytest
from verdict.verdict_forms import form

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.scaffold.samples import fitting_text
from reconciler.connectors.server.forms import InferenceFailed
from reconciler.connectors.server.java_values import found_at
from reconciler.connectors.verdict.case import Case, put, without
from reconciler.connectors.verdict.findings import findings_of
from reconciler.connectors.verdict.remedies import remedies, remedies_of_corruption
from reconciler.connectors.verdict.ways import Remedy
from reconciler.model.json_value import JsonObject

TEXT: Any = {"type": "string"}
ENUM: Any = {"type": "string", "enum": ["eu", "us"]}
DATE: Any = {"type": "string", "format": "date", "pattern_descriptor": "YYYY-MM-DD"}
PAIR: Any = {"type": "object", "required": ["a", "b"], "properties": {"a": TEXT, "b": ENUM}}
SECRET: Any = {"type": "string", "airbyte_secret": True, "pattern": "^(s|r)k_(live|test)_[a-z]+$"}
CHOICE: Any = {
    "type": "object",
    "oneOf": [
        {"required": ["k", "x"], "properties": {"k": {"type": "string", "const": "one"}, "x": TEXT}},
        {"required": ["k", "y"], "properties": {"k": {"type": "string", "const": "two"}, "y": SECRET}},
    ],
}
EITHER: Any = {
    "type": "object",
    "oneOf": [
        {"required": ["x"], "properties": {"k": {"const": "one"}, "x": TEXT}},
        {"required": ["x"], "properties": {"k": {"const": "two"}, "x": TEXT}},
    ],
}
OAUTH: Any = {
    "oauth_config_specification": {
        name: {"properties": {"a": {"path_in_connector_config": ["o", "a"]}}}
        for name in (
            "complete_oauth_output_specification",
            "complete_oauth_server_input_specification",
            "complete_oauth_server_output_specification",
        )
    }
}


def ways_out(case: Case) -> list[Remedy]:
    """The remedies of the first thing that is wrong."""
    if case.corrupted and case.evaluation.status == 200:
        return list(remedies_of_corruption(case, next(iter(case.corrupted)).split("/")[1]))
    return list(remedies(case, findings_of(case.evaluation.violations)[0]))


def is_accepted(case: Case) -> bool:
    return case.evaluation.status == 200 and not case.corrupted


def assert_mended(case: Case, pick: int) -> None:
    """Whichever way out is taken, the server accepts in the end."""
    for _ in range(10):
        if is_accepted(case):
            return
        ways = ways_out(case)
        assert ways, case.evaluation.messages
        case = ways[pick % len(ways)].case
    pytest.fail("no end of remedies")


@pytest.mark.parametrize("pick", [0, 1, 2])
@pytest.mark.parametrize(
    ("properties", "presets", "asked"),
    [
        ({"r": ENUM}, {}, None),
        ({"r": ENUM}, {}, {"r": TEXT}),
        ({"r": ENUM}, {"r": "mars"}, None),
        ({"r": ENUM}, {"r": "mars"}, {"r": ENUM}),
        ({"d": DATE}, {}, None),
        ({"d": DATE}, {}, {"d": {**DATE, "examples": ["x"]}}),
        ({"s": SECRET}, {}, None),
        ({"s": SECRET}, {}, {"s": {**SECRET, "default": "x"}}),
        ({"n": {"type": "integer", "enum": [1, 7, 30]}}, {}, None),
        ({"n": {"type": "integer", "enum": [1, 7, 30]}}, {}, {"n": {"type": "integer"}}),
        ({"n": {"type": "integer"}}, {}, {"n": {"title": "N"}}),
        ({"l": {"type": "array", "minItems": 2, "items": ENUM}}, {}, None),
        ({"l": {"type": "array", "items": ENUM}}, {}, {"l": {"type": "array"}}),
        ({"p": PAIR}, {"p": {"a": "1"}}, None),
        ({"p": PAIR}, {"p": {"a": "1"}}, {"p": {**PAIR, "required": ["b"]}}),
        ({"p": PAIR}, {}, {}),
        ({"c": CHOICE}, {}, None),
        ({"c": CHOICE}, {}, {"c": CHOICE}),
        ({"c": CHOICE}, {"c": {"k": "two"}}, None),
        ({"c": CHOICE}, {"c": {"k": "two"}, "r": "mars"}, {"c": CHOICE}),
        ({"c": EITHER}, {}, None),
        ({"c": EITHER}, {"c": {"x": "1"}}, None),
        ({"c": EITHER}, {}, {"c": EITHER}),
        ({"c": CHOICE, "r": ENUM, "d": DATE, "p": PAIR}, {"p": {"b": "eu"}}, None),
    ],
)
def test_taking_one_remedy_after_the_other_ends_in_a_create(
    properties: JsonObject, presets: JsonObject, asked: JsonObject | None, pick: int
) -> None:
    spec = None if asked is None else form(asked)
    assert_mended(Case(form({"r": ENUM} | properties, list(properties)), presets, spec), pick)


@pytest.mark.parametrize("pick", [0, 1, 2])
@pytest.mark.parametrize("field", [PAIR, CHOICE, EITHER])
@pytest.mark.parametrize("preset", [{}, {"a": "1"}, {"k": "one"}, {"k": "two", "x": "1"}])
def test_oauth_objects_find_a_way_out_too(field: Any, preset: JsonObject, pick: int) -> None:
    specification = {**form({"o": field}), "advanced_auth": OAUTH}
    assert_mended(Case(specification, {"o": preset}, None), pick)


@pytest.mark.parametrize("pick", [0, 1, 2])
@pytest.mark.parametrize("repository", [c.repository for c in builtin_catalogue()])
@pytest.mark.parametrize(
    "presets",
    [{}, {"credentials": {}}, {"credentials": {"client_id": "x"}}, {"count": 0, "start_date": "x"}],
)
def test_every_built_in_connector_can_be_created_by_its_remedies(
    repository: str, presets: JsonObject, pick: int
) -> None:
    connector = builtin_catalogue().resolve(repository)
    assert connector is not None
    assert connector.specification is not None
    case = Case(connector.specification, presets, None)
    if isinstance(case.evaluation.failure, InferenceFailed):
        # The advice is to write the form oneself.
        schema = connector.specification["connectionSpecification"]
        case = Case(connector.specification, presets, {"connectionSpecification": schema})
    assert_mended(case, pick)


@pytest.mark.parametrize(
    ("connector", "field"),
    [
        (DATE, DATE),
        (DATE, {**DATE, "default": "x", "examples": ["y"]}),
        ({"type": "string", "pattern": "^a+$"}, TEXT),
    ],
)
def test_the_example_in_brackets_does_the_same_as_the_default(connector: Any, field: Any) -> None:
    case = Case(form({"d": connector}), {}, form({"d": field}))
    words = ways_out(case)[0].words
    text = fitting_text(connector)
    assert f'(or `examples: ["{text}"]`' in words
    kept = {key: value for key, value in field.items() if key not in ("default", "pattern_descriptor")}
    assert is_accepted(Case(case.specification, {}, form({"d": {**kept, "examples": [text]}})))


def test_one_remedy_does_not_hide_behind_another_problem() -> None:
    case = Case(form({"r": ENUM, "d": DATE}), {}, None)
    first, second = findings_of(case.evaluation.violations)
    for finding, other in ((first, second), (second, first)):
        for remedy in remedies(case, finding):
            assert remedy.case.evaluation.messages == other.messages


def test_a_remedy_leaves_the_case_as_it_was() -> None:
    presets: JsonObject = {"p": {"a": "1"}}
    case = Case(form({"p": PAIR}), presets, None)
    assert ways_out(case)
    assert presets == {"p": {"a": "1"}}
    assert case.form is None


def test_a_document_is_changed_by_copy() -> None:
    document: JsonObject = {"a": [{"b": 1}], "c": 2}
    assert put(document, ("a", 0, "b"), 9) == {"a": [{"b": 9}], "c": 2}
    assert put(document, ("x", "y"), 1) == {"a": [{"b": 1}], "c": 2, "x": {"y": 1}}
    assert put(document, (), 1) == 1
    assert without(document, ("a", 0, "b")) == {"a": [{}], "c": 2}
    assert without(document, ("a", 1, "b")) is document
    assert found_at(document, ("a", 0, "b")) == 1
    assert document == {"a": [{"b": 1}], "c": 2}
