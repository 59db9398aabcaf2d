"""Reads what the author of a connector has, as strictly as manifests are read, and says where something is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from reconciler.connectors.registry.authored import (
    FORM,
    Authored,
    Identity,
    authored,
    refuse_names,
    spec_message,
)
from reconciler.connectors.registry.files import Unreadable, read_bounded
from reconciler.connectors.registry.lock import json_places
from reconciler.connectors.registry.registry import ConnectorEntry
from reconciler.connectors.registry.source import BAD_REGISTRY, RegistrySource
from reconciler.errors import InvalidInput
from reconciler.manifests.limits import MAX_FILE_BYTES, Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import Document, NoSubstitutions, read_documents
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonValue, pointer
from reconciler.model.strict_json import StrictJsonError, parse_json_text

_YAML: Final = (".yaml", ".yml")

_Place = Callable[[str], tuple[int, int]]
"""JSON pointer to 1-based line and column."""


def read_authored(
    source: RegistrySource, identity: Identity, locked: Iterable[ConnectorEntry] = ()
) -> Authored | None:
    """The connectors of a file (see `authored`); None for a URL and for a whole registry. Raises InvalidInput."""
    if source.path is None:
        with _located(source, _nowhere):
            refuse_names("a registry", identity)
        return None
    try:
        data = read_bounded(source.path)
    except Unreadable as error:
        raise _invalid(source, (0, 0), f"the registry {error}", "check the path") from error
    is_yaml = source.path.suffix.lower() in _YAML
    with _located(source, _nowhere):
        document, place = _read_yaml(source, data) if is_yaml else _read_json(source, data)
    with _located(source, place):
        return authored(document, identity, locked)


def _nowhere(_pointer: str) -> tuple[int, int]:
    return 0, 0


@contextmanager
def _located(source: RegistrySource, place: _Place) -> Iterator[None]:
    """Diagnostics with JSON pointers get their place in the file."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(tuple(_at(each, source, place) for each in error.problems)) from error


def _at(each: Diagnostic, source: RegistrySource, place: _Place) -> Diagnostic:
    if isinstance(each.place, Origin):
        return each
    message = f"{each.pointer}: {each.message}" if each.pointer else each.message
    return replace(each, place=Origin(source.name, *place(each.pointer)), message=message)


def _invalid(source: RegistrySource, place: tuple[int, int], message: str, help_text: str) -> InvalidInput:
    return InvalidInput((Diagnostic(Origin(source.name, *place), BAD_REGISTRY, message, help_text),))


def _read_json(source: RegistrySource, data: bytes) -> tuple[JsonValue, _Place]:
    """The value of a JSON file, or the SPEC message among lines of output."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(source, (0, 0), "it is not UTF-8", "save it as UTF-8") from error
    try:
        return parse_json_text(text), lambda path: json_places(text).get(path, (1, 1))
    except StrictJsonError as error:
        found = spec_message(text)
        if found is None:
            help_text = "correct it; a YAML file has to be called .yaml or .yml"
            raise _invalid(source, (error.line, error.column), error.detail, help_text) from error
    number, message = found
    line = text.splitlines()[number - 1]
    return message, lambda path: (number, json_places(line).get(path, (1, 1))[1])


_NO_TAGS: Final = NoSubstitutions(
    BAD_REGISTRY,
    ("a variable in a connector's specification", "write the value"),
    ("an include in a connector's specification", "write it out"),
)


def _read_yaml(source: RegistrySource, data: bytes) -> tuple[JsonValue, _Place]:
    """The one document of a YAML file. What is wrong outside of its specification is not ours to judge."""
    if len(data) > MAX_FILE_BYTES:
        raise _invalid(
            source,
            (0, 0),
            "a YAML file is larger than 1 MiB",
            "give the line that the connector's `spec` command prints",
        )
    log = ProblemLog(source.name)
    documents = read_documents(
        data, log, _NO_TAGS, Budget(), is_json=False, when_empty="write a specification"
    )
    if len(documents) > 1:
        raise _invalid(source, (documents[1].origin.line, 1), "it has several documents", "give one")
    if not documents or _is_in_doubt(documents[0]):
        raise InvalidInput(_in_specification(documents, log.problems()))

    def place(path: str) -> tuple[int, int]:
        origin = documents[0].places.origin(path)
        return origin.line, origin.column

    return documents[0].value, place


def _is_in_doubt(document: Document) -> bool:
    """Whether something is wrong in the specification, or around it."""
    value = document.value
    is_bare = isinstance(value, dict) and not {FORM, "connection_specification"}.isdisjoint(value)
    part = "/" if is_bare else "/spec/"
    return any(
        f"{spoiled}/".startswith(part) or part.startswith(f"{spoiled}/") for spoiled in document.spoiled
    )


def _in_specification(
    documents: tuple[Document, ...], problems: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    """The problems between the key `spec` and the next one; all of them where there is no such part."""
    value = documents[0].value if documents else None
    if not isinstance(value, dict) or "spec" not in value:
        return problems
    places = documents[0].places
    lines = sorted(places.origin(pointer((key,)), on_key=True).line for key in value)
    start = places.origin("/spec", on_key=True).line
    end = next((line for line in lines if line > start), None)
    return (
        tuple(p for p in problems if p.origin.line >= start and (end is None or p.origin.line < end))
        or problems
    )
