"""What the Agent API answers: stored rows and definitions in the shapes of its contract. Pure.

The server's code is closed. That `user_config_spec` is inferred by the rules of the public dialect is an assumption. Here it is inferred
anew for every answer. A connector that no form can be inferred for gets its whole specification.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from reconciler.connectors.catalogue import names_destination, short_repository
from reconciler.connectors.server.forms import inferred_form
from reconciler.connectors.specification.place import entries
from reconciler.connectors.specification.secrets import looks_secret, secret_pointers
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment
from reconciler.model.template import Connector, connection_schema
from reconciler.sandbox.agents_requests import filled
from reconciler.sandbox.settings import DESTINATIONS, AgentSettings, SandboxSettings
from reconciler.sandbox.store import AgentRow, TagRow

MASK = "**********"
"""What Airbyte shows in place of a secret in reads of sources and destinations."""

_SPECIFICATION = ("documentationUrl", "advanced_auth", "supported_destination_sync_modes")
_SCHEMA = ("type", "required", "properties", "description", "title", "$schema")
"""The members of a specification and of its schema that the contract declares. FastAPI leaves out others."""


def sources(settings: SandboxSettings) -> list[Connector]:
    """Every source definition."""
    return [each for each in settings.connectors if settings.source(each.id) is not None]


def destinations(settings: SandboxSettings) -> list[Connector]:
    """Every destination definition."""
    known = {*settings.destinations, *(each.id for each in settings.connectors)}
    return [found for each in sorted(known) if (found := settings.destination(each)) is not None]


def icon(connector: Connector) -> str:
    """The address of a definition's icon."""
    return f"http://sandbox.invalid/icons/{connector.repository or connector.id}.svg"


def source_item(settings: SandboxSettings, row: AgentRow) -> JsonObject:
    """A source template in a list. The definition's id has another name than in an answer to GET."""
    return {
        "organization_id": row.organization_id,
        "actor_definition_id": row.definition_id,
        "connector_name": _slug(settings.source(row.definition_id or "")),
        **_source_head(settings, row),
    }


def source_detail(settings: SandboxSettings, row: AgentRow) -> JsonObject:
    """A source template as writes answer it. No organization."""
    members, connector = json.loads(row.members), settings.source(row.definition_id or "")
    specification = connector.specification if connector is not None else None
    form = inferred_form(specification or {}, members["partial_default_config"])
    return {
        "source_definition_id": row.definition_id,
        "user_config_spec": cut_specification(form or specification),
        "partial_default_config": members["partial_default_config"],
        "is_experimental": False,
        **_source_head(settings, row),
    }


def source_answer(settings: SandboxSettings, row: AgentRow) -> JsonObject:
    """A source template as GET answers it."""
    tooltip = "An account of your own"
    return {
        **source_detail(settings, row),
        "auth_tooltip": {"default": tooltip} if settings.agents.shape == "2026-07" else tooltip,
        "connector_name": _slug(settings.source(row.definition_id or "")),
    }


def _source_head(settings: SandboxSettings, row: AgentRow) -> JsonObject:
    members, connector = json.loads(row.members), settings.source(row.definition_id or "")
    return {
        "id": row.id,
        "name": members["name"],
        "icon": None if connector is None else icon(connector),
        "customization": filled(members["customization"]),
        "mode": members["mode"],
        **_tags_and_times(members, row),
        **_runtime(settings.agents),
    }


def _runtime(agents: AgentSettings) -> JsonObject:
    """What the server takes from its own registry on each request."""
    shown: JsonObject = {"runtime_mode": "direct_and_context_store", "supports_context_store": True}
    return shown if agents.shape == "2026-07" else {}


def connection_answer(settings: SandboxSettings, row: AgentRow) -> JsonObject:
    """A connection template, in a list too. One whose destination is Airbyte's shows nothing of it."""
    members, destination = json.loads(row.members), settings.destination(row.definition_id or "")
    answer = {
        "id": row.id,
        "organization_id": row.organization_id,
        "icon": None if destination is None else icon(destination),
        **members,
        **_tags_and_times(members, row),
    }
    if destination is not None:
        answer["destination_definition_id"] = row.definition_id
        answer["destination_config"] = _shown(settings.agents, destination, members["destination_config"])
    return answer


def _tags_and_times(members: JsonObject, row: AgentRow) -> JsonObject:
    return {"tags": members["tags"], "created_at": time(row.created_at), "updated_at": time(row.updated_at)}


def _shown(agents: AgentSettings, destination: Connector, config: JsonObject) -> JsonObject:
    """A destination's configuration with its secrets as the settings want them."""
    if agents.secrets == "clear":
        return config
    schema = connection_schema(destination.specification)
    known = secret_pointers(config, [schema]) if schema is not None else None
    shown = _without(config, known, "", mask=agents.secrets == "masked")
    return shown if isinstance(shown, dict) else {}


def _without(value: JsonValue, secret: frozenset[str] | None, where: str, *, mask: bool) -> JsonValue:
    """`secret` None: no specification says where secrets are, and their names tell."""
    if not isinstance(value, dict | list):
        return value
    shown: dict[str | int, JsonValue] = {}
    for key, item in entries(value):
        place = f"{where}/{escape_segment(key)}"
        if not (looks_secret(str(key)) if secret is None else place in secret):
            shown[key] = _without(item, secret, place, mask=mask)
        elif mask:
            shown[key] = MASK
    return list(shown.values()) if isinstance(value, list) else {str(key): shown[key] for key in shown}


def tag_answer(tag: TagRow) -> JsonObject:
    """A tag."""
    times: JsonObject = {"created_at": time(tag.created_at), "updated_at": time(tag.updated_at)}
    return {"id": tag.id, "name": tag.name, "organization_id": tag.organization_id, **times}


def definition_answer(connector: Connector) -> JsonObject:
    """A definition in short."""
    is_destination = names_destination(connector.repository or "") or connector.id in DESTINATIONS
    kind = "destinationDefinitionId" if is_destination else "sourceDefinitionId"
    head: JsonObject = {kind: connector.id, "name": connector.label, "dockerRepository": connector.repository}
    return {**head, "iconUrl": icon(connector), "custom": False, "supportLevel": "none"}


def whole_definition(connector: Connector) -> JsonObject:
    """A definition with its specification."""
    return {**definition_answer(connector), "spec": cut_specification(connector.specification)}


def cut_specification(specification: JsonObject | None) -> JsonObject:
    """What the contract declares of a specification."""
    whole = specification or {}
    schema = connection_schema(whole) or {}
    cut = {"type": "object", **{name: schema[name] for name in _SCHEMA if name in schema}}
    shown = {name: whole[name] for name in _SPECIFICATION if name in whole}
    return {**shown, "connectionSpecification": cut}


def _slug(connector: Connector | None) -> str | None:
    """The short name in the vendor's other registry."""
    repository = connector.repository if connector is not None else None
    return short_repository(repository).removeprefix("source-") if repository else None


def time(seconds: float) -> str:
    """RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
