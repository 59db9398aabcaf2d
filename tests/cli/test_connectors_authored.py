"""`reconciler connectors lock --registry FILE` for what a connector's author has, beside the connectors of a registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from program import Project

LOCK = "connectors.lock.json"
CRM_ID = "00000000-0000-4000-8000-0000000000c1"
OWN_ID = "00000000-0000-4000-8000-0000000000a1"
AS_OWN = ("--as", "source-own", "--id", OWN_ID)
FORM: Any = {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}}
SPEC: Any = {"documentationUrl": "https://example.com", "connectionSpecification": FORM}
CRM: Any = {
    "sourceDefinitionId": CRM_ID,
    "dockerRepository": "airbyte/source-crm",
    "dockerImageTag": "1.0.0",
    "name": "Crm",
    "spec": {"connectionSpecification": FORM},
}
OWN: Any = {**CRM, "sourceDefinitionId": OWN_ID, "dockerRepository": "acme/source-own", "name": "Own"}
LOG = json.dumps({"type": "LOG", "log": {"level": "INFO", "message": "{'starting': 1}"}})
OUTPUT = f"SLF4J: no logger\n{LOG}\n{json.dumps({'type': 'SPEC', 'spec': SPEC})}\n{LOG}\n"
SPEC_YAML = """\
documentationUrl: https://example.com
connectionSpecification:
  type: object
  required: [key]
  properties: {key: {type: string}}
"""
SNAKE_YAML = SPEC_YAML.replace("ionUrl", "ion_url").replace("ionSpec", "ion_spec")
LOW_CODE = """\
version: 6.51.0
type: DeclarativeSource
definitions:
  since: 2024-01-01   # a date to a strict reader, and none of our business
spec:
  type: Spec
  documentation_url: https://example.com
  connection_specification:
    type: object
    required: [key]
    properties: {key: {type: string}}
"""


def manifest(connector: str, name: str) -> str:
    return (
        "apiVersion: reconciler/v1\nkind: SourceTemplate\n"
        f"metadata: {{name: {name}}}\nspec:\n  connector: {connector}\n  partialDefaultConfig: {{}}\n"
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a registry on disk, a manifest of one of its connectors, and no way to any network."""
    project = Project(tmp_path / "project")
    project.environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "ALL_PROXY": "http://127.0.0.1:1"}
    project.write("manifests/crm.yaml", manifest("source-crm", "crm"))
    project.write("registry.json", json.dumps({"sources": [CRM]}))
    return project


def entries(project: Project) -> dict[str, Any]:
    document = json.loads((project.root / LOCK).read_text())
    return {entry["repository"]: entry for entry in document["connectors"]}


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("out.txt", OUTPUT, "the message that a connector's `spec` command prints"),
        ("spec.jsonl", json.dumps({"type": "SPEC", "spec": SPEC}), "the message that a connector's `spec` command prints"),
        ("spec.json", json.dumps(SPEC), "a connector's specification"),
        ("spec.json", "\ufeff" + json.dumps(SPEC, indent=1), "a connector's specification"),
        ("spec.yaml", SPEC_YAML, "a connector's specification"),
        ("spec.yml", SNAKE_YAML, "a connector's specification"),
        ("manifest.yaml", LOW_CODE, "a low-code manifest"),
    ],
)  # fmt: skip
def test_a_specification_in_each_of_its_shapes_is_locked_under_the_given_name(
    project: Project, file: str, text: str, words: str
) -> None:
    project.write(file, text)
    run = project.run("connectors", "lock", "--registry", file, *AS_OWN)
    assert (run.code, run.err) == (0, f"{file} was read as {words}.\n")
    assert run.out == (
        f"+ source-own dev\nconnectors.lock.json: 1 connector from {file}; written: 1 added.\n"
    )
    (entry,) = entries(project).values()
    assert {key: entry[key] for key in ("id", "type", "repository", "name", "version")} == {
        "id": OWN_ID,
        "type": "source",
        "repository": "source-own",
        "name": "Own",
        "version": "dev",
    }
    assert entry["spec"] == SPEC
    project.write("manifests/crm.yaml", manifest("source-own", "own"))
    assert project.run("validate").code == 0
    assert project.run("connectors", "lock", "--registry", file, *AS_OWN, "--check").code == 0


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (OWN, "an entry of a registry"),
        ([OWN], "a list of registry entries"),
    ],
)
def test_entries_of_a_registry_have_names_of_their_own(project: Project, document: Any, words: str) -> None:
    project.write("own.json", json.dumps(document))
    run = project.run("connectors", "lock", "--registry", "own.json")
    assert (run.code, run.err) == (0, f"own.json was read as {words}.\n")
    assert entries(project)["acme/source-own"]["version"] == "1.0.0"


