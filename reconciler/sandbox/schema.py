"""The tables of the sandbox's state, and what a new one holds: a template of Airbyte's own in each dialect."""

from __future__ import annotations

import secrets
import sqlite3

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.server.forms import infer_form, served_specification
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector
from reconciler.sandbox import DEFAULT_TEMPLATE_ID, GLOBAL_TEMPLATE_ID
from reconciler.sandbox.jsonb import stored_json
from reconciler.sandbox.state_file import SandboxStateError

_APPLICATION_ID = 0x41627278
_SCHEMA_VERSION = 1
_TABLES = """
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE template (id TEXT PRIMARY KEY, organization_id TEXT, definition_id TEXT NOT NULL, presets TEXT NOT NULL,
    form TEXT NOT NULL, served_form TEXT NOT NULL, tombstone INTEGER NOT NULL);
CREATE INDEX template_by_organization ON template (organization_id);
CREATE TABLE request (number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, status INTEGER NOT NULL, template_id TEXT, body TEXT)
"""
_AGENT_TABLES = """
CREATE TABLE IF NOT EXISTS agent_template (id TEXT PRIMARY KEY, kind TEXT NOT NULL, organization_id TEXT, definition_id TEXT,
    members TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS agent_tag (id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, name TEXT NOT NULL,
    created_at REAL NOT NULL, updated_at REAL NOT NULL, UNIQUE (organization_id, name))
"""
"""Added to a state of earlier versions too, which still read it afterwards."""
_DEFAULT_TEMPLATE_CONNECTOR = "source-stripe"


def prepare(connection: sqlite3.Connection, name: str) -> None:
    """Makes the tables of a new state, and adds those that an earlier version did not have. Raises SandboxStateError."""
    # The check and the creation are one transaction, so that two processes may start on one new file.
    connection.execute("BEGIN IMMEDIATE")
    if _number(connection, "SELECT count(*) FROM sqlite_master") == 0:
        _create(connection)
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
    if _number(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'agent_template'") == 0:
        _add_agent_tables(connection)
    connection.execute("COMMIT")
    # The ledger takes a write for every request: without a wait for the disk, a power cut loses the last few and
    # breaks nothing.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO secret VALUES ('signing_key', ?)", (secrets.token_bytes(32),))
    stripe = _default_connector()
    form = infer_form(stripe.specification or {}, {})
    forms = (stored_json(form), stored_json(served_specification(form)))
    row = (DEFAULT_TEMPLATE_ID, None, stripe.id, "{}", *forms)
    connection.execute("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?, 0)", row)


def _default_connector() -> Connector:
    [found] = (each for each in builtin_catalogue() if each.repository == _DEFAULT_TEMPLATE_CONNECTOR)
    return found


def _add_agent_tables(connection: sqlite3.Connection) -> None:
    for statement in _AGENT_TABLES.split(";"):
        connection.execute(statement)
    stripe = _default_connector()
    rest: JsonObject = {"partial_default_config": {}, "customization": None, "tags": []}
    members = stored_json({"name": stripe.label, "mode": "REPLICATION", **rest})
    row = (GLOBAL_TEMPLATE_ID, "source", None, stripe.id, members, 0.0, 0.0)
    connection.execute("INSERT INTO agent_template VALUES (?, ?, ?, ?, ?, ?, ?)", row)
