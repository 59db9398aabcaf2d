"""Connectors, and desired and live templates as they enter the plan.

Words: `presets` is the API's `partialDefaultConfig` (values the customer is not asked for), `form` is its
`partialUserConfigSpec`, read back as `configTemplateSpec` (the connector specification the customer fills
in). `settings` are all other members that a template stores, by the names they have in a manifest's `spec`. The presets of a
connection template are its `destinationConfig`, and it has no form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from sys import intern

from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonObject
from reconciler.model.places import Places

SOURCE_TEMPLATE = "SourceTemplate"
CONNECTION_TEMPLATE = "ConnectionTemplate"

_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)

AIRBYTE_HOSTED = "airbyte_hosted"
"""`dataHostingType` of a connection template whose destination is Airbyte's. It has no connector of its own."""


NAME_SETTING = {SOURCE_TEMPLATE: "name", CONNECTION_TEMPLATE: "destinationName"}
"""The setting of each kind that names the template. On the public API a template has no name, and no settings."""

PRESETS_NAME = {SOURCE_TEMPLATE: "partialDefaultConfig", CONNECTION_TEMPLATE: "destinationConfig"}
"""What a manifest of each kind calls its presets."""


@dataclass(frozen=True)
class Connector:
    """A source type, or a destination type.

    `id` is the actor definition id, a lower-case UUID. `repository` is the short name (`source-faker`), None
    when only the id is known. `specification` is the registry's `spec` object (connectionSpecification,
    advanced_auth, ...), None when it is not known: then nothing may be concluded about forms, secrets or
    inference. `tombstone`: the registry says that it was withdrawn. The server lists no template of such a connector.
    """

    id: str
    repository: str | None = None
    name: str | None = None
    version: str | None = None
    specification: JsonObject | None = field(default=None, hash=False, repr=False)
    tombstone: bool = False

    @property
    def label(self) -> str:
        """What a person would call it: name, else repository, else id."""
        return self.name or self.repository or self.id


def connection_schema(specification: JsonObject | None) -> JsonObject | None:
    """The JSON Schema of the configuration in a specification or a form. None where there is none."""
    schema = specification.get("connectionSpecification") if specification is not None else None
    return schema if isinstance(schema, dict) else None


@dataclass(frozen=True)
class Manifest:
    """One YAML document: one template that should exist.

    `form` None means that Airbyte infers it. `organization_id` None means the environment's. `template_id`
    binds the manifest to one live template. `variable_pointers` are JSON pointers from the document's root to
    values that came from `!env`: they are treated as secrets in every output. `unset_pointers` are those of them whose variables are
    not set: null is there and means nothing. A manifest with any is checked, and never planned. `allow_second` is the reason why an
    equal template, or a second one of the connector, may exist beside this one. "" when none may. `places` are the lines of all its
    values, None where they are not needed.

    The rest is for the Agent API. `settings` holds what the manifest says of `name`, `mode`, `customization` and `tags`. For a connection
    template these are `destinationName`, `dataHostingType`, `cronExpression`, `nonBreakingChangesPreference`, `syncOnCreate` and `tags`. A
    member that is left out is not in it. `clone_of` is the id of the live template that a create copies: then `presets` is {} and
    means nothing. `propagate` says whether an update changes what was made from the template. None when the manifest does not say.
    """

    name: str
    origin: Origin
    connector: Connector
    presets: JsonObject = field(hash=False)
    form: JsonObject | None = field(default=None, hash=False)
    organization_id: str | None = None
    template_id: str | None = None
    kind: str = SOURCE_TEMPLATE
    variable_pointers: frozenset[str] = frozenset()
    unset_pointers: frozenset[str] = frozenset()
    allow_second: str = ""
    settings: JsonObject = field(default_factory=dict, hash=False)
    clone_of: str | None = None
    propagate: bool | None = None
    places: Places | None = field(default=None, repr=False, compare=False)

    def locate(self, finding: Diagnostic) -> Diagnostic:
        """A finding about this manifest at its line. Without known places, at the manifest's first line."""
        return finding.at(self.origin) if self.places is None else self.places.locate(finding)


