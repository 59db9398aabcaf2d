"""Which schedules a create takes, and which of them never start a sync: as recorded from cron-utils and Quartz."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.connectors.server.cron import objection, read_schedule
from reconciler.connectors.server.quartz import RefusedSchedule

TABLE = Path(__file__).parents[1] / "verdict" / "recorded" / "schedules.jsonl.gz"
ROWS = [json.loads(line) for line in gzip.decompress(TABLE.read_bytes()).splitlines()[1:]]
PATH = "/config_templates/connections"


def is_taken(expression: str) -> bool:
    try:
        read_schedule(expression)
    except RefusedSchedule:
        return False
    return True


def test_every_schedule_is_taken_or_refused_as_the_server_does() -> None:
    assert {row["expression"]: row["create"] for row in ROWS} == {
        row["expression"]: is_taken(row["expression"]) for row in ROWS
    }


# What was seen in cron-utils 9.2.1 beside the recorded table.
@pytest.mark.parametrize(
    ("expression", "is_accepted"),
    [
        ("0 0 12 ? * */7", True),
        ("0 0 12 1 */12 ?", True),
        ("0 0 12 */31 * ?", True),
        ("0 0 */24 * * ?", False),
        ("0 0 12 L-32 * ?", False),
        ("0 0 12 ? * MON#7", True),
        ("0 0 12 ? * MON#8", False),
        ("0 0 12 ? * L,?", True),
        ("0 +1 12 18/27/ * ?", True),
    ],
)
def test_limits_of_the_create_are_those_of_its_parser(expression: str, *, is_accepted: bool) -> None:
    assert is_taken(expression) is is_accepted


def test_a_schedule_that_quartz_refuses_later_is_named() -> None:
    # The zone is cut off before Quartz sees the schedule.
    taken = [row for row in ROWS if row["create"] and not row["expression"].endswith("UTC")]
    assert {row["expression"]: row["quartz"] for row in taken} == {
        row["expression"]: not objection(read_schedule(row["expression"])) for row in taken
    }


@pytest.mark.parametrize(
    ("expression", "note"),
    [
        ("0 0 0 ? * MON UTC", None),
        (
            "0 0 0 1,L * ?",
            "this schedule never starts a sync: Quartz does not take L beside other days of the month",
        ),
    ],
)
def test_a_created_schedule_that_never_starts_a_sync_is_told_beside_the_answer(
    client: Any, expression: str, note: str | None
) -> None:
    body = {
        "organizationId": client.settings.organizations[0],
        "destinationName": "d",
        "destinationActorDefinitionId": next(iter(client.settings.destinations)),
        "destinationConfiguration": {},
        "schedule": {"scheduleType": "cron", "cronExpression": expression},
    }
    answer = client("POST", PATH, json=body)
    assert answer.status_code == 200
    assert list(answer.json()) == ["id"]
    assert answer.headers.get("X-Sandbox-Note") == note
