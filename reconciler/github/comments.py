"""Our comments on a pull request: found by marker and author, edited in place, never doubled."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconciler.errors import UnusableAnswer
from reconciler.github.client import GitHub
from reconciler.github.marker import Marker, parse_marker
from reconciler.github.refusals import COMMENTS, PULLS, member, moment_of, number_of, text_of
from reconciler.model.json_value import JsonObject

Matches = Callable[[Marker], bool]

_RUN_URL = re.compile(r"/actions/runs/[0-9]+(?:/attempts/[0-9]+)?")


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
    """The comment as it is now; `superseded` counts older doubles that now point to it."""

    did: Did
    url: str = ""
    superseded: int = 0


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


async def put_comment(
    github: GitHub, number: int, body: str, *, matches: Matches, create: bool = True, head: str | None = None
) -> Posted:
    """Write `body`, which begins with a marker, as the one comment that `matches`.

    Edited in place; left alone when it says the same already; with `create` False never made anew. With `head`, a comment is only
    written while that commit is still the pull request's head: a newer run says more. Of several the oldest is kept, and the
    others are turned into pointers to it.
    """
    found = await our_comments(github, number, matches)
    if not found and not create:
        return Posted(Did.ABSENT)
    if len(found) == 1 and says_the_same(found[0].body, body):
        return Posted(Did.UNCHANGED, found[0].url)
    if head is not None and await head_of(github, number) != head:
        return Posted(Did.OUTDATED, found[0].url if found else "")
    if not found:
        return Posted(Did.CREATED, (await _created(github, number, body, matches)).url)
    kept, *doubles = found
    if not says_the_same(kept.body, body):
        await _edit(github, kept, body)
    for double in doubles:
        await _edit(github, double, f"Superseded: see {kept.url}.")
    return Posted(Did.EDITED, kept.url, superseded=len(doubles))


async def add_comment(github: GitHub, number: int, body: str, *, permission: str) -> None:
    """Add a comment that begins with a marker; not added twice when the first answer was lost."""
    marker = parse_marker(body)
    matches: Matches = lambda other: marker is not None and other.line == marker.line  # noqa: E731 - typed by its name
    await _created(github, number, body, matches, permission=permission)


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
    if isinstance(made, Comment):
        return made
    return _comment(made, parse_marker(body) or Marker("", ""))


async def head_of(github: GitHub, number: int) -> str:
    """The commit that is the pull request's head now."""
    path = f"{github.home}/pulls/{number}"
    pull = await github.get(path, permission=PULLS)
    sha = text_of(member(pull, "head"), "sha") if isinstance(pull, dict) else ""
    if not sha:
        raise UnusableAnswer(f"GET {path}: the pull request has no head", method="GET", path=path)
    return sha


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts differ at most in line ends and in the run that they link to."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return _RUN_URL.sub("/actions/runs/", text.replace("\r\n", "\n")).rstrip()


def _comment(item: JsonObject, marker: Marker) -> Comment:
    return Comment(
        number_of(item, "id"),
        text_of(item, "body"),
        text_of(item, "html_url"),
        marker,
        text_of(item, "node_id"),
        moment_of(item, "created_at"),
        moment_of(item, "updated_at"),
    )
