"""The plan file of `ci plan`, for `ci apply` in a later step or job."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from reconciler.cli.ci.pipeline import Pipeline
from reconciler.errors import ReportNotWritten
from reconciler.planning.entry import Plan
from reconciler.report.document import document_text, plan_document


def write_plan_file(pipeline: Pipeline, path: Path | None, plan: Plan) -> None:
    """Write the plan file; without a path into the runner's temporary folder, and outside Actions not at all."""
    chosen = _path(pipeline, plan) if path is None else pipeline.options.chdir / path
    if chosen is None:
        return
    absolute = Path(os.path.abspath(chosen))
    try:
        pipeline.console.write_report(absolute, document_text(plan_document(plan)))
    except ReportNotWritten as error:
        pipeline.lose(error)
        return
    pipeline.values["plan-file"] = str(absolute)


def _path(pipeline: Pipeline, plan: Plan) -> Path | None:
    if pipeline.actions.temp is None:
        return None
    key = pipeline.marker("plan", plan.target.environment).line
    return pipeline.actions.temp / f"reconciler-plan-{sha256(key.encode()).hexdigest()[:12]}.json"
