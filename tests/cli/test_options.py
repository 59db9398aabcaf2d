"""What is wrong with a command line is said about the option, before anything is read or sent."""

from __future__ import annotations

import re
import subprocess
import sys

import factories
import pytest
from program import Project

from reconciler.sandbox import DEFAULT_TEMPLATE_ID


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)


ONE_OF_EACH = [
    ("validate",),
    ("plan", "--sandbox"),
    ("apply", "--sandbox", "--yes"),
    ("drift", "--sandbox"),
    ("ci", "plan", "--sandbox"),
    ("ci", "apply", "--sandbox"),
    ("ci", "drift", "--sandbox"),
    ("new", "source-faker"),
    ("preview",),
    ("connectors", "lock"),
    ("connectors", "search", "faker"),
    ("connectors", "show", "source-faker"),
    ("doctor",),
    ("schema",),
]


@pytest.mark.parametrize("command", ONE_OF_EACH, ids=" ".join)
@pytest.mark.parametrize("place", ["missing", "reconciler.yaml"])
def test_directory_that_is_none_is_a_wrong_command_line(
    project: Project, command: tuple[str, ...], place: str
) -> None:
    project.write("reconciler.yaml", "version: 1\n")
    told = project.run(*command, "-C", place)
    assert (told.code, told.out) == (64, "")
    assert f"Invalid value for '-C' / '--chdir': no such directory: '{place}'" in told.err


@pytest.mark.parametrize("second", ["r.json", "./r.json", "link.json"])
def test_two_reports_for_one_file_are_a_wrong_command_line(project: Project, second: str) -> None:
    project.add()
    (project.root / "link.json").symlink_to("r.json")
    told = project.run("plan", "--sandbox", "--write", "json=r.json", "--write", f"html={second}")
    assert (told.code, told.out) == (64, "")
    assert "--write names 'r.json' twice, and the second report would replace the first" in told.err
    assert not (project.root / "r.json").exists()


def test_two_reports_for_one_device_are_fine(project: Project) -> None:
    project.add()
    told = project.run("plan", "--sandbox", "--write", "json=/dev/null", "--write", "html=/dev/null")
    assert told.code == 0


def test_report_called_dash_is_refused_with_what_to_do(project: Project) -> None:
    told = project.run("plan", "--sandbox", "--write", "json=-")
    assert told.code == 64
    assert "stdout gets what --format says, and json=/dev/stdout beside it" in told.err
    assert not (project.root / "-").exists()


@pytest.mark.parametrize("command", [("plan", "--sandbox"), ("validate",)])
def test_name_that_nothing_matches_is_told_of_the_option(project: Project, command: tuple[str, ...]) -> None:
    project.add()
    told = project.run(*command, "--only", "nothing*")
    assert told.code == 3
    assert told.err.startswith('option --only: error R110: no manifest matches "nothing*"; check the name\n')


def test_name_that_nothing_matches_under_a_path_names_both(project: Project) -> None:
    project.add()
    project.add("other", title="Other")
    told = project.run("validate", "--only", "other", "manifests/sample-data.yaml")
    assert told.code == 3
    assert 'no manifest matches "other" under manifests/sample-data.yaml' in told.err


def test_preview_of_a_name_that_no_manifest_has_speaks_of_its_argument(project: Project) -> None:
    project.add()
    told = project.run("preview", "nope")
    assert told.code == 3
    assert told.err.startswith("argument nope: error R110: no manifest has this name; check the name\n")
    assert "--only" not in told.err


def test_verbose_doctor_tells_settings_and_templates(production: Project) -> None:
    production.add()
    brief, told = production.run("doctor"), production.run("doctor", "-v")
    assert (brief.code, told.code) == (0, 0)
    assert set(brief.out.splitlines()) < set(told.out.splitlines())
    assert "at most 10 creates a run; an unclear one is looked for during 2 seconds" in told.out
    assert (
        f"organization {factories.ORGANIZATION} lists 1 template\n{'':<20}{DEFAULT_TEMPLATE_ID}" in told.out
    )


def test_quiet_doctor_keeps_warnings_to_itself(production: Project) -> None:
    production.add()
    production.write("manifests/note.txt", "no manifest")
    production.environment["AIRBYTE_CLIENT_SECRET"] = ""
    told = production.run("doctor", "-q")
    assert (told.code, told.err) == (1, "")


@pytest.mark.parametrize("command", [("search", "faker"), ("show", "source-faker")])
def test_option_that_would_do_nothing_is_not_there(project: Project, command: tuple[str, ...]) -> None:
    assert project.run("connectors", *command, "-v").code == 64


