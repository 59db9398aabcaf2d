"""However large the input, what a person reads stays readable."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import form, live, manifest, state, target
from manifest_mutations import Project
from offline_run import Fuzzed, program

from reconciler.cli.options import Options
from reconciler.cli.renderings import plan_renderings
from reconciler.model.template import LiveTemplate, Manifest
from reconciler.planning.plan import build_plan
from reconciler.report.style import Style

LONG = "x" * 1_000_000
WANTED = manifest(presets={"a": "y"}, spec=form())


def printed(wanted: Manifest, *there: LiveTemplate, verbose: bool = False) -> dict[str, int]:
    """How many characters each rendering for people has."""
    plan = build_plan([wanted], [state(*there)], target())
    renderings = plan_renderings(plan, Options(verbose=verbose))
    return {name: len(renderings[name](Style())) for name in ("text", "markdown", "github")}


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize(
    "there",
    [
        live(1, presets={"a": LONG}),
        live(1, presets={"a": [LONG] * 3}),
        live(1, presets={"a": {"b": LONG}}),
        live(1, presets={"a": "y"}, spec=form(LONG)),
        live(1, presets={"a": 10**399}),
    ],
    ids=["text", "list", "object", "title", "integer"],
)
def test_a_value_of_a_mebibyte_is_a_line_in_every_report_for_people(
    there: LiveTemplate, verbose: bool
) -> None:
    assert max(printed(WANTED, there, verbose=verbose).values()) < 10_000


def test_a_hundred_thousand_changes_are_a_few_lines_and_a_number() -> None:
    there = live(1, presets={f"k{number}": number for number in range(100_000)})
    assert max(printed(WANTED, there).values()) < 10_000


def test_two_thousand_problems_of_a_file_are_a_hundred_lines_and_a_number(tmp_path: Path) -> None:
    fuzzed = Fuzzed(tmp_path / "project")
    fuzzed.write(Project({"manifests/m.yaml": b"- no\n" * 2_000}))
    lines = program("validate", "-C", str(fuzzed.root)).out.decode().splitlines()
    assert "and 1900 more problems in this file" in "\n".join(lines)
    assert len(lines) < 110
