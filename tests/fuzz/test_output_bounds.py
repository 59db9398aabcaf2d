"""However large the input, what a person reads stays readable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from factories import CRM, FAKER, form, live, manifest, state, target, template_id, unread
from fuzz.manifest_mutations import Project
from fuzz.offline_run import Fuzzed, program

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, refused
from reconciler.cli.options import Options
from reconciler.cli.renderings import (
    apply_renderings,
    error_rendering,
    plan_renderings,
    validation_renderings,
)
from reconciler.errors import InvalidInput, ReconcilerError, UnsafePlan
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.template import Connector, LiveTemplate, Manifest
from reconciler.model.verdict import Verdict
from reconciler.planning.entry import Assessed, Plan, Status
from reconciler.planning.plan import build_plan
from reconciler.report.safe_text import Style
from reconciler.report.text import render_apply
from reconciler.report.view import Validation

LONG = "x" * 1_000_000
FRAME = len(plan_renderings(build_plan([], [state()], target()), Options())["html"](Style()))
WANTED = manifest(presets={"a": "y"}, spec=form())


def printed(wanted: Manifest, *there: LiveTemplate, verbose: bool = False) -> dict[str, int]:
    """How many characters each rendering for people has."""
    return sizes(build_plan([wanted], [state(*there)], target()), verbose=verbose)


def sizes(plan: Plan, *, verbose: bool = False) -> dict[str, int]:
    """How many characters each rendering for people has; those of a page without its style and script."""
    renderings = plan_renderings(plan, Options(verbose=verbose))
    found = {name: len(renderings[name](Style())) for name in ("text", "markdown", "github", "html")}
    return found | {"html": found["html"] - FRAME}


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
    found = printed(WANTED, there, verbose=verbose)
    assert found.pop("html") < 50_000  # a page shows ten thousand characters of each side
    assert max(found.values()) < 10_000


NAMED = Connector(FAKER.id[:-1] + "9", name=LONG)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize(
    "plan",
    [
        build_plan([], [state(live(1, name=LONG), live(2, name=LONG))], target()),
        build_plan([WANTED], [state(unread=(unread(1, LONG, LONG),))], target()),
        build_plan([manifest(template=template_id(1), connector=CRM)], [state(live(1, name=LONG))], target()),
        build_plan([manifest(connector=NAMED)], [state()], target()),
        build_plan([manifest(LONG, file=LONG, spec=form())], [state(live(1, presets={LONG: 1}))], target()),
        build_plan(
            [manifest(spec=form(), connector=NAMED)],
            [state(live(1, connector=NAMED), live(2, connector=NAMED))],
            target(),
        ),
        build_plan(
            [manifest(spec=form("x"), connector=NAMED)],
            [state(live(1, connector=NAMED), live(2, connector=NAMED))],
            target(),
        ),
        build_plan([], [state()], replace(target(), environment=LONG, url=LONG)),
    ],
    ids=["unmanaged", "unread", "bound", "create", "manifest", "duplicate", "ambiguous", "target"],
)
def test_a_name_of_a_mebibyte_is_cut_in_every_report_for_people_and_whole_in_json(
    plan: Plan, verbose: bool
) -> None:
    assert max(sizes(plan, verbose=verbose).values()) < 20_000
    assert LONG in plan_renderings(plan, Options())["json"](Style())


WORDS = Diagnostic(Origin(LONG, 3, 5), "R402", LONG, LONG)
OUTCOMES = {
    "refused": lambda plan, entry: refused(plan, UnsafePlan(LONG, help=LONG)),
    "rejected": lambda plan, entry: ApplyResult(
        plan, (Creation(entry, Outcome.REJECTED, detail=LONG, help=LONG),)
    ),
    "created": lambda plan, entry: ApplyResult(
        plan, (Creation(entry, Outcome.CREATED, template_id(5), True),)
    ),
}


@pytest.mark.parametrize("what", OUTCOMES)
def test_words_of_a_mebibyte_are_cut_in_the_account_of_an_apply(what: str) -> None:
    assessed = Assessed(Verdict(422, (LONG,)), None, (WORDS,))
    plan = build_plan(
        [manifest(LONG, file=LONG, spec=form())], [state()], target(), assess=lambda _: assessed
    )
    (entry,) = plan.with_status(Status.CREATE)
    result = OUTCOMES[what](plan, entry)
    renderings = apply_renderings(
        result, Options(), text=lambda style: render_apply(result, style=style), code=1
    )
    lengths = {name: len(renderings[name](Style())) for name in ("text", "markdown", "github", "html")}
    assert max(lengths["text"], lengths["markdown"], lengths["github"], lengths["html"] - FRAME) < 20_000
    assert max(sizes(plan, verbose=True).values()) < 20_000


def test_words_of_a_mebibyte_are_cut_in_every_report_of_validate() -> None:
    assessed = Assessed(Verdict(422, (LONG,)), None, (WORDS,))
    judged = ((manifest(LONG, file=LONG), assessed),)
    renderings = validation_renderings(Validation((WORDS,), judged), Options(verbose=True))
    for name in ("text", "markdown", "github", "junit"):
        assert len(renderings[name](Style())) < 20_000


@pytest.mark.parametrize("error", [UnsafePlan(LONG, help=LONG), InvalidInput((WORDS,))])
@pytest.mark.parametrize("form", ["text", "markdown", "github", "junit", "html"])
def test_words_of_a_mebibyte_are_cut_in_an_error(error: ReconcilerError, form: str) -> None:
    assert len(error_rendering(error, form, Path())) < 20_000 + FRAME


def test_a_hundred_thousand_changes_are_a_few_lines_and_a_number() -> None:
    there = live(1, presets={f"k{number}": number for number in range(100_000)})
    found = printed(WANTED, there)
    assert found.pop("html") < 50_000
    assert max(found.values()) < 10_000


def test_two_thousand_problems_of_a_file_are_a_hundred_lines_and_a_number(tmp_path: Path) -> None:
    fuzzed = Fuzzed(tmp_path / "project")
    fuzzed.write(Project({"manifests/m.yaml": b"- no\n" * 2_000}))
    lines = program("validate", "-C", str(fuzzed.root)).out.decode().splitlines()
    assert "and 1900 more problems in this file" in "\n".join(lines)
    assert len(lines) < 110
