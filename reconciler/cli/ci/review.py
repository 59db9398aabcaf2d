"""What reviewers of a merged pull request saw, held against what is applied: words only, and the digest to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.planning.entry import Plan

if TYPE_CHECKING:
    from reconciler.github.client import GitHub
    from reconciler.github.marker import Marker
    from reconciler.github.reviewed import MergedPull


@dataclass(frozen=True)
class Review:
    """The merged pull request of a commit, the marker of its plan comment, and that of our last apply comment there.

    All None where there is none, or where GitHub could not be asked.
    """

    pull: MergedPull | None = None
    plan: Marker | None = None
    applied: Marker | None = None

    @property
    def digest(self) -> str | None:
        """The digest of the plan that was reviewed; None unless it was made of the last commit of the pull request."""
        if self.pull is None or self.plan is None or self.plan.facts.get("sha") != self.pull.head_sha:
            return None
        return self.plan.facts.get("plan")

    def difference(self, plan: Plan, *, has_creates: bool) -> str:
        """What a person has to know before trusting that what was reviewed is what was applied; "" for nothing.

        Without creates an unknown review is nobody's concern: a plan that changes nothing has no comment.
        """
        if self.pull is None:
            return ""
        name = f"#{self.pull.number}"
        if self.digest is None:
            if not has_creates:
                return ""
            if self.plan is None:
                return f"{name} has no plan comment: what is applied was not compared with what was reviewed"
            return f"the plan comment of {name} is not about its last commit: that commit was merged without a plan"
        if self.digest == plan.digest or self._is_our_own_doing(plan):
            return ""
        return f"what is applied is not the plan reviewed in {name}: {self._what_moved(plan)} since then"

    def _what_moved(self, plan: Plan) -> str:
        facts = {} if self.plan is None else self.plan.facts
        moved = []
        if facts.get("manifests") != plan.manifests_digest:
            moved.append("manifests changed (another change was merged)")
        if facts.get("live") != plan.live_digest:
            moved.append("templates on the server changed")
        return " and ".join(moved) or "a variable, a setting or the tool's version changed"

    def _is_our_own_doing(self, plan: Plan) -> bool:
        """A second run of the same commit: the first one created what was reviewed, so only the live side moved."""
        facts = {} if self.plan is None else self.plan.facts
        same_manifests = facts.get("manifests") == plan.manifests_digest
        return self.applied is not None and self.applied.facts.get("plan") == self.digest and same_manifests


async def review_of(
    github: GitHub, sha: str, *, branch: str | None, plan_key: Marker, apply_key: Marker
) -> Review:
    """Look the commit's pull request and our comments on it up."""
    from reconciler.github.comments import our_comments
    from reconciler.github.request import PULLS
    from reconciler.github.reviewed import merged_pull

    pull = await merged_pull(github, sha, branch=branch)
    if pull is None:
        return Review()
    keys = (plan_key.key, apply_key.key)
    comments = await our_comments(github, pull.number, lambda marker: marker.key in keys, permission=PULLS)
    plans = [comment.marker for comment in comments if comment.marker.key == plan_key.key]
    applied = [
        comment.marker
        for comment in comments
        if comment.marker.key == apply_key.key and comment.marker.facts.get("sha") == sha
    ]
    return Review(pull, plans[0] if plans else None, applied[-1] if applied else None)
