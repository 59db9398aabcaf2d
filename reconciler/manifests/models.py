"""The fields of a manifest and of the project file as pydantic models, and the JSON Schemas that are made from them.

The models say what is legal and what editors show. `fields` judges documents by the schemas as they are committed beside this
file, because importing pydantic takes longer than judging a thousand documents. After a change here, write them again:
`reconciler schema manifest` and `reconciler schema project`. Tests hold them equal.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema

from reconciler.manifests.limits import LONGEST_SETTLE, MAX_NAME_LENGTH, MAX_TAG_LENGTH
from reconciler.manifests.project import DEFAULT_MANIFESTS, DEFAULT_MAX_CREATES, DEFAULT_SETTLE_SECONDS
from reconciler.model.json_value import JsonObject

_HEX = "[0-9a-fA-F]"
_UUID_PATTERN: Final = f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_NAME_PATTERN = rf"^[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?$"


class StrictModel(BaseModel):
    """Nothing is converted, nothing unknown is let through, fields are written in camelCase."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True
    )


Uuid = Annotated[str, Field(pattern=_UUID_PATTERN, json_schema_extra={"format": "uuid"})]


class MetadataModel(StrictModel):
    """What the manifest is called."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_NAME_LENGTH,
            pattern=_NAME_PATTERN,
            description="Unique in the project; the name of the template in every report. It is not sent to Airbyte.",
            examples=["sample-data"],
        ),
    ]


class FormModel(StrictModel):
    """A connector specification: the form that the customer fills in. Leave it out and Airbyte infers it."""

    model_config = ConfigDict(extra="allow")

    connection_specification: Annotated[
        dict[str, Any],
        Field(description="JSON Schema (draft-07) of the form: what the customer is asked for, and how."),
    ]


def _only(words: str, then: list[str], otherwise: list[str], **condition: Any) -> ConfigDict:
    """Which fields a spec cannot have under a condition on one field, and which it must have otherwise. `words`: what editors say."""
    ((name, value),) = condition.items()
    asked: dict[str, Any] = {"required": [to_camel(name)]}
    if value is not None:
        asked["properties"] = {to_camel(name): {"const": value}}
    return ConfigDict(
        json_schema_extra={
            "if": asked,
            "then": {"description": words, "properties": {to_camel(field): False for field in then}},
            "else": {"required": [to_camel(field) for field in otherwise]},
        }
    )


def _optional(description: str, **more: Any) -> Any:
    """A text field that may be left out. A factory, because a default of None would allow null."""
    return Field(default_factory=str, description=description, **more)


class StreamCustomizationModel(StrictModel):
    """How one stream is synced, where that is not what the connector says."""

    primary_key_fields: Annotated[
        list[list[str]],
        Field(default_factory=list, description="The paths of the fields that identify a record."),
    ]
    cursor_field: Annotated[
        list[str],
        Field(default_factory=list, description="The path of the field that says what is new."),
    ]


_Text = Annotated[str, Field(min_length=1)]
_SUFFIX: Final = "Put behind the field's name for the new value; it replaces the old one when left out."


class HashingConfigModel(StrictModel):
    """Which field is hashed, and how."""

    target_field: Annotated[_Text, Field(description="The field to hash.")]
    method: Annotated[Literal["SHA256", "SHA512", "MD5"], Field(description="The hash function.")]
    field_name_suffix: Annotated[str, _optional(_SUFFIX)]


class HashingModel(StrictModel):
    """Puts a hash in place of a value."""

    type: Annotated[Literal["hashing"], Field(description="What the mapper does.")]
    mapper_configuration: HashingConfigModel


class FieldRenamingConfigModel(StrictModel):
    """Which field is renamed."""

    original_field_name: Annotated[_Text, Field(description="The name that the source gives it.")]
    new_field_name: Annotated[_Text, Field(description="The name that the destination gets.")]


class FieldRenamingModel(StrictModel):
    """Renames a field."""

    type: Annotated[Literal["field-renaming"], Field(description="What the mapper does.")]
    mapper_configuration: FieldRenamingConfigModel


class FieldFilteringConfigModel(StrictModel):
    """Which field is left out."""

    target_field: Annotated[_Text, Field(description="The field to leave out.")]


class FieldFilteringModel(StrictModel):
    """Leaves a field out."""

    type: Annotated[Literal["field-filtering"], Field(description="What the mapper does.")]
    mapper_configuration: FieldFilteringConfigModel


class RowConditionModel(StrictModel):
    """Which records are kept."""

    type: Annotated[Literal["equal"], Field(description="How the value is compared.")]
    field_name: Annotated[_Text, Field(description="The field that is looked at.")]
    comparison_value: Annotated[_Text, Field(description="The value of the records that are kept.")]


class RowFilteringConfigModel(StrictModel):
    """Which records are kept."""

    conditions: RowConditionModel


class RowFilteringModel(StrictModel):
    """Keeps the records that meet a condition."""

    type: Annotated[Literal["row-filtering"], Field(description="What the mapper does.")]
    mapper_configuration: RowFilteringConfigModel


class EncryptionConfigModel(StrictModel):
    """Which field is encrypted, and how."""

    target_field: Annotated[_Text, Field(description="The field to encrypt.")]
    public_key: Annotated[_Text, Field(description="The RSA public key, as PEM text.")]
    algorithm: Annotated[Literal["RSA"], Field(default="RSA", description="The algorithm.")]
    padding: Annotated[Literal["RSA-OAEP"], Field(default="RSA-OAEP", description="The padding.")]
    oaep_hash: Annotated[
        Literal["SHA256"], Field(default="SHA256", description="The padding's hash function.")
    ]
    field_name_suffix: Annotated[
        str, Field(default="_encrypted", description="Put behind the field's name for the new value.")
    ]
    output_encoding: Annotated[
        Literal["base64", "hex"], Field(default="base64", description="How the result is written.")
    ]


class EncryptionModel(StrictModel):
    """Encrypts a field with a public key."""

    type: Annotated[Literal["encryption"], Field(description="What the mapper does.")]
    mapper_configuration: EncryptionConfigModel


MapperModel = Annotated[
    HashingModel | FieldRenamingModel | FieldFilteringModel | RowFilteringModel | EncryptionModel,
    Field(discriminator="type"),
]


class CustomizationModel(StrictModel):
    """Which streams of the source are synced, and how."""

    stream_selection_mode: Annotated[
        Literal["all", "suggested", "whitelist"],
        Field(default="suggested", description="Which streams a new connection syncs."),
    ]
    stream_whitelist: Annotated[
        list[str], Field(default_factory=list, description="The streams of `streamSelectionMode: whitelist`.")
    ]
    stream_customizations: Annotated[
        dict[str, StreamCustomizationModel],
        Field(default_factory=dict, description="Key and cursor by the name of the stream."),
    ]
    stream_mappers: Annotated[
        dict[str, list[MapperModel]],
        Field(
            default_factory=dict,
            description="What is done to records, in this order, by the name of the stream.",
        ),
    ]


_Tags = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=MAX_TAG_LENGTH)]],
    Field(default_factory=list, description="Tags, which widgets select templates by. Agent API only."),
]
_Propagate = Annotated[
    bool,
    Field(
        default=False,
        description="Whether an update also changes what customers made from the template. Agent API only.",
    ),
]


_Organization = Annotated[
    Uuid,
    Field(
        default_factory=str,
        description="The organization that owns the template; the environment's when left out.",
        examples=["7c60d51f-b44e-4682-87d6-449835ea4de6"],
    ),
]
_TemplateId = Annotated[
    Uuid,
    Field(default_factory=str, description="Binds this manifest to one live template, which must exist."),
]
_AllowSecond = Annotated[
    str,
    Field(
        default_factory=str,
        pattern=r"\S",
        description="The reason why a second template that says the same as another one is wanted; without it that is an error.",
        examples=["a second tile for the EU shop"],
    ),
]


class SourceTemplateSpec(StrictModel):
    """What the template should be. Optional fields are left out, never null."""

    model_config = _only(
        "A clone has the presets and the customization of the original: its create takes neither.",
        ["partial_default_config", "customization"],
        ["partial_default_config"],
        clone_of=None,
    )

    connector: Annotated[
        str,
        Field(
            min_length=1,
            description="The repository name of the connector (resolved by connectors.lock.json), or its actor definition id.",
            examples=["source-faker", "dfd88b22-b603-4c3d-aad7-3701784586b1"],
        ),
    ]
    partial_default_config: Annotated[
        dict[str, Any],
        Field(
            default_factory=dict,
            description="Values that are already set, so that the customer is not asked for them. Airbyte stores them in clear.",
        ),
    ]
    # A factory, because a default of None would allow null, which Airbyte answers with a server error.
    partial_user_config_spec: Annotated[FormModel, Field(default_factory=FormModel.model_construct)]
    organization_id: _Organization
    template_id: _TemplateId
    allow_second: _AllowSecond
    name: Annotated[
        str,
        _optional("The template's own name, which customers and apps see. Agent API only.", min_length=1),
    ]
    mode: Annotated[
        Literal["DIRECT", "REPLICATION", "MULTI"],
        Field(default="REPLICATION", description="How the source is used. Agent API only."),
    ]
    customization: Annotated[CustomizationModel, Field(default_factory=CustomizationModel.model_construct)]
    tags: _Tags
    clone_of: Annotated[
        Uuid,
        _optional("The id of the template that a create copies, such as one of Airbyte's. Agent API only."),
    ]
    propagate: _Propagate


class ConnectionTemplateSpec(StrictModel):
    """Where the data of customers goes, and when. Agent API only. Optional fields are left out, never null."""

    model_config = _only(
        "Airbyte chooses the destination.",
        [
            "destination_name",
            "connector",
            "destination_config",
            "non_breaking_changes_preference",
            "sync_on_create",
        ],
        ["destination_name", "connector", "destination_config"],
        data_hosting_type="airbyte_hosted",
    )

    destination_name: Annotated[str, _optional("What the destination is called.", min_length=1)]
    connector: Annotated[
        str,
        _optional(
            "The repository name of the destination (resolved by connectors.lock.json), or its actor definition id.",
            min_length=1,
            examples=["destination-s3", "4816b78f-1489-44c1-9060-4b19d5fa9362"],
        ),
    ]
    destination_config: Annotated[
        dict[str, Any],
        Field(
            default_factory=dict,
            description="The destination's configuration. Write secrets as `!env RECONCILER_VAR_...`.",
        ),
    ]
    cron_expression: Annotated[
        str,
        _optional(
            "When syncs start, as a Quartz expression in UTC.", min_length=1, examples=["0 0 12 * * ?"]
        ),
    ]
    non_breaking_changes_preference: Annotated[
        Literal["ignore", "disable", "propagate_columns", "propagate_fully"],
        Field(default="ignore", description="What happens when the source's schema changes."),
    ]
    sync_on_create: Annotated[
        bool, Field(default=True, description="Whether a new connection syncs at once.")
    ]
    data_hosting_type: Annotated[
        Literal["user_hosted", "airbyte_hosted"],
        Field(default="user_hosted", description="Whose destination it is: yours, or one that Airbyte runs."),
    ]
    tags: _Tags
    propagate: _Propagate
    organization_id: _Organization
    template_id: _TemplateId
    allow_second: _AllowSecond


class ManifestBase(StrictModel):
    """What every manifest has."""

    api_version: Annotated[Literal["reconciler/v1"], Field(description="The format of this manifest.")]


class SourceTemplateManifest(ManifestBase):
    """One source template of Airbyte Embedded, as it should be."""

    kind: Annotated[Literal["SourceTemplate"], Field(description="What the manifest describes.")]
    metadata: MetadataModel
    spec: SourceTemplateSpec


class ConnectionTemplateManifest(ManifestBase):
    """One connection template of the Agent API, as it should be."""

    kind: Annotated[Literal["ConnectionTemplate"], Field(description="What the manifest describes.")]
    metadata: MetadataModel
    spec: ConnectionTemplateSpec


class ManifestModel(
    RootModel[Annotated[SourceTemplateManifest | ConnectionTemplateManifest, Field(discriminator="kind")]]
):
    """One template of Airbyte Embedded, as it should be."""


class EnvironmentModel(StrictModel):
    """One place that templates are reconciled with."""

    api: Annotated[
        Literal["public", "agents", "sandbox"],
        Field(
            default="public",
            description="Which server answers: `public` is the API of a self-managed Airbyte, `agents` the Agent API of Airbyte Cloud, "
            "`sandbox` the local Airbyte that comes with this tool.",
        ),
    ]
    dialect: Annotated[
        Literal["public", "agents"],
        Field(
            default="public",
            description="For `api: sandbox`: which API the sandbox speaks, that of a self-managed Airbyte or the Agent API.",
        ),
    ]
    url: Annotated[
        str,
        Field(
            default_factory=str,
            min_length=1,
            description="Base URL of the API; https, or http for this machine. When left out: `https://api.airbyte.com/v1`, or "
            "`https://api.airbyte.ai/api/v1` with `api: agents`.",
            examples=["https://api.airbyte.com/v1", "https://airbyte.example.com/api/public/v1"],
        ),
    ]
    organization_id: Annotated[
        Uuid,
        Field(
            default_factory=str,
            description="The organization whose templates these are; AIRBYTE_ORGANIZATION_ID overrides it.",
            examples=["7c60d51f-b44e-4682-87d6-449835ea4de6"],
        ),
    ]
    max_creates: Annotated[
        int,
        Field(
            default=DEFAULT_MAX_CREATES,
            ge=0,
            description="How many templates one run may create before it refuses.",
        ),
    ]
    settle_seconds: Annotated[
        float,
        Field(
            default=DEFAULT_SETTLE_SECONDS,
            ge=0,
            le=LONGEST_SETTLE,
            allow_inf_nan=False,
            description="How long a create without a clear answer is looked for before it is reported as unknown.",
        ),
    ]
    unmanaged: Annotated[
        list[Uuid],
        Field(
            default_factory=list,
            description="Ids of live templates that are not ours (Airbyte's defaults, made by hand): never matched.",
        ),
    ]
    apply_branches: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        Field(
            default_factory=list,
            min_length=1,
            description="Branches that `ci apply` creates for; `*` is any text, `/` too. The default branch when left out.",
            examples=[["main", "release/*"]],
        ),
    ]
    policy: Annotated[
        Literal["create-only", "create-update"],
        Field(
            default="create-only",
            description="What `apply` may do: create what is missing, with `create-update` (Agent API only) also change what has drifted.",
        ),
    ]


class ProjectModel(StrictModel):
    """Where the manifests are, and the environments that they can be reconciled with."""

    version: Annotated[Literal[1], Field(description="The format of this file.")]
    manifests: Annotated[
        str,
        Field(
            default=DEFAULT_MANIFESTS,
            min_length=1,
            description="The directory of the manifests, relative to this file.",
        ),
    ]
    default_environment: Annotated[
        str,
        Field(
            default_factory=str,
            min_length=1,
            description="The environment when none is chosen; needed when there are several.",
        ),
    ]
    environments: Annotated[
        dict[str, EnvironmentModel],
        Field(
            default_factory=dict,
            description="Environments by name. One called `sandbox` always exists, and has `api: sandbox`.",
            examples=[
                {"production": {"api": "public", "organizationId": "7c60d51f-b44e-4682-87d6-449835ea4de6"}}
            ],
        ),
    ]
    rules: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description="Severity of lint rules by id: error, warning or ignore. `reconciler explain` lists them.",
            examples=[{"R503": "ignore"}],
        ),
    ]


_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_SANDBOX: Final = {
    "allOf": [{"$ref": "#/$defs/EnvironmentModel"}],
    "properties": {"api": {"const": "sandbox"}},
    "required": ["api"],
}


class _Editors(GenerateJsonSchema):
    """The same schema from every version of pydantic, without its titles of fields ("Partialdefaultconfig"): noise in an editor.

    Before 2.11 it left unsaid that an object may hold anything, before 2.12 it wrote the bounds of numbers as fractions.
    """

    def dict_schema(self, schema: Any) -> dict[str, Any]:
        made = super().dict_schema(schema)
        return made if "patternProperties" in made else {"additionalProperties": True, **made}

    def float_schema(self, schema: Any) -> dict[str, Any]:
        made = super().float_schema(schema)
        return {key: int(v) if isinstance(v, float) and v.is_integer() else v for key, v in made.items()}

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def manifest_schema() -> JsonObject:
    """The schema of one manifest (one YAML document)."""
    return _schema(ManifestModel, "Airbyte configuration template")


def project_schema() -> JsonObject:
    """The schema of `reconciler.yaml`."""
    schema = _schema(ProjectModel, "Reconciler project")
    # What a model of `environments` by any name cannot say. The loader says it in `project_file`.
    schema["properties"]["environments"]["properties"] = {"sandbox": _SANDBOX}
    return schema


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_Editors, mode="validation")
    for definition in schema.get("$defs", {}).values():
        definition.pop("title", None)
    return {"$schema": _DIALECT, **schema, "title": title}
