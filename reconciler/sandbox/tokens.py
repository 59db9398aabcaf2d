"""Access tokens: JWTs signed with the state's own key. Pure but for what it is given."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

from reconciler.model.json_value import JsonObject

_HEADER: JsonObject = {"alg": "HS256", "typ": "JWT"}


def issue_token(key: bytes, client_id: str, *, now: float, lifetime: int) -> str:
    """A token that is good from `now` (seconds since the epoch) for `lifetime` seconds."""
    claims: JsonObject = {
        "iss": "http://sandbox.invalid",
        "sub": client_id,
        "iat": int(now),
        "exp": int(now) + lifetime,
    }
    signed = f"{_encoded(_HEADER)}.{_encoded(claims)}"
    return f"{signed}.{_signature(key, signed)}"


def is_good_token(key: bytes, token: str, *, now: float) -> bool:
    """Whether this state issued the token and it has not run out."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(key, signed).encode(), signature.encode()):
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    except (ValueError, binascii.Error):
        return False
    return isinstance(claims, dict) and now < float(claims.get("exp", 0))


def _encoded(value: JsonObject) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _signature(key: bytes, text: str) -> str:
    return _base64(hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
