"""What every command that reads manifests starts from: project, target, catalogue, manifests. Offline. Raises InvalidInput.

What judging needs is imported in the functions: `plan` knows project and paths, and asks the server, before it is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.console import Console
from reconciler.cli.options import Options
from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.desired import first_step, load_desired, target_of
from reconciler.manifests.project import Project
from reconciler.model.diagnostic import Severity
from reconciler.model.target import Target
from reconciler.model.template import Manifest

if TYPE_CHECKING:
    from reconciler.applying.journal import Journal
    from reconciler.connectors.catalogue import Catalogue
    from reconciler.manifests.history import ManifestHistory
    from reconciler.manifests.load import LoadedManifests
    from reconciler.planning.entry import Assessed, Selection


@dataclass(frozen=True)
class Workspace:
    """Desired state and where it should go. `loaded.problems` holds warnings, and errors that the command goes on despite."""

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
        from reconciler.manifests.assessing import assessor

        return assessor(self.project.rules, dialect=self.target.dialect)

    @property
    def organizations(self) -> tuple[str, ...]:
        """Every organization that this run reads: the target's and those that manifests name. Sorted."""
        named = {m.organization_id for m in self.loaded.manifests if m.organization_id is not None}
        return tuple(sorted(named | {self.target.organization_id}))

    def journal(self) -> Journal:
        """The journal of creates, read now: before the server is, so that a create in between is seen by one or the other.

        UnsafePlan when it cannot be used, or is another project's.
        """
        from reconciler.applying.journal import open_journal

        journal = open_journal(self.root)
        self.refuse_foreign(journal)
        return journal

    def refuse_foreign(self, journal: Journal) -> None:
        """UnsafePlan for the journal of another project."""
        from reconciler.applying.journal import refuse_foreign
        from reconciler.model.target import SANDBOX_ORGANIZATION_ID

        named = {each.organization_id for each in self.project.environments if each.organization_id}
        refuse_foreign(journal, {*named, *self.organizations, SANDBOX_ORGANIZATION_ID})


def open_workspace(
    options: Options,
    console: Console,
    environ: Mapping[str, str] = os.environ,
    *,
    may_be_empty: bool = False,
    despite: Container[str] = (),
) -> Workspace:
    """Read project file, lock and manifests. InvalidInput carries every problem found. Warnings go to stderr. No manifest at all is
    a problem, unless it `may_be_empty`: then a note on stderr. Errors of manifests by rules of `despite` are left in
    `loaded.problems`, without a word, where there are no others.
    """
    from reconciler.cli.checkout import git_in
    from reconciler.manifests.assessing import literal_secrets
    from reconciler.manifests.history import ManifestHistory
    from reconciler.report.text_problems import render_problems

    root, target = options.chdir, target_of(options, environ)
    desired = load_desired(options, console.keep_secret, target, environ)
    project, loaded = desired.project, desired.loaded
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    is_empty = not (loaded.manifests or options.paths)
    if may_be_empty and is_empty and all(problem.rule == rules.NOTHING_FOUND for problem in errors):
        console.words(f"Note: there is no manifest, so nothing is compared; {first_step(project, root)}.\n")
        loaded = replace(loaded, problems=tuple(p for p in loaded.problems if p not in errors))
    elif any(problem.rule not in despite for problem in errors):
        raise InvalidInput(loaded.problems)
    if secrets := literal_secrets(loaded.manifests):
        raise InvalidInput(secrets)
    desired.refuse_empty_selection()
    warnings = [problem for problem in loaded.problems if problem.severity is not Severity.ERROR]
    console.words(render_problems(warnings, console.error_style()))
    directories = tuple(os.path.relpath(path, root) for path in desired.roots)
    history = ManifestHistory(git_in(root), directories, desired.catalogue, environ)
    return Workspace(root, project, target, loaded, desired.catalogue, desired.selection, history)
