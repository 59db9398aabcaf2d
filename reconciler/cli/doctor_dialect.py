"""`doctor` where the configured API has no templates: has the url the wrong path, or is the organization on the other API?

Credentials go to the origin that they are configured for, without exception. So both APIs are looked for there. Airbyte Cloud has its
Agent API at another origin: the lines that lead there are printed, and nothing is sent there before they are in reconciler.yaml.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.cli.server import remote
from reconciler.errors import EndpointMoved, ReconcilerError, RefusedByServer, UnusableAnswer
from reconciler.manifests.project import AGENTS_URL
from reconciler.model.target import Api, Dialect
from reconciler.model.text import count
from reconciler.report.checks import Check

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.cli.console import Console
    from reconciler.model.target import Target

FirstAnswer = Callable[["TemplateApi", str], Awaitable[int | Check]]

CLOUD = "https://api.airbyte.com"
"""Where Airbyte Cloud had the public API until April 2026. What it still answers there says nothing about templates."""

_NAMES = {Dialect.PUBLIC: "public API", Dialect.AGENTS: "Agent API"}
_USUAL_PATHS = {Dialect.AGENTS: ("/api/v1",), Dialect.PUBLIC: ("/api/public/v1", "/v1")}
_NOT_HERE = frozenset({301, 404, 405})
"""Statuses of a token endpoint or a list that is not there, or has moved."""


async def with_other_dialect(
    failed: Check, target: Target, console: Console, first_answer: FirstAnswer
) -> Check:
    """The failed check, with what answers at another url or in the other dialect where that can be the cause: the lines for
    reconciler.yaml, or that nothing answers there either.
    """
    if target.api is Api.SANDBOX or not _may_be_the_other(failed.error):
        return failed
    asked = tuple(_others(target))
    for other in asked:
        async with remote(other, console, 1) as api:
            answer = await first_answer(api, target.organization_id)
        if not isinstance(answer, Check):
            found = f"but the {_NAMES[other.dialect]} answers, and lists {count(answer, 'template')}"
            return replace(failed, detail="\n".join((failed.detail, *_lines(found, other))), help="")
    tried = "".join(
        f"\nthe {_NAMES[other.dialect]} was looked for, and gives no list at {other.url}" for other in asked
    )
    if _origin(target) == CLOUD or isinstance(failed.error, EndpointMoved):
        there = replace(target, api=Api.AGENTS, dialect=Dialect.AGENTS, url=AGENTS_URL)
        why = "Airbyte Cloud has templates in the Agent API, which was not asked: credentials go to the configured url only"
        tried += "".join(f"\n{line}" for line in _lines(why, there))
    return replace(failed, detail=failed.detail + tried)


def _may_be_the_other(error: ReconcilerError | None) -> bool:
    """Whether the error says that this is no such API. That of a refused login has the refusal as its cause."""
    told = error if isinstance(error, RefusedByServer) else getattr(error, "__cause__", None)
    if isinstance(told, RefusedByServer):
        return told.status in _NOT_HERE
    return isinstance(error, UnusableAnswer)


def _others(target: Target) -> Iterator[Target]:
    """The target at every url of its origin where its own dialect is usual, then the same in the other dialect. Not the target itself."""
    origin = _origin(target)
    if origin == CLOUD:
        return
    for dialect in sorted(Dialect, key=lambda each: each is not target.dialect):
        urls = (target.url, *(origin + path for path in _USUAL_PATHS[dialect]))
        for url in dict.fromkeys(urls):
            if (dialect, url) != (target.dialect, target.url):
                yield replace(target, api=Api(dialect), dialect=dialect, url=url)


def _origin(target: Target) -> str:
    parts = urlsplit(target.url)
    return f"{parts.scheme}://{parts.netloc}"


def _lines(why: str, other: Target) -> Iterator[str]:
    """What reconciler.yaml has to say for this target, ready to paste."""
    yield f"{why}; in reconciler.yaml, under `environments`:"
    yield f"    {other.environment}:"
    yield f"      api: {other.api}"
    yield f"      url: {other.url}"
    yield f"      organizationId: {other.organization_id}"
