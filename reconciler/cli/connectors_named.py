"""Which connectors the manifests name, and where: also those that no lock resolves yet.

Reads as far as `spec.connector` and judges nothing else: what `validate` would say about the rest must not keep anybody from
writing the lock that `validate` needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reconciler.connectors.registry.lock_choice import CONNECTOR, Reference
from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.files import SourceFile, find_files, read_file
from reconciler.manifests.includes import Reader, new_reader
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import Document
from reconciler.model.diagnostic import Diagnostic, in_reading_order
from reconciler.model.places import Places

# These depend on the environment of a run, and whoever locks need not have every variable.
_OF_VARIABLES: Final = frozenset({rules.VARIABLE_UNSET, rules.VARIABLE_VALUE, rules.MORE_PROBLEMS})


@dataclass(frozen=True)
class NamedConnector:
    """One `spec.connector`, with its file and the places of its document."""

    reference: Reference
    source: SourceFile
    places: Places


def read_named_connectors(
    directory: Path, *, root: Path, environ: Mapping[str, str]
) -> tuple[NamedConnector, ...]:
    """Every connector that a manifest under `directory` names, in reading order.

    Raises InvalidInput with every problem that may hide one: a file that cannot be read, broken syntax, a `spec.connector`
    whose value is not to be had. A document without one is passed over, and so are variables elsewhere that are not set.
    """
    found = find_files((directory,), root=root)
    reader = new_reader(environ)
    named: dict[Path, list[NamedConnector]] = {}
    problems = [*found.problems]
    is_any_hidden = False
    for source in found.files:
        documents, log = _read(source, reader)
        is_hidden = any(_is_hidden(document) for document in documents)
        is_any_hidden |= is_hidden
        problems.extend(_hiding(log.problems(), is_hidden=is_hidden))
        named[source.path] = [each for document in documents for each in _named(document, source)]
    for fragment in reader.fragments:  # no manifests of their own, though they were found like some
        named.pop(fragment, None)
        problems.extend(_hiding(reader.problems.get(fragment, ()), is_hidden=is_any_hidden))
    if problems:
        raise InvalidInput(in_reading_order(problems))
    return tuple(each for source in found.files for each in named.pop(source.path, ()))


def _read(source: SourceFile, reader: Reader) -> tuple[tuple[Document, ...], ProblemLog]:
    log = ProblemLog(source.name)
    try:
        return reader.documents(source, read_file(source.path), log), log
    except rules.Refused as refusal:
        log.refuse(refusal)
        return (), log


def _is_hidden(document: Document) -> bool:
    """Whether the document names a connector by what is not to be had."""
    return document.has_reported(CONNECTOR) or document.lacks(CONNECTOR)


def _named(document: Document, source: SourceFile) -> Iterator[NamedConnector]:
    spec = document.value.get("spec") if isinstance(document.value, dict) else None
    text = spec.get("connector") if isinstance(spec, dict) else None
    if isinstance(text, str) and text and not document.has_reported(CONNECTOR):
        yield NamedConnector(Reference(str(text), CONNECTOR in document.variables), source, document.places)


def _hiding(problems: tuple[Diagnostic, ...], *, is_hidden: bool) -> tuple[Diagnostic, ...]:
    """The problems of a file, unless they concern variables only and no connector is behind one of them."""
    is_harmless = not is_hidden and all(problem.rule in _OF_VARIABLES for problem in problems)
    return () if is_harmless else problems


def remark_problems(
    named: tuple[NamedConnector, ...], remarks: Mapping[Reference, tuple[Diagnostic, ...]]
) -> tuple[Diagnostic, ...]:
    """What is to be said about references as problems, at every place where they stand; in reading order."""
    return in_reading_order(
        each.places.locate(remark) for each in named for remark in remarks.get(each.reference, ())
    )
