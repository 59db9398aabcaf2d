"""What reviewers of a merged pull request saw, held against what is applied: words only, and the digests to expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.planning.entry import Plan

if TYPE_CHECKING:
    from reconciler.github.client import GitHub
    from reconciler.github.comments import LastWriting, Marker, MergedPull


@dataclass(frozen=True)
class Review:
    """The merged pull request of a commit, the marker of its plan comment, who wrote that comment last, and the marker of our last
    apply comment there. All None where there is none, or where GitHub could not be asked.
    """

    pull: MergedPull | None = None
    plan: Marker | None = None
    applied: Marker | None = None
    writing: LastWriting | None = None

    @property
    def _facts(self) -> Mapping[str, str]:
        return {} if self.plan is None else self.plan.facts

    @property
    def digests(self) -> dict[str, str]:
        """The digests of the plan that was reviewed, by their names in the marker. None unless it was made of the last commit of the
        pull request, and is what reviewers saw.
        """
        if self.pull is None or self._facts.get("sha") != self.pull.head_sha or self.forged:
            return {}
        return {name: self._facts[name] for name in ("plan", "manifests", "live") if name in self._facts}

    @property
    def forged(self) -> str:
        """Why the plan comment is not what reviewers saw. "" where nothing says so."""
        if self.pull is None or self.writing is None:
            return ""
        comment, when = f"the plan comment of #{self.pull.number} was", self.writing.at
        if self.writing.editor:
            return f"{comment} edited by {self.writing.editor}{_at(when)}: it no longer says what `ci plan` wrote"
        if when is not None and self.pull.merged_at is not None and when > self.pull.merged_at:
            return f"{comment} written{_at(when)}, after the merge: nobody reviewed it"
        return ""

    @property
    def unverified(self) -> str:
        """What GitHub did not say about the plan comment. "" for nothing."""
        if not self.digests or self.pull is None or self.writing is None or self.writing.editor is not None:
            return ""
        return f"GitHub does not say who edited the plan comment of #{self.pull.number} last{_at(self.writing.at)}"

    def difference(self, plan: Plan, *, has_creates: bool) -> str:
        """What a person has to know before trusting that what was reviewed is what was applied. "" for nothing.

        Without creates an unknown review does not matter: a plan that changes nothing has no comment.
        """
        if self.pull is None:
            return ""
        if not self.digests:
            return self._no_review(f"#{self.pull.number}") if has_creates else ""
        # A second run of the same commit: the first one created what was reviewed, so only the live side moved.
        was_applied = self.applied is not None and self.applied.facts.get("plan") == self.digests.get("plan")
        is_our_doing = was_applied and self._facts.get("manifests") == plan.manifests_digest
        if self.digests == plan.digests or is_our_doing:
            return ""
        moved = []
        if self._facts.get("manifests") != plan.manifests_digest:
            moved.append("manifests changed (another change was merged)")
        if self._facts.get("live") != plan.live_digest:
            moved.append("templates on the server changed")
        what = " and ".join(moved) or "a variable, a setting or the tool's version changed"
        return f"what is applied is not the plan reviewed in #{self.pull.number}: {what} since then"

    def _no_review(self, name: str) -> str:
        if self.forged:
            return f"{self.forged}; what is applied was not compared with it"
        if self.plan is None:
            return f"{name} has no plan comment: what is applied was not compared with what was reviewed"
        return (
            f"the plan comment of {name} is not about its last commit: that commit was merged without a plan"
        )


async def review_of(
    github: GitHub, *, sha: str, branch: str | None, plan_key: Marker, apply_key: Marker
) -> Review:
    """Look the commit's pull request and our comments on it up."""
    from reconciler.github.comments import last_writing, merged_pull, our_comments
    from reconciler.github.refusals import PULLS

    pull = await merged_pull(github, sha, branch=branch)
    if pull is None:
        return Review()
    keys = (plan_key.key, apply_key.key)
    comments = await our_comments(github, pull.number, lambda marker: marker.key in keys, permission=PULLS)
    plans = [comment for comment in comments if comment.marker.key == plan_key.key]
    markers = [comment.marker for comment in comments if comment.marker.key == apply_key.key]
    applied = next((marker for marker in reversed(markers) if marker.facts.get("sha") == sha), None)
    if not plans:
        return Review(pull, applied=applied)
    return Review(pull, plans[0].marker, applied, await last_writing(github, plans[0]))


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f" at {moment:%Y-%m-%d %H:%M:%S} UTC"
