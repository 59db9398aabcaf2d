"""The names of the Agent API's members beside those of a manifest, and the bodies of its requests. Pure.

A manifest writes camelCase and the API snake_case, inside `customization` too. Names of streams are data: they stay as they are, and so
does every value. What answers hold beyond the members here (`runtime_mode`, `icon`, times, anything new) never becomes a setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from reconciler.airbyte.api import NewTemplate
from reconciler.airbyte.calls import require_uuid
from reconciler.errors import ReconcilerError
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import AIRBYTE_HOSTED

SOURCE_CREATE = frozenset({"name", "mode", "customization"})
SOURCE_CLONE = frozenset({"name", "mode"})
SOURCE_UPDATE = SOURCE_CREATE | {"partialDefaultConfig"}
AIRBYTE_HOSTED_CREATE = frozenset({"dataHostingType", "cronExpression"})
CONNECTION_CREATE = AIRBYTE_HOSTED_CREATE | {
    "destinationName",
    "nonBreakingChangesPreference",
    "syncOnCreate",
}
CONNECTION_UPDATE = (CONNECTION_CREATE - {"dataHostingType"}) | {"destinationConfig"}
"""What each request can say (Agent API 0.9.0), by the names of a manifest. Tags have requests of their own."""

USER_HOSTED = "user_hosted"
MAX_TAG = 255
"""Characters of a tag's name, by the older document (Sonar 0.9.0)."""

# Members of a template with the documented default of those that an answer may leave out (Agent API 0.9.0).
_SOURCE: JsonObject = {"name": None, "mode": "REPLICATION", "customization": None, "tags": []}
_HOSTED: JsonObject = {
    "destination_name": None,
    "data_hosting_type": AIRBYTE_HOSTED,
    "cron_expression": None,
    "tags": [],
}
_CONNECTION: JsonObject = {
    **_HOSTED,
    "data_hosting_type": USER_HOSTED,
    "non_breaking_changes_preference": "ignore",
    "sync_on_create": True,
}
_BY_STREAM = frozenset({"stream_customizations", "stream_mappers", "streamCustomizations", "streamMappers"})
_CUSTOMIZATION = frozenset(
    {
        *("stream_selection_mode", "stream_whitelist", "stream_customizations", "stream_mappers"),
        *("primary_key_fields", "cursor_field", "type", "mapper_configuration", "target_field", "method"),
        *("field_name_suffix", "original_field_name", "new_field_name", "conditions", "field_name"),
        *("comparison_value", "public_key", "algorithm", "padding", "oaep_hash", "output_encoding"),
    }
)


def source_settings(body: JsonObject) -> JsonObject:
    """The settings in the answer about a source template."""
    return _settings(body, _SOURCE)


def connection_settings(body: JsonObject, *, is_hosted: bool) -> JsonObject:
    """The settings in the answer about a connection template. `is_hosted`: Airbyte hosts its destination."""
    return _settings(body, _HOSTED if is_hosted else _CONNECTION)


def _settings(body: JsonObject, members: JsonObject) -> JsonObject:
    """A null says the same as a member that is left out: the document allows both for what is not set."""
    found = {name: default if body.get(name) is None else body[name] for name, default in members.items()}
    return {
        _camel(name): _renamed(value, _camel, known=_CUSTOMIZATION) if name == "customization" else value
        for name, value in found.items()
        if value is not None
    }


def sent(members: JsonObject, allowed: frozenset[str], request: str) -> JsonObject:
    """Members of a manifest as a request's. A null stays. Raises `ReconcilerError` for one that the request cannot say."""
    if wrong := sorted(members.keys() - allowed):
        raise ReconcilerError(
            f"the Agent API cannot {request} with `{wrong[0]}`",
            help=f"it takes {', '.join(f'`{name}`' for name in sorted(allowed))}",
        )
    return {
        _snake(name): _renamed(value, _snake) if name == "customization" else value
        for name, value in members.items()
    }


def source_body(new: NewTemplate) -> JsonObject:
    """The body of a create of a source template, or of a clone. Raises `ReconcilerError` for what it cannot say."""
    if new.clone_of is not None:
        original = require_uuid(new.clone_of, "template")
        settings = sent(_without_tags(new), SOURCE_CLONE, "clone a template")
        return {"original_source_template_id": original, **settings}
    return {
        "actor_definition_id": require_uuid(new.connector_id, "connector"),
        "partial_default_config": new.presets,
        **sent(_without_tags(new), SOURCE_CREATE, "create a template"),
    }


def connection_body(new: NewTemplate) -> JsonObject:
    """The body of a create of a connection template. As `source_body`."""
    if new.settings.get("dataHostingType") == AIRBYTE_HOSTED:
        return sent(_without_tags(new), AIRBYTE_HOSTED_CREATE, "create an Airbyte-hosted template")
    return {
        "data_hosting_type": USER_HOSTED,
        "destination_definition_id": require_uuid(new.connector_id, "connector"),
        "destination_config": new.presets,
        **sent(_without_tags(new), CONNECTION_CREATE, "create a connection template"),
    }


def _without_tags(new: NewTemplate) -> JsonObject:
    """Tags have requests of their own."""
    return {name: value for name, value in new.settings.items() if name != "tags"}


def tag_segment(tag: str) -> str:
    """The name of a tag as one segment of a path, whatever it holds. Raises `ReconcilerError` for one that no server takes."""
    if not 0 < len(tag) <= MAX_TAG:
        raise ReconcilerError(f"a tag has 1 to {MAX_TAG} characters, and this one has {len(tag)}")
    # A segment of dots alone would be a step through the path.
    return quote(tag, safe="") if tag.strip(".") else "%2E" * len(tag)


def _renamed(
    value: JsonValue,
    name: Callable[[str], str],
    *,
    known: frozenset[str] | None = None,
    by_stream: bool = False,
) -> JsonValue:
    """A customization, or a part of it, with other names. Nulls and, with `known`, other members are left out. The keys of an object
    that is `by_stream` are names of streams.
    """
    if isinstance(value, list):
        return [_renamed(each, name, known=known) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key if by_stream else name(key): _renamed(
            each, name, known=known, by_stream=not by_stream and key in _BY_STREAM
        )
        for key, each in value.items()
        if each is not None and (by_stream or known is None or key in known)
    }


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)