def speaks_of_agents(manifest: Manifest) -> bool:
    """Whether the manifest says what only the Agent API stores."""
    is_plain = not manifest.settings and manifest.clone_of is None and manifest.propagate is None
    return manifest.kind != SOURCE_TEMPLATE or not is_plain


@dataclass(frozen=True)
class Past:
    """Earlier revisions of manifests, in no particular order. A current one may be among them. `is_whole` is False where some are
    not known: no git, a shallow clone, a revision that cannot be read any more.
    """

    revisions: tuple[Manifest, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True)
class LiveTemplate:
    """One template as GET returned it. `name` is the connector's name, or the destination's of a connection template.

    `text` holds presets, form and settings as JSON: a tenth of the memory of the values, which are asked for only where something differs.
    Made by `live_template`. `connector_id` is "" for a connection template that Airbyte hosts.
    """

    id: str
    name: str
    connector_id: str
    text: str = field(repr=False)
    kind: str = SOURCE_TEMPLATE

    @property
    def members(self) -> tuple[JsonObject, JsonObject, JsonObject]:
        """Presets, form and settings, as values of the caller's own."""
        presets, form, settings = json.loads(self.text)
        return presets, form, settings

    @property
    def presets(self) -> JsonObject:
        """The presets, as a value of the caller's own."""
        return self.members[0]

    @property
    def form(self) -> JsonObject:
        """The form, as a value of the caller's own."""
        return self.members[1]

    @property
    def settings(self) -> JsonObject:
        """Everything else that it stores, as a value of the caller's own. {} on the public API, which stores nothing else."""
        return self.members[2]


def live_template(
    id: str,
    name: str,
    connector_id: str,
    presets: JsonObject,
    form: JsonObject,
    *,
    settings: JsonObject | None = None,
    kind: str = SOURCE_TEMPLATE,
) -> LiveTemplate:
    """A template with these presets, this form and these settings (None: none). Keys stay in their order."""
    text = _ENCODER.encode([presets, form, settings or {}])
    return LiveTemplate(id, intern(name), intern(connector_id), text, kind)


@dataclass(frozen=True)
class UnreadTemplate:
    """An id that the list names and that could not be read. It is unknown: neither missing nor in sync. `connector_id` is what the list
    said of it, None when it says nothing.
    """

    id: str
    name: str
    reason: str
    kind: str = SOURCE_TEMPLATE
    connector_id: str | None = None


@dataclass(frozen=True)
class LiveState:
    """Everything one organization's list named, each either read or unread. Both sorted by id.

    `left_out` are the ids that the list named too, and that were not read because the user declared them not ours.
    `left_out_sources` are the connectors of the source templates among these, as far as the list says, sorted and with repeats.
    """

    organization_id: str
    templates: tuple[LiveTemplate, ...] = ()
    unread: tuple[UnreadTemplate, ...] = ()
    left_out: frozenset[str] = frozenset()
    left_out_sources: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Every id that the list named, without those left out."""
        return frozenset(t.id for t in self.templates) | frozenset(u.id for u in self.unread)


@dataclass(frozen=True)
class Intent:
    """A create that may be on its way: what the journal keeps of it until the server's list, a refusal or a person decides it. Holds
    no value of a manifest.

    The digests are of the content without the places in `without` (JSON pointers to values of variables): a digest of a
    short secret could be guessed. `presets_digests` are that of the manifest's presets and, if the server's merge defect
    would store others, that of those. () for a clone, which has those of another template. `form_digest` is None where the manifest
    leaves the form to the server. `before` are the ids of templates that were there already and could be taken for this one, sorted.
    `sent_at` is UTC text. `answer` says what came back, "" when that is not known. `template_id` is the id that the answer named.
    `was_listed` is True for one that is closed because a list named `template_id`. `name_digest` is of the template's own name, None
    where the manifest says none, or a variable does.
    """

    id: str
    organization_id: str
    connector_id: str
    name: str
    presets_digests: tuple[str, ...]
    form_digest: str | None
    without: tuple[str, ...]
    before: tuple[str, ...]
    url: str
    sent_at: str = ""
    answer: str = ""
    template_id: str | None = None
    was_listed: bool = False
    kind: str = SOURCE_TEMPLATE
    name_digest: str | None = None
