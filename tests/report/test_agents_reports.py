"""The plan of the Agent API as people and programs read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import jsonschema
import pytest
from factories import CRM, agents, live, manifest, state, template_id

from reconciler.model.json_value import JsonObject
from reconciler.model.target import Dialect, Policy
from reconciler.model.template import CONNECTION_TEMPLATE, Connector, LiveTemplate, Manifest, live_template
from reconciler.planning.assess import assess
from reconciler.planning.entry import Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, plan_document, plan_schema
from reconciler.report.exit_code import plan_exit_code
from reconciler.report.github_annotations import plan_annotations
from reconciler.report.html import render_plan_page
from reconciler.report.markdown import drift_markdown, plan_markdown
from reconciler.report.text import render_plan

Golden = Callable[[str, str], None]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WAREHOUSE = Connector(
    "00000000-0000-4000-8000-0000000000d5",
    "destination-warehouse",
    "Warehouse",
    "1.0.0",
    {
        "connectionSpecification": {
            "type": "object",
            "properties": {
                "host": {"type": "string"},
                "password": {"type": "string", "airbyte_secret": True},
            },
        }
    },
)
SETTINGS: JsonObject = {
    "mode": "REPLICATION",
    "tags": [],
    "customization": {"streamSelectionMode": "suggested"},
}


def source(name: str, said: JsonObject, **members: object) -> Manifest:
    made = manifest(name, **members)  # type: ignore[arg-type]
    return replace(made, settings=said)


def held(number: int, name: str, presets: JsonObject, **others: object) -> LiveTemplate:
    template = live(number, **others)  # type: ignore[arg-type]
    settings = SETTINGS | {"name": name}
    return live_template(template.id, template.name, template.connector_id, presets, {}, settings=settings)


def connection(name: str, config: JsonObject, said: JsonObject) -> Manifest:
    return replace(
        manifest(name, connector=WAREHOUSE, presets=config),
        kind=CONNECTION_TEMPLATE,
        settings=said,
        variable_pointers=frozenset({"/spec/destinationConfig/password"}),
    )


def agents_plan(policy: Policy = Policy.CREATE_UPDATE) -> Plan:
    """An update that propagates, a second one, a schedule, and a secret that the server masks."""
    eu = live_template(
        template_id(3),
        "EU",
        WAREHOUSE.id,
        {"host": "eu", "password": "********"},
        {},
        settings={
            "destinationName": "EU",
            "cronExpression": "0 0 * * * ?",
            "dataHostingType": "user_hosted",
            "nonBreakingChangesPreference": "ignore",
            "syncOnCreate": True,
            "tags": [],
        },
        kind=CONNECTION_TEMPLATE,
    )
    manifests = [
        replace(source("shop", {"name": "Shop", "tags": ["eu"]}, presets={"seed": 2}), propagate=True),
        source("shop-us", {"name": "Shop US"}, presets={"seed": 3}),
        source("crm", {"name": "Crm", "mode": "DIRECT"}, connector=CRM, presets={"region": "eu"}),
        connection("eu", {"host": "eu", "password": "HUSH"}, {"destinationName": "EU"}),
        connection(
            "us",
            {"host": "us", "password": "HUSH"},
            {"destinationName": "US", "cronExpression": "0 0 */6 * * ?"},
        ),
    ]
    live_ones = (held(1, "Shop", {"seed": 1}), held(2, "Crm", {"region": "eu"}, connector=CRM), eu)
    return build_plan(
        manifests,
        [state(*live_ones)],
        agents(policy),
        assess=partial(assess, severities={}, dialect=Dialect.AGENTS, now=NOW),
    )


def test_text_says_policy_updates_seconds_schedules_and_what_was_not_compared(golden: Golden) -> None:
    golden("agents-plan.txt", render_plan(agents_plan(), verbose=True, tells_refusal=True))


def test_json_has_the_members_of_the_agent_api(golden: Golden) -> None:
    document = plan_document(agents_plan())
    golden("agents-plan.json", document_text(document))
    jsonschema.validate(document, plan_schema())


def test_markdown_headline_says_updates(golden: Golden) -> None:
    golden("agents-plan.md", plan_markdown(agents_plan(), budget=60_000))


def test_drift_says_what_an_apply_would_update(golden: Golden) -> None:
    golden("agents-drift.md", drift_markdown(agents_plan(), budget=60_000))


def test_create_only_knows_no_update(golden: Golden) -> None:
    plan = agents_plan(Policy.CREATE_ONLY)
    assert "update" not in plan_document(plan)["summary"]  # type: ignore[operator]
    assert not plan.with_status(Status.UPDATE)
    assert len(plan.with_status(Status.DRIFTED)) == 2
    golden("agents-plan-create-only.txt", render_plan(plan))


@pytest.mark.parametrize("policy", Policy)
def test_no_secret_is_in_any_report(policy: Policy) -> None:
    plan = agents_plan(policy)
    annotations = "".join(str(each) for each in plan_annotations(plan))
    reports = (
        render_plan(plan, verbose=True),
        document_text(plan_document(plan)),
        plan_markdown(plan, budget=60_000),
        drift_markdown(plan, budget=60_000),
        render_plan_page(plan),
        annotations,
    )
    assert not [report for report in reports if "HUSH" in report or "****" in report.replace("**`", "")]


def test_no_drift_is_said_of_what_was_compared_only() -> None:
    config: JsonObject = {"host": "eu", "password": "HUSH"}
    there = live_template(
        template_id(3),
        "EU",
        WAREHOUSE.id,
        config,
        {},
        settings={"destinationName": "EU", "tags": []},
        kind=CONNECTION_TEMPLATE,
    )
    plan = build_plan([connection("eu", config, {"destinationName": "EU"})], [state(there)], agents())
    assert "**No drift in what was compared.**" in drift_markdown(plan, budget=60_000)
    assert plan_exit_code(plan, findings_count=True, intends_creates=False) == 0


def test_page_shows_policy_and_no_form_of_our_own_making() -> None:
    page = render_plan_page(agents_plan())
    assert "create-update: what differs is updated" in page
    assert "The form that the customer will see" not in page
    assert "Agent API at https://agents.example.com/api/v1" in page
    assert "matched by name" in page
    assert "matched by title" not in page


def test_equal_connections_are_in_sync_and_never_called_up_to_date_while_a_secret_was_not_compared() -> None:
    plan = agents_plan()
    (entry,) = [each for each in plan.entries if each.name == "eu"]
    assert (entry.status, entry.uncompared_secrets, plan.uncompared_secrets) == (Status.IN_SYNC, 1, 1)
