"""A secret in the spellings that servers, logs and people give it. The program's own list is another one."""

from __future__ import annotations

import base64
import html
import json
from random import Random
from urllib.parse import quote


def spelled(secret: str, rng: Random) -> str:
    """One spelling of it, whole or cut off, perhaps among other things."""
    data = secret.encode()
    around = bytes(rng.randrange(256) for _ in range(rng.randrange(4)))
    return rng.choice(
        (
            lambda: secret,
            lambda: secret,
            lambda: secret,
            lambda: json.dumps(secret),
            lambda: json.dumps(json.dumps(secret)),
            lambda: repr(secret),
            lambda: repr(data),
            lambda: quote(secret),
            lambda: quote(secret, safe=""),
            lambda: quote(quote(secret)),
            lambda: html.escape(secret),
            lambda: html.escape(html.escape(secret)),
            secret.lower,
            secret.upper,
            lambda: base64.b64encode(around + data + around).decode(),
            lambda: base64.urlsafe_b64encode(data).decode(),
            lambda: base64.b64encode(b"client:" + data).decode(),
            lambda: base64.b64encode(secret.encode("utf-16-le")).decode(),
            data.hex,
            lambda: data.hex().upper(),
            lambda: " ".join(f"{byte:02x}" for byte in data),
            lambda: "".join(f"%{byte:02X}" for byte in data),
            lambda: "".join(f"\\u{ord(c):04x}" for c in secret if ord(c) < 65536),
            lambda: "".join(f"&#{ord(c)};" for c in secret),
            lambda: "\0".join(secret),
            lambda: secret[: rng.randint(12, 40)],
            lambda: f"{secret[:12]}...",
            lambda: f"https://me:{quote(secret, safe='')}@host/path?key={quote(secret)}",
            lambda: "\n    ".join((secret[:11], secret[11:])),
            lambda: f"Bearer {secret}",
            lambda: json.dumps({secret: secret}),
        )
    )()


def one_line(text: str) -> str:
    """What of a text fits into a header."""
    return "".join(c for c in text if 32 <= ord(c) < 127)
