"""`reconciler validate`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import click

from reconciler.cli.advising import assessor
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import (
    Options,
    options_from,
    paths_argument,
    report_options,
    selecting_options,
    target_options,
)
from reconciler.cli.project import project_of
from reconciler.cli.renderings import validation_renderings
from reconciler.cli.workspace import load_desired, read_catalogue, refuse_empty_selection
from reconciler.manifests.project import Project
from reconciler.manifests.repetitions import Surroundings
from reconciler.model.diagnostic import Diagnostic, Severity, in_reading_order
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed, Selection
from reconciler.planning.plan import selects
from reconciler.report.exit_code import ExitCode

EPILOG = """\b
Examples:
  reconciler validate                       the whole project
  reconciler validate manifests/crm         problems of these files only
  reconciler validate -v --sandbox          with the specifications that the sandbox knows
  reconciler validate -f json               for an editor or a pipeline
  reconciler validate --write junit=r.xml   for a CI system's test report

-v shows for each manifest what the customer will be asked and what the server would do, as far as
the connector's specification is in connectors.lock.json.

\b
Needs no credentials and opens no connection. Exit 3 on any error."""


_WITH_FORMS = frozenset({"json", "markdown"})
"""The renderings that say what the customer will be asked."""


@click.command(epilog=EPILOG)
@paths_argument
@target_options
@selecting_options
@report_options("validate")
@click.pass_obj
def command(console: Console, /, **parameters: Any) -> int:
    """Check manifests: syntax, fields, references, secrets, and what Airbyte's server would answer. Offline.

    PATH: files or folders; default is the project's manifest directory. Those outside of it are judged by
    themselves, for editors and hooks: then only what they !include from their own folder is read.
    """
    options = options_from(console, parameters)
    shows_forms = options.verbose or bool(
        _WITH_FORMS & {options.format, *(form for form, _ in options.writes)}
    )
    found = validated(console, options, with_form=shows_forms)
    renderings = validation_renderings(found.problems, found.manifests, found.suppressed, options)
    return deliver(console, lambda _: renderings, found.code)


_SECRETS = "R6"


@dataclass(frozen=True)
class Validation:
    """Every problem found, in reading order; the manifests that could be read, those without the values of unset variables included,
    with what rules say; how many findings the project switched off.
    """

    problems: tuple[Diagnostic, ...]
    manifests: tuple[tuple[Manifest, Assessed], ...]
    suppressed: int

    @property
    def code(self) -> ExitCode:
        """The exit code: 3 on any error."""
        is_wrong = any(problem.severity is Severity.ERROR for problem in self.problems)
        return ExitCode.INVALID if is_wrong else ExitCode.DONE

    @property
    def literal_secrets(self) -> tuple[Diagnostic, ...]:
        """The errors about secrets that stand in manifests: pages that show presets must not be made then."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR and p.rule.startswith(_SECRETS))


def validated(console: Console, options: Options, *, with_form: bool, needs_match: bool = True) -> Validation:
    """What is known about the manifests without a server. Raises InvalidInput for a project file or lock that is wrong, and when
    `needs_match` for a selection that matches nothing.
    """
    project = project_of(options.chdir)
    catalogue = read_catalogue(options.chdir, project.api_of(options.environment))
    surroundings = _surroundings(project, options.environment)
    loaded, selection = load_desired(
        options, console, project, catalogue, os.environ, surroundings=surroundings, anywhere=True
    )
    problems = tuple(p for p in loaded.problems if _concerns(p, selection))
    if needs_match and not problems:
        refuse_empty_selection(loaded, selection)
    assess = assessor(options.chdir, project.rules, with_form=with_form)
    manifests = tuple(
        (manifest, assess(manifest))
        for manifest in sorted(
            (*loaded.manifests, *loaded.partial), key=lambda each: (each.name, each.origin)
        )
        if selects(selection, manifest.name, manifest.origin.file)
    )
    found = (problem for _, assessed in manifests for problem in assessed.problems)
    suppressed = sum(assessed.suppressed for _, assessed in manifests)
    return Validation(in_reading_order((*problems, *found)), manifests, suppressed)


def _surroundings(project: Project, environment: str | None) -> Surroundings:
    """What the environment says about ids, if one was named: without, nothing is known of where manifests will go."""
    if environment is None:
        return Surroundings()
    chosen = project.environment(environment)
    return Surroundings(chosen.name, chosen.organization_id, chosen.unmanaged)


def _concerns(problem: Diagnostic, selection: Selection) -> bool:
    """Problems of files that were not asked for are left to a run that asks for them. A name hides none: a file
    that cannot be read may hold any name.
    """
    return selects(Selection(paths=selection.paths), "", problem.origin.file) or problem.rule.startswith("R3")
