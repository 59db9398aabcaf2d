"""Reads `connectors.lock.json`: text -> connectors. Pure; opening the file is the caller's business.

The lock is written by a machine, so anything unexpected in it is an error with its place, never skipped.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from typing import Any

from reconciler.connectors.registry.json_places import json_places
from reconciler.connectors.registry.lock_entry import ConnectorEntry, ConnectorType
from reconciler.connectors.server.work import MOST_SPECIFICATION, size_within
from reconciler.errors import InvalidInput
from reconciler.model.connector import Connector
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid, pointer
from reconciler.model.strict_json import StrictJsonError, parse_json_text

FORMAT_VERSION = "1"
NOT_JSON = "R220"
_REWRITE = "write the file again with `reconciler connectors lock`"

# One thing wrong: JSON pointer segments, rule, message.
_Finding = tuple[tuple[str | int, ...], str, str]


def read_lock(text: str, file: str) -> tuple[Connector, ...]:
    """The sources of a lock, sorted by id; destinations are checked for their shape and left out.

    `file` is the name for messages. Raises InvalidInput with every problem found: R220 not JSON, R221 wrong
    shape, R222 another format version, R223 the same connector twice.
    """
    entries = map(locked_entry, checked_document(text, file)["connectors"])
    sources = (entry.connector() for entry in entries if entry.type is ConnectorType.SOURCE)
    return tuple(sorted(sources, key=lambda connector: connector.id))


def checked_document(text: str, file: str) -> dict[str, Any]:
    """The document of a lock, every type in it checked, destinations included. Raises as `read_lock` does."""
    document = _parse(text, file)
    findings = list(_document_findings(document))
    if findings or not isinstance(document, dict):
        raise InvalidInput(_problems(findings, text, file))
    return document


def locked_entry(item: dict[str, Any]) -> ConnectorEntry:
    """One of the `connectors` of a checked document."""
    return ConnectorEntry(
        id=item["id"].lower(),
        type=ConnectorType(item["type"]),
        repository=item["repository"],
        name=item["name"],
        version=item["version"],
        specification=item["spec"],
        tombstone=item.get("tombstone", False),
    )


def _parse(text: str, file: str) -> JsonValue:
    try:
        return parse_json_text(text)
    except StrictJsonError as error:
        problem = Diagnostic(Origin(file, error.line, error.column), NOT_JSON, error.detail, _REWRITE)
        raise InvalidInput((problem,)) from error


def _document_findings(document: JsonValue) -> Iterator[_Finding]:
    if not isinstance(document, dict):
        yield (), "R221", "the lock must be a JSON object"
        return
    version = document.get("formatVersion")
    if version != FORMAT_VERSION:
        yield (
            ("formatVersion",),
            "R222",
            f'formatVersion must be "{FORMAT_VERSION}", not {json.dumps(version)[:60]}',
        )
        return
    yield from _member_findings((), document, _DOCUMENT_MEMBERS)
    entries = document.get("connectors")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        yield from _entry_findings(("connectors", index), entry)
    yield from _duplicate_findings(entries if isinstance(entries, list) else [])


def _entry_findings(path: tuple[str | int, ...], entry: JsonValue) -> Iterator[_Finding]:
    if not isinstance(entry, dict):
        yield path, "R221", "a connector must be an object"
        return
    yield from _member_findings(path, entry, _ENTRY_MEMBERS)
    if size_within(entry.get("spec"), MOST_SPECIFICATION) is None:
        yield (
            (*path, "spec"),
            "R221",
            f'"spec" is larger than that of any connector ({MOST_SPECIFICATION:,} values)',
        )


def _duplicate_findings(entries: list[JsonValue]) -> Iterator[_Finding]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        identity = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(identity, str):
            if identity.lower() in seen:
                yield ("connectors", index, "id"), "R223", f"connector {identity} occurs twice"
            seen.add(identity.lower())


# What each member must be: a test, and the words for "must be ...". Members marked optional may be left out.
_Check = tuple[Callable[[JsonValue], bool], str]
_TEXT: _Check = (lambda value: isinstance(value, str) and value != "", "a text that is not empty")
_DOCUMENT_MEMBERS: dict[str, _Check] = {
    "formatVersion": _TEXT,
    "source": _TEXT,
    "connectors": (lambda value: isinstance(value, list), "an array"),
}
_ENTRY_MEMBERS: dict[str, _Check] = {
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
_OPTIONAL = frozenset({"tombstone"})


def _member_findings(
    path: tuple[str | int, ...], value: JsonObject, members: dict[str, _Check]
) -> Iterator[_Finding]:
    for key in value.keys() - members.keys():
        near = difflib.get_close_matches(key, members, 1)
        yield (
            (*path, key),
            "R221",
            f'unknown field "{key}"' + (f'; did you mean "{near[0]}"?' if near else ""),
        )
    for key, (test, words) in members.items():
        if key not in value:
            if key not in _OPTIONAL:
                yield path, "R221", f'"{key}" is missing'
        elif not test(value[key]):
            yield (*path, key), "R221", f'"{key}" must be {words}'


def _problems(findings: list[_Finding], text: str, file: str) -> tuple[Diagnostic, ...]:
    places = json_places(text)
    problems = []
    for path, rule, message in findings:
        line, column = places.get(pointer(path), (1, 1))
        problems.append(Diagnostic(Origin(file, line, column), rule, message, _REWRITE))
    return in_reading_order(problems)
