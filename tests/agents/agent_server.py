"""An Agent API of the tests' own, an ASGI application made from the vendor's document and its documentation alone.

Everything that nobody knows about the real server is a switch (`Ways`). It keeps an account that no client can reach: every write
with what it did (`ledger`), and everything that broke the contract (`violations`). It must not know the client, nor the sandbox.
"""

from __future__ import annotations

import copy
import itertools
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agents.agent_contract import Operation, Request, answer_problems, filled, operation_of, problems_of
from agents.agent_ways import (
    CLIENT_ID,
    CLIENT_SECRET,
    CONNECTIONS,
    MASK,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    SECRET_NAMES,
    SOURCES,
    Definition,
    Entry,
    Refused,
    Row,
    Ways,
)

_SOURCE_DEFAULTS: dict[str, Any] = {
    "partial_default_config": {},
    "customization": None,
    "mode": "REPLICATION",
}
_CONNECTION_DEFAULTS: dict[str, Any] = {
    "cron_expression": None,
    "non_breaking_changes_preference": "ignore",
    "sync_on_create": True,
}


@dataclass
class AgentServer:
    """One server. `definitions` are by id. Fields may be changed between requests."""

    definitions: dict[str, Definition]
    ways: Ways = field(default_factory=Ways)
    rows: dict[str, Row] = field(default_factory=dict)
    all_tags: set[str] = field(default_factory=set)
    ledger: list[Entry] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    requests: int = 0
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """The ASGI interface, for HTTP only."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["raw_path"].decode().partition("?")[0]
        status, answer = self.answer(
            Request(scope["method"], path, scope["query_string"].decode(), headers, body)
        )
        sent = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(self, request: Request) -> tuple[int, Any]:
        """The answer to one request. A request that breaks the contract is noted, refused, and does nothing."""
        self.requests += 1
        operation = operation_of(request)
        try:
            if operation is None:
                raise self._violation(request, 404, "the document has no such operation")
            problems = list(problems_of(request, operation))
            if problems:
                raise self._violation(request, 422, "; ".join(problems))
            if operation.is_older and not self.ways.tags:
                raise self._without_tags(request)
            value = self._checked(request, operation)
        except Refused as refused:
            return refused.status, self._error(refused)
        if self.ways.definition_key == "source_definition_id":
            self.violations += [f"of the server itself: {p}" for p in answer_problems(operation, value)]
        return 200, value

    def _violation(self, request: Request, status: int, text: str) -> Refused:
        self.violations.append(f"{request.method} {request.path}?{request.query}: {text}")
        return Refused(status, text)

    def _without_tags(self, request: Request) -> Refused:
        text = "Not Found"
        return Refused(404, text) if request.method == "GET" else self._violation(request, 404, text)

    def _error(self, refused: Refused) -> Any:
        if self.ways.errors == "errors":
            error = {"field": refused.field_name, "message": refused.text, "error_code": None}
            return {"message": refused.text, "errors": [error] if refused.status in (400, 422) else []}
        if refused.status == 422:
            return {
                "detail": [{"loc": ["body", refused.field_name], "msg": refused.text, "type": "value_error"}]
            }
        return {"detail": refused.text}

    # Who asks, and for what.

    def _checked(self, request: Request, operation: Operation) -> Any:
        body = json.loads(request.body) if request.body else None
        if operation.path.endswith("/token"):
            return self._token(body)
        if not request.headers["authorization"].startswith("Bearer token-"):
            raise Refused(401, "Invalid token")
        organization = request.headers.get("x-organization-id")
        if organization is None and self.ways.several:
            raise Refused(400, "You belong to several organizations: specify target organization")
        if organization not in (None, ORGANIZATION):
            raise Refused(403, "You are no member of this organization")
        self._check_masks(request, body)
        key = (operation.method, operation.path.removeprefix("/api/v1/integrations/"))
        if key not in self._handlers:
            raise Refused(404, "Not Found")
        return self._handlers[key](request, operation, body)

    def _check_masks(self, request: Request, body: Any) -> None:
        if MASK in json.dumps(body):
            self.violations.append(f"{request.method} {request.path}: a mask is sent as if it were a secret")

    def _token(self, body: Any) -> Any:
        if (body["client_id"], body["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            raise Refused(403, "Invalid client credentials")
        token = f"token-{next(self._numbers)}-of-the-agents"
        seconds = self.ways.token_seconds
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": seconds,
            "organization_id": ORGANIZATION,
        }

    @cached_property
    def _handlers(self) -> dict[tuple[str, str], Callable[[Request, Operation, Any], Any]]:
        handlers: dict[tuple[str, str], Callable[[Request, Operation, Any], Any]] = {
            ("GET", "templates/sources"): self._list_sources,
            ("POST", "templates/sources"): self._create_source,
            ("GET", "templates/connections"): self._list_connections,
            ("POST", "templates/connections"): self._create_connection,
            ("GET", "templates/tags"): self._list_tags,
            ("POST", "templates/tags"): self._create_tag,
        }
        for kind in (SOURCES, CONNECTIONS):
            path = f"templates/{kind}/{{id}}"
            handlers["GET", path] = lambda _r, o, _b: self.shown(self._row(o))
            handlers["PATCH", path] = self._change
            handlers["DELETE", path] = self._delete
            handlers["POST", f"{path}/tags"] = self._tag
            handlers["DELETE", f"{path}/tags/{{tag_name}}"] = self._untag
        return handlers

    def _row(self, operation: Operation) -> Row:
        kind = SOURCES if "/sources" in operation.path else CONNECTIONS
        row = self.rows.get(operation.names["id"])
        if row is None or row.kind != kind or row.organization == OTHER_ORGANIZATION:
            raise Refused(404, f"No template {operation.names['id']}")
        return row

    def _own_row(self, operation: Operation) -> Row:
        row = self._row(operation)
        if row.organization is None:
            raise Refused(403, "The template belongs to Airbyte")
        return row

    # Reading.

    def _list_sources(self, request: Request, _operation: Operation, _body: Any) -> Any:
        wanted: tuple[str | None, ...] = (None,) if "use_global=true" in request.query else (ORGANIZATION,)
        if self.ways.strangers and wanted != (None,):
            wanted = (ORGANIZATION, OTHER_ORGANIZATION, None)
        return {"data": [self._item(row) for row in self._rows(SOURCES) if row.organization in wanted]}

    def _list_connections(self, _request: Request, _operation: Operation, _body: Any) -> Any:
        return {"data": [self.shown(row) for row in self._rows(CONNECTIONS)]}

    def _rows(self, kind: str) -> list[Row]:
        return [row for row in self.rows.values() if row.kind == kind]

    def _item(self, row: Row) -> dict[str, Any]:
        shown = self.shown(row)
        for name in ("partial_default_config", "user_config_spec", "is_experimental", "auth_tooltip"):
            shown.pop(name, None)
        assert row.definition is not None
        shown.pop(self.ways.definition_key)
        item = {**shown, "actor_definition_id": row.definition.id, "organization_id": row.organization}
        if self.ways.unowned and row.organization != ORGANIZATION:
            del item["organization_id"]
        return item

    def shown(self, row: Row) -> dict[str, Any]:
        """A template as a GET of it answers."""
        assert row.kind == CONNECTIONS or row.definition is not None
        common = {"id": row.id, "icon": None, "tags": list(row.tags), "created_at": "2026-05-01T10:00:00Z"}
        times = {"updated_at": f"2026-05-01T10:{row.changed // 60 % 60:02d}:{row.changed % 60:02d}Z"}
        members = self._masked(copy.deepcopy(row.members))
        if row.kind == CONNECTIONS:
            return {**common, **times, **members, "organization_id": row.organization}
        return {**common, **times, **members, **self._of_the_server(row)}

    def _of_the_server(self, row: Row) -> dict[str, Any]:
        assert row.definition is not None
        members: dict[str, Any] = {
            self.ways.definition_key: row.definition.id,
            "user_config_spec": {"connectionSpecification": copy.deepcopy(row.definition.form)},
            "is_experimental": False,
            "connector_name": row.definition.name,
            "auth_tooltip": "Ask your administrator",
        }
        if self.ways.today:
            modes = ("direct_only", "context_store_only", "direct_and_context_store", None)
            members["runtime_mode"] = modes[self.requests % 4]
            members["supports_context_store"] = self.requests % 2 == 0
            members["auth_tooltip"] = {"api_key": "Ask your administrator"}
        return members

    def _masked(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        if not isinstance(value, dict) or self.ways.secrets == "clear":
            return value
        kept = {k: self._masked(v) for k, v in value.items() if k not in SECRET_NAMES}
        secrets = {k: MASK for k in value if k in SECRET_NAMES and self.ways.secrets == "masked"}
        return {**kept, **secrets}

    # Writing.

    def insert(self, row: Row) -> Row:
        """A template that was there before, without an entry in the ledger."""
        self.rows[row.id] = row
        return row

    def _write(self, request: Request, row: Row, body: Any, change: Callable[[], None]) -> Any:
        before = copy.deepcopy(row.members) | {"tags": list(row.tags)} if row.id in self.rows else None
        change()
        row.changed = next(self._numbers)
        after = copy.deepcopy(row.members) | {"tags": list(row.tags)} if row.id in self.rows else None
        propagate = (body or {}).get("propagate", False) if request.method == "PATCH" else None
        self.ledger.append(Entry(request.method, request.path, row.id, body, before, after, propagate))
        return self.shown(row)

    def _store(self, request: Request, body: Any, row: Row) -> Any:
        self._check_name(row, row.members)
        answer = self._write(request, row, body, lambda: self.rows.update({row.id: row}))
        answer.pop("auth_tooltip", None)
        answer.pop("connector_name", None)
        return answer

    def _check_name(self, row: Row, members: dict[str, Any]) -> None:
        key = "name" if row.kind == SOURCES else "destination_name"
        others = [r for r in self._rows(row.kind) if r.organization == ORGANIZATION and r.id != row.id]
        if self.ways.unique and any(other.members[key] == members[key] for other in others):
            raise Refused(self.ways.unique, f"A template named {members[key]} already exists", key)

    def _new_id(self) -> str:
        return str(uuid.UUID(int=(next(self._numbers) << 64) + 0x40008000000000000000, version=4))

    def _definition(self, identity: str) -> Definition:
        found = self.definitions.get(identity)
        if found is None:
            raise Refused(404, f"No definition {identity}")
        return found

    def _create_source(self, request: Request, _operation: Operation, body: Any) -> Any:
        given = {name: value for name, value in body.items() if value is not None}
        if "original_source_template_id" in body:
            original = self.rows.get(given.pop("original_source_template_id"))
            if original is None or original.organization == OTHER_ORGANIZATION:
                raise Refused(404, "No such template to clone")
            return self._store(
                request,
                body,
                Row(
                    self._new_id(),
                    SOURCES,
                    original.definition,
                    {**copy.deepcopy(original.members), **given},
                ),
            )
        definition = self._definition(given.pop("actor_definition_id"))
        members = {"name": definition.name, **copy.deepcopy(_SOURCE_DEFAULTS), **self._typed(given)}
        return self._store(request, body, Row(self._new_id(), SOURCES, definition, members))

    def _create_connection(self, request: Request, _operation: Operation, body: Any) -> Any:
        given = {name: value for name, value in body.items() if value is not None}
        if given.get("data_hosting_type") == "airbyte_hosted":
            members = {"destination_name": "Airbyte", "cron_expression": None, **given}
            return self._store(request, body, Row(self._new_id(), CONNECTIONS, None, members))
        definition = self._definition(given["destination_definition_id"])
        members = {**_CONNECTION_DEFAULTS, "data_hosting_type": "user_hosted", **given}
        return self._store(request, body, Row(self._new_id(), CONNECTIONS, definition, members))

    def _typed(self, members: dict[str, Any]) -> dict[str, Any]:
        """Members as they are stored: a customization with the documented defaults."""
        if self.ways.defaults and members.get("customization") is not None:
            whole = filled("SourceTemplateCustomization-Output", members["customization"])
            return {**members, "customization": whole}
        return members

    def _change(self, request: Request, operation: Operation, body: Any) -> Any:
        row = self._own_row(operation)
        given = {k: v for k, v in body.items() if k != "propagate" and k not in self.ways.ignored}
        changed = copy.deepcopy(row.members)
        for name, value in given.items():
            if value is None:
                self._nullify(row, changed, name)
            else:
                changed[name] = _merged(changed.get(name), value) if self.ways.patch == "merge" else value
        changed = self._typed(changed)
        self._check_name(row, changed)
        return self._write(request, row, body, lambda: setattr(row, "members", changed))

    def _nullify(self, row: Row, members: dict[str, Any], name: str) -> None:
        if self.ways.null == "ignored":
            return
        defaults = _SOURCE_DEFAULTS if row.kind == SOURCES else _CONNECTION_DEFAULTS
        if name in defaults:
            members[name] = copy.deepcopy(defaults[name])

    def _delete(self, request: Request, operation: Operation, body: Any) -> Any:
        row = self._own_row(operation)
        self.violations.append(f"DELETE {request.path}: nothing is ever deleted")
        self._write(request, row, body, lambda: self.rows.__delitem__(row.id))
        return {"id": row.id, "deleted_at": "2026-11-30T10:00:00Z"}

    # Tags.

    def _list_tags(self, _request: Request, _operation: Operation, _body: Any) -> Any:
        names = sorted({tag for row in self.rows.values() for tag in row.tags} | self.all_tags)
        return {"data": [_tag(name) for name in names]}

    def _create_tag(self, _request: Request, _operation: Operation, body: Any) -> Any:
        self.all_tags.add(body["name"])
        return _tag(body["name"])

    def _tag(self, request: Request, operation: Operation, body: Any) -> Any:
        row = self._own_row(operation)
        tags = sorted({*row.tags, body["tag"]})
        return self._write(request, row, body, lambda: setattr(row, "tags", tags))

    def _untag(self, request: Request, operation: Operation, body: Any) -> Any:
        row, tag = self._own_row(operation), operation.names["tag_name"]
        if tag not in row.tags:
            raise Refused(404, f"The template has no tag {tag}")
        tags = [other for other in row.tags if other != tag]
        self._write(request, row, body, lambda: setattr(row, "tags", tags))
        return {"deleted_at": "2026-11-30T10:00:00Z"}


def _tag(name: str) -> dict[str, Any]:
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    return {"id": identity, "name": name, "organization_id": ORGANIZATION}


def _merged(stored: Any, given: Any) -> Any:
    if not isinstance(stored, dict) or not isinstance(given, dict):
        return given
    return {**stored, **{name: _merged(stored.get(name), value) for name, value in given.items()}}
