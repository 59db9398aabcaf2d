"""The public dialect: its endpoints as one table, each step in the real server's order (platform v1.7 to v2.0).

What a body leads to is decided by reconciler.connectors.server.create. The steps around it are here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace

from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.server.cron import objection, read_schedule
from reconciler.connectors.server.forms import served_specification
from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.connectors.server.quartz import RefusedSchedule
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid
from reconciler.sandbox.access import answer_token
from reconciler.sandbox.exchange import (
    Endpoint,
    Exchange,
    Sandbox,
    moved,
    not_entitled,
    not_found,
    refused,
    required_uuid,
    unreadable,
)
from reconciler.sandbox.jsonb import stored_json
from reconciler.sandbox.store import TemplateRow

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


def answer_health(_sandbox: Sandbox, _exchange: Exchange) -> str:
    """`GET health`."""
    return "Successful operation"


def list_templates(sandbox: Sandbox, exchange: Exchange) -> str:
    """`GET config_templates/sources?organizationId=`. The entitlement is computed there and then ignored."""
    organization = exchange.request.query_params.get("organizationId")
    if organization is None:
        raise unreadable(400)
    if not is_uuid(organization):
        raise refused(500, f"Invalid UUID string: {organization}")
    _check_moved(sandbox)
    items = [_head(sandbox, row) for row in _listed(sandbox, organization.lower())]
    return json.dumps({"data": items}, ensure_ascii=False)


def _listed(sandbox: Sandbox, organization: str) -> Iterator[TemplateRow]:
    """The organization's own, then the first default of every definition that it has no template of.

    Templates of tombstoned definitions are left out, and so are those of definitions that no longer exist.
    """
    definitions = {connector.id for connector in sandbox.settings.connectors} - sandbox.settings.tombstoned
    own = [row for row in sandbox.store.templates_of(organization) if row.definition_id in definitions]
    yield from own
    open_definitions = definitions - {row.definition_id for row in own}
    for row in sandbox.store.templates_of(None):
        if row.definition_id in open_definitions:
            open_definitions.remove(row.definition_id)
            yield row


def read_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`GET config_templates/sources/{id}`. It does not ask whose template it is."""
    identity = _path_id(exchange)
    if not sandbox.settings.entitled:
        raise not_entitled(None)
    row = _existing(sandbox, identity)
    _check_definition(sandbox, row.definition_id)
    connector = sandbox.settings.connectors.resolve(row.definition_id)
    if connector is None or connector.specification is None:
        raise refused(500, "ActorDefinition not found")
    head = {**_head(sandbox, row), "sourceDefinitionId": row.definition_id}
    if row.organization_id is not None:
        _check_moved(sandbox)
    # Form and presets are JSON texts already, as they left the store.
    members = f'"configTemplateSpec": {row.served_form}, "partialDefaultConfig": {row.presets}'
    return f"{json.dumps(head, ensure_ascii=False)[:-1]}, {members}}}"


