"""What a specification says about OAuth, in the same notation as its fields. Pure.

`advanced_auth` of the protocol: `predicate_key` and `predicate_value` say when OAuth applies, the output specifications say
which fields it fills, the server input specification says what the OAuth app has to bring.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.json_value import JsonObject, JsonValue, canonical_json

_OUTPUTS = ("complete_oauth_output_specification", "complete_oauth_server_output_specification")
_APP = "complete_oauth_server_input_specification"


@dataclass(frozen=True)
class OAuth:
    """`flow` such as `oauth2.0`; `condition` such as `credentials.auth_type is "Client"`, "" when it always applies.

    `fills` are the fields that OAuth writes, `app_needs` what the OAuth app has to bring; both sorted.
    """

    flow: str
    condition: str
    fills: tuple[str, ...]
    app_needs: tuple[str, ...]


def oauth_of(specification: JsonObject) -> OAuth | None:
    """What the connector does with OAuth; None without it."""
    advanced = specification.get("advanced_auth")
    if not isinstance(advanced, dict):
        return None
    flow = advanced.get("auth_flow_type")
    config = advanced.get("oauth_config_specification")
    fills = {path for output in _OUTPUTS for path in _paths(_properties(config, output))}
    return OAuth(
        flow=flow if isinstance(flow, str) else "OAuth",
        condition=_condition(advanced),
        fills=tuple(sorted(fills)),
        app_needs=tuple(sorted(_properties(config, _APP))),
    )


def _condition(advanced: JsonObject) -> str:
    path = _dotted(advanced.get("predicate_key"))
    return f"{path} is {canonical_json(advanced.get('predicate_value'))}" if path else ""


def _properties(config: JsonValue, name: str) -> JsonObject:
    part = config.get(name) if isinstance(config, dict) else None
    properties = part.get("properties") if isinstance(part, dict) else None
    return properties if isinstance(properties, dict) else {}


def _paths(properties: JsonObject) -> set[str]:
    places = (each.get("path_in_connector_config") for each in properties.values() if isinstance(each, dict))
    return {path for path in map(_dotted, places) if path}


def _dotted(segments: JsonValue) -> str:
    return ".".join(str(segment) for segment in segments) if isinstance(segments, list) else ""
