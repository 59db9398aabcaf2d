"""One load: project file, connector lock and manifests to the desired state of a run. An edge. Raises InvalidInput.

Heavy modules are imported in the functions, so that `plan` can ask the server while they load.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.files import SUFFIXES
from reconciler.manifests.project import (
    DEFAULT_MANIFESTS,
    ORGANIZATION_VARIABLE,
    PROJECT_FILE,
    URL_VARIABLE,
    Project,
    read_project,
)
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.target import Api, Dialect, Target
from reconciler.model.text import listed

if TYPE_CHECKING:
    from reconciler.connectors.catalogue import Catalogue
    from reconciler.manifests.load import LoadedManifests
    from reconciler.planning.entry import Selection

LOCK_FILE = "connectors.lock.json"
MAX_LOCK_BYTES = 64 * 1024 * 1024


class Asked(Protocol):
    """What a run was asked for: the project's folder, paths in it and names (none: all), and an environment (None: the default)."""

    @property
    def chdir(self) -> Path:
        """The folder of the project."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files and folders, relative to the project."""

    @property
    def only(self) -> tuple[str, ...]:
        """Globs of names."""

    @property
    def environment(self) -> str | None:
        """The name of an environment."""

    @property
    def dialect(self) -> Dialect | None:
        """What a sandbox speaks. None: what the project file says."""


@dataclass(frozen=True)
class Desired:
    """The desired state of a project with all its problems, what of it was asked for, and the files or folders that were read.
    `dialect` is what the server speaks, None where that is not known.
    """

    project: Project
    catalogue: Catalogue
    loaded: LoadedManifests
    selection: Selection
    roots: tuple[Path, ...]
    dialect: Dialect | None = None

    @property
    def verdict_dialect(self) -> Dialect | None:
        """The dialect that rules judge by. Where the project has servers of both, the one of which less is known."""
        has_agents = any(each.dialect is Dialect.AGENTS for each in self.project.environments)
        return Dialect.AGENTS if self.dialect is None and has_agents else self.dialect

    def refuse_empty_selection(self) -> None:
        """A selection that matches no manifest is a mistake, not "no changes": InvalidInput."""
        from reconciler.planning.plan import selects

        selection, manifests = self.selection, self.loaded.manifests
        if not selection or any(selects(selection, each.name, each.origin.file) for each in manifests):
            return
        where = f" under {listed(selection.paths)}" if selection.paths else ""
        if selection.only:
            globs = listed(f'"{glob}"' for glob in selection.only)
            raise _invalid("option --only", "R110", f"no manifest matches {globs}{where}", "check the name")
        raise _invalid(
            "argument PATH", "R110", f"no manifest matches: there is none{where}", "check the path"
        )


def target_of(asked: Asked, environ: Mapping[str, str] = os.environ) -> Target:
    """Where a run points: the project file and the environment say it. Raises InvalidInput, for paths that cannot be meant too."""
    project = _project(asked)
    _chosen(asked, project, anywhere=False)
    return project.select(asked.environment, environ)


