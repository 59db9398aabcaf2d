"""What PATH arguments choose: a part of the project's manifests, or (for `validate`) other files altogether. Looks at the disk,
reads no file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.options import Options
from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.files import SUFFIXES
from reconciler.manifests.project import Project
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order


@dataclass(frozen=True)
class ChosenPaths:
    """`roots` is what to read; `selected` the part of it that was asked for, relative to the project, empty for all of it."""

    roots: tuple[Path, ...]
    selected: tuple[str, ...] = ()


def chosen_paths(options: Options, project: Project, *, anywhere: bool) -> ChosenPaths:
    """What the command line chooses.

    Paths inside the project's manifest directory select from it, so that matching still sees every manifest. Paths elsewhere
    are the desired state themselves, if they may be: `anywhere`, or where the project has no manifest directory. Beside one, what
    its manifests manage would be shown as nobody's. Raises InvalidInput with everything wrong in the paths.
    """
    root, directory = options.chdir, options.chdir / project.manifests
    anywhere = anywhere or not directory.exists()
    if not options.paths:
        return ChosenPaths((directory,))
    problems = [
        problem
        for path in options.paths
        for problem in _problems(path, root / path, directory, project, anywhere=anywhere)
    ]
    if problems:
        raise InvalidInput(in_reading_order(problems))
    paths = tuple(root / path for path in options.paths)
    if not all(_is_inside(path, directory) for path in paths):
        return ChosenPaths(paths)
    selected = sorted(path.resolve().relative_to(root.resolve()).as_posix() for path in paths)
    return ChosenPaths((directory,), tuple(selected))


def _problems(
    named: Path, path: Path, directory: Path, project: Project, *, anywhere: bool
) -> Iterator[Diagnostic]:
    origin = Origin(named.as_posix(), 0, 0)
    if not os.path.exists(path):
        # What is not there is told by who reads, unless that would look at the whole directory instead.
        if not anywhere:
            yield Diagnostic(
                origin, rules.NOTHING_FOUND, "there is no such file or directory", "check the path"
            )
    elif os.path.isfile(path) and not path.name.lower().endswith(SUFFIXES):
        message = f"not a manifest: its name does not end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        yield Diagnostic(
            origin, rules.NOTHING_FOUND, message, "name a manifest, or a folder that manifests are in"
        )
    elif not anywhere and not _is_inside(path, directory):
        message = f"not inside the manifest directory {project.manifests}"
        help_text = "name files or folders in it; `reconciler validate` checks others too"
        yield Diagnostic(origin, rules.OUTSIDE, message, help_text)


def _is_inside(path: Path, directory: Path) -> bool:
    return os.path.exists(path) and path.resolve().is_relative_to(directory.resolve())
