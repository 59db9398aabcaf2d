"""`reconciler ci plan`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from reconciler.cli.ci.pipeline import Pipeline, Render, run_pipeline
from reconciler.cli.comparing import planned, report_plan
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import check_goal, run_options
from reconciler.cli.renderings import validation_renderings
from reconciler.cli.validate import validated
from reconciler.errors import Interrupted, InvalidInput, ReconcilerError
from reconciler.github.comments import Marker
from reconciler.manifests.project import Environment, read_project
from reconciler.manifests.rules import VARIABLE_UNSET
from reconciler.model.credentials import has_no_credentials
from reconciler.model.diagnostic import Severity
from reconciler.model.target import Api
from reconciler.planning.entry import SETTLED
from reconciler.report.exit_code import validation_exit_code
from reconciler.report.view import Validation

EPILOG = """\b
Examples:
  reconciler ci plan -e production                in a workflow on pull_request
  reconciler ci plan --sandbox                    without an account: against the local Airbyte
  reconciler ci plan --plan-file plan.json        for `reconciler ci apply plan.json` in the same run

\b
The pull request gets one comment for each environment, edited in place. It is left alone when it says the
same already, or when the pull request has newer commits; where nothing would change, one that exists then
says so, and none is created. Needs `pull-requests: write` and GITHUB_TOKEN.

\b
Without any AIRBYTE_ credentials (a fork, Dependabot, not set up yet) the manifests are checked offline, and
every report says that this is no plan. Exit 3 on any error, as `validate`."""

OFFLINE = (
    "No credentials, so there is no plan: the manifests were checked offline only, and nothing was compared with the server. "
    "A green check does not say that merging changes nothing."
)
_OF_THE_BASE = "pull_request_target checks out the base branch, so this is not the plan of the pull request; use pull_request"


@click.command(epilog=EPILOG)
@click.option(
    "--plan-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the plan file goes; default: RUNNER_TEMP, and its path is the output plan-file.",
)
@run_options("plan", in_pipeline=True)
@click.pass_obj
def plan(console: Console, /, plan_file: Path | None, **parameters: Any) -> int:
    """Plan a pull request and tell its reviewers. Reads only; always looks at every manifest."""
    if plan_file is not None:
        check_goal(parameters["chdir"], plan_file, f"--plan-file {plan_file}")
    return run_pipeline(console, parameters, partial(_run, plan_file=plan_file), on_error=_tell_error)


def _run(pipeline: Pipeline, *, plan_file: Path | None) -> int:
    """Nothing to log in with is decided by the credentials, not by who opened the pull request: that covers forks, Dependabot,
    and a project that was not set up yet.
    """
    from reconciler.report.markdown import plan_markdown

    if has_no_credentials(pipeline.environ) and _environment(pipeline).api is not Api.SANDBOX:
        return _checked_offline(pipeline)
    options, console = pipeline.options, pipeline.console
    plan = planned(console, options)
    pipeline.count(plan)
    pipeline.write_plan_file(plan_file, plan)
    markdown = partial(plan_markdown, plan)
    pipeline.summarize(markdown)
    code = report_plan(console, options, plan, findings_count=options.detailed_exitcode)
    # Drift counts: a change to a manifest whose template exists shows as drift, and merging will not bring it to customers.
    says_something = any(number for status, number in plan.summary.items() if status not in SETTLED)
    marker = pipeline.marker("plan", plan.target.environment, **plan.digests)
    _comment(pipeline, marker, markdown, create=says_something)
    return code


def _environment(pipeline: Pipeline) -> Environment:
    return read_project(pipeline.options.chdir).environment(pipeline.options.environment)


def _checked_offline(pipeline: Pipeline) -> int:
    """What `validate` finds, with the words that it is no plan."""
    from reconciler.report.markdown import validation_markdown

    options, console = pipeline.options, pipeline.console
    found = _without_secrets_of_others(validated(console, options, with_form=True))
    pull = pipeline.actions.pull_request
    is_fork = pull is not None and pull.is_fork
    who = "Dependabot" if pipeline.actions.is_dependabot else "forks" if is_fork else ""
    notice = (f"Pull requests of {who} get no secrets. " if who else "") + OFFLINE
    markdown = partial(validation_markdown, found, notice=notice)
    pipeline.warn(notice)
    pipeline.summarize(markdown)
    renderings = validation_renderings(found, options)
    renderings["html"] = lambda _: _offline_page(found, notice)
    code = deliver(console, lambda _: renderings, validation_exit_code(found))
    _comment(pipeline, pipeline.marker("plan", _environment(pipeline).name), markdown, create=True)
    return code


def _offline_page(found: Validation, notice: str) -> str:
    """The forms in place of a plan's page. None of them while a manifest holds a secret."""
    from reconciler.report.html import render_preview_page

    whole = tuple(each for each in found.manifests if not each[0].unset_pointers)
    shown = () if found.literal_secrets else whole
    on_page = {problem for _, assessed in shown for problem in assessed.problems}
    problems = tuple(problem for problem in found.problems if problem not in on_page)
    return render_preview_page(shown, problems=problems, notice=notice)


def _without_secrets_of_others(found: Validation) -> Validation:
    """Variables come from secrets as credentials do: where there are none, an unset one is no mistake of the manifest."""
    problems = tuple(
        replace(problem, severity=Severity.WARNING) if problem.rule == VARIABLE_UNSET else problem
        for problem in found.problems
    )
    return replace(found, problems=problems)


def _tell_error(pipeline: Pipeline, error: ReconcilerError) -> None:
    """An older comment must not be taken for the plan of this commit. Reviewers get a new one only for what the author can
    correct: wrong manifests. After a signal there is no time for it.
    """
    from reconciler.report.markdown import error_markdown

    if isinstance(error, Interrupted):
        return
    try:
        environment = _environment(pipeline).name
    except InvalidInput:
        return
    marker = pipeline.marker("plan", environment)
    _comment(pipeline, marker, partial(error_markdown, error), create=isinstance(error, InvalidInput))


def _comment(pipeline: Pipeline, marker: Marker, markdown: Render, *, create: bool) -> None:
    """Write the one comment of this pull request and environment, if there is a pull request."""
    from reconciler.github.comments import Did, put_comment
    from reconciler.report.markdown import COMMENT_BUDGET

    pull = pipeline.actions.pull_request
    if pull is None:
        is_target = pipeline.actions.event == "pull_request_target"
        pipeline.say(f"No comment: {_OF_THE_BASE if is_target else 'this run belongs to no pull request'}.")
        return
    head = replace(marker, facts={**marker.facts, "sha": pull.head_sha})
    body = pipeline.body(head, markdown, budget=COMMENT_BUDGET)
    put = partial(
        put_comment, matches=lambda other: other.key == marker.key, create=create, head=pull.head_sha
    )
    posted = pipeline.tell_github(f"comment on #{pull.number}", lambda github: put(github, pull.number, body))
    if posted is None:
        return
    if posted.did is Did.OUTDATED:
        pipeline.warn(f"comment left alone: #{pull.number} has newer commits than {pull.head_sha[:12]}")
        return
    pipeline.say(f"Comment on #{pull.number} {posted.did}{f': {posted.url}' if posted.url else ''}.")
    if posted.superseded:
        pipeline.warn(
            f"#{pull.number} had {posted.superseded + 1} comments of this environment: the oldest was kept and edited, "
            "the others now point to it"
        )
