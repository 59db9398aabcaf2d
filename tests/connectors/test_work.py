"""A check ends after a number of steps, whatever schema and document multiply to, and then nothing is known."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.server.formats import FORMATS, meets_format
from reconciler.connectors.server.schema_check import check_against
from reconciler.connectors.server.work import MOST_STEPS, NotKnown, TooMuchWork, Work

N = 20_000
SECONDS = 10.0
"""Each takes about a second; without the steps it would be hours."""
ITEM: dict[str, tuple[dict[str, Any], Any]] = {
    "options of anyOf": ({"anyOf": [{"const": k} for k in range(N)]}, -1),
    "options of oneOf": ({"oneOf": [{"const": k} for k in range(N)]}, -1),
    "options without keywords": ({"oneOf": [{}, *[{"type": "null"}] * N]}, -1),
    "required names": ({"required": [f"k{k}" for k in range(N)]}, {}),
    "values of enum": ({"enum": list(range(N))}, -1),
    "texts of enum": ({"enum": [f"{'x' * 50}{k}" for k in range(N)]}, "y"),
    "names of types": ({"type": ["null"] * N}, 1),
    "expressions": ({"allOf": [{"pattern": f"(a+)+k{k}$"} for k in range(N)]}, "a" * 40),
    "values behind not": ({"not": {"enum": list(range(N))}}, -1),
    "names that depend": ({"dependencies": {"a": [f"k{k}" for k in range(N)]}}, {"a": 1}),
    "values of contains": ({"contains": {"enum": list(range(N))}}, [-1]),
    "names and expressions": (
        {"patternProperties": {f"k{k}$": {} for k in range(N)}, "additionalProperties": False},
        {f"x{k}": 1 for k in range(10)},
    ),
}  # fmt: skip
DRAFTS = ("draft-07/schema#", "draft/2020-12/schema")


def specification(of_a: dict[str, Any], draft: str = DRAFTS[0]) -> dict[str, Any]:
    schema = {"$schema": f"http://json-schema.org/{draft}", "type": "object", "properties": {"a": of_a}}
    return {"connectionSpecification": {**schema, "required": []}}


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("case", ITEM)
def test_a_list_against_a_long_schema_ends_without_an_answer(case: str, draft: str) -> None:
    schema, item = ITEM[case]
    if draft == DRAFTS[1] and case == "names that depend":
        schema = {"dependentRequired": schema["dependencies"]}
    before = time.process_time()
    answer = evaluate_create(specification({"items": schema}, draft), {"a": [item] * N})
    assert not answer.is_known
    assert answer.status != 200
    assert time.process_time() - before < SECONDS


@pytest.mark.parametrize("draft", ["draft-04/schema#", *DRAFTS])
def test_equal_items_are_found_in_one_pass(draft: str) -> None:
    items: list[Any] = [{"k": k} for k in range(N)]
    schema = specification({"uniqueItems": True}, draft)
    before = time.process_time()
    assert evaluate_create(schema, {"a": items}).status == 200
    assert evaluate_create(schema, {"a": [*items, {"k": 7}]}).status == 422
    assert time.process_time() - before < SECONDS


def test_a_small_preset_pays_nothing_for_many_properties() -> None:
    schema = specification({"items": {"properties": {f"k{k}": {"type": "null"} for k in range(N)}}})
    assert evaluate_create(schema, {"a": [{"k1": None}] * N}).status == 200
    assert evaluate_create(schema, {"a": [{"k1": 1}] * 10}).status == 422


def test_ordinary_connectors_need_a_hundredth_of_the_steps() -> None:
    for connector in builtin_catalogue():
        work = Work()
        evaluate_create(connector.specification, {}, work=work)
        assert MOST_STEPS - work.left < MOST_STEPS // 100, connector.label


def test_the_last_step_is_there_and_one_more_is_not() -> None:
    work = Work()
    work.spend(MOST_STEPS)
    with pytest.raises(TooMuchWork):
        work.spend(1)


def test_going_through_a_value_costs_its_parts_and_its_text() -> None:
    work = Work()
    work.spend_whole({"a": [1, 2, 3], "b": "x" * 320})
    assert MOST_STEPS - work.left == 3 + 4 + 3 + 11


def test_checks_that_share_their_steps_end_together() -> None:
    work = Work(500)
    schema = specification({"items": {"enum": list(range(10))}})
    known = [evaluate_create(schema, {"a": [1] * 10}, work=work).is_known for _ in range(20)]
    assert known == sorted(known, reverse=True)
    assert (known[0], known[-1]) == (True, False)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_format_takes_long_over_a_long_text(name: str) -> None:
    pieces = (
        "1",
        "a",
        "a.",
        "a-",
        "/",
        "~0",
        "1Y",
        "+1",
        " ",
        "1 ",
        ":",
        "@",
        "[",
        "%20",
        "a:b@",
        "P1",
        "1.",
        "é",
    )
    texts = [piece * 30_000 for piece in pieces]
    before = time.process_time()
    for text in texts:
        for around in (text, f"{text}!", f"{text}\n", f"P{text}!", f"http://{text}!", f"a@{text}!"):
            with suppress(NotKnown):
                meets_format(name, around)
    assert time.process_time() - before < 5


@pytest.mark.parametrize("dialect", ["draft-07/schema#", "draft/2019-09/schema", "draft/2020-12/schema"])
def test_references_that_multiply_end_the_check(dialect: str) -> None:
    links = {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(60)}
    schema = {
        "definitions": {**links, "d60": {"type": "string"}},
        "properties": {"a": {"$ref": "#/definitions/d0"}},
    }
    with pytest.raises(TooMuchWork):
        check_against({"a": 1}, {"$schema": f"http://json-schema.org/{dialect}", **schema})
