"""The sandbox as an ASGI application: which path leads to which endpoint, and one ledger entry for every request.

Endpoints are plain functions that touch SQLite only and wait for nothing. So they run one after the other, and each is atomic.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.model.target import Dialect
from reconciler.sandbox.access import answer_internal_token, require_role
from reconciler.sandbox.exchange import (
    Endpoint,
    Exchange,
    Refusal,
    Sandbox,
    framework,
    refused,
    unreadable,
)
from reconciler.sandbox.jsonb import Unstorable
from reconciler.sandbox.public import PUBLIC
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import LedgerEntry, Store

CLOUD = "/v1"
AGENTS = "/api/v1"
_ENDPOINTS = {
    CLOUD: PUBLIC,
    "/api/public/v1": PUBLIC,
    AGENTS: (Endpoint("POST", "/applications/token", answer_internal_token),),
}
"""The endpoints below each prefix. Those of the Agent API are below its prefix too, and depend on the settings."""


def create_app(
    store: Store,
    settings: SandboxSettings,
    *,
    dialects: Iterable[Dialect] = tuple(Dialect),
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The application over this state. `clock` gives seconds since the epoch, for tokens and the ledger.

    The public dialect is always there. The Agent API takes a while to load. The caller keeps the store and closes it.
    """
    sandbox = Sandbox(store, settings, clock)
    tables = [*_ENDPOINTS.items()]
    if Dialect.AGENTS in dialects:
        from reconciler.sandbox.agents import agents_endpoints

        tables.append((AGENTS, agents_endpoints(settings.agents)))
    routes = [
        Route(prefix + endpoint.path, _handler(sandbox, endpoint), methods=[endpoint.method])
        for prefix, endpoints in tables
        for endpoint in endpoints
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _framework_answers(sandbox)})
    app.router.redirect_slashes = False
    return app


def _handler(sandbox: Sandbox, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        if sandbox.settings.latency_seconds > 0:
            await asyncio.sleep(sandbox.settings.latency_seconds)
        exchange = Exchange(request, await request.body())
        response = _response(sandbox, exchange, endpoint)
        _record(sandbox, exchange, response, keep_body=endpoint.creates)
        return response

    return handle


def _response(sandbox: Sandbox, exchange: Exchange, endpoint: Endpoint) -> Response:
    try:
        if endpoint.role is not None:
            require_role(sandbox, exchange, endpoint.role)
        text = endpoint.answer(sandbox, exchange)
    except Refusal as refusal:
        return _refusal_response(refusal)
    except Unstorable as error:
        return _refusal_response(refused(500, str(error)))
    except RecursionError:
        # A body nested beyond all measure ends the real server's recursion as well.
        return _refusal_response(unreadable(500))
    headers = {"X-Sandbox-Note": exchange.note} if exchange.note else {}
    return Response(text, media_type=endpoint.media_type, headers=headers)


def _refusal_response(refusal: Refusal) -> Response:
    return Response(json.dumps(refusal.body), refusal.status, refusal.headers, media_type="application/json")


def _record(sandbox: Sandbox, exchange: Exchange, response: Response, *, keep_body: bool) -> None:
    body = exchange.data.decode("utf-8", "replace") if keep_body else None
    method = exchange.request.method
    entry = LedgerEntry(method, exchange.path, response.status_code, exchange.template_id, body)
    sandbox.store.record(sandbox.clock(), entry)


def _framework_answers(sandbox: Sandbox) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers for an unknown path and a wrong method, in the shape of Micronaut, or of FastAPI for the Agent API."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        exchange = Exchange(request, await request.body())
        message = {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Internal Server Error")
        is_agents = exchange.path.startswith(f"{AGENTS}/")
        refusal = (
            Refusal(status, {"detail": message}) if is_agents else framework(status, message, exchange.path)
        )
        response = _refusal_response(refusal)
        _record(sandbox, exchange, response, keep_body=False)
        return response

    return answer
