"""The sandbox's state in one SQLite file: templates of both dialects and a ledger of every request.

No rule of Airbyte is here. One process, any number of threads. Several processes may take turns on one file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from reconciler.sandbox.schema import prepare
from reconciler.sandbox.state_file import SandboxStateError, check_place, keep_private

_SELECT = "SELECT id, organization_id, definition_id, presets, form, served_form FROM template"


@dataclass(frozen=True)
class TemplateRow:
    """One row of config_template. `presets` and `form` are JSON texts as stored, `served_form` is what GET makes of the form.

    `organization_id` None: one of Airbyte's defaults.
    """

    id: str
    organization_id: str | None
    definition_id: str
    presets: str
    form: str
    served_form: str


Kind = Literal["source", "connection"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class AgentRow:
    """One template of the Agent API. `members` is the JSON text of what the API lets its callers choose, by the API's names, with
    `tags`. Times in seconds since the epoch.

    `organization_id` None: one of Airbyte's own. `definition_id` None: its destination is Airbyte's.
    """

    id: str
    kind: Kind
    organization_id: str | None
    definition_id: str | None
    members: str
    created_at: float
    updated_at: float


@dataclass(frozen=True)
class TagRow:
    """A tag of an organization. Times in seconds since the epoch."""

    id: str
    organization_id: str
    name: str
    created_at: float
    updated_at: float


@dataclass(frozen=True)
class LedgerEntry:
    """One request as it was answered. `path` is without the query.

    `template_id` is the row that a create stored, whatever its status. `body` is the text of a POST of a template, None otherwise.
    """

    method: str
    path: str
    status: int
    template_id: str | None = None
    body: str | None = None


class Store:
    """The state of one sandbox. Close it, or use it as a context manager. Every method may raise SandboxStateError."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._lock = threading.RLock()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file. The store is of no use afterwards."""
        with self._lock:
            self._connection.close()

    def signing_key(self) -> bytes:
        """The key that tokens of this state are signed with. Random, and the same after a restart."""
        [row] = self._query("SELECT value FROM secret WHERE name = 'signing_key'")
        return bytes(row[0])

    def template(self, identity: str) -> TemplateRow | None:
        """The template of this id."""
        rows = self._query(f"{_SELECT} WHERE id = ?", identity.lower())
        return TemplateRow(*rows[0]) if rows else None

    def templates_of(self, organization_id: str | None) -> tuple[TemplateRow, ...]:
        """The templates of an organization (None: the defaults), in the order of their random ids."""
        rows = self._query(f"{_SELECT} WHERE organization_id IS ? ORDER BY id", organization_id)
        return tuple(TemplateRow(*row) for row in rows)

    def insert_template(self, row: TemplateRow) -> None:
        """Adds a template. Nothing but the id is unique."""
        self._query("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, 0)", *astuple(row))

    def update_template(self, row: TemplateRow) -> None:
        """Replaces the template of the same id."""
        self._query("REPLACE INTO template VALUES (?, ?, ?, ?, ?, ?, 0)", *astuple(row))

    def agent_template(self, kind: Kind, identity: str) -> AgentRow | None:
        """The Agent API's template of this kind and id."""
        rows = self._query("SELECT * FROM agent_template WHERE kind = ? AND id = ?", kind, identity)
        return AgentRow(*rows[0]) if rows else None

    def agent_templates(self, kind: Kind, organization_id: str | None) -> tuple[AgentRow, ...]:
        """The Agent API's templates of an organization (None: Airbyte's own), in the order of their random ids."""
        which = "kind = ? AND organization_id IS ?"
        rows = self._query(f"SELECT * FROM agent_template WHERE {which} ORDER BY id", kind, organization_id)  # noqa: S608
        return tuple(AgentRow(*row) for row in rows)

    def put_agent_template(self, row: AgentRow) -> None:
        """Adds a template of the Agent API, or replaces the one of the same id."""
        self._query("REPLACE INTO agent_template VALUES (?, ?, ?, ?, ?, ?, ?)", *astuple(row))

    def delete_agent_template(self, identity: str) -> None:
        """Removes a template of the Agent API."""
        self._query("DELETE FROM agent_template WHERE id = ?", identity)

    def tags(self, organization_id: str) -> dict[str, TagRow]:
        """The organization's tags by name, sorted."""
        rows = self._query("SELECT * FROM agent_tag WHERE organization_id = ? ORDER BY name", organization_id)
        return {tag.name: tag for tag in (TagRow(*row) for row in rows)}

    def put_tag(self, tag: TagRow) -> None:
        """Adds a tag, or replaces the one of the same id."""
        self._query("REPLACE INTO agent_tag VALUES (?, ?, ?, ?, ?)", *astuple(tag))

    def delete_tag(self, identity: str) -> None:
        """Removes a tag. Templates keep its name."""
        self._query("DELETE FROM agent_tag WHERE id = ?", identity)

    def record(self, at: float, entry: LedgerEntry) -> None:
        """Appends a request to the ledger. `at` in seconds since the epoch."""
        self._query("INSERT INTO request VALUES (NULL, ?, ?, ?, ?, ?, ?)", at, *astuple(entry))

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Every request since the state was made, oldest first, restarts included."""
        rows = self._query("SELECT method, path, status, template_id, body FROM request ORDER BY number")
        return tuple(LedgerEntry(*row) for row in rows)

    def _query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, _reported(self._name):
            return self._connection.execute(sql, values).fetchall()


def open_store(path: Path | str | None) -> Store:
    """The state in this file, made if it is not there, in a folder that is. None or ":memory:" keeps it in memory only.

    Raises SandboxStateError for a file that is a link, that is no sandbox state, or one of another version.
    """
    name = ":memory:" if path is None else str(path)
    with _reported(name):
        if name != ":memory:":
            check_place(Path(name))
            keep_private(Path(name))
        connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            prepare(connection, name)
        except BaseException:
            connection.close()
            raise
    return Store(connection, name)


@contextmanager
def _reported(name: str) -> Iterator[None]:
    """Turns the failures of SQLite and of the file system into one error that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise SandboxStateError(
            f"the sandbox's state {name} cannot be used: {error}",
            help="delete the file, close whatever else uses it, or name another one",
        ) from error
