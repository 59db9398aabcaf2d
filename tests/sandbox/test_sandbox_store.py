"""The state file: what survives, what is refused."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.sandbox import DEFAULT_TEMPLATE_ID, GLOBAL_TEMPLATE_ID
from reconciler.sandbox.store import AgentRow, LedgerEntry, Store, TemplateRow, open_store

ENTRY = LedgerEntry("GET", "/v1/health", 200)
AGENT = AgentRow("a1", "connection", "o", None, "{}", 1.0, 2.0)


def row(number: int, organization: str | None = "o") -> TemplateRow:
    return TemplateRow(f"t{number}", organization, "d", "{}", "{}", "{}")


def modes_in(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def test_state_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with open_store(path) as store:
        key = store.signing_key()
        store.insert_template(row(1))
        store.record(1.0, ENTRY)
    with open_store(str(path)) as store:
        assert store.signing_key() == key
        assert store.templates_of("o") == (row(1),)
        assert [default.id for default in store.templates_of(None)] == [DEFAULT_TEMPLATE_ID]
        store.record(2.0, ENTRY)
        assert store.ledger() == (ENTRY, ENTRY)


def test_only_its_user_may_read_a_state_because_it_holds_secrets(tmp_path: Path) -> None:
    with open_store(tmp_path / "sandbox.db") as store:
        store.insert_template(row(1))
        assert modes_in(tmp_path) == {"sandbox.db": 0o600, "sandbox.db-wal": 0o600, "sandbox.db-shm": 0o600}


@pytest.mark.parametrize(("folder", "mode"), [(".reconciler", 0o600), ("elsewhere", 0o644)])
def test_a_state_that_others_could_read_is_narrowed_in_the_folder_of_a_project(
    tmp_path: Path, folder: str, mode: int
) -> None:
    path = tmp_path / folder / "sandbox.db"
    path.parent.mkdir()
    with open_store(path) as store, open_store(path):
        store.insert_template(row(1))
        for file in path.parent.iterdir():
            file.chmod(0o644)
        with open_store(path) as again:
            assert again.template("t1") == row(1)
            assert set(modes_in(path.parent).values()) == {mode}


def test_a_state_from_before_the_agent_api_keeps_its_templates_and_gets_the_other_tables(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sandbox.db"
    with open_store(path) as store:
        store.insert_template(row(1))
        key = store.signing_key()
    older = sqlite3.connect(path)
    older.executescript("DROP TABLE agent_template; DROP TABLE agent_tag")
    older.close()
    with open_store(path) as store:
        assert (store.templates_of("o"), store.signing_key()) == ((row(1),), key)
        assert [template.id for template in store.agent_templates("source", None)] == [GLOBAL_TEMPLATE_ID]
        store.put_agent_template(AGENT)
    with open_store(path) as store:
        assert store.agent_template("connection", AGENT.id) == AGENT
        assert [template.id for template in store.agent_templates("source", None)] == [GLOBAL_TEMPLATE_ID]


def test_the_templates_of_one_api_are_not_those_of_the_other(tmp_path: Path) -> None:
    with open_store(tmp_path / "sandbox.db") as store:
        store.insert_template(row(1))
        store.put_agent_template(AGENT)
        assert (store.templates_of("o"), store.agent_templates("connection", "o")) == ((row(1),), (AGENT,))
        assert store.agent_templates("source", "o") == ()
        store.delete_agent_template(AGENT.id)
        assert (store.templates_of("o"), store.agent_templates("connection", "o")) == ((row(1),), ())


def test_memory_is_shared_with_nobody() -> None:
    with open_store(None) as one, open_store(":memory:") as other:
        one.insert_template(row(1))
        assert other.templates_of("o") == ()
        assert one.signing_key() != other.signing_key()


def test_two_stores_on_one_new_file_agree(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with open_store(path) as one, open_store(path) as other:
        one.insert_template(row(1))
        assert other.templates_of("o") == (row(1),)
        assert one.signing_key() == other.signing_key()


def test_threads_may_write_at_the_same_time(tmp_path: Path) -> None:
    def write(store: Store, first: int) -> None:
        for number in range(first, first + 50):
            store.insert_template(row(number))

    with open_store(tmp_path / "sandbox.db") as store:
        threads = [threading.Thread(target=write, args=(store, 100 * n)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.templates_of("o")) == 200


def test_a_file_that_is_not_sqlite_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, which are longer than one hundred bytes" * 5)
    with pytest.raises(ReconcilerError) as raised:
        open_store(path)
    assert raised.value.message == f"the sandbox's state {path} cannot be used: file is not a database"
    assert raised.value.help == "delete the file, close whatever else uses it, or name another one"
    assert path.read_text().startswith("my notes")


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE precious (x)")
    other.close()
    with pytest.raises(ReconcilerError, match="belongs to another program"):
        open_store(path)
    other = sqlite3.connect(path)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]
    other.close()


def test_a_state_of_another_version_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    open_store(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ReconcilerError) as raised:
        open_store(path)
    assert (
        raised.value.message == f"{path} was written by another version of the sandbox (state 99, this is 1)"
    )
    assert raised.value.help == "delete the file to start with an empty sandbox, or name another one"


def test_a_state_is_made_in_a_folder_that_there_is_only(tmp_path: Path) -> None:
    path = tmp_path / "mistyped" / "sandbox.db"
    with pytest.raises(ReconcilerError) as raised:
        open_store(path)
    assert (
        raised.value.message == f"the sandbox's state {path} cannot be made: there is no folder {path.parent}"
    )
    assert raised.value.help == "make the folder first, or name a file in another one"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["folder", "file/file.db"])
def test_a_path_that_cannot_be_a_file_is_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(ReconcilerError, match="cannot be used"):
        open_store(tmp_path / name)


def test_a_closed_store_fails_with_our_own_error(tmp_path: Path) -> None:
    store = open_store(tmp_path / "sandbox.db")
    store.close()
    with pytest.raises(ReconcilerError, match="Cannot operate on a closed database"):
        store.ledger()


def test_importing_the_package_loads_no_server() -> None:
    import subprocess
    import sys

    code = "import sys, reconciler.sandbox; print(sorted({'starlette', 'uvicorn', 'sqlite3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
