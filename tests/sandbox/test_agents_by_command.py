"""The Agent API of a sandbox, by the program: from an empty folder, and beside the public API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from program import Project

from reconciler.model.target import SANDBOX_ORGANIZATION_ID as ORGANIZATION
from reconciler.sandbox.store import Store, open_store

MANIFEST = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: sample-data}
spec:
  connector: source-faker
  partialDefaultConfig: {count: 3}
"""
AGENTS = ("--sandbox", "--api", "agents")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.write("manifests/sample.yaml", MANIFEST)
    return found


def state(project: Project) -> Store:
    return open_store(project.root / ".reconciler" / "sandbox.db")


def held(store: Store) -> list[Any]:
    return [json.loads(row.members) for row in store.agent_templates("source", ORGANIZATION)]


def test_a_manifest_without_fields_of_one_api_is_applied_to_both_each_with_rows_of_its_own(
    project: Project,
) -> None:
    assert project.run("apply", *AGENTS, "--yes").code == 0
    with state(project) as store:
        assert [members["partial_default_config"] for members in held(store)] == [{"count": 3}]
        assert store.templates_of(ORGANIZATION) == ()
    assert project.run("drift", *AGENTS).code == 0
    assert project.run("drift", "--sandbox").code == 2
    assert project.run("apply", "--sandbox", "--yes").code == 0
    with state(project) as store:
        assert (len(held(store)), len(store.templates_of(ORGANIZATION))) == (1, 1)


def test_a_connection_template_is_written_and_tried_without_a_lock(project: Project) -> None:
    project.run("new", "destination-dev-null", "-o", "manifests/nothing.yaml")
    project.environment["RECONCILER_VAR_TEST_DESTINATION"] = '{"test_destination_type": "SILENT"}'
    assert project.run("apply", *AGENTS, "--yes").code == 0
    with state(project) as store:
        [row] = store.agent_templates("connection", ORGANIZATION)
        assert json.loads(row.members)["destination_name"] == "dev-null"


def test_a_plan_file_says_which_api_of_the_sandbox_it_is_for(project: Project) -> None:
    project.run("plan", *AGENTS, "--write", "json=plan.json")
    other = project.run("apply", "plan.json", "--sandbox", "--api", "public", "--yes")
    assert (other.code, "the target is another one (url)" in other.out) == (4, True)
    assert project.run("apply", "plan.json", "--yes").code == 0
    with state(project) as store:
        assert (len(held(store)), store.templates_of(ORGANIZATION)) == (1, ())


def test_the_project_file_may_let_a_sandbox_of_the_agent_api_update(project: Project) -> None:
    environment = "{api: sandbox, dialect: agents, policy: create-update}"
    project.write("reconciler.yaml", f"version: 1\nenvironments: {{sandbox: {environment}}}\n")
    assert project.run("apply", "--sandbox", "--yes").code == 0
    project.write("manifests/sample.yaml", MANIFEST.replace("3", "4"))
    assert project.run("apply", "--sandbox", "--yes").code == 0
    with state(project) as store:
        assert [members["partial_default_config"] for members in held(store)] == [{"count": 4}]
        assert [entry.method for entry in store.ledger()].count("PATCH") == 1


def test_tags_alone_are_no_update_where_the_server_has_no_requests_for_tags(project: Project) -> None:
    """Today's servers have none, and the sandbox is as they are."""
    environment = "{api: sandbox, dialect: agents, policy: create-update}"
    project.write("reconciler.yaml", f"version: 1\nenvironments: {{sandbox: {environment}}}\n")
    assert project.run("apply", "--sandbox", "--yes").code == 0
    project.write("manifests/sample.yaml", f"{MANIFEST}  tags: [eu]\n")
    told = project.run("plan", "--sandbox")
    assert "Plan: 1 drifted. Not up to date." in told.out
    assert "nothing but tags differs, and this server has no requests that change them" in told.out


CLONE = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: copy}
spec: {connector: CONNECTOR, cloneOf: 00000000-0000-4000-8000-0000000000ORIGINAL}
"""


@pytest.mark.parametrize(
    ("connector", "original", "why"),
    [
        ("source-faker", "d2", "is a template of connector e094cb9a-26de-4645-8761-65c0c425d1de"),
        ("source-stripe", "ff", "cannot be found: see `reconciler doctor --global`"),
    ],
)
def test_a_clone_that_no_later_run_would_find_again_is_never_created(
    tmp_path: Path, connector: str, original: str, why: str
) -> None:
    project = Project(tmp_path)
    project.write("manifests/copy.yaml", CLONE.replace("CONNECTOR", connector).replace("ORIGINAL", original))
    for _ in range(2):
        told = project.run("apply", *AGENTS, "--yes")
        assert (told.code, why in told.out) == (4, True)
    with state(project) as store:
        assert held(store) == []


def test_a_clone_of_a_template_of_the_same_connector_is_created_once(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(
        "manifests/copy.yaml", CLONE.replace("CONNECTOR", "source-stripe").replace("ORIGINAL", "d2")
    )
    assert project.run("apply", *AGENTS, "--yes").code == 0
    assert project.run("apply", *AGENTS, "--yes").code == 0
    with state(project) as store:
        assert len(held(store)) == 1
