"""One request on its way through the sandbox: how it is set up, the request as it was read, and every refusal.

Platform v1.7 to v2.0: business errors are problem documents whose useful text is in `data.message`. A body that cannot be bound
gives `{"errorId"}`. Authentication, roles and unknown routes are answered by the HTTP framework in its own shape.
"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request

from reconciler.model.json_value import JsonObject, JsonValue, is_uuid
from reconciler.sandbox.settings import Role, SandboxSettings
from reconciler.sandbox.store import Store

_REFERENCE = "https://reference.airbyte.com/reference/errors"
_PROBLEMS = {
    301: (
        "Airbyte Embedded Endpoint Moved",
        "error:embedded/endpoint-moved",
        "This endpoint has moved for your organization.",
    ),
    400: ("bad-request", f"{_REFERENCE}#bad-request", "The request could not be understood."),
    403: (
        "License Entitlement Error",
        "error:license/entitlement",
        "The licence does not include this entitlement.",
    ),
    404: ("resource-not-found", f"{_REFERENCE}#resource-not-found", "The resource could not be found."),
    422: (
        "unprocessable-entity",
        f"{_REFERENCE}#unprocessable-entity",
        "The body was understood but could not be processed.",
    ),
    500: ("unexpected-problem", _REFERENCE, "An unexpected problem has occurred."),
}
"""Title, type and detail of each problem document, by status."""


@dataclass(frozen=True)
class Sandbox:
    """State, settings and clock (seconds since the epoch) of one sandbox. `numbers` counts the requests that may be throttled."""

    store: Store
    settings: SandboxSettings
    clock: Callable[[], float]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def knows_organization(self, organization_id: str) -> bool:
        """Whether this organization exists here."""
        return organization_id.lower() in {known.lower() for known in self.settings.organizations}


@dataclass
class Exchange:
    """A request with its body read.

    A create sets `template_id` once the row is stored, for the ledger. `note` is a hint of the sandbox alone, sent in a header.
    """

    request: Request
    data: bytes
    template_id: str | None = None
    note: str = ""

    @property
    def path(self) -> str:
        """The request's path, without the query."""
        return self.request.url.path

    def body(self) -> JsonObject:
        """The body as an object. Raises the `{"errorId"}` answer for anything else."""
        try:
            value = read_json(self.data)
        except (ValueError, RecursionError) as error:
            raise unreadable() from error
        if not isinstance(value, dict):
            raise unreadable()
        return value

    def members(self) -> JsonObject:
        """The members of the body. None for a body that is no object."""
        try:
            return self.body()
        except Refusal:
            return {}


@dataclass(frozen=True)
class Endpoint:
    """One row of a table of endpoints. `answer` gives the text of a 200, or raises Refusal or Unstorable.

    `role` is what the caller must have at least. None: no token is needed. With `creates` the ledger keeps the body.
    """

    method: str
    path: str
    answer: Callable[[Sandbox, Exchange], str]
    role: Role | None = None
    creates: bool = False
    media_type: str = "application/json"


def read_json(data: bytes) -> JsonValue:
    """A JSON text in UTF-8 as Jackson reads it: numbers with a fraction or an exponent become doubles, the last of equal keys wins.

    Raises ValueError or RecursionError for what Jackson refuses.
    """
    value: JsonValue = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    return value


def _refuse_constant(word: str) -> JsonValue:
    raise ValueError(f"{word} is not JSON")


def required_uuid(body: JsonObject, name: str) -> str:
    """A required member as a lower-case UUID."""
    value = body.get(name)
    if not is_uuid(value):
        raise unreadable()
    return value.lower()


@dataclass
class Refusal(Exception):
    """An answer other than 200. Raised by an endpoint, sent by the application."""

    status: int
    body: JsonObject
    headers: dict[str, str] = field(default_factory=dict)


def refused(status: Literal[400, 422, 500], message: str) -> Refusal:
    """A problem document with this message. Airbyte answers 500 for every unexpected error, bad input included."""
    return _problem(status, {"message": message})


def not_found(resource_type: str, resource_id: str) -> Refusal:
    """404 for a definition. An unknown template is a 500 instead."""
    return _problem(404, {"resourceType": resource_type, "resourceId": resource_id})


def not_entitled(organization_id: str | None) -> Refusal:
    """403: the licence does not cover Embedded."""
    return _problem(403, {"entitlement": "CONFIG_TEMPLATE_ENDPOINTS", "resourceId": organization_id})


def moved() -> Refusal:
    """301 without a Location header: the organization lives on the Agent API now."""
    return _problem(301, None, url="https://api.airbyte.ai/api/v1/redoc")


def _problem(status: int, data: JsonObject | None, url: str | None = None) -> Refusal:
    """A problem document. Members without a value are there as null."""
    title, kind, detail = _PROBLEMS[status]
    head: JsonObject = {"status": status, "type": kind, "title": title, "detail": detail}
    return Refusal(status, {**head, "documentationUrl": url, "data": data})


def unreadable(status: int = 422) -> Refusal:
    """A request that could not be bound to the endpoint: no JSON, a wrong type, a missing member."""
    return Refusal(status, {"errorId": str(uuid.uuid4())})


def framework(status: int, message: str, path: str, detail: str = "") -> Refusal:
    """An answer of the HTTP framework itself: no problem document."""
    links: JsonObject = {"self": [{"href": path, "templated": False}]}
    errors: JsonObject = {"errors": [{"message": detail or message}]}
    return Refusal(status, {"message": message, "_links": links, "_embedded": errors})
