"""The plan as people and programs read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from factories import CRM, FAKER, form, live, manifest, state, target, template_id, unread

from reconciler.cli.options import Options
from reconciler.cli.renderings import plan_renderings
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector, Manifest
from reconciler.model.verdict import Verdict
from reconciler.planning.entry import Assessed, Plan, Selection
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, plan_document, plan_schema
from reconciler.report.html import render_plan_page
from reconciler.report.safe_text import Style
from reconciler.report.text import render_plan
from reconciler.report.view import summary_line

Golden = Callable[[str, str], None]
PLAIN = Connector("00000000-0000-4000-8000-0000000000d1", "source-plain", "Plain")
LONE = Connector("00000000-0000-4000-8000-0000000000e1", "source-lone", "Lone")


def full_plan(selection: Selection = Selection()) -> Plan:  # noqa: B008
    """One entry of every status."""
    held = state(
        live(1, presets={"seed": 1, "password": "old", "tags": ["a"], "note": "x" * 200}),
        live(2, connector=CRM, spec=form("One")),
        live(3, connector=CRM, spec=form("Two")),
        live(4, connector=PLAIN),
        live(5, connector=PLAIN),
        live(6, connector=LONE),
        unread=(unread(9, name="Crm"),),
    )
    return build_plan(
        [
            manifest("drifted", presets={"seed": 2, "password": "new", "tags": ["b", "a"]}, spec=form()),
            manifest("missing", connector=Connector(FAKER.id[:-1] + "9", "source-new", "New"), spec=form()),
            manifest("torn", connector=CRM, spec=form("Three")),
            manifest("same", connector=PLAIN, spec=form()),
            manifest("gone", connector=PLAIN, template=template_id(77)),
        ],
        [held],
        target(),
        selection=selection,
    )


def test_text_plan_shows_every_status_with_reason_and_ways_out(golden: Golden) -> None:
    golden("plan.txt", render_plan(full_plan()))


def test_verbose_text_plan_shows_in_sync_entries_and_all_reasons(golden: Golden) -> None:
    golden("plan-verbose.txt", render_plan(full_plan(), verbose=True))


def test_json_plan_is_the_contract(golden: Golden) -> None:
    text = document_text(plan_document(full_plan()))
    golden("plan.json", text)
    jsonschema.validate(plan_document(full_plan()), plan_schema())


def test_plan_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(plan_schema())


def test_colour_adds_escapes_and_changes_no_word() -> None:
    import re

    coloured = render_plan(full_plan(), style=Style(colour=True))
    assert re.sub(r"\x1b\[[0-9]+m", "", coloured) == render_plan(full_plan())


def in_sync(selection: Selection = Selection(), **world: Any) -> Plan:  # noqa: B008
    held = world.pop("held", (live(1),))
    return build_plan([manifest(spec=form(), **world)], [state(*held)], target(), selection=selection)


def test_up_to_date_is_said_when_everything_was_compared_and_is_equal() -> None:
    assert summary_line(in_sync()) == "Up to date: 1 in sync."


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (
            build_plan([manifest()], [state(live(1))], target()),
            "Plan: 1 in sync. Not shown or not compared: 1 form not compared.",
        ),
        (
            build_plan(
                [manifest("a", spec=form()), manifest("b", spec=form(), connector=CRM)],
                [state(live(1))],
                target(),
                selection=Selection(only=("a",)),
            ),
            "Plan: 1 in sync. Not shown or not compared: 1 entry outside the selection (1 create).",
        ),
        (in_sync(held=(live(1), live(2, connector=CRM))), "Plan: 1 unmanaged, 1 in sync."),
        (in_sync(held=(live(1), live(2))), "Plan: 1 duplicate, 1 in sync. Not up to date."),
        (in_sync(held=()), "Plan: 1 to create. Not up to date."),
    ],
)
def test_up_to_date_is_never_said_when_anything_is_missing_or_was_left_out(plan: Plan, line: str) -> None:
    assert summary_line(plan) == line


def several(number: int) -> tuple[Manifest, ...]:
    connectors = [Connector(f"{FAKER.id[:-1]}{digit}", f"source-{digit}") for digit in range(number)]
    return tuple(manifest(f"new-{n}", connector=each, spec=form()) for n, each in enumerate(connectors))


def refused(_: Manifest) -> Assessed:
    problem = Diagnostic(Origin("manifests/new-0.yaml", 7, 13), "R402", "no integer", "write 5")
    return Assessed(Verdict(422, ("string found",)), None, (problem,))


TOO_MANY = build_plan(several(4), [state()], target(max_creates=3))
REFUSED = build_plan(several(1), [state()], target(), assess=refused)


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (
            TOO_MANY,
            (
                "Apply would refuse this plan (exit 4): 4 creates planned, at most 3 allowed in one run; "
                "if all of them are meant: --max-creates 4."
            ),
        ),
        (
            REFUSED,
            (
                "Apply would refuse this plan (exit 3): there are errors in 1 of 1 planned template; "
                "correct them at the entries."
            ),
        ),
        (
            build_plan([manifest("gone", template=template_id(7))], [state()], target()),
            (
                "Apply would refuse this plan (exit 4): 1 entry is unknown: nothing is created while a template is unread, a "
                "binding is broken or an earlier create is undecided; see the entries marked `?`; run again once they can be "
                "read, are fixed or decided."
            ),
        ),
    ],
)
def test_a_plan_that_apply_would_refuse_says_so_in_its_last_line_and_on_its_page(
    plan: Plan, line: str
) -> None:
    assert render_plan(plan, tells_refusal=True).splitlines()[-1] == line
    page = render_plan_page(plan, tells_refusal=True).replace("<code>", "`").replace("</code>", "`")
    assert line in page
    for told in (render_plan(plan), render_plan_page(plan)):
        assert "would refuse this plan" not in told


def test_what_apply_would_carry_out_ends_with_the_summary() -> None:
    allowed = build_plan(several(3), [state()], target(max_creates=3))
    assert render_plan(allowed, tells_refusal=True).splitlines()[-1] == summary_line(allowed)


def test_drift_intends_no_create_and_tells_of_no_refusal() -> None:
    for is_drift in (False, True):
        made = plan_renderings(TOO_MANY, Options(), is_drift=is_drift)
        for name in ("text", "html", "github"):
            assert ("Apply would refuse" in made[name](Style())) is not is_drift


def test_what_to_do_about_unmanaged_templates_is_said_as_one_whole_sentence() -> None:
    told = (
        "o manage one, write a manifest with its `templateId`; to leave it alone, list its id under `unmanaged` in reconciler.yaml "
        "(Airbyte's defaults belong there)"
    )
    plan = in_sync(held=(live(1), live(2, connector=CRM)))
    assert f"              do   t{told}\n" in render_plan(plan)
    page = render_plan_page(plan).replace("<code>", "`").replace("</code>", "`").replace("&#x27;", "'")
    assert f"T{told}" in page


def test_text_from_manifests_and_servers_cannot_drive_the_terminal_or_the_runner() -> None:
    hostile = "\x1b]0;owned\x07\r::error::x\n##[group]\u202e"
    presets: JsonObject = {hostile: hostile}
    plan = build_plan(
        [manifest(hostile, presets={}, spec=form(), file=hostile)],
        [state(live(1, presets=presets, name=hostile), unread=(unread(9, hostile, hostile),))],
        target(),
    )
    for text in (render_plan(plan, verbose=True), render_plan(plan)):
        assert not set(text) & {"\x1b", "\x07", "\r", "\u202e"}
        assert "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
