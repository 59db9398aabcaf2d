"""What the tests' own Agent API stores and how it may behave: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CLIENT_ID, CLIENT_SECRET = "the-client", "the-client-secret"
ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"
OTHER_ORGANIZATION = "0e4f1f3b-7a38-4f43-a3a1-6b1f9e9d9a10"
SOURCES, CONNECTIONS = "sources", "connections"
MASK = "**********"
SECRET_NAMES = frozenset({"password", "secret_access_key", "api_key", "client_secret"})
"""Members that the definitions of these tests mark as secret."""


@dataclass(frozen=True)
class Ways:
    """What nobody knows about the real server, or what changes from one day or organization to another.

    `patch`: a given object replaces the stored one, or is merged into it. `null` in a PATCH is ignored, or clears the member.
    `ignored`: members that a PATCH takes and does not store. `secrets` come back "clear", "masked" or "absent". `errors`: the two
    shapes of a refusal. `today` adds what answers hold since July 2026. `defaults`: whether stored customizations come back with the
    documented defaults. `strangers`: whether lists hold templates of Airbyte and of another organization too. `unowned`: these
    without their `organization_id`. `unique` is the status of a taken name, None where names may repeat. `several`: the credentials
    reach several organizations, so that the header is needed. `definition_key` names the definition's id in a detailed answer.
    """

    patch: str = "replace"
    null: str = "ignored"
    ignored: frozenset[str] = frozenset()
    secrets: str = "clear"
    errors: str = "errors"
    today: bool = True
    defaults: bool = True
    strangers: bool = False
    unowned: bool = False
    tags: bool = True
    unique: int | None = None
    several: bool = False
    definition_key: str = "source_definition_id"
    token_seconds: int = 900


@dataclass(frozen=True)
class Definition:
    """A source or destination type that the server knows."""

    id: str
    name: str
    form: dict[str, Any] = field(default_factory=lambda: {"type": "object", "required": [], "properties": {}})


@dataclass
class Row:
    """One stored template. `members` are what the API writes, by its names. `organization` None is Airbyte's own."""

    id: str
    kind: str
    definition: Definition | None
    members: dict[str, Any]
    organization: str | None = ORGANIZATION
    tags: list[str] = field(default_factory=list)
    changed: int = 0


@dataclass(frozen=True)
class Entry:
    """One write that the server took: what was sent, and what was stored before (None: nothing) and after (None: deleted)."""

    method: str
    path: str
    id: str
    body: Any
    before: Any
    after: Any
    propagate: bool | None = None


class Refused(Exception):
    """An answer that is no 200."""

    def __init__(self, status: int, text: str, field_name: str | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.field_name = status, text, field_name
