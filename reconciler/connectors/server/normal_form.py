"""What the server makes of a connector specification when it parses and serialises it again. Pure.

Platform v1.7 to v2.0 stores a form as it was sent and, on every GET, reads it into the protocol's
ConnectorSpecification class and writes that out. So a form never comes back exactly as it was sent, and that
is not drift.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.connectors.server.java_uri import parsed_uri
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
_KINDS: Final = {
    bool: "a boolean",
    str: "a string",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
}


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
    oauth = served.get(_OAUTH)
    connector_input = oauth.get(_OAUTH_INPUT) if isinstance(oauth, dict) else None
    if isinstance(oauth, dict) and isinstance(connector_input, dict):
        filled: JsonObject = {"extract_output": [], **_without_nulls(connector_input)}
        served[_OAUTH] = {**oauth, _OAUTH_INPUT: filled}
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
        raise UnparsableSpecification(f"{path}: cannot be read from {_KINDS[type(value)]}")
    if isinstance(value, list):
        for item in value:
            _check(path, item, shape[0])
    elif isinstance(value, dict):
        _check_members(f"{path}.", value, shape)
    elif shape == _URI and isinstance(value, str) and parsed_uri(value) is None:
        raise UnparsableSpecification(f"{path}: not a valid URI: {value!r}")
    elif isinstance(shape, frozenset) and value not in shape:
        raise UnparsableSpecification(f"{path}: {value!r} is not one of {', '.join(sorted(shape))}")
