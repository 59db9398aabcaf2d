"""The sandbox as an ASGI application: which path leads to which endpoint, and one ledger entry for every
request.

The same routes are there under Cloud's prefix and the self-managed one. Handlers are plain functions: they
touch SQLite only, so waiting for nothing, they run one after the other and each is atomic.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.sandbox.access import answer_internal_token, answer_token
from reconciler.sandbox.connections import create_connection_template
from reconciler.sandbox.exchange import Exchange, Sandbox
from reconciler.sandbox.refusals import Refusal, framework, unreadable
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.sources import create_template, list_templates, read_template, update_template
from reconciler.sandbox.store import LedgerEntry, Store

PREFIXES = ("/v1", "/api/public/v1")
_SOURCES = "/config_templates/sources"
_ONE_SOURCE = f"{_SOURCES}/{{configTemplateId}}"

# Gives the JSON text of a 200, or raises Refusal.
_Handler = Callable[[Sandbox, Exchange], str]
_Endpoint = Callable[[Request], Awaitable[Response]]


def answer_health(_sandbox: Sandbox, _exchange: Exchange) -> str:
    """`GET health`: needs no token."""
    return "Successful operation"


def create_app(
    store: Store, settings: SandboxSettings, *, clock: Callable[[], float] = time.time
) -> Starlette:
    """The application over this state. `clock` gives seconds since the epoch; tokens and the ledger go by it.

    The caller keeps the store and closes it.
    """
    sandbox = Sandbox(store, settings, clock)
    routes = [route for prefix in PREFIXES for route in _routes(sandbox, prefix)]
    routes.append(_route(sandbox, "POST", "/api/v1/applications/token", answer_internal_token))
    app = Starlette(routes=routes, exception_handlers={HTTPException: _framework_answers(sandbox)})
    app.router.redirect_slashes = False
    return app


def _routes(sandbox: Sandbox, prefix: str) -> list[Route]:
    return [
        _route(sandbox, "GET", f"{prefix}/health", answer_health),
        _route(sandbox, "POST", f"{prefix}/applications/token", answer_token),
        _route(sandbox, "GET", f"{prefix}{_SOURCES}", list_templates),
        _route(sandbox, "POST", f"{prefix}{_SOURCES}", create_template),
        _route(sandbox, "GET", f"{prefix}{_ONE_SOURCE}", read_template),
        _route(sandbox, "PATCH", f"{prefix}{_ONE_SOURCE}", update_template),
        _route(sandbox, "POST", f"{prefix}/config_templates/connections", create_connection_template),
    ]


def _route(sandbox: Sandbox, method: str, path: str, handler: _Handler) -> Route:
    return Route(path, _endpoint(sandbox, handler), methods=[method])


def _endpoint(sandbox: Sandbox, handler: _Handler) -> _Endpoint:
    async def answer(request: Request) -> Response:
        if sandbox.settings.latency_seconds > 0:
            await asyncio.sleep(sandbox.settings.latency_seconds)
        exchange = Exchange(request, await request.body())
        return _recorded(sandbox, exchange, _answer(sandbox, exchange, handler))

    return answer


def _answer(sandbox: Sandbox, exchange: Exchange, handler: _Handler) -> Response:
    try:
        text = handler(sandbox, exchange)
    except Refusal as refusal:
        return _refusal_response(refusal)
    except RecursionError:
        # A body nested beyond all measure ends the real server's recursion as well.
        return _refusal_response(unreadable(500))
    headers = {"X-Sandbox-Note": exchange.note} if exchange.note else {}
    kind = "text/plain" if handler is answer_health else "application/json"
    return Response(text, media_type=kind, headers=headers)


def _refusal_response(refusal: Refusal) -> Response:
    return Response(json.dumps(refusal.body), refusal.status, media_type="application/json")


def _recorded(sandbox: Sandbox, exchange: Exchange, response: Response) -> Response:
    """The response itself, after the ledger has it."""
    method = exchange.request.method
    creates = method == "POST" and exchange.path.endswith((_SOURCES, "/connections"))
    body = exchange.data.decode("utf-8", "replace") if creates else None
    entry = LedgerEntry(method, exchange.path, response.status_code, exchange.template_id, body)
    sandbox.store.record(sandbox.clock(), entry)
    return response


def _framework_answers(sandbox: Sandbox) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers for an unknown path and a wrong method, in the HTTP framework's own shape."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        exchange = Exchange(request, await request.body())
        message = {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Internal Server Error")
        return _recorded(sandbox, exchange, _refusal_response(framework(status, message, exchange.path)))

    return answer
