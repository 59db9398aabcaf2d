"""`reconciler ci apply`, and which runs of a pipeline may create at all."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from reconciler.applying.outcome import ApplyResult
from reconciler.cli.apply import prepared_run
from reconciler.cli.apply_run import ApplyRun, before_creates, carried_out
from reconciler.cli.ci.pipeline import Pipeline, run_pipeline
from reconciler.cli.ci.review import Review, review_of
from reconciler.cli.console import Console
from reconciler.cli.locking import lock_option
from reconciler.cli.options import limit_option, plan_argument, run_options
from reconciler.errors import UnsafePlan
from reconciler.model.target import Api

if TYPE_CHECKING:
    from reconciler.github.comments import Marker, MergedPull

EPILOG = """\b
Examples:
  reconciler ci apply -e production                         in a workflow on push to the default branch
  reconciler ci apply -e production --expect-digest reviewed  only what the pull request's plan comment showed
  reconciler ci apply plan.json                             exactly this plan file, or exit 4

\b
Calling it is the consent: it never asks. In GitHub Actions and GitLab it creates for a push to the default branch and a
manual start on it only, or on the branches that `applyBranches` of the environment names; for every other event it
refuses (exit 4), unless the environment is the sandbox.

\b
When the commit belongs to a merged pull request, the result goes there as a comment with the new ids, and what was
reviewed is compared with what is applied: a difference is a warning, or with --expect-digest exit 4 before anything is
created. A plan comment that somebody edited, or that was written after the merge, is no review.
Needs `pull-requests: write` and GITHUB_TOKEN.

\b
Exit codes are those of apply. Whatever becomes of the comment, what was created stays created."""

REVIEWED = "reviewed"
_PUSH_OR_MANUAL = frozenset({"push", "workflow_dispatch", "web"})
"""GITHUB_EVENT_NAME of the two, and CI_PIPELINE_SOURCE of GitLab (`web` is its button "New pipeline")."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _digests(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value != REVIEWED and not _DIGEST.fullmatch(value):
            raise click.BadParameter(
                f"{value!r} is not sha256: and 64 hexadecimal digits, nor the word {REVIEWED}"
            )
    return values


@click.command(epilog=EPILOG)
@plan_argument
@limit_option
@click.option(
    "--expect-digest",
    metavar="DIGEST|reviewed",
    multiple=True,
    callback=_digests,
    help="Refuse any plan but the one with this digest, or the one of the merged pull request's plan comment; given twice, both hold.",
)
@lock_option
@run_options("apply", in_pipeline=True)
@click.pass_obj
def apply(console: Console, /, *, expect_digest: tuple[str, ...], **parameters: Any) -> int:
    """Create what is missing, each exactly once, without asking; tell it on the merged pull request."""

    def work(pipeline: Pipeline) -> int:
        run = prepared_run(console, pipeline.options)
        _refuse_unmerged(pipeline, run)
        with before_creates():
            review = _review(pipeline, run)
        expected = tuple(_expected(each, review) for each in expect_digest)
        return _applied(pipeline, replace(run, expected=expected), review)

    return run_pipeline(console, {**parameters, "yes": True}, work)


def _refuse_unmerged(pipeline: Pipeline, run: ApplyRun) -> None:
    """What is not merged yet is created on the sandbox only. UnsafePlan for every run of GitHub Actions (and what calls itself so)
    or GitLab that is no push to, or manual start on, a branch of what is merged: the manifests of others may be anybody's.

    Without `applyBranches`, which are globs, that is the default branch: a name, in which `[` and `*` mean themselves.
    """
    target, actions, environ = run.workspace.target, pipeline.actions, pipeline.environ
    if target.api is Api.SANDBOX:
        return
    globs = target.apply_branches
    if actions.is_running or actions.event:
        event, branch, default = actions.event, actions.branch, actions.default_branch
    else:
        event = environ.get("CI_PIPELINE_SOURCE", "")
        branch, default = environ.get("CI_COMMIT_BRANCH"), environ.get("CI_DEFAULT_BRANCH")
        if environ.get("GITLAB_CI") != "true":
            return
    allowed = globs or ((default,) if default else ())
    on_branch = any(branch and (fnmatchcase(branch, each) if globs else branch == each) for each in allowed)
    if event in _PUSH_OR_MANUAL and on_branch:
        return
    where = f"on the branch {branch}" if branch else "on no branch"
    named = " or ".join(allowed) or "the default branch (which the event does not name)"
    raise UnsafePlan(
        f"`ci apply` was called for the event {event or 'that is not known'} {where}: only a push to {named} and a manual start on it "
        "may create",
        help="use `ci plan` there, and merge; `applyBranches` of an environment in reconciler.yaml names other branches",
    )


