"""What is known about manifests of the Agent API without asking it: schedule, destination, secrets, and no verdict of the other API."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.connectors.lint.secret_texts import certain_secrets
from reconciler.model.diagnostic import Origin
from reconciler.model.target import Dialect
from reconciler.model.template import Connector, Manifest
from reconciler.planning.assess import assess
from reconciler.planning.entry import Assessed, ScheduleFacts

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
FIELDS: Any = {
    "type": "object",
    "required": ["bucket"],
    "properties": {
        "bucket": {"type": "string"},
        "port": {"type": "integer"},
        "format": {"enum": ["csv", "parquet"]},
        "key": {"type": "string", "airbyte_secret": True},
    },
}
S3 = Connector(
    "4816b78f-1489-44c1-9060-4b19d5fa9362",
    "destination-s3",
    "S3",
    specification={"connectionSpecification": FIELDS},
)
CRM = Connector(
    "00000000-0000-4000-8000-0000000000c1",
    "source-crm",
    specification={"connectionSpecification": {**FIELDS, "additionalProperties": True}},
)
CONFIG = "/spec/destinationConfig"


def connection(config: dict[str, Any] | None = None, schedule: str | None = None, **more: Any) -> Manifest:
    manifest = Manifest(
        "warehouse", Origin("m.yaml", 1, 1), S3, config or {"bucket": "b"}, kind="ConnectionTemplate"
    )
    return replace(manifest, settings={} if schedule is None else {"cronExpression": schedule}, **more)


def found(manifest: Manifest) -> list[str]:
    return [f"{each.severity} {each.rule} {each}" for each in assess(manifest, {}, now=NOON).problems]


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("0 0 12 * * ?", ""),
        ("@daily", ("error R540 /spec/cronExpression: the create does not take this schedule: it has 1 field instead of 6 or 7; "
         "write six or seven fields, such as `0 0 12 * * ?` for every day at 12:00 UTC")),
        ("0 0 25 * * ?", ("error R540 /spec/cronExpression: the create does not take this schedule: '25' is no hour from 0 to 23; "
         "write a value that this field takes, such as `0 0 12 * * ?` for every day at 12:00 UTC")),
        ("0 0 12 0 * ?", ("error R540 /spec/cronExpression: the create does not take this schedule: "
         "'0' is no day of the month from 1 to 31; write a value that this field takes, "
         "such as `0 0 12 * * ?` for every day at 12:00 UTC")),
        ("0 0 12 * * *", ("error R540 /spec/cronExpression: the create does not take this schedule: "
         "one of day of the month and day of the week must be `?`, the other one not; "
         "write `?` for the one that does not choose the days, such as `0 0 12 * * ?` for every day at 12:00 UTC")),
        ("* 0 12 * * ?", ("error R540 /spec/cronExpression: the create does not take this schedule: its second is no plain number; "
         "write one number there, such as `0 0 12 * * ?` for every day at 12:00 UTC")),
        ("0 0 12 1,L * ?", ("error R541 /spec/cronExpression: this schedule never starts a sync: "
         "Quartz does not take L beside other days of the month; "
         "write a schedule that Quartz takes, such as `0 0 12 * * ?` for every day at 12:00 UTC")),
        ("0 0 12 30 2 ?", ("error R541 /spec/cronExpression: this schedule never starts a sync: it names no moment that is still to come; "
         "write one that does, or leave the schedule out")),
        ("0 0 12 * * ? 2025", ("error R541 /spec/cronExpression: this schedule never starts a sync: "
         "it names no moment that is still to come; write one that does, or leave the schedule out")),
        ("0 0 12 * * ? UTC", ("warning R541 /spec/cronExpression: Quartz refuses a schedule with `UTC`, and whether the Agent API cuts "
         "that off is not known; leave it out: every schedule is in UTC")),
        ("0 */20 * * * ?", ("warning R542 /spec/cronExpression: syncs may start only 20 minutes apart, for every customer; "
         "write a schedule with an hour or more between two syncs")),
    ],
)  # fmt: skip
def test_a_schedule_is_judged_by_the_create_and_by_the_scheduler(schedule: str, problem: str) -> None:
    assert found(connection(schedule=schedule)) == [problem] * bool(problem)


def test_a_schedule_from_a_variable_is_judged_and_not_shown() -> None:
    hidden = connection(schedule="hunter2", variable_pointers=frozenset({"/spec/cronExpression"}))
    assessed = assess(hidden, {}, now=NOON)
    assert [each.rule for each in assessed.problems] == ["R540"]
    assert ("hunter2" not in str(assessed.problems), assessed.schedule) == (True, None)


def test_a_schedule_is_said_in_words_with_its_next_three_times() -> None:
    assert assess(connection(schedule="0 0 12 * * ? UTC"), {}, now=NOON).schedule == ScheduleFacts(
        "at 12:00 every day, UTC", ("2026-12-01T12:00:00Z", "2026-12-02T12:00:00Z", "2026-12-03T12:00:00Z")
    )


def test_a_destination_configuration_is_held_against_the_locked_specification() -> None:
    assert sorted(found(connection({"port": "5432", "format": "avro", "region": "eu"}))) == [
        f'error R543 {CONFIG}/format: "format" is none of the allowed values; write one of "csv", "parquet"',
        f'error R543 {CONFIG}/port: "port" is no integer; write a value of type integer',
        f'error R543 {CONFIG}: the destination requires "bucket"; add "bucket"',
        f"warning R530 {CONFIG}/region: the connector does not know region and will ignore it; see the connector's specification",
    ]


def test_a_secret_in_clear_is_an_error_before_anything_is_connected_to() -> None:
    literal = connection({"bucket": "b", "key": "hunter2hunter2"})
    (secret,) = certain_secrets(literal)
    assert (secret.rule, secret.pointer) == ("R601", f"{CONFIG}/key")
    assert secret in [replace(each, help=secret.help) for each in assess(literal, {}, now=NOON).problems]
    assert "customer" not in str(found(literal))
    assert "hunter2" not in str(found(literal))


def test_a_secret_from_a_variable_is_the_way_to_write_one() -> None:
    hidden = connection({"bucket": "b", "key": "hunter2"}, variable_pointers=frozenset({f"{CONFIG}/key"}))
    assert (found(hidden), certain_secrets(hidden)) == ([], ())


def test_of_a_configuration_with_an_unset_variable_the_rest_is_checked() -> None:
    partial = connection({"bucket": None, "port": "x"}, unset_pointers=frozenset({f"{CONFIG}/bucket"}))
    assert [each.pointer for each in assess(partial, {}, now=NOON).problems] == [f"{CONFIG}/port"]


def test_without_a_specification_nothing_is_concluded_and_that_is_not_called_checked() -> None:
    unknown = replace(connection({"any": 1}), connector=Connector("00000000-0000-4000-8000-0000000000d9"))
    assert assess(unknown, {}, now=NOON) == Assessed()


@pytest.mark.parametrize("more", [{"dialect": Dialect.AGENTS}, {"settings": {"mode": "MULTI"}}])
def test_a_source_template_has_no_verdict_and_no_form_of_the_other_api(more: dict[str, Any]) -> None:
    source = Manifest("crm", Origin("m.yaml", 1, 1), CRM, {"regoin": "eu"}, settings=more.pop("settings", {}))
    assessed = assess(source, {}, now=NOON, **more)
    assert (assessed.verdict, assessed.asked) == (None, None)
    assert not assessed.is_server_known
    assert [each.rule for each in assessed.problems] == ["R530"]
