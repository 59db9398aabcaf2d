"""`reconciler connectors` as a user starts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from program import Project

LOCK = "connectors.lock.json"
CRM_ID = "00000000-0000-4000-8000-0000000000c1"
FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
TEXT = {"type": "string"}
NO_NETWORK = "http://127.0.0.1:1"


def manifest(connector: str, name: str, *, presets: str = "{}") -> str:
    return (
        "apiVersion: reconciler/v1\nkind: SourceTemplate\n"
        f"metadata: {{name: {name}}}\nspec:\n  connector: {connector}\n  partialDefaultConfig: {presets}\n"
    )


def source(
    repository: str, identity: str, version: str = "1.0.0", name: str = "Crm", **properties: Any
) -> Any:
    required = sorted(key for key, value in properties.items() if value.pop("needed", False))
    return {
        "sourceDefinitionId": identity,
        "dockerRepository": repository,
        "dockerImageTag": version,
        "name": name,
        "spec": {
            "connectionSpecification": {"type": "object", "required": required, "properties": properties}
        },
    }


CRM = source("airbyte/source-crm", CRM_ID, key={**TEXT})
FAKER = source("airbyte/source-faker", FAKER_ID, name="Sample Data")


def publish(project: Project, *sources: Any, file: str = "registry.json") -> None:
    project.write(file, json.dumps({"sources": list(sources), "destinations": []}))


def locked(project: Project) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project.root / LOCK).read_text())
    return document


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that names a connector which nothing resolves yet; no way to any network."""
    project = Project(tmp_path / "project")
    project.write("manifests/crm.yaml", manifest("source-crm", "crm"))
    project.environment = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HTTPS_PROXY": NO_NETWORK,
        "HTTP_PROXY": NO_NETWORK,
        "ALL_PROXY": NO_NETWORK,
        "NO_PROXY": "127.0.0.1",
    }
    publish(project, CRM, FAKER)
    return project


