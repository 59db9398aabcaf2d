"""What files say of connectors: which ones the manifests name, also those that no lock resolves yet, and what a connector's author has.

Of manifests only `spec.connector` is read: what `validate` would say about the rest must not keep anybody from writing the lock
that `validate` needs. An author's file is read as strictly as a manifest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from reconciler.connectors.registry import authored as authors
from reconciler.connectors.registry.authored import Authored, Identity, unusable
from reconciler.connectors.registry.files import Unreadable, read_bounded
from reconciler.connectors.registry.lock_change import CONNECTOR, Reference
from reconciler.connectors.registry.registry import ConnectorEntry
from reconciler.connectors.registry.source import BAD_REGISTRY, RegistrySource
from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.document import Document, NoSubstitutions
from reconciler.manifests.files import find_files
from reconciler.manifests.includes import new_reader
from reconciler.manifests.limits import MAX_FILE_BYTES, Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import read_documents
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.json_value import JsonValue, pointer, value_at
from reconciler.model.places import Places
from reconciler.model.strict_json import StrictJsonError, json_places, parse_json_text
from reconciler.model.template import CONNECTION_TEMPLATE, SOURCE_TEMPLATE

# These depend on the environment of a run, and who locks need not have every variable.
_OF_VARIABLES: Final = frozenset({rules.VARIABLE_UNSET, rules.VARIABLE_VALUE, rules.MORE_PROBLEMS})
_NO_TAGS: Final = NoSubstitutions(
    BAD_REGISTRY,
    ("a variable in a connector's specification", "write the value"),
    ("an include in a connector's specification", "write it out"),
)

_Place = Callable[[str], Origin]
"""JSON pointer to its place in the file."""


def read_references(
    directory: Path, *, root: Path, environ: Mapping[str, str]
) -> tuple[tuple[Reference, Places], ...]:
    """Every `spec.connector` of a manifest under `directory`, with the places of its document, in reading order.

    Raises InvalidInput with every problem that may hide one: a file that cannot be read, broken syntax, a `spec.connector` whose
    value is not known. A document without one is passed over, and so are variables elsewhere that are not set.
    """
    found = find_files((directory,), root=root)
    reader = new_reader(environ)
    readings = {source.path: reader.file(source) for source in found.files}
    problems = [*found.problems]
    for documents, log in readings.values():
        problems += _hiding(log.problems(), documents)
    every = [document for documents, _ in readings.values() for document in documents]
    for fragment in reader.fragments:  # no manifests of their own, though they were found like some
        problems += _hiding(reader.problems.get(fragment, ()), every)
        readings.pop(fragment, None)
    if problems:
        raise InvalidInput(in_reading_order(problems))
    own = [document for documents, _ in readings.values() for document in documents]
    said = ((document, value_at(document.value, CONNECTOR)) for document in own)
    return tuple(
        (Reference(text, CONNECTOR in document.variables, _kind(document)), document.places)
        for document, text in said
        if isinstance(text, str) and text and not document.has_reported(CONNECTOR)
    )


def _kind(document: Document) -> str:
    kind = value_at(document.value, "/kind")
    return CONNECTION_TEMPLATE if kind == CONNECTION_TEMPLATE else SOURCE_TEMPLATE


def _hiding(problems: tuple[Diagnostic, ...], documents: Iterable[Document]) -> tuple[Diagnostic, ...]:
    """The problems of a file, unless they concern variables only and no connector of the documents is behind one of them."""
    is_hidden = any(each.has_reported(CONNECTOR) or each.lacks(CONNECTOR) for each in documents)
    return problems if is_hidden or any(each.rule not in _OF_VARIABLES for each in problems) else ()


def read_authored(
    source: RegistrySource, identity: Identity, locked: Iterable[ConnectorEntry] = ()
) -> Authored | None:
    """The connectors of a file (see `authored`). None for a URL and for a whole registry. Raises InvalidInput."""
    place: _Place = lambda _pointer: Origin(source.name, 0, 0)  # noqa: E731 - typed by its name
    try:
        if source.path is None:
            authors.refuse_names("a registry", identity)
            return None
        read = _read_yaml if source.path.suffix.lower() in (".yaml", ".yml") else _read_json
        try:
            data = read_bounded(source.path)
        except Unreadable as error:
            raise unusable("", f"the registry {error}", "check the path") from error
        document, place = read(source.name, data)
        return authors.authored(document, identity, locked)
    except InvalidInput as error:
        raise InvalidInput(tuple(_placed(each, place) for each in error.problems)) from error


def _placed(each: Diagnostic, place: _Place) -> Diagnostic:
    if isinstance(each.place, Origin):
        return each
    message = f"{each.pointer}: {each.message}" if each.pointer else each.message
    return replace(each, place=place(each.pointer), message=message)


def _read_json(name: str, data: bytes) -> tuple[JsonValue, _Place]:
    """The value of a JSON file, or the SPEC message among lines of output."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unusable("", "it is not UTF-8", "save it as UTF-8") from error
    try:
        return parse_json_text(text), lambda path: Origin(name, *json_places(text).get(path, (1, 1)))
    except StrictJsonError as error:
        found = authors.spec_message(text)
        if found is None:
            place = Origin(name, error.line, error.column)
            help_text = "correct it; a YAML file has to be called .yaml or .yml"
            raise InvalidInput((Diagnostic(place, BAD_REGISTRY, error.detail, help_text),)) from error
    number, message = found
    line = text.splitlines()[number - 1]
    return message, lambda path: Origin(name, number, json_places(line).get(path, (1, 1))[1])


def _read_yaml(name: str, data: bytes) -> tuple[JsonValue, _Place]:
    """The one document of a YAML file. What is wrong outside of its specification is not judged."""
    if len(data) > MAX_FILE_BYTES:
        help_text = "give the line that the connector's `spec` command prints"
        raise unusable("", "a YAML file is larger than 1 MiB", help_text)
    log = ProblemLog(name)
    documents = read_documents(
        data, log, _NO_TAGS, Budget(), is_json=False, when_empty="write a specification"
    )
    if len(documents) > 1:
        place = Origin(name, documents[1].origin.line, 1)
        raise InvalidInput((Diagnostic(place, BAD_REGISTRY, "it has several documents", "give one"),))
    spoiled = [f"{each}/" for document in documents for each in document.spoiled]
    value = documents[0].value if documents else None
    is_bare = isinstance(value, dict) and not {authors.FORM, authors.LOW_CODE_FORM}.isdisjoint(value)
    part = "/" if is_bare else "/spec/"
    if not documents or any(each.startswith(part) or part.startswith(each) for each in spoiled):
        raise InvalidInput(_in_specification(documents, log.problems()))
    return value, documents[0].places.origin


def _in_specification(
    documents: tuple[Document, ...], problems: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    """The problems between the key `spec` and the next one. All of them where there is no such part."""
    value = documents[0].value if documents else None
    if not isinstance(value, dict) or "spec" not in value:
        return problems
    lines = {key: documents[0].places.origin(pointer((key,)), on_key=True).line for key in value}
    end = min((line for line in lines.values() if line > lines["spec"]), default=math.inf)
    return tuple(each for each in problems if lines["spec"] <= each.origin.line < end) or problems
