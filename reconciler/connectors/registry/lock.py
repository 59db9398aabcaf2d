"""`connectors.lock.json`: text to entries and back. Pure. `lock_change` reads and writes the file.

The lock is written by a machine, so anything unexpected in it is an error with its place, never skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.connectors.registry.registry import (
    AMBIGUOUS,
    SANDBOX,
    ConnectorEntry,
    ConnectorType,
    spec_digest,
)
from reconciler.connectors.server.work import MOST_SPECIFICATION, specification_size
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid, pointer
from reconciler.model.strict_json import StrictJsonError, json_places, parse_json_text
from reconciler.model.template import Connector
from reconciler.model.text import nearest, short_text

FORMAT_VERSION = "1"
NOT_JSON, WRONG_SHAPE, WRONG_FORMAT, TWICE, ALTERED = "R220", "R221", "R222", "R223", "R224"

_REWRITE = "write the file again with `reconciler connectors lock`"
# `source` as `lock_text` writes it: two blanks in front, so that no field of a specification is taken for it.
_SOURCE_LINE = re.compile(r'^  "source": ("(?:[^"\\\n]|\\.)*"),?\s*$', re.MULTILINE)


# One thing wrong: JSON pointer segments, rule, message.
_Finding = tuple[tuple[str | int, ...], str, str]
# What a member must be: a test, and the words for "must be ...".
_Check = tuple[Callable[[JsonValue], bool], str]

_TEXT: _Check = (lambda value: isinstance(value, str) and value != "", "a text that is not empty")
_DOCUMENT: dict[str, _Check] = {
    "formatVersion": _TEXT,
    "source": _TEXT,
    "connectors": (lambda value: isinstance(value, list), "an array"),
}
_ENTRY: dict[str, _Check] = {
    "id": (is_uuid, "a UUID"),
    "type": (lambda value: value in ("source", "destination"), '"source" or "destination"'),
    "repository": _TEXT,
    "name": _TEXT,
    "version": _TEXT,
    "digest": (
        lambda value: isinstance(value, str) and value.startswith("sha256:"),
        'a text that starts with "sha256:"',
    ),
    "spec": (lambda value: isinstance(value, dict), "an object"),
    "tombstone": (lambda value: isinstance(value, bool), "true or false"),
}
_OPTIONAL = "tombstone"


@dataclass(frozen=True)
class Lock:
    """A lock, whatever state it is in. `text` is None where there is no file. `is_broken`: nothing can be taken from it.

    `source` is the registry that it names, None when that is not known. `entries` are in the order of the file. `problems` say why a
    broken lock is broken, else which specifications do not fit their digests. `altered` are the connector ids of those.
    """

    text: str | None = None
    source: str | None = None
    entries: tuple[ConnectorEntry, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    altered: frozenset[str] = frozenset()
    is_broken: bool = False

    @property
    def registry(self) -> str | None:
        """`source` as far as a lock can be made from it again: not the sandbox's catalogue, from which `init` makes one."""
        return None if self.source == SANDBOX else self.source

    def extended(self, added: Iterable[ConnectorEntry], *, origin: Origin) -> tuple[ConnectorEntry, ...]:
        """The entries of a lock that has these too, in place of those with their ids.

        Raises InvalidInput for a lock that is not sound, since writing it would make it look sound, and at `origin` for a
        repository that is another connector's.
        """
        new = {entry.id: entry for entry in added}
        if self.is_broken or self.altered - new.keys():
            raise InvalidInput(self.problems)
        entries = {entry.id: entry for entry in self.entries}
        for entry in new.values():
            entries[entry.id] = entry
            twin = next((e for e in entries.values() if e.label == entry.label and e.id != entry.id), None)
            if twin is not None:
                message = f"{short_text(entry.label)} is what the lock calls the connector {twin.id}, not {entry.id}"
                raise InvalidInput(
                    (Diagnostic(origin, AMBIGUOUS, message, "give it another name with --as"),)
                )
        return tuple(entries.values())


def read_lock(text: str, file: str) -> tuple[Connector, ...]:
    """The connectors of a lock, sorted by id. Digests are not compared.

    `file` is the name for messages. Raises InvalidInput with every problem of its shape: R220 not JSON, R221 wrong
    shape, R222 another format version, R223 the same connector twice.
    """
    entries = map(_entry, _checked(text, file)["connectors"])
    return tuple(sorted((entry.connector() for entry in entries), key=lambda connector: connector.id))


