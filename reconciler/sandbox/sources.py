"""The endpoints of source templates: list, create, read, update. Each step is in the real server's order.

What a body leads to is decided by reconciler.connectors.server.rules; here is what stands around it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.connectors.server.normal_form import served_specification
from reconciler.connectors.server.rules import CreateEvaluation, evaluate_create
from reconciler.model.connector import Connector
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.sandbox.access import require_role
from reconciler.sandbox.exchange import Exchange, Sandbox, is_uuid, required_uuid
from reconciler.sandbox.jsonb import Unstorable, stored_json
from reconciler.sandbox.refusals import moved, not_entitled, not_found, unexpected, unprocessable, unreadable
from reconciler.sandbox.store import TemplateRow

_DEFINITION = "STANDARD_SOURCE_DEFINITION"


def list_templates(sandbox: Sandbox, exchange: Exchange) -> str:
    """`GET config_templates/sources?organizationId=`. The entitlement is computed there and then ignored."""
    require_role(sandbox, exchange, "reader")
    organization = exchange.request.query_params.get("organizationId")
    if organization is None:
        raise unreadable(400)
    if not is_uuid(organization):
        raise unexpected(f"Invalid UUID string: {organization}")
    if sandbox.settings.moved:
        raise moved()
    rows = _listed(sandbox, organization.lower())
    return json.dumps({"data": [_list_item(sandbox, row) for row in rows]}, ensure_ascii=False)


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


def _list_item(sandbox: Sandbox, row: TemplateRow) -> JsonObject:
    name, icon = _name_and_icon(sandbox, row.definition_id)
    return {"id": row.id, "name": name, "icon": icon}


def read_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`GET config_templates/sources/{id}`. It does not ask whose template it is, and reads tombstoned ones
    too.
    """
    require_role(sandbox, exchange, "reader")
    identity = _path_id(exchange)
    if not sandbox.settings.entitled:
        raise not_entitled("CONFIG_TEMPLATE_ENDPOINTS", None)
    row = _existing(sandbox, identity)
    connector = _definition(sandbox, row.definition_id)
    if connector.specification is None:
        raise unexpected("ActorDefinition not found")
    name, icon = _name_and_icon(sandbox, row.definition_id)
    if sandbox.settings.moved and row.organization_id is not None:
        raise moved()
    head = json.dumps(
        {"id": row.id, "name": name, "icon": icon, "sourceDefinitionId": row.definition_id},
        ensure_ascii=False,
    )
    # Both are JSON texts already, as they left the store.
    return f'{head[:-1]}, "configTemplateSpec": {row.served_form}, "partialDefaultConfig": {row.presets}}}'


def create_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST config_templates/sources`. The row stays stored even where the answer is an error after the
    insert.
    """
    require_role(sandbox, exchange, "admin")
    body = exchange.body()
    organization, definition = required_uuid(body, "organizationId"), required_uuid(body, "actorDefinitionId")
    if "partialDefaultConfig" not in body:
        raise unreadable()
    if sandbox.settings.moved:
        raise moved()
    sandbox.ensure_entitled(organization)
    connector = sandbox.settings.connectors.resolve(definition)
    if connector is None:
        raise not_found(_DEFINITION, definition)
    form = body.get("partialUserConfigSpec", ABSENT)
    presets, stored_form = _evaluated(
        evaluate_create(connector.specification, body["partialDefaultConfig"], form)
    )
    row = _row(str(uuid.uuid4()), organization, definition, presets, stored_form)
    sandbox.store.insert_template(row)
    exchange.template_id = row.id
    _definition(sandbox, definition)
    _name_and_icon(sandbox, definition)
    return json.dumps({"id": row.id})


def update_template(sandbox: Sandbox, exchange: Exchange) -> str:
    """`PATCH config_templates/sources/{id}`: each member given replaces the stored one wholly; nothing is
    inferred again.
    """
    require_role(sandbox, exchange, "admin")
    identity = _path_id(exchange)
    body = exchange.body()
    organization = required_uuid(body, "organizationId")
    if sandbox.settings.moved:
        raise moved()
    sandbox.ensure_entitled(organization)
    row = _existing(sandbox, identity)
    if row.organization_id != organization:
        raise unexpected("OrganizationId does not match")
    if "partialDefaultConfig" in body or "partialUserConfigSpec" in body:
        _replace(
            sandbox, row, body.get("partialDefaultConfig", ABSENT), body.get("partialUserConfigSpec", ABSENT)
        )
    _definition(sandbox, row.definition_id)
    _name_and_icon(sandbox, row.definition_id)
    return json.dumps({"id": row.id})


def _replace(
    sandbox: Sandbox, row: TemplateRow, presets: JsonValue | Absent, form: JsonValue | Absent
) -> None:
    """Validates what would be stored against the connector of today. The form is stored as GET would serve
    it.
    """
    connector = sandbox.settings.connectors.resolve(row.definition_id)
    specification = None if connector is None else connector.specification
    new_presets: JsonValue = json.loads(row.presets) if presets is ABSENT else presets
    new_form: JsonValue = json.loads(row.form) if form is ABSENT else form
    kept, kept_form = _evaluated(evaluate_create(specification, new_presets, new_form))
    organization = row.organization_id
    sandbox.store.update_template(
        _row(row.id, organization, row.definition_id, kept, served_specification(kept_form))
    )


def _evaluated(evaluation: CreateEvaluation) -> tuple[JsonObject, JsonObject]:
    """Presets and form to store; raises the answer of a body that is refused."""
    if evaluation.status == 422:
        raise unprocessable(evaluation.message)
    if evaluation.stored_presets is None or evaluation.stored_form is None:
        raise unexpected(evaluation.message)
    return evaluation.stored_presets, evaluation.stored_form


def _row(
    identity: str, organization: str | None, definition: str, presets: JsonObject, form: JsonObject
) -> TemplateRow:
    try:
        return TemplateRow(
            id=identity,
            organization_id=organization,
            definition_id=definition,
            presets=stored_json(presets),
            form=stored_json(form),
            served_form=stored_json(served_specification(form)),
        )
    except Unstorable as error:
        raise unexpected(str(error)) from error


def _existing(sandbox: Sandbox, identity: str) -> TemplateRow:
    """The template; an unknown one is a 500, whatever the vendor's contract says."""
    row = sandbox.store.template(identity)
    if row is None:
        raise unexpected("No value present")
    return row


def _definition(sandbox: Sandbox, definition: str) -> Connector:
    """The connector; 404 when it is gone or tombstoned."""
    connector = sandbox.settings.connectors.resolve(definition)
    if connector is None or definition in sandbox.settings.tombstoned:
        raise not_found(_DEFINITION, definition)
    return connector


def _name_and_icon(sandbox: Sandbox, definition: str) -> tuple[str, str]:
    """Name and icon of a template: those of its connector. A connector without an icon breaks the answer."""
    connector = sandbox.settings.connectors.resolve(definition)
    if connector is None or definition in sandbox.settings.without_icon:
        raise unexpected(
            "Parameter specified as non-null is null: ConfigTemplateWithActorDetails.<init>, parameter actorIcon"
        )
    return connector.label, f"http://sandbox.invalid/icons/{connector.repository or connector.id}.svg"


def _path_id(exchange: Exchange) -> str:
    identity = str(exchange.request.path_params["configTemplateId"])
    if not is_uuid(identity):
        raise unreadable(400)
    return identity.lower()
