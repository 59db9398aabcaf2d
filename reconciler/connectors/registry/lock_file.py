"""`connectors.lock.json` as a whole: text to entries with their source and digests, and back. Pure.

`lock.py` reads what the other commands need; this module is for the command that writes the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.connectors.registry.json_places import json_places
from reconciler.connectors.registry.lock import FORMAT_VERSION, checked_document, locked_entry
from reconciler.connectors.registry.lock_entry import (
    ConnectorEntry,
    entry_order,
    spec_digest,
)
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonValue

ALTERED = "R224"
_REWRITE = "write the file again with `reconciler connectors lock`"
# `source` as `lock_text` writes it: two blanks in front, so that no field of a specification is taken for it.
_SOURCE_LINE = re.compile(r'^  "source": ("(?:[^"\\\n]|\\.)*"),?\s*$', re.MULTILINE)


@dataclass(frozen=True)
class LockFile:
    """A sound lock. `source` is the registry it was made from, `entries` are in the order of the file.

    `problems` names every entry whose specification is not the one that its digest was made of; `altered` are their ids.
    """

    source: str
    entries: tuple[ConnectorEntry, ...]
    problems: tuple[Diagnostic, ...] = ()
    altered: frozenset[str] = frozenset()


def read_lock_file(text: str, file: str) -> LockFile:
    """The lock behind a text, destinations included; `file` is its name for messages.

    Raises InvalidInput with every problem of its shape. A digest that does not fit is no such problem.
    """
    members = checked_document(text, file)
    entries = tuple(map(locked_entry, members["connectors"]))
    wrong = [
        index
        for index, (entry, item) in enumerate(zip(entries, members["connectors"], strict=True))
        if item["digest"] != spec_digest(entry.specification)
    ]
    altered = frozenset(entries[index].id for index in wrong)
    return LockFile(members["source"], entries, tuple(_altered(wrong, entries, text, file)), altered)


def _altered(
    wrong: list[int], entries: tuple[ConnectorEntry, ...], text: str, file: str
) -> Iterator[Diagnostic]:
    places = json_places(text) if wrong else {}
    for index in wrong:
        line, column = places.get(f"/connectors/{index}/digest", (1, 1))
        message = (
            f"the digest of {entries[index].label} does not fit its specification: one was edited by hand"
        )
        yield Diagnostic(Origin(file, line, column), ALTERED, message, _REWRITE)


def lock_text(source: str, entries: Iterable[ConnectorEntry]) -> str:
    """The file for these entries: the same entries give the same bytes, in whatever order they come.

    Two spaces, one value a line, connectors by repository, the keys of a specification sorted: a registry that
    shuffles keys changes nothing, and a change touches its own lines only. ASCII, so that no editor, mail or
    terminal changes or hides a character.
    """
    document = {
        "formatVersion": FORMAT_VERSION,
        "source": source,
        "connectors": [_item(entry) for entry in sorted(entries, key=entry_order)],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _item(entry: ConnectorEntry) -> dict[str, JsonValue]:
    return {
        "id": entry.id,
        "type": str(entry.type),
        "repository": entry.repository,
        "name": entry.name,
        "version": entry.version,
        **({"tombstone": True} if entry.tombstone else {}),
        "digest": spec_digest(entry.specification),
        "spec": _sorted_keys(entry.specification),
    }


def _sorted_keys(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted_keys(item) for item in value]
    return value


def salvaged_source(text: str) -> str | None:
    """The `source` of a lock that cannot be read any more (a merge conflict, a cut file); None if it is unclear."""
    found = set(_SOURCE_LINE.findall(text))
    if len(found) != 1:
        return None
    try:
        source = json.loads(found.pop())
    except json.JSONDecodeError:
        return None
    return source if isinstance(source, str) and source else None
