"""What every command that reads manifests starts from: project, target, catalogue, manifests. Offline; raises
InvalidInput.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.advising import assessor, literal_secrets
from reconciler.cli.checkout import git_in
from reconciler.cli.chosen_paths import chosen_paths
from reconciler.cli.console import Console
from reconciler.cli.options import Options
from reconciler.cli.project import first_step, project_of, with_first_step
from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.catalogue import Catalogue
from reconciler.connectors.registry.files import Unreadable, read_bounded
from reconciler.connectors.registry.lock import read_lock
from reconciler.errors import InvalidInput
from reconciler.manifests.history import ManifestHistory
from reconciler.manifests.load import LoadedManifests, load_manifests
from reconciler.manifests.project import (
    ORGANIZATION_VARIABLE,
    URL_VARIABLE,
    Project,
)
from reconciler.manifests.repetitions import Surroundings
from reconciler.manifests.rules import NOTHING_FOUND
from reconciler.manifests.variables import PREFIX
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.target import Api, Target
from reconciler.model.template import Manifest
from reconciler.model.text import listed
from reconciler.planning.entry import Assessed, Selection
from reconciler.report.text_problems import render_problems

if TYPE_CHECKING:
    from reconciler.applying.journal import Journal

LOCK_FILE = "connectors.lock.json"
MAX_LOCK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Workspace:
    """Desired state and where it should go. `loaded.problems` holds warnings only: errors were raised."""

    root: Path
    project: Project
    target: Target
    loaded: LoadedManifests
    catalogue: Catalogue
    selection: Selection
    history: ManifestHistory = field(repr=False)

    def former_organizations(self) -> frozenset[str]:
        """The organizations that earlier revisions of the manifests name and nothing in the project does today. Asks git."""
        named = {environment.organization_id for environment in self.project.environments}
        return self.history.organizations() - named - set(self.organizations)

    @property
    def assess(self) -> Callable[[Manifest], Assessed]:
        """What rules say about a manifest, with the project's severities."""
        return assessor(self.root, self.project.rules)

    @property
    def organizations(self) -> tuple[str, ...]:
        """Every organization that this run reads: the target's and those that manifests name; sorted."""
        named = {m.organization_id for m in self.loaded.manifests if m.organization_id is not None}
        return tuple(sorted(named | {self.target.organization_id}))

    def journal(self) -> Journal:
        """The journal of creates, read now: before the server is, so that a create in between is seen by one or the other.

        UnsafePlan when it cannot be used, or is another project's.
        """
        from reconciler.applying.journal import open_journal
        from reconciler.sandbox import DEFAULT_ORGANIZATION_ID

        named = {each.organization_id for each in self.project.environments if each.organization_id}
        return open_journal(self.root, {*named, *self.organizations, DEFAULT_ORGANIZATION_ID})


def open_workspace(
    options: Options, console: Console, environ: Mapping[str, str] = os.environ, *, may_be_empty: bool = False
) -> Workspace:
    """Read project file, lock and manifests. InvalidInput carries every problem found; warnings go to stderr. No manifest at all is
    a problem, unless it `may_be_empty`: then a note on stderr.
    """
    from reconciler.sandbox import DEFAULT_ORGANIZATION_ID

    root = options.chdir
    project = project_of(root)
    target = project.select(options.environment, environ, sandbox_organization_id=DEFAULT_ORGANIZATION_ID)
    catalogue = read_catalogue(root, target.api)
    surroundings = Surroundings(target.environment, target.organization_id, target.unmanaged)
    loaded, selection = load_desired(options, console, project, catalogue, environ, surroundings=surroundings)
    if may_be_empty and _is_empty(loaded, options):
        console.words(f"Note: there is no manifest, so nothing is compared; {first_step(project, root)}.\n")
        loaded = replace(loaded, problems=tuple(p for p in loaded.problems if p.rule != NOTHING_FOUND))
    if any(p.severity is Severity.ERROR for p in loaded.problems):
        raise InvalidInput(loaded.problems)
    secrets = literal_secrets(loaded.manifests, root)
    if secrets:
        raise InvalidInput(secrets)
    refuse_empty_selection(loaded, selection)
    console.words(render_problems(loaded.problems, console.error_style()))
    directories = tuple(
        os.path.relpath(path, root) for path in chosen_paths(options, project, anywhere=False).roots
    )
    history = ManifestHistory(git_in(root), directories, catalogue, environ)
    return Workspace(root, project, target, loaded, catalogue, selection, history)


