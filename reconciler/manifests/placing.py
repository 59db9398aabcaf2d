"""Findings to problems: reads the file again, and those it includes, to say where. An edge, through `files`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reconciler.manifests.files import SourceFile, read_file
from reconciler.manifests.findings import WRITTEN, FileRefused, SubstitutionRefused
from reconciler.manifests.includes import included_file
from reconciler.manifests.places import FILES_KEPT, Sought, Spot, locate_all
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.template import Manifest


@dataclass(frozen=True)
class _Placed:
    origin: Origin
    text: str | None


def placed(findings: Sequence[tuple[int, Diagnostic]], source: SourceFile) -> list[Diagnostic]:
    """Findings about documents of one file (each with the document's index) as problems, in the same order."""
    sought = [Sought(document, finding.pointer, finding.on_key) for document, finding in findings]
    places = _places(source, set(sought))
    return [_problem(finding, places[wanted]) for wanted, (_, finding) in zip(sought, findings, strict=True)]


def _problem(finding: Diagnostic, place: _Placed) -> Diagnostic:
    written = place.text or ""
    message, help_text = (text.replace(WRITTEN, written) for text in (finding.message, finding.help))
    return Diagnostic(place.origin, finding.rule, message, help_text, finding.severity)


def _places(
    source: SourceFile, sought: Collection[Sought], read: Callable[[Path], bytes] = read_file
) -> Mapping[Sought, _Placed]:
    """A place for each; the file's beginning for all when it can no longer be read."""
    try:
        spots = locate_all(read(source.path), sought, is_json=source.is_json)
    except FileRefused:
        return {wanted: _Placed(Origin(source.name, document=wanted.document), None) for wanted in sought}
    places = {
        wanted: _Placed(Origin(source.name, spot.line, spot.column, wanted.document), spot.text)
        for wanted, spot in spots.items()
    }
    return places | _included_places(source, spots, read)


def _included_places(
    source: SourceFile, spots: Mapping[Sought, Spot], read: Callable[[Path], bytes]
) -> dict[Sought, _Placed]:
    """Places in included files; each of those is read once."""
    by_file: defaultdict[str, dict[Sought, Sought]] = defaultdict(dict)
    for wanted, spot in spots.items():
        if spot.include is not None:
            by_file[spot.include][wanted] = Sought(0, spot.rest, wanted.is_key and spot.rest != "")
    places: dict[Sought, _Placed] = {}
    for path, inner in by_file.items():
        try:
            fragment = included_file(source, path)
        except SubstitutionRefused:
            # The file changed since it was read: the place of its `!include` has to do.
            continue
        found = _places(fragment, set(inner.values()), read)
        places.update({wanted: found[there] for wanted, there in inner.items()})
    return places


class Places:
    """Where values of loaded manifests stand, read again from disk; includes are followed.

    Each of the last few files is read once, however many of its manifests are asked about.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read = lru_cache(maxsize=FILES_KEPT)(read_file)
        self._sources: dict[str, SourceFile | None] = {}

    def origins(self, manifest: Manifest, wanted: Sequence[tuple[str, bool]]) -> list[Origin]:
        """A place for each JSON pointer (with True the place of its key), in the same order.

        The manifest's own origin for all when its file can no longer be read.
        """
        if not wanted:
            return []  # most manifests: their files are not read again
        name = manifest.origin.file
        if name not in self._sources:
            self._sources[name] = self._source(name)
        source = self._sources[name]
        if source is None:
            return [manifest.origin for _ in wanted]
        sought = [Sought(manifest.origin.document, pointer, key) for pointer, key in wanted]
        places = _places(source, set(sought), self._read)
        return [places[each].origin for each in sought]

    def _source(self, name: str) -> SourceFile | None:
        try:
            return SourceFile((self._root / name).resolve(strict=True), name, self._root.resolve())
        except (OSError, RuntimeError):
            return None
