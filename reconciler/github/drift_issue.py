"""The one issue of an environment's drift: opened, kept up to date, closed, reopened.

Found by its label and the marker in its first line, written by us or by somebody who may write to the repository: a label alone
would adopt a person's issue, and a marker alone can be copied by anybody. Comments notify people, edits do not: a comment is
written only when the set of findings changed. Each comment goes out before the edit that would stop it from being written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from reconciler.errors import RefusedByServer
from reconciler.github.client import GitHub
from reconciler.github.comments import Marker, add_comment, parse_marker, says_the_same
from reconciler.github.refusals import ISSUES, member, moment_of, number_of, text_of
from reconciler.model.json_value import JsonObject

LABEL = "reconciler-drift"
REOPEN_DAYS = 14
"""An issue that was closed longer ago than this is history: the drift of today is another one."""

_LABEL_COLOUR = "d93f0b"
_LABEL_TEXT = "Live templates differ from the manifests in git"
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


@dataclass(frozen=True)
class Issue:
    """One drift issue. `closed_at` is None while it is open."""

    number: int
    body: str
    url: str
    marker: Marker
    closed_at: datetime | None


@dataclass(frozen=True)
class Findings:
    """What a comparison found. `marker` holds their fingerprint in `findings`. `body` and `news` begin with a marker line.

    `news` is the comment for an issue whose findings changed, or that is back.
    """

    marker: Marker
    title: str
    body: str
    news: str


class Did(StrEnum):
    """What became of the issue."""

    NOTHING = "nothing"
    OPENED = "opened"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REOPENED = "reopened"
    CLOSED = "closed"


@dataclass(frozen=True)
class Reported:
    """The issue as it is now. `doubles` are the numbers of others that were closed in its favour."""

    did: Did
    number: int = 0
    url: str = ""
    doubles: tuple[int, ...] = ()
    unlabelled: bool = False


async def report_findings(github: GitHub, findings: Findings) -> Reported:
    """Make the issue of this environment say what was found, and only one of them be open."""
    opened = await _issues(github, findings.marker, state="open")
    if opened:
        kept, *doubles = opened
        did = Did.UNCHANGED
        if not says_the_same(kept.body, findings.body):
            if kept.marker.facts.get("findings") != findings.marker.facts.get("findings"):
                await add_comment(github, kept.number, findings.news)
            await _edit(github, kept.number, body=findings.body)
            did = Did.UPDATED
        return Reported(did, kept.number, kept.url, await _close_doubles(github, kept, doubles))
    since = datetime.fromtimestamp(github.now(), UTC) - timedelta(days=REOPEN_DAYS)
    asked = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    closed = await _issues(github, findings.marker, state="closed", since=asked)
    recent = [issue for issue in closed if issue.closed_at is not None and issue.closed_at >= since]
    if not recent:
        return await _open(github, findings)
    last = max(recent, key=lambda issue: (issue.closed_at, issue.number))
    await add_comment(github, last.number, findings.news)
    await _edit(github, last.number, state="open", body=findings.body)
    return Reported(Did.REOPENED, last.number, last.url)


async def report_clean(github: GitHub, marker: Marker, news: str, body: str) -> Reported:
    """Close what is open for this environment: with the comment `news` and the text `body`, which begin with marker lines."""
    opened = await _issues(github, marker, state="open")
    if not opened:
        return Reported(Did.NOTHING)
    kept, *doubles = opened
    await add_comment(github, kept.number, news)
    await _edit(github, kept.number, state="closed", state_reason="completed", body=body)
    return Reported(Did.CLOSED, kept.number, kept.url, await _close_doubles(github, kept, doubles))


async def _open(github: GitHub, findings: Findings) -> Reported:
    """A new issue with its label. GitHub drops labels without a word where the token may not set them: such an issue would
    never be found again, so it is closed at once.
    """

    async def look() -> Issue | None:
        found = await _issues(github, findings.marker, state="open")
        return found[0] if found else None

    await _ensure_label(github)
    body: JsonObject = {"title": findings.title, "body": findings.body, "labels": [LABEL]}
    made = await github.create(f"{github.home}/issues", body, permission=ISSUES, look=look)
    if isinstance(made, Issue):
        return Reported(Did.OPENED, made.number, made.url)
    number, url, labels = number_of(made, "number"), text_of(made, "html_url"), made.get("labels")
    each = labels if isinstance(labels, list) else []
    if LABEL not in [label.get("name") if isinstance(label, dict) else label for label in each]:
        await _edit(github, number, state="closed", state_reason="not_planned")
        return Reported(Did.CLOSED, number, url, unlabelled=True)
    return Reported(Did.OPENED, number, url)


async def _ensure_label(github: GitHub) -> None:
    """Make the label with its colour and meaning when there is none. GitHub would else make a grey one by itself.

    A token that may open issues may still lack the right to make labels, so nothing depends on this.
    """

    async def look() -> None:
        """There is nothing to look for: a label that is made twice is refused."""

    try:
        await github.get(f"{github.home}/labels/{LABEL}", permission=ISSUES)
    except RefusedByServer as error:
        if error.status != 404:
            return
        label: JsonObject = {"name": LABEL, "color": _LABEL_COLOUR, "description": _LABEL_TEXT}
        try:
            await github.create(f"{github.home}/labels", label, permission=ISSUES, look=look)
        except RefusedByServer as refused:
            if refused.status not in (403, 404, 422):  # 422: somebody else made it meanwhile
                raise


async def _close_doubles(github: GitHub, kept: Issue, doubles: list[Issue]) -> tuple[int, ...]:
    for double in doubles:
        marker = Marker("drift-note", kept.marker.environment, kept.marker.project, {"see": str(kept.number)})
        news = f"{marker.line}\nThe same drift is reported in #{kept.number}; this issue is closed in its favour."
        await add_comment(github, double.number, news)
        await _edit(github, double.number, state="closed", state_reason="not_planned")
    return tuple(double.number for double in doubles)


async def _edit(github: GitHub, number: int, **members: str) -> None:
    await github.patch(f"{github.home}/issues/{number}", {**members}, permission=ISSUES)


async def _issues(github: GitHub, marker: Marker, **parameters: str) -> list[Issue]:
    """The issues of this environment, oldest first. Pull requests, which GitHub lists among them, left out.

    By us, by another token of ours (a bot), or by a person who may write: an issue form can set a label for a stranger.
    """
    items = await github.pages(f"{github.home}/issues", permission=ISSUES, labels=LABEL, **parameters)
    marked = [(item, parse_marker(text_of(item, "body"))) for item in items if "pull_request" not in item]
    wanted = [(item, found) for item, found in marked if found is not None and found.key == marker.key]
    if not wanted:
        return []
    viewer = await github.viewer()
    issues = []
    for item, found in wanted:
        is_bot = member(item, "user").get("type") == "Bot"
        if viewer.wrote(item) or is_bot or text_of(item, "author_association") in _TRUSTED:
            body, url = text_of(item, "body"), text_of(item, "html_url")
            issues.append(Issue(number_of(item, "number"), body, url, found, moment_of(item, "closed_at")))
    return sorted(issues, key=lambda issue: issue.number)