class Registry:
    """A registry over HTTP with an ETag; `requests` holds what it was asked with."""

    def __init__(self) -> None:
        self.body = b""
        self.requests: list[str | None] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.headers.get("If-None-Match")
                registry.requests.append(asked)
                tag = f'"{hash(registry.body)}"'
                self.send_response(304 if asked == tag else 200)
                self.send_header("ETag", tag)
                self.end_headers()
                if asked != tag:
                    self.wfile.write(registry.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/registry.json"
        self.thread = Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def registry() -> Iterator[Registry]:
    server = Registry()
    server.body = json.dumps({"sources": [CRM, FAKER]}).encode()
    yield server
    server.stop()


@pytest.mark.parametrize("command", [(), ("lock",), ("search",), ("show",)])
def test_every_command_has_help_with_an_example(project: Project, command: tuple[str, ...]) -> None:
    assert "Examples:" in project.run("connectors", *command, "--help").out


def test_from_an_unknown_connector_to_an_offline_validation(project: Project) -> None:
    assert project.run("validate").code == 3

    first = project.run("connectors", "lock", "--registry", "registry.json")
    assert (first.code, first.err) == (0, "")
    assert first.out == (
        "+ source-crm 1.0.0\nconnectors.lock.json: 1 connector from registry.json; written: 1 added.\n"
    )
    assert [entry["repository"] for entry in locked(project)["connectors"]] == ["airbyte/source-crm"]
    assert project.run("validate").code == 0
    assert project.run("connectors", "lock", "--check").code == 0

    publish(project, source("airbyte/source-crm", CRM_ID, "1.1.0", region={**TEXT, "needed": True}), FAKER)
    before = (project.root / LOCK).read_bytes()
    check = project.run("connectors", "lock", "--check")
    words = "~ source-crm 1.0.0 -> 1.1.0: adds required `region`; removes `key`\n"
    assert check.code == 2
    assert check.out == (
        f"{words}connectors.lock.json: 1 connector from registry.json; would change: 1 changed; run "
        "`reconciler connectors lock`.\n"
    )
    assert (project.root / LOCK).read_bytes() == before

    second = project.run("connectors", "lock")
    assert (second.code, second.out.startswith(words)) == (0, True)
    assert project.run("connectors", "lock", "--check").code == 0
    assert project.run("validate").code == 0


def test_a_registry_outside_of_the_project_is_told(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inside, outside = project.root / "registry.json", tmp_path_factory.mktemp("elsewhere") / "registry.json"
    assert project.run("connectors", "lock", "--registry", str(inside)).err == ""
    assert locked(project)["source"] == "registry.json"
    inside.rename(outside)
    told = project.run("connectors", "lock", "--registry", str(outside))
    assert told.code == 0
    assert (
        f"the lock names its registry by a path of this machine, {outside}, which nobody else can check"
        in told.err
    )


def test_a_lock_that_is_up_to_date_is_not_touched(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    before = (project.root / LOCK).stat()
    again = project.run("connectors", "lock")
    assert again.out == "connectors.lock.json: 1 connector from registry.json; up to date.\n"
    after = (project.root / LOCK).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_no_other_file_is_left_behind(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    assert sorted(path.name for path in project.root.iterdir()) == [LOCK, "manifests", "registry.json"]


def test_a_check_without_a_lock_writes_none(project: Project) -> None:
    assert project.run("connectors", "lock", "--check", "--registry", "registry.json").code == 2
    assert not (project.root / LOCK).exists()


def test_every_way_to_name_a_connector_locks_it_once(project: Project) -> None:
    project.write(
        "manifests/more/all.yml",
        "---\n".join(
            manifest(name, f"faker-{number}")
            for number, name in enumerate(["airbyte/source-faker", f'"{FAKER_ID.upper()}"', "source-faker"])
        ),
    )
    assert project.run("connectors", "lock", "--registry", "registry.json").code == 0
    assert [entry["id"] for entry in locked(project)["connectors"]] == [CRM_ID, FAKER_ID]


def test_unknown_and_ambiguous_connectors_are_all_told_at_their_places(project: Project) -> None:
    twin = source("acme/other", FAKER_ID)
    publish(project, CRM, twin)
    project.write("manifests/a.yaml", manifest("source-crn", "a") + "---\n" + manifest("Crm", "b"))
    project.write(
        "manifests/b.json", '{"apiVersion": "x", "kind": "y",\n "spec": {"connector": "nothing-like-it"}}'
    )
    run = project.run("connectors", "lock", "--registry", "registry.json")
    ways = "search with `reconciler connectors search`, or write its actor definition id"
    assert (run.code, run.out) == (3, "")
    assert run.err == (
        'manifests/a.yaml:5:14: error R201: the connector "source-crn" is not in the registry registry.json; did you mean '
        f"acme/other or source-crm? Otherwise {ways}\n"
        f'manifests/a.yaml:12:14: error R212: the connector "Crm" is the name of 2 connectors: acme/other ({FAKER_ID}) and '
        f"source-crm ({CRM_ID}); write the repository or the id of one of them\n"
        'manifests/b.json:2:24: error R201: the connector "nothing-like-it" is not in the registry registry.json; '
        f"{ways}\n"
        "Invalid: 3 errors\n"
    )
    assert not (project.root / LOCK).exists()


def test_an_unknown_id_is_a_warning_at_its_place(project: Project) -> None:
    project.write("manifests/own.yaml", manifest('"00000000-0000-4000-8000-00000000ffff"', "own"))
    run = project.run("connectors", "lock", "--registry", "registry.json")
    assert run.code == 0
    assert run.err.startswith("manifests/own.yaml:5:14: warning R213: ")
    assert len(locked(project)["connectors"]) == 1


def test_variables_need_not_be_set_to_lock_but_a_connector_behind_one_must(project: Project) -> None:
    project.write(
        "manifests/env.yaml", manifest("source-faker", "env", presets="{key: !env RECONCILER_VAR_KEY}")
    )
    assert project.run("connectors", "lock", "--registry", "registry.json").code == 0
    assert len(locked(project)["connectors"]) == 2
    project.write("manifests/env.yaml", manifest("!env RECONCILER_VAR_CONNECTOR", "env"))
    run = project.run("connectors", "lock")
    assert run.code == 3
    assert run.err.startswith("manifests/env.yaml:5:14: error R202: ")
    whole = "apiVersion: reconciler/v1\nkind: SourceTemplate\nmetadata: {name: env}\nspec: !env {name: RECONCILER_VAR_SPEC, type: object}\n"
    project.write("manifests/whole.yaml", whole)
    assert "manifests/whole.yaml:4:7: error R202: " in project.run("connectors", "lock").err
    (project.root / "manifests/whole.yaml").unlink()
    project.environment["RECONCILER_VAR_CONNECTOR"] = "source-faker"
    assert project.run("connectors", "lock", "--check").code == 0


def test_what_may_hide_a_connector_is_an_error_and_what_does_not_is_left_to_validate(
    project: Project,
) -> None:
    project.write("manifests/unknown-field.yaml", manifest("source-faker", "x") + "surprise: 1\n")
    assert project.run("connectors", "lock", "--registry", "registry.json").code == 0
    project.write("manifests/broken.yaml", "spec: {connector: [\n")
    run = project.run("connectors", "lock")
    assert run.code == 3
    assert run.err.startswith("manifests/broken.yaml:")


def test_a_connector_in_an_included_file_is_found_and_the_file_is_no_manifest(project: Project) -> None:
    project.write("manifests/crm.yaml", manifest("!include part.yaml", "crm"))
    project.write("manifests/part.yaml", "source-faker\n")
    assert project.run("connectors", "lock", "--registry", "registry.json").code == 0
    assert [entry["id"] for entry in locked(project)["connectors"]] == [FAKER_ID]


def test_a_connector_behind_an_include_and_an_unset_variable_is_told_not_dropped(project: Project) -> None:
    project.write("manifests/crm.yaml", manifest("!include part.yaml", "crm"))
    project.write("manifests/part.yaml", "!env RECONCILER_VAR_CONNECTOR\n")
    run = project.run("connectors", "lock", "--registry", "registry.json")
    assert run.code == 3
    assert run.err.startswith("manifests/part.yaml:1:1: error R202: ")


def test_a_file_of_its_own_that_another_includes_is_told_once(project: Project) -> None:
    project.write("manifests/crm.yaml", manifest("source-crm", "crm", presets="!include part.yaml"))
    project.write("manifests/part.yaml", "a: [\n")
    run = project.run("connectors", "lock", "--registry", "registry.json")
    assert run.code == 3
    assert run.err.count("manifests/part.yaml:") == 1


def test_no_manifests_at_all_is_an_error(tmp_path: Path) -> None:
    empty = Project(tmp_path)
    publish(empty, CRM)
    run = empty.run("connectors", "lock", "--registry", "registry.json")
    assert (run.code, (tmp_path / LOCK).exists()) == (3, False)


def test_a_lock_edited_by_hand_is_an_error_for_check_and_mended_by_lock(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    sound = (project.root / LOCK).read_text()
    project.write(LOCK, sound.replace('"type": "string"', '"type": "number"'))
    check = project.run("connectors", "lock", "--check", "-q")
    assert check.code == 2
    assert check.err.startswith(
        f"{LOCK}:11:17: error R224: the digest of source-crm does not fit its specification"
    )
    mended = project.run("connectors", "lock")
    assert mended.code == 0
    assert "warning R224" in mended.err
    assert "type of `key` changed from `number` to `string`" in mended.out
    assert (project.root / LOCK).read_text() == sound


def test_a_lock_that_was_formatted_otherwise_would_change(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    sound = (project.root / LOCK).read_text()
    project.write(LOCK, json.dumps(json.loads(sound)))
    check = project.run("connectors", "lock", "--check")
    assert check.code == 2
    assert "would be written anew, no connector changed" in check.out
    assert project.run("connectors", "lock").code == 0
    assert (project.root / LOCK).read_text() == sound


def test_a_lock_with_a_merge_conflict_is_invalid_and_written_anew(project: Project) -> None:
    project.run("connectors", "lock", "--registry", "registry.json")
    sound = (project.root / LOCK).read_text()
    conflict = sound.replace('  "connectors"', '<<<<<<< HEAD\n  "connectors"')
    project.write(LOCK, conflict)
    for command in (("validate",), ("connectors", "lock", "--check"), ("connectors", "show", "source-crm")):
        run = project.run(*command)
        assert run.code == 3
        assert f"{LOCK}:4:1: error R220: " in run.err
    run = project.run("connectors", "lock")
    assert run.code == 0
    assert f"{LOCK}:4:1: warning R220: " in run.err
    assert (project.root / LOCK).read_text() == sound


def test_a_lock_that_no_longer_names_its_registry_needs_to_be_told(project: Project) -> None:
    project.write(LOCK, "<<<<<<<\n")
    run = project.run("connectors", "lock")
    assert run.code == 3
    assert "say it with --registry cloud or --registry oss" in run.err
    assert project.run("connectors", "lock", "--registry", "registry.json").code == 0


@pytest.mark.parametrize(
    ("registry", "code", "said"),
    [
        ("none.json", 3, "none.json: error R225: the registry could not be read: No such file or directory"),
        ("manifests/crm.yaml", 3, "manifests/crm.yaml:1:1: error R225: it is a manifest, not a connector's specification"),
        ("http://elsewhere.example/r.json", 3, "option --registry: error R225: the address of the registry is not https"),
        ("https://me:hunter2@elsewhere.example/r", 3, "option --registry: error R225: the address of the registry holds"),
        ("cloud", 1, "Error: the registry at https://connectors.airbyte.com/files/registries/v0/cloud_registry.json: "),
        ("oss", 1, "Error: the registry at https://connectors.airbyte.com/files/registries/v0/oss_registry.json: "),
    ],
)  # fmt: skip
def test_a_registry_that_cannot_be_used_is_an_error_and_writes_nothing(
    project: Project, registry: str, code: int, said: str
) -> None:
    run = project.run("connectors", "lock", "--registry", registry)
    assert (run.code, run.err.startswith(said)) == (code, True), run.err
    assert "hunter2" not in run.err
    assert not (project.root / LOCK).exists()


def test_the_lock_remembers_a_url_and_later_runs_send_its_tag(project: Project, registry: Registry) -> None:
    assert project.run("connectors", "lock", "--registry", registry.url).code == 0
    assert locked(project)["source"] == registry.url
    assert project.run("connectors", "lock", "--check").code == 0
    assert registry.requests[0] is None
    assert registry.requests[1] is not None


def test_without_a_network_the_kept_copy_serves_with_a_warning(project: Project, registry: Registry) -> None:
    project.run("connectors", "lock", "--registry", registry.url)
    registry.stop()
    project.write("manifests/faker.yaml", manifest("source-faker", "faker"))
    run = project.run("connectors", "lock")
    assert run.code == 0
    assert run.err.startswith(f"Warning: the registry at {registry.url}: no connection to ")
    assert "the copy that was read just now is used instead, and may be out of date\n" in run.err
    assert len(locked(project)["connectors"]) == 2
    found = project.run("connectors", "search", "sample", "-f", "json")
    assert [hit["from"] for hit in found.document["connectors"]] == ["lock"]


def test_only_these_commands_ask_a_registry(project: Project, registry: Registry) -> None:
    project.run("connectors", "lock", "--registry", registry.url)
    for command in (
        ("validate",),
        ("plan", "--sandbox"),
        ("connectors", "search", "crm"),
        ("connectors", "show", "source-crm"),
    ):
        assert project.run(*command).code == 0
    assert len(registry.requests) == 1


def test_the_result_of_lock_is_a_document(project: Project) -> None:
    run = project.run(
        "connectors", "lock", "--registry", "registry.json", "-f", "json", "--write", "text=lock.txt"
    )
    assert (run.document["changed"], run.document["written"]) == (True, True)
    assert [change["change"] for change in run.document["changes"]] == ["added"]
    assert (project.root / "lock.txt").read_text().startswith("+ source-crm 1.0.0\n")
    failed = project.run("connectors", "lock", "--registry", "none.json", "-f", "json")
    assert (failed.code, failed.document["error"]["exitCode"]) == (3, 3)


def test_the_project_file_says_where_manifests_are(project: Project) -> None:
    project.write("reconciler.yaml", "version: 1\nmanifests: templates\n")
    project.write("templates/faker.yaml", manifest("source-faker", "faker"))
    run = project.run("connectors", "lock", "--registry", "registry.json")
    assert run.out.startswith("+ source-faker 1.0.0\n")


def test_another_directory_is_a_project_with_paths_of_its_own(project: Project, tmp_path: Path) -> None:
    elsewhere = Project(tmp_path, environment=project.environment)
    assert elsewhere.run("connectors", "lock", "-C", "project", "--registry", "registry.json").code == 0
    assert locked(project)["source"] == "registry.json"


def test_search_looks_offline_and_says_where(project: Project) -> None:
    run = project.run("connectors", "search", "SAMPLE")
    assert run.code == 0
    assert run.out.splitlines()[1].split()[-1] == "builtin"
    assert run.err == (
        "Looked into the sandbox's catalogue.\n"
        "No registry was read on this machine yet: --registry cloud or --registry oss reads one.\n"
    )
    project.run("connectors", "lock", "--registry", "registry.json")
    run = project.run("connectors", "search", "crm")
    assert run.out.splitlines()[1].split() == ["Crm", "source-crm", "1.0.0", "source", CRM_ID, "lock"]
    assert (
        run.err
        == "Looked into connectors.lock.json, the registry registry.json and the sandbox's catalogue.\n"
    )


def test_search_without_result_is_no_failure(project: Project) -> None:
    run = project.run("connectors", "search", "nothing-like-it", "--registry", "registry.json")
    assert (run.code, run.out, run.err) == (0, "", "Nothing found in the registry registry.json.\n")


def test_show_prefers_the_lock_then_the_sandbox_and_says_so(project: Project) -> None:
    builtin = project.run("connectors", "show", "source-faker")
    assert "from        the sandbox's catalogue\n" in builtin.out
    assert builtin.err.startswith("This specification is cut.")
    project.write("manifests/faker.yaml", manifest("source-faker", "faker"))
    project.run("connectors", "lock", "--registry", "registry.json")
    lock = project.run("connectors", "show", "source-faker")
    assert "from        connectors.lock.json\n" in lock.out
    assert lock.err == ""


def test_show_reads_the_registry_that_is_asked_for(project: Project) -> None:
    run = project.run("connectors", "show", CRM_ID, "--registry", "registry.json", "-f", "json")
    assert run.document["connector"]["from"] == "registry"
    assert [field["path"] for field in run.document["fields"]] == ["key"]


def test_show_finds_what_people_call_a_connector(project: Project) -> None:
    for name in ("faker", "SAMPLE data", "sample"):
        assert project.run("connectors", "show", name).out.startswith("Sample Data\n")
    publish(project, CRM, source("acme/source-crm", FAKER_ID, name="Crm two"))
    run = project.run("connectors", "show", "CRM", "--registry", "registry.json")
    assert (run.code, run.out) == (3, "")
    assert "such as `reconciler connectors show source-crm --registry registry.json`" in run.err


def test_showing_an_unknown_connector_suggests_another(project: Project) -> None:
    run = project.run("connectors", "show", "source-fakr")
    assert run.code == 3
    assert run.err.startswith("argument CONNECTOR: error R201: ")
    assert "did you mean source-faker?" in run.err


def test_text_of_a_registry_does_nothing_to_a_terminal(project: Project) -> None:
    hostile = "\x1b]0;x\x07\u202e\n::error::"
    publish(project, source("airbyte/source-crm", CRM_ID, hostile, hostile, **{hostile: {"type": hostile}}))
    for command in (("lock",), ("search", "crm"), ("show", "source-crm")):
        run = project.run("connectors", *command, "--registry", "registry.json")
        assert run.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(run.out + run.err)
        assert not any(line.startswith("::") for line in (run.out + run.err).split("\n"))
