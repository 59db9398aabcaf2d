"""What the real parts of Airbyte's server answered, held against what this tool says they answer.

`recorded/` holds the facts (its README says how they were made): no verdict may differ, and few may be "not known".
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reconciler.connectors.server.java_class import RefusedPattern
from reconciler.connectors.server.java_pattern import finds, java_pattern
from reconciler.connectors.server.schema_check import check_against
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown, Work

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head of a table, and its rows."""
    head, *rows = gzip.decompress((RECORDED / name).read_bytes()).decode().splitlines()
    return json.loads(head), [json.loads(row) for row in rows]


@cache
def answer(schema: str, instance: str) -> int | str:
    """The status of a create with this document; the reason when it is not known."""
    try:
        return 422 if check_against(json.loads(instance), json.loads(schema)) else 200
    except UncheckableSchema:
        return 500
    except NotKnown as error:
        return str(error)


def test_no_verdict_differs_from_a_recorded_one_and_nearly_all_are_known() -> None:
    _, rows = recorded("schemas.jsonl.gz")
    answers = [(row["schema"], *pair) for row in rows for pair in row["answers"]]
    given = [(schema, instance, status, answer(schema, instance)) for schema, instance, status in answers]
    known = [each for each in given if isinstance(each[3], int)]
    assert [each for each in known if each[2] != each[3]] == []
    assert len(known) >= 0.955 * len(given)
    assert len(given) > 20_000


def test_ordinary_keywords_are_known_in_the_drafts_that_connectors_are_written_in() -> None:
    _, rows = recorded("schemas.jsonl.gz")
    rare = (
        "minContains",
        "draft/20",
        "idn-",
        "email",
        '"color"',
        "json-schema.org/schema",
        "draft-03",
        "draft/next",
        "example.com",
    )
    others = ("$ref", "contentEncoding", '"$schema":"http', "regex")
    ordinary = [row for row in rows if not any(word in row["schema"] for word in (*rare, *others))]
    unknown = {
        row["case"]
        for row in ordinary
        for pair in row["answers"]
        if isinstance(answer(row["schema"], pair[0]), str)
    }
    assert unknown == set()


def test_every_expression_is_refused_or_found_as_in_java() -> None:
    head, rows = recorded("patterns.jsonl.gz")
    wrong, unknown, asked = [], 0, 0
    for row in rows:
        for text, expected in zip(head["texts"], row["finds"] or "", strict=False):
            asked += 1
            try:
                if finds(row["pattern"], text, Work()) is not (expected == "1"):
                    wrong.append((row["pattern"], text))
            except NotKnown:
                unknown += 1
        try:
            java_pattern(row["pattern"])
            compiles = True
        except RefusedPattern:
            compiles = False
        except NotKnown:
            continue
        assert compiles is (row["finds"] is not None), row["pattern"]
    assert wrong == []
    assert unknown < 0.03 * asked


@pytest.mark.parametrize("name", ["schemas.jsonl.gz", "patterns.jsonl.gz", "schedules.jsonl.gz"])
def test_a_table_says_what_was_asked(name: str) -> None:
    head, rows = recorded(name)
    assert {"recorded", "library"} <= head.keys()
    assert len(rows) > 100
