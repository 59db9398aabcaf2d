"""The renderings that each result has: the one place that knows them. `options.FORMATS_OF` says what a command offers.

A rendering is made when it is asked for, and imported then. All renderings of a run show the same value. What comes from
outside the result (where the run can be seen, where the repository's root is, a random word) is looked up here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.applying.outcome import ApplyResult
    from reconciler.cli.options import Options
    from reconciler.errors import ReconcilerError
    from reconciler.planning.entry import Plan
    from reconciler.report.github_annotations import Annotation
    from reconciler.report.safe_text import Style
    from reconciler.report.view import Validation

Rendering = Callable[["Style"], str]
Renderings = dict[str, Rendering]


def plan_renderings(plan: Plan, options: Options, *, is_drift: bool = False) -> Renderings:
    """The renderings of `plan`. With `is_drift` those of `drift`, the same comparison for an operator."""

    def text(style: Style) -> str:
        from reconciler.report.text import render_plan

        return render_plan(plan, style=style, verbose=options.verbose, tells_refusal=not is_drift)

    def document(_: Style) -> str:
        from reconciler.report.document import document_text, plan_document

        return document_text(plan_document(plan))

    def markdown(_: Style) -> str:
        from reconciler.report.markdown import COMMENT_BUDGET, drift_markdown, plan_markdown

        render = drift_markdown if is_drift else plan_markdown
        return render(plan, budget=COMMENT_BUDGET, run_url=run_url())

    def github(style: Style) -> str:
        from reconciler.report.github_annotations import plan_annotations

        return _github(text(style), plan_annotations(plan), options.chdir)

    def html(_: Style) -> str:
        from reconciler.report.html import render_plan_page

        return render_plan_page(plan, title="Drift" if is_drift else "Plan", tells_refusal=not is_drift)

    return {"text": text, "json": document, "markdown": markdown, "github": github, "html": html}


def apply_renderings(result: ApplyResult, options: Options, *, text: Rendering, code: int) -> Renderings:
    """Those of `apply`. `text` is the command's own: what was shown before the question is not printed twice."""

    def document(_: Style) -> str:
        from reconciler.report.document import apply_document, document_text

        return document_text(apply_document(result, exit_code=code))

    def markdown(_: Style) -> str:
        from reconciler.report.markdown import COMMENT_BUDGET, apply_markdown

        return apply_markdown(result, budget=COMMENT_BUDGET, run_url=run_url())

    def github(style: Style) -> str:
        from reconciler.report.github_annotations import apply_annotations

        return _github(text(style), apply_annotations(result), options.chdir)

    def html(_: Style) -> str:
        from reconciler.report.html import render_apply_page

        return render_apply_page(result)

    return {"text": text, "json": document, "markdown": markdown, "github": github, "html": html}


def validation_renderings(found: Validation, options: Options) -> Renderings:
    """Those of `validate`."""

    def text(style: Style) -> str:
        from reconciler.report.text import render_validation

        return render_validation(found, style, verbose=options.verbose)

    def document(_: Style) -> str:
        from reconciler.report.document import document_text, validate_document

        return document_text(validate_document(found))

    def markdown(_: Style) -> str:
        from reconciler.report.markdown import COMMENT_BUDGET, validation_markdown

        return validation_markdown(found, budget=COMMENT_BUDGET, run_url=run_url())

    def github(style: Style) -> str:
        from reconciler.report.github_annotations import problem_annotations

        return _github(text(style), problem_annotations(found.problems), options.chdir)

    def junit(_: Style) -> str:
        from reconciler.report.junit import render_junit

        return render_junit(found)

    return {"text": text, "json": document, "markdown": markdown, "github": github, "junit": junit}


def error_rendering(error: ReconcilerError, form: str, chdir: Path) -> str:
    """What stdout or a report file gets in place of a result when there is none."""
    if form == "json":
        from reconciler.report.document import document_text, error_document

        return document_text(error_document(error))
    if form == "markdown":
        from reconciler.report.markdown import COMMENT_BUDGET, error_markdown

        return error_markdown(error, budget=COMMENT_BUDGET, run_url=run_url())
    if form == "github":
        from reconciler.report.github_annotations import annotation_lines, error_annotations

        return annotation_lines(error_annotations(error), prefix=repository_prefix(chdir))
    if form == "junit":
        from reconciler.report.junit import render_error_junit

        return render_error_junit(error)
    if form == "html":
        from reconciler.report.html import render_error_page

        return render_error_page(error)
    from reconciler.report.text_problems import render_error

    return render_error(error)


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


def _github(text: str, annotations: Sequence[Annotation], chdir: Path) -> str:
    from reconciler.report.github_annotations import github_report

    return github_report(text, annotations, token=secrets.token_hex(16), prefix=repository_prefix(chdir))
