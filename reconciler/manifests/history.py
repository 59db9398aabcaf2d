"""Earlier revisions of the manifest files, from git: what a manifest said before, and which organizations were named.

Must not run git itself: `Git` does. A revision is read as strictly as a file of today, with the connectors and variables of
today. Includes of the past are not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests import rules
from reconciler.manifests.document import Document
from reconciler.manifests.files import SUFFIXES
from reconciler.manifests.judging import Judge
from reconciler.manifests.limits import MAX_FILE_BYTES, Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import read_documents
from reconciler.manifests.rules import Refused
from reconciler.manifests.variables import Variables, VariableValue
from reconciler.model.json_value import JsonValue
from reconciler.model.template import Manifest, Past

Git = Callable[[Sequence[str], bytes], bytes | None]
"""Runs git in the project's directory with arguments and input, and gives its output. None when it fails or there is none."""

MAX_REVISIONS = 20_000
MAX_BYTES = 64 * 1024 * 1024
"""Revisions of files, and their bytes in all, that are read: the newest. With more the past is not whole."""

_NOT_KNOWN = frozenset({rules.INCLUDE, rules.VARIABLE_UNSET})
"""What keeps a revision from being read that may have been applied."""

_ORGANIZATION = re.compile(
    rb"""\borganizationId["']?[ \t]*:[ \t]*["']?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"""
)


@dataclass(frozen=True)
class _Revision:
    """One version of one file. `name` is its path as messages of today would call it."""

    name: str
    data: bytes


@dataclass
class ManifestHistory:
    """The history of the files under `paths`, relative to the project's directory. git is asked once, when something is asked, and
    each revision is read once: `apply` may plan again before each create.
    """

    git: Git
    paths: tuple[str, ...]
    catalogue: Catalogue
    environ: Mapping[str, str] = field(repr=False)

    def past(self) -> Past:
        """Every earlier revision that can be read, and whether that is all of them. Without git: none, and not whole.

        A revision that is no sound manifest was never applied, and is left out. One with an include, or with a variable that is
        not set today, may have been.
        """
        return self._past

    @cached_property
    def _past(self) -> Past:
        judge = Judge(self.catalogue)
        known, is_whole = list[Manifest](), self._found.is_whole
        for revision in self._found.revisions:
            log = ProblemLog(revision.name)
            documents = self._documents(revision, log)
            sound = [m for m in (judge.judged(document, room=0).manifest for document in documents) if m]
            known += [replace(each, places=None) for each in sound if not each.unset_pointers]
            is_whole &= not any(manifest.unset_pointers for manifest in sound)
            is_whole &= not any(problem.rule in _NOT_KNOWN for problem in log.problems())
        return Past(tuple(known), is_whole)

    def organizations(self) -> frozenset[str]:
        """Every organization that a revision names in plain text, in lower case."""
        found = (
            match for revision in self._found.revisions for match in _ORGANIZATION.finditer(revision.data)
        )
        return frozenset(match[1].decode().lower() for match in found)

    def _documents(self, revision: _Revision, log: ProblemLog) -> tuple[Document, ...]:
        is_json = revision.name.lower().endswith(".json")
        return read_documents(revision.data, log, _Today(Variables(self.environ)), Budget(), is_json=is_json)

    @cached_property
    def _found(self) -> _Found:
        place = self.git(("rev-parse", "--is-shallow-repository", "--show-prefix"), b"")
        if place is None:
            return _Found()
        shallow, _, prefix = os.fsdecode(place).partition("\n")
        listing = self.git(("rev-list", "--objects", "--full-history", "HEAD", "--", *self.paths), b"")
        if listing is None:
            return _Found()
        names = dict(_blobs(os.fsdecode(listing), prefix.rstrip("\n")))
        sizes = self.git(("cat-file", "--batch-check"), _lines(names))
        wanted = _within_limits(sizes or b"")
        answer = self.git(("cat-file", "--batch"), _lines(wanted))
        if sizes is None or answer is None:
            return _Found()
        revisions = tuple(_Revision(names[blob], data) for blob, data in _contents(answer) if blob in names)
        return _Found(revisions, shallow == "false" and len(revisions) == len(names))


@dataclass(frozen=True)
class _Found:
    revisions: tuple[_Revision, ...] = ()
    is_whole: bool = False


class _Today:
    """What the tags of a revision mean now: variables have their values of today, includes are not followed."""

    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def variable(self, form: JsonValue, *, depth: int) -> VariableValue:
        """See `Substitutions`."""
        return self._variables.value(form, depth=depth)

    def fragment(self, path: str, *, depth: int) -> Document:
        """See `Substitutions`."""
        del path, depth
        raise Refused(rules.INCLUDE, "includes of the past are not followed")


def _blobs(listing: str, prefix: str) -> Iterator[tuple[str, str]]:
    """The id and the name of each manifest file that `rev-list --objects` prints as `id path`, newest first. `prefix` is the
    project's directory within the repository.
    """
    for line in listing.split("\n"):
        blob, _, path = line.partition(" ")
        name = path.removeprefix(prefix)
        is_hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
        if name.lower().endswith(SUFFIXES) and not is_hidden:
            yield blob, name


def _lines(blobs: Iterable[str]) -> bytes:
    return "".join(f"{blob}\n" for blob in blobs).encode()


def _within_limits(sizes: bytes) -> list[str]:
    """The first files of `cat-file --batch-check` (`id blob size` in each line) that the limits allow, without those that are
    larger than a manifest file may be.
    """
    wanted, left = [], MAX_BYTES
    for line in sizes.decode("ascii", "replace").splitlines()[:MAX_REVISIONS]:
        blob, _, described = line.partition(" ")
        kind, _, size = described.partition(" ")
        if kind == "blob" and int(size) <= MAX_FILE_BYTES:
            left -= int(size)
            wanted += [blob] if left >= 0 else []
    return wanted


def _contents(answer: bytes) -> Iterator[tuple[str, bytes]]:
    """The id and content of each file of `cat-file --batch`: `id blob size`, a line break, the content, a line break."""
    place = 0
    while place < len(answer):
        end = answer.index(b"\n", place)
        blob, _, size = answer[place:end].decode("ascii", "replace").split(" ")
        place = end + 1 + int(size) + 1
        yield blob, answer[end + 1 : place - 1]
