"""The sandbox's state in one SQLite file: templates, connection templates, and a ledger of every request.

No rule of Airbyte lives here: what may be stored, and what is listed, is decided in sources.py. One process,
any number of threads; several processes may take turns on one file.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.server.inference import infer_form
from reconciler.connectors.server.normal_form import served_specification
from reconciler.sandbox import DEFAULT_TEMPLATE_ID
from reconciler.sandbox.jsonb import stored_json
from reconciler.sandbox.state_file import SandboxStateError, check_place

_APPLICATION_ID = 0x41627278
_SCHEMA_VERSION = 1
_TABLES = """
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE template (id TEXT PRIMARY KEY, organization_id TEXT, definition_id TEXT NOT NULL, presets TEXT NOT NULL,
    form TEXT NOT NULL, served_form TEXT NOT NULL, tombstone INTEGER NOT NULL);
CREATE INDEX template_by_organization ON template (organization_id);
CREATE TABLE connection_template (id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE request (number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, status INTEGER NOT NULL, template_id TEXT, body TEXT)
"""
_DEFAULT_TEMPLATE_CONNECTOR = "source-stripe"


@dataclass(frozen=True)
class TemplateRow:
    """One row of config_template. `presets` and `form` are JSON texts as stored, `served_form` is what GET
    makes of the form.

    `organization_id` None: one of Airbyte's defaults.
    """

    id: str
    organization_id: str | None
    definition_id: str
    presets: str
    form: str
    served_form: str
    tombstone: bool = False


@dataclass(frozen=True)
class LedgerEntry:
    """One request as it was answered. `path` is without the query.

    `template_id` is the row that a create stored, whatever its status; `body` the text of a POST of a
    template, None otherwise.
    """

    method: str
    path: str
    status: int
    template_id: str | None = None
    body: str | None = None


class Store:
    """The state of one sandbox. Close it, or use it as a context manager. Every method may raise
    SandboxStateError.
    """

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._lock = threading.RLock()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; the store is of no use afterwards."""
        with self._lock:
            self._connection.close()

    def signing_key(self) -> bytes:
        """The key that tokens of this state are signed with; random, and the same after a restart."""
        [row] = self._query("SELECT value FROM secret WHERE name = 'signing_key'")
        return bytes(row[0])

    def template(self, identity: str) -> TemplateRow | None:
        """The template of this id, tombstoned ones included."""
        rows = self._query("SELECT * FROM template WHERE id = ?", identity.lower())
        return _template_row(rows[0]) if rows else None

    def templates_of(self, organization_id: str | None) -> tuple[TemplateRow, ...]:
        """The templates of an organization (None: the defaults) that are not tombstoned, in the order of
        their random ids.
        """
        sql = "SELECT * FROM template WHERE organization_id IS ? AND tombstone = 0 ORDER BY id"
        return tuple(_template_row(row) for row in self._query(sql, organization_id))

    def insert_template(self, row: TemplateRow) -> None:
        """Adds a template. Nothing but the id is unique."""
        self._query("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, ?)", *_template_values(row))

    def update_template(self, row: TemplateRow) -> None:
        """Replaces the template of the same id."""
        self._query("REPLACE INTO template VALUES (?, ?, ?, ?, ?, ?, ?)", *_template_values(row))

    def insert_connection_template(self, identity: str, organization_id: str, body: str) -> None:
        """Adds a connection template; nothing ever reads it back, as on the real server."""
        self._query("INSERT INTO connection_template VALUES (?, ?, ?)", identity, organization_id, body)

    def record(self, at: float, entry: LedgerEntry) -> None:
        """Appends a request to the ledger. `at` in seconds since the epoch."""
        values = (at, entry.method, entry.path, entry.status, entry.template_id, entry.body)
        sql = "INSERT INTO request (at, method, path, status, template_id, body) VALUES (?, ?, ?, ?, ?, ?)"
        self._query(sql, *values)

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Every request since the state was made, oldest first, restarts included."""
        rows = self._query("SELECT method, path, status, template_id, body FROM request ORDER BY number")
        return tuple(LedgerEntry(*row) for row in rows)

    def _query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, _reported(self._name):
            return self._connection.execute(sql, values).fetchall()


def open_store(path: Path | str | None) -> Store:
    """The state in this file, made if it is not there, in a folder that is; None or ":memory:" keeps it in
    memory only.

    Raises SandboxStateError for a file that is a link, that is no sandbox state, or one of another version.
    """
    name = ":memory:" if path is None else str(path)
    with _reported(name):
        if name != ":memory:":
            check_place(Path(name))
        connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            _prepare(connection, name)
        except BaseException:
            connection.close()
            raise
    return Store(connection, name)


def _prepare(connection: sqlite3.Connection, name: str) -> None:
    # The check and the creation are one transaction, so that two processes may start on one new file.
    connection.execute("BEGIN IMMEDIATE")
    if _number(connection, "SELECT count(*) FROM sqlite_master") == 0:
        _create(connection)
    _check_identity(connection, name)
    connection.execute("COMMIT")
    # The ledger takes a write for every request: without a wait for the disk, a power cut loses the last few and
    # breaks nothing.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _check_identity(connection: sqlite3.Connection, name: str) -> None:
    if _number(connection, "PRAGMA application_id") != _APPLICATION_ID:
        raise SandboxStateError(
            f"{name} belongs to another program", help="name another file for the sandbox's state"
        )
    version = _number(connection, "PRAGMA user_version")
    if version != _SCHEMA_VERSION:
        raise SandboxStateError(
            f"{name} was written by another version of the sandbox (state {version}, this is {_SCHEMA_VERSION})",
            help="delete the file to start with an empty sandbox, or name another one",
        )


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO secret VALUES ('signing_key', ?)", (secrets.token_bytes(32),))
    connection.execute(
        "INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, ?)", _template_values(_default_template())
    )


def _default_template() -> TemplateRow:
    connector = builtin_catalogue().resolve(_DEFAULT_TEMPLATE_CONNECTOR)
    if connector is None or connector.specification is None:
        raise SandboxStateError(
            f"the built-in catalogue lacks {_DEFAULT_TEMPLATE_CONNECTOR}", help="install the package again"
        )
    form = infer_form(connector.specification, {})
    served = stored_json(served_specification(form))
    return TemplateRow(DEFAULT_TEMPLATE_ID, None, connector.id, "{}", stored_json(form), served)


def _template_values(row: TemplateRow) -> tuple[str | int | None, ...]:
    members = (row.id, row.organization_id, row.definition_id, row.presets, row.form, row.served_form)
    return (*members, int(row.tombstone))


def _template_row(row: Sequence[Any]) -> TemplateRow:
    identity, organization, definition, presets, form, served_form, tombstone = row
    return TemplateRow(identity, organization, definition, presets, form, served_form, bool(tombstone))


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
