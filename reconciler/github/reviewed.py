"""Which pull request brought a commit, and whether the plan comment on it is what reviewers saw before they merged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from reconciler.errors import ServerError
from reconciler.github.client import GitHub
from reconciler.github.comments import Comment
from reconciler.github.refusals import PULLS, member, moment_of, number_of, text_of


@dataclass(frozen=True)
class MergedPull:
    """A merged pull request; `head_sha` is the last commit that was reviewed. `merged_at` is None where GitHub does not say it."""

    number: int
    head_sha: str
    url: str
    merged_at: datetime | None = None


@dataclass(frozen=True)
class LastWriting:
    """Who wrote a comment last, and when. `editor` is the login of somebody who is not us, "" for us, None where GitHub does not say."""

    editor: str | None
    at: datetime | None


async def merged_pull(github: GitHub, sha: str, *, branch: str | None) -> MergedPull | None:
    """The pull request whose merge made this commit; None for a commit that was pushed, or not merged (yet).

    GitHub lists every pull request that holds the commit. The one that names it as its merge commit wins; else the last one
    that was merged into `branch` (None: any): a rebase merge names only the last of its commits.
    """
    items = await github.pages(f"{github.home}/commits/{sha}/pulls", permission=PULLS)
    merged = [item for item in items if text_of(item, "merged_at")]
    exact = [item for item in merged if text_of(item, "merge_commit_sha") == sha]
    into = [item for item in merged if branch is None or text_of(member(item, "base"), "ref") == branch]
    chosen = sorted(exact or into, key=lambda item: (text_of(item, "merged_at"), number_of(item, "number")))
    if not chosen:
        return None
    pull = chosen[-1]
    return MergedPull(
        number_of(pull, "number"),
        text_of(member(pull, "head"), "sha"),
        text_of(pull, "html_url"),
        moment_of(pull, "merged_at"),
    )


async def last_writing(github: GitHub, comment: Comment) -> LastWriting:
    """Of a comment that is ours: everybody with write access can change its text, and stays unnamed in REST. GraphQL names the last
    editor (`Comment.editor`, `lastEditedAt`); where it gives no answer, only a comment that was never changed is known to be ours.
    """
    viewer = await github.viewer()
    wanted = f"node(id: {json.dumps(comment.node_id)})"
    try:
        data = await github.query(
            f"query {{ viewer {{ login }} {wanted} {{ ... on IssueComment {{ lastEditedAt editor {{ __typename login }} }} }} }}"
        )
    except ServerError:
        data = {}
    node = data.get("node")
    if not isinstance(node, dict) or "lastEditedAt" not in node:
        was_changed = comment.created_at is None or comment.created_at != comment.updated_at
        return LastWriting(None if was_changed else "", comment.updated_at)
    edited_at = moment_of(node, "lastEditedAt")
    if edited_at is None:
        return LastWriting("", comment.created_at)
    editor = member(node, "editor")
    login = text_of(editor, "login")
    is_ours = viewer.is_account(login, is_bot=editor.get("__typename") == "Bot")
    return LastWriting("" if is_ours else login or "somebody whose account is gone", edited_at)
