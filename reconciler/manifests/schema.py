"""The manifest and the project file as JSON Schemas: editors complete by them, and `fields` judges by them. Data only.

A new field is one line here. Its words for a wrong value are in `judging` or `project_file`.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler.manifests.limits import LONGEST_SETTLE, MAX_NAME_LENGTH
from reconciler.manifests.project import DEFAULT_MANIFESTS, DEFAULT_MAX_CREATES, DEFAULT_SETTLE_SECONDS
from reconciler.model.json_value import JsonObject
from reconciler.model.target import Api
from reconciler.model.template import SOURCE_TEMPLATE

API_VERSION: Final = "reconciler/v1"

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_HEX = "[0-9a-fA-F]"
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_NAME = rf"^[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?$"
_ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"


def _node(kind: str, description: str = "", **keywords: Any) -> dict[str, Any]:
    """A node with its keywords in the order of their names."""
    described = {"description": description} if description else {}
    return dict(sorted({"type": kind, **described, **keywords}.items()))


def _object(description: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """An object with these members and no others."""
    asked = {"required": [*required]} if required else {}
    return _node("object", description, additionalProperties=False, properties=properties, **asked)


def _anything(description: str) -> dict[str, Any]:
    return _node("object", description, additionalProperties=True)


def _text(description: str = "", *examples: str, **keywords: Any) -> dict[str, Any]:
    return _node("string", description, **({"examples": [*examples]} if examples else {}), **keywords)


def _uuid(description: str = "", *examples: str) -> dict[str, Any]:
    pattern = f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"
    return _text(description, *examples, format="uuid", pattern=pattern)


_FORM = {
    **_object(
        "A connector specification: the form that the customer fills in. Leave it out and Airbyte infers it.",
        {
            "connectionSpecification": _anything(
                "JSON Schema (draft-07) of the form: what the customer is asked for, and how."
            )
        },
        "connectionSpecification",
    ),
    "additionalProperties": True,
}
_METADATA = _object(
    "What the manifest is called.",
    {
        "name": _text(
            "Unique in the project; the name of the template in every report. It is not sent to Airbyte.",
            "sample-data",
            minLength=1,
            maxLength=MAX_NAME_LENGTH,
            pattern=_NAME,
        )
    },
    "name",
)
_SPEC = _object(
    "What the template should be. Optional fields are left out, never null.",
    {
        "connector": _text(
            "The repository name of the connector (resolved by connectors.lock.json), or its actor definition id.",
            "source-faker",
            "dfd88b22-b603-4c3d-aad7-3701784586b1",
            minLength=1,
        ),
        "partialDefaultConfig": _anything(
            "Values that are already set, so that the customer is not asked for them. Airbyte stores them in clear."
        ),
        "partialUserConfigSpec": {"$ref": "#/$defs/FormModel"},
        "organizationId": _uuid(
            "The organization that owns the template; the environment's when left out.", _ORGANIZATION
        ),
        "templateId": _uuid("Binds this manifest to one live template, which must exist."),
        "allowSecond": _text(
            "The reason why a second template that says the same as another one is wanted; without it that is an error.",
            "a second tile for the EU shop",
            pattern=r"\S",
        ),
    },
    "connector",
    "partialDefaultConfig",
)
_MANIFEST = _object(
    "One configuration template of Airbyte Embedded, as it should be.",
    {
        "apiVersion": _text("The format of this manifest.", const=API_VERSION),
        "kind": _text("What the manifest describes.", const=SOURCE_TEMPLATE),
        "metadata": {"$ref": "#/$defs/MetadataModel"},
        "spec": {"$ref": "#/$defs/SourceTemplateSpec"},
    },
    "apiVersion",
    "kind",
    "metadata",
    "spec",
)
_ENVIRONMENT = _object(
    "One place that templates are reconciled with.",
    {
        "api": _text(
            "Which server answers: `public` is Airbyte's API over HTTP, `sandbox` the local Airbyte that comes with this tool.",
            default=Api.PUBLIC.value,
            enum=[each.value for each in Api],
        ),
        "url": _text(
            "Base URL of the API; https, or http for this machine. `https://api.airbyte.com/v1` when left out.",
            "https://api.airbyte.com/v1",
            "https://airbyte.example.com/api/public/v1",
            minLength=1,
        ),
        "organizationId": _uuid(
            "The organization whose templates these are; AIRBYTE_ORGANIZATION_ID overrides it.", _ORGANIZATION
        ),
        "maxCreates": _node(
            "integer",
            "How many templates one run may create before it refuses.",
            default=DEFAULT_MAX_CREATES,
            minimum=0,
        ),
        "settleSeconds": _node(
            "number",
            "How long a create without a clear answer is looked for before it is reported as unknown.",
            default=DEFAULT_SETTLE_SECONDS,
            minimum=0,
            maximum=LONGEST_SETTLE,
        ),
        "unmanaged": _node(
            "array",
            "Ids of live templates that are not ours (Airbyte's defaults, made by hand): never matched.",
            items=_uuid(),
        ),
        "applyBranches": _node(
            "array",
            "Branches that `ci apply` creates for; `*` is any text, `/` too. The default branch when left out.",
            examples=[["main", "release/*"]],
            items=_text(minLength=1),
            minItems=1,
        ),
    },
)
_PROJECT = _object(
    "Where the manifests are, and the environments that they can be reconciled with.",
    {
        "version": _node("integer", "The format of this file.", const=1),
        "manifests": _text(
            "The directory of the manifests, relative to this file.", default=DEFAULT_MANIFESTS, minLength=1
        ),
        "defaultEnvironment": _text(
            "The environment when none is chosen; needed when there are several.", minLength=1
        ),
        "environments": {
            **_node(
                "object",
                "Environments by name. One called `sandbox` always exists, and has `api: sandbox`.",
                additionalProperties={"$ref": "#/$defs/EnvironmentModel"},
                examples=[{"production": {"api": "public", "organizationId": _ORGANIZATION}}],
            ),
            # For editors. `project_file` says it with better words.
            "properties": {
                "sandbox": {
                    "allOf": [{"$ref": "#/$defs/EnvironmentModel"}],
                    "properties": {"api": {"const": "sandbox"}},
                    "required": ["api"],
                }
            },
        },
        "rules": _node(
            "object",
            "Severity of lint rules by id: error, warning or ignore. `reconciler explain` lists them.",
            additionalProperties=_node("string"),
            examples=[{"R503": "ignore"}],
        ),
    },
    "version",
)


def manifest_schema() -> JsonObject:
    """The schema of one manifest (one YAML document)."""
    definitions = {"FormModel": _FORM, "MetadataModel": _METADATA, "SourceTemplateSpec": _SPEC}
    return _schema("Airbyte configuration template", _MANIFEST, definitions)


def project_schema() -> JsonObject:
    """The schema of `reconciler.yaml`."""
    return _schema("Reconciler project", _PROJECT, {"EnvironmentModel": _ENVIRONMENT})


def _schema(title: str, root: dict[str, Any], definitions: dict[str, Any]) -> JsonObject:
    return {"$schema": _DIALECT, "$defs": definitions, **dict(sorted({"title": title, **root}.items()))}
