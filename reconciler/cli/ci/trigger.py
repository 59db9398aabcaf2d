"""Which runs of a pipeline may create: a push to, or a manual start on, a branch that holds what is merged. No other run may, however
trustworthy its code looks: its manifests may be anybody's, and a create cannot be undone. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from reconciler.errors import UnsafePlan
from reconciler.github.actions import Actions

_PUSH_OR_MANUAL = frozenset({"push", "workflow_dispatch", "web"})
"""GITHUB_EVENT_NAME of the two, and CI_PIPELINE_SOURCE of GitLab (`web` is its button "New pipeline")."""


@dataclass(frozen=True)
class Trigger:
    """What started a run, in the words of its CI. `branch` is None for a tag and for a merge request; `default_branch` where it is
    not told.
    """

    event: str
    branch: str | None
    default_branch: str | None


def trigger_of(actions: Actions, environ: Mapping[str, str]) -> Trigger | None:
    """What started this run; None outside GitHub Actions (and what calls itself so) and GitLab CI/CD."""
    if actions.is_running or actions.event:
        return Trigger(actions.event, actions.branch, actions.default_branch)
    if environ.get("GITLAB_CI") != "true":
        return None
    names = ("CI_COMMIT_BRANCH", "CI_DEFAULT_BRANCH")
    return Trigger(environ.get("CI_PIPELINE_SOURCE", ""), *(environ.get(name) or None for name in names))


def refusal_to_apply(trigger: Trigger, branches: tuple[str, ...]) -> UnsafePlan | None:
    """Why this run may not create; None when it may. `branches` are the globs of `applyBranches`; none: the default branch."""
    allowed = branches or ((trigger.default_branch,) if trigger.default_branch else ())
    on_branch = trigger.branch is not None and any(_is(trigger.branch, each, branches) for each in allowed)
    if trigger.event in _PUSH_OR_MANUAL and on_branch:
        return None
    event = trigger.event or "that is not known"
    where = f"on the branch {trigger.branch}" if trigger.branch else "on no branch"
    named = " or ".join(allowed) or "the default branch (which the event does not name)"
    return UnsafePlan(
        f"`ci apply` was called for the event {event} {where}: only a push to {named} and a manual start on it may create",
        help="use `ci plan` there, and merge; `applyBranches` of an environment in reconciler.yaml names other branches",
    )


def _is(branch: str, wanted: str, globs: tuple[str, ...]) -> bool:
    """A default branch is a name and no glob: `[` and `*` mean themselves in it."""
    return fnmatchcase(branch, wanted) if globs else branch == wanted
