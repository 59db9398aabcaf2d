"""`doctor` where the configured API has no templates: is it the other one that the organization is on?

Credentials go to the origin that they are configured for. There is one exception: those of Airbyte Cloud's public API are also shown to
Airbyte Cloud's Agent API, over https. Whoever wants another server to be asked writes it into reconciler.yaml.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.cli.server import remote
from reconciler.errors import ReconcilerError, RefusedByServer, UnusableAnswer
from reconciler.manifests.project import AGENTS_URL
from reconciler.model.target import Api, Dialect
from reconciler.model.text import count
from reconciler.report.checks import Check

if TYPE_CHECKING:
    from reconciler.airbyte.api import TemplateApi
    from reconciler.cli.console import Console
    from reconciler.model.target import Target

FirstAnswer = Callable[["TemplateApi", str], Awaitable[int | Check]]

SAME_VENDOR = {"https://api.airbyte.com": AGENTS_URL}
"""Origins whose credentials may go to a second url too, because both servers are one vendor's and one account's."""

_OTHER = {Dialect.PUBLIC: (Api.AGENTS, Dialect.AGENTS), Dialect.AGENTS: (Api.PUBLIC, Dialect.PUBLIC)}
_NAMES = {Dialect.PUBLIC: "public API", Dialect.AGENTS: "Agent API"}
_USUAL_PATHS = {Dialect.AGENTS: ("/api/v1",), Dialect.PUBLIC: ("/api/public/v1", "/v1")}
_NOT_HERE = frozenset({301, 404, 405})
"""Statuses of a token endpoint or a list that is not there, or has moved."""


async def with_other_dialect(
    failed: Check, target: Target, console: Console, first_answer: FirstAnswer
) -> Check:
    """The failed check, with what the other dialect answers where that can be the cause: the lines for reconciler.yaml, or that it does
    not answer either.
    """
    if target.api is Api.SANDBOX or not _may_be_the_other(failed.error):
        return failed
    asked = tuple(_others(target))
    for other in asked:
        async with remote(other, console, 1) as api:
            answer = await first_answer(api, target.organization_id)
        if not isinstance(answer, Check):
            return replace(failed, detail="\n".join((failed.detail, *_found(other, answer))), help="")
    places = " and ".join(other.url for other in asked)
    tried = (
        f"the {_NAMES[asked[0].dialect]} was looked for with the same credentials, and not found at {places}"
    )
    return replace(failed, detail=f"{failed.detail}\n{tried}")


def _may_be_the_other(error: ReconcilerError | None) -> bool:
    """Whether the error says that this is no such API. That of a refused login has the refusal as its cause."""
    told = error if isinstance(error, RefusedByServer) else getattr(error, "__cause__", None)
    if isinstance(told, RefusedByServer):
        return told.status in _NOT_HERE
    return isinstance(error, UnusableAnswer)


def _others(target: Target) -> Iterator[Target]:
    """The target in the other dialect, at every url where its credentials may be sent."""
    api, dialect = _OTHER[target.dialect]
    parts = urlsplit(target.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    urls = (target.url, *(origin + path for path in _USUAL_PATHS[dialect]))
    if dialect is Dialect.AGENTS and origin in SAME_VENDOR:
        urls = (SAME_VENDOR[origin],)
    for url in dict.fromkeys(urls):
        yield replace(target, api=api, dialect=dialect, url=url)


def _found(other: Target, templates: int) -> Iterator[str]:
    yield f"but the {_NAMES[other.dialect]} answers, and lists {count(templates, 'template')}; in reconciler.yaml, under `environments`:"
    yield f"    {other.environment}:"
    yield f"      api: {other.api}"
    yield f"      url: {other.url}"
    yield f"      organizationId: {other.organization_id}"
