"""What the server makes of a connector specification when it parses and serialises it again. Pure.

Platform v1.7 to v2.0 stores a form as it was sent and, on every GET, reads it into the protocol's
ConnectorSpecification class and writes that out. So a form never comes back exactly as it was sent, and that
is not drift.
"""

from __future__ import annotations

from reconciler.connectors.server.java_uri import is_uri_reference
from reconciler.model.json_value import JsonObject, JsonValue

_SYNC_MODES = frozenset({"append", "overwrite", "append_dedup", "update", "soft_delete"})
_AUTH_FLOW_TYPES = frozenset({"oauth2.0", "oauth1.0"})


class UnparsableSpecification(Exception):
    """The server's parser refuses this specification: a create or update with it answers 500."""


def served_specification(specification: JsonObject) -> JsonObject:
    """What GET returns as `configTemplateSpec` for this stored specification.

    Top-level nulls are gone; `supportsNormalization` and `supportsDBT` (false) and
    `supported_destination_sync_modes` ([]) appear when absent; inside `advanced_auth`, `predicate_key` and
    the OAuth connector input's `extract_output` become [] when absent. Everything else passes. Idempotent;
    shares nested values with its argument, which it does not touch.

    One deliberate difference: a null in place of one of the three defaults counts as absent, so that
    normalising twice changes nothing.
    """
    served = _without_nulls(specification)
    served.setdefault("supportsNormalization", False)
    served.setdefault("supportsDBT", False)
    served.setdefault("supported_destination_sync_modes", [])
    advanced_auth = served.get("advanced_auth")
    if isinstance(advanced_auth, dict):
        served["advanced_auth"] = _served_advanced_auth(advanced_auth)
    return served


def _served_advanced_auth(advanced_auth: JsonObject) -> JsonObject:
    served = _without_nulls(advanced_auth)
    served.setdefault("predicate_key", [])
    oauth = served.get("oauth_config_specification")
    if isinstance(oauth, dict):
        connector_input = oauth.get("oauth_connector_input_specification")
        if isinstance(connector_input, dict):
            filled: JsonObject = {"extract_output": [], **_without_nulls(connector_input)}
            served["oauth_config_specification"] = {**oauth, "oauth_connector_input_specification": filled}
    return served


def _without_nulls(value: JsonObject) -> JsonObject:
    return {key: item for key, item in value.items() if item is not None}


def parse_specification(value: JsonValue) -> JsonObject:
    """`value` itself when the server can read it as a connector specification.

    Raises UnparsableSpecification otherwise: not an object, an address that is no URI, an unknown sync mode
    or flow type, a wrong type. Jackson would turn a few wrong scalars into right ones (the text "true" into
    a boolean); here they are refused, since nobody means them.
    """
    if not isinstance(value, dict):
        raise UnparsableSpecification(
            f"Cannot construct instance of ConnectorSpecification from {_kind(value)}"
        )
    for key in ("documentationUrl", "changelogUrl"):
        _check_uri(key, value.get(key))
    for key in ("supportsIncremental", "supportsNormalization", "supportsDBT"):
        _check_type(key, value.get(key), bool)
    _check_type("protocol_version", value.get("protocol_version"), str)
    _check_type("authSpecification", value.get("authSpecification"), dict)
    _check_texts(
        "supported_destination_sync_modes", value.get("supported_destination_sync_modes"), _SYNC_MODES
    )
    _check_advanced_auth(value.get("advanced_auth"))
    return value


def _check_advanced_auth(value: JsonValue) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise UnparsableSpecification(f"advanced_auth: cannot be read from {_kind(value)}")
    flow_type = value.get("auth_flow_type")
    _check_texts("advanced_auth.auth_flow_type", None if flow_type is None else [flow_type], _AUTH_FLOW_TYPES)
    _check_texts("advanced_auth.predicate_key", value.get("predicate_key"), None)
    _check_type("advanced_auth.predicate_value", value.get("predicate_value"), str)
    oauth = value.get("oauth_config_specification")
    _check_type("advanced_auth.oauth_config_specification", oauth, dict)
    if isinstance(oauth, dict):
        name = "oauth_connector_input_specification"
        _check_type(f"advanced_auth.oauth_config_specification.{name}", oauth.get(name), dict)


def _check_uri(key: str, value: JsonValue) -> None:
    _check_type(key, value, str)
    if isinstance(value, str) and not is_uri_reference(value):
        raise UnparsableSpecification(f"{key}: not a valid URI: {value!r}")


def _check_type(key: str, value: JsonValue, expected: type) -> None:
    if value is not None and not isinstance(value, expected):
        raise UnparsableSpecification(f"{key}: cannot be read from {_kind(value)}")


def _check_texts(key: str, value: JsonValue, allowed: frozenset[str] | None) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise UnparsableSpecification(f"{key}: cannot be read from {_kind(value)}")
    for item in value:
        _check_type(key, item, str)
        if allowed is not None and item not in allowed:
            raise UnparsableSpecification(f"{key}: {item!r} is not one of {', '.join(sorted(allowed))}")


def _kind(value: JsonValue) -> str:
    """The JSON type of a value, in the words of an error message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "a string", int: "an integer", float: "a number", list: "an array", dict: "an object"}
    return names[type(value)]
