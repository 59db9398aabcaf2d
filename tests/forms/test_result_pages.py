"""Plans and applies as pages."""

from __future__ import annotations

import base64
import hashlib
import re
import time

import pytest
from factories import CRM, FAKER, form, live, manifest, state, target, template_id, unread
from forms.page_reading import Reading, faults, read

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.errors import InvalidInput, UnsafePlan
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.template import Connector
from reconciler.planning.entry import Plan, Selection, Status
from reconciler.planning.plan import build_plan
from reconciler.report.html import render_apply_page, render_error_page, render_plan_page

PLAIN = Connector("00000000-0000-4000-8000-0000000000d1", "source-plain", "Plain")
LONE = Connector("00000000-0000-4000-8000-0000000000e1", "source-lone", "Lone")
NEW = Connector("00000000-0000-4000-8000-0000000000a9", "source-new", "New")
HOSTILE = "</script><script>alert(1)</script><b onclick=x>\"'&\u202e"


def full_plan(selection: Selection = Selection()) -> Plan:  # noqa: B008
    """One entry of every status."""
    held = state(
        live(
            1,
            presets={"seed": 1, "password": "old-secret", "tags": ["a"]},
            spec=form("Sample data", size={"type": "string"}),
        ),
        live(2, connector=CRM, spec=form("One")),
        live(3, connector=CRM, spec=form("Two")),
        live(4, connector=PLAIN),
        live(5, connector=PLAIN),
        live(6, connector=LONE),
        unread=(unread(9, name="Crm"),),
    )
    wanted = [
        manifest(
            "drifted",
            presets={"seed": 2, "password": "new-secret", "tags": ["b", "a"]},
            spec=form("Sample data"),
        ),
        manifest("missing", connector=NEW, spec=form()),
        manifest("torn", connector=CRM, spec=form("Three")),
        manifest("same", connector=PLAIN, spec=form()),
        manifest("gone", connector=PLAIN, template=template_id(77)),
    ]
    return build_plan(wanted, [held], target(), selection=selection)


def entry_of(page: Reading, status: Status) -> str:
    (found,) = [
        e for e in page.elements if e.attributes.get("data-status") == status and e.name in {"article", "li"}
    ]
    return " ".join(found.text.split())


def creating(name: str = "missing") -> Plan:
    return build_plan(
        [manifest(name, connector=NEW, spec=form("New", size={"type": "string"}))], [state()], target()
    )


def test_a_page_nests_labels_and_names_everything() -> None:
    assert faults(render_plan_page(full_plan())) == []


def test_every_status_that_occurs_has_a_section_a_filter_and_its_number() -> None:
    page = read(render_plan_page(full_plan()))
    filters = {e.attributes["data-status"]: e.text for e in page.with_class("filter")}
    assert filters == {
        "unknown": "3 unknown",
        "ambiguous": "1 ambiguous",
        "drifted": "1 drifted",
        "duplicate": "1 duplicate",
        "unmanaged": "3 unmanaged",
        "in-sync": "1 in sync",
    }
    assert list(filters) == [
        e.attributes["aria-labelledby"].removeprefix("s-") for e in page.named("section")
    ]


def test_the_head_says_where_it_points_and_never_up_to_date_when_something_was_left_out() -> None:
    same = [manifest("same", connector=PLAIN, spec=form()), manifest("other", connector=LONE, spec=form())]
    held = state(live(4, connector=PLAIN), live(6, connector=LONE))
    whole = read(render_plan_page(build_plan(same, [held], target())))
    part = read(render_plan_page(build_plan(same, [held], target(), selection=Selection(only=("same",)))))
    assert whole.with_class("lede")[0].text == "Up to date: 2 in sync."
    assert "Up to date" not in part.with_class("lede")[0].text
    assert "Not shown or not compared: 1 entry outside the selection" in part.with_class("lede")[0].text
    assert "https://api.example.com/v1" in part.with_class("target")[0].text


def test_a_create_shows_the_form_that_the_customer_will_see() -> None:
    page = read(render_plan_page(creating()))
    assert page.named("summary")[0].text == "The form that the customer will see"
    assert [each.text for each in page.named("label")] == ["Search", "size"]


def test_drift_shows_both_sides_and_marks_what_differs_in_the_form() -> None:
    page = read(render_plan_page(full_plan()))
    told = entry_of(page, Status.DRIFTED)
    assert "/partialDefaultConfig/seed12" in told
    assert "Customers see now" in told
    assert "The manifest asks for" in told
    assert "The form, side by side: 1 difference" in told


