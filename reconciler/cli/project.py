"""Which project a folder is: its own, or a part of the one around it; and what the first step is in an empty one."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path

from reconciler.errors import InvalidInput
from reconciler.manifests.project import DEFAULT_MANIFESTS, PROJECT_FILE, Project, read_project
from reconciler.manifests.rules import NOTHING_FOUND, PROJECT_AROUND
from reconciler.model.diagnostic import Diagnostic, Origin


def project_of(root: Path) -> Project:
    """The project of a folder. Raises InvalidInput, also where the folder is only a part of the project around it."""
    refuse_part_of_a_project(root)
    return read_project(root)


def refuse_part_of_a_project(root: Path) -> None:
    """Raises InvalidInput (R307) where the folder is only a part of the project around it."""
    around = None if os.path.lexists(root / PROJECT_FILE) else _project_around(root)
    if around is not None and _is_part(root, around):
        goal = os.path.relpath(around, Path.cwd())
        message = f"there is none in this folder, but one in the folder {goal} around it"
        help_text = (
            f"add `-C {shlex.quote(goal)}`, with paths from there; or, if this is a project of its own, write a {PROJECT_FILE} that "
            "begins with `version: 1`"
        )
        raise InvalidInput((Diagnostic(Origin(PROJECT_FILE, 0, 0), PROJECT_AROUND, message, help_text),))


def _project_around(root: Path) -> Path | None:
    """The nearest folder above with a project file, within the repository if `root` is in one."""
    folder = root.resolve()
    while folder != folder.parent and not os.path.lexists(folder / ".git"):
        folder = folder.parent
        if os.path.isfile(folder / PROJECT_FILE):
            return folder
    return None


def _is_part(root: Path, around: Path) -> bool:
    """A folder without a project file is a project of its own where it has manifests that are not those of the one around."""
    own = root / DEFAULT_MANIFESTS
    try:
        theirs = around / read_project(around).manifests
    except InvalidInput:
        return True
    return not own.is_dir() or own.resolve().is_relative_to(theirs.resolve())


def with_first_step(problems: tuple[Diagnostic, ...], project: Project, root: Path) -> tuple[Diagnostic, ...]:
    """The problems; where no manifest is found in the project's folder for them, what a newcomer does about it."""
    return tuple(
        replace(problem, help=f"{first_step(project, root)}, or check the path")
        if problem.rule == NOTHING_FOUND
        else problem
        for problem in problems
    )


def first_step(project: Project, root: Path) -> str:
    """What a newcomer does about a project without manifests."""
    if os.path.lexists(root / PROJECT_FILE):
        return f"`reconciler new CONNECTOR -o {project.manifests}/NAME.yaml` writes one"
    return "`reconciler init` starts a project"
