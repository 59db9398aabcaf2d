"""What connectors files name: the file of a connector's author, read as strictly as manifests, and `spec.connector` of manifests.

Of a manifest nothing else is judged: what `validate` would say about the rest must not keep anybody from writing the lock that
`validate` needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
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
from reconciler.connectors.registry.lock_choice import CONNECTOR, Reference
from reconciler.connectors.registry.registry import ConnectorEntry
from reconciler.connectors.registry.source import BAD_REGISTRY, RegistrySource
from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.files import find_files, read_file
from reconciler.manifests.includes import new_reader
from reconciler.manifests.limits import MAX_FILE_BYTES, Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import Document, NoSubstitutions, read_documents
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.json_value import JsonValue, pointer
from reconciler.model.places import Places
from reconciler.model.strict_json import StrictJsonError, parse_json_text

_Place = Callable[[str], tuple[int, int]]
"""JSON pointer to 1-based line and column."""

_NO_TAGS: Final = NoSubstitutions(
    BAD_REGISTRY,
    ("a variable in a connector's specification", "write the value"),
    ("an include in a connector's specification", "write it out"),
)
# These depend on the environment of a run, and a person who locks need not have every variable.
_OF_VARIABLES: Final = frozenset({rules.VARIABLE_UNSET, rules.VARIABLE_VALUE, rules.MORE_PROBLEMS})


def read_authored(
    source: RegistrySource, identity: Identity, locked: Iterable[ConnectorEntry] = ()
) -> Authored | None:
    """The connectors of a file (see `authored`); None for a URL and for a whole registry. Raises InvalidInput."""
    with _located(source, lambda _: (0, 0)):
        if source.path is None:
            refuse_names("a registry", identity)
            return None
        try:
            data = read_bounded(source.path)
        except Unreadable as error:
            raise _invalid(f"the registry {error}", "check the path") from error
        is_yaml = source.path.suffix.lower() in (".yaml", ".yml")
        document, place = _read_yaml(source.name, data) if is_yaml else _read_json(data)
    with _located(source, place):
        return authored(document, identity, locked)


@contextmanager
def _located(source: RegistrySource, place: _Place) -> Iterator[None]:
    """Diagnostics with JSON pointers get their place in the file."""

    def at(each: Diagnostic) -> Diagnostic:
        if isinstance(each.place, Origin):
            return replace(each, place=replace(each.place, file=source.name))
        message = f"{each.pointer}: {each.message}" if each.pointer else each.message
        return replace(each, place=Origin(source.name, *place(each.pointer)), message=message)

    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(tuple(map(at, error.problems))) from error


def _invalid(message: str, help: str, place: Origin | str = "") -> InvalidInput:
    return InvalidInput((Diagnostic(place, BAD_REGISTRY, message, help),))


def _read_json(data: bytes) -> tuple[JsonValue, _Place]:
    """The value of a JSON file, or the SPEC message among lines of output."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid("it is not UTF-8", "save it as UTF-8") from error
    try:
        return parse_json_text(text), lambda path: json_places(text).get(path, (1, 1))
    except StrictJsonError as error:
        found = spec_message(text)
        if found is None:
            help_text = "correct it; a YAML file has to be called .yaml or .yml"
            raise _invalid(error.detail, help_text, Origin("", error.line, error.column)) from error
    number, message = found
    line = text.splitlines()[number - 1]
    return message, lambda path: (number, json_places(line).get(path, (1, 1))[1])


def _read_yaml(name: str, data: bytes) -> tuple[JsonValue, _Place]:
    """The one document of a YAML file. What is wrong outside of its specification is not ours to judge."""
    if len(data) > MAX_FILE_BYTES:
        help_text = "give the line that the connector's `spec` command prints"
        raise _invalid("a YAML file is larger than 1 MiB", help_text)
    log = ProblemLog(name)
    documents = read_documents(
        data, log, _NO_TAGS, Budget(), is_json=False, when_empty="write a specification"
    )
    if len(documents) > 1:
        raise _invalid("it has several documents", "give one", Origin("", documents[1].origin.line, 1))
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
    return any(f"{each}/".startswith(part) or part.startswith(f"{each}/") for each in document.spoiled)


def _in_specification(
    documents: tuple[Document, ...], problems: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    """The problems between the key `spec` and the next one; all of them where there is no such part."""
    value = documents[0].value if documents else None
    if not isinstance(value, dict) or "spec" not in value:
        return problems
    lines = sorted(documents[0].places.origin(pointer((key,)), on_key=True).line for key in value)
    start = documents[0].places.origin("/spec", on_key=True).line
    end = next((line for line in lines if line > start), float("inf"))
    return tuple(each for each in problems if start <= each.origin.line < end) or problems


@dataclass(frozen=True)
class NamedConnector:
    """One `spec.connector`, with the places of its document."""

    reference: Reference
    places: Places


def read_named_connectors(
    directory: Path, *, root: Path, environ: Mapping[str, str]
) -> tuple[NamedConnector, ...]:
    """Every connector that a manifest under `directory` names, in reading order.

    Raises InvalidInput with every problem that may hide one: a file that cannot be read, broken syntax, a `spec.connector`
    whose value is not to be had. A document without one is passed over, and so are variables elsewhere that are not set.
    """
    found, reader = find_files((directory,), root=root), new_reader(environ)
    named: dict[Path, list[NamedConnector]] = {}
    problems = [*found.problems]
    is_any_hidden = False
    for source in found.files:
        log, documents = ProblemLog(source.name), tuple[Document, ...]()
        try:
            documents = reader.documents(source, read_file(source.path), log)
        except rules.Refused as refusal:
            log.refuse(refusal)
        is_hidden = any(each.has_reported(CONNECTOR) or each.lacks(CONNECTOR) for each in documents)
        is_any_hidden |= is_hidden
        problems += _hiding(log.problems(), is_hidden=is_hidden)
        named[source.path] = [each for document in documents for each in _named(document)]
    for fragment in reader.fragments:  # no manifests of their own, though they were found like some
        named.pop(fragment, None)
        problems += _hiding(reader.problems.get(fragment, ()), is_hidden=is_any_hidden)
    if problems:
        raise InvalidInput(in_reading_order(problems))
    return tuple(each for source in found.files for each in named.pop(source.path, ()))


def _named(document: Document) -> Iterator[NamedConnector]:
    spec = document.value.get("spec") if isinstance(document.value, dict) else None
    text = spec.get("connector") if isinstance(spec, dict) else None
    if isinstance(text, str) and text and not document.has_reported(CONNECTOR):
        yield NamedConnector(Reference(str(text), CONNECTOR in document.variables), document.places)


def _hiding(problems: tuple[Diagnostic, ...], *, is_hidden: bool) -> tuple[Diagnostic, ...]:
    """The problems of a file, unless they concern variables only and no connector is behind one of them."""
    is_harmless = not is_hidden and all(problem.rule in _OF_VARIABLES for problem in problems)
    return () if is_harmless else problems


def remark_problems(
    named: tuple[NamedConnector, ...], remarks: Mapping[Reference, tuple[Diagnostic, ...]]
) -> tuple[Diagnostic, ...]:
    """What is to be said about references as problems, at every place where they are; in reading order."""
    return in_reading_order(
        each.places.locate(remark) for each in named for remark in remarks.get(each.reference, ())
    )
