"""One `ci` command from its start to its exit code, with everything around its own work."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from reconciler.cli.ci.pipeline import Pipeline
from reconciler.cli.console import Console
from reconciler.cli.deliver import report_bug, report_error
from reconciler.cli.options import Options
from reconciler.errors import ReconcilerError
from reconciler.github.actions import read_actions


def run_pipeline(
    console: Console,
    options: Options,
    work: Callable[[Pipeline], int],
    *,
    on_error: Callable[[Pipeline, ReconcilerError], None] = lambda _pipeline, _error: None,
) -> int:
    """Do `work`, which gives its exit code, with everything around it. An error that ends it is told as a result would be;
    `on_error` tells it on GitHub.
    """
    actions = read_actions(os.environ)
    console.follow(options)
    console.signals.install()
    console.signals.hold(
        lambda: ""
    )  # a signal ends the next look at a network; what is known by then is told
    pipeline = Pipeline(console, options, actions, os.environ)
    for note in actions.notes:
        pipeline.warn(note)
    if not actions.is_running:
        pipeline.say("Not in GitHub Actions: the result is shown here only.")
    try:
        return pipeline.finish(work(pipeline))
    except ReconcilerError as error:
        from reconciler.report.markdown import error_markdown

        failed = error
        report_error(console, failed)
        pipeline.summarize(lambda budget: error_markdown(failed, budget=budget, run_url=pipeline.run_url))
        on_error(pipeline, failed)
        return pipeline.finish(failed.exit_code)
    except Exception as bug:  # noqa: BLE001 - the step's outputs are written whatever happens
        report_bug(console, bug)
        return pipeline.finish(ReconcilerError.exit_code)


def pipeline_format(environ: Mapping[str, str]) -> str:
    """What stdout gets: annotations too where a runner reads them."""
    return "github" if environ.get("GITHUB_ACTIONS") == "true" else "text"