def create_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST config_templates/sources`. The row stays stored even where the answer is an error after the insert."""
    body = exchange.body()
    organization, definition = required_uuid(body, "organizationId"), required_uuid(body, "actorDefinitionId")
    if "partialDefaultConfig" not in body:
        raise unreadable()
    _check_moved(sandbox)
    _check_entitled(sandbox, organization)
    connector = sandbox.settings.source(definition)
    if connector is None:
        raise not_found("STANDARD_SOURCE_DEFINITION", definition)
    sent_form = body.get("partialUserConfigSpec", ABSENT)
    presets, form = _evaluated(connector.specification, body["partialDefaultConfig"], sent_form)
    served = stored_json(served_specification(form))
    identity = str(uuid.uuid4())
    row = TemplateRow(identity, organization, definition, stored_json(presets), stored_json(form), served)
    sandbox.store.insert_template(row)
    exchange.template_id = row.id
    return _answer_id(sandbox, row)


def update_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`PATCH config_templates/sources/{id}`: each member given replaces the stored one wholly. Nothing is inferred again.

    What would be stored is validated against the connector of today. The form is stored as GET would serve it.
    """
    identity = _path_id(exchange)
    body = exchange.body()
    organization = required_uuid(body, "organizationId")
    _check_moved(sandbox)
    _check_entitled(sandbox, organization)
    row = _existing(sandbox, identity)
    if row.organization_id != organization:
        raise refused(500, "OrganizationId does not match")
    if "partialDefaultConfig" in body or "partialUserConfigSpec" in body:
        connector = sandbox.settings.connectors.resolve(row.definition_id)
        specification = connector.specification if connector else None
        sent_presets = body.get("partialDefaultConfig", json.loads(row.presets))
        sent_form = body.get("partialUserConfigSpec", json.loads(row.form))
        presets, form = _evaluated(specification, sent_presets, sent_form)
        stored = served_specification(form)
        served = stored_json(served_specification(stored))
        sandbox.store.update_template(
            replace(row, presets=stored_json(presets), form=stored_json(stored), served_form=served)
        )
    return _answer_id(sandbox, row)


def _evaluated(
    specification: JsonObject | None, sent_presets: JsonValue, sent_form: JsonValue | Absent
) -> tuple[JsonObject, JsonObject]:
    """Presets and form to store. Raises the answer of a body that is refused."""
    evaluation = evaluate_create(specification, sent_presets, sent_form)
    if evaluation.status == 422:
        raise refused(422, evaluation.message)
    if evaluation.stored_presets is None or evaluation.stored_form is None:
        raise refused(500, evaluation.message)
    return evaluation.stored_presets, evaluation.stored_form


def _answer_id(sandbox: Sandbox, row: TemplateRow) -> str:
    """The answer of a write, after the checks that the server makes only now."""
    _check_definition(sandbox, row.definition_id)
    _head(sandbox, row)
    return json.dumps({"id": row.id})


def _check_moved(sandbox: Sandbox) -> None:
    if sandbox.settings.moved:
        raise moved()


def _check_entitled(sandbox: Sandbox, organization_id: str) -> None:
    """The 403 of the licence check for an organization without Embedded, an unknown one included."""
    if not (sandbox.settings.entitled and sandbox.knows_organization(organization_id)):
        raise not_entitled(organization_id)


def _check_definition(sandbox: Sandbox, definition: str) -> None:
    """404 for a connector that is gone or tombstoned."""
    if sandbox.settings.connectors.resolve(definition) is None or definition in sandbox.settings.tombstoned:
        raise not_found("STANDARD_SOURCE_DEFINITION", definition)


def _path_id(exchange: Exchange) -> str:
    identity = str(exchange.request.path_params["configTemplateId"])
    if not is_uuid(identity):
        raise unreadable(400)
    return identity.lower()


def _existing(sandbox: Sandbox, identity: str) -> TemplateRow:
    """The template. An unknown one is a 500, whatever the vendor's contract says."""
    row = sandbox.store.template(identity)
    if row is None:
        raise refused(500, "No value present")
    return row


def _head(sandbox: Sandbox, row: TemplateRow) -> JsonObject:
    """Id, name and icon of a template, the latter two those of its connector. One without an icon breaks the answer."""
    connector = sandbox.settings.connectors.resolve(row.definition_id)
    if connector is None or row.definition_id in sandbox.settings.without_icon:
        what = "ConfigTemplateWithActorDetails.<init>, parameter actorIcon"
        raise refused(500, f"Parameter specified as non-null is null: {what}")
    icon = f"http://sandbox.invalid/icons/{connector.repository or connector.id}.svg"
    return {"id": row.id, "name": connector.label, "icon": icon}


def create_connection_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST config_templates/connections`: no endpoint ever shows a connection template again, so nothing is kept of it.

    It never answers 301, does not validate the destination's configuration, does not prevent equal names.
    """
    body = exchange.body()
    organization = required_uuid(body, "organizationId")
    destination = required_uuid(body, "destinationActorDefinitionId")
    if not _is_connection(body):
        raise unreadable()
    _check_entitled(sandbox, organization)
    if sandbox.settings.destination(destination) is None:
        raise not_found("STANDARD_DESTINATION_DEFINITION", destination)
    cron = _cron(body.get("schedule"))
    stored_json(body)  # the column refuses what no jsonb can hold
    never = objection(cron) if cron else ""
    exchange.note = f"this schedule never starts a sync: {never}" if never else ""
    return json.dumps({"id": str(uuid.uuid4())})


def _is_connection(body: JsonObject) -> bool:
    """Whether the body can be bound: no member is missing, of a wrong type or an unknown choice."""
    schedule = body.get("schedule")
    return (
        isinstance(body.get("destinationName"), str)
        and "destinationConfiguration" in body
        and all(body.get(name) in (None, *choices) for name, choices in _CHOICES.items())
        and all(body.get(name) is None or isinstance(body[name], kind) for name, kind in _TYPES.items())
        and (
            schedule is None
            or (isinstance(schedule, dict) and schedule.get("scheduleType") in ("manual", "cron"))
        )
    )


def _cron(schedule: JsonValue) -> str | None:
    """The cron expression in UTC, hourly by default. None for a manual schedule. Raises 400 for one that cannot be read."""
    if not isinstance(schedule, dict):
        return "0 0 * * * ?"
    if schedule.get("scheduleType") == "manual":
        return None
    expression = schedule.get("cronExpression")
    if not isinstance(expression, str):
        raise refused(400, "Missing cron expression in the schedule.")
    try:
        return read_schedule(expression)
    except RefusedSchedule as error:
        raise refused(400, f"Invalid cron expression: {expression} ({error})") from error


_SOURCES = "/config_templates/sources"
_SOURCE = f"{_SOURCES}/{{configTemplateId}}"
PUBLIC = (
    Endpoint("GET", "/health", answer_health, media_type="text/plain"),
    Endpoint("POST", "/applications/token", answer_token),
    Endpoint("GET", _SOURCES, list_templates, "reader"),
    Endpoint("POST", _SOURCES, create_template, "admin", creates=True),
    Endpoint("GET", _SOURCE, read_template, "reader"),
    Endpoint("PATCH", _SOURCE, update_template, "admin"),
    Endpoint("POST", "/config_templates/connections", create_connection_template, "admin", creates=True),
)
