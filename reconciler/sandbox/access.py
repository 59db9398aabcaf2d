"""Who may do what, and how a token is got.

Platform v1.7 to v2.0: roles of an organization are resolved from the header `X-Airbyte-Organization-Id`, or
from a JSON body's `organizationId`, GET included; the query is not looked at. Header names lose their letter
case before they get here, so a header in another case, which the real server would miss, passes.
"""

from __future__ import annotations

import hmac
import json
from urllib.parse import parse_qs

from reconciler.model.json_value import JsonValue
from reconciler.sandbox.exchange import Exchange, Sandbox
from reconciler.sandbox.jsonb import Unreadable, read_json
from reconciler.sandbox.refusals import framework
from reconciler.sandbox.settings import Role
from reconciler.sandbox.tokens import is_good_token, issue_token

ORGANIZATION_HEADER = "X-Airbyte-Organization-Id"
_RANK: dict[Role, int] = {"none": 0, "reader": 1, "editor": 2, "admin": 3, "instance-admin": 4}


def require_role(sandbox: Sandbox, exchange: Exchange, needed: Role) -> None:
    """Raises 401 without a good token, 403 when the caller lacks `needed` in the organization that the
    request names.
    """
    _require_token(sandbox, exchange)
    role = sandbox.settings.role
    if role == "instance-admin":
        return
    organization = _named_organization(exchange)
    member = organization is not None and sandbox.knows_organization(organization)
    if not member or _RANK[role] < _RANK[needed]:
        raise framework(403, "Forbidden", exchange.path)


def _require_token(sandbox: Sandbox, exchange: Exchange) -> None:
    scheme, _, token = exchange.request.headers.get("authorization", "").partition(" ")
    key = sandbox.store.signing_key()
    if scheme.lower() != "bearer" or not is_good_token(key, token.strip(), now=sandbox.clock()):
        raise framework(401, "Unauthorized", exchange.path)


def _named_organization(exchange: Exchange) -> str | None:
    header: str | None = exchange.request.headers.get(ORGANIZATION_HEADER)
    if header is not None:
        return header
    value = exchange.member_of_body("organizationId", "organization_id")
    return value if isinstance(value, str) else None


def answer_token(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST applications/token`: JSON or a form; the grant is ignored. Wrong credentials are a 400, as in
    simple auth.
    """
    settings = sandbox.settings
    return json.dumps(
        {
            "access_token": _new_token(sandbox, exchange),
            "token_type": "Bearer",
            "expires_in": settings.token_lifetime_seconds,
        }
    )


def answer_internal_token(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST /api/v1/applications/token`, the web application's endpoint: only the token."""
    return json.dumps({"access_token": _new_token(sandbox, exchange)})


def _new_token(sandbox: Sandbox, exchange: Exchange) -> str:
    settings = sandbox.settings
    identity, secret = (_credential(exchange, name) for name in ("client_id", "client_secret"))
    expected = f"{settings.client_id}\x00{settings.client_secret}".encode()
    if not hmac.compare_digest(expected, f"{identity}\x00{secret}".encode("utf-8", "replace")):
        raise framework(400, "Bad Request", exchange.path, "Invalid client id or secret")
    lifetime = settings.token_lifetime_seconds
    return issue_token(
        sandbox.store.signing_key(), settings.client_id, now=sandbox.clock(), lifetime=lifetime
    )


def _credential(exchange: Exchange, name: str) -> JsonValue:
    if exchange.request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(exchange.data.decode("utf-8", "replace")).get(name, [None])[0]
    try:
        body = read_json(exchange.data)
    except Unreadable:
        return None
    return body.get(name) if isinstance(body, dict) else None
