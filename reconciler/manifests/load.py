"""The manifest directory to desired state: find, read, judge, and compare manifests with each other. An edge.

Bad content never raises: every problem of every file is in the result, in reading order.
"""

from __future__ import annotations

import gc
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests import rules
from reconciler.manifests.document import Document
from reconciler.manifests.files import FoundFiles, SourceFile, find_files
from reconciler.manifests.includes import Reader, is_manifest, new_reader
from reconciler.manifests.judging import IDENTIFIERS, Judge
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.repetitions import Seen, TargetFacts
from reconciler.model.diagnostic import (
    Diagnostic,
    Origin,
    Severity,
    in_reading_order,
)
from reconciler.model.json_value import JsonValue, value_at
from reconciler.model.template import Manifest

_UNKNOWN = TargetFacts()


@dataclass(frozen=True)
class LoadedManifests:
    """The desired state, and everything that is wrong with it.

    `manifests` are those without any error, sorted by name, `partial` those that lack nothing but values of variables that are not set:
    each such variable is a problem. `problems` are in reading order. `secrets` are the values of
    variables that must never be shown. `files` counts the files that were read, fragments included.
    """

    manifests: tuple[Manifest, ...] = ()
    partial: tuple[Manifest, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    secrets: tuple[str, ...] = ()
    files: int = 0


@dataclass(frozen=True)
class _Reading:
    """One file as it was read."""

    source: SourceFile
    documents: tuple[Document, ...]
    log: ProblemLog


def load_manifests(
    paths: tuple[Path, ...],
    *,
    root: Path,
    catalogue: Catalogue,
    environ: Mapping[str, str],
    target_facts: TargetFacts = _UNKNOWN,
) -> LoadedManifests:
    """Everything under `paths`, directories or files, as one desired state.

    `root` is the project's directory: messages name files relative to it. A directory is the boundary of the includes in
    it. For a file, its own directory is. Nothing found is a problem. `target_facts` is what is known of the environment. Never
    raises for bad content.
    """
    with _collector_paused():
        found = find_files(paths, root=root)
        reader = new_reader(environ)
        readings = [_Reading(source, *reader.file(source)) for source in found.files]
        own = [reading for reading in readings if reading.source.path not in reader.fragments]
        judge, seen = Judge(catalogue, target_facts.dialect), Seen(target_facts)
        judged = [reading for reading in own if not _may_be_fragment(reading, reader)]
        manifests = [manifest for reading in judged for manifest in _judge_file(reading, judge, seen)]
    read = {*reader.fragments, *(source.path for source in found.files)}
    problems = [*found.problems, *_hidden_problems(found, read)]
    problems.extend(problem for reading in own for problem in reading.log.problems())
    problems.extend(problem for fragment in reader.problems.values() for problem in fragment)
    manifests.sort(key=lambda manifest: (manifest.name, manifest.origin))
    return LoadedManifests(
        manifests=tuple(manifest for manifest in manifests if not manifest.unset_pointers),
        partial=tuple(manifest for manifest in manifests if manifest.unset_pointers),
        problems=in_reading_order(problems),
        secrets=_secrets(reader.variables.used, own),
        files=len(readings),
    )


def _hidden_problems(found: FoundFiles, read: Container[Path]) -> Iterator[Diagnostic]:
    """One warning for all hidden files that nothing leads to."""
    names = sorted(name for path, name in found.hidden.items() if path not in read)
    if names:
        others = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
        message = f"a hidden file{others}, which is not read"
        help_text = "rename it without the dot, or move it out of the manifest directory"
        yield Diagnostic(Origin(names[0], 0, 0), rules.HIDDEN, message, help_text, Severity.WARNING)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Thousands of new dictionaries make the cyclic collector run again and again, and none of them is garbage before the run ends."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _may_be_fragment(reading: _Reading, reader: Reader) -> bool:
    """Whether a file with problems would include this one: then nothing is said about its not being a manifest."""
    is_mentioned = reading.source.path in reader.mentioned
    return is_mentioned and not any(is_manifest(document.value) for document in reading.documents)


def _judge_file(reading: _Reading, judge: Judge, seen: Seen) -> list[Manifest]:
    """The sound manifests of a file. What is wrong goes to its log."""
    manifests: list[Manifest] = []
    log = reading.log
    for document in reading.documents:
        judged = judge.judged(document, room=log.room)
        if judged.manifest is not None:
            manifests.append(judged.manifest)
        log.count(judged.more)
        whole = None if judged.manifest is None or judged.manifest.unset_pointers else judged.manifest
        for finding in (*judged.findings, *seen.findings(document, whole)):
            log.keep(finding if log.is_full else document.locate(finding))
    return manifests


def _secrets(used: Iterable[str], readings: Iterable[_Reading]) -> tuple[str, ...]:
    """The values of variables, and the texts inside of those that are lists or objects, without those that are identifiers and
    nothing else.
    """
    identifiers: set[str] = set()
    others: dict[str, None] = {}
    for reading in readings:
        for document in reading.documents:
            for where in sorted(document.variables):
                texts = list(_texts(value_at(document.value, where)))
                (identifiers.update if where in IDENTIFIERS else others.update)(dict.fromkeys(texts))
    whole = [value for value in used if value not in identifiers or value in others]
    return tuple(dict.fromkeys((*whole, *others)))


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
