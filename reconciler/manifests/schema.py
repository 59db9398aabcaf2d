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


class _WithoutFieldTitles(GenerateJsonSchema):
    """Pydantic's titles of fields ("Partialdefaultconfig") are noise in an editor."""

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
    schema = model.model_json_schema(schema_generator=_WithoutFieldTitles, mode="validation")
    for definition in schema.get("$defs", {}).values():
        definition.pop("title", None)
    return {"$schema": _DIALECT, **schema, "title": title}
