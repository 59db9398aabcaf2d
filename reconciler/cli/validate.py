"""`reconciler validate`."""

from __future__ import annotations

import os
from typing import Any

import click

from reconciler.cli.advising import assessor
from reconciler.cli.console import Console
from reconciler.cli.deliver import Rendering, deliver
from reconciler.cli.options import (
    common_options,
    options_from,
    paths_argument,
    selecting_options,
    target_options,
)
from reconciler.cli.workspace import load_desired, read_catalogue, refuse_empty_selection
from reconciler.manifests.project import read_project
from reconciler.model.problem import Problem, Severity, sorted_problems
from reconciler.planning.entry import Selection
from reconciler.planning.plan import selects
from reconciler.report.document import document_text, validate_document
from reconciler.report.exit_code import ExitCode
from reconciler.report.text_validate import render_validation

EPILOG = """\b
Examples:
  reconciler validate                       the whole project
  reconciler validate manifests/crm         problems of these files only
  reconciler validate -v --sandbox          with the specifications that the sandbox knows
  reconciler validate -f json               for an editor or a pipeline

-v shows for each manifest what the customer will be asked and what the server would do, as far as
the connector's specification is in connectors.lock.json.

\b
Needs no credentials and opens no connection. Exit 3 on any error."""


@click.command(epilog=EPILOG)
@paths_argument
@target_options
@selecting_options
@common_options
@click.pass_obj
def command(console: Console, /, **parameters: Any) -> int:
    """Check manifests: syntax, fields, references, secrets, and what Airbyte's server would answer. Offline.

    PATH: files or folders; default is the project's manifest directory.
    """
    options = options_from(parameters)
    console.quiet, console.format = options.quiet, options.format
    project = read_project(options.chdir)
    catalogue = read_catalogue(options.chdir, project.api_of(options.environment))
    loaded, selection = load_desired(options, console, project, catalogue, os.environ)
    problems = tuple(p for p in loaded.problems if _concerns(p, selection))
    if not problems:
        refuse_empty_selection(loaded, selection)
    shows_forms = options.verbose or "json" in {options.format, *(form for form, _ in options.writes)}
    assess = assessor(options.chdir, project.rules, with_form=shows_forms)
    manifests = tuple(
        (manifest, assess(manifest))
        for manifest in loaded.manifests
        if selects(selection, manifest.name, manifest.origin.file)
    )
    found = (problem for _, assessed in manifests for problem in assessed.problems)
    problems = sorted_problems((*problems, *found))
    suppressed = sum(assessed.suppressed for _, assessed in manifests)
    code = ExitCode.INVALID if any(p.severity is Severity.ERROR for p in problems) else ExitCode.DONE
    renderings: dict[str, Rendering] = {
        "text": lambda style: render_validation(
            problems, manifests, suppressed, style, verbose=options.verbose
        ),
        "json": lambda _: document_text(validate_document(problems, manifests, suppressed)),
    }
    return deliver(console, options, renderings, code)


def _concerns(problem: Problem, selection: Selection) -> bool:
    """Problems of files that were not asked for are left to a run that asks for them. A name hides none: a file
    that cannot be read may hold any name.
    """
    return selects(Selection(paths=selection.paths), "", problem.origin.file) or problem.rule.startswith("R3")
