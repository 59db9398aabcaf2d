"""`reconciler validate`."""

from __future__ import annotations

import os
from typing import Any

import click

from reconciler.cli.console import Console
from reconciler.cli.deliver import Rendering, deliver
from reconciler.cli.options import common_options, options_from, paths_argument
from reconciler.cli.workspace import load_desired, read_catalogue
from reconciler.manifests.project import read_project
from reconciler.model.problem import Problem, Severity
from reconciler.model.target import Api
from reconciler.planning.entry import Selection
from reconciler.planning.plan import selects
from reconciler.report.document import document_text, validate_document
from reconciler.report.exit_code import ExitCode
from reconciler.report.text_problems import render_validation

EPILOG = """\b
Examples:
  reconciler validate                       the whole project
  reconciler validate manifests/crm         problems of these files only
  reconciler validate -f json               for an editor or a pipeline

Needs no credentials and opens no connection. Exit 3 on any error."""


@click.command(epilog=EPILOG)
@paths_argument
@common_options
@click.pass_obj
def command(console: Console, /, **parameters: Any) -> int:
    """Check manifests: syntax, fields, references, variables. Offline.

    PATH: files or folders; default is the project's manifest directory.
    """
    options = options_from(parameters)
    console.quiet, console.format = options.quiet, options.format
    project = read_project(options.chdir)
    catalogue = read_catalogue(options.chdir, Api.PUBLIC)
    loaded, selection = load_desired(options, console, project, catalogue, os.environ)
    problems = tuple(p for p in loaded.problems if _concerns(p, selection))
    manifests = tuple(m for m in loaded.manifests if selects(selection, m.name, m.origin.file))
    code = ExitCode.INVALID if any(p.severity is Severity.ERROR for p in problems) else ExitCode.DONE
    renderings: dict[str, Rendering] = {
        "text": lambda style: render_validation(problems, len(manifests), style),
        "json": lambda _: document_text(validate_document(problems, manifests)),
    }
    return deliver(console, options, renderings, code)


def _concerns(problem: Problem, selection: Selection) -> bool:
    """Problems of files that were not asked for are left to a run that asks for them; those of no manifest
    file always count.
    """
    return selects(selection, "", problem.origin.file) or problem.rule.startswith("R3")
