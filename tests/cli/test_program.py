"""The whole program, as a user starts it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import factories
import httpx
import pytest
from program import Project, Server
from warm_program import PROGRAM

from reconciler import __version__
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID


def token(server: Server) -> dict[str, str]:
    answer = httpx.post(
        f"{server.url}/applications/token",
        json={"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET},
    )
    return {
        "Authorization": f"Bearer {answer.json()['access_token']}",
        "X-Airbyte-Organization-Id": factories.ORGANIZATION,
    }


def test_version_and_help_are_told(project: Project) -> None:
    assert project.run("--version").out == f"reconciler {__version__}\n"
    told = project.run("--help")
    assert told.code == 0
    assert "reconciler apply --sandbox" in told.out


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift", "doctor", "schema", "sandbox"])
def test_every_command_has_help_with_an_example(project: Project, command: str) -> None:
    arguments = ("sandbox", "serve", "--help") if command == "sandbox" else (command, "--help")
    assert "Examples:" in project.run(*arguments).out


@pytest.mark.parametrize(
    "arguments",
    [("plna",), ("plan", "--nope"), ("plan", "--write", "json"), ("plan", "-e", "x", "--sandbox"), ()],
)
def test_wrong_command_line_exits_64_never_2(project: Project, arguments: tuple[str, ...]) -> None:
    assert project.run(*arguments).code == 64


def test_apply_on_the_sandbox_creates_once_and_then_nothing(project: Project) -> None:
    project.add()
    first = project.run("apply", "--sandbox", "--yes")
    assert first.code == 0
    assert re.search(
        r"^\+ created +sample-data  template [0-9a-f-]{36}, read back equal$", first.out, re.MULTILINE
    )
    second = project.run("apply", "--sandbox", "--yes")
    assert second.code == 0
    assert "Nothing to create." in second.out


def test_push_cycle_on_a_served_api(production: Project, server: Server) -> None:
    production.add()
    assert production.run("plan").code == 0
    assert production.run("plan", "--detailed-exitcode").code == 2
    assert production.run("drift").code == 2
    assert server.posts() == 0
    assert production.run("apply", "--yes").code == 0
    assert server.posts() == 1
    assert production.run("drift").code == 0
    assert production.run("apply", "--yes").code == 0
    assert server.posts() == 1


def test_edited_manifest_is_drifted_and_nothing_is_sent(production: Project, server: Server) -> None:
    production.add()
    production.run("apply", "--yes")
    production.add(presets="{seed: 7}")
    told = production.run("drift", "-f", "json")
    assert told.code == 2
    (entry,) = told.document["entries"]
    assert (entry["status"], entry["matchedBy"]) == ("drifted", "title")
    assert entry["changes"] == [
        {"path": "/partialDefaultConfig/seed", "op": "add", "desired": 7, "live": None}
    ]
    assert production.run("apply", "--yes").code == 0
    assert server.posts() == 1


def test_drift_of_one_manifest_shows_the_duplicate_of_its_template(
    production: Project, server: Server
) -> None:
    production.add()
    production.run("apply", "--yes")
    (ours,) = server.store.templates_of(factories.ORGANIZATION)
    server.store.insert_template(replace(ours, id=factories.template_id(1)))
    told = production.run("drift", "--only", "sample-data")
    assert told.code == 2
    assert "& duplicate" in told.out
    assert "Plan: 1 duplicate, 1 in sync." in told.out


def test_reading_commands_send_no_post_but_the_token(production: Project, server: Server) -> None:
    production.add()
    for command in ("validate", "plan", "drift", "doctor"):
        production.run(command)
    assert {r for r in server.requests() if not r.startswith("GET")} == {"POST /v1/applications/token"}


def test_hand_made_template_is_unmanaged_and_no_finding(production: Project, server: Server) -> None:
    production.add()
    production.run("apply", "--yes")
    body = {
        "organizationId": factories.ORGANIZATION,
        "actorDefinitionId": "dfd88b22-b603-4c3d-aad7-3701784586b1",
        "partialDefaultConfig": {"count": 3},
    }
    assert (
        httpx.post(f"{server.url}/config_templates/sources", json=body, headers=token(server)).status_code
        == 200
    )
    told = production.run("drift")
    assert told.code == 0
    assert "1 unmanaged, 1 in sync" in told.out
    assert "Up to date" not in told.out


def test_plan_file_is_applied_as_it_was_reviewed(production: Project, server: Server) -> None:
    production.add()
    assert production.run("plan", "--write", "json=plan.json").code == 0
    assert production.run("apply", "plan.json", "--yes").code == 0
    assert server.posts() == 1


def test_plan_file_of_another_state_is_refused_with_the_reason(production: Project, server: Server) -> None:
    production.add()
    production.run("plan", "--write", "json=plan.json")
    production.add("second", title="Second")
    told = production.run("apply", "plan.json", "--yes")
    assert told.code == 4
    assert "plan.json is not the plan made now: manifests changed" in told.out
    assert server.posts() == 0


def test_plan_file_is_refused_after_the_server_changed(production: Project, server: Server) -> None:
    production.add("first", title="First")
    production.run("apply", "--yes")
    production.add("second", title="Second")
    production.run("plan", "--write", "json=plan.json")
    production.run("apply", "--yes")
    told = production.run("apply", "plan.json", "--yes")
    assert told.code == 4
    assert "templates on the server changed" in told.out
    assert server.posts() == 2


def test_every_changed_byte_of_a_plan_file_is_refused(production: Project, server: Server) -> None:
    production.add()
    production.run("plan", "--write", "json=plan.json")
    text = (production.root / "plan.json").read_text()
    production.write("plan.json", text.replace("sample-data", "sample-dath", 1))
    assert production.run("apply", "plan.json", "--yes").code == 4
    production.write("plan.json", text + " ")
    told = production.run("apply", "plan.json", "--yes")
    assert (told.code, server.posts()) == (4, 0)
    assert "the file was changed after it was written" in told.out


def test_nobody_to_ask_and_no_yes_is_refused(production: Project, server: Server) -> None:
    production.add()
    told = production.run("apply")
    assert (told.code, server.posts()) == (4, 0)
    assert "nobody can be asked whether to create 1 template" in told.out


def test_too_many_creates_are_refused_with_the_flag(production: Project, server: Server) -> None:
    for number in range(11):
        production.add(f"m{number}", title=f"T{number}")
    told = production.run("apply", "--yes")
    assert (told.code, server.posts()) == (4, 0)
    assert "if all of them are meant: --max-creates 11" in told.out
    assert production.run("apply", "--yes", "--max-creates", "11").code == 0
    assert server.posts() == 11


@pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--yes")])
def test_invalid_manifest_ends_the_run_whatever_the_server_says(
    production: Project, server: Server, command: tuple[str, ...]
) -> None:
    production.write("manifests/broken.yaml", "apiVersion: reconciler/v1\nkind: no\n")
    told = production.run(*command)
    assert (told.code, server.posts()) == (3, 0)
    assert "manifests/broken.yaml:2:7:" in told.err
    assert command[0] != "apply" or server.requests() == []
    production.environment["AIRBYTE_API_URL"] = "http://127.0.0.1:1/v1"
    assert production.run(*command).err == told.err


def test_invalid_manifest_comes_before_missing_credentials(production: Project) -> None:
    production.write("manifests/broken.yaml", "apiVersion: reconciler/v1\nkind: no\n")
    production.environment.clear()
    told = production.run("plan")
    assert (told.code, told.out) == (3, "")
    assert told.err.startswith("manifests/broken.yaml:2:7:")


def test_json_output_parses_even_when_the_run_fails(production: Project) -> None:
    production.write("manifests/broken.yaml", "kind: no\n")
    told = production.run("plan", "-f", "json")
    assert told.code == 3
    assert told.document["error"]["exitCode"] == 3
    assert told.document["problems"][0]["file"] == "manifests/broken.yaml"


def test_missing_credentials_are_named(production: Project) -> None:
    production.add()
    del production.environment["AIRBYTE_CLIENT_SECRET"]
    told = production.run("plan")
    assert told.code == 1
    assert "AIRBYTE_CLIENT_SECRET" in told.err


def test_refused_login_exits_1_and_shows_no_secret(production: Project) -> None:
    production.add()
    production.environment["AIRBYTE_CLIENT_SECRET"] = "hush-hush-hush"
    told = production.run("plan", "-v")
    assert told.code == 1
    assert "hush" not in told.out + told.err
    assert "Traceback" not in told.err


def test_moved_organization_is_told_in_words(project: Project, serve: Callable[..., Server]) -> None:
    server = serve(moved=True)
    project.add()
    project.environment = {
        "AIRBYTE_API_URL": server.url,
        "AIRBYTE_ORGANIZATION_ID": factories.ORGANIZATION,
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    told = project.run("plan")
    assert told.code == 1
    assert "api.airbyte.ai" in told.err


def test_closed_stdout_is_never_success(production: Project) -> None:
    production.add()
    process = production.start("plan")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert process.wait(timeout=50) == 1
    assert "Traceback" not in err
    process.stderr.close()


def test_selection_is_counted_and_matching_sees_everything(production: Project) -> None:
    production.add("a", title="A")
    production.add("b", title="B")
    production.run("apply", "--yes")
    told = production.run("plan", "--only", "a")
    assert (
        "1 in sync. Not shown or not compared: 1 entry outside the selection (1 in-sync), 1 template listed"
        in told.out
    )
    by_path = production.run("plan", "manifests/a.yaml")
    assert "1 in sync. Not shown or not compared: 1 entry outside the selection" in by_path.out


def test_selection_that_matches_nothing_is_an_error(production: Project) -> None:
    production.add()
    told = production.run("plan", "--only", "zzz")
    assert told.code == 3
    assert "no manifest matches" in told.err


def test_paths_that_cannot_be_planned_are_all_told_and_nothing_is_asked(
    production: Project, server: Server
) -> None:
    production.add()
    other = production.add("other").rename(production.root / "other.yaml")
    production.write("manifests/notes.txt", "")
    (production.root / "manifests" / "link.yaml").symlink_to(other)
    for command in ("plan", "drift"):
        told = production.run(
            command, "other.yaml", "manifests/notes.txt", ".", "manifests/no.yaml", "manifests/link.yaml"
        )
        outside = "not inside the manifest directory manifests; name files or folders in it; `reconciler validate` checks others too"
        assert (told.code, told.out) == (3, "")
        assert told.err == (
            f".: error R003: {outside}\n"
            f"manifests/link.yaml: error R003: {outside}\n"
            "manifests/no.yaml: error R001: there is no such file or directory; check the path\n"
            "manifests/notes.txt: error R001: not a manifest: its name does not end in .yaml, .yml or .json; "
            "name a manifest, or a folder that manifests are in\n"
            f"other.yaml: error R003: {outside}\n"
            "Invalid: 5 errors\n"
        )
    assert server.requests() == []


def test_where_a_project_has_no_manifest_directory_a_path_is_the_desired_state(
    production: Project, server: Server
) -> None:
    production.add().rename(production.root / "alone.yaml")
    (production.root / "manifests").rmdir()
    told = production.run("plan", "alone.yaml", "-f", "json")
    assert (told.code, told.document["summary"]["create"]) == (0, 1), told.err
    assert production.run("drift", "alone.yaml").code == 2
    assert server.posts() == 0


def test_validate_judges_files_elsewhere_by_themselves(production: Project) -> None:
    production.add()
    production.add("other").rename(production.root / "other.yml")
    told = production.run("validate", "other.yml")
    assert (told.code, "1 manifest" in told.out) == (0, True), told.err
    missing = production.run("validate", "no.yaml", "x" * 5_000)
    assert missing.code == 3
    assert "no.yaml: error R001: there is no such file or directory; check the path" in missing.out


@pytest.mark.parametrize("file", ["x.txt", "manifests/x.txt", "manifests/x"])
def test_validate_of_a_file_that_is_no_manifest_by_its_name_says_so(production: Project, file: str) -> None:
    production.write(file, production.add().read_text())
    told = production.run("validate", file)
    assert told.code == 3
    assert f"{file}: error R001: not a manifest: its name does not end in .yaml, .yml or .json" in told.err


def test_value_of_a_variable_shows_in_no_output(production: Project) -> None:
    production.add(presets="{api_base: !env RECONCILER_VAR_BASE}")
    production.environment["RECONCILER_VAR_BASE"] = "hush-hush-hush"
    production.run("apply", "--yes")
    production.environment["RECONCILER_VAR_BASE"] = "another-hush-value"
    for form in ("text", "json"):
        told = production.run("drift", "-v", "-f", form, "--write", "json=out.json")
        assert told.code == 2
        assert "hush" not in told.out + told.err + (production.root / "out.json").read_text()


def test_interrupt_during_reading_exits_130(production: Project) -> None:
    production.add()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        production.environment["AIRBYTE_API_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = production.start("plan")
        silent.settimeout(30)
        with silent.accept()[0]:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def test_doctor_tells_dialect_and_rights(production: Project) -> None:
    production.add()
    told = production.run("doctor")
    assert told.code == 0
    assert re.search(r"^ok +dialect +public: 1 template listed$", told.out, re.MULTILINE)
    probed = production.run("doctor", "--probe")
    assert "the token may write" in probed.out


def test_doctor_asks_for_every_organization_that_manifests_name(project: Project) -> None:
    other = "99999999-0000-4000-8000-000000000001"
    file = project.add()
    file.write_text(file.read_text().replace("spec:\n", f"spec:\n  organizationId: {other}\n"))
    told = project.run("doctor", "--sandbox", "--probe")
    assert told.code == 0
    assert re.search(rf"^ok +project .*, organization [0-9a-f-]+ \(and {other}\)$", told.out, re.MULTILINE)
    assert re.search(
        rf"^ok +dialect +public: \d+ templates? listed in organization {other}$", told.out, re.MULTILINE
    )
    assert re.search(rf"^ok +rights .* of organization {other}$", told.out, re.MULTILINE)


def test_doctor_names_the_organization_that_cannot_be_read(production: Project) -> None:
    other = "99999999-0000-4000-8000-000000000001"
    file = production.add()
    file.write_text(file.read_text().replace("spec:\n", f"spec:\n  organizationId: {other}\n"))
    told = production.run("doctor")
    assert told.code == 1
    assert re.search(rf"^failed +dialect +organization {other}: GET ", told.out, re.MULTILINE)
    assert re.search(r"^skipped +rights +not all can be read; ", told.out, re.MULTILINE)


def test_doctor_calls_the_sandbox_by_its_name_and_not_by_an_address_that_nobody_has(project: Project) -> None:
    project.add()
    told = project.run("doctor", "--sandbox")
    assert re.search(r"^ok +server +sandbox in this process answers$", told.out, re.MULTILINE)
    assert "sandbox.invalid" not in told.out


def test_doctor_of_a_reader_finds_that_it_may_not_write(
    project: Project, serve: Callable[..., Server]
) -> None:
    server = serve(role="reader")
    project.add()
    project.environment = {
        "AIRBYTE_API_URL": server.url,
        "AIRBYTE_ORGANIZATION_ID": factories.ORGANIZATION,
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    told = project.run("doctor", "--probe")
    assert "the token may write" not in told.out


def test_schemas_are_json_schemas(project: Project) -> None:
    for what in ("manifest", "project", "plan"):
        assert "$schema" in project.run("schema", what).document


def test_served_sandbox_answers_the_vendor_documentations_own_curl_lines(project: Project) -> None:
    process = project.start("sandbox", "serve", "--port", "0", "--database", ":memory:")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    wanted = {
        "client_id": DEFAULT_CLIENT_ID,
        "client_secret": DEFAULT_CLIENT_SECRET,
        "grant-type": "client_credentials",
    }
    for answer in (
        httpx.post(f"{url}/applications/token", json=wanted),
        httpx.post(f"{url}/applications/token", data=wanted),
    ):
        assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode in {0, 130}


def test_hostile_modules_in_the_project_are_not_imported(project: Project) -> None:
    project.add()
    for name in ("yaml", "json", "httpx", "reconciler"):
        project.write(f"{name}.py", "import sys; sys.exit('imported from the checkout')\n")
    assert project.run("validate").code == 0


def test_program_is_a_console_script() -> None:
    assert PROGRAM.is_file(), f"{PROGRAM} is missing: install the project first"
    assert Path(PROGRAM).name == "reconciler"


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_stream_that_was_closed_before_the_start_gives_no_traceback(production: Project, closed: str) -> None:
    production.add()
    number = {"stdout": 1, "stderr": 2}[closed]
    process = production.start("validate", preexec_fn=lambda: os.close(number))
    out, err = process.communicate(timeout=50)
    assert process.returncode == (1 if closed == "stdout" else 0)
    assert "Traceback" not in out + err


def test_full_disk_is_never_success(production: Project) -> None:
    production.add()
    with Path("/dev/full").open("w") as full:
        code = subprocess.run(
            [PROGRAM, "validate"], cwd=production.root, stdout=full, stderr=subprocess.DEVNULL, check=False
        ).returncode
    assert code == 1
    told = production.run("plan", "--write", "json=/dev/full")
    assert told.code == 1
    assert "/dev/full: the report could not be written: No space left on device" in told.err
    assert Path("/dev/full").is_char_device()


def test_report_goes_through_a_link_and_leaves_no_temporary_file(production: Project) -> None:
    production.add()
    production.write("reports/plan.json", '{"formatVersion": "1", "target": "old"}')
    (production.root / "latest.json").symlink_to("reports/plan.json")
    assert production.run("plan", "--write", "json=latest.json").code == 0
    assert (production.root / "latest.json").is_symlink()
    assert (production.root / "reports" / "plan.json").read_text().startswith("{")
    assert [p.name for p in (production.root / "reports").iterdir()] == ["plan.json"]


def test_manifest_bound_to_an_unmanaged_template_is_refused_whatever_the_server_has(
    production: Project, server: Server
) -> None:
    file = production.add()
    file.write_text(f"{file.read_text()}  templateId: {DEFAULT_TEMPLATE_ID}\n")
    for command in (("validate", "-e", "production"), ("plan",), ("drift",), ("apply", "--yes")):
        told = production.run(*command)
        assert told.code == 3, command
        assert 'manifests/sample-data.yaml:15:15: error R111: the environment "production" lists' in (
            told.out + told.err
        )
    assert server.posts() == 0
    assert production.run("validate").code == 0
