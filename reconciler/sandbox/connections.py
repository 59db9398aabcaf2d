"""`POST config_templates/connections`: connection templates can be created and never be seen again.

Platform v1.7 to v2.0: never answers 301, does not validate the destination's configuration, does not prevent
equal names.
"""

from __future__ import annotations

import json
import re
import uuid

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
_CRON_FIELDS = re.compile(r"[0-9A-Za-z*?/,#-]+")


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
    sandbox.store.insert_connection_template(identity, organization, _stored(body))
    return json.dumps({"id": identity})


def _stored(body: JsonObject) -> str:
    stored: JsonObject = {
        "namespaceDefinitionType": "customformat",
        "nonBreakingChangesPreference": "ignore",
        "syncOnCreate": True,
        **body,
        "schedule": _schedule(body.get("schedule")),
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
    text = expression.strip().removesuffix("UTC").strip()
    _check_cron(text)
    return {"cronExpression": text, "cronTimeZone": "UTC"}


def _check_cron(expression: str) -> None:
    """Quartz: six or seven fields, of which seconds and minutes must be plain numbers here."""
    fields = expression.split()
    plain = all(field.isdecimal() and int(field) < 60 for field in fields[:2])
    if len(fields) not in (6, 7) or not plain or not all(_CRON_FIELDS.fullmatch(field) for field in fields):
        raise bad_request(f"Invalid cron expression: {expression}")
