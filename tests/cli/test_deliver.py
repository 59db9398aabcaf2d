"""One result, many readers: what goes wrong with one of them loses nothing of the others, and no report names a wrong exit code."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from program import Project
from warm_program import PROGRAM

from reconciler.applying.outcome import ApplyResult
from reconciler.applying.stopping import StopRequest
from reconciler.cli.apply import prepared_run
from reconciler.cli.apply_run import ApplyRun, carried_out
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import Options
from reconciler.report.safe_text import Style

ID = r"[0-9a-f-]{36}"


def too_large(_: Style) -> NoReturn:
    raise MemoryError


def shell(project: Project, line: str) -> subprocess.CompletedProcess[str]:
    """The line in bash, with `$R` for the program."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=project.root,
        env={**os.environ, "R": str(PROGRAM)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def following(console: Console, options: Options) -> Console:
    console.follow(options)
    return console


def test_rendering_that_fails_takes_no_other_along(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    writes = (("html", Path("page.html")), ("json", Path("r.json")), ("text", Path("r.txt")))
    options = Options(chdir=tmp_path, writes=writes)
    (tmp_path / "r.json").write_text("that of yesterday")
    renderings = {"html": lambda _: "page", "json": too_large, "text": lambda _: "text"}
    console = following(Console(out, err), options)
    code = deliver(console, lambda _: renderings, 0, account=lambda: "sample-data created 9b2c\n")
    assert (code, out.getvalue()) == (1, "text")
    assert (tmp_path / "page.html").read_text() == "page"
    assert (tmp_path / "r.txt").read_text() == "text"
    told = json.loads((tmp_path / "r.json").read_text())["error"]
    assert told["exitCode"] == 1
    assert told["message"].endswith("r.json: the report could not be made: internal error (MemoryError)")
    assert "sample-data created 9b2c" in err.getvalue()


def test_result_that_cannot_be_rendered_is_told_in_short_and_is_no_success(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    options = Options(chdir=tmp_path, format="json")
    console = following(Console(out, err), options)
    code = deliver(console, lambda _: {"json": too_large}, 5, account=lambda: "what there is\n")
    assert code == 5
    assert json.loads(out.getvalue())["error"]["exitCode"] == 5
    assert "what there is" in err.getvalue()


class FailsAtTheEnd(ApplyRun):
    """Something breaks when everything was created: a connection that cannot be closed, a lease that cannot be given back."""

    async def apply(self, stop: StopRequest) -> ApplyResult:
        await super().apply(stop)
        raise RuntimeError("the connection could not be closed")


class FailsInTheMiddle(ApplyRun):
    """Something breaks after the first create."""

    async def apply(self, stop: StopRequest) -> ApplyResult:
        await super().apply(stop)
        del self.account.creations[1:]
        self.account.result = None
        raise RuntimeError("no more")


@pytest.mark.parametrize(
    ("kind", "outcomes"),
    [(FailsAtTheEnd, ["created", "created"]), (FailsInTheMiddle, ["created", "not-attempted"])],
)
def test_fault_after_a_create_loses_no_account_and_is_no_success(
    project: Project, kind: type[ApplyRun], outcomes: list[str]
) -> None:
    for name in ("alpha", "beta"):
        project.add(name, title=name)
    out, err = io.StringIO(), io.StringIO()
    options = Options(environment="sandbox", chdir=project.root, format="json", yes=True)
    console = following(Console(out, err), options)
    run = prepared_run(console, options)
    failing = kind(run.console, run.options, run.workspace, None)
    try:
        code = failing.report(carried_out(failing))
    finally:
        console.signals.restore()
    document = json.loads(out.getvalue())
    assert [entry["outcome"] for entry in document["entries"] if "outcome" in entry] == outcomes
    assert code == document["result"]["exitCode"] != 0
    assert "RuntimeError" in err.getvalue()


class Unwritable(io.StringIO):
    """A terminal that fails in a way that no stream should."""

    def isatty(self) -> bool:
        return True

    def write(self, _text: str) -> int:
        raise RuntimeError("no")


def test_progress_that_cannot_be_shown_loses_no_create(project: Project) -> None:
    for name in ("alpha", "beta"):
        project.add(name, title=name)
    console = Console(io.StringIO(), Unwritable())
    options = Options(environment="sandbox", chdir=project.root, yes=True)
    run = prepared_run(Console(io.StringIO(), io.StringIO()), options)
    run.console = console
    try:
        result = carried_out(run)
    finally:
        console.signals.restore()
    assert [str(creation.outcome) for creation in result.creations] == ["created", "created"]


@pytest.mark.parametrize("command", ["plan", "apply --yes"])
def test_document_on_stdout_names_the_exit_code_that_a_lost_report_makes(
    project: Project, command: str
) -> None:
    project.add()
    told = shell(project, f"$R {command} --sandbox -f json --write html=/dev/full")
    assert told.returncode == 1
    assert json.loads(told.stdout).get("result", {"exitCode": 1})["exitCode"] == 1


def test_document_in_a_file_names_the_exit_code_that_a_lost_stdout_makes(project: Project) -> None:
    project.add()
    told = shell(project, "$R apply --yes --sandbox --write json=r.json --write markdown=r.md >/dev/full")
    assert told.returncode == 1
    assert json.loads((project.root / "r.json").read_text())["result"]["exitCode"] == 1
    assert re.search(
        rf"What was created, or may have been:\nsample-data created {ID}$", told.stderr, re.MULTILINE
    )
    assert told.stderr.count("the result could not be written to stdout") == 1


def test_report_that_cannot_be_written_says_that_an_older_one_stands_there(project: Project) -> None:
    project.add()
    old = '{"formatVersion": "1", "target": "that of yesterday"}'
    project.write("r.json", old)
    told = shell(project, "ulimit -f 0; $R plan --sandbox --write json=r.json | cat; exit ${PIPESTATUS[0]}")
    assert told.returncode == 1
    assert "r.json: the report could not be written: File too large" in told.stderr
    assert "what that file holds is from an earlier run" in told.stderr
    assert (project.root / "r.json").read_text() == old


def test_report_goes_through_a_pipe(project: Project) -> None:
    project.add()
    piped = shell(project, "$R plan --sandbox --write json=/dev/stdout | cat; exit ${PIPESTATUS[0]}")
    assert (piped.returncode, piped.stderr) == (0, "")
    assert json.JSONDecoder().raw_decode(piped.stdout)[0]["summary"]["create"] == 1
    assert "1 to create" in piped.stdout
    substituted = shell(project, "$R plan --sandbox --write json=>(cat >&2) >/dev/null; sleep 0.3")
    assert json.loads(substituted.stderr)["summary"]["create"] == 1


@pytest.mark.parametrize("goal", ["/dev/stdout", "/dev/fd/1", "o.txt"])
def test_report_into_what_stdout_goes_to_replaces_nothing(project: Project, goal: str) -> None:
    project.add()
    told = shell(project, f"echo before >o.txt; $R plan --sandbox --write json={goal} >>o.txt; exit $?")
    assert (told.returncode, told.stderr) == (0, "")
    text = (project.root / "o.txt").read_text()
    assert text.startswith("before\n{")
    assert "1 to create" in text.rpartition("\n}\n")[2]


def test_report_on_stderr_replaces_nothing(project: Project) -> None:
    project.add()
    told = shell(project, "$R plan --sandbox --write json=/dev/stderr 2>e.txt")
    assert told.returncode == 0
    assert json.loads((project.root / "e.txt").read_text())["summary"]["create"] == 1


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
@pytest.mark.parametrize("arguments", ["--yes --max-creates 0", ""])
def test_reason_of_a_refusal_is_on_stderr_where_stdout_is_for_a_program(
    project: Project, form: str, arguments: str
) -> None:
    project.add()
    told = shell(project, f"$R apply --sandbox -q {arguments} -f {form} </dev/null >/dev/null")
    assert told.returncode == 4
    assert told.stderr.startswith("Refused: ")
    assert ("--max-creates 1" if arguments else "add --yes") in told.stderr


@pytest.mark.parametrize("form", ["text", "github"])
def test_reason_of_a_refusal_is_said_once_and_the_last_line_claims_nothing(
    project: Project, form: str
) -> None:
    project.add()
    told = shell(project, f"$R apply --sandbox --yes --max-creates 0 -f {form}")
    assert (told.returncode, told.stderr) == (4, "")
    assert told.stdout.count("Refused: ") == 1
    assert "\nNothing was sent: 1 not-attempted." in told.stdout
    assert "Applied" not in told.stdout