def test_secrets_are_not_on_the_page() -> None:
    page = render_plan_page(full_plan())
    assert "old-secret" not in page
    assert "new-secret" not in page
    assert "(sensitive, differs)" in page


def test_names_and_values_from_outside_never_become_markup() -> None:
    plan = build_plan(
        [manifest(HOSTILE, presets={HOSTILE: HOSTILE}, spec=form(HOSTILE))],
        [
            state(
                live(1, presets={HOSTILE: "x"}, name=HOSTILE),
                unread=(unread(9, name=HOSTILE, reason=HOSTILE),),
            )
        ],
        target(),
    )
    page = render_plan_page(plan)
    assert faults(page) == []
    assert len(read(page).named("script")) == 1
    assert "\u202e" not in page


def test_the_policy_allows_the_one_style_and_the_one_script_and_nothing_else() -> None:
    page = read(render_plan_page(full_plan()))
    (policy,) = [e.attributes["content"] for e in page.named("meta") if "http-equiv" in e.attributes]
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for name in ("style", "script"):
        (only,) = page.named(name)
        digest = base64.b64encode(hashlib.sha256(only.text.encode()).digest()).decode()
        assert allowed[f"{name}-src"] == f"'sha256-{digest}'"
    assert allowed == {
        "default-src": "'none'", "style-src": allowed["style-src"], "script-src": allowed["script-src"],
        "img-src": "data:", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip


def test_style_and_script_hold_nothing_of_a_plan() -> None:
    one, other = (read(render_plan_page(plan)) for plan in (full_plan(), creating(HOSTILE)))
    for name in ("style", "script"):
        assert one.named(name)[0].text == other.named(name)[0].text


def test_the_style_names_no_asset() -> None:
    style = read(render_plan_page(creating())).named("style")[0].text
    assert re.findall(r"url\(|@import|https?:", style) == []


def test_a_plan_of_thousands_stays_a_page() -> None:
    connectors = [
        Connector(f"00000000-0000-4000-8000-{number:012d}", "source-many", "Many") for number in range(2_000)
    ]
    wanted = [
        manifest(f"m{number:04}", connector=each, spec=form()) for number, each in enumerate(connectors)
    ]
    held = [live(number, connector=each) for number, each in enumerate(connectors[:1_000])]
    before = time.process_time()
    page = render_plan_page(build_plan(wanted, [state(*held)], target()))
    assert time.process_time() - before < 40
    reading = read(page)
    assert len(reading.with_class("entry")) == 1_000
    assert len(reading.with_class("form")) == 250
    assert page.count("This page holds no more forms") == 750
    assert "reconciler preview m1999" in page


def outcome(kind: Outcome, **facts: object) -> ApplyResult:
    plan = creating()
    return ApplyResult(plan=plan, creations=(Creation(plan.entries[0], kind, **facts),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (outcome(Outcome.CREATED, template_id=template_id(5), equals_manifest=True), "+ Createdmissing"),
        (outcome(Outcome.UNKNOWN, detail="no answer", help="run it again"), "? Unknownmissing"),
        (outcome(Outcome.NOT_ATTEMPTED, detail="stopped"), "- Not attemptedmissing"),
    ],
)
def test_an_apply_tells_what_became_of_each_create(result: ApplyResult, words: str) -> None:
    page = render_apply_page(result)
    assert faults(page) == []
    (card,) = read(page).named("article")
    assert words in " ".join(card.text.split())


def test_a_template_that_reads_back_different_is_said_so_loudly() -> None:
    result = outcome(Outcome.CREATED, template_id=template_id(5), equals_manifest=False)
    assert "read back DIFFERENT" in render_apply_page(result)


def test_a_refused_apply_says_why_and_shows_the_plan() -> None:
    refusal = UnsafePlan("too many creates", help="allow them with --max-creates 2")
    page = read(render_apply_page(ApplyResult(plan=creating(), creations=(), refusal=refusal)))
    assert "Refused: too many creates" in page.with_class("notice-top")[0].text
    assert page.named("article")[0].attributes["data-status"] == "create"


def test_an_error_is_a_page_with_every_problem_and_its_place() -> None:
    problem = Diagnostic(Origin("manifests/a.yaml", 3, 7), "R102", HOSTILE, "write something else")
    page = render_error_page(InvalidInput((problem,)))
    assert faults(page) == []
    assert "manifests/a.yaml:3:7" in page
    assert "R102" in page
    assert str(FAKER.name) not in page
