"""One result as GitHub-flavoured Markdown within a byte budget: pull-request comment, issue, step summary. Pure.

Four renderings of four results, and one of an error that ended a run before there was one:

    plan_markdown(plan, *, budget, first_line="", heading="", notice="", run_url="") -> str
    drift_markdown(plan, *, budget, ...)                       the same comparison, told to an operator
    apply_markdown(result, *, budget, ...)                     what became of each create, with the new ids
    validation_markdown(problems, manifests, suppressed, *, budget, ...)
    error_markdown(error, *, budget, ...)

`budget` counts UTF-8 bytes of the whole text, `first_line` included. Text is never cut: what does not fit is left out
object by object, the counts stay those of the result, and "N more" stands in its place.
"""

from reconciler.report.markdown.budget import COMMENT_BUDGET, MINIMUM_BUDGET, SUMMARY_BUDGET
from reconciler.report.markdown.render import (
    apply_markdown,
    drift_markdown,
    error_markdown,
    plan_markdown,
    validation_markdown,
)

__all__ = [
    "COMMENT_BUDGET",
    "MINIMUM_BUDGET",
    "SUMMARY_BUDGET",
    "apply_markdown",
    "drift_markdown",
    "error_markdown",
    "plan_markdown",
    "validation_markdown",
]
