"""The JSON Schemas that editors use say what the loader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from manifests.manifest_reading import read_text
from manifests.test_agents_fields import WRONG as WRONG_AGENTS
from manifests.test_manifest_fields import WRONG as WRONG_SOURCES
from manifests.test_project_file import FULL
from manifests.test_project_file import WRONG as WRONG_PROJECTS
from pydantic import ValidationError

from reconciler.manifests import models
from reconciler.manifests.schema import manifest_schema, project_schema

REPOSITORY = Path(__file__).parents[2]
SCHEMAS = {"manifest": manifest_schema, "project": project_schema}
# What a schema cannot know: other files, the catalogue, the file system, and what was read before it became JSON.
# (In Python's patterns, other than in those of editors, `$` matches in front of a last line feed.)
BEYOND_A_SCHEMA = {
    "id with a line feed",
    "unknown connector", "connector like no other", "traps and fields at once", "variable", "include", "not UTF-8", "empty",
    "two documents", "unknown default", "manifests outside", "absolute manifests", "url of the sandbox", "dialect of a server",
    "an id twice",
}  # fmt: skip
# What one field says about another is in the schema alone.
BEYOND_A_MODEL = {
    "presets missing",
    "connection template",
    "clone with presets",
    "clone with a customization",
    "neither clone nor presets",
    "airbyte's destination",
}
WRONG_MANIFESTS = {**WRONG_SOURCES, **WRONG_AGENTS}


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("folder", ["schemas", "reconciler/manifests"])
def test_committed_schemas_are_those_of_the_models(folder: str, name: str) -> None:
    made = {"manifest": models.manifest_schema, "project": models.project_schema}[name]()
    committed = (REPOSITORY / folder / f"{name}.schema.json").read_text()
    assert committed == json.dumps(made, indent=2) + "\n"


@pytest.mark.parametrize("case", sorted(WRONG_MANIFESTS.keys() - BEYOND_A_SCHEMA - BEYOND_A_MODEL))
def test_the_models_refuse_what_the_loader_refuses_in_a_manifest(case: str) -> None:
    (value,) = read_text(WRONG_MANIFESTS[case][0]).values
    with pytest.raises(ValidationError):
        models.ManifestModel.model_validate(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_a_schema_with_a_description_for_every_field(name: str) -> None:
    schema: Any = SCHEMAS[name]()
    Draft202012Validator.check_schema(schema)
    assert next(iter(schema)) == "$schema"
    holders = [schema, *schema["$defs"].values()]
    fields = [field for holder in holders for field in holder.get("properties", {}).values()]
    assert all("description" in field or "$ref" in field for field in fields)


@pytest.mark.parametrize("case", sorted(WRONG_MANIFESTS.keys() - BEYOND_A_SCHEMA))
def test_editor_marks_what_the_loader_refuses_in_a_manifest(case: str) -> None:
    (value,) = read_text(WRONG_MANIFESTS[case][0]).values
    assert not Draft202012Validator(manifest_schema()).is_valid(value)


@pytest.mark.parametrize("case", sorted(WRONG_PROJECTS.keys() - BEYOND_A_SCHEMA))
def test_editor_marks_what_the_loader_refuses_in_a_project_file(case: str) -> None:
    text = WRONG_PROJECTS[case][0]
    assert isinstance(text, str)
    (value,) = read_text(text).values
    assert not Draft202012Validator(project_schema()).is_valid(value)


def test_editor_accepts_a_full_project_file() -> None:
    (value,) = read_text(FULL).values
    Draft202012Validator(project_schema()).validate(value)
