"""One request on its way through the sandbox, and what every endpoint needs to answer it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.sandbox.jsonb import Unreadable, read_json
from reconciler.sandbox.refusals import not_entitled, unreadable
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Sandbox:
    """State, settings and clock (seconds since the epoch) of one sandbox."""

    store: Store
    settings: SandboxSettings
    clock: Callable[[], float]

    def knows_organization(self, organization_id: str) -> bool:
        """Whether this organization exists here."""
        return organization_id.lower() in {known.lower() for known in self.settings.organizations}

    def ensure_entitled(self, organization_id: str) -> None:
        """Raises the 403 of the licence check for an organization without Embedded, an unknown one
        included.
        """
        if not (self.settings.entitled and self.knows_organization(organization_id)):
            raise not_entitled("CONFIG_TEMPLATE_ENDPOINTS", organization_id)


@dataclass
class Exchange:
    """A request with its body read. `template_id` is set by a create once the row is stored, for the
    ledger; `note` is what a real Airbyte would not say, told in a header.
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
        except Unreadable as error:
            raise unreadable() from error
        if not isinstance(value, dict):
            raise unreadable()
        return value

    def member_of_body(self, *names: str) -> JsonValue | Absent:
        """The first of these members that the body has; ABSENT for a body that is no object. Never fails."""
        try:
            value = read_json(self.data)
        except Unreadable:
            return ABSENT
        found = [value[name] for name in names if name in value] if isinstance(value, dict) else []
        return found[0] if found else ABSENT


def required_uuid(body: JsonObject, name: str) -> str:
    """A member that must be there and be a UUID; lower case."""
    value = body.get(name)
    if not isinstance(value, str) or not is_uuid(value):
        raise unreadable()
    return value.lower()


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID in its usual form, any letter case."""
    return _UUID.fullmatch(text) is not None
