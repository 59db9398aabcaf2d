"""What reports and exit code say of updates: the same of each account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from factories import CRM, FAKER, agents, manifest, state, template_id

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.applying.safety import refusal_of, refusals
from reconciler.model.json_value import JsonObject
from reconciler.model.template import live_template
from reconciler.planning.entry import Change, Operation, Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.document import apply_document
from reconciler.report.exit_code import apply_exit_code, plan_exit_code
from reconciler.report.github_annotations import apply_annotations, plan_annotations
from reconciler.report.html import render_apply_page
from reconciler.report.markdown import COMMENT_BUDGET, apply_markdown, plan_markdown
from reconciler.report.text import render_apply
from reconciler.report.view import Group, group_of

SEED = Change("/partialDefaultConfig/seed", Operation.REMOVE, None, 1)


def plan_of_two(**options: Any) -> Plan:
    """An update of `sample-data` and a create of `other`."""
    held = live_template(
        template_id(1), "Sample Data", FAKER.id, {"count": 1}, {}, settings={"name": "Sample"}
    )
    wanted = [
        replace(manifest(presets={"count": 2}), settings={"name": "Sample"}),
        manifest("other", connector=CRM),
    ]
    return build_plan(wanted, [state(held)], agents(**options))


def account(outcome: Outcome, equal: bool | None = None, **members: Any) -> ApplyResult:
    """The update ended so, and the create was not attempted."""
    plan = plan_of_two()
    update, create = plan.to_send
    whole = Creation(update, outcome, template_id=template_id(1), equals_manifest=equal, **members)
    return ApplyResult(plan, (whole, Creation(create, Outcome.NOT_ATTEMPTED, detail="stopped")))


MERGED = account(
    Outcome.UPDATED,
    False,
    changes=(SEED,),
    detail="the server confirmed the update, and the template holds what was sent merged into what was there",
    help="look at the changes",
)


@pytest.mark.parametrize(
    ("result", "group"),
    [
        (account(Outcome.UPDATED, True), Group.UPDATED),
        (account(Outcome.RECOVERED, True), Group.UPDATED),
        (account(Outcome.NOT_ATTEMPTED, True), Group.FOUND_UPDATED),
        (account(Outcome.UPDATED), Group.UPDATE_NOT_READ_BACK),
        (account(Outcome.UNKNOWN), Group.UNKNOWN_UPDATE),
        (account(Outcome.REJECTED), Group.REJECTED),
        (account(Outcome.NOT_ATTEMPTED), Group.NOT_SENT),
        (account(Outcome.UPDATED, False, lacks_tags=True), Group.UNTAGGED),
        (MERGED, Group.DIFFERENT),
    ],
)
def test_each_account_of_an_update_has_words_of_its_own(result: ApplyResult, group: Group) -> None:
    update = result.creations[0]
    assert group_of(update) is group
    assert group.is_settled == update.is_settled
    markdown = apply_markdown(result, budget=COMMENT_BUDGET)
    assert group.value in markdown
    told = [each for each in apply_annotations(result) if group.value in each.message]
    assert bool(told) == (not update.is_settled)


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (account(Outcome.UPDATED, True), 5),
        (MERGED, 5),
        (account(Outcome.UNKNOWN), 5),
        (account(Outcome.REJECTED), 1),
        (account(Outcome.NOT_ATTEMPTED, unsafe=True), 4),
    ],
)
def test_exit_code_counts_updates_as_creates(result: ApplyResult, code: int) -> None:
    assert apply_exit_code(result, findings_count=False) == code
    assert apply_document(result, exit_code=code)["result"]["exitCode"] == code  # type: ignore[index,call-overload]


def test_update_alone_that_was_done_is_done() -> None:
    result = account(Outcome.UPDATED, True)
    alone = replace(result, creations=result.creations[:1])
    assert apply_exit_code(alone, findings_count=True) == 0


def test_merged_update_is_shown_in_text_and_page(golden: Callable[[str, str], None]) -> None:
    golden("update-merged.txt", render_apply(MERGED))
    golden("update-merged.md", apply_markdown(MERGED, budget=COMMENT_BUDGET))
    page = render_apply_page(MERGED)
    assert "Updates and creates" in page
    assert "merged into what was there" in page


def test_limit_is_told_of_both_kinds_in_every_report() -> None:
    plan = plan_of_two(max_creates=1)
    refusal = refusal_of(plan, max_creates=1)
    assert refusal is not None
    words = "1 create and 1 update planned"
    assert words in refusal.message
    assert words in plan_markdown(plan, budget=COMMENT_BUDGET)
    result = refused(plan, refusal)
    assert [c.entry.status for c in result.creations] == [Status.UPDATE, Status.CREATE]
    assert words in render_apply(result)


def second() -> Plan:
    """A create beside a template that is not ours."""
    settings: JsonObject = {"name": "By hand"}
    held = live_template(template_id(1), "By hand", FAKER.id, {"count": 1}, {}, settings=settings)
    wanted = replace(manifest(presets={"count": 2}), settings={"name": "Mine"})
    return build_plan([wanted], [state(held)], agents(unmanaged=(template_id(1),)))


def test_second_template_of_a_definition_is_refused_in_every_report() -> None:
    plan = second()
    assert [each.code for each in refusals(plan, max_creates=10)] == ["second"]
    assert (plan_exit_code(plan, findings_count=False), plan_exit_code(plan, findings_count=True)) == (4, 4)
    assert plan_exit_code(plan, findings_count=True, intends_creates=False) == 2
    markdown = plan_markdown(plan, budget=COMMENT_BUDGET)
    assert "**Nothing would be created:** 1 create would make a second template of one definition" in markdown
    (told,) = (each for each in plan_annotations(plan) if each.title == "second")
    assert "allowSecond" in told.message
