"""`reconciler new`, as a user starts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from program import Project, Run

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.registry.files import user_cache
from reconciler.connectors.registry.lock import lock_text
from reconciler.connectors.registry.registry import ConnectorEntry, ConnectorType
from reconciler.connectors.registry.source import EDITIONS
from reconciler.sandbox import DEFAULT_TEMPLATE_ID

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
TOKEN: Any = {"type": "string", "title": "Token", "airbyte_secret": True}


def entry(repository: str, *, number: int = 1, name: str = "Crm", kind: str = "source") -> ConnectorEntry:
    specification: Any = {
        "connectionSpecification": {"type": "object", "required": ["token"], "properties": {"token": TOKEN}}
    }
    id_ = f"00000000-0000-4000-8000-{number:012d}"
    return ConnectorEntry(id_, ConnectorType(kind), repository, name, "1.2.3", specification)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project, on a machine where no registry was read yet."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root, {"XDG_CACHE_HOME": str(tmp_path / "cache")})


@pytest.fixture
def new(project: Project) -> Callable[..., Run]:
    return lambda *arguments: project.run("new", *arguments)


def lock(project: Project, *entries: ConnectorEntry) -> None:
    project.write("connectors.lock.json", lock_text("oss", entries))


def test_a_manifest_goes_to_stdout_and_words_to_stderr(new: Callable[..., Run], project: Project) -> None:
    told = new("source-faker")
    assert told.code == 0
    assert "\n  name: faker\nspec:\n  connector: source-faker\n" in told.out
    assert told.err == (
        "source-faker from the sandbox's catalogue. Next: reconciler connectors lock, then reconciler validate.\n"
    )
    assert list(project.root.iterdir()) == []


def test_quiet_says_nothing_but_the_manifest(new: Callable[..., Run]) -> None:
    assert new("source-faker", "-q").err == ""


def test_the_same_call_gives_the_same_bytes(new: Callable[..., Run]) -> None:
    assert new("source-github").out == new("airbyte/source-github").out == new("GitHub").out


def test_every_scaffold_is_valid_created_and_then_in_sync(project: Project) -> None:
    environment = f"{{api: sandbox, unmanaged: [{DEFAULT_TEMPLATE_ID}]}}"
    project.write("reconciler.yaml", f"version: 1\nenvironments:\n  sandbox: {environment}\n")
    for connector in builtin_catalogue():
        assert (
            project.run("new", str(connector.repository), "-o", f"manifests/{connector.repository}.yaml").code
            == 0
        )
    validated = project.run("validate")
    assert validated.code == 0, validated.out + validated.err
    assert project.run("apply", "--sandbox", "--yes").code == 0
    told = project.run("drift", "--sandbox")
    assert told.code == 0
    assert told.out.endswith(f"Up to date: {len(builtin_catalogue())} in sync.\n")


def test_every_scaffold_without_a_form_is_created_by_the_agent_api_and_then_in_sync(project: Project) -> None:
    for number, connector in enumerate(builtin_catalogue()):
        file, full = f"manifests/{number}.yaml", ("--full",) if number % 2 else ()
        assert project.run("new", str(connector.repository), "--no-form", "-o", file, *full).code == 0
        assert "partialUserConfigSpec" not in (project.root / file).read_text()
    assert project.run("apply", "--sandbox", "--api", "agents", "--yes").code == 0
    assert project.run("drift", "--sandbox", "--api", "agents").code == 0


def test_a_project_of_the_agent_api_alone_gets_no_form(project: Project) -> None:
    project.write(
        "reconciler.yaml", "version: 1\nenvironments: {cloud: {api: agents}, sandbox: {api: sandbox}}\n"
    )
    assert project.run("new", "source-faker").out == project.run("new", "source-faker", "--no-form").out
    project.write("reconciler.yaml", "version: 1\nenvironments: {cloud: {api: agents}, own: {api: public}}\n")
    assert "partialUserConfigSpec" in project.run("new", "source-faker").out


def test_a_file_is_written_in_folders_that_are_made(new: Callable[..., Run], project: Project) -> None:
    told = new("source-stripe", "--name", "stripe-eu", "-o", "manifests/payments/eu.yaml")
    assert told.code == 0
    assert told.out == ""
    assert told.err.startswith("Wrote manifests/payments/eu.yaml.\n")
    assert "\n  name: stripe-eu\n" in (project.root / "manifests/payments/eu.yaml").read_text(
        encoding="utf-8"
    )


def test_an_existing_file_is_never_overwritten(new: Callable[..., Run], project: Project) -> None:
    file = project.write("manifests/stripe.yaml", "mine\n")
    told = new("source-stripe", "-o", "manifests/stripe.yaml")
    assert told.code == 4
    assert told.err == (
        "Error: manifests/stripe.yaml exists already, and is not overwritten\n"
        "  give another name with -o, or remove the file first\n"
    )
    assert file.read_text() == "mine\n"


def test_a_link_that_leads_nowhere_counts_as_existing(new: Callable[..., Run], project: Project) -> None:
    (project.root / "a.yaml").symlink_to("elsewhere.yaml")
    assert new("source-stripe", "-o", "a.yaml").code == 4
    assert not (project.root / "elsewhere.yaml").exists()


def test_a_folder_that_cannot_be_made_is_said(new: Callable[..., Run], project: Project) -> None:
    project.write("manifests", "a file")
    told = new("source-stripe", "-o", "manifests/stripe.yaml")
    assert told.code == 1
    assert told.err == "Error: manifests: could not be written: File exists\n"


def test_chdir_is_where_the_project_and_the_file_are(tmp_path: Path, project: Project) -> None:
    elsewhere = Project(tmp_path, project.environment)
    lock(project, entry("airbyte/source-crm"))
    assert elsewhere.run("new", "source-crm", "-C", "project", "-o", "manifests/crm.yaml").code == 0
    assert (project.root / "manifests/crm.yaml").is_file()


def test_an_unknown_connector_is_answered_with_what_was_probably_meant(new: Callable[..., Run]) -> None:
    told = new("source-strpe")
    assert told.code == 3
    assert told.out == ""
    assert told.err == (
        'argument CONNECTOR: error R201: the connector "source-strpe" is not in the sandbox\'s catalogue; did you mean '
        "source-stripe? Otherwise search with `reconciler connectors search`; `reconciler new source-strpe --registry cloud` "
        "(or oss) looks into that registry\n"
        "Invalid: 1 error\n"
    )


def test_the_lock_comes_first(new: Callable[..., Run], project: Project) -> None:
    lock(project, entry("airbyte/source-stripe", name="Mine"))
    told = new("source-stripe")
    assert told.out.startswith(
        "## Mine 1.2.3. Written by `reconciler new`; yours to edit.\n## A line with ##"
    )
    assert told.err == "source-stripe from connectors.lock.json. Next: reconciler validate.\n"


def test_a_shortened_specification_is_said_to_be_one(new: Callable[..., Run]) -> None:
    head = new("source-stripe").out.partition("apiVersion")[0]
    assert "From the sandbox's catalogue, whose specifications are shortened" in head


def test_the_registry_as_it_was_last_read_here_is_used_without_a_connection(
    new: Callable[..., Run], project: Project
) -> None:
    definition = {
        "sourceDefinitionId": "00000000-0000-4000-8000-000000000002",
        "dockerRepository": "airbyte/source-rare",
        "dockerImageTag": "0.1.0",
        "name": "Rare",
        "spec": {"connectionSpecification": {"type": "object", "required": [], "properties": {}}},
    }
    body = json.dumps({"sources": [definition], "destinations": []}).encode()
    user_cache(project.environment).store(EDITIONS["cloud"], body, None, now=1_700_000_000)
    told = new("source-rare")
    assert told.code == 0
    assert "## From the cloud registry (read " in told.out
    assert "Next: reconciler connectors lock, then reconciler validate." in told.err


DEFINITION: Any = {
    "sourceDefinitionId": "00000000-0000-4000-8000-0000000000d1",
    "dockerRepository": "airbyte/source-rare",
    "dockerImageTag": "0.1.0",
    "name": "Rare",
    "spec": {
        "connectionSpecification": {"type": "object", "required": ["token"], "properties": {"token": TOKEN}}
    },
}


def locked(project: Project) -> Any:
    return json.loads((project.root / "connectors.lock.json").read_text())


@pytest.mark.parametrize("document", [{"sources": [DEFINITION]}, [DEFINITION], DEFINITION])
def test_a_connector_of_a_registry_is_found_without_a_lock_and_locked(
    new: Callable[..., Run], project: Project, document: Any
) -> None:
    project.write("registry.json", json.dumps(document))
    told = new("rare", "--registry", "registry.json", "-o", "manifests/rare.yaml")
    words = (
        "the registry registry.json"
        if isinstance(document, dict) and "sources" in document
        else "registry.json"
    )
    assert (told.code, told.out) == (0, "")
    assert told.err == (
        "Wrote manifests/rare.yaml.\n"
        f"source-rare 0.1.0 from {words}, now in connectors.lock.json. Next: reconciler validate.\n"
    )
    assert [entry["repository"] for entry in locked(project)["connectors"]] == ["airbyte/source-rare"]
    assert locked(project)["source"] == ("registry.json" if words.startswith("the") else "cloud")
    assert project.run("validate").code == 0


def test_a_lock_gains_exactly_the_connector_that_was_used(new: Callable[..., Run], project: Project) -> None:
    lock(project, entry("airbyte/source-crm"))
    before = locked(project)
    other = {
        **DEFINITION,
        "dockerRepository": "airbyte/source-x",
        "sourceDefinitionId": "00000000-0000-4000-8000-0000000000d2",
    }
    project.write("registry.json", json.dumps({"sources": [DEFINITION, other]}))
    assert new("source-rare", "--registry", "registry.json").code == 0
    after = locked(project)
    assert after["source"] == "oss"
    assert after["connectors"][0] == before["connectors"][0]
    assert [entry["repository"] for entry in after["connectors"]] == [
        "airbyte/source-crm",
        "airbyte/source-rare",
    ]


def test_what_is_locked_is_used_and_no_registry_is_read(new: Callable[..., Run], project: Project) -> None:
    lock(project, entry("airbyte/source-crm", name="Mine"))
    before = (project.root / "connectors.lock.json").read_bytes()
    for name in ("source-crm", "crm", "MINE"):
        told = new(name, "--registry", "nowhere.json")
        assert told.err == "source-crm from connectors.lock.json. Next: reconciler validate.\n"
        assert told.out.startswith("## Mine 1.2.3.")
    assert (project.root / "connectors.lock.json").read_bytes() == before


def test_a_manifest_that_is_not_written_locks_nothing_and_the_other_way_round(
    new: Callable[..., Run], project: Project
) -> None:
    project.write("registry.json", json.dumps({"sources": [DEFINITION]}))
    project.write("manifests/rare.yaml", "mine\n")
    assert new("rare", "--registry", "registry.json", "-o", "manifests/rare.yaml").code == 4
    assert not (project.root / "connectors.lock.json").exists()
    lock(project, entry("airbyte/source-crm"))
    altered = (project.root / "connectors.lock.json").read_text().replace("Token", "Tokens")
    project.write("connectors.lock.json", altered)
    told = new("rare", "--registry", "registry.json", "-o", "manifests/new.yaml")
    assert told.code == 3
    assert "error R224: the digest of source-crm does not fit its specification" in told.err
    assert not (project.root / "manifests/new.yaml").exists()
    assert (project.root / "connectors.lock.json").read_text() == altered


def test_what_init_locked_from_the_sandbox_gives_way_to_the_registry(
    new: Callable[..., Run], project: Project
) -> None:
    assert project.run("init").code == 0
    faker = {**DEFINITION, "dockerRepository": "airbyte/source-faker", "sourceDefinitionId": FAKER_ID}
    project.write("registry.json", json.dumps({"sources": [faker]}))
    assert new("faker", "--registry", "registry.json").out.startswith("## Rare 0.1.0.")
    assert [(each["repository"], each["version"]) for each in locked(project)["connectors"]] == [
        ("airbyte/source-faker", "0.1.0")
    ]
    assert locked(project)["source"] == "registry.json"


def test_several_candidates_are_listed_with_the_command(new: Callable[..., Run], project: Project) -> None:
    other = {
        **DEFINITION,
        "dockerRepository": "acme/source-rarer",
        "sourceDefinitionId": "00000000-0000-4000-8000-0000000000d2",
    }
    project.write("registry.json", json.dumps({"sources": [DEFINITION, other]}))
    told = new("rar", "--registry", "registry.json")
    assert (told.code, told.out) == (3, "")
    assert told.err == (
        'argument CONNECTOR: error R212: the connector "rar" is one of 2: acme/source-rarer '
        "(00000000-0000-4000-8000-0000000000d2) and source-rare (00000000-0000-4000-8000-0000000000d1); name one of them by "
        "repository or id, such as `reconciler new acme/source-rarer --registry registry.json`\nInvalid: 1 error\n"
    )


def test_a_connector_that_its_registry_withdrew_says_so(new: Callable[..., Run], project: Project) -> None:
    project.write("registry.json", json.dumps({"sources": [{**DEFINITION, "tombstone": True}]}))
    head = new("rare", "--registry", "registry.json").out.partition("apiVersion")[0]
    assert "Should not be used any more: the registry marks it as removed" in head


def test_a_destination_becomes_a_connection_template_without_a_value_made_up(
    new: Callable[..., Run], project: Project
) -> None:
    lock(project, entry("airbyte/destination-lake", name="Lake", kind="destination"))
    told = new("destination-lake", "-o", "manifests/lake.yaml")
    assert told.code == 0
    assert (project.root / "manifests/lake.yaml").read_text() == (
        "## Lake. Written by `reconciler new`; yours to edit.\n"
        "## A line with ## explains. A line with # offers something: uncomment it.\n"
        "apiVersion: reconciler/v1\n"
        "kind: ConnectionTemplate\n"
        "metadata:\n"
        "  name: lake\n"
        "spec:\n"
        "  destinationName: lake\n"
        "  connector: destination-lake\n"
        "  destinationConfig:\n"
        "    ## token: REQUIRED | string | secret\n"
        "    token: !env RECONCILER_VAR_TOKEN\n"
        "  ## When syncs start, as a Quartz expression in UTC.\n"
        '  # cronExpression: "0 0 12 * * ?"\n'
        "  # nonBreakingChangesPreference: propagate_columns\n"
        "  # syncOnCreate: false\n"
    )
    project.environment["RECONCILER_VAR_TOKEN"] = "hush"
    assert project.run("validate").code == 0


def test_a_broken_lock_is_not_passed_over(new: Callable[..., Run], project: Project) -> None:
    project.write("connectors.lock.json", "{")
    told = new("source-faker")
    assert told.code == 3
    assert told.err.startswith("connectors.lock.json:1:")


@pytest.mark.parametrize("repository", ["acme/source-crm", "acme/crm"])
def test_the_name_is_the_repositorys_without_what_all_share(
    new: Callable[..., Run], project: Project, repository: str
) -> None:
    lock(project, entry(repository))
    assert f"\n  name: crm\nspec:\n  connector: {repository}\n" in new(repository).out


def test_a_repository_that_is_no_name_gives_way_to_the_id(new: Callable[..., Run], project: Project) -> None:
    lock(project, entry("acme/source- "))
    assert (
        '\n  name: "00000000-0000-4000-8000-000000000001"\n'
        in new("00000000-0000-4000-8000-000000000001").out
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("source-faker", "--name", ""),
        ("source-faker", "--name", " x"),
        ("source-faker", "--name", "a\nb"),
        ("source-faker", "-o", "manifests/faker.json"),
        ("source-faker", "-o", "manifests"),
    ],
)
def test_a_wrong_command_line_exits_64(new: Callable[..., Run], arguments: tuple[str, ...]) -> None:
    assert new(*arguments).code == 64


@pytest.mark.parametrize(
    ("schemas", "line"),
    [
        ((), ""),
        (("manifest",), "# yaml-language-server: $schema=../schemas/manifest.schema.json\n"),
        (
            ("manifest", "source-faker"),
            "# yaml-language-server: $schema=../schemas/source-faker.schema.json\n",
        ),
    ],
)
def test_an_editor_is_pointed_to_a_schema_that_is_there(
    new: Callable[..., Run], project: Project, schemas: tuple[str, ...], line: str
) -> None:
    for schema in schemas:
        project.write(f"schemas/{schema}.schema.json", "{}")
    new("source-faker", "-o", "manifests/faker.yaml")
    text = (project.root / "manifests/faker.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"{line}## Sample Data")


def test_help_has_examples(new: Callable[..., Run]) -> None:
    told = new("--help")
    assert told.code == 0
    assert "Examples:" in told.out
