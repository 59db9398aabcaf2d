"""Whatever a specification and a manifest hold: an answer, advice when it is not safe, and no value of the manifest in it."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import factories
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.verdict.advice import verdict_advice
from reconciler.connectors.verdict.verdict import corrupted_values, judged, questions_of
from reconciler.model.verdict import Verdict
from reconciler.planning.entry import Assessed
from reconciler.report.document import asks_document, verdict_document
from reconciler.report.text_problems import asks_lines, verdict_lines

SECRET = "hunter2hunter2"
NAMES = st.sampled_from(["a", "b", "credentials", "type"])
LEAVES = st.none() | st.booleans() | st.integers(-1, 50) | st.sampled_from([1.5, SECRET, [SECRET]])
PRESETS = st.dictionaries(
    NAMES | st.sampled_from(["count", "client_id", "start_date"]),
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_size=3,
)
WORDS = st.sampled_from(["object", "string", "integer", "array", "x", "1970-01-01", "date"])


def _nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": WORDS | st.lists(WORDS, max_size=2),
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.lists(NAMES, max_size=3) | st.just(True),
            "oneOf": st.lists(inner, max_size=3),
            "anyOf": st.lists(inner, max_size=2),
            "items": inner,
            "const": WORDS | st.integers(0, 50),
            "enum": st.lists(WORDS | st.integers(0, 50), max_size=2),
            "default": WORDS,
            "pattern": st.sampled_from(["^x$", "["]),
            "format": WORDS,
            "minimum": st.integers(0, 60),
            "minItems": st.integers(0, 2),
            "additionalProperties": st.booleans() | inner,
            "title": st.sampled_from(["T", 5]),
            "order": st.sampled_from([1, 2.0, 1.5, True, "x"]),
            "group": st.sampled_from(["g", 1]),
            "airbyte_hidden": st.booleans(),
            "airbyte_secret": st.booleans(),
            "always_show": st.booleans(),
        },
    )


NODES: st.SearchStrategy[Any] = st.recursive(st.booleans() | st.just({}) | WORDS, _nodes, max_leaves=10)
OAUTH_PART = st.fixed_dictionaries(
    {
        "properties": st.dictionaries(
            NAMES, st.fixed_dictionaries({"path_in_connector_config": st.lists(NAMES)})
        )
    }
)
SPECIFICATIONS = st.sampled_from(
    [c.specification or {} for c in builtin_catalogue()]
) | st.fixed_dictionaries(
    {
        "connectionSpecification": _nodes(NODES)
        | st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "required": st.lists(NAMES, max_size=3),
                "properties": st.dictionaries(NAMES, NODES, max_size=3),
            }
        )
    },
    optional={
        "advanced_auth": st.fixed_dictionaries(
            {
                "oauth_config_specification": st.fixed_dictionaries(
                    dict.fromkeys(
                        (
                            "complete_oauth_output_specification",
                            "complete_oauth_server_input_specification",
                            "complete_oauth_server_output_specification",
                        ),
                        OAUTH_PART,
                    )
                )
            },
            optional={"predicate_key": st.lists(NAMES, max_size=2), "predicate_value": WORDS},
        )
    },
)


@settings(max_examples=2 * settings().max_examples)
@given(SPECIFICATIONS, PRESETS, st.none() | SPECIFICATIONS)
def test_every_manifest_has_a_verdict_and_no_value_of_it_is_told(
    specification: Any, presets: Any, spec: Any
) -> None:
    connector = replace(factories.FAKER, specification=specification)
    manifest = factories.manifest(connector=connector, presets=presets, spec=spec)
    before = copy.deepcopy((specification, presets, spec))
    verdict = judged(manifest)
    assert isinstance(verdict, Verdict)
    advice = verdict_advice(manifest, verdict)
    asked = questions_of(manifest)
    assert (specification, presets, spec) == before
    assert bool(advice) == (not verdict.is_safe)
    assert all(each.pointer.startswith("/spec/") and each.message and each.help for each in advice)
    told = [*verdict_lines(Assessed(verdict), verbose=True), *asks_lines(asked, verbose=True), str(advice)]
    told.append(json.dumps([verdict_document(verdict), asks_document(asked)]))
    assert SECRET not in "".join(told)


@given(SPECIFICATIONS, PRESETS)
def test_corrupted_is_exactly_the_difference_between_sent_and_stored(
    specification: Any, presets: Any
) -> None:
    verdict = judged(
        factories.manifest(connector=replace(factories.FAKER, specification=specification), presets=presets)
    )
    evaluation = evaluate_create(specification, presets)
    assert isinstance(verdict, Verdict)
    assert verdict.status == evaluation.status
    if evaluation.stored_presets is not None:
        expected = corrupted_values(presets, evaluation.stored_presets)
        assert {each.path: each.stored for each in verdict.corrupted} == expected
        assert [each.path for each in verdict.corrupted] == sorted(expected)
        assert bool(expected) == (evaluation.stored_presets != presets)
