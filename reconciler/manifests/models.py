"""The fields of a manifest and of the project file as pydantic models, and the JSON Schemas that are made from them.

The models say what is legal and what editors show. `fields` judges documents by the schemas as they are committed beside this
file, because importing pydantic takes longer than judging a thousand documents. After a change here, write them again:
`reconciler schema manifest` and `reconciler schema project`. Tests hold them equal.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema

from reconciler.manifests.limits import LONGEST_SETTLE, MAX_NAME_LENGTH
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


class SourceTemplateSpec(StrictModel):
    """What the template should be. Optional fields are left out, never null."""

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
            description="Values that are already set, so that the customer is not asked for them. Airbyte stores them in clear."
        ),
    ]
    # A factory, because a default of None would allow null, which Airbyte answers with a server error.
    partial_user_config_spec: Annotated[FormModel, Field(default_factory=FormModel.model_construct)]
    organization_id: Annotated[
        Uuid,
        Field(
            default_factory=str,
            description="The organization that owns the template; the environment's when left out.",
            examples=["7c60d51f-b44e-4682-87d6-449835ea4de6"],
        ),
    ]
    template_id: Annotated[
        Uuid,
        Field(default_factory=str, description="Binds this manifest to one live template, which must exist."),
    ]
    allow_second: Annotated[
        str,
        Field(
            default_factory=str,
            pattern=r"\S",
            description="The reason why a second template that says the same as another one is wanted; without it that is an error.",
            examples=["a second tile for the EU shop"],
        ),
    ]


class ManifestModel(StrictModel):
    """One configuration template of Airbyte Embedded, as it should be."""

    api_version: Annotated[Literal["reconciler/v1"], Field(description="The format of this manifest.")]
    kind: Annotated[Literal["SourceTemplate"], Field(description="What the manifest describes.")]
    metadata: MetadataModel
    spec: SourceTemplateSpec


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
