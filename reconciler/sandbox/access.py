"""Who may do what, and how a token is got.

Platform v1.7 to v2.0: roles of an organization are resolved from the header `X-Airbyte-Organization-Id`, or from a JSON body's
`organizationId`, GET included. The query is not looked at. Header names lose their letter case before they get here, so a header
in another case, which the real server would miss, passes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import get_args
from urllib.parse import parse_qs

from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.sandbox.exchange import Exchange, Sandbox, framework
from reconciler.sandbox.settings import Role

_ROLES: tuple[Role, ...] = get_args(Role)
_HEADER: JsonObject = {"alg": "HS256", "typ": "JWT"}
_FORM = "application/x-www-form-urlencoded"


def require_role(sandbox: Sandbox, exchange: Exchange, needed: Role) -> None:
    """Raises 401 without a good token, 403 when the caller lacks `needed` in the organization that the request names."""
    if not has_good_token(sandbox, exchange):
        raise framework(401, "Unauthorized", exchange.path)
    if sandbox.settings.role == "instance-admin":
        return
    body = exchange.members()
    in_body = body.get("organizationId", body.get("organization_id"))
    organization = exchange.request.headers.get("X-Airbyte-Organization-Id", in_body)
    is_member = isinstance(organization, str) and sandbox.knows_organization(organization)
    if not (is_member and has_role(sandbox, needed)):
        raise framework(403, "Forbidden", exchange.path)


def has_role(sandbox: Sandbox, needed: Role) -> bool:
    """Whether the caller's role is at least this one."""
    return _ROLES.index(sandbox.settings.role) >= _ROLES.index(needed)


def has_good_token(sandbox: Sandbox, exchange: Exchange) -> bool:
    """Whether the request has a token that this state issued and that has not run out."""
    scheme, _, token = exchange.request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and _is_good_token(sandbox, token.strip())


def answer_token(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST applications/token`: JSON or a form. The grant is ignored."""
    return json.dumps(token_members(sandbox, _checked_token(sandbox, exchange)))


def answer_internal_token(sandbox: Sandbox, exchange: Exchange) -> str:
    """`POST /api/v1/applications/token`, the web application's endpoint: only the token."""
    return json.dumps({"access_token": _checked_token(sandbox, exchange)})


def token_members(sandbox: Sandbox, token: str) -> JsonObject:
    """The answer that hands a token out."""
    lifetime = sandbox.settings.token_lifetime_seconds
    return {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}


def _checked_token(sandbox: Sandbox, exchange: Exchange) -> str:
    """A token for the right credentials. Wrong ones are a 400, as in simple auth."""
    sent: dict[str, JsonValue] = exchange.members()
    if exchange.request.headers.get("content-type", "").startswith(_FORM):
        form = parse_qs(exchange.data.decode("utf-8", "replace"))
        sent = {name: values[0] for name, values in form.items()}
    token = new_token(sandbox, sent.get("client_id"), sent.get("client_secret"))
    if token is None:
        raise framework(400, "Bad Request", exchange.path, "Invalid client id or secret")
    return token


def new_token(sandbox: Sandbox, client_id: JsonValue, client_secret: JsonValue) -> str | None:
    """A token for the right credentials. None for wrong ones."""
    settings = sandbox.settings
    given = f"{client_id}\x00{client_secret}".encode("utf-8", "replace")
    if not hmac.compare_digest(f"{settings.client_id}\x00{settings.client_secret}".encode(), given):
        return None
    now = int(sandbox.clock())
    claims: JsonObject = {
        "iss": "http://sandbox.invalid",
        "sub": settings.client_id,
        "iat": now,
        "exp": now + settings.token_lifetime_seconds,
    }
    head, content = (_base64(json.dumps(part, separators=(",", ":")).encode()) for part in (_HEADER, claims))
    return f"{head}.{content}.{_signature(sandbox, f'{head}.{content}')}"


def _is_good_token(sandbox: Sandbox, token: str) -> bool:
    """Whether this state issued the token, a JWT signed with its own key, and it has not run out."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(sandbox, signed).encode(), signature.encode()):
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    except (ValueError, binascii.Error):
        return False
    return isinstance(claims, dict) and sandbox.clock() < float(claims.get("exp", 0))


def _signature(sandbox: Sandbox, text: str) -> str:
    key = sandbox.store.signing_key()
    return _base64(hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
