"""The Markdown reports as a reviewer and an operator read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from factories import CRM, FAKER, form, live, manifest, state, stored, target, template_id, unread
from report.gfm import Rendered, assert_harmless

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.errors import InvalidInput, Unreachable, UnsafePlan
from reconciler.github.actions import SUMMARY_BUDGET
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.template import Connector, Manifest
from reconciler.model.verdict import Ask, Asked, AskOption, Verdict
from reconciler.planning.entry import Assessed, Change, Operation, Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.markdown import (
    COMMENT_BUDGET,
    MINIMUM_BUDGET,
    apply_markdown,
    drift_markdown,
    error_markdown,
    plan_markdown,
    validation_markdown,
)
from reconciler.report.view import Validation

Golden = Callable[[str, str], None]
RUN = "https://github.com/o/r/actions/runs/1/attempts/1"
NEW = Connector("00000000-0000-4000-8000-0000000000f1", "source-new", "New")
BAD = Connector("00000000-0000-4000-8000-0000000000f2", "source-bad", "Bad")
PLAIN = Connector("00000000-0000-4000-8000-0000000000d1", "source-plain", "Plain")

ASKED = Asked(
    fields=(
        Ask("/account", "Account", "string", required=True, secret=False),
        Ask(
            "/login",
            "Log-in",
            "oneOf",
            required=True,
            secret=False,
            options=(
                AskOption("Token", (Ask("/login/token", "API token", "string", required=True, secret=True),)),
                AskOption("OAuth", (Ask("/login/refresh", "Refresh token", "string", required=True, secret=True, by_login=True),)),
            ),
        ),
        Ask("/pages", "Pages at once", "integer", required=False, secret=False),
    ),
    preset=("/region", "/start_date"),
    dropped=("/num_workers",),
)  # fmt: skip
REFUSAL = Diagnostic(
    Origin("manifests/bad.yaml", 7, 13),
    "R402",
    'Airbyte refuses this preset: "count" is no integer (server: $.count: string found, integer expected)',
    "write count: 5",
)
HINT = Diagnostic(
    Origin("manifests/new.yaml", 3, 5), "R534", "the form has no log-in", severity=Severity.WARNING
)


def assessed(manifest: Manifest) -> Assessed:
    if manifest.connector == BAD:
        return Assessed(Verdict(422, ("$.count: string found, integer expected",)), None, (REFUSAL,))
    return Assessed(Verdict(200), ASKED, (HINT,))


def plan(*, without: tuple[str, ...] = ()) -> Plan:
    """One template of every status, unless its manifest's name is in `without`."""
    manifests = (
        manifest("drifted", presets={"seed": 2, "tags": ["b", "a"], "region": "eu"}, spec=form()),
        manifest("new", connector=NEW, spec=form("New")),
        manifest("second", connector=Connector(NEW.id[:-1] + "9", "source-second"), spec=form("Second")),
        manifest("bad", connector=BAD, spec=form("Bad")),
        manifest("torn", connector=CRM, spec=form("Three")),
        manifest("same", connector=PLAIN, spec=form()),
        manifest("gone", connector=PLAIN, template=template_id(77)),
    )
    held = state(
        live(1, presets={"seed": 1, "tags": ["a"], "password": "hunter22"}),
        live(2, connector=CRM, spec=form("One")),
        live(3, connector=CRM, spec=form("Two")),
        live(4, connector=PLAIN),
        live(5, connector=PLAIN),
    )
    wanted = [each for each in manifests if each.name not in without]
    return build_plan(wanted, [held], target(), assess=assessed)


def clear_plan() -> Plan:
    return plan(without=("torn", "gone", "bad"))


def test_plan_that_cannot_be_applied_says_first_what_to_clear_up(golden: Golden) -> None:
    text = plan_markdown(plan(), budget=COMMENT_BUDGET, first_line="<!-- mark -->", run_url=RUN)
    assert_harmless(text, run_url=RUN, first_line="<!-- mark -->")
    golden("markdown-plan-blocked.md", text)


def test_plan_says_what_customers_will_be_asked_then_what_has_drifted(golden: Golden) -> None:
    golden("markdown-plan.md", plan_markdown(clear_plan(), budget=COMMENT_BUDGET, run_url=RUN))


def test_a_create_that_the_server_would_refuse_stops_the_plan_in_its_first_sentence(golden: Golden) -> None:
    text = plan_markdown(plan(without=("torn", "gone")), budget=COMMENT_BUDGET)
    golden("markdown-plan-refused.md", text)
    assert text.index("Must not be created") < text.index("To be created once nothing stops it")


def test_drift_tells_an_operator_what_differs(golden: Golden) -> None:
    golden("markdown-drift.md", drift_markdown(clear_plan(), budget=COMMENT_BUDGET, run_url=RUN))


def test_drift_of_an_incomplete_comparison_is_not_called_clean(golden: Golden) -> None:
    held = state(live(1), unread=(unread(9, name="Crm"),))
    incomplete = build_plan([manifest(spec=form())], [held], target())
    golden("markdown-drift-incomplete.md", drift_markdown(incomplete, budget=COMMENT_BUDGET))


