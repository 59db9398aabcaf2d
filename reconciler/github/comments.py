"""Our comments on a pull request, found by marker and author and edited in place. Also finds the pull request of a commit.

Everything that this program writes on GitHub begins with a marker line, by which it is found again:

    <!-- reconciler:v1 kind=plan env=production project=. plan=sha256:... sha=... -->

It is the first line, so that no cut of the text can lose it, and it is versioned. Values are percent-encoded: no environment's name
can end the HTML comment or forge a field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote, unquote

from reconciler.errors import ServerError, UnusableAnswer
from reconciler.github.client import GitHub
from reconciler.github.refusals import COMMENTS, ISSUES, PULLS, member, moment_of, number_of, text_of
from reconciler.model.json_value import JsonObject

_LINE = re.compile(r"<!-- reconciler:v1((?: [a-z]+=[A-Za-z0-9._~%:/-]*)+) -->")
_RUN_URL = re.compile(r"/actions/runs/[0-9]+(?:/attempts/[0-9]+)?")


@dataclass(frozen=True)
class Marker:
    """What one comment or issue is about. `kind`, `environment` and `project` are its key. `facts` say of which state it is.

    `project` is the project's folder in the repository, "." for its root: two projects may have environments of one name.
    """

    kind: str
    environment: str
    project: str = "."
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for markers of the same thing, whatever its state."""
        return (self.kind, self.environment, self.project)

    @property
    def line(self) -> str:
        """The marker as the first line of a text, without a line break."""
        fields = {"kind": self.kind, "env": self.environment, "project": self.project, **self.facts}
        return f"<!-- reconciler:v1 {' '.join(f'{name}={_encoded(value)}' for name, value in fields.items())} -->"


def parse_marker(text: str) -> Marker | None:
    """The marker in the first line of a text. None when there is none, or not one of this version."""
    match = _LINE.fullmatch(text.split("\n", 1)[0].strip())
    if match is None:
        return None
    pairs = [part.partition("=") for part in match.group(1).split()]
    fields = {name: unquote(value, errors="surrogatepass") for name, _, value in pairs}
    if len(fields) != len(pairs) or not {"kind", "env", "project"} <= fields.keys():
        return None
    kind, environment, project = (fields.pop(name) for name in ("kind", "env", "project"))
    return Marker(kind, environment, project, fields)


def _encoded(value: str) -> str:
    # `--` could end the comment for some readers of HTML. The rest of what may be there unquoted is harmless.
    return quote(value, safe="/:", errors="surrogatepass").replace("--", "-%2D")


Matches = Callable[[Marker], bool]


@dataclass(frozen=True)
class Comment:
    """One comment of ours. `url` is where people read it, `node_id` its name in GraphQL. The moments are None where GitHub does not
    say them.
    """

    id: int
    body: str
    url: str
    marker: Marker
    node_id: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Did(StrEnum):
    """What became of a comment that was to be written. `absent`: there is none, and none was wanted."""

    CREATED = "created"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    ABSENT = "absent"
    OUTDATED = "outdated"


@dataclass(frozen=True)
class Posted:
    """The comment as it is now. `superseded` counts older doubles that now point to it."""

    did: Did
    url: str = ""
    superseded: int = 0


@dataclass(frozen=True)
class MergedPull:
    """A merged pull request. `head_sha` is the last commit that was reviewed. `merged_at` is None where GitHub does not say it."""

    number: int
    head_sha: str
    url: str
    merged_at: datetime | None = None


@dataclass(frozen=True)
class LastWriting:
    """Who wrote a comment last, and when. `editor` is the login of somebody who is not us, "" for us, None where GitHub does not say."""

    editor: str | None
    at: datetime | None


async def our_comments(
    github: GitHub, number: int, matches: Matches, *, permission: str = COMMENTS
) -> tuple[Comment, ...]:
    """Our comments on an issue or pull request whose marker matches, oldest first."""
    items = await github.pages(f"{github.home}/issues/{number}/comments", permission=permission)
    marked = [(item, parse_marker(text_of(item, "body"))) for item in items]
    wanted = [(item, marker) for item, marker in marked if marker is not None and matches(marker)]
    if not wanted:
        return ()
    viewer = await github.viewer()
    ours = [_comment(item, marker) for item, marker in wanted if viewer.wrote(item)]
    return tuple(sorted(ours, key=lambda comment: comment.id))


def _comment(item: JsonObject, marker: Marker) -> Comment:
    body, url, node = (text_of(item, name) for name in ("body", "html_url", "node_id"))
    moments = (moment_of(item, name) for name in ("created_at", "updated_at"))
    return Comment(number_of(item, "id"), body, url, marker, node, *moments)


