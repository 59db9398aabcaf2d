"""Annotations as the runner of GitHub Actions reads them from stdout."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from factories import CRM, form, live, manifest, state, target, template_id
from hypothesis import given
from hypothesis import strategies as st
from report.hostile import SNIPPETS, worst

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.errors import InvalidInput, UnsafePlan
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.planning.entry import Assessed, Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.github_annotations import (
    Annotation,
    annotation_lines,
    apply_annotations,
    error_annotations,
    github_report,
    plan_annotations,
    problem_annotations,
)

TOKEN = "0f" * 16


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    message: str


def run(output: str) -> list[Command]:
    """What the runner makes of a step's output: a command stands at the start of a line, spaces aside, and none is
    taken between `stop-commands` and its token.
    """
    commands, silence = [], ""
    for line in re.split(r"\r\n|\r|\n|\u2028|\u2029|\x85", output):
        match = re.match(r"\s*::([^:\s]+)(?: (.*?))?::(.*)", line)
        if silence and line.strip() == f"::{silence}::":
            silence = ""
        elif match and not silence and match[1] == "stop-commands":
            silence = match[3]
        elif match and not silence:
            pairs = [pair.split("=", 1) for pair in (match[2] or "").split(",") if pair]
            commands.append(Command(match[1], {k: decode(v, ":,") for k, v in pairs}, decode(match[3])))
        elif not silence:
            assert "##[" not in line
    return commands


def test_drift_is_annotated_however_many_hints_there_are_about_creates() -> None:
    hint = Diagnostic(Origin("manifests/a.yaml", 3, 1), "R503", "a hint", severity=Severity.WARNING)
    wanted = [manifest(f"a{n}", connector=CRM, spec=form(f"T{n}")) for n in range(20)]
    moved = manifest("zz", presets={"seed": 1}, spec=form())
    plan = build_plan(
        [*wanted, moved], [state(live(1))], target(), assess=lambda _: Assessed(problems=(hint,))
    )
    commands = run(annotation_lines(plan_annotations(plan)))
    assert [command.properties["title"] for command in commands[:2]] == ["drifted", "R503"]


def decode(text: str, more: str = "") -> str:
    for char in (*more, "\r", "\n", "%"):
        text = text.replace(f"%{ord(char):02X}", char)
    return text


def problem(
    number: int = 1, severity: Severity = Severity.ERROR, *, file: str = "manifests/a.yaml"
) -> Diagnostic:
    return Diagnostic(Origin(file, number, 7), f"R{number}", f"wrong {number}", "do right", severity)


def test_a_problem_is_shown_at_its_file_line_and_column() -> None:
    assert annotation_lines(problem_annotations((problem(3),))) == (
        "::error file=manifests/a.yaml,line=3,col=7,title=R3::wrong 3; do right\n"
    )


def test_paths_are_relative_to_the_repository_not_to_the_project() -> None:
    (command,) = run(annotation_lines(problem_annotations((problem(),)), prefix="services/./embedded/"))
    assert command.properties["file"] == "services/embedded/manifests/a.yaml"


@pytest.mark.parametrize("file", ["../../a.yaml", "/etc/a.yaml", "a/../../../b", "", "."])
def test_a_place_outside_the_repository_is_told_in_words(file: str) -> None:
    (command,) = run(annotation_lines(problem_annotations((problem(file=file),)), prefix="embedded"))
    assert set(command.properties) == {"title"}
    assert command.message == f"{file}:1:7: wrong 1; do right"


def test_a_place_without_lines_is_told_in_words() -> None:
    found = Diagnostic(Origin("AIRBYTE_API_URL", 0), "R3", "is no URL")
    (command,) = run(annotation_lines(problem_annotations((found,))))
    assert command == Command("error", {"title": "R3"}, "AIRBYTE_API_URL: is no URL")


def test_the_nine_worst_are_shown_and_the_rest_is_counted() -> None:
    found = tuple(problem(n, Severity.WARNING if n <= 20 else Severity.ERROR) for n in range(1, 26))
    commands = run(annotation_lines(problem_annotations(found)))
    assert [c.properties["title"] for c in commands] == [
        *("R21", "R22", "R23", "R24", "R25", "R1", "R2", "R3", "R4"),
        "reconciler",
    ]
    assert [c.name for c in commands] == ["error"] * 5 + ["warning"] * 5
    assert commands[-1].message == "and 16 more: see the output of this step"


def test_nine_need_no_tenth() -> None:
    assert len(run(annotation_lines(problem_annotations(tuple(map(problem, range(1, 10))))))) == 9


def test_left_out_errors_are_counted_as_an_error() -> None:
    commands = run(annotation_lines(problem_annotations(tuple(map(problem, range(1, 12))))))
    assert (commands[-1].name, commands[-1].message[:10]) == ("error", "and 2 more")


@pytest.mark.parametrize("text", SNIPPETS)
def test_text_from_outside_stays_the_message_of_its_own_annotation(text: str) -> None:
    annotation = Annotation(Severity.ERROR, f"t{text}", f"m{text}", Origin(f"f{text}", 1, 1))
    (command,) = run(annotation_lines([annotation]))
    assert command.name == "error"
    assert set(command.properties) <= {"file", "line", "col", "title"}
    assert "%0A" not in command.message.replace("%0A", "", text.count("%0A"))


def test_percent_colon_and_comma_are_written_as_the_runner_decodes_them() -> None:
    (line,) = annotation_lines([Annotation(Severity.WARNING, "a:b,c%d", "50%, a:b")]).splitlines()
    assert line == "::warning title=a%3Ab%2Cc%25d::50%25, a:b"


def test_the_text_report_cannot_command_the_runner() -> None:
    text = "::error::x\n  ::set-output name=a::b\n::stop-commands::mine\n::mine::\n::error::y"
    report = github_report(text, problem_annotations((problem(),)), token=TOKEN)
    assert [c.message for c in run(report)] == ["wrong 1; do right"]
    assert report.startswith(f"::stop-commands::{TOKEN}\n{text}\n::{TOKEN}::\n")


@given(st.integers(0, 2**32))
def test_any_plan_gives_at_most_ten_annotations_and_no_other_command(seed: int) -> None:
    plan = worst(seed).plan()
    commands = run(github_report("text\n", plan_annotations(plan), token=TOKEN, prefix="embedded"))
    assert len(commands) <= 10
    assert {c.name for c in commands} <= {"error", "warning"}
    assert [c.name for c in commands] == sorted(c.name for c in commands)


@given(st.integers(0, 2**32))
def test_any_apply_gives_at_most_ten_annotations_and_no_other_command(seed: int) -> None:
    commands = run(annotation_lines(apply_annotations(worst(seed).result())))
    assert len(commands) <= 10
    assert {c.name for c in commands} <= {"error", "warning"}


def plan() -> Plan:
    wanted = (
        manifest("drifted", presets={"seed": 2}, spec=form()),
        manifest("gone", template=template_id(77)),
    )
    return build_plan(wanted, [state(live(1, presets={"seed": 1}))], target())


def test_blocked_and_drifted_manifests_are_annotated_where_they_begin() -> None:
    commands = run(annotation_lines(plan_annotations(plan())))
    assert [(c.name, c.properties["file"], c.properties["title"]) for c in commands] == [
        ("error", "manifests/gone.yaml", "unknown"),
        ("warning", "manifests/drifted.yaml", "drifted"),
    ]


def creating() -> Plan:
    wanted = [manifest("new", spec=form())]
    return build_plan(wanted, [state()], target(), assess=lambda _: Assessed(problems=(problem(),)))


def test_problems_of_a_create_are_annotated_at_their_own_lines() -> None:
    (command,) = run(annotation_lines(plan_annotations(creating())))
    assert (command.properties["file"], command.properties["line"]) == ("manifests/a.yaml", "1")


def test_only_creates_that_are_not_settled_are_annotated_after_an_apply() -> None:
    current = creating()
    (entry,) = current.with_status(Status.CREATE)
    done = Creation(entry, Outcome.CREATED, template_id(1), equals_manifest=True)
    lost = Creation(entry, Outcome.UNKNOWN, detail="no answer", help="run again")
    assert annotation_lines(apply_annotations(ApplyResult(current, (done,)))) == ""
    (command,) = run(annotation_lines(apply_annotations(ApplyResult(current, (lost,)))))
    assert command.properties["title"] == "unknown"
    assert command.message.startswith("new unknown")
    assert command.message.endswith(": no answer; run again")


def test_a_refused_apply_says_why() -> None:
    commands = run(annotation_lines(apply_annotations(refused(plan(), UnsafePlan("too many", help="fewer")))))
    assert commands[0].message == "too many; fewer"
    assert len(commands) == 3


def test_an_error_without_a_result_is_one_annotation_and_invalid_input_one_for_each_problem() -> None:
    assert len(error_annotations(InvalidInput((problem(1), problem(2))))) == 2
    assert (
        run(annotation_lines(error_annotations(UnsafePlan("stale", help="plan again"))))[0].message
        == "stale; plan again"
    )