def test_apply_tells_open_creates_before_the_ids_of_the_new_templates(golden: Golden) -> None:
    current = clear_plan()
    first, second = current.with_status(Status.CREATE)
    different = Change("/partialDefaultConfig/region", Operation.REPLACE, "eu", "mock_string")
    result = ApplyResult(
        current,
        (
            Creation(first, Outcome.CREATED, template_id(21), equals_manifest=True),
            Creation(second, Outcome.CREATED, template_id(22), False, changes=(different,), detail="stored otherwise", help="ask Airbyte"),
        ),
    )  # fmt: skip
    golden("markdown-apply.md", apply_markdown(result, budget=COMMENT_BUDGET, run_url=RUN))


def test_apply_that_went_well_is_short(golden: Golden) -> None:
    current = plan(without=("torn", "gone", "bad", "drifted", "same"))
    creations = tuple(
        Creation(entry, Outcome.CREATED, template_id(20 + number), equals_manifest=True)
        for number, entry in enumerate(current.with_status(Status.CREATE))
    )
    golden("markdown-apply-done.md", apply_markdown(ApplyResult(current, creations), budget=COMMENT_BUDGET))


def test_apply_that_was_refused_says_why_and_sent_nothing(golden: Golden) -> None:
    refusal = UnsafePlan("1 manifest is ambiguous: a create could make a duplicate", help="bind it")
    golden("markdown-apply-refused.md", apply_markdown(refused(plan(), refusal), budget=COMMENT_BUDGET))


def test_validation_tells_errors_before_warnings_before_forms(golden: Golden) -> None:
    of = manifest("new", connector=NEW)
    text = validation_markdown(
        Validation((HINT, REFUSAL), ((of, assessed(of)),), 2),
        budget=COMMENT_BUDGET,
        notice="No credentials here: the manifests were checked offline, nothing was planned.",
    )
    golden("markdown-validate.md", text)


def test_an_error_says_what_to_do(golden: Golden) -> None:
    error = Unreachable(
        "GET https://api.example.com/v1/x: refused", method="GET", path="/x", sent=False, help="try again"
    )
    golden("markdown-error.md", error_markdown(error, budget=COMMENT_BUDGET, run_url=RUN))


def test_invalid_input_lists_its_problems() -> None:
    text = error_markdown(InvalidInput((REFUSAL, HINT)), budget=COMMENT_BUDGET)
    assert "Invalid: 1 error, 1 warning." in text
    assert "`manifests/bad.yaml:7:13`" in text


def test_in_sync_templates_are_a_number_only() -> None:
    wanted = [manifest(f"same{n}", connector=Connector(template_id(n)), spec=form(f"T{n}")) for n in range(9)]
    text = plan_markdown(
        build_plan(wanted, [state(*(stored(w, n) for n, w in enumerate(wanted)))], target()),
        budget=COMMENT_BUDGET,
    )
    assert "Up to date: 9 in sync." in text
    assert "same" not in text


def many_creates(number: int) -> Plan:
    wanted = [
        manifest(f"m{n:04}", connector=Connector(template_id(n)), spec=form(f"T{n}")) for n in range(number)
    ]
    return build_plan(wanted, [state()], target(max_creates=number), assess=assessed)


def test_what_does_not_fit_is_left_out_template_by_template_and_counted(golden: Golden) -> None:
    text = plan_markdown(many_creates(200), budget=MINIMUM_BUDGET, run_url=RUN)
    page = assert_harmless(text, run_url=RUN)
    told = sum(code.startswith("m0") for code in page.code[6:])
    assert MINIMUM_BUDGET - 300 < len(text.encode()) <= MINIMUM_BUDGET
    assert f"... and **{200 - told} more templates**: [see the run](<{RUN}>)." in text
    assert "**200 templates would be created:**" in text


def test_short_forms_of_all_templates_come_before_the_details_of_any() -> None:
    text = plan_markdown(many_creates(40), budget=MINIMUM_BUDGET)
    assert all(f"**`m{n:04}`**" in text for n in range(40))
    assert 0 < text.count("<details") < 40


def crowded(*, creates: int, drifted: int) -> Plan:
    """Many creates with a form, and a few templates that differ, last in the alphabet."""
    wanted = [manifest(f"zz-{n}", presets={"seed": n}, spec=form(f"Z{n}")) for n in range(drifted)]
    held = state(*(live(n, presets={"seed": -1}, spec=form(f"Z{n}")) for n in range(drifted)))
    moved = build_plan(wanted, [held], target())
    return replace(moved, entries=(*many_creates(creates).entries, *moved.entries))


@pytest.mark.parametrize("budget", [MINIMUM_BUDGET, COMMENT_BUDGET])
def test_what_drifted_is_told_in_full_however_many_creates_there_are(budget: int) -> None:
    text = plan_markdown(crowded(creates=588, drifted=1), budget=budget, run_url=RUN)
    assert "**`zz-0`** differs from template" in text
    assert "@@ /partialDefaultConfig/seed @@" in text
    assert "more templates**" in text
    assert len(text.encode()) <= budget


