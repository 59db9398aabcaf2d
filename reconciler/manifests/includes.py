"""`!include` and `!env` for the files of one run: follows includes inside their boundary. An edge, through `files`.

A fragment is read as strictly as a manifest, and everything it holds counts against the file that includes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.document import NOTHING, Document
from reconciler.manifests.files import SUFFIXES, SourceFile, read_file
from reconciler.manifests.limits import MAX_FILE_BYTES, MAX_INCLUDES, Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import read_documents
from reconciler.manifests.rules import Refused
from reconciler.manifests.variables import Variables, VariableValue
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonValue
from reconciler.model.places import Places
from reconciler.model.text import short_text

_MANIFEST_KEYS: Final = ("apiVersion", "kind")
_SPOILED: Final = frozenset({""})
_MENTION = re.compile(rb"!include[ \t]+[\"']?([^\s\"',\]}]+)")


@dataclass
class Reader:
    """Reads files for one run, and remembers which of them are fragments and what is wrong in those.

    `mentioned` are files that a file with problems would include: perhaps it was not read that far.
    """

    variables: Variables
    fragments: set[Path] = field(default_factory=set)
    mentioned: set[Path] = field(default_factory=set)
    problems: dict[Path, tuple[Diagnostic, ...]] = field(default_factory=dict)

    def file(self, source: SourceFile) -> tuple[tuple[Document, ...], ProblemLog]:
        """The documents of a file with everything they include, and what is wrong in the file itself."""
        log = ProblemLog(source.name)
        try:
            data = read_file(source.path)
        except Refused as refusal:
            log.refuse(refusal)
            return (), log
        following = _Following(self, source, Budget(), (source.path,))
        documents = read_documents(data, log, following, following.budget, is_json=source.is_json)
        if log:
            self.mentioned.update(_mentioned(source, data))
        return documents, log


@dataclass(frozen=True)
class _Following:
    """The values of the tags of one file. `chain` holds the files that are being read, the outermost first."""

    reader: Reader
    source: SourceFile
    budget: Budget
    chain: tuple[Path, ...]

    def variable(self, form: JsonValue, *, depth: int) -> VariableValue:
        """See `Substitutions`."""
        return self.reader.variables.value(form, depth=depth)

    def fragment(self, path: str, *, depth: int) -> Document:
        """See `Substitutions`. A file that includes itself, also through others, is refused."""
        # First of all, so that what comes behind the last one allowed costs nothing.
        self._spend_include()
        source = included_file(self.source, path)
        if source.path in self.chain:
            circle = "itself" if source.path == self.source.path else "a file that includes this one"
            message = f"{short_text(path)} includes {circle}"
            raise Refused(rules.INCLUDE, message, "remove one of the includes")
        try:
            data = read_file(source.path)
        except Refused as refusal:
            raise Refused(rules.INCLUDE, f"{short_text(path)}: {refusal.message}", refusal.help) from refusal
        self._spend_bytes(len(data))
        return self._content(source, data, depth)

    def _content(self, source: SourceFile, data: bytes, depth: int) -> Document:
        log = ProblemLog(source.name)
        inner = _Following(self.reader, source, self.budget, (*self.chain, source.path))
        documents = read_documents(data, log, inner, self.budget, is_json=source.is_json, depth=depth)
        if any(is_manifest(document.value) for document in documents):
            message = f"{source.name} is a manifest itself"
            raise Refused(rules.INCLUDED_MANIFEST, message, "include fragments without apiVersion and kind")
        self.reader.fragments.add(source.path)
        if log:
            # Once for each fragment, however often it is included.
            self.reader.problems.setdefault(source.path, log.problems())
        if len(documents) == 1:
            is_spoiled = any(problem.rule != rules.VARIABLE_UNSET for problem in log.problems())
            return replace(documents[0], spoiled=_SPOILED if is_spoiled else NOTHING)
        if log:
            return Document(0, None, Origin(source.name), Places(source.name), spoiled=_SPOILED)
        message = f"{source.name} holds {len(documents)} documents"
        raise Refused(rules.INCLUDE, message, "include files with one document each")

    def _spend_include(self) -> None:
        self.budget.includes -= 1
        if self.budget.includes < 0:
            message = f"more than {MAX_INCLUDES} includes for one file"
            raise Refused(rules.INCLUDE, message, "put several fragments into one")

    def _spend_bytes(self, number: int) -> None:
        self.budget.included_bytes -= number
        if self.budget.included_bytes < 0:
            message = f"includes of more than {MAX_FILE_BYTES // 1024**2} MiB for one file"
            raise Refused(rules.TOO_LARGE, message, "include less")


def _mentioned(source: SourceFile, data: bytes) -> Iterator[Path]:
    """The files behind each `!include` in a text, read as it may be."""
    for match in islice(_MENTION.finditer(data), MAX_INCLUDES):
        with suppress(Refused):
            yield included_file(source, match[1].decode("utf-8", "replace")).path


def is_manifest(value: JsonValue) -> bool:
    """Whether a document means to be a manifest rather than a fragment."""
    return isinstance(value, dict) and all(key in value for key in _MANIFEST_KEYS)


def included_file(source: SourceFile, path: str) -> SourceFile:
    """The file behind `!include path` in `source`. Raises Refused for anything outside its boundary."""
    if not path.lower().endswith(SUFFIXES) or "\0" in path:
        message = f'"{short_text(path)}" is not the path of a {", ".join(SUFFIXES)} file'
        raise Refused(rules.INCLUDE, message, "write !include path.yaml")
    if path.startswith("/"):
        message = f"{short_text(path)} is an absolute path"
        raise Refused(rules.INCLUDE, message, f"write it relative to {source.name}")
    here = source.path.parent
    if not Path(os.path.normpath(here / path)).is_relative_to(source.boundary):
        raise _outside(path)
    try:
        real = (here / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        words = "there is no such file" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise Refused(
            rules.INCLUDE, f"{short_text(path)}: {words}", f"paths are relative to {source.name}"
        ) from error
    if not real.is_relative_to(source.boundary):
        raise _outside(path)
    name = os.path.normpath(os.path.join(os.path.dirname(source.name), path))
    return SourceFile(real, name, source.boundary)


def _outside(path: str) -> Refused:
    message = f"{short_text(path)} leaves the manifest directory"
    return Refused(rules.OUTSIDE, message, "includes are read inside the manifest directory only")


def new_reader(environ: Mapping[str, str]) -> Reader:
    """A reader for one run. `environ` holds the variables that manifests may use."""
    return Reader(Variables(environ))
