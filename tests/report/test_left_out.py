"""Whatever a comparison left out is counted in every report: no reader takes it for compared."""

from __future__ import annotations

import jsonschema
import pytest
from factories import CRM, ORGANIZATION, form, live, manifest, state, target, template_id, unread

from reconciler.applying.outcome import ApplyResult
from reconciler.model.template import LiveState, Manifest
from reconciler.planning.entry import Assessed, Plan, Selection
from reconciler.planning.plan import build_plan
from reconciler.report.document import plan_document, plan_schema
from reconciler.report.github_annotations import annotation_lines, apply_annotations, plan_annotations
from reconciler.report.html import render_plan_page
from reconciler.report.markdown import COMMENT_BUDGET, apply_markdown, drift_markdown, plan_markdown
from reconciler.report.text import render_plan
from reconciler.report.view import apply_summary_line, summary_line

OURS, NOT_OURS, GONE = template_id(1), template_id(2), template_id(3)
LEFT_OUT = "1 template listed under `unmanaged` in reconciler.yaml"


def plan(*unmanaged: str, held: LiveState | None = None) -> Plan:
    """One manifest in sync, and one template that the project may list as not ours."""
    there = held or state(live(1), live(2))
    return build_plan([manifest(spec=form())], [there], target(unmanaged=unmanaged))


def everything(of: Plan) -> tuple[str, ...]:
    return (
        render_plan(of),
        render_plan(of, verbose=True),
        plan_markdown(of, budget=COMMENT_BUDGET),
        drift_markdown(of, budget=COMMENT_BUDGET),
        render_plan_page(of),
        apply_summary_line(ApplyResult(of, ())),
        apply_markdown(ApplyResult(of, ()), budget=COMMENT_BUDGET),
    )


def plain(text: str) -> str:
    """A page's words as text has them."""
    return text.replace("<code>", "`").replace("</code>", "`")


def test_a_template_listed_as_unmanaged_is_counted_and_nothing_is_up_to_date() -> None:
    assert summary_line(plan(NOT_OURS)) == f"Plan: 1 in sync. Not shown or not compared: {LEFT_OUT}."
    for text in everything(plan(NOT_OURS)):
        assert LEFT_OUT in plain(text)
        assert "Up to date" not in text


@pytest.mark.parametrize(
    "held",
    [state(live(1), unread=(unread(2),)), LiveState(ORGANIZATION, (live(1),), (), frozenset({NOT_OURS}))],
)
def test_it_is_counted_whether_it_was_read_or_not(held: LiveState) -> None:
    current = plan(NOT_OURS, held=held)
    assert (current.left_out, current.live_count) == ((NOT_OURS,), 1)


def test_an_id_that_the_server_does_not_list_is_a_note_and_hides_nothing() -> None:
    current = plan(GONE, held=state(live(1)))
    assert summary_line(current) == "Up to date: 1 in sync."
    note = "1 id under `unmanaged` in reconciler.yaml is not listed by the server: "
    assert f"note          {note}{GONE}\n" in render_plan(current)
    assert f"{note}`{GONE}`.".replace("reconciler.yaml", "`reconciler.yaml`") in plan_markdown(
        current, budget=COMMENT_BUDGET
    )
    assert f"{note}{GONE}" in plain(render_plan_page(current))
    assert "note" not in render_plan(plan(NOT_OURS))


def test_forms_that_were_not_compared_are_counted_with_their_names_and_the_way_out_in_every_report() -> None:
    names = [f"m{number}" for number in range(7)]
    held = state(*(live(n, presets={"n": n}) for n in range(7)))
    current = build_plan(
        [manifest(name, presets={"n": number}) for number, name in enumerate(names)], [held], target()
    )
    annotations = (
        annotation_lines(plan_annotations(current)),
        annotation_lines(apply_annotations(ApplyResult(current))),
    )
    for text in (*everything(current), *annotations):
        assert "7 forms not compared" in plain(text)
        assert "Up to date" not in text
    told = "7 forms not compared: m0, m1, m2, m3, m4 and 2 more; `reconciler connectors lock` fetches"
    for text in (render_plan(current), render_plan_page(current), *annotations):
        assert told in plain(text)
    for markdown in (plan_markdown, drift_markdown):
        report = markdown(current, budget=COMMENT_BUDGET)
        assert "7 forms were not compared" in report.partition("\n\n")[2].partition("\n\n")[0]
        assert "#### Equal presets, form not compared: 7 templates" in report
        assert all(f"**`{name}`**" in report for name in names)
    assert plan_document(current)["uncomparedForms"] == 7


def test_what_a_selection_leaves_out_and_is_not_in_sync_stands_in_the_headline_of_drift() -> None:
    wanted = [manifest(spec=form()), manifest("other", connector=CRM, spec=form())]
    only = Selection(only=("sample-data",))
    current = build_plan(wanted, [state(live(1))], target(), selection=only)
    report = drift_markdown(current, budget=COMMENT_BUDGET)
    assert "**1 entry outside the selection is not in sync.**" in report
    assert "1 entry outside the selection (1 create)" in report


def test_findings_that_rules_switch_off_are_counted_where_rules_were_asked() -> None:
    def assess(_: Manifest) -> Assessed:
        return Assessed(suppressed=2)

    new, moved = manifest("new", connector=CRM, spec=form()), manifest("moved", presets={"a": 1}, spec=form())
    current = build_plan([new, moved], [state(live(1))], target(), assess=assess)
    for text in everything(current):
        assert "Not shown or not compared: 4 findings ignored by `rules` in reconciler.yaml." in plain(text)
    document = plan_document(current)
    jsonschema.validate(document, plan_schema())
    assert document["suppressed"] == 4


def test_the_document_names_the_ids_of_both() -> None:
    document = plan_document(plan(NOT_OURS, GONE))
    jsonschema.validate(document, plan_schema())
    assert document["unmanaged"] == {"leftOut": [NOT_OURS], "notListed": [GONE]}
    assert document["hidden"] == {}


def test_a_template_that_leaves_the_list_makes_a_reviewed_plan_another_one() -> None:
    before, after = plan(NOT_OURS), plan(NOT_OURS, held=state(live(1)))
    assert (before.live_digest, before.digest) != (after.live_digest, after.digest)
    assert before.manifests_digest == after.manifests_digest