async def put_comment(
    github: GitHub, number: int, body: str, *, matches: Matches, create: bool = True, head: str | None = None
) -> Posted:
    """Write `body`, which begins with a marker, as the one comment that `matches`.

    Edited in place. Left alone when it says the same already, with `create` False never made anew. With `head`, a comment is only
    written while that commit is still the pull request's head: a newer run says more. Of several the oldest is kept, and the
    others are turned into pointers to it.
    """
    found = await our_comments(github, number, matches)
    if not found and not create:
        return Posted(Did.ABSENT)
    if len(found) == 1 and says_the_same(found[0].body, body):
        return Posted(Did.UNCHANGED, found[0].url)
    if head is not None and await _head_of(github, number) != head:
        return Posted(Did.OUTDATED, found[0].url if found else "")
    if not found:
        return Posted(Did.CREATED, (await _created(github, number, body, matches)).url)
    kept, *doubles = found
    if not says_the_same(kept.body, body):
        await _edit(github, kept, body)
    for double in doubles:
        await _edit(github, double, f"Superseded: see {kept.url}.")
    return Posted(Did.EDITED, kept.url, superseded=len(doubles))


async def add_comment(github: GitHub, number: int, body: str) -> None:
    """Add a comment that begins with a marker to an issue. Not added twice when the first answer was lost."""
    line = body.partition("\n")[0]
    await _created(github, number, body, lambda other: other.line == line, permission=ISSUES)


async def _edit(github: GitHub, comment: Comment, body: str) -> None:
    path = f"{github.home}/issues/comments/{comment.id}"
    await github.patch(path, {"body": body}, permission=COMMENTS)


async def _created(
    github: GitHub, number: int, body: str, matches: Matches, *, permission: str = COMMENTS
) -> Comment:
    async def look() -> Comment | None:
        found = await our_comments(github, number, matches, permission=permission)
        return next((comment for comment in found if says_the_same(comment.body, body)), None)

    path = f"{github.home}/issues/{number}/comments"
    made = await github.create(path, {"body": body}, permission=permission, look=look)
    return made if isinstance(made, Comment) else _comment(made, parse_marker(body) or Marker("", ""))


async def _head_of(github: GitHub, number: int) -> str:
    path = f"{github.home}/pulls/{number}"
    pull = await github.get(path, permission=PULLS)
    sha = text_of(member(pull, "head"), "sha") if isinstance(pull, dict) else ""
    if not sha:
        raise UnusableAnswer(f"GET {path}: the pull request has no head", method="GET", path=path)
    return sha


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts differ at most in line ends and in the run that they link to."""
    plain = (_RUN_URL.sub("/actions/runs/", text.replace("\r\n", "\n")).rstrip() for text in (one, other))
    return next(plain) == next(plain)


async def merged_pull(github: GitHub, sha: str, *, branch: str | None) -> MergedPull | None:
    """The pull request whose merge made this commit. None for a commit that was pushed, or not merged (yet).

    GitHub lists every pull request that holds the commit. The one that names it as its merge commit wins, and else the last one
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
    head, url = text_of(member(pull, "head"), "sha"), text_of(pull, "html_url")
    return MergedPull(number_of(pull, "number"), head, url, moment_of(pull, "merged_at"))


async def last_writing(github: GitHub, comment: Comment) -> LastWriting:
    """Of a comment that is ours: everybody with write access can change its text, and stays unnamed in REST. GraphQL names the last
    editor (`Comment.editor`, `lastEditedAt`). Where it gives no answer, only a comment that was never changed is known to be ours.
    """
    viewer = await github.viewer()
    wanted = f"node(id: {json.dumps(comment.node_id)})"
    try:
        data = await github.query(
            f"query {{ viewer {{ login }} {wanted} {{ ... on IssueComment {{ lastEditedAt editor {{ __typename login }} }} }} }}"
        )
    except ServerError:
        data = {}
    node = member(data, "node")
    if "lastEditedAt" not in node:
        was_changed = comment.created_at is None or comment.created_at != comment.updated_at
        return LastWriting(None if was_changed else "", comment.updated_at)
    edited_at, editor = moment_of(node, "lastEditedAt"), member(node, "editor")
    if edited_at is None:
        return LastWriting("", comment.created_at)
    login = text_of(editor, "login")
    is_ours = viewer.is_account(login, is_bot=editor.get("__typename") == "Bot")
    return LastWriting("" if is_ours else login or "somebody whose account is gone", edited_at)