def _review(pipeline: Pipeline, run: ApplyRun) -> Review:
    """What was reviewed. An empty review outside Actions, or when GitHub could not be asked, which was then said."""
    actions, environment = pipeline.actions, run.workspace.target.environment
    if actions.sha is None or actions.event.startswith("pull_request"):
        return Review()
    keys = (pipeline.marker("plan", environment), pipeline.marker("apply", environment))
    look = partial(review_of, sha=actions.sha, branch=actions.branch, plan_key=keys[0], apply_key=keys[1])
    return pipeline.ask_github("look at the reviewed plan", look) or Review()


def _expected(option: str, review: Review) -> dict[str, str]:
    if option != REVIEWED:
        return {"plan": option}
    if "plan" not in review.digests:
        raise UnsafePlan(
            review.forged
            or "there is no reviewed plan to hold this one against: the commit belongs to no merged pull request with a plan "
            "comment about its last commit",
            help="review what `ci plan` shows, then call `ci apply` with --expect-digest and its plan-digest",
        )
    return review.digests


def _applied(pipeline: Pipeline, run: ApplyRun, review: Review) -> int:
    from reconciler.report.markdown import apply_markdown

    result = carried_out(run)
    pipeline.count(result.plan)
    pipeline.values["created"] = str(len(result.created))
    difference = ""
    with pipeline.losing_only("comparison with what was reviewed"):
        difference = _difference(run, result, review)
    pipeline.summarize(partial(apply_markdown, result, notice=difference))
    code = run.report(result)
    if difference:
        pipeline.warn(difference)
    # The pull request has to hear of it when something was to be created, or when an earlier run of this commit failed. After an
    # interrupt there is no time: a cancelled job is killed within seconds.
    failed_before = review.applied is not None and review.applied.facts.get("exit") != "0"
    is_news = bool(result.creations) or result.refusal is not None or failed_before
    if review.pull is not None and is_news and not result.interrupted:
        with pipeline.losing_only(f"comment on #{review.pull.number}"):
            _comment(pipeline, result, review.pull, difference, code)
    return code


def _difference(run: ApplyRun, result: ApplyResult, review: Review) -> str:
    found = review.difference(result.plan, has_creates=bool(result.creations))
    if not found and not result.creations and not run.is_as_expected(result.plan):
        return (
            "the plan made now has not the expected digest; nothing was to be created, so nothing was refused"
        )
    return found or (review.unverified if run.expected and result.creations else "")


def _comment(pipeline: Pipeline, result: ApplyResult, pull: MergedPull, difference: str, code: int) -> None:
    """One comment for each run: a second one of the same commit must not hide what the first created."""
    from reconciler.github.comments import put_comment
    from reconciler.report.markdown import COMMENT_BUDGET, apply_markdown

    plan, actions = result.plan, pipeline.actions
    facts = {"plan": plan.digest, "sha": actions.sha or "", "run": actions.run or "", "exit": str(code)}
    marker = pipeline.marker("apply", plan.target.environment, **facts)
    markdown = partial(apply_markdown, result, notice=difference)
    body = pipeline.body(marker, markdown, budget=COMMENT_BUDGET)

    def is_of_this_run(other: Marker) -> bool:
        is_same = all(other.facts.get(name) == facts[name] for name in ("sha", "run"))
        return other.key == marker.key and is_same

    posted = pipeline.tell_github(
        f"comment on #{pull.number}",
        lambda github: put_comment(github, pull.number, body, matches=is_of_this_run),
    )
    if posted is not None:
        pipeline.say(f"Comment on #{pull.number} {posted.did}: {posted.url}")
