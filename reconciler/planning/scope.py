"""What of a template one manifest of the Agent API speaks of: nothing else is compared, and no secret is. Pure.

What a manifest leaves out is compared with its documented default where there is one (Agent API 0.9.0). Where there is none, as of
names and tags, and where a clone inherits it, it is not compared.

Secret are: values at `airbyte_secret` places of the connector's specification, values that came from `!env`, and values under names that
look like secrets, unless the specification describes a field of that name. They are cut out of both sides: nobody knows
whether the server gives them back in clear, masked or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.connectors.specification.secrets import secret_pointers
from reconciler.model.json_value import (
    JsonObject,
    JsonValue,
    canonical_json,
)
from reconciler.model.template import (
    AIRBYTE_HOSTED,
    CONNECTION_TEMPLATE,
    PRESETS_NAME,
    SOURCE_TEMPLATE,
    LiveTemplate,
    Manifest,
    connection_schema,
)
from reconciler.planning.secret_places import (
    Pattern,
    described_names,
    pattern_of,
    secret_names,
    without_secrets,
)

_DEFAULTS: dict[str, JsonObject] = {
    SOURCE_TEMPLATE: {"mode": "REPLICATION", "customization": {"streamSelectionMode": "suggested"}},
    CONNECTION_TEMPLATE: {
        "nonBreakingChangesPreference": "ignore",
        "syncOnCreate": True,
        "dataHostingType": "user_hosted",
    },
    AIRBYTE_HOSTED: {"dataHostingType": AIRBYTE_HOSTED},
}
_CUSTOMIZATION: JsonObject = {
    "streamSelectionMode": "suggested",
    "streamWhitelist": None,
    "streamCustomizations": None,
    "streamMappers": None,
}
_STREAM: JsonObject = {"primaryKeyFields": None, "cursorField": None}
_MAPPERS: dict[str, JsonObject] = {
    "hashing": {"fieldNameSuffix": None},
    "encryption": {
        "algorithm": "RSA",
        "padding": "RSA-OAEP",
        "oaepHash": "SHA256",
        "fieldNameSuffix": "_encrypted",
        "outputEncoding": "base64",
    },
}


@dataclass(frozen=True)
class Seen:
    """One side as it is compared. `presets` is None where they are not. `hidden` are the places of the secrets that were cut out, as
    JSON pointers from `spec`.
    """

    presets: JsonObject | None
    settings: JsonObject
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """`members` are the names in `spec` that are compared, None for all of them, with secrets. `variables` are the places of values from
    variables. Manifests of one scope are compared with the same view of a template.
    """

    kind: str
    connector_id: str
    members: frozenset[str] | None = None
    variables: frozenset[Pattern] = frozenset()
    specification: JsonObject | None = field(default=None, compare=False, repr=False)

    @property
    def rank(self) -> tuple[int, list[str], list[Pattern]]:
        """The order in which manifests choose: those that say more come first."""
        return -len(self.members or ()), sorted(self.members or ()), sorted(self.variables)

    @cached_property
    def _described(self) -> frozenset[str]:
        return frozenset(described_names(self.specification))

    def seen(self, presets: JsonObject, settings: JsonObject, *, is_live: bool) -> Seen:
        """What this scope sees of these presets and settings. Does not touch its arguments."""
        root = PRESETS_NAME[self.kind]
        if self.members is None:
            return Seen(presets, _filled(self.kind, settings, sorted(settings), is_live=is_live), ())
        whole = _filled(self.kind, settings, sorted(self.members - {root}), is_live=is_live)
        if root in self.members:
            whole[root] = presets
        hidden: list[str] = []
        secret = self.variables | frozenset(self._secrets(presets, root))
        if secret:
            whole = {
                name: cut
                for name, value in whole.items()
                for cut in without_secrets(value, (name,), secret, f"/{name}", hidden)
            }
        left = whole.pop(root, None)
        return Seen(left if isinstance(left, dict) else None, whole, tuple(hidden))

    def _secrets(self, presets: JsonObject, root: str) -> Iterator[Pattern]:
        schema = connection_schema(self.specification)
        if schema is not None and presets:
            yield from ((root, *pattern_of(place)) for place in secret_pointers(presets, [schema]))
        yield from secret_names(presets, lambda name: name in self._described, (root,))


def scope_of(manifest: Manifest) -> Scope:
    """What the manifest speaks of. A clone inherits all that it does not say."""
    members = set(manifest.settings)
    if manifest.clone_of is None:
        is_hosted = manifest.settings.get("dataHostingType") == AIRBYTE_HOSTED
        members |= _DEFAULTS[AIRBYTE_HOSTED if is_hosted else manifest.kind].keys()
        members |= set() if is_hosted else {PRESETS_NAME[manifest.kind]}
    variables = frozenset(pattern_of(place.removeprefix("/spec")) for place in manifest.variable_pointers)
    connector = manifest.connector
    return Scope(manifest.kind, connector.id, frozenset(members), variables, connector.specification)


def whole_of(template: LiveTemplate) -> JsonObject:
    """All that the template stores but its form, by the names of `spec` and in one spelling: what is not there is its default."""
    settings = dict.fromkeys(_DEFAULTS[template.kind]) | template.settings
    seen = Scope(template.kind, template.connector_id).seen(template.presets, settings, is_live=True)
    return seen.settings | {PRESETS_NAME[template.kind]: seen.presets}


def said(kind: str, settings: JsonObject, name: str) -> JsonValue:
    """What settings say of a member, or its documented default. None where there is neither."""
    value = settings.get(name)
    return _DEFAULTS[kind].get(name) if value is None else value


def _filled(kind: str, settings: JsonObject, names: Iterable[str], *, is_live: bool) -> JsonObject:
    """These members in one spelling. A null, and what is left out, says the same as the default."""
    return {name: _normal(name, said(kind, settings, name), is_live=is_live) for name in names}


def _normal(name: str, value: JsonValue, *, is_live: bool) -> JsonValue:
    """One member as it is compared: tags and white lists without order, a schedule without the `UTC` that every schedule is in."""
    if name == "tags":
        return _sorted(value or [])
    if name == "cronExpression" and isinstance(value, str):
        return value.strip().removesuffix("UTC").rstrip()
    if name == "customization" and isinstance(value, dict):
        return _customization(value, is_live=is_live)
    return value


def _customization(value: JsonObject, *, is_live: bool) -> JsonObject:
    filled = _CUSTOMIZATION | value
    filled["streamWhitelist"] = _sorted(filled["streamWhitelist"]) or None  # an empty one lists nothing
    filled["streamCustomizations"] = _each(filled["streamCustomizations"], lambda each: _with(_STREAM, each))
    filled["streamMappers"] = _each(
        filled["streamMappers"],
        lambda mappers: (
            [_mapper(each, is_live=is_live) for each in mappers] if isinstance(mappers, list) else mappers
        ),
    )
    return filled


def _sorted(value: JsonValue) -> JsonValue:
    """The texts of a list, sorted and without repeats. Anything but a list as it is."""
    return [*sorted({str(each) for each in value})] if isinstance(value, list) else value


def _each(by_stream: JsonValue, normal: Callable[[JsonValue], JsonValue]) -> JsonValue:
    """The values of all streams. No stream at all is as good as nothing."""
    if not isinstance(by_stream, dict) or not by_stream:
        return by_stream or None
    return {stream: normal(value) for stream, value in by_stream.items()}


def _with(defaults: JsonObject, value: JsonValue) -> JsonValue:
    return defaults | value if isinstance(value, dict) else value


def _mapper(value: JsonValue, *, is_live: bool) -> JsonValue:
    if not isinstance(value, dict):
        return value
    defaults = _MAPPERS.get(str(value.get("type")), {})
    if is_live:  # the server fills it in itself: one that is not there was set to null
        defaults = {name: None if name == "fieldNameSuffix" else each for name, each in defaults.items()}
    return value | {"mapperConfiguration": _with(defaults, value.get("mapperConfiguration"))}


def canonical(value: JsonObject | None) -> str:
    """The canonical text. "" where there is nothing to compare."""
    return "" if value is None else canonical_json(value)
