"""No form of a registered secret survives in text."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest
from factories import target
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.planning.entry import Change, Entry, Operation, Plan, Status
from reconciler.report.html import render_plan_page
from reconciler.report.markdown import COMMENT_BUDGET, plan_markdown
from reconciler.report.scrub import Scrubber
from reconciler.report.text import render_plan

SECRET = 'p@ss"w\\ord\n+/=<é'


def scrubbed(text: str, secret: str = SECRET) -> str:
    scrubber = Scrubber()
    scrubber.add(secret)
    return scrubber.scrub(text)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        repr(SECRET.encode()),
        quote(SECRET, safe=""),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_encoding_of_a_secret_is_replaced(form: str) -> None:
    assert "(sensitive)" in scrubbed(f"before {form} after")
    assert "ord" not in scrubbed(f"before {form} after")


@given(st.text(min_size=6, max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_secret_inside_other_text_is_replaced(secret: str, before: str, after: str) -> None:
    assume(secret.strip() == secret)
    assert secret not in scrubbed(before + secret + after, secret).replace("(sensitive)", "\0")


@given(st.binary(max_size=5), st.binary(max_size=5))
def test_secret_inside_a_longer_base64_text_is_replaced(before: bytes, after: bytes) -> None:
    secret = "correct-horse-battery-staple"
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    assert base64.b64encode(secret.encode()).decode()[4:20] not in scrubbed(encoded, secret)
    assert "(sensitive)" in scrubbed(encoded, secret)


@pytest.mark.parametrize("number", range(0, 200, 7))
@pytest.mark.parametrize("secret", ["hunter2-correct-horse", 'p@ss"w\\ord & zebra-quartz'])
def test_nothing_of_a_secret_is_left_where_a_report_cuts_or_marks_a_value(secret: str, number: int) -> None:
    there, wanted = ("x" * number + secret + middle + "y" * 300 for middle in ("old", "new"))
    change = Change("/partialDefaultConfig/query", Operation.REPLACE, wanted, there)
    entry = Entry(Status.DRIFTED, "SourceTemplate", "m", "o", None, "differs", changes=(change,))
    scrubber = Scrubber()
    scrubber.add(secret)
    plan = Plan(target(), scrubber.scrub_changes((entry,)), "", "", "")
    for text in (render_plan(plan), plan_markdown(plan, budget=COMMENT_BUDGET), render_plan_page(plan)):
        assert all(secret[at : at + 4] not in text for at in range(len(secret) - 8, len(secret) - 4))
        assert "(sensitive)" in text


def test_a_line_that_ends_behind_a_backslash_of_a_secret_hides_none_of_it() -> None:
    secret = "Gv9CARKrYHe\\fca5yps5qKJd9ZxESySRb"
    assert (
        scrubbed("\n    ".join(secret[at : at + 12] for at in range(0, len(secret), 12)), secret)
        == "(sensitive)"
    )


def test_short_values_are_left_to_masking_by_place() -> None:
    assert scrubbed("true and 12345", "true") == "true and 12345"
