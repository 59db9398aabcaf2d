"""Two values that differ are shown so that a reader sees where, and never more than a line of them."""

from __future__ import annotations

import re

from factories import form, live, manifest, state, target
from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.entry import Change, Operation, Plan
from reconciler.planning.plan import build_plan
from reconciler.report.changed_values import change_values, common_length, cut_sides
from reconciler.report.html import render_plan_page
from reconciler.report.markdown import COMMENT_BUDGET, plan_markdown
from reconciler.report.text import render_plan

SAME = "the same words again and again, " * 100
LIVE, WANTED = f"{SAME}LIVE{SAME}", f"{SAME}WANTED{SAME}"


def plan(there: str = LIVE, wanted: str = WANTED) -> Plan:
    held = live(1, presets={"query": there})
    return build_plan([manifest(presets={"query": wanted}, spec=form())], [state(held)], target())


def test_text_shows_where_two_long_values_differ() -> None:
    (line,) = [line for line in render_plan(plan()).splitlines() if "/query" in line]
    assert re.search(
        r"live \(3161 equal characters\) …[^…]*again, LIVEthe[^…]*\.\.\. \(\d+ more characters\), "
        r"manifest \(3161 equal characters\) …[^…]*again, WANTEDthe[^…]*\.\.\. \(\d+ more characters\)$",
        line,
    )
    assert len(line) < 400


def test_verbose_text_shows_more_of_both() -> None:
    (line,) = [line for line in render_plan(plan(), verbose=True).splitlines() if "/query" in line]
    assert "LIVE" in line
    assert "WANTED" in line
    assert 1_600 < len(line) < 2_000


def test_markdown_shows_where_two_long_values_differ() -> None:
    lines = plan_markdown(plan(), budget=COMMENT_BUDGET).splitlines()
    assert [line for line in lines if line.startswith("- (") and "LIVE" in line]
    assert [line for line in lines if line.startswith("+ (") and "WANTED" in line]


def test_a_page_shows_long_values_whole() -> None:
    page = render_plan_page(plan())
    assert SAME + "<mark>LIVE</mark>" + SAME in page
    assert SAME + "<mark>WANTED</mark>" + SAME in page


def test_a_page_shows_where_values_beyond_its_bound_differ() -> None:
    page = render_plan_page(plan(SAME * 300 + LIVE, SAME * 300 + WANTED))
    assert "<mark>LIVE</mark>" in page
    assert "<mark>WANTED</mark>" in page
    assert len(page) < 200_000


def test_words_for_a_secret_are_no_quoted_value() -> None:
    masked = Change("/partialDefaultConfig/x", Operation.REPLACE, "(sensitive)", "(sensitive, differs)")
    assert change_values(masked, 80) == ("(sensitive, differs)", "(sensitive)")
    held = live(1, presets={"password": "old"})
    current = build_plan([manifest(presets={"password": "new"}, spec=form())], [state(held)], target())
    for text in (render_plan(current), plan_markdown(current, budget=COMMENT_BUDGET)):
        assert "(sensitive, differs)" in text
        assert '"(sensitive' not in text
    assert "&quot;(sensitive" not in render_plan_page(current)


@given(st.text("ab…", max_size=300), st.text("ab…", max_size=300), st.integers(8, 100))
def test_two_sides_that_differ_never_look_the_same_and_stay_short(one: str, other: str, limit: int) -> None:
    shown = cut_sides(one, other, limit)
    if one != other:
        assert shown[0] != shown[1]
    assert max(map(len, shown)) < limit + 60


@given(st.text("ab"), st.text("ab"))
def test_what_two_texts_have_in_common(one: str, other: str) -> None:
    length = common_length(one, other)
    assert one[:length] == other[:length]
    assert one[length : length + 1] != other[length : length + 1] or length == len(one) == len(other)
