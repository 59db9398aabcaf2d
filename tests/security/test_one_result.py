"""Exit code, summary line, JSON and every account of a run say the same, because they come from one value."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from factories import CRM, FAKER, form, live, manifest, state, target, template_id, unread
from hypothesis import given
from hypothesis import strategies as st
from program import Project
from warm_program import PROGRAM

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.errors import UnsafePlan
from reconciler.planning.entry import Plan, Selection, Status
from reconciler.planning.plan import build_plan
from reconciler.report.document import apply_document, plan_document
from reconciler.report.exit_code import apply_exit_code, plan_exit_code
from reconciler.report.markdown import COMMENT_BUDGET, drift_markdown
from reconciler.report.text import render_apply, render_plan
from reconciler.report.view import apply_summary_line, summary_line

_WORDS = {
    "to create": Status.CREATE,
    "drifted": Status.DRIFTED,
    "duplicate": Status.DUPLICATE,
    "ambiguous": Status.AMBIGUOUS,
    "unknown": Status.UNKNOWN,
    "unmanaged": Status.UNMANAGED,
    "in sync": Status.IN_SYNC,
}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans of any mixture of entries."""
    letters = st.sampled_from("abc")
    connectors = st.sampled_from([FAKER, CRM])
    wanted = [
        manifest(
            f"m{n}",
            connector=draw(connectors),
            spec=draw(st.none() | letters.map(form)),
            presets={"x": draw(st.integers(0, 1))},
        )
        for n in range(draw(st.integers(1, 4)))
    ]
    held = [
        live(
            n + 1,
            connector=draw(connectors),
            spec=form(draw(letters)),
            presets={"x": draw(st.integers(0, 1))},
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    lost = (unread(),) if draw(st.integers(0, 5)) == 0 else ()
    only = draw(st.sampled_from([(), (), ("m0",), ("m[01]",)]))
    not_ours = (template_id(1),) if draw(st.integers(0, 5)) == 0 else ()
    return build_plan(
        wanted, [state(*held, unread=lost)], target(unmanaged=not_ours), selection=Selection(only=only)
    )


OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.UPDATED)
"""Those of creates."""


@st.composite
def results(draw: st.DrawFn) -> ApplyResult:
    """Apply results of any mixture of outcomes that an apply can give."""
    plan = draw(plans())
    if draw(st.integers(0, 9)) == 0:
        return refused(plan, UnsafePlan("no"))
    creations = []
    for number, entry in enumerate(plan.with_status(Status.CREATE)):
        outcome = draw(st.sampled_from(OUTCOMES))
        stored = outcome in {Outcome.CREATED, Outcome.RECOVERED}
        equal = draw(st.sampled_from([True, False, None])) if stored else None
        identifier = template_id(number + 50) if stored else None
        creations.append(
            Creation(
                entry, outcome, identifier, equal, detail="why", unsafe=not stored and draw(st.booleans())
            )
        )
    return ApplyResult(plan, tuple(creations), interrupted=draw(st.integers(0, 9)) == 0)


def told(line: str, words: dict[str, Status]) -> dict[Status, int]:
    """The numbers of a summary line."""
    line = line.partition("Not shown")[0]
    return {
        status: int(found[1])
        for word, status in words.items()
        if (found := re.search(rf"(\d+) {word}\b", line))
    }


@given(plans(), st.booleans(), st.booleans())
def test_summary_line_document_and_exit_code_of_a_plan_agree(
    plan: Plan, findings: bool, creates: bool
) -> None:
    counted = Counter(entry.status for entry in plan.entries)
    document = plan_document(plan)
    assert document["summary"] == {
        str(status): counted[status] for status in Status if status is not Status.UPDATE
    }
    assert told(summary_line(plan), _WORDS) == {
        status: number for status, number in counted.items() if number
    }
    code = plan_exit_code(plan, findings_count=findings, intends_creates=creates)
    doubtful = counted[Status.UNKNOWN] or counted[Status.AMBIGUOUS] or plan.hidden.get(Status.UNKNOWN)
    found = counted[Status.CREATE] or counted[Status.DRIFTED] or counted[Status.DUPLICATE]
    assert document["uncomparedForms"] == plan.uncompared_forms
    open_ = found or plan.uncompared_forms or (not creates and plan.hidden_findings)
    assert code == (4 if doubtful else 2 if findings and open_ else 0)
    drift = drift_markdown(plan, budget=COMMENT_BUDGET)
    clean = plan_exit_code(plan, findings_count=True, intends_creates=False) == 0
    assert ("No drift." in drift) == clean
    if "Up to date" in render_plan(plan):
        assert code == 0
        assert counted.keys() == {Status.IN_SYNC}
        assert not plan.hidden_count
        assert not plan.uncompared_forms
        assert not plan.left_out
    assert ("Not up to date" in render_plan(plan)) == bool(
        found or counted[Status.UNKNOWN] or counted[Status.AMBIGUOUS]
    )


@given(results(), st.booleans())
def test_summary_line_document_and_exit_code_of_an_apply_agree(result: ApplyResult, findings: bool) -> None:
    code = apply_exit_code(result, findings_count=findings)
    document: Any = apply_document(result, exit_code=code)
    counted = Counter(creation.outcome for creation in result.creations)
    assert document["result"]["exitCode"] == code
    assert document["result"]["outcomes"] == {str(outcome): counted[outcome] for outcome in OUTCOMES}
    outcomes = [entry["outcome"] for entry in document["entries"] if "outcome" in entry]
    assert Counter(outcomes) == Counter(map(str, counted.elements()))
    line = apply_summary_line(result)
    for outcome in Outcome:
        found = re.search(rf"(\d+) {outcome}\b", line.partition("Left as they are")[0])
        assert (int(found[1]) if found else 0) == counted[outcome]
    assert line in render_apply(result)
    settled = all(
        c.outcome in {Outcome.CREATED, Outcome.RECOVERED} and c.equals_manifest for c in result.creations
    )
    if code == 0:
        assert settled
        assert result.refusal is None
        assert not result.interrupted
    if counted[Outcome.UNKNOWN] and not result.interrupted and result.refusal is None:
        assert code == 5


def run_into(project: Project, stdout: int | Path, *arguments: str) -> int:
    """The exit code with stdout there; stderr goes nowhere."""
    with open(stdout, "w") as out:
        return subprocess.run(
            [PROGRAM, *arguments], cwd=project.root, stdout=out, stderr=subprocess.DEVNULL, check=False
        ).returncode


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("validate",),
        ("plan", "--sandbox"),
        ("drift", "--sandbox", "-f", "json"),
        ("schema", "plan"),
        ("explain", "R102"),
        ("new", "source-faker"),
        ("connectors", "show", "source-faker"),
        ("plan", "--help"),
    ],
    ids=" ".join,
)
def test_result_that_no_one_received_is_never_success(project: Project, arguments: tuple[str, ...]) -> None:
    project.add()
    assert run_into(project, Path("/dev/full"), *arguments) in {1, 2}
    read, write = os.pipe()
    os.close(read)
    assert run_into(project, write, *arguments) in {1, 2}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("where", ["/dev/full", "/proc/x"])
def test_report_that_cannot_be_written_is_never_success_and_the_result_is_still_told(
    project: Project, form: str, where: str
) -> None:
    project.add()
    ended = project.run("plan", "--sandbox", "--write", f"{form}={where}")
    assert ended.code == 1
    assert "could not be written" in ended.err
    assert "1 to create" in ended.out
    assert "Traceback" not in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_report_into_a_folder_that_is_read_only_is_never_success(project: Project) -> None:
    project.add()
    (project.root / "folder").mkdir(mode=0o500)
    assert project.run("plan", "--sandbox", "--write", "json=folder/plan.json").code == 64
