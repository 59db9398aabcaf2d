"""However long a form is, what is said about it is short."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.connectors.lint.rules import MAX_FINDINGS, bounded
from reconciler.connectors.lint.secret_texts import certain_secrets
from reconciler.connectors.specification.nodes import Node
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.planning.assess import assess

TOKEN = "ghp_" + "a1B2" * 9


def findings(number: int, severity: Severity = Severity.WARNING) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic(f"/{index:04}", "R501", "m", severity=severity) for index in range(number))


def test_a_hundred_findings_of_a_manifest_are_told() -> None:
    assert bounded(findings(MAX_FINDINGS)) == findings(MAX_FINDINGS)


@pytest.mark.parametrize(("more", "words"), [(1, "1 more finding"), (2, "2 more findings")])
def test_what_is_more_than_a_hundred_is_a_number(more: int, words: str) -> None:
    *told, last = bounded(findings(MAX_FINDINGS + more))
    assert tuple(told) == findings(MAX_FINDINGS)
    assert (last.rule, last.message, last.severity) == (
        "R999",
        f"and {words} in this manifest",
        Severity.WARNING,
    )


def test_errors_are_told_before_warnings_and_none_is_lost_in_the_number() -> None:
    error = Diagnostic("/9999", "R999X", "the only error", severity=Severity.ERROR)
    told = bounded((*findings(MAX_FINDINGS + 5), error))
    assert error in told
    assert told[-1].severity is Severity.WARNING
    assert bounded(findings(MAX_FINDINGS + 1, Severity.ERROR))[-1].severity is Severity.ERROR


def test_where_nothing_more_may_be_told_a_manifest_still_tells_its_first_error() -> None:
    error = Diagnostic("/9999", "R501", "an error", severity=Severity.ERROR)
    first, last = bounded((*findings(3), error, error), 0)
    assert (first, last.message, last.severity) == (
        error,
        "and 4 more findings in this manifest",
        Severity.ERROR,
    )
    (number,) = bounded(findings(3), 0)
    assert (number.pointer, number.message, number.severity) == (
        "",
        "and 3 more findings in this manifest",
        Severity.WARNING,
    )
    assert bounded((error,), 0) == (error,)
    assert bounded((), 0) == ()


def test_a_form_with_thousands_of_faults_and_secrets_gives_a_hundred_and_a_number(make) -> None:  # type: ignore[no-untyped-def]
    fields = {f"api_key_{n}": {"tittle": "x", "type": "string", "default": TOKEN} for n in range(2_000)}
    manifest = make({"type": "object", "properties": fields})
    assert len(assess(manifest, {}).problems) == MAX_FINDINGS + 1
    assert len(certain_secrets(manifest)) == MAX_FINDINGS + 1


def fields(number: int, **field: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {f"f{n}": dict(field) for n in range(number)}}


BLOWS_UP: dict[str, dict[str, Any]] = {
    "patterns with more ways than atoms": fields(
        500, type="string", pattern="(a+)+$", default="a" * 60 + "!"
    ),
    "items with many options": {
        "type": "object",
        "properties": {
            "count": {
                "type": "array",
                "default": [{"x": 1}] * 9_000,
                "items": {"anyOf": [{"title": "t"}] * 9_000},
            }
        },
    },
    "items of a long enumeration": {
        "type": "object",
        "properties": {
            "count": {
                "type": "array",
                "default": list(range(30_000)),
                "items": {"type": "integer", "enum": list(range(30_000))},
            }
        },
    },
    "required names without fields": {**fields(2_000), "required": [f"g{n}" for n in range(40_000)]},
    "misspelt keywords": fields(10_000, tittle="x", desciption="y"),
    "numbers for texts": fields(10_000, type="string", enum=[1, 2], default=3, pattern=7, format={}),
    "one title": fields(10_000, type="string", title="T", order=1),
    "options alike": {
        "type": "object",
        "oneOf": [{"title": "o", "properties": {"k": {"const": "c"}}} for _ in range(8_000)],
    },
}


@pytest.mark.parametrize("case", BLOWS_UP)
def test_the_time_of_all_rules_together_grows_with_the_form_and_not_with_its_square(case: str, make) -> None:  # type: ignore[no-untyped-def]
    known = {"type": "object", "properties": {"count": {"type": "array"}, "seed": {"type": "integer"}}}
    manifest = make(BLOWS_UP[case], spec=known, presets={f"saed{n}": n for n in range(5_000)})
    before = time.process_time()
    assert len(assess(manifest, {}).problems) <= MAX_FINDINGS + 1
    assert time.process_time() - before < 20


class _Counted(list[Any]):
    """A list that counts how often it is gone through."""

    rounds = 0

    def __iter__(self) -> Iterator[Any]:
        self.rounds += 1
        return super().__iter__()


def test_a_list_of_required_fields_is_gone_through_once_for_all_fields() -> None:
    required = _Counted(["a", "c"])
    form: dict[str, Any] = {"properties": {name: {} for name in "abcd"}, "required": required}
    _, *fields = Node(form, "").walk()
    assert [field.is_required for field in fields] == [True, False, True, False]
    assert required.rounds == 1
