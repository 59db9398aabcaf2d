"""The form that Airbyte infers when a template is created without one. Pure.

Platform v1.7 to v2.0 (ConfigTemplateServiceDataImpl): the connector's specification, cut to what the presets
leave open.
"""

from __future__ import annotations

from reconciler.connectors.server.java_values import ABSENT, Absent, as_text, member
from reconciler.connectors.server.normal_form import served_specification
from reconciler.model.json_value import JsonObject, JsonValue

_OAUTH_OBJECTS = (
    "complete_oauth_output_specification",
    "complete_oauth_server_input_specification",
    "complete_oauth_server_output_specification",
)
_JACKSON = "com.fasterxml.jackson.databind"
_NODES = {bool: "BooleanNode", str: "TextNode", int: "IntNode", float: "DoubleNode", list: "ArrayNode"}


class InferenceFailed(Exception):
    """The server cannot infer a form for this connector and answers 500; the message is the exception's, as
    far as known.
    """


def infer_form(specification: JsonObject, presets: JsonValue) -> JsonObject:
    """The form that is stored when `partialUserConfigSpec` is left out: a whole specification, defaults of
    GET included.

    Only fields that are still required, or that take part in OAuth, are asked of the customer: every
    optional field vanishes. Raises InferenceFailed. Shares nested values with its arguments and touches
    neither.
    """
    connection = member(specification, "connectionSpecification")
    required = member(connection, "required")
    if not isinstance(required, list):
        raise _cannot_cast(required, "ArrayNode")
    oauth = oauth_names(specification)
    preset_names = frozenset(presets) if isinstance(presets, dict) else frozenset[str]()
    open_required = [name for name in required if as_text(name) not in preset_names - oauth]
    kept = oauth | {as_text(name) for name in open_required}
    properties = _object(member(connection, "properties"))
    cut: JsonObject = {
        **_object(connection),
        "required": open_required,
        "properties": {name: value for name, value in properties.items() if name in kept},
        "type": "object",
    }
    return {**served_specification(specification), "connectionSpecification": cut}


def oauth_names(specification: JsonObject) -> frozenset[str]:
    """Every word that occurs in an OAuth path of this connector; such a field is always asked of the
    customer.

    Path segments count one by one: `["credentials", "token"]` gives both words. Empty without
    `advanced_auth`. Raises InferenceFailed when one of the three OAuth objects or its properties is missing.
    """
    advanced_auth = specification.get("advanced_auth")
    if advanced_auth is None:
        return frozenset()
    oauth = member(advanced_auth, "oauth_config_specification")
    names: set[str] = set()
    for key in _OAUTH_OBJECTS:
        part = member(oauth, key)
        if part is ABSENT:
            raise InferenceFailed(f'Cannot invoke "{_JACKSON}.JsonNode.get(String)" because {key} is null')
        for described in _object(member(part, "properties")).values():
            path = member(described, "path_in_connector_config")
            names.update(map(as_text, path if isinstance(path, list) else ()))
    return frozenset(names)


def _object(value: JsonValue | Absent) -> JsonObject:
    if isinstance(value, dict):
        return value
    raise _cannot_cast(value, "ObjectNode")


def _cannot_cast(value: JsonValue | Absent, wanted: str) -> InferenceFailed:
    if value is ABSENT:
        return InferenceFailed(f"null cannot be cast to non-null type {_JACKSON}.node.{wanted}")
    node = "NullNode" if value is None else _NODES.get(type(value), "ObjectNode")
    return InferenceFailed(f"class {_JACKSON}.node.{node} cannot be cast to class {_JACKSON}.node.{wanted}")