def test_an_entry_of_a_locked_connector_brings_its_new_version(project: Project) -> None:
    named = ("connectors", "lock", "--registry", "own.json", "--as", "acme/source-own")
    for version in ("1.0.0", "2.0.0"):
        project.write("own.json", json.dumps({**OWN, "dockerImageTag": version}))
        assert project.run(*named).code == 0
        assert entries(project)["acme/source-own"]["version"] == version


def test_an_entry_is_completed_and_never_contradicted(project: Project) -> None:
    project.write("own.json", json.dumps({"dockerRepository": "acme/source-own", "spec": SPEC}))
    assert project.run("connectors", "lock", "--registry", "own.json").code == 3
    more = ("--id", OWN_ID, "--name", "Own", "--tag", "2.0.0")
    assert project.run("connectors", "lock", "--registry", "own.json", *more).code == 0
    assert entries(project)["acme/source-own"]["version"] == "2.0.0"
    run = project.run("connectors", "lock", "--registry", "own.json", "--as", "source-other", *more)
    assert (run.code, run.err) == (
        3,
        (
            "own.json:1:22: error R225: /dockerRepository: it says `dockerRepository` itself, and something else; "
            "leave that option out\nInvalid: 1 error\n"
        ),
    )


def test_a_custom_connector_stays_beside_those_of_the_registry(project: Project) -> None:
    assert project.run("connectors", "lock", "--registry", "registry.json").code == 0
    project.write("spec.json", json.dumps(SPEC))
    added = project.run("connectors", "lock", "--registry", "spec.json", *AS_OWN)
    assert added.out == (
        "+ source-own dev\nconnectors.lock.json: 2 connectors, 1 of them from spec.json; written: 1 added.\n"
    )
    sound = (project.root / LOCK).read_bytes()
    assert json.loads(sound)["source"] == "registry.json"
    kept = "= source-own dev: kept, registry.json does not know it\n"
    counted = "connectors.lock.json: 2 connectors, 1 of them from registry.json; up to date.\n"
    for again in (("--check",), (), ("--registry", "registry.json")):
        run = project.run("connectors", "lock", *again)
        assert (run.code, run.out, run.err) == (0, kept + counted, "")
        assert (project.root / LOCK).read_bytes() == sound
    project.write("registry.json", json.dumps({"sources": [{**CRM, "dockerImageTag": "1.1.0"}]}))
    assert project.run("connectors", "lock").code == 0
    assert {name: entry["version"] for name, entry in entries(project).items()} == {
        "airbyte/source-crm": "1.1.0",
        "source-own": "dev",
    }


def test_a_new_specification_of_a_locked_connector_needs_its_name_only(project: Project) -> None:
    project.write("spec.json", json.dumps(SPEC))
    project.run("connectors", "lock", "--registry", "spec.json", *AS_OWN, "--name", "Ours", "--tag", "1.0.0")
    more = {**FORM, "properties": {**FORM["properties"], "region": {"type": "string"}}}
    project.write("spec.json", json.dumps({**SPEC, "connectionSpecification": more}))
    check = project.run("connectors", "lock", "--registry", "spec.json", "--as", "source-own", "--check")
    assert (check.code, check.out.splitlines()[0]) == (2, "~ source-own 1.0.0: adds optional `region`")
    run = project.run("connectors", "lock", "--registry", "spec.json", "--as", "source-own", "--tag", "1.1.0")
    assert run.out.startswith("~ source-own 1.0.0 -> 1.1.0: adds optional `region`\n")
    entry = entries(project)["source-own"]
    assert (entry["id"], entry["name"], entry["version"]) == (OWN_ID, "Ours", "1.1.0")