def read_lock_file(text: str, file: str) -> Lock:
    """The sound lock behind a text. Raises as `read_lock` does. A digest that does not fit is no such problem."""
    document = _checked(text, file)
    entries = tuple(map(_entry, document["connectors"]))
    findings: list[_Finding] = []
    for index, (entry, item) in enumerate(zip(entries, document["connectors"], strict=True)):
        if item["digest"] != spec_digest(entry.specification):
            message = f"the digest of {entry.label} does not fit its specification: one was edited by hand"
            findings.append((("connectors", index, "digest"), ALTERED, message))
    altered = frozenset(entries[int(path[1])].id for path, _, _ in findings)
    return Lock(text, document["source"], entries, _located(findings, text, file), altered)


def _checked(text: str, file: str) -> dict[str, Any]:
    """The document of a lock, every type in it checked."""
    try:
        document = parse_json_text(text)
    except StrictJsonError as error:
        place = Origin(file, error.line, error.column)
        raise InvalidInput((Diagnostic(place, NOT_JSON, error.detail, _REWRITE),)) from error
    findings = list(_document_findings(document))
    if findings or not isinstance(document, dict):
        raise InvalidInput(_located(findings, text, file))
    return document


def _entry(item: dict[str, Any]) -> ConnectorEntry:
    return ConnectorEntry(
        id=item["id"].lower(),
        type=ConnectorType(item["type"]),
        repository=item["repository"],
        name=item["name"],
        version=item["version"],
        specification=item["spec"],
        tombstone=item.get("tombstone", False),
    )


def _document_findings(document: JsonValue) -> Iterator[_Finding]:
    if not isinstance(document, dict):
        yield (), WRONG_SHAPE, "the lock must be a JSON object"
        return
    version = document.get("formatVersion")
    if version != FORMAT_VERSION:
        message = f'formatVersion must be "{FORMAT_VERSION}", not {json.dumps(version)[:60]}'
        yield ("formatVersion",), WRONG_FORMAT, message
        return
    yield from _member_findings((), document, _DOCUMENT)
    entries = document.get("connectors")
    seen: set[str] = set()
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        yield from _entry_findings(("connectors", index), entry, seen)


def _entry_findings(path: tuple[str | int, ...], entry: JsonValue, seen: set[str]) -> Iterator[_Finding]:
    if not isinstance(entry, dict):
        yield path, WRONG_SHAPE, "a connector must be an object"
        return
    yield from _member_findings(path, entry, _ENTRY)
    if specification_size(entry.get("spec")) is None:
        message = f'"spec" is larger than that of any connector ({MOST_SPECIFICATION:,} values)'
        yield (*path, "spec"), WRONG_SHAPE, message
    identity = entry.get("id")
    if isinstance(identity, str):
        if identity.lower() in seen:
            yield (*path, "id"), TWICE, f"connector {identity} occurs twice"
        seen.add(identity.lower())


def _member_findings(
    path: tuple[str | int, ...], value: JsonObject, members: dict[str, _Check]
) -> Iterator[_Finding]:
    for key in value.keys() - members.keys():
        near = nearest(key, members)
        meant = f'; did you mean "{near}"?' if near else ""
        yield (*path, key), WRONG_SHAPE, f'unknown field "{key}"{meant}'
    for key, (test, words) in members.items():
        if key in value and not test(value[key]):
            yield (*path, key), WRONG_SHAPE, f'"{key}" must be {words}'
        elif key not in value and key != _OPTIONAL:
            yield path, WRONG_SHAPE, f'"{key}" is missing'


def _located(findings: list[_Finding], text: str, file: str) -> tuple[Diagnostic, ...]:
    places = json_places(text) if findings else {}
    return in_reading_order(
        Diagnostic(Origin(file, *places.get(pointer(path), (1, 1))), rule, message, _REWRITE)
        for path, rule, message in findings
    )


def lock_text(source: str, entries: Iterable[ConnectorEntry]) -> str:
    """The file for these entries: the same entries give the same bytes, in whatever order they come.

    Two spaces, one value a line, connectors by repository, the keys of a specification sorted: a registry that
    shuffles keys changes nothing, and a change touches its own lines only. ASCII, so that no editor, mail or
    terminal changes or hides a character.
    """
    document = {
        "formatVersion": FORMAT_VERSION,
        "source": source,
        "connectors": [_item(entry) for entry in sorted(entries, key=lambda entry: entry.order)],
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
        "spec": json.loads(json.dumps(entry.specification, sort_keys=True)),
    }


def salvaged_source(text: str) -> str | None:
    """The `source` of a lock that cannot be read any more (a merge conflict, a cut file). None if it is unclear."""
    found = set(_SOURCE_LINE.findall(text))
    if len(found) != 1:
        return None
    try:
        source = json.loads(found.pop())
    except json.JSONDecodeError:
        return None
    return source if isinstance(source, str) and source else None