def test_help_of_drift_says_that_it_always_exits_2(project: Project) -> None:
    drift = " ".join(project.run("drift", "--help").out.split())
    assert "drift always exits 2 on any finding" in drift
    assert "0 in sync and all compared but secrets of the Agent API, which do not count" in drift
    project.add()
    assert project.run("drift", "--sandbox").code == 2
    assert project.run("drift", "--sandbox", "--detailed-exitcode").code == 2


@pytest.mark.parametrize(
    ("command", "suggestion"),
    [
        (("plna",), "No such command 'plna'; did you mean \"plan\"?"),
        (("PLAN",), "No such command 'PLAN'; did you mean \"plan\"?"),
        (("connectors", "lokc"), "No such command 'lokc'; did you mean \"lock\"?"),
        (("ci", "aply"), "No such command 'aply'; did you mean \"apply\"?"),
        (("sandbox", "serv"), "No such command 'serv'; did you mean \"serve\"?"),
        (("zzz",), "No such command 'zzz'; `reconciler --help` lists them."),
        (("ci", "zzz"), "No such command 'zzz'; `reconciler ci --help` lists them."),
    ],
)
def test_a_misspelt_command_is_told_what_was_meant(
    project: Project, command: tuple[str, ...], suggestion: str
) -> None:
    told = project.run(*command)
    assert (told.code, told.out) == (64, "")
    assert f"Error: {suggestion}\n" in told.err


@pytest.mark.parametrize("command", [*ONE_OF_EACH, ("explain",), ("init",)], ids=" ".join)
def test_directory_before_the_command_is_where_the_whole_run_is(
    project: Project, command: tuple[str, ...]
) -> None:
    project.add()
    inside = Project(project.root)
    inside.root = project.root / "inside"
    inside.add()
    inside.write("connectors.lock.json", '{"formatVersion": "1", "source": "sandbox", "connectors": []}\n')
    expected = Project(project.root / "expected")
    expected.add()
    expected.write("connectors.lock.json", '{"formatVersion": "1", "source": "sandbox", "connectors": []}\n')
    told, wanted = project.run("-C", "inside", *command), expected.run(*command)
    assert (told.code, without_ids(told.out).replace("/inside", "/expected")) == (
        wanted.code,
        without_ids(wanted.out),
    )
    assert told.err == wanted.err
    if len(command) > 1 and command[0] in {"ci", "connectors"}:
        assert project.run(command[0], "-C", "inside", *command[1:]).code == expected.run(*command).code


def test_no_such_directory_before_the_command_is_a_wrong_command_line(project: Project) -> None:
    project.write("file", "")
    for place in ("missing", "file"):
        told = project.run("-C", place, "plan")
        assert (told.code, told.out) == (64, "")
        assert f"no such directory: '{place}'" in told.err


def test_environment_may_stand_before_the_command(project: Project) -> None:
    project.add()
    after = project.run("plan", "--sandbox").out
    for before in (("--sandbox", "plan"), ("-e", "sandbox", "plan"), ("ci", "--sandbox", "plan")):
        assert after.splitlines()[0] in project.run(*before).out
    assert project.run("-e", "nowhere", "plan").err.startswith(
        'option --environment: error R305: there is no environment "nowhere"'
    )
    assert project.run("-e", "other", "plan", "--sandbox").code == 64


def test_the_api_of_a_sandbox_is_chosen_on_the_command_line(project: Project) -> None:
    project.add()
    codes = {api: project.run("validate", "--sandbox", "--api", api).code for api in ("public", "agents")}
    assert codes == {"public": 0, "agents": 3}, "the manifest has a form, which the Agent API does not take"
    told = project.run("plan", "--api", "agents")
    assert (told.code, told.out) == (64, "")
    assert told.err.endswith(
        "Error: --api is for a sandbox, and the environment default has `api: public`; add --sandbox, or leave --api out\n"
    )
    assert project.run("plan", "--sandbox", "--api", "sonar").code == 64


def test_environment_before_a_command_without_one_is_refused_by_that_command(project: Project) -> None:
    told = project.run("--sandbox", "explain")
    assert (told.code, told.out) == (64, "")
    assert "Usage: reconciler explain" in told.err
    assert "--sandbox" in told.err


def test_help_imports_what_it_needs_only() -> None:
    """`--version` and `--help` take at most a tenth more time than an empty click program."""
    code = (
        "import sys; from reconciler.cli.console import Console; from reconciler.cli.group import cli; Console(); "
        "print(*sorted({'asyncio', 'decimal', 'httpx', 'json', 'logging', 'yaml'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "\n"
