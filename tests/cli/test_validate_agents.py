"""`validate` for the Agent API: what it says of schedules, and which environment a manifest is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import Project

from reconciler.connectors.catalogue import builtin_lock

HOSTED = """\
apiVersion: reconciler/v1
kind: ConnectionTemplate
metadata: {name: hosted}
spec: {dataHostingType: airbyte_hosted, cronExpression: 0 0 12 1 1 ? 2098-2099}
"""
FORM = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: form}
spec:
  connector: source-faker
  partialDefaultConfig: {}
  partialUserConfigSpec: {connectionSpecification: {type: object, properties: {}}}
"""
ENVIRONMENTS = """\
version: 1
environments:
  cloud: {api: agents}
  own: {api: public}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("reconciler.yaml", ENVIRONMENTS)
    made.write("manifests/hosted.yaml", HOSTED)
    return made


def test_a_schedule_is_shown_in_words_with_its_next_times(project: Project) -> None:
    told = project.run("validate", "-v", "-e", "cloud")
    assert (told.code, told.out) == (
        0,
        (
            "hosted  Airbyte  manifests/hosted.yaml:1:1\n"
            "    server not known: the rules of the Agent API's server are not published\n"
            "    syncs  at 12:00 on day 1 of the month in January in 2098 and 2099, UTC; next: 2098-01-01 12:00, 2099-01-01 12:00\n"
            "\n"
            "Valid: 1 manifest read, no problems, 1 verdict not known (the rules of the Agent API's server are not published).\n"
        ),
    )
    (manifest,) = json.loads(project.run("validate", "-f", "json").out)["manifests"]
    assert (manifest["verdict"], manifest["asks"], manifest["connector"]) == (None, None, None)
    assert manifest["schedule"] == {
        "words": "at 12:00 on day 1 of the month in January in 2098 and 2099, UTC",
        "next": ["2098-01-01T12:00:00Z", "2099-01-01T12:00:00Z"],
    }


def test_a_manifest_is_wrong_only_for_an_environment_that_cannot_express_it(project: Project) -> None:
    project.write("manifests/form.yaml", FORM)
    assert project.run("validate").code == 0
    cloud, own = project.run("validate", "-e", "cloud"), project.run("validate", "-e", "own")
    assert (cloud.code, own.code) == (3, 3)
    assert (
        "manifests/form.yaml:7:3: error R112: the Agent API, which this environment speaks, takes no"
        in cloud.out
    )
    assert (
        "manifests/hosted.yaml:2:7: error R112: the public API, which this environment speaks, has no"
        in own.out
    )


def test_without_an_environment_nothing_of_the_public_server_is_said_where_the_agent_api_is_one(
    project: Project,
) -> None:
    (project.root / "manifests/hosted.yaml").unlink()
    project.write("connectors.lock.json", builtin_lock())
    project.write(
        "manifests/plain.yaml", FORM.partition("  partialUserConfigSpec")[0].replace("form", "plain")
    )

    def verdict(*options: str) -> object:
        (manifest,) = json.loads(project.run("validate", "-f", "json", *options).out)["manifests"]
        return manifest["verdict"] and manifest["verdict"]["status"]

    assert (verdict(), verdict("-e", "cloud"), verdict("-e", "own")) == (None, None, 200)
    assert "makes the form from the connector" in project.run("preview").out
    project.write("manifests/plain.yaml", FORM)  # no form can be written on the Agent API
    assert verdict() == 200
    assert "No form can be shown" not in project.run("preview").out


def test_what_is_known_in_part_is_counted_once(project: Project) -> None:
    project.write(
        "manifests/hosted.yaml", HOSTED.replace("0 0 12 1 1 ? 2098-2099", "!env RECONCILER_VAR_CRON")
    )
    told = project.run("validate", "-e", "cloud")
    assert told.out.endswith(
        "Invalid: 1 manifest read, 1 error, 1 only in part (1 value of variables that are not set, 1 verdict not known).\n"
    )
