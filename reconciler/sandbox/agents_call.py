"""One request to the Agent API on its way: who may send it, for which organization, what is in it, and how it is refused.

The contract knows 400, 403, 422 and 500. That a missing token is a 401, an unknown template a 404 and too many requests a 429 is what the
vendor's clients and pages expect.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.sandbox.access import has_good_token, has_role
from reconciler.sandbox.agents_requests import LISTS, Misread, Unwritable, identifier, read
from reconciler.sandbox.exchange import (
    Endpoint,
    Exchange,
    Refusal,
    Sandbox,
    read_json,
)
from reconciler.sandbox.jsonb import Unstorable
from reconciler.sandbox.settings import AgentSettings, Role, SandboxSettings
from reconciler.sandbox.store import Store

_T = TypeVar("_T")


@dataclass
class Denied(Exception):
    """An answer other than 200, in no shape yet."""

    status: int
    message: str
    problems: tuple[JsonValue, ...] = ()
    retry_after: int | None = None


@dataclass(frozen=True)
class Call:
    """A request that may be answered. `organization` is a lower-case UUID, "" where none matters.

    FastAPI reads a whole request before it looks at anything stored, so endpoints ask for the body first.
    """

    sandbox: Sandbox
    exchange: Exchange
    organization: str

    @property
    def settings(self) -> SandboxSettings:
        """The sandbox's."""
        return self.sandbox.settings

    @property
    def store(self) -> Store:
        """The sandbox's."""
        return self.sandbox.store

    def body(self, reader: Callable[[object], _T]) -> _T:
        """The body, typed. One that is not sent as JSON is text to FastAPI."""
        kind_of_text = self.exchange.request.headers.get("content-type", "application/json")
        if kind_of_text.partition(";")[0].strip().lower() != "application/json":
            return read(reader, self.exchange.data.decode("utf-8", "replace"), "body")
        try:
            value = read_json(self.exchange.data)
        except (ValueError, RecursionError):
            problem: JsonValue = {"loc": ["body", 0], "msg": "JSON decode error", "type": "json_invalid"}
            raise Misread([problem]) from None
        return read(reader, value, "body")

    def query(self, reader: Callable[[object], _T]) -> _T:
        """The query, typed. Of a parameter that is there twice the last one counts."""
        given = self.exchange.request.query_params
        values = {name: given.getlist(name) if name in LISTS else given[name] for name in given}
        return read(reader, values, "query")

    def named(self, parameter: str) -> str:
        """A part of the path."""
        return str(self.exchange.request.path_params[parameter])

    def path_id(self) -> str:
        """The id in the path, a lower-case UUID."""
        return str(read(identifier, self.named("id"), "path", "id"))


Answer = Callable[[Call], JsonValue]


def endpoint(
    method: str, path: str, answer: Answer, needed: Role | None = "reader", *, creates: bool = False
) -> Endpoint:
    """A row of the table. `needed` None: no token is asked for, and no organization."""
    return Endpoint(method, path, partial(_answered, answer, needed), creates=creates)


def _answered(answer: Answer, needed: Role | None, sandbox: Sandbox, exchange: Exchange) -> str:
    try:
        return json.dumps(answer(_admitted(sandbox, exchange, needed)))
    except Misread as error:
        denied = Denied(422, "Request validation failed", tuple(error.problems))
    except Unstorable as error:
        denied = Denied(500, str(error))
    except (RecursionError, Unwritable):
        denied = Denied(500, "Internal Server Error")
    except Denied as error:
        denied = error
    raise refusal(sandbox.settings.agents, denied)


def _admitted(sandbox: Sandbox, exchange: Exchange, needed: Role | None) -> Call:
    """The call, if the caller may do what it asks for."""
    every = sandbox.settings.agents.throttle_every
    if needed is None:
        return Call(sandbox, exchange, "")
    if every and next(sandbox.numbers) % every == 0:
        raise Denied(429, "Rate limit exceeded", retry_after=1)
    if not has_good_token(sandbox, exchange):
        raise Denied(401, "Not authenticated")
    organization = organization_of(sandbox.settings, exchange) or _only(sandbox.settings)
    if not has_role(sandbox, needed) or not sandbox.settings.entitled:
        raise Denied(403, f"You do not have permission to do this in organization {organization}")
    return Call(sandbox, exchange, organization)


def organization_of(settings: SandboxSettings, exchange: Exchange) -> str | None:
    """The organization that the header names, None when there is no header. 403 for one that the caller is not in."""
    given = exchange.request.headers.get("X-Organization-Id")
    if given is None:
        return None
    organization = str(read(identifier, given, "header", "x-organization-id"))
    if organization not in map(str.lower, settings.organizations):
        raise Denied(403, f"You do not have access to organization {organization}")
    return organization


def _only(settings: SandboxSettings) -> str:
    """The one organization of the credentials. 400 where they belong to several: the text is the one that PyAirbyte looks for."""
    if len(settings.organizations) != 1:
        raise Denied(
            400, "You belong to several organizations: specify target organization in X-Organization-Id"
        )
    return settings.organizations[0].lower()


def refusal(agents: AgentSettings, denied: Denied) -> Refusal:
    """The refusal in the shape that the settings want."""
    headers = {} if denied.retry_after is None else {"Retry-After": str(denied.retry_after)}
    if denied.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if agents.errors == "detail":
        return Refusal(denied.status, {"detail": list(denied.problems) or denied.message}, headers)
    errors: list[JsonValue] = [_entry(problem) for problem in denied.problems]
    return Refusal(denied.status, {"message": denied.message, "errors": errors}, headers)


def _entry(problem: JsonValue) -> JsonObject:
    """FastAPI's problem as the contract's ApiError."""
    found = problem if isinstance(problem, dict) else {}
    place = found.get("loc")
    field = ".".join(map(str, place)) if isinstance(place, list) else None
    return {"field": field, "message": found.get("msg"), "error_code": found.get("type"), "details": None}
