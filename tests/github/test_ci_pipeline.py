"""What a run tells on GitHub stays within what GitHub takes, also when hiding secrets makes it longer."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

from factories import ORGANIZATION, target
from github.github_double import MAX_BODY

from reconciler.cli.ci.drift import NEWS_BUDGET
from reconciler.cli.ci.pipeline import Pipeline
from reconciler.cli.console import Console
from reconciler.cli.options import Options
from reconciler.github.actions import Actions
from reconciler.github.comments import Marker
from reconciler.model.template import LiveState
from reconciler.planning.plan import build_plan
from reconciler.report.markdown import drift_markdown

SECRET = "abcabc"


def pipeline(summary: Path | None = None) -> Pipeline:
    console = Console(io.StringIO(), io.StringIO())
    console.keep_secret(SECRET)
    return Pipeline(console, Options(), Actions(summary=summary), {})


def full_of_secrets(*, budget: int, first_line: str = "### Plan", **_more: str) -> str:
    words = f"{SECRET} some more words that hide nothing\n"
    return f"{first_line}\n" + words * ((budget - len(first_line) - 1) // len(words))


def test_comment_is_rendered_shorter_when_hiding_secrets_made_it_too_long() -> None:
    marker = Marker("plan", "production")
    body = pipeline().body(marker, full_of_secrets, budget=60_000)
    assert body.startswith(f"{marker.line}\n(sensitive)")
    assert 20_000 < len(body) <= MAX_BODY
    assert SECRET not in body


def test_marker_is_never_searched_for_secrets() -> None:
    marker = Marker("plan", SECRET)
    assert pipeline().body(marker, full_of_secrets, budget=10_000).startswith(f"{marker.line}\n")


def test_summary_is_rendered_shorter_when_hiding_secrets_made_it_too_long(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * 1_030_000)
    told = pipeline(path)
    told.summarize(full_of_secrets)
    assert told.code == 0
    assert 1_035_000 < path.stat().st_size <= 1024 * 1024
    assert SECRET.encode() not in path.read_bytes()


def test_marker_of_a_very_long_environment_name_leaves_the_report_its_room() -> None:
    """The name is percent-encoded: three bytes for each of its characters."""
    marker = Marker("drift-note", "@" * 3_000)
    plan = build_plan([], [LiveState(ORGANIZATION, (), ())], target())

    body = pipeline().body(marker, partial(drift_markdown, plan), budget=NEWS_BUDGET)
    assert body.startswith(f"{marker.line}\n")
    assert "Compared 0 manifests" in body


def test_summary_that_cannot_be_made_short_enough_is_a_lost_report_and_not_one_too_long(
    tmp_path: Path,
) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * (1024 * 1024 - 10_500))
    told = pipeline(path)
    told.summarize(full_of_secrets)
    assert (told.code, path.stat().st_size) == (1, 1024 * 1024 - 10_500)
