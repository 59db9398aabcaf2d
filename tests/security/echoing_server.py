"""The server of a leak run: works, fails, and says again whatever it knows, in any place of an answer."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from urllib.parse import quote

from security.canaries import HEADER_SHAPES, Canary
from security.crm_connector import CRM, FORM
from security.hostile_server import Asked, Reply, json_reply
from security.spelled_secrets import one_line, spelled

PLACES = ("token", "list", "get", "create", "patch")


class NewCanary(Protocol):
    """Makes a secret and remembers it."""

    def __call__(self, what: str, **options: Any) -> Canary: ...


@dataclass
class EchoingServer:
    """`environment` holds what it may know: credentials and values of variables; `change` makes presets differ."""

    rng: Random
    canary: NewCanary
    environment: dict[str, str]
    change: Callable[..., None]
    echoes: bool
    faults: dict[str, bool]
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: list[Canary] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        place = self._place(asked)
        if self.faults[place] and self.rng.random() < 0.7:
            return self._trouble(place)
        match place:
            case "token":
                return self._token()
            case "list":
                return json_reply(
                    {
                        "data": [
                            {"id": t["id"], "name": t["name"], "icon": None} for t in self.templates.values()
                        ]
                    }
                )
            case "get":
                found = self.templates.get(asked.path.rpartition("/")[2].partition("?")[0])
                return json_reply(found) if found else json_reply({"message": self.said()}, 404)
            case "create":
                return self._created(json.loads(asked.body))
            case _:
                return json_reply({"message": self.said()}, self.rng.choice((200, 403, 500)))

    @staticmethod
    def _place(asked: Asked) -> str:
        if asked.path.endswith("/applications/token"):
            return "token"
        if asked.method in ("POST", "PATCH"):
            return "create" if asked.method == "POST" else "patch"
        return "list" if "?" in asked.path else "get"

    def _token(self) -> Reply:
        token = self.canary("issued token", shapes=HEADER_SHAPES)
        headers = self._headers()
        if self.rng.random() < 0.05:
            value = f"{token.value} with blanks"
        else:
            value = token.value
            if not any(
                name == "Content-Encoding" for name, _ in headers
            ):  # else nobody reads it, and nobody can know it again
                self.tokens.append(token)
        body = {"access_token": value, "token_type": "Bearer", "expires_in": self.rng.choice((1, 180))}
        return json_reply(body, 200, *headers)

    def _created(self, body: dict[str, Any]) -> Reply:
        identifier = f"20000000-0000-4000-8000-{len(self.templates) + 1:012d}"
        form = body.get("partialUserConfigSpec") or FORM
        presets = body["partialDefaultConfig"]
        if self.rng.random() < 0.4:
            self.change(presets, is_specified=body["actorDefinitionId"] == CRM)
        self.templates[identifier] = {
            "id": identifier,
            "name": "Crm",
            "sourceDefinitionId": body["actorDefinitionId"],
            "partialDefaultConfig": presets,
            "configTemplateSpec": {
                "supportsDBT": False,
                "supportsNormalization": False,
                "supported_destination_sync_modes": [],
                **form,
            },
        }
        return json_reply(self.templates[identifier], 200, *self._headers())

    def _trouble(self, place: str) -> Reply:
        said = self.said()
        status = self.rng.choice((200, 201, 301, 307, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503))
        wrong: tuple[Callable[[], Reply], ...] = (
            lambda: json_reply(
                {
                    "status": status,
                    "type": said,
                    "title": said,
                    "detail": said,
                    "data": {"message": self.said()},
                },
                status,
            ),
            lambda: json_reply(
                {"title": "License Entitlement Error", "type": "error:license/entitlement", "detail": said},
                403,
            ),
            lambda: json_reply({"detail": said}, status, *self._headers()),
            lambda: json_reply({"message": said, "errorId": self.said()}, status, *self._headers()),
            lambda: json_reply({"errorId": said}, status),
            lambda: Reply(
                status,
                f"<html><title>{html.escape(said)}</title><p>{said}".encode("utf-8", "replace"),
                (("Content-Type", "text/html"),),
            ),
            lambda: Reply(status, json.dumps({"detail": said}).encode()[:-2]),
            lambda: Reply(status, f'{{"a": "{said}'.encode("utf-8", "replace")),
            lambda: Reply(status, json.dumps({"data": said}).encode("utf-16")),
            lambda: Reply(status, json.dumps({"detail": said}).encode(), cut=5),
            lambda: json_reply({said: 1, "data": [], f"next_{said}": 2, f"next{said}": 3}, 200),
            lambda: json_reply({"data": [{"id": said, "name": said}]}, 200),
            lambda: json_reply(
                {"data": [{"id": "10000000-0000-4000-8000-000000000001", "name": said}] * 2}, 200
            ),
            lambda: json_reply(
                {"id": said, "name": said, "access_token": said, "token_type": said, "expires_in": said}, 200
            ),
            lambda: json_reply({"access_token": "x", "token_type": said}, 200),
            lambda: json_reply(said, status),
            lambda: Reply(status, b"{}", self._headers()),
        )
        return self.rng.choice(wrong)()

    def _headers(self) -> tuple[tuple[str, str], ...]:
        if not self.echoes:
            return ()
        said = (
            quote(self._known(), safe="!#$&'()*+,/:;=?@[]-._~")
            if self.rng.random() < 0.5
            else one_line(self.said())
        )
        name = self.rng.choice(
            (
                "Location",
                "Retry-After",
                "Content-Type",
                "Content-Encoding",
                "Link",
                "Set-Cookie",
                "Date",
                "Server",
                "X-Request-Id",
            )
        )
        value = {
            "Location": self.rng.choice(
                ("https://{}.example/x", "https://me:{}@h.example/", "/x?token={}", "{}")
            ),
            "Link": '<{}>; rel="next"',
        }.get(name, "{}")
        return ((name, value.replace("{}", said)),)

    def _known(self) -> str:
        """A secret that the server knows: credentials, tokens, values of variables."""
        names = ("AIRBYTE_CLIENT_SECRET", "AIRBYTE_BEARER_TOKEN")
        known = [v for k, v in self.environment.items() if k in names or k.startswith("RECONCILER_VAR_")]
        return self.rng.choice([*known, *(token.value for token in self.tokens)] or ["nothing"])

    def said(self) -> str:
        """Words of the server, with a secret in them if it echoes."""
        if not self.echoes:
            return "something went wrong"
        before = "x" * self.rng.choice((0, 0, 3, 30, 480, 490, 495, 500))
        before += self.rng.choice(("", " ", "value=", ": "))
        return before + spelled(self._known(), self.rng) + self.rng.choice(("", " refused", "!"))
