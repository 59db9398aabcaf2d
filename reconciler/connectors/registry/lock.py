"""Reads `connectors.lock.json`: text -> connectors. Pure; opening the file is the caller's business.

The lock is written by a machine, so anything unexpected in it is an error with its place, never skipped.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from reconciler.connectors.catalogue import short_repository
from reconciler.connectors.registry.json_places import json_places
from reconciler.errors import InvalidInput
from reconciler.model.connector import Connector
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.problem import Origin, Problem, sorted_problems

FORMAT_VERSION = "1"
_REWRITE = "write the file again with `reconciler connectors lock`"
_MAX_DIGITS = 400
_MAX_DEPTH = 100
_TOO_DEEP = f"nested more than {_MAX_DEPTH} deep"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# One thing wrong: JSON pointer segments, rule, message.
_Finding = tuple[tuple[str | int, ...], str, str]


def read_lock(text: str, file: str) -> tuple[Connector, ...]:
    """The sources of a lock, sorted by id; destinations are checked for their shape and left out.

    `file` is the name for messages. Raises InvalidInput with every problem found: R220 not JSON, R221 wrong
    shape, R222 another format version, R223 the same connector twice.
    """
    document = _parse(text, file)
    findings = list(_document_findings(document))
    if findings or not isinstance(document, dict):
        raise InvalidInput(_problems(findings, text, file))
    entries = document["connectors"]
    sources = (
        [e for e in entries if isinstance(e, dict) and e["type"] == "source"]
        if isinstance(entries, list)
        else []
    )
    return tuple(sorted((_connector(entry) for entry in sources), key=lambda connector: connector.id))


def _connector(entry: JsonObject) -> Connector:
    specification = entry["spec"]
    return Connector(
        id=str(entry["id"]).lower(),
        repository=short_repository(str(entry["repository"])),
        name=str(entry["name"]),
        version=str(entry["version"]),
        specification=specification if isinstance(specification, dict) else None,
    )


def _parse(text: str, file: str) -> JsonValue:
    try:
        document: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
        _check_depth(document)
        _check_surrogates(text, document)
    except json.JSONDecodeError as error:
        problem = Problem(Origin(file, error.lineno, error.colno), "R220", f"not JSON: {error.msg}", _REWRITE)
        raise InvalidInput((problem,)) from error
    except RecursionError as error:
        raise _unreadable(file, _TOO_DEEP) from error
    except _Refused as error:
        raise _unreadable(file, str(error)) from error
    return document


def _unreadable(file: str, reason: str) -> InvalidInput:
    return InvalidInput((Problem(Origin(file), "R220", reason, _REWRITE),))


class _Refused(Exception):
    """JSON that Python's parser would take and a strict reader does not."""


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise _Refused(f'the key "{twice[:60]}" occurs twice in one object')
    return members


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused("a number is out of range")
    return value


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise _Refused(f"an integer has more than {_MAX_DIGITS} digits")
    return int(text)


def _check_depth(document: JsonValue) -> None:
    """What reads a specification goes down it by recursion; a real one has some twenty levels."""
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            raise _Refused(_TOO_DEEP)
        level = [inner for value in level for inner in _inner(value)]


def _inner(value: JsonValue) -> Iterable[JsonValue]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (item for item in items if isinstance(item, dict | list))


def _check_surrogates(text: str, document: JsonValue) -> None:
    # Only an escape can bring a lone surrogate: UTF-8 itself has none.
    if "\\ud" not in text and "\\uD" not in text:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise _Refused("a text holds half of a surrogate pair") from error


def _refuse_constant(word: str) -> JsonValue:
    raise _Refused(f"{word} is not a JSON number")


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
    "id": (lambda value: isinstance(value, str) and _UUID.fullmatch(value) is not None, "a UUID"),
    "type": (lambda value: value in ("source", "destination"), '"source" or "destination"'),
    "repository": _TEXT,
    "name": _TEXT,
    "version": _TEXT,
    "digest": (
        lambda value: isinstance(value, str) and value.startswith("sha256:"),
        'a text that starts with "sha256:"',
    ),
    "spec": (lambda value: isinstance(value, dict), "an object"),
}


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
            yield path, "R221", f'"{key}" is missing'
        elif not test(value[key]):
            yield (*path, key), "R221", f'"{key}" must be {words}'


def _problems(findings: list[_Finding], text: str, file: str) -> tuple[Problem, ...]:
    places = json_places(text)
    problems = []
    for path, rule, message in findings:
        line, column = places.get(pointer(path), (1, 1))
        problems.append(Problem(Origin(file, line, column), rule, message, _REWRITE))
    return sorted_problems(problems)
