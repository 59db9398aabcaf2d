"""Source and connection templates of the Agent API (contract 0.9.0).

Presets are not validated, and nothing is put into them: no page of the vendor says either.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

from reconciler.connectors.server.cron import read_schedule
from reconciler.connectors.server.quartz import RefusedSchedule
from reconciler.connectors.server.schema_check import violations_of
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.schema_node import messages_of
from reconciler.connectors.server.work import NotKnown
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import Connector, connection_schema
from reconciler.sandbox.agents_answers import (
    connection_answer,
    source_answer,
    source_detail,
    source_item,
    time,
)
from reconciler.sandbox.agents_call import Call, Denied
from reconciler.sandbox.agents_requests import (
    ConnectionTemplatePatchRequest,
    SourceTemplateCloneRequest,
    SourceTemplateUpdateRequest,
    Tagged,
    UserHostedConnectionTemplateCreateRequest,
    connection_create,
    sent,
    source_create,
)
from reconciler.sandbox.jsonb import stored_json
from reconciler.sandbox.settings import AgentSettings
from reconciler.sandbox.store import AgentRow, Kind

_CLEARED: JsonObject = {
    "partial_default_config": {},
    "customization": None,
    "mode": "REPLICATION",
    "destination_config": {},
    "cron_expression": None,
    "non_breaking_changes_preference": "ignore",
    "sync_on_create": True,
}
"""What a null that clears leaves behind. A name cannot be cleared."""


def list_templates(kind: Kind, call: Call) -> JsonValue:
    """`GET templates/sources` and `templates/connections`: the organization's own, or with `use_global` Airbyte's source templates."""
    query = call.query(Tagged.model_validate)
    is_global = kind == "source" and query.use_global
    owners: list[str | None] = [None] if is_global else [call.organization]
    if call.settings.agents.mixed_list and not is_global:
        owners.append(None)
    rows = [row for owner in owners for row in call.store.agent_templates(kind, owner)]
    show = source_item if kind == "source" else connection_answer
    return {"data": [show(call.settings, row) for row in rows if _has_tags(row, query)]}


def list_global(call: Call) -> JsonValue:
    """`GET templates/sources/global`: Airbyte's own."""
    rows = call.store.agent_templates("source", None)
    return {"data": [source_item(call.settings, row) for row in rows]}


def _has_tags(row: AgentRow, query: Tagged) -> bool:
    """Whether a template has all of the tags, or any. Without tags every one has."""
    wanted = set(query.tags)
    found = wanted.intersection(members_of(row)["tags"])
    return found == wanted or (bool(found) and query.tags_mode == "any")


def read_template(kind: Kind, call: Call) -> JsonValue:
    """`GET templates/sources/{id}`, Airbyte's own too, and `templates/connections/{id}`."""
    show = source_answer if kind == "source" else connection_answer
    return show(call.settings, template(call, kind, or_global=True))


def create_source(call: Call) -> JsonValue:
    """`POST templates/sources`: a new one, or a clone with other words for it. Its name is the connector's unless it is given."""
    body = call.body(source_create)
    if isinstance(body, SourceTemplateCloneRequest):
        original = template(call, "source", str(body.original_source_template_id), or_global=True)
        definition, members = str(original.definition_id), {**members_of(original), "tags": []}
    else:
        definition = str(body.actor_definition_id)
        connector = call.settings.source(definition)
        if connector is None:
            raise Denied(404, f"Source definition {definition} not found")
        members = {"name": connector.label, "mode": "REPLICATION", "customization": None, "tags": []}
    chosen = {
        name: value for name, value in sent(body).items() if value is not None and not name.endswith("_id")
    }
    return shown(call, _inserted(call, "source", definition, {**members, **chosen}))


def create_connection(call: Call) -> JsonValue:
    """`POST templates/connections`. The name of a destination that Airbyte hosts is an assumption."""
    body = call.body(connection_create)
    _check_schedule(body.cron_expression)
    members = {**sent(body, with_defaults=True), "tags": []}
    if not isinstance(body, UserHostedConnectionTemplateCreateRequest):
        row = _inserted(call, "connection", None, {**members, "destination_name": "Airbyte"})
        return shown(call, row)
    definition = str(members.pop("destination_definition_id"))
    destination = call.settings.destination(definition)
    if destination is None:
        raise Denied(404, f"Destination definition {definition} not found")
    _check_config(destination, body.destination_config)
    return shown(call, _inserted(call, "connection", definition, members))


