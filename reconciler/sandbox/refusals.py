"""Every way in which the sandbox says no: problem documents, bodies with only an error id, the framework's
own. Values only.

Platform v1.7 to v2.0: business errors are problem documents whose useful text is in `data.message`; a body
that cannot be bound gives `{"errorId"}`; authentication, roles and unknown routes are answered by the
framework in its own shape.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from reconciler.model.json_value import JsonObject

_REFERENCE = "https://reference.airbyte.com/reference/"


@dataclass
class Refusal(Exception):
    """An answer other than 200; raised by a handler, sent by the application."""

    status: int
    body: JsonObject


def _problem(status: int, title: str, kind: str, detail: str, data: JsonObject | None) -> Refusal:
    """A problem document; members without a value are there as null."""
    body: JsonObject = {
        "status": status,
        "type": kind,
        "title": title,
        "detail": detail,
        "documentationUrl": None,
    }
    return Refusal(status, {**body, "data": data})


def moved() -> Refusal:
    """301 without a Location header: the organization lives on the Agent API now."""
    title, kind = "Airbyte Embedded Endpoint Moved", "error:embedded/endpoint-moved"
    refusal = _problem(301, title, kind, "This endpoint has moved for your organization.", None)
    return Refusal(301, {**refusal.body, "documentationUrl": "https://api.airbyte.ai/api/v1/redoc"})


def not_entitled(entitlement: str, resource_id: str | None) -> Refusal:
    """403: the licence does not cover this."""
    data: JsonObject = {"entitlement": entitlement, "resourceId": resource_id}
    detail = "The licence does not include this entitlement."
    return _problem(403, "License Entitlement Error", "error:license/entitlement", detail, data)


def unprocessable(message: str) -> Refusal:
    """422: the presets and the form do not fit the connector."""
    detail = "The body was understood but could not be processed."
    kind = f"{_REFERENCE}errors#unprocessable-entity"
    return _problem(422, "unprocessable-entity", kind, detail, {"message": message})


def not_found(resource_type: str, resource_id: str) -> Refusal:
    """404 for a definition; an unknown template is a 500 instead."""
    data: JsonObject = {"resourceType": resource_type, "resourceId": resource_id}
    kind = f"{_REFERENCE}errors#resource-not-found"
    return _problem(404, "resource-not-found", kind, "The resource could not be found.", data)


def bad_request(message: str) -> Refusal:
    """400 for a schedule that cannot be read."""
    kind = f"{_REFERENCE}errors#bad-request"
    return _problem(400, "bad-request", kind, "The request could not be understood.", {"message": message})


def unexpected(message: str) -> Refusal:
    """500: the answer to everything that nobody thought of, bad input included."""
    detail = "An unexpected problem has occurred."
    return _problem(500, "unexpected-problem", f"{_REFERENCE}errors", detail, {"message": message})


def unreadable(status: int = 422) -> Refusal:
    """A request that could not be bound to the endpoint: no JSON, a wrong type, a missing member."""
    return Refusal(status, {"errorId": str(uuid.uuid4())})


def framework(status: int, message: str, path: str, detail: str | None = None) -> Refusal:
    """An answer of the HTTP framework itself: no problem document."""
    errors: list[JsonObject] = [{"message": detail or message}]
    body: JsonObject = {
        "message": message,
        "_links": {"self": [{"href": path, "templated": False}]},
        "_embedded": {"errors": [dict(error) for error in errors]},
    }
    return Refusal(status, body)
