"""Which pull request brought a commit."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.github.client import GitHub
from reconciler.github.comments import number_of, text_of
from reconciler.github.request import PULLS
from reconciler.model.json_value import JsonObject


@dataclass(frozen=True)
class MergedPull:
    """A merged pull request; `head_sha` is the last commit that was reviewed."""

    number: int
    head_sha: str
    url: str


async def merged_pull(github: GitHub, sha: str, *, branch: str | None) -> MergedPull | None:
    """The pull request whose merge made this commit; None for a commit that was pushed, or not merged (yet).

    GitHub lists every pull request that holds the commit. The one that names it as its merge commit wins; else the last one
    that was merged into `branch` (None: any): a rebase merge names only the last of its commits.
    """
    items = await github.pages(f"{github.home}/commits/{sha}/pulls", permission=PULLS)
    merged = [item for item in items if text_of(item, "merged_at")]
    exact = [item for item in merged if text_of(item, "merge_commit_sha") == sha]
    into = [item for item in merged if branch is None or text_of(_member(item, "base"), "ref") == branch]
    chosen = sorted(exact or into, key=lambda item: (text_of(item, "merged_at"), number_of(item, "number")))
    if not chosen:
        return None
    pull = chosen[-1]
    return MergedPull(
        number_of(pull, "number"), text_of(_member(pull, "head"), "sha"), text_of(pull, "html_url")
    )


def _member(value: JsonObject, name: str) -> JsonObject:
    member = value.get(name)
    return member if isinstance(member, dict) else {}