def test_creates_are_named_beside_many_that_drifted() -> None:
    text = plan_markdown(crowded(creates=20, drifted=100), budget=COMMENT_BUDGET)
    assert all(f"**`zz-{number}`** differs" in text for number in range(100))
    assert all(f"**`{entry.name}`**" in text for entry in many_creates(20).entries)


def test_ambiguous_refused_and_open_ones_come_before_what_is_settled() -> None:
    held = state(live(1, presets={"a": 1}), live(2, presets={"a": 2}))
    torn = build_plan([manifest("zz-torn", spec=form())], [held], target())
    entries = (*many_creates(588).entries, *torn.entries)
    assert "`zz-torn`" in plan_markdown(replace(torn, entries=entries), budget=MINIMUM_BUDGET)
    creates = many_creates(588).entries
    done = [Creation(entry, Outcome.CREATED, template_id(n), True) for n, entry in enumerate(creates)]
    drift = crowded(creates=0, drifted=1).entries
    result = ApplyResult(replace(torn, entries=(*creates, *drift)), tuple(done))
    assert "`zz-0`" in apply_markdown(result, budget=MINIMUM_BUDGET)


@pytest.mark.parametrize("budget", [COMMENT_BUDGET, SUMMARY_BUDGET])
def test_five_thousand_creates_stay_within_the_limits_of_the_platforms(budget: int) -> None:
    text = plan_markdown(many_creates(5_000), budget=budget, run_url=RUN)
    assert budget - 2_000 < len(text.encode()) <= budget
    assert "**5000 templates would be created:**" in text
    assert Rendered(text).is_balanced


@pytest.mark.parametrize(("number", "is_open"), [(10, True), (11, False)])
def test_few_questions_are_shown_at_once_and_many_are_folded(number: int, is_open: bool) -> None:
    asked = Asked(
        tuple(Ask(f"/q{n}", f"Q{n}", "string", required=False, secret=False) for n in range(number))
    )
    wanted = [manifest("new", connector=NEW, spec=form())]
    text = plan_markdown(
        build_plan(wanted, [state()], target(), assess=lambda _: Assessed(Verdict(200), asked)),
        budget=COMMENT_BUDGET,
    )
    assert ("<details open>" in text) is is_open
    assert f"The customer is asked {number} questions</summary>" in text


def test_secrets_of_a_difference_are_masked() -> None:
    assert "hunter22" not in plan_markdown(plan(), budget=COMMENT_BUDGET)


def test_a_diff_cannot_be_ended_by_a_value() -> None:
    changed = manifest("drifted", presets={"note": "`````\n```\n</details>"}, spec=form())
    text = plan_markdown(build_plan([changed], [state(live(1))], target()), budget=COMMENT_BUDGET)
    assert "\n``````diff\n" in text
    assert_harmless(text)


@pytest.mark.parametrize("word", ["😀 ", "😀", "` ", "@ ", "\U000e0041", "x"])
def test_the_smallest_budget_has_room_for_the_longest_header(word: str) -> None:
    long = word * 2_000
    where = replace(target(max_creates=99), environment=long, organization_id=long, url=long)
    creates = replace(many_creates(9), target=where, digest=long)
    creating = replace(creates, entries=tuple(replace(entry, name=long) for entry in creates.entries))
    every = tuple(
        replace(creating.entries[0], status=status, reason=long, ways_out=(long,)) for status in Status
    )
    current = replace(creating, entries=every, hidden=dict.fromkeys(Status, 1))
    frame = {"first_line": f"<!--{'x' * 990}-->", "heading": long, "notice": long, "run_url": RUN}
    error = UnsafePlan(long, help=long)
    for text in (
        plan_markdown(current, budget=MINIMUM_BUDGET, **frame),
        plan_markdown(creating, budget=MINIMUM_BUDGET, **frame),
        drift_markdown(current, budget=MINIMUM_BUDGET, **frame),
        apply_markdown(refused(current, error), budget=MINIMUM_BUDGET, **frame),
        error_markdown(error, budget=MINIMUM_BUDGET, **frame),
    ):  # fmt: skip
        assert len(text.encode()) <= MINIMUM_BUDGET


def test_more_creates_than_the_environment_allows_are_announced_as_refused() -> None:
    text = plan_markdown(replace(many_creates(3), target=target(max_creates=2)), budget=COMMENT_BUDGET)
    assert (
        "**Nothing would be created:** 3 creates planned, and `production` allows at most 2 in one run."
        in text
    )


def test_connector_without_a_name_is_shown_by_its_id() -> None:
    text = plan_markdown(many_creates(1), budget=COMMENT_BUDGET)
    assert f"(`{template_id(0)}`, `manifests/m0000.yaml:1`)" in text
    assert FAKER.id not in text