def load_desired(
    asked: Asked,
    keep_secret: Callable[[str], None],
    target: Target | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Desired:
    """The desired state. Without a target or a named environment, the organization is not known, and paths outside of the manifest
    directory are allowed. Values of variables go to `keep_secret`, before anything is read. Raises
    InvalidInput for what is wrong in the project file, the lock or the paths.
    """
    from reconciler.manifests.load import load_manifests
    from reconciler.manifests.repetitions import TargetFacts
    from reconciler.manifests.variables import PREFIX
    from reconciler.planning.entry import Selection

    root = asked.chdir
    project = _project(asked)
    target_facts = TargetFacts(dialect=project.dialect)
    if target is not None:
        target_facts = TargetFacts(
            target.environment, target.organization_id, target.unmanaged, target.dialect
        )
    elif asked.environment is not None:
        chosen = project.environment(asked.environment)
        target_facts = TargetFacts(chosen.name, chosen.organization_id, chosen.unmanaged, chosen.dialect)
    api = target.api if target else project.api_of(asked.environment)
    catalogue = read_catalogue(root, api, target_facts.dialect)
    roots, selected = _chosen(asked, project, anywhere=target is None)
    # Every report names these by themselves: a variable that holds just that is hidden at its place only.
    named = {value for each in project.environments for value in (each.name, each.url, each.organization_id)}
    named |= {environ.get(URL_VARIABLE), environ.get(ORGANIZATION_VARIABLE)}
    # One that no manifest uses now may be on the server from before. Names first: for commands too that read no credential.
    for value in [environ[name] for name in environ if name.startswith(PREFIX)]:
        if value not in named:
            keep_secret(value)
    loaded = load_manifests(roots, root=root, catalogue=catalogue, environ=environ, target_facts=target_facts)
    for value in loaded.secrets:
        if value not in named:
            keep_secret(value)
    if not asked.paths:
        loaded = replace(loaded, problems=with_first_step(loaded.problems, project, root))
    selection = Selection(only=tuple(sorted(asked.only)), paths=selected)
    return Desired(project, catalogue, loaded, selection, roots, target_facts.dialect)


def read_catalogue(root: Path, api: Api, dialect: Dialect | None = None) -> Catalogue:
    """The connectors that names resolve to: the sandbox's own, overridden by `connectors.lock.json`. Destinations are among them where
    the dialect is not known to be the public one, which cannot list what names them.

    Outside the sandbox the built-in catalogue lends its ids and names only: its specifications are cut, so
    nothing may be concluded about a real server from them.
    """
    from reconciler.connectors.catalogue import Catalogue, builtin_catalogue, builtin_destinations
    from reconciler.connectors.registry.files import Unreadable, read_bounded
    from reconciler.connectors.registry.lock import read_lock

    catalogue = builtin_catalogue()
    if dialect is not Dialect.PUBLIC:
        catalogue = catalogue.merged(builtin_destinations())
    if api is not Api.SANDBOX:
        catalogue = Catalogue(replace(c, specification=None, version=None) for c in catalogue.connectors)
    try:
        text = read_bounded(root / LOCK_FILE, limit=MAX_LOCK_BYTES).decode("utf-8")
    except Unreadable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return catalogue
        problem = Diagnostic(Origin(LOCK_FILE), "R220", f"the connector lock {error}")
        raise InvalidInput((problem,)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            (Diagnostic(Origin(LOCK_FILE), "R220", "the connector lock is not UTF-8"),)
        ) from error
    return catalogue.merged(Catalogue(read_lock(text, LOCK_FILE)))


def _invalid(place: str, rule: str, message: str, help: str) -> InvalidInput:
    return InvalidInput((Diagnostic(Origin(place, 0, 0), rule, message, help),))


def _chosen(asked: Asked, project: Project, *, anywhere: bool) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """What to read, and the part of it that was asked for, relative to the project, empty for all of it.

    Paths inside the project's manifest directory select from it, so that matching still sees every manifest. Paths elsewhere
    are the desired state themselves, if they may be: `anywhere`, or where the project has no manifest directory. Beside one,
    templates of its manifests would be shown as unmanaged. Raises InvalidInput with everything wrong in the paths.
    """
    root, directory = asked.chdir, asked.chdir / project.manifests
    anywhere = anywhere or not directory.exists()
    if not asked.paths:
        return (directory,), ()
    wrong = [each for path in asked.paths for each in _wrong(path, asked, project, anywhere=anywhere)]
    if wrong:
        raise InvalidInput(in_reading_order(wrong))
    paths = tuple(root / path for path in asked.paths)
    if not all(_is_inside(path, directory) for path in paths):
        return paths, ()
    return (directory,), tuple(
        sorted(path.resolve().relative_to(root.resolve()).as_posix() for path in paths)
    )


def _wrong(named: Path, asked: Asked, project: Project, *, anywhere: bool) -> Iterator[Diagnostic]:
    origin, path = Origin(named.as_posix(), 0, 0), asked.chdir / named
    if not os.path.exists(path):
        # The reader reports what is not there, unless that would look at the whole directory instead.
        if not anywhere:
            message = "there is no such file or directory"
            yield Diagnostic(origin, rules.NOTHING_FOUND, message, "check the path")
    elif os.path.isfile(path) and not path.name.lower().endswith(SUFFIXES):
        message = f"not a manifest: its name does not end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        help_text = "name a manifest, or a folder that manifests are in"
        yield Diagnostic(origin, rules.NOTHING_FOUND, message, help_text)
    elif not anywhere and not _is_inside(path, asked.chdir / project.manifests):
        message = f"not inside the manifest directory {project.manifests}"
        help_text = "name files or folders in it; `reconciler validate` checks others too"
        yield Diagnostic(origin, rules.OUTSIDE, message, help_text)


def _is_inside(path: Path, directory: Path) -> bool:
    return os.path.exists(path) and path.resolve().is_relative_to(directory.resolve())


def _project(asked: Asked) -> Project:
    return replace(project_of(asked.chdir), sandbox_dialect=asked.dialect)


def project_of(root: Path) -> Project:
    """The project of a folder. Raises InvalidInput, also where the folder is only a part of the project around it (R307)."""
    around = None if os.path.lexists(root / PROJECT_FILE) else _project_around(root)
    if around is not None and _is_part(root, around):
        goal = os.path.relpath(around, Path.cwd())
        message = f"there is none in this folder, but one in the folder {goal} around it"
        help_text = (
            f"add `-C {shlex.quote(goal)}`, with paths from there; or, if this is a project of its own, write a {PROJECT_FILE} that "
            "begins with `version: 1`"
        )
        raise _invalid(PROJECT_FILE, rules.PROJECT_AROUND, message, help_text)
    return read_project(root)


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
    """The problems. Where no manifest is found in the project's folder for them, what a newcomer does about it."""
    help_text = f"{first_step(project, root)}, or check the path"
    return tuple(replace(p, help=help_text) if p.rule == rules.NOTHING_FOUND else p for p in problems)


def first_step(project: Project, root: Path) -> str:
    """What a newcomer without manifests does next."""
    if os.path.lexists(root / PROJECT_FILE):
        return f"`reconciler new CONNECTOR -o {project.manifests}/NAME.yaml` writes one"
    return "`reconciler init` starts a project"