def update_template(kind: Kind, call: Call) -> JsonValue:
    """`PATCH templates/sources/{id}` and `templates/connections/{id}`. What a template does not have is passed over: `propagate`, since
    no source was ever made from it, and members of a destination that Airbyte hosts.
    """
    model = SourceTemplateUpdateRequest if kind == "source" else ConnectionTemplatePatchRequest
    change = sent(call.body(model.model_validate))
    row = template(call, kind)
    after = _patched(call.settings.agents, members_of(row), change)
    _check_schedule(after.get("cron_expression"))
    _check_name(call, kind, after, row.id)
    return shown(call, replaced(call, row, after))


def delete_template(kind: Kind, call: Call) -> JsonValue:
    """`DELETE templates/sources/{id}` and `templates/connections/{id}`."""
    row = template(call, kind)
    call.store.delete_agent_template(row.id)
    return {"id": row.id, "deleted_at": time(call.sandbox.clock())}


def shown(call: Call, row: AgentRow) -> JsonObject:
    """A template as the answer to a write has it."""
    return (source_detail if row.kind == "source" else connection_answer)(call.settings, row)


def template(call: Call, kind: Kind, identity: str | None = None, *, or_global: bool = False) -> AgentRow:
    """The template of this id (None: the one in the path). 404 for another organization's, 403 for Airbyte's unless it may be one."""
    wanted = call.path_id() if identity is None else identity
    row = call.store.agent_template(kind, wanted)
    if row is None or row.organization_id not in (None, call.organization):
        raise Denied(404, f"{kind.capitalize()} template {wanted} not found")
    if row.organization_id is None and not or_global:
        raise Denied(403, f"{kind.capitalize()} template {wanted} is a global template and cannot be changed")
    return row


def members_of(row: AgentRow) -> dict[str, Any]:
    """What a template's callers chose of it."""
    members: dict[str, Any] = json.loads(row.members)
    return members


def _inserted(call: Call, kind: Kind, definition: str | None, members: JsonObject) -> AgentRow:
    _check_name(call, kind, members)
    now = call.sandbox.clock()
    row = AgentRow(str(uuid.uuid4()), kind, call.organization, definition, stored_json(members), now, now)
    call.store.put_agent_template(row)
    call.exchange.template_id = row.id
    return row


def replaced(call: Call, row: AgentRow, members: JsonObject) -> AgentRow:
    """The template with these members from now on."""
    changed = replace(row, members=stored_json(members), updated_at=call.sandbox.clock())
    call.store.put_agent_template(changed)
    return changed


def _patched(agents: AgentSettings, members: JsonObject, change: JsonObject) -> JsonObject:
    """The members after a PATCH, whose meaning no page says: whether objects are merged, and what a null does."""
    after = dict(members)
    for name in change.keys() & members.keys():
        value = change[name]
        if value is not None:
            after[name] = _merged(members[name], value) if agents.patch == "merge" else value
        elif agents.nulls == "clear" and name in _CLEARED:
            after[name] = _CLEARED[name]
    return after


def _merged(old: JsonValue, new: JsonValue) -> JsonValue:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}


def _check_name(call: Call, kind: Kind, members: JsonObject, own: str = "") -> None:
    """400 for a name that another template of the organization has, where names are unique."""
    key = "name" if kind == "source" else "destination_name"
    others = call.store.agent_templates(kind, call.organization) if call.settings.agents.unique_names else ()
    if any(members_of(row)[key] == members[key] for row in others if row.id != own):
        raise Denied(400, f"A {kind} template named {members[key]!r} already exists")


def _check_schedule(expression: JsonValue) -> None:
    """400 for a schedule that the platform's create refuses. Whether the Agent API refuses the same ones is an assumption."""
    try:
        if isinstance(expression, str):
            read_schedule(expression)
    except RefusedSchedule as error:
        raise Denied(400, f"Invalid cron expression: {error}") from error


def _check_config(destination: Connector, config: JsonObject) -> None:
    """422 for a configuration that its specification refuses: it "must match the destination definition" (contract 0.9.0)."""
    schema = connection_schema(destination.specification)
    try:
        violations = violations_of(config, schema) if schema is not None else ()
    except (UncheckableSchema, NotKnown):
        return
    if violations:
        raise Denied(422, f"Invalid destination_config: {', '.join(messages_of(violations))}")
