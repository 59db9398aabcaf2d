"""The forms of the server: how it reads a connector specification, serves it again, and infers one. Pure.

Platform v1.7 to v2.0 stores a form as it was sent and, on every GET, reads it into the protocol's ConnectorSpecification
class and writes that out. So a form never comes back exactly as it was sent, and that is not drift.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.connectors.server.java_values import ABSENT, Absent, as_object, as_text, member, parsed_uri
from reconciler.model.json_value import JsonObject, JsonValue

_OAUTH = "oauth_config_specification"
_OAUTH_INPUT = "oauth_connector_input_specification"
_SYNC_MODES = frozenset({"append", "overwrite", "append_dedup", "update", "soft_delete"})
_URI = "uri"
# A type, an address, one of several texts, a list (of texts; of one of several) or an object with such members.
_SHAPE: Final[dict[str, Any]] = {
    "documentationUrl": _URI,
    "changelogUrl": _URI,
    "supportsIncremental": bool,
    "supportsNormalization": bool,
    "supportsDBT": bool,
    "protocol_version": str,
    "authSpecification": {},
    "supported_destination_sync_modes": [_SYNC_MODES],
    "advanced_auth": {
        "auth_flow_type": frozenset({"oauth2.0", "oauth1.0"}),
        "predicate_key": [str],
        "predicate_value": str,
        _OAUTH: {_OAUTH_INPUT: {}},
    },
}
_DEFAULTS: Final[JsonObject] = {
    "supportsNormalization": False,
    "supportsDBT": False,
    "supported_destination_sync_modes": [],
}
_KINDS: Final = {
    bool: "a boolean",
    str: "a string",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
}


class UnparsableSpecification(Exception):
    """The server's parser refuses this specification and answers 500. `key` is the refused member, "" for the whole."""

    def __init__(self, words: str, path: str = "") -> None:
        super().__init__(f"{path}: {words}" if path else words)
        self.key = path.partition(".")[0]


def served_specification(specification: JsonObject) -> JsonObject:
    """What GET returns as `configTemplateSpec` for this stored specification. Idempotent. Shares nested values with its
    argument.

    Top-level nulls are gone. Three members at the top and two inside `advanced_auth` have a default. Unlike on the server, a
    null in place of a default counts as absent, so that normalising twice changes nothing.
    """
    served = _with_defaults(specification, _DEFAULTS)
    if isinstance(auth := served.get("advanced_auth"), dict):
        served["advanced_auth"] = auth = _with_defaults(auth, {"predicate_key": []})
        oauth = as_object(auth.get(_OAUTH))
        if isinstance(given := oauth.get(_OAUTH_INPUT), dict):
            auth[_OAUTH] = {**oauth, _OAUTH_INPUT: _with_defaults(given, {"extract_output": []})}
    return served


def _with_defaults(value: JsonObject, defaults: JsonObject) -> JsonObject:
    given = {key: item for key, item in value.items() if item is not None}
    return {**given, **{key: item for key, item in defaults.items() if key not in given}}


def parse_specification(value: JsonValue) -> JsonObject:
    """`value` itself when the server can read it as a connector specification. Raises UnparsableSpecification.

    Jackson would turn a few wrong scalars into right ones (the text "true" into a boolean). Here they are refused.
    """
    if not isinstance(value, dict):
        kind = "null" if value is None else _KINDS[type(value)]
        raise UnparsableSpecification(f"Cannot construct instance of ConnectorSpecification from {kind}")
    _check_members("", value, _SHAPE)
    return value


def _check_members(path: str, value: JsonObject, shape: dict[str, Any]) -> None:
    for key, wanted in shape.items():
        _check(path + key, value.get(key), wanted)


def _check(path: str, value: JsonValue, shape: Any) -> None:
    if value is None:
        return
    wanted = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, wanted if wanted in (bool, dict, list) else str):
        raise UnparsableSpecification(f"cannot be read from {_KINDS[type(value)]}", path)
    if isinstance(value, list):
        for item in value:
            _check(path, item, shape[0])
    elif isinstance(value, dict):
        _check_members(f"{path}.", value, shape)
    elif shape == _URI and isinstance(value, str) and parsed_uri(value) is None:
        raise UnparsableSpecification(f"not a valid URI: {value!r}", path)
    elif isinstance(shape, frozenset) and value not in shape:
        raise UnparsableSpecification(f"{value!r} is not one of {', '.join(sorted(shape))}", path)


