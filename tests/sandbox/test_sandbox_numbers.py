"""Numbers on their way through Java and Postgres: what comes back differs, and none of it is drift."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from factories import FAKER, form, manifest, served, state, target, template_id
from hypothesis import given
from hypothesis import strategies as st
from program import Project

from reconciler.connectors.server.java_values import java_double
from reconciler.model.json_value import same_json
from reconciler.model.template import live_template
from reconciler.planning.entry import Status
from reconciler.planning.plan import build_plan
from reconciler.sandbox.exchange import read_json
from reconciler.sandbox.jsonb import stored_json

NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**53), 2**53)
    | st.integers(-300, 300).map(lambda exponent: float(f"1e{exponent}"))
    | st.floats(1e7, 1e23)
)


def back(value: Any) -> Any:
    """What a later read gives: sent, kept and served again."""
    return json.loads(stored_json(read_json(json.dumps(value).encode())))


@pytest.mark.parametrize(
    ("sent", "returned"),
    [
        ("1e3", "1000.0"),
        ("0.10", "0.1"),
        ("1.0", "1.0"),
        ("1e7", "10000000"),
        ("12345678.0", "12345678"),
        ("123456789.5", "123456789.5"),
        ("8.41e21", "8410000000000000000000"),
        ("-0.0", "0.0"),
        ("-0", "0"),
        ("1e-7", "1e-07"),
        ("1E400", '"Infinity"'),
        ("-1E400", '"-Infinity"'),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ],
)
def test_a_number_comes_back_as_java_and_postgres_leave_it(sent: str, returned: str) -> None:
    assert stored_json(read_json(sent.encode())) == returned


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e-06, "1.0E-6"),
        (1e-05, "1.0E-5"),
        (5e-324, "4.9E-324"),
        (5.960464477539063e-08, "5.960464477539063E-8"),
        (-1e-05, "-1.0E-5"),
        (2e23, "2.0E23"),
        (1.25e-5, "1.25E-5"),
        (1e22, "1.0E22"),
    ],
)
def test_a_double_is_spelled_as_java_spells_it(number: float, text: str) -> None:
    assert java_double(number) == text


@given(NUMBERS)
def test_every_number_is_equal_to_what_comes_back(number: float) -> None:
    assert same_json(number, back(number))
    assert same_json({"a": [number]}, back({"a": [number]}))
    assert float(java_double(float(number))) == float(number) or math.isinf(float(number))


@given(st.dictionaries(st.sampled_from("abc"), NUMBERS | st.lists(NUMBERS, max_size=2), max_size=3), NUMBERS)
def test_a_plan_after_the_create_is_clean_for_every_number(presets: Any, default: float) -> None:
    wanted = manifest(presets=presets, spec=form(count={"type": "number", "default": default}))
    held = live_template(template_id(1), "", FAKER.id, back(wanted.presets), back(served(wanted.form or {})))
    assert [entry.status for entry in build_plan([wanted], [state(held)], target()).entries] == [
        Status.IN_SYNC
    ]


def test_numbers_come_back_over_http_as_they_are_kept(client: Any) -> None:
    identity = client.login().created({"seed": 8.41e21, "count": 1e7, "records_per_slice": 100})
    assert client.read(identity).json()["partialDefaultConfig"] == {
        "seed": 8410000000000000000000, "count": 10000000, "records_per_slice": 100,
    }  # fmt: skip


def test_drift_ends_for_numbers_that_come_back_otherwise(tmp_path: Any) -> None:
    project = Project(tmp_path)
    project.add(presets="{seed: 8.41e+21, records_per_slice: 1.0e+7}")
    assert project.run("apply", "--sandbox", "--yes").code == 0
    drift = project.run("drift", "--sandbox")
    assert drift.code == 0, drift.out
