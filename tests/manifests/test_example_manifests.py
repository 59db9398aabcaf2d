"""The manifests of this repository: sound, accepted by the server, and stored as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.server.java_values import ABSENT
from reconciler.manifests.load import load_manifests
from reconciler.manifests.project import read_project
from reconciler.manifests.schema import manifest_schema, project_schema
from reconciler.model.target import Api
from reconciler.model.template import Manifest
from reconciler.sandbox import DEFAULT_TEMPLATE_ID

REPOSITORY = Path(__file__).parents[2]
FILES = sorted((REPOSITORY / "manifests").rglob("*.yaml"))
MODELINE = "# yaml-language-server: $schema="


def examples() -> dict[str, Manifest]:
    loaded = load_manifests(
        (REPOSITORY / "manifests",), root=REPOSITORY, catalogue=builtin_catalogue(), environ={}
    )
    assert loaded.problems == ()
    return {manifest.name: manifest for manifest in loaded.manifests}


def test_examples_load_without_a_problem() -> None:
    assert list(examples()) == ["google-drive", "hubspot", "sample-data", "stripe"]


@pytest.mark.parametrize("name", ["google-drive", "hubspot", "sample-data", "stripe"])
def test_server_accepts_an_example_and_stores_it_as_written(name: str) -> None:
    manifest = examples()[name]
    form = ABSENT if manifest.form is None else manifest.form
    evaluation = evaluate_create(manifest.connector.specification, manifest.presets, form)
    assert (evaluation.status, evaluation.message) == (200, "")
    assert evaluation.stored_presets == manifest.presets


def test_sample_data_asks_for_the_required_count() -> None:
    form = examples()["sample-data"].form
    assert form is not None
    schema = form["connectionSpecification"]
    assert isinstance(schema, dict)
    assert (schema["title"], schema["required"]) == ("Sample data", ["count"])
    assert schema["properties"]["count"]["default"] == 5000  # type: ignore[call-overload,index]


@pytest.mark.parametrize("path", [*FILES, REPOSITORY / "reconciler.yaml"], ids=lambda path: path.name)
def test_modeline_names_the_schema_that_the_file_follows(path: Path) -> None:
    first, *_ = path.read_text().splitlines()
    assert first.startswith(MODELINE)
    schema = (path.parent / first.removeprefix(MODELINE)).resolve()
    is_project = path.name == "reconciler.yaml"
    assert schema == REPOSITORY / "schemas" / f"{'project' if is_project else 'manifest'}.schema.json"
    validator = Draft202012Validator(project_schema() if is_project else manifest_schema())
    validator.validate(yaml.safe_load(path.read_text()))


def test_project_file_has_a_sandbox_and_the_organization_of_the_documentation() -> None:
    project = read_project(REPOSITORY)
    production = project.select(None, {})
    sandbox = project.select("sandbox", {})
    assert (production.environment, production.api, production.organization_id) == (
        "production",
        Api.PUBLIC,
        "7c60d51f-b44e-4682-87d6-449835ea4de6",
    )
    assert (sandbox.api, sandbox.unmanaged) == (Api.SANDBOX, frozenset({DEFAULT_TEMPLATE_ID}))