def test_a_custom_connector_that_was_edited_by_hand_gets_no_digest_that_fits(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    project.write("spec.json", json.dumps(SPEC))
    project.run("connectors", "lock", "--registry", "spec.json", *AS_OWN)
    altered = (project.root / LOCK).read_text().replace("https://example.com", "https://example.org")
    project.write(LOCK, altered)
    run = project.run("connectors", "lock")
    assert run.code == 3
    assert "error R224: the digest of source-own does not fit its specification" in run.err
    assert "`reconciler connectors lock --registry FILE --as source-own`" in run.err
    assert (project.root / LOCK).read_text() == altered
    assert project.run("connectors", "lock", "--registry", "spec.json", "--as", "source-own").code == 0
    assert project.run("connectors", "lock", "--check").code == 0


def test_two_connectors_never_share_a_name(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    before = (project.root / LOCK).read_bytes()
    project.write("spec.json", json.dumps(SPEC))
    run = project.run("connectors", "lock", "--registry", "spec.json", "--as", "source-crm", "--id", OWN_ID)
    assert (run.code, run.err) == (
        3,
        (
            f"spec.json: error R212: source-crm is what the lock calls the connector {CRM_ID}, not {OWN_ID}; "
            "give it another name with --as\nInvalid: 1 error\n"
        ),
    )
    assert (project.root / LOCK).read_bytes() == before


NO_FORM = "the specification has neither `connectionSpecification` nor `connection_specification`; "
FORMLESS = json.dumps({**CRM, "spec": {"documentationUrl": "x"}})
FORMLESS_PLACE = FORMLESS.index('{"documentationUrl') + 1
BAD_MESSAGE = f'{LOG}\n{{"type": "SPEC", "spec": {{"connectionSpecification": 1}}}}'
MISSPELT = LOW_CODE.replace("connection_specification:", "connection_specificatio:")
NAMELESS = "a connector's specification does not say which connector it is of; lock it with `reconciler connectors lock --registry FILE`"
A_LIST = "it is a list without an entry that can be locked: "


@pytest.mark.parametrize(
    ("file", "text", "place", "said"),
    [
        ("spec.json", FORMLESS, f"1:{FORMLESS_PLACE}", f"/spec: {NO_FORM}give the line that the connector's `spec` command prints"),
        ("spec.json", '{\n "connectionSpecification": []}', "2:29", "/connectionSpecification: it must be an object; "),
        ("out.txt", BAD_MESSAGE, "2:54", "/spec/connectionSpecification: it must be an object; "),
        ("out.txt", f"{LOG}\n{LOG}\n", "", "it has 2 messages of the Airbyte protocol, and no SPEC among them; "),
        ("out.txt", OUTPUT + OUTPUT.replace("key", "other"), "", "it has 2 SPEC messages, which say different things; "),
        ("m.yaml", MISSPELT, "6:3", f"/spec: {NO_FORM}"),
        ("m.yaml", SPEC_YAML + "---\n" + SPEC_YAML, "7:1", "it has several documents; give one"),
        ("m.yaml", SPEC_YAML.replace("string", "!env X"), "5:28", "a variable in a connector's specification; "),
        ("m.yaml", LOW_CODE.partition("spec:")[0], "1:1", "it is a low-code manifest without a `spec`; give the spec.yaml or"),
        ("schema.json", json.dumps(FORM), "1:1", "it is a bare JSON schema: a specification has it under `connectionS"),
        ("spec.json", "{", "1:2", "not JSON: "),
        ("spec.json", "[]", "1:1", f"{A_LIST}it is empty; "),
        ("spec.json", "[1]", "1:1", f"{A_LIST}/0: it is not an object; "),
        ("spec.json", "3", "1:1", "it is no connector's specification"),
        ("spec.json", json.dumps(SPEC), "1:1", f"{NAMELESS} and --as source-NAME and --id UUID"),
    ],
)  # fmt: skip
def test_what_cannot_be_locked_is_told_with_its_place_and_a_way_out(
    project: Project, file: str, text: str, place: str, said: str
) -> None:
    project.write(file, text)
    run = project.run("connectors", "lock", "--registry", file)
    where = f"{file}:{place}" if place else file
    assert (run.code, run.err.startswith(f"{where}: error R225: {said}")) == (3, True), run.err
    assert not (project.root / LOCK).exists()


def test_yaml_is_read_strictly_where_the_specification_is(project: Project) -> None:
    project.write("m.yaml", LOW_CODE.replace("required: [key]", "required: [on]"))
    run = project.run("connectors", "lock", "--registry", "m.yaml", *AS_OWN)
    assert run.code == 3
    assert run.err.startswith("m.yaml:10:16: error R010: `on` is true in YAML 1.1")
    assert run.err.endswith("\nInvalid: 1 error\n")


def test_of_a_list_the_broken_entries_are_skipped_by_name(project: Project) -> None:
    project.write("own.json", json.dumps([OWN, {**CRM, "spec": {}}]))
    run = project.run("connectors", "lock", "--registry", "own.json")
    assert run.code == 0
    assert "own.json: skipped /1/spec: the specification has neither `connectionSpecification` nor" in run.err
    assert list(entries(project)) == ["acme/source-own"]


def test_an_entry_without_a_form_is_not_locked_from_a_registry(project: Project) -> None:
    project.write("registry.json", json.dumps({"sources": [OWN, {**CRM, "spec": {"documentationUrl": "x"}}]}))
    run = project.run("connectors", "lock", "--registry", "registry.json")
    assert run.code == 3
    assert (
        'error R201: the connector "source-crm" is in the registry registry.json, but cannot be locked: its specification '
        "has no connectionSpecification" in run.err
    )


@pytest.mark.parametrize(
    "arguments",
    [("--registry", "registry.json", *AS_OWN), ("--registry", "oss", *AS_OWN), AS_OWN],
)
def test_a_name_is_for_files_that_lack_one(project: Project, arguments: tuple[str, ...]) -> None:
    run = project.run("connectors", "lock", *arguments)
    assert run.code == 3
    assert "--as" in run.err


@pytest.mark.parametrize("arguments", [("--id", "x"), ("--as", ""), ("--as", " a"), ("--name", "a\nb")])
def test_a_wrong_name_or_id_is_a_wrong_command_line(project: Project, arguments: tuple[str, ...]) -> None:
    assert project.run("connectors", "lock", "--registry", "registry.json", *arguments).code == 64
