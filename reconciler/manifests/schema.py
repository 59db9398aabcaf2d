"""JSON Schemas of the manifest and of the project file, for editors. Generated from the models, so that they cannot disagree."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from reconciler.manifests.model import ManifestModel
from reconciler.manifests.project_model import ProjectModel
from reconciler.model.json_value import JsonObject

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
    # What a model of `environments` by any name cannot say; the loader says it in `project_file`.
    schema["properties"]["environments"]["properties"] = {"sandbox": _SANDBOX}
    return schema


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_Editors, mode="validation")
    for definition in schema.get("$defs", {}).values():
        definition.pop("title", None)
    return {"$schema": _DIALECT, **schema, "title": title}
