"""What a specification, or a form, says about OAuth in `advanced_auth`. Pure.

The widget shows its log-in button when the form has `advanced_auth` and the field at `predicate_key` has `predicate_value`. What the
flow gives is written at the `path_in_connector_config` of each output (platform v2.0, useAuthentication).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.connectors.server.java_values import ABSENT, Absent, member
from reconciler.connectors.specification.schema import members
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, same_json

Path: TypeAlias = tuple[str, ...]

_OUTPUTS = ("complete_oauth_output_specification", "complete_oauth_server_output_specification")
_APP = "complete_oauth_server_input_specification"


@dataclass(frozen=True)
class OAuth:
    """`key` and `value` say for which choice it applies, an empty `key` for every one.

    `fills` are the positions that the flow writes, `customer_fills` those of them that are the connector's own. `app_needs` are the
    names of what the OAuth app has to bring. All three are sorted. `flow` is such as `oauth2.0`.
    """

    key: Path = ()
    value: JsonValue = None
    fills: tuple[Path, ...] = ()
    customer_fills: tuple[Path, ...] = field(default=(), compare=False)
    app_needs: tuple[str, ...] = ()
    flow: str = "OAuth"

    @property
    def condition(self) -> str:
        """Such as `credentials.auth_type is "Client"`. "" when it always applies."""
        return f"{'.'.join(self.key)} is {canonical_json(self.value)}" if self.key else ""

    @property
    def filled(self) -> tuple[str, ...]:
        """`fills` as people write them: `credentials.client_id`."""
        return tuple(".".join(path) for path in self.fills)

    def within(self, path: Path, option: JsonObject) -> OAuth:
        """What of it holds inside an option of the choice at `path`: nothing where the option is another way to log in."""
        if not self.key or self.key[:-1] != path:
            return self
        described = members(option).get(self.key[-1])
        held = described if isinstance(described, dict) else {}
        given = held.get("const", held.get("default", ABSENT))
        return self if given is not ABSENT and same_json(given, self.value) else OAuth()


def oauth_of(specification: JsonObject | None) -> OAuth | None:
    """What `advanced_auth` says. None without it."""
    advanced = member(specification, "advanced_auth")
    if not isinstance(advanced, dict):
        return None
    config, flow = advanced.get("oauth_config_specification"), advanced.get("auth_flow_type")
    outputs = [_properties(config, output).values() for output in _OUTPUTS]
    paths = [[_path(member(each, "path_in_connector_config")) for each in output] for output in outputs]
    filled = [{path for path in output if path} for output in paths]
    return OAuth(
        key=_path(advanced.get("predicate_key")),
        value=advanced.get("predicate_value"),
        fills=tuple(sorted({path for paths in filled for path in paths})),
        customer_fills=tuple(sorted(filled[0])),
        app_needs=tuple(sorted(_properties(config, _APP))),
        flow=flow if isinstance(flow, str) else "OAuth",
    )


def _properties(config: JsonValue, name: str) -> JsonObject:
    found = member(member(config, name), "properties")
    return found if isinstance(found, dict) else {}


def _path(segments: JsonValue | Absent) -> Path:
    """Names and indexes. () for a list with anything else in it."""
    if not isinstance(segments, list) or not all(isinstance(each, str | int) for each in segments):
        return ()
    return tuple(map(str, segments))
