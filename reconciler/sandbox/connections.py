"""`POST config_templates/connections`: connection templates can be created and never be seen again.

Platform v1.7 to v2.0: never answers 301, does not validate the destination's configuration, does not prevent
equal names.
"""

from __future__ import annotations

import json
import uuid

from reconciler.connectors.server.cron import RefusedSchedule, objection, read_schedule
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.sandbox.access import require_role
from reconciler.sandbox.exchange import Exchange, Sandbox, required_uuid
from reconciler.sandbox.jsonb import Unstorable, stored_json
from reconciler.sandbox.refusals import bad_request, not_found, unexpected, unreadable

_CHOICES = {
    "namespaceDefinitionType": ("source", "destination", "customformat"),
    "nonBreakingChangesPreference": ("ignore", "disable", "propagate_columns", "propagate_fully"),
}
_TYPES: dict[str, type] = {
    "namespaceFormat": str,
    "prefix": str,
    "syncOnCreate": bool,
    "resourceRequirements": dict,
}


def create_connection_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """Stores the template with the server's defaults: hourly, custom namespace format, changes ignored, sync
    on create.
    """
    require_role(sandbox, exchange, "admin")
    body = exchange.body()
    organization, destination = (
        required_uuid(body, "organizationId"),
        required_uuid(body, "destinationActorDefinitionId"),
    )
    _check_members(body)
    sandbox.ensure_entitled(organization)
    if destination not in sandbox.settings.destinations:
        raise not_found("STANDARD_DESTINATION_DEFINITION", destination)
    identity = str(uuid.uuid4())
    schedule = _schedule(body.get("schedule"))
    sandbox.store.insert_connection_template(identity, organization, _stored(body, schedule))
    never = objection(str(schedule["cronExpression"])) if isinstance(schedule, dict) else ""
    exchange.note = f"this schedule never starts a sync: {never}" if never else ""
    return json.dumps({"id": identity})


def _stored(body: JsonObject, schedule: JsonValue) -> str:
    stored: JsonObject = {
        "namespaceDefinitionType": "customformat",
        "nonBreakingChangesPreference": "ignore",
        "syncOnCreate": True,
        **body,
        "schedule": schedule,
    }
    try:
        return stored_json(stored)
    except Unstorable as error:
        raise unexpected(str(error)) from error


def _check_members(body: JsonObject) -> None:
    """Raises the `{"errorId"}` answer for a missing member, a wrong type or an unknown choice."""
    if not isinstance(body.get("destinationName"), str) or "destinationConfiguration" not in body:
        raise unreadable()
    for name, choices in _CHOICES.items():
        if body.get(name) is not None and body[name] not in choices:
            raise unreadable()
    for name, expected in _TYPES.items():
        if body.get(name) is not None and not isinstance(body[name], expected):
            raise unreadable()
    schedule = body.get("schedule")
    if schedule is not None and not (
        isinstance(schedule, dict) and schedule.get("scheduleType") in ("manual", "cron")
    ):
        raise unreadable()


def _schedule(value: JsonValue) -> JsonValue:
    """Null for manual; a cron expression in UTC otherwise, hourly by default. Raises 400 for one that cannot
    be read.
    """
    if not isinstance(value, dict):
        return {"cronExpression": "0 0 * * * ?", "cronTimeZone": "UTC"}
    if value.get("scheduleType") == "manual":
        return None
    expression = value.get("cronExpression")
    if not isinstance(expression, str):
        raise bad_request("Missing cron expression in the schedule.")
    try:
        text = read_schedule(expression)
    except RefusedSchedule as refused:
        raise bad_request(f"Invalid cron expression: {expression} ({refused})") from refused
    return {"cronExpression": text, "cronTimeZone": "UTC"}
