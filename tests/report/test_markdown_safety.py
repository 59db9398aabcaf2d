"""Any plan, any text, any budget: the Markdown is harmless, whole, within its budget, and its numbers are true."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.gfm import Rendered, assert_harmless
from report.hostile import SNIPPETS, Worst, frame, worst

from reconciler.planning.entry import Status
from reconciler.report.markdown import (
    MINIMUM_BUDGET,
    apply_markdown,
    drift_markdown,
    error_markdown,
    plan_markdown,
    validation_markdown,
)
from reconciler.report.markdown.inline import code, link, prose
from reconciler.report.view import Validation, summary_line

MARK = "<!-- reconciler:v1 key=production plan=sha256:00 -->"
RUN = "https://github.com/o/r/actions/runs/1/attempts/2"

seeds = given(st.integers(0, 2**32))


def framed(case: Worst) -> dict[str, Any]:
    return frame(case.dice, MINIMUM_BUDGET, run_url=RUN, first_line=MARK)


def check(text: str, around: dict[str, Any]) -> Rendered:
    assert len(text.encode()) <= around["budget"]
    assert text.endswith("\n")
    return assert_harmless(text, run_url=RUN, first_line=MARK)


def shown_and_left(text: str) -> int:
    """Objects that begin with an entry's name, and those that stand as "N more"."""
    named = len(re.findall(r"^(?:- )?(?:\*\*)?`+ ?entry[0-9]+x", text, re.MULTILINE))
    return named + sum(
        int(number) for number in re.findall(r"^\.\.\. and \*\*([0-9]+) more", text, re.MULTILINE)
    )


@seeds
def test_plan_is_harmless_within_budget_and_leaves_no_entry_uncounted(seed: int) -> None:
    case = worst(seed)
    plan, around = case.plan(), framed(case)
    text = plan_markdown(plan, **around)
    check(text, around)
    assert f"\n\n{summary_line(plan)}\n\n" in text
    assert shown_and_left(text) == len(plan.entries) - plan.summary[Status.IN_SYNC]


@seeds
def test_drift_is_harmless_within_budget_and_leaves_no_entry_uncounted(seed: int) -> None:
    case = worst(seed)
    plan, around = case.plan(), framed(case)
    text = drift_markdown(plan, **around)
    check(text, around)
    assert shown_and_left(text) == len(plan.entries) - plan.summary[Status.IN_SYNC]


@seeds
def test_apply_is_harmless_within_budget_and_leaves_no_create_uncounted(seed: int) -> None:
    case = worst(seed)
    result, around = case.result(), framed(case)
    text = apply_markdown(result, **around)
    check(text, around)
    if result.refusal is None:
        left_as_they_are = result.plan.with_status(Status.DRIFTED, Status.DUPLICATE)
        assert shown_and_left(text) == len(result.creations) + len(left_as_they_are)


@seeds
def test_validation_is_harmless_and_within_budget(seed: int) -> None:
    case = worst(seed)
    problems, manifests, around = case.problems(), case.judged(), framed(case)
    check(validation_markdown(Validation(problems, manifests, 1), **around), around)


@seeds
def test_an_error_is_harmless_and_within_budget(seed: int) -> None:
    case = worst(seed)
    error, around = case.error(), framed(case)
    check(error_markdown(error, **around), around)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_hostile_text_stays_text_in_a_sentence_and_in_a_code_span(snippet: str) -> None:
    for text in (
        prose(snippet),
        prose(f"name {snippet!s}, twice '{snippet}' ({snippet})"),
        code(snippet),
        code(f"x{snippet}x"),
    ):
        assert_harmless(f"{text}\n\n- {text}\n  - Why: {text}\n\n> {text}\n\n#### {text}\n")


@given(st.text(max_size=40))
def test_a_code_span_shows_the_text_as_it_is(text: str) -> None:
    from reconciler.report.safe_text import safe_text

    page = Rendered(f"- {code(text)}\n")
    assert page.code == ([safe_text(text)] if text else [])


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("differs from the manifest (bound by spec.templateId)", "differs from the manifest (bound by `spec.templateId`)"),
        ("add `templateId: 1` under `spec` in a/b.yaml:3:", "add `templateId: 1` under `spec` in `a/b.yaml:3`:"),
        ("2 live templates of 'Crm' aren't read-only; see 3.", "2 live templates of 'Crm' aren't read-only; see 3."),
        ("ping @octocat, #12", "ping `@octocat`, `#12`"),
        ("1. no list", "`1`. no list"),
        ("a defaced façade", "a `defaced` `façade`"),
        ("it's 'deadbeef' or read-deadbeef", "it's '`deadbeef`' or `read-deadbeef`"),
        ("", ""),
    ],
)  # fmt: skip
def test_plain_words_stay_and_everything_else_is_code(sentence: str, markdown: str) -> None:
    assert prose(sentence) == markdown


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "https://x y", "https://x)>", "https://x/<b>", "http://a\nb", "ftp://a"],
)
def test_only_a_plain_web_address_becomes_a_link(url: str) -> None:
    assert link("See the run", url) == "See the run"


def test_a_first_line_of_two_lines_is_a_mistake_of_the_caller() -> None:
    from reconciler.errors import UnsafePlan

    with pytest.raises(ValueError, match="more than one line"):
        error_markdown(UnsafePlan("x"), budget=MINIMUM_BUDGET, first_line="a\nb")


def test_a_budget_without_room_for_the_counts_is_refused_not_overrun() -> None:
    from reconciler.errors import UnsafePlan

    with pytest.raises(ValueError, match="no room"):
        error_markdown(UnsafePlan("x"), budget=50)
