"""The renderings that each result has: the one place that knows them. `options.FORMATS_OF` says what a command offers.

A rendering is made when it is asked for, and imported then. All renderings of a run show the same value. What comes from
outside the result (where the run can be seen, where the repository's root is, a random word) is looked up here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.applying.outcome import ApplyResult
    from reconciler.cli.options import Options
    from reconciler.errors import ReconcilerError
    from reconciler.planning.entry import Plan
    from reconciler.report import document, github_annotations, html, junit, markdown, text, text_problems
    from reconciler.report.github_annotations import Annotation
    from reconciler.report.markdown import Frame
    from reconciler.report.safe_text import Style
    from reconciler.report.view import Validation
else:

    class _Later:
        """A module of `report`, imported when something of it is asked for."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, member: str) -> object:
            return getattr(import_module(f"reconciler.report.{self._name}"), member)

    document, github_annotations, html, junit, markdown, text, text_problems = map(
        _Later, ("document", "github_annotations", "html", "junit", "markdown", "text", "text_problems")
    )

Rendering = Callable[["Style"], str]
Renderings = dict[str, Rendering]


def plan_renderings(plan: Plan, options: Options, *, is_drift: bool = False) -> Renderings:
    """The renderings of `plan`. With `is_drift` those of `drift`, the same comparison for an operator."""

    def words(style: Style) -> str:
        return text.render_plan(plan, style=style, verbose=options.verbose, tells_refusal=not is_drift)

    title = "Drift" if is_drift else "Plan"
    return {
        "text": words,
        "json": lambda _: document.document_text(document.plan_document(plan)),
        "markdown": lambda _: (markdown.drift_markdown if is_drift else markdown.plan_markdown)(
            plan, **_frame()
        ),
        "github": lambda style: _github(words(style), github_annotations.plan_annotations(plan), options),
        "html": lambda _: html.render_plan_page(plan, title=title, tells_refusal=not is_drift),
    }


def apply_renderings(result: ApplyResult, options: Options, *, text: Rendering, code: int) -> Renderings:
    """Those of `apply`. `text` is the command's own: what was shown before the question is not printed twice."""

    return {
        "text": text,
        "json": lambda _: document.document_text(document.apply_document(result, exit_code=code)),
        "markdown": lambda _: markdown.apply_markdown(result, **_frame()),
        "github": lambda style: _github(text(style), github_annotations.apply_annotations(result), options),
        "html": lambda _: html.render_apply_page(result),
    }


def validation_renderings(found: Validation, options: Options) -> Renderings:
    """Those of `validate`."""

    def words(style: Style) -> str:
        return text.render_validation(found, style, verbose=options.verbose)

    def annotated(style: Style) -> str:
        return _github(words(style), github_annotations.problem_annotations(found.problems), options)

    return {
        "text": words,
        "json": lambda _: document.document_text(document.validate_document(found)),
        "markdown": lambda _: markdown.validation_markdown(found, **_frame()),
        "github": annotated,
        "junit": lambda _: junit.render_junit(found),
    }


def error_rendering(error: ReconcilerError, form: str, chdir: Path) -> str:
    """What stdout or a report file gets in place of a result when there is none."""
    match form:
        case "json":
            return document.document_text(document.error_document(error))
        case "markdown":
            return markdown.error_markdown(error, **_frame())
        case "github":
            annotations = github_annotations.error_annotations(error)
            return github_annotations.annotation_lines(annotations, prefix=repository_prefix(chdir))
        case "junit":
            return junit.render_error_junit(error)
        case "html":
            return html.render_error_page(error)
        case _:
            return text_problems.render_error(error)


def _frame() -> Frame:
    return {"budget": markdown.COMMENT_BUDGET, "run_url": run_url()}


def run_url() -> str:
    """Where this run can be seen: in GitHub Actions or GitLab CI. "" elsewhere."""
    if os.environ.get("CI_JOB_URL"):
        return os.environ["CI_JOB_URL"]
    known = [os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*known) if all(known) else ""


def repository_prefix(chdir: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The project's directory as seen from the repository's root. "" for the root, and where no root is known.

    A directory outside the repository becomes `..`: then no annotation names a file.
    """
    workspace = environ.get("GITHUB_WORKSPACE")
    if not workspace:
        return ""
    root, here = Path(workspace).resolve(), chdir.resolve()
    return here.relative_to(root).as_posix() if here.is_relative_to(root) else ".."


def _github(words: str, annotations: Sequence[Annotation], options: Options) -> str:
    prefix = repository_prefix(options.chdir)
    return github_annotations.github_report(words, annotations, token=secrets.token_hex(16), prefix=prefix)