def _is_empty(loaded: LoadedManifests, options: Options) -> bool:
    """Whether nothing says what should exist, and nothing is wrong but that."""
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    return not (loaded.manifests or options.paths) and all(p.rule == NOTHING_FOUND for p in errors)


def read_catalogue(root: Path, api: Api) -> Catalogue:
    """The connectors that names resolve to: the sandbox's own, overridden by `connectors.lock.json`.

    Outside the sandbox the built-in catalogue lends its ids and names only: its specifications are cut, so
    nothing may be concluded about a real server from them.
    """
    catalogue = builtin_catalogue()
    if api is not Api.SANDBOX:
        catalogue = Catalogue(replace(c, specification=None, version=None) for c in catalogue.connectors)
    lock = root / LOCK_FILE
    try:
        data = read_bounded(lock, limit=MAX_LOCK_BYTES)
    except Unreadable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return catalogue
        raise InvalidInput((_lock_problem(str(error)),)) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput((_lock_problem("is not UTF-8"),)) from error
    return catalogue.merged(Catalogue(read_lock(text, LOCK_FILE)))


def _lock_problem(what: str) -> Diagnostic:
    return Diagnostic(Origin(LOCK_FILE), "R220", f"the connector lock {what}")


def load_desired(
    options: Options,
    console: Console,
    project: Project,
    catalogue: Catalogue,
    environ: Mapping[str, str],
    *,
    surroundings: Surroundings,
    anywhere: bool = False,
) -> tuple[LoadedManifests, Selection]:
    """The desired state with all its problems, and what of it was asked for. With `anywhere`, paths outside of the manifest
    directory are allowed. Values of variables are registered as secrets, before anything is read.

    Raises InvalidInput for paths that cannot be meant.
    """
    chosen = chosen_paths(options, project, anywhere=anywhere)
    named = _named(project, environ)
    for variable in environ:  # names first: this is for commands too that read no credential
        if variable.startswith(PREFIX) and environ[variable] not in named:
            console.keep_secret(environ[variable])
    loaded = load_manifests(
        chosen.roots, root=options.chdir, catalogue=catalogue, environ=environ, surroundings=surroundings
    )
    for part in loaded.secrets:
        if part not in named:
            console.keep_secret(part)
    if not options.paths:
        loaded = replace(loaded, problems=with_first_step(loaded.problems, project, options.chdir))
    return loaded, Selection(only=tuple(sorted(options.only)), paths=chosen.selected)


def _named(project: Project, environ: Mapping[str, str]) -> set[str | None]:
    """What every report names by itself and stays readable: a variable that holds just that is hidden at its place only.

    Every other variable that manifests may use is registered, because one that none of them uses now may be on the server from before.
    """
    named = {value for e in project.environments for value in (e.name, e.url, e.organization_id)}
    return named | {environ.get(URL_VARIABLE), environ.get(ORGANIZATION_VARIABLE)}


def refuse_empty_selection(loaded: LoadedManifests, selection: Selection) -> None:
    """A selection that matches no manifest is a mistake, not "no changes"."""
    from reconciler.planning.plan import selects

    if selection and not any(selects(selection, m.name, m.origin.file) for m in loaded.manifests):
        raise InvalidInput((_unmatched(selection),))


def _unmatched(selection: Selection) -> Diagnostic:
    where = f" under {listed(selection.paths)}" if selection.paths else ""
    if selection.only:
        asked = listed(f'"{glob}"' for glob in selection.only)
        return Diagnostic(
            Origin("option --only", 0, 0), "R110", f"no manifest matches {asked}{where}", "check the name"
        )
    return Diagnostic(
        Origin("argument PATH", 0, 0), "R110", f"no manifest matches: there is none{where}", "check the path"
    )
