"""The manifest's fields as pydantic models: what is legal, and what editors say about it.

The models judge; they are never read. What goes on is the document itself, so nothing is converted on the way.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.manifests.plain import MAX_NAME_LENGTH, UUID_PATTERN

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_NAME_PATTERN = rf"^[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?$"


class StrictModel(BaseModel):
    """Nothing is converted, nothing unknown is let through, fields are written in camelCase."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True
    )


Uuid = Annotated[str, Field(pattern=UUID_PATTERN, json_schema_extra={"format": "uuid"})]


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
