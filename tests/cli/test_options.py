"""What is wrong with a command line is said about the option, before anything is read or sent."""

from __future__ import annotations

import factories
import pytest
from program import Project

from reconciler.sandbox import DEFAULT_TEMPLATE_ID

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
    assert "drift always exits 2 on any finding" in " ".join(project.run("drift", "--help").out.split())
    project.add()
    assert project.run("drift", "--sandbox").code == 2
    assert project.run("drift", "--sandbox", "--detailed-exitcode").code == 2
