"""Finding and opening manifest files: an edge. Nothing outside the given directory is ever opened.

Links are not followed out of the directory, and only regular files are opened, so that neither a device nor a pipe can
hang a run or feed it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.limits import MAX_FILE_BYTES, MAX_FILES
from reconciler.manifests.rules import Refused
from reconciler.model.diagnostic import Diagnostic, Origin

SUFFIXES: Final = (".yaml", ".yml", ".json")

_GIT: Final = ".git"
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class SourceFile:
    """A file that may hold manifests. `path` is its real path, `boundary` the real directory that its includes must stay in.
    `name` is how messages call it.
    """

    path: Path
    name: str
    boundary: Path

    @property
    def is_json(self) -> bool:
        """Whether it must be strict JSON."""
        return self.path.suffix.lower() == ".json"


@dataclass
class FoundFiles:
    """What a search found: at most 2,000 files (and hidden ones), each real file once, in the order of their names."""

    files: list[SourceFile] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    hidden: dict[Path, str] = field(default_factory=dict)
    """Real paths, with names, of manifest files that were passed over because they or a folder around them are hidden."""

    def report(self, name: str, rule: str, message: str, help: str = "") -> None:
        """Notes something wrong with a path as a whole."""
        self.problems.append(Diagnostic(Origin(name, 0, 0), rule, message, help))


def find_files(paths: tuple[Path, ...], *, root: Path) -> FoundFiles:
    """The manifest files among `paths`: directories are searched at any depth, files are taken as they are.

    Other suffixes than .yaml, .yml and .json are skipped, hidden files and folders too. Names are relative to `root` where that is
    possible. Never raises: whatever is wrong is a problem of the result.
    """
    found = FoundFiles()
    seen: dict[Path, SourceFile] = {}
    for path in paths:
        for source in _sources(path, _absolute(root), found):
            seen.setdefault(source.path, source)
    files = sorted(seen.values(), key=lambda source: source.name)
    if len(files) > MAX_FILES:
        message = f"more than {MAX_FILES:,} manifest files"
        found.report(files[MAX_FILES].name, rules.TOO_LARGE, message, "put several manifests into one file")
    found.files = files[:MAX_FILES]
    return found


def _sources(path: Path, root: Path, found: FoundFiles) -> Iterator[SourceFile]:
    name = _name(path, root)
    try:
        real = path.resolve(strict=True)
        is_folder = real.is_dir()
    except (OSError, RuntimeError) as error:
        missing = isinstance(error, FileNotFoundError)
        message = "there is no such file or directory" if missing else _words(error)
        found.report(name, rules.NOTHING_FOUND if missing else rules.UNREADABLE, message, "check the path")
        return
    if _absolute(path).is_relative_to(root) and not real.is_relative_to(root.resolve()):
        found.report(
            name, rules.OUTSIDE, "a link that leaves the project", "put the manifests into the project"
        )
    elif is_folder:
        yield from _searched(real, path, root, found)
    else:
        yield SourceFile(real, name, real.parent)


def _searched(real: Path, path: Path, root: Path, found: FoundFiles) -> Iterator[SourceFile]:
    """`_walk`, and a problem when it gives nothing at all."""
    problems_before = len(found.problems)
    files = 0
    for files, source in enumerate(_walk(real, path, root, found), 1):  # noqa: B007 - counted for below
        yield source
    if not files and len(found.problems) == problems_before:
        help_text = f"write one (a {', '.join(SUFFIXES)} file), or check the path"
        found.report(_name(path, root), rules.NOTHING_FOUND, "no manifests found here", help_text)


def _walk(real: Path, shown_as: Path, root: Path, found: FoundFiles) -> Iterator[SourceFile]:
    """Every manifest file under a real directory. Files reached by a link come after all others."""
    folders = [""]
    links: list[str] = []
    number = 0
    while folders and number <= MAX_FILES:
        folder = folders.pop()
        for entry in _entries(real / folder, folder, _name(shown_as / folder, root), found):
            relative = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                links.extend([relative] if not _is_hidden(relative) else [])
            elif entry.is_dir(follow_symlinks=False):
                folders.append(relative)
            elif not entry.name.lower().endswith(SUFFIXES):
                continue
            elif _is_hidden(relative):
                if len(found.hidden) < MAX_FILES:
                    found.hidden[real / relative] = _name(shown_as / relative, root)
            else:
                number += 1
                yield SourceFile(real / relative, _name(shown_as / relative, root), real)
    for relative in links:
        yield from _linked(real, relative, _name(shown_as / relative, root), found)


def _entries(folder: Path, relative: str, name: str, found: FoundFiles) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if e.name != _GIT), key=lambda entry: entry.name)
    except OSError as error:
        if not _is_hidden(relative):
            found.report(name, rules.UNREADABLE, _words(error), "check the permissions")
        return []


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or "/." in name


def _linked(real: Path, relative: str, name: str, found: FoundFiles) -> Iterator[SourceFile]:
    """A link: to a file inside it is that file, to a folder inside it is passed over, since that is searched anyway."""
    is_manifest = relative.lower().endswith(SUFFIXES)
    try:
        target = (real / relative).resolve(strict=True)
        is_folder = target.is_dir()
    except (OSError, RuntimeError):
        if is_manifest:
            found.report(name, rules.UNREADABLE, "a link that leads nowhere", "correct or remove it")
        return
    if not target.is_relative_to(real):
        if is_manifest or is_folder:
            help_text = "put the files here; links are not followed out of the manifest directory"
            found.report(name, rules.OUTSIDE, "a link that leaves the manifest directory", help_text)
    elif is_manifest and not is_folder:
        yield SourceFile(target, name, real)


def _name(path: Path, root: Path) -> str:
    """The path as a user would write it, from `root` where it is inside, always printable as UTF-8."""
    absolute = _absolute(path)
    name = absolute.relative_to(root) if absolute.is_relative_to(root) else path
    return os.fsencode(name.as_posix()).decode("utf-8", "backslashreplace")


def _absolute(path: Path) -> Path:
    """Without `..` and without following links: what the user means by the path."""
    return Path(os.path.abspath(path))


def read_file(path: Path) -> bytes:
    """The content of a regular file of at most 1 MiB. Raises Refused. Opens neither links nor anything that can hang."""
    try:
        _check_regular(os.lstat(path))
        descriptor = os.open(path, _FLAGS)
        try:
            return _content(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _refused(error) from error


def _content(descriptor: int) -> bytes:
    status = os.fstat(descriptor)
    _check_regular(status)
    data = b""
    # One byte more than its size shows whether it ends there. The loop is for files that grow.
    while part := os.read(descriptor, min(status.st_size, MAX_FILE_BYTES) + 1):
        data += part
        if len(data) > MAX_FILE_BYTES:
            raise Refused(rules.TOO_LARGE, "larger than 1 MiB", "split the file")
    return data


def _check_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Refused(
            rules.OUTSIDE, "a symbolic link, which is not followed here", "put the file itself here"
        )
    if not stat.S_ISREG(status.st_mode):
        raise Refused(rules.UNREADABLE, "not a regular file", "remove it, or name it otherwise")


def _refused(error: OSError) -> Refused:
    if error.errno == errno.ELOOP:
        return Refused(
            rules.OUTSIDE, "a symbolic link, which is not followed here", "put the file itself here"
        )
    return Refused(rules.UNREADABLE, _words(error), "check the path and its permissions")


def _words(error: OSError | RuntimeError) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return f"cannot be read: {reason or 'a loop of links'}"
