"""A manifest that names another organization: no report may let it pass for the environment's."""

from __future__ import annotations

from factories import CRM, FAKER, ORGANIZATION, form, live, manifest, state, target, template_id

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.model.template import Connector
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.document import plan_document
from reconciler.report.github_annotations import annotation_lines, apply_annotations, plan_annotations
from reconciler.report.html import render_apply_page, render_plan_page
from reconciler.report.markdown import COMMENT_BUDGET, apply_markdown, drift_markdown, plan_markdown
from reconciler.report.text import render_apply, render_plan
from reconciler.report.view import numbers_by_organization

OTHER = "99999999-0000-4000-8000-000000000001"
NEW = Connector(FAKER.id[:-1] + "9", "source-new", "New")


def plan() -> Plan:
    """Both organizations hold an unmanaged template that says the same; each has a create; the other has drift."""
    return build_plan(
        [
            manifest("here", connector=NEW, spec=form("Here")),
            manifest("there", connector=NEW, spec=form("There"), organization=OTHER),
            manifest("moved", presets={"seed": 1}, spec=form(), organization=OTHER),
        ],
        [
            state(live(2, connector=CRM)),
            state(live(1, presets={"seed": 2}), live(2, connector=CRM), organization=OTHER),
        ],
        target(),
    )


def line_with(text: str, *words: str) -> str:
    """The one line that holds all these words."""
    (line,) = [line for line in text.splitlines() if all(word in line for word in words)]
    return line


def test_the_target_line_names_every_organization_that_was_read() -> None:
    assert line_with(render_plan(plan()), "target ").endswith(f", organization {ORGANIZATION} (and {OTHER})")
    for text in (plan_markdown(plan(), budget=COMMENT_BUDGET), drift_markdown(plan(), budget=COMMENT_BUDGET)):
        assert f"of organization `{ORGANIZATION}` (and `{OTHER}`) at" in text
    assert f"<code>{ORGANIZATION} (and {OTHER})</code>" in render_plan_page(plan())
    assert plan_document(plan())["read"] == {
        "manifests": 3,
        "live": 3,
        "organizations": [ORGANIZATION, OTHER],
        "notRead": [],
    }


def test_a_plan_of_one_organization_names_it_once() -> None:
    alone = build_plan([manifest("here", connector=NEW, spec=form())], [state()], target())
    assert render_plan(alone, verbose=True).count("organization") == 1
    assert plan_markdown(alone, budget=COMMENT_BUDGET).count("rganization") == 1


def test_every_entry_of_another_organization_says_so_in_text() -> None:
    for text in (render_plan(plan()), render_plan(plan(), verbose=True)):
        assert line_with(text, "+ create", "there").endswith(f"  organization {OTHER}")
        assert line_with(text, "~ drifted", "moved").endswith(f"  organization {OTHER}")
        assert "organization" not in line_with(text, "+ create", " here ")
        first, second = (line for line in text.splitlines() if line.startswith("* unmanaged"))
        assert second == f"{first}  organization {OTHER}"


def test_every_entry_of_another_organization_says_so_in_markdown() -> None:
    text = plan_markdown(plan(), budget=COMMENT_BUDGET)
    where = f"organization `{OTHER}`"
    assert line_with(text, "**`there`**").endswith(f"(`source-new`, `manifests/there.yaml:1`, {where})")
    assert where in line_with(text, "**`moved`**")
    assert "organization" not in line_with(text, "**`here`**")
    assert (
        line_with(text, "- `Crm`", where)
        == f"- `Crm`, template `{template_id(2)}`, form `Sample data`, {where}: no manifest claims it"
    )


def test_every_entry_of_another_organization_says_so_on_the_page() -> None:
    page = render_plan_page(plan())
    assert page.count(f"Organization <code>{OTHER}</code>") == 2
    assert f"{template_id(2)}  form &quot;Sample data&quot;  organization {OTHER}</span>" in page


def test_annotations_name_the_other_organization() -> None:
    text = annotation_lines(plan_annotations(plan()))
    assert f"moved (organization {OTHER}) differs from the manifest" in text


def applied() -> ApplyResult:
    current = plan()
    here, there = current.with_status(Status.CREATE)
    return ApplyResult(
        current,
        (
            Creation(here, Outcome.CREATED, template_id(21), equals_manifest=True),
            Creation(there, Outcome.UNKNOWN, detail="no answer"),
        ),
    )


def test_the_account_of_an_apply_names_the_other_organization() -> None:
    result = applied()
    text = render_apply(result)
    assert f"there, organization {OTHER}" in line_with(text, "? unknown")
    assert "organization" not in line_with(text, "+ created")
    assert f"organization `{OTHER}`" in line_with(
        apply_markdown(result, budget=COMMENT_BUDGET), "**`there`**"
    )
    assert f"Organization <code>{OTHER}</code>" in render_apply_page(result)
    assert f"there (organization {OTHER}) unknown" in annotation_lines(apply_annotations(result))


def creates(number: int, organization: str) -> tuple[Entry, ...]:
    (entry,) = [each for each in plan().with_status(Status.CREATE) if each.organization_id == organization]
    return (entry,) * number


def test_the_question_names_where_each_create_goes() -> None:
    everywhere = (*creates(1, OTHER), *creates(2, ORGANIZATION))
    assert numbers_by_organization(plan(), everywhere) == (
        f"2 in organization {ORGANIZATION}, 1 in organization {OTHER}"
    )
    assert numbers_by_organization(plan(), creates(1, OTHER)) == f"organization {OTHER}"


def test_many_organizations_are_a_few_names_and_a_number() -> None:
    others = [f"99999999-0000-4000-8000-{number:012d}" for number in range(30)]
    many = build_plan([], [state(), *(state(organization=each) for each in others)], target())
    assert line_with(render_plan(many), "target ").endswith(f"{others[4]} and 25 more)")
