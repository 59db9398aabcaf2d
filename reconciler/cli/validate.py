"""`reconciler validate` and `reconciler preview`: what is known about manifests without a server."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver
from reconciler.cli.options import (
    Options,
    check_goal,
    options_from,
    paths_argument,
    place_options,
    run_options,
    target_options,
    with_ending,
)
from reconciler.cli.renderings import validation_renderings
from reconciler.errors import InvalidInput
from reconciler.manifests.assessing import assessor
from reconciler.manifests.desired import load_desired
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.planning.entry import Selection
from reconciler.planning.plan import selects
from reconciler.report.exit_code import validation_exit_code
from reconciler.report.view import Validation

_EPILOG = """\b
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
_PREVIEW_EPILOG = """\b
Examples:
  reconciler preview -o forms.html                      every manifest
  reconciler preview hubspot 'crm-*' -o forms.html      some of them
  reconciler preview --sandbox -o forms.html            with the specifications that the sandbox knows

\b
A manifest that leaves its form to Airbyte needs its connector in connectors.lock.json
(`reconciler connectors lock`). The page is one file: it loads nothing, and secrets are masked.
Needs no credentials and opens no connection. Exit 3 on any error in a manifest; what only the
server or the widget would refuse is shown on the page, which is written then."""
_WITH_FORMS = frozenset({"json", "markdown"})
"""The renderings that say what the customer will be asked."""
_STDOUT = Path("-")


@click.command(epilog=_EPILOG)
@paths_argument
@run_options("validate")
@click.pass_obj
def validate(console: Console, /, **parameters: Any) -> int:
    """Check manifests: syntax, fields, references, secrets, and what Airbyte's server would answer. Offline.

    PATH: files or folders; default is the project's manifest directory. Those outside of it are judged by
    themselves, for editors and hooks: then only what they !include from their own folder is read.
    """
    options = options_from(console, parameters)
    formats = {options.format, *(form for form, _ in options.writes)}
    found = validated(console, options, with_form=options.verbose or bool(_WITH_FORMS & formats))
    renderings = validation_renderings(found, options)
    return deliver(console, lambda _: renderings, validation_exit_code(found))


@click.command(epilog=_PREVIEW_EPILOG)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completion.manifests)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=with_ending(".html", ".htm", why="the preview is a page", or_stdout=True),
    metavar="FILE.html",
    help="Where to write the page; - or nothing for stdout, unless that is a terminal.",
)
@target_options
@place_options
@click.pass_obj
def preview(console: Console, /, *, names: tuple[str, ...], output: Path | None, **parameters: Any) -> int:
    """Show the forms that customers will see, on one HTML page. Offline.

    NAME: manifests to show, as names or globs; default is all of them.
    """
    from reconciler.model.text import count
    from reconciler.report.html import render_preview_page
    from reconciler.report.text_problems import render_problems
    from reconciler.report.view import problem_counts

    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("the page would go to this terminal; give -o FILE.html")
    options = options_from(console, {**parameters, "only": names})
    file = None if output == _STDOUT else output
    if file is not None:
        check_goal(options.chdir, file, f"-o {file}")
    found = validated(console, options, with_form=True, needs_match=False)
    _refuse(found, names)
    page = render_preview_page(found.manifests)
    if file is None:
        console.data(page)
    else:
        console.write_report(options.chdir / file, page)
        console.words(f"Wrote {file}: {count(len(found.manifests), 'form')}.\n")
    if found.errors:
        console.error(render_problems(found.errors, console.error_style()))
        console.error(f"Invalid: {problem_counts(found.errors)}\n")
    return int(validation_exit_code(found))


def _refuse(found: Validation, names: tuple[str, ...]) -> None:
    """Raise InvalidInput for what makes a page wrong or a leak: files that cannot be read, secrets in them, unknown names."""
    judged = {problem for _, assessed in found.manifests for problem in assessed.problems}
    wrong = [each for each in found.errors if each not in judged or each in found.literal_secrets]
    known = [manifest.name for manifest, _ in found.manifests]
    missing = [
        Diagnostic(Origin(f"argument {name}", 0), "R110", "no manifest has this name", "check the name")
        for name in dict.fromkeys(names)
        if not any(fnmatchcase(each, name) for each in known)
    ]
    if wrong or missing:
        raise InvalidInput((*wrong, *missing))


def validated(console: Console, options: Options, *, with_form: bool, needs_match: bool = True) -> Validation:
    """What is known about the manifests without a server. Raises InvalidInput for a project file or lock that is wrong, and when
    `needs_match` for a selection that matches nothing.
    """
    desired = load_desired(options, console.keep_secret)
    loaded, selection = desired.loaded, desired.selection
    # Problems of files that were not asked for are left to a run that asks for them. A name hides none: a file that cannot be read
    # may hold any name.
    paths = Selection(paths=selection.paths)
    problems = [p for p in loaded.problems if selects(paths, "", p.origin.file) or p.rule.startswith("R3")]
    if needs_match and not problems:
        desired.refuse_empty_selection()
    assess = assessor(desired.project.rules, with_form=with_form, dialect=desired.verdict_dialect)
    manifests = tuple(
        (each, assess(each))
        for each in sorted((*loaded.manifests, *loaded.partial), key=lambda each: (each.name, each.origin))
        if selects(selection, each.name, each.origin.file)
    )
    problems += [problem for _, assessed in manifests for problem in assessed.problems]
    suppressed = sum(assessed.suppressed for _, assessed in manifests)
    return Validation(in_reading_order(problems), manifests, suppressed)
