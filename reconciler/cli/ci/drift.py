"""`reconciler ci drift`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.ci.pipeline import Pipeline, run_pipeline
from reconciler.cli.comparing import planned, report_plan
from reconciler.cli.console import Console
from reconciler.cli.options import run_options
from reconciler.errors import ReconcilerError
from reconciler.model.json_value import JsonValue
from reconciler.planning.entry import Entry, Plan
from reconciler.planning.facts import digest_of
from reconciler.report.exit_code import FINDINGS, ExitCode, plan_exit_code
from reconciler.report.markdown.budget import MINIMUM_BUDGET

if TYPE_CHECKING:
    from reconciler.github.client import GitHub
    from reconciler.github.drift_issue import Reported

EPILOG = """\b
Examples:
  reconciler ci drift -e production               in a workflow on schedule

\b
There is one open issue for each environment, with the label reconciler-drift. Its text is kept up to date; a
comment is written only when the set of findings changed. It is closed when everything was compared and is in sync, and reopened
when drift comes back within 14 days. Needs `issues: write` and GITHUB_TOKEN.

\b
Exit codes: 0 in sync, 2 findings or a form that was not compared, 4 something could not be read, matched or decided.
With 4, and with every failure, the issue is left as it is: nothing is claimed."""

NEWS_BUDGET = MINIMUM_BUDGET
"""Bytes of a comment: what is found in short. The issue's text has it all."""
_KEPT = "This issue is kept up to date by scheduled runs, and is closed by the first run that compared everything and found nothing."


@click.command(epilog=EPILOG)
@run_options("drift", in_pipeline=True)
@click.pass_obj
def drift(console: Console, /, **parameters: Any) -> int:
    """Compare, and keep one issue of what differs. Reads only; always looks at every manifest."""
    return run_pipeline(console, parameters, _run, on_error=_leave_alone)


def _run(pipeline: Pipeline) -> int:
    from reconciler.report.markdown import drift_markdown

    plan = planned(pipeline.console, pipeline.options)
    pipeline.count(plan)
    pipeline.summarize(partial(drift_markdown, plan))
    found = plan_exit_code(plan, findings_count=True, intends_creates=False)
    code = report_plan(pipeline.console, pipeline.options, plan, is_drift=True)
    if found not in (ExitCode.DONE, ExitCode.FINDINGS):
        pipeline.warn("the comparison is not complete: the drift issue was left as it is")
    elif _is_about_the_default_branch(pipeline):
        _keep_issue(pipeline, plan, has_findings=found is ExitCode.FINDINGS)
    return code


def _leave_alone(pipeline: Pipeline, _error: ReconcilerError) -> None:
    """A run without a result says nothing about drift."""
    pipeline.say("The drift issue was left as it is.")


def _is_about_the_default_branch(pipeline: Pipeline) -> bool:
    """Whether these manifests are what should be live. Those of a pull request or of another branch are not (yet): their
    comparison must not close the issue.
    """
    actions = pipeline.actions
    is_pull = actions.event.startswith("pull_request")
    if is_pull or (actions.branch and actions.default_branch and actions.branch != actions.default_branch):
        where = "a pull request" if is_pull else f"the branch {actions.branch}"
        pipeline.say(
            f"No drift issue: this run is about {where}, and the issue tells of the default branch only."
        )
        return False
    return True


def findings_fingerprint(plan: Plan) -> str:
    """Equal for two plans that found the same things: which templates, in which way, at which places, and what was not compared.
    Values are no part of it: a number that moves on is the same finding.
    """
    found = [entry for entry in plan.entries if entry.status in FINDINGS or entry.is_uncompared]
    return digest_of([*map(_finding, found), *plan.unread_organizations])


def _finding(entry: Entry) -> JsonValue:
    changes: list[JsonValue] = [[change.path, str(change.operation)] for change in entry.changes]
    return [str(entry.status), entry.kind, entry.name, entry.organization_id, entry.template_id, changes]


def _keep_issue(pipeline: Pipeline, plan: Plan, *, has_findings: bool) -> None:
    """Open, update, reopen or close the issue of this environment."""
    from reconciler.github.drift_issue import Findings, report_clean, report_findings
    from reconciler.report.markdown import COMMENT_BUDGET, drift_markdown

    fingerprint = findings_fingerprint(plan) if has_findings else "none"
    environment = plan.target.environment
    marker = pipeline.marker("drift", environment, findings=fingerprint)
    note = pipeline.marker("drift-note", environment, findings=fingerprint, run=pipeline.actions.run or "")
    text = partial(drift_markdown, plan, notice=_KEPT if has_findings else "")
    body = pipeline.body(marker, text, budget=COMMENT_BUDGET)
    heading = "What differs now" if has_findings else "In sync again"
    news = pipeline.body(note, partial(drift_markdown, plan, heading=heading), budget=NEWS_BUDGET)

    async def work(github: GitHub) -> Reported:
        if not has_findings:
            return await report_clean(github, marker, news, body)
        return await report_findings(github, Findings(marker, _title(pipeline, environment), body, news))

    reported = pipeline.tell_github("drift issue", work)
    if reported is not None:
        _tell(pipeline, reported)


def _title(pipeline: Pipeline, environment: str) -> str:
    from reconciler.report.safe_text import safe_text

    where = "" if pipeline.project == "." else f" ({pipeline.project})"
    title = pipeline.console.clean(f"Drift: Airbyte templates of {environment}{where} differ from git")
    return safe_text(title)[:200]


def _tell(pipeline: Pipeline, reported: Reported) -> None:
    from reconciler.github.drift_issue import LABEL, Did

    if reported.unlabelled:
        pipeline.warn(
            f"the drift issue #{reported.number} was closed again: GitHub dropped its label {LABEL}, without which no later "
            "run finds it; the token needs the right to push (in a job: issues: write)"
        )
    elif reported.did is Did.NOTHING:
        pipeline.say("No drift, and no open issue of it.")
    else:
        pipeline.say(f"Drift issue #{reported.number} {reported.did}: {reported.url}")
    if reported.doubles:
        numbers = ", ".join(f"#{number}" for number in reported.doubles)
        pipeline.warn(f"several drift issues were open: #{reported.number} was kept, {numbers} closed")
