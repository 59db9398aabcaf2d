"""`reconciler ci plan`."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.ci.pipeline import Pipeline, Render
from reconciler.cli.ci.plan_file import write_plan_file
from reconciler.cli.ci.run import pipeline_format, run_pipeline
from reconciler.cli.comparing import planned
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import (
    check_goal,
    concurrency_option,
    detailed_option,
    options_from,
    pipeline_options,
    target_options,
)
from reconciler.cli.renderings import plan_renderings, validation_renderings
from reconciler.cli.validate import Validation, validated
from reconciler.errors import Interrupted, InvalidInput, ReconcilerError
from reconciler.manifests.credentials import has_no_credentials
from reconciler.manifests.project import read_project
from reconciler.manifests.rules import VARIABLE_UNSET
from reconciler.model.diagnostic import Severity
from reconciler.model.target import Api
from reconciler.planning.entry import SETTLED, Plan
from reconciler.report.exit_code import plan_exit_code

if TYPE_CHECKING:
    from reconciler.github.marker import Marker

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


@click.command(epilog=EPILOG)
@click.option(
    "--plan-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the plan file goes; default: RUNNER_TEMP, and its path is the output plan-file.",
)
@target_options
@concurrency_option
@detailed_option()
@pipeline_options("plan")
@click.pass_obj
def command(console: Console, /, plan_file: Path | None, **parameters: Any) -> int:
    """Plan a pull request and tell its reviewers. Reads only; always looks at every manifest."""
    options = replace(options_from(console, parameters), format=pipeline_format(os.environ))
    if plan_file is not None:
        check_goal(options.chdir, plan_file, f"--plan-file {plan_file}")
    return run_pipeline(console, options, lambda pipeline: _run(pipeline, plan_file), on_error=_tell_error)


def _run(pipeline: Pipeline, plan_file: Path | None) -> int:
    if _has_no_server(pipeline):
        return _checked_offline(pipeline)
    options, console = pipeline.options, pipeline.console
    plan = planned(console, options)
    pipeline.count(plan)
    write_plan_file(pipeline, plan_file, plan)
    pipeline.summarize(_markdown(pipeline, plan))
    found = plan_exit_code(plan, findings_count=options.detailed_exitcode)
    code = deliver(console, lambda _: plan_renderings(plan, options), found)
    marker = pipeline.marker("plan", plan.target.environment, **plan.digests)
    _comment(pipeline, marker, partial(_markdown, pipeline, plan), create=_says_something(plan))
    return code


def _has_no_server(pipeline: Pipeline) -> bool:
    """Whether there is nothing to log in with. Decided by the credentials, not by who opened the pull request: that covers
    forks, Dependabot, and a project that was not set up yet.
    """
    if not has_no_credentials(pipeline.environ):
        return False
    chosen = read_project(pipeline.options.chdir).environment(pipeline.options.environment)
    return chosen.api is not Api.SANDBOX


def _says_something(plan: Plan) -> bool:
    """Whether a reviewer has to see this plan. Drift counts: a change to a manifest whose template exists shows as drift, and
    merging will not bring it to customers.
    """
    return any(number for status, number in plan.summary.items() if status not in SETTLED)


def _markdown(pipeline: Pipeline, plan: Plan, first_line: str = "") -> Render:
    from reconciler.report.markdown import plan_markdown

    return lambda budget: plan_markdown(plan, budget=budget, first_line=first_line, run_url=pipeline.run_url)


def _checked_offline(pipeline: Pipeline) -> int:
    """What `validate` finds, with the words that it is no plan."""
    from reconciler.report.markdown import validation_markdown

    options, console = pipeline.options, pipeline.console
    found = _without_secrets_of_others(validated(console, options, with_form=True))
    environment = read_project(options.chdir).environment(options.environment).name

    def markdown(first_line: str = "") -> Render:
        return lambda budget: validation_markdown(
            found.problems,
            found.manifests,
            found.suppressed,
            budget=budget,
            first_line=first_line,
            notice=f"{_why(pipeline)}{OFFLINE}",
            run_url=pipeline.run_url,
        )

    pipeline.warn(f"{_why(pipeline)}{OFFLINE}")
    pipeline.summarize(markdown())
    renderings = validation_renderings(found.problems, found.manifests, found.suppressed, options)
    renderings["html"] = lambda _: _offline_page(found, f"{_why(pipeline)}{OFFLINE}")
    code = deliver(console, lambda _: renderings, found.code)
    _comment(pipeline, pipeline.marker("plan", environment), markdown, create=True)
    return code


def _offline_page(found: Validation, notice: str) -> str:
    """The forms in place of a plan's page; none of them while a secret stands in a manifest."""
    from reconciler.report.html.preview_page import render_preview_page

    whole = tuple(each for each in found.manifests if not each[0].unset_pointers)
    shown = () if found.literal_secrets else whole
    told = {problem for _, assessed in shown for problem in assessed.problems}
    problems = tuple(problem for problem in found.problems if problem not in told)
    return render_preview_page(shown, problems=problems, notice=notice)


def _why(pipeline: Pipeline) -> str:
    pull = pipeline.actions.pull_request
    if pipeline.actions.is_dependabot:
        return "Pull requests of Dependabot get no secrets. "
    return "Pull requests of forks get no secrets. " if pull is not None and pull.is_fork else ""


def _without_secrets_of_others(found: Validation) -> Validation:
    """Variables come from secrets as credentials do: where there are none, an unset one is no mistake of the manifest."""
    problems = tuple(
        replace(problem, severity=Severity.WARNING) if problem.rule == VARIABLE_UNSET else problem
        for problem in found.problems
    )
    return replace(found, problems=problems)


def _tell_error(pipeline: Pipeline, error: ReconcilerError) -> None:
    """An older comment must not be taken for the plan of this commit. Reviewers get a new one only for what the author can
    mend: wrong manifests. After a signal there is no time for it.
    """
    if isinstance(error, Interrupted):
        return
    from reconciler.report.markdown import error_markdown

    try:
        environment = read_project(pipeline.options.chdir).environment(pipeline.options.environment).name
    except InvalidInput:
        return

    def markdown(first_line: str) -> Render:
        return lambda budget: error_markdown(
            error, budget=budget, first_line=first_line, run_url=pipeline.run_url
        )

    create = isinstance(error, InvalidInput)
    _comment(pipeline, pipeline.marker("plan", environment), markdown, create=create)


def _comment(pipeline: Pipeline, marker: Marker, markdown: Callable[[str], Render], *, create: bool) -> None:
    """Write the one comment of this pull request and environment, if there is a pull request."""
    from reconciler.github.comments import Did, put_comment
    from reconciler.report.markdown import COMMENT_BUDGET

    pull = pipeline.actions.pull_request
    if pull is None:
        pipeline.say(f"No comment: {_no_pull_request(pipeline)}.")
        return
    head = replace(marker, facts={**marker.facts, "sha": pull.head_sha})
    body = pipeline.body(head, markdown, budget=COMMENT_BUDGET)
    posted = pipeline.tell_github(
        f"comment on #{pull.number}",
        lambda github: put_comment(
            github,
            pull.number,
            body,
            matches=lambda other: other.key == marker.key,
            create=create,
            head=pull.head_sha,
        ),
    )
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


def _no_pull_request(pipeline: Pipeline) -> str:
    event = pipeline.actions.event
    if event == "pull_request_target":
        return "pull_request_target checks out the base branch, so this is not the plan of the pull request; use pull_request"
    return "this run belongs to no pull request"