_OAUTH_OBJECTS = (
    "complete_oauth_output_specification",
    "complete_oauth_server_input_specification",
    "complete_oauth_server_output_specification",
)
_INCOMPLETE = "describes its OAuth incompletely"
_JACKSON = "com.fasterxml.jackson.databind"
_NODES = {bool: "BooleanNode", str: "TextNode", int: "IntNode", float: "DoubleNode", list: "ArrayNode"}


class InferenceFailed(Exception):
    """The server cannot infer a form and answers 500 with this message. `lack` says what the specification does not have."""

    def __init__(self, message: str, lack: str) -> None:
        super().__init__(message)
        self.lack = lack


def infer_form(specification: JsonObject, presets: JsonValue) -> JsonObject:
    """The form that is stored when `partialUserConfigSpec` is left out: a whole specification, defaults of GET included.

    Only fields that are still required, or that take part in OAuth, are asked of the customer. Raises InferenceFailed.
    """
    connection = member(specification, "connectionSpecification")
    required = member(connection, "required")
    if not isinstance(required, list):
        raise _cannot_cast(required, "ArrayNode", "has no list `required`")
    oauth = oauth_names(specification)
    preset_names = frozenset(presets) if isinstance(presets, dict) else frozenset[str]()
    open_required = [name for name in required if as_text(name) not in preset_names - oauth]
    kept = oauth | {as_text(name) for name in open_required}
    properties = _object(member(connection, "properties"), "has no `properties`")
    cut: JsonObject = {
        **as_object(connection),
        "required": open_required,
        "properties": {name: value for name, value in properties.items() if name in kept},
        "type": "object",
    }
    return {**served_specification(specification), "connectionSpecification": cut}


def oauth_names(specification: JsonObject) -> frozenset[str]:
    """Every word that occurs in an OAuth path of this connector. Such a field is always asked of the customer.

    Empty without `advanced_auth`. Raises InferenceFailed when one of the three OAuth objects or its properties is missing.
    """
    advanced_auth = specification.get("advanced_auth")
    if advanced_auth is None:
        return frozenset()
    oauth = member(advanced_auth, "oauth_config_specification")
    names: set[str] = set()
    for key in _OAUTH_OBJECTS:
        part = member(oauth, key)
        if part is ABSENT:
            message = f'Cannot invoke "{_JACKSON}.JsonNode.get(String)" because {key} is null'
            raise InferenceFailed(message, _INCOMPLETE)
        for described in _object(member(part, "properties"), _INCOMPLETE).values():
            path = member(described, "path_in_connector_config")
            names.update(map(as_text, path if isinstance(path, list) else ()))
    return frozenset(names)


def inferred_form(specification: JsonObject, presets: JsonValue) -> JsonObject | None:
    """`infer_form`. None where the server cannot infer one."""
    try:
        return infer_form(specification, presets)
    except InferenceFailed:
        return None


def known_oauth_names(specification: JsonObject) -> frozenset[str]:
    """`oauth_names`. Empty where the server cannot find them out."""
    try:
        return oauth_names(specification)
    except InferenceFailed:
        return frozenset()


def _object(value: JsonValue | Absent, lack: str) -> JsonObject:
    if isinstance(value, dict):
        return value
    raise _cannot_cast(value, "ObjectNode", lack)


def _cannot_cast(value: JsonValue | Absent, wanted: str, lack: str) -> InferenceFailed:
    if value is ABSENT:
        return InferenceFailed(f"null cannot be cast to non-null type {_JACKSON}.node.{wanted}", lack)
    node = "NullNode" if value is None else _NODES.get(type(value), "ObjectNode")
    message = f"class {_JACKSON}.node.{node} cannot be cast to class {_JACKSON}.node.{wanted}"
    return InferenceFailed(message, lack)
