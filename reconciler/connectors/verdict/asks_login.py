"""Which fields an OAuth log-in fills in, so that the customer does not type them. Pure.

As the form of the embedded widget does it (platform v2.0, useAuthentication): the paths of the form's own `advanced_auth`, while its
predicate is met. Whether a log-in is offered also depends on the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.connectors.lint.place import members
from reconciler.connectors.verdict.edits import value_at
from reconciler.model.json_value import JsonObject, JsonValue, same_json

# A property of the same name in the second counts.
_OUTPUTS = ("complete_oauth_server_output_specification", "complete_oauth_output_specification")
_Path = tuple[str, ...]


@dataclass(frozen=True)
class Login:
    """The fields that a log-in fills in; `key` and `value` say for which choice, an empty `key` for every one."""

    paths: frozenset[_Path] = frozenset()
    key: _Path = ()
    value: JsonValue = None

    def within(self, path: _Path, option: JsonObject) -> Login:
        """What of it holds inside an option of the choice at `path`: nothing where the option is another way to log in."""
        if self.key[:-1] != path or not self.key:
            return self
        field = members(option).get(self.key[-1])
        fixed = (
            next((field[key] for key in ("const", "default") if key in field), None)
            if isinstance(field, dict)
            else None
        )
        return self if same_json(fixed, self.value) else Login()


def login_of(form: JsonObject) -> Login:
    """The log-in that a form describes; one without any field when it describes none."""
    auth = form.get("advanced_auth")
    if not isinstance(auth, dict):
        return Login()
    filled: dict[str, _Path] = {}
    for name in _OUTPUTS:
        properties = value_at(auth, ("oauth_config_specification", name, "properties"))
        for part, described in properties.items() if isinstance(properties, dict) else ():
            filled[part] = _texts(value_at(described, ("path_in_connector_config",)))
    return Login(
        frozenset(filled.values()) - {()}, _texts(auth.get("predicate_key")), auth.get("predicate_value")
    )


def _texts(value: object) -> _Path:
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, list) else ()
